"""Reads of how papers look."""

from sqlalchemy import select

from registration.certificates.contents import Style
from registration.certificates.models import Content, PaperStyle
from registration.core.db import db
from registration.events.models import Event
from registration.organisations.models import PaperPicture
from registration.organisations.queries import get_association


def find_style(event: Event) -> PaperStyle | None:
    """Return what stands on an event's papers in place of what the association's say, if anything does."""
    return db.session.get(PaperStyle, event.id)


def style_of(event: Event) -> Style:
    """Return how an event's papers look: as it says itself, and as the association says of all."""
    own, association = find_style(event) or PaperStyle(event_id=event.id), get_association()
    # Somebody else's signature must not stand above a name.
    signs = own if own.signatory_name else association
    signature = own.signature_sha256 or signs.signature_sha256
    return Style(
        signatory_name=signs.signatory_name,
        signatory_function=signs.signatory_function,
        signature=signature or "",
        logo=own.logo_sha256 or association.logo_sha256 or "",
        remark=own.paper_note or association.paper_note,
        says_unaccredited=_chosen(own.says_unaccredited, association.says_unaccredited),
        shows_lessons=_chosen(own.shows_lessons, association.shows_lessons),
    )


def pictures_of(content: Content) -> dict[str, bytes]:
    """Return the pictures a paper shows, as PNG by their hashes."""
    hashes = {content.get("signature"), content.get("logo")} - {None, ""}
    if not hashes:
        return {}
    rows = db.session.execute(select(PaperPicture.sha256, PaperPicture.content).where(PaperPicture.sha256.in_(hashes)))
    return {row.sha256: row.content for row in rows}


def find_picture(sha256: str) -> bytes | None:
    """Return a signature or a logo as PNG, or None."""
    return db.session.scalar(select(PaperPicture.content).where(PaperPicture.sha256 == sha256))


def _chosen(own: bool | None, of_all: bool) -> bool:
    return of_all if own is None else own
