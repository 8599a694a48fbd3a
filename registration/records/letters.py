"""What messages about training records say."""

from registration.core.db import db
from registration.mail.composition import Content, address
from registration.mail.delivery import PostOffice
from registration.organisations.models import Organisation
from registration.organisations.queries import get_association
from registration.records.queries import link_token


def register_letters(post_office: PostOffice) -> None:
    """Tell the post office who writes what; the kinds are named as their writers."""
    for writer in WRITERS:
        post_office.register_letter(writer.__name__, writer)


def record_asked(library: int, version: int, year: int) -> Content | None:
    """Write the link somebody has asked for; None when it was replaced meanwhile."""
    return _about(library, version=version, year=year)


def record_of_year(library: int, version: int, year: int) -> Content | None:
    """Write the link of the record of a year; None when it was replaced meanwhile."""
    return _about(library, version=version, year=year)


WRITERS = (record_asked, record_of_year)


def _about(library_id: int, *, version: int, year: int) -> Content | None:
    library = db.session.get(Organisation, library_id)
    if library is None or library.merged_into_id is not None or library.training_link_version != version:
        return None
    association = get_association()
    page = address(f"/vzdelavani/{link_token(library)}?rok={year}")
    context = {"association": association, "library": library, "year": year, "page": page}
    return Content(context, association.contact_email or None)
