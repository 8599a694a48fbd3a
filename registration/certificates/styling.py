"""How papers look: set for the association, set differently for an event, copied with it."""

from dataclasses import asdict, dataclass

from sqlalchemy import select

from registration.certificates.models import PaperStyle
from registration.core import audit
from registration.core.db import db, transaction
from registration.events.models import Event
from registration.events.operations import lock_event
from registration.organisations import operations as organisations
from registration.organisations.models import Association


@dataclass(frozen=True)
class Look:
    """What somebody sets about papers; None of a question leaves the answer to the association."""

    signatory_name: str
    signatory_function: str
    paper_note: str
    says_unaccredited: bool | None
    shows_lessons: bool | None
    signature_sha256: str | None
    logo_sha256: str | None


def look_of(style: PaperStyle | Association | None) -> Look:
    """Return what is set."""
    if style is None:
        return Look("", "", "", None, None, None, None)
    return Look(**{name: getattr(style, name) for name in Look.__annotations__})


def style_event(event: Event, look: Look, *, by: str) -> None:
    """Let an event's papers look otherwise than the association's; those issued stay. Locks the event."""
    with transaction() as session:
        lock_event(event.id)
        style = session.get(PaperStyle, event.id, populate_existing=True)
        before = look_of(style)
        if style is None:
            style = PaperStyle(event_id=event.id)
            session.add(style)
        for name, value in asdict(look).items():
            setattr(style, name, value)
        audit.record(event, "papers_styled", by=by, event_id=event.id, before=asdict(before), after=asdict(look))


def style_association(look: Look, *, by: str) -> None:
    """Let all papers look so that are not set otherwise by their event; those issued stay. Locks the association."""
    organisations.change_papers(asdict(look), by=by)


def copy_style(event: Event, copy: Event) -> None:
    """Let the papers of a copied event look as those of the first. Must run in a transaction."""
    style = db.session.scalar(select(PaperStyle).where(PaperStyle.event_id == event.id))
    if style is not None:
        db.session.add(PaperStyle(event_id=copy.id, **asdict(look_of(style))))
