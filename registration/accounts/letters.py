"""What messages about accounts say; composed by the worker."""

from typing import Any

from flask_security.recoverable import generate_reset_password_token

from registration.accounts.models import Invitation, User
from registration.core import clock
from registration.core.db import db
from registration.mail.composition import Content, address
from registration.mail.delivery import PostOffice
from registration.organisations.queries import get_association


def register_letters(post_office: PostOffice) -> None:
    """Tell the post office who writes them."""
    for writer in (staff_invitation, password_reset, password_changed):
        post_office.register_letter(writer.__name__, writer, to_staff=True)


def staff_invitation(invitation: int) -> Content | None:
    """Write somebody who is invited; of an invitation that ended there is nothing to write."""
    found = db.session.get(Invitation, invitation)
    if found is None or found.accepted_at is not None or found.expires_at <= clock.now():
        return None
    page = address(f"/pozvanka/{found.token}")
    return _content({"user": found.user, "by": found.by, "page": page, "until": clock.to_local(found.expires_at)})


def password_reset(user: int) -> Content | None:
    """Write somebody who has forgotten their password. The link is a secret even from the log of messages."""
    found = db.session.get(User, user)
    if found is None or not found.active:
        return None
    token = generate_reset_password_token(found)  # type: ignore[no-untyped-call]  # the library's own
    page = address(f"/zapomenute-heslo/{token}")
    return _content({"user": found, "page": page}, is_secret=True)


def password_changed(user: int) -> Content | None:
    """Write somebody whose password has changed."""
    found = db.session.get(User, user)
    return _content({"user": found, "page": address("/zapomenute-heslo")}) if found is not None else None


def _content(context: dict[str, Any], *, is_secret: bool = False) -> Content:
    association = get_association()
    return Content({**context, "association": association}, association.contact_email or None, is_secret=is_secret)
