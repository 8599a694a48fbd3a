"""What messages about applications for membership say."""

from typing import Any

from registration.core.db import db
from registration.mail.composition import Content, address
from registration.mail.delivery import PostOffice
from registration.organisations.models import MembershipApplication
from registration.organisations.queries import application_token, get_association


def register_letters(post_office: PostOffice) -> None:
    """Tell the post office who writes what; the kinds are named as their writers."""
    for writer in WRITERS:
        post_office.register_letter(writer.__name__, writer)


def application_sent(application: int) -> Content | None:
    """Write the link that confirms an application; None once it is confirmed or gone."""
    found = db.session.get(MembershipApplication, application)
    if found is None or found.confirmed_at is not None:
        return None
    return _about(found, page=address(f"/clenstvi/{application_token(found)}"))


def application_known(application: int) -> Content | None:
    """Write that an application is known already; None when it is gone."""
    found = db.session.get(MembershipApplication, application)
    return _about(found, page=address("/")) if found else None


def application_confirmed(application: int) -> Content | None:
    """Write to the association that somebody applies; None when it is decided already, or gone."""
    found = db.session.get(MembershipApplication, application)
    if found is None or found.decision is not None:
        return None
    return _about(found, page=address(f"/sprava/clenstvi/{found.id}"))


def application_decided(application: int) -> Content | None:
    """Write what became of an application; None when it is gone."""
    found = db.session.get(MembershipApplication, application)
    return _about(found, page=address("/")) if found else None


WRITERS = (application_sent, application_known, application_confirmed, application_decided)


def _about(application: MembershipApplication, **context: Any) -> Content:
    association = get_association()
    context = {"association": association, "application": application, **context}
    return Content(context, association.contact_email or None)
