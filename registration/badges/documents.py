"""The papers of an event: the attendance sheet of a session, badges on sheets or labels."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from markupsafe import Markup

from registration.badges import lettering, rules
from registration.badges.lettering import Block, Line
from registration.badges.rules import SHAPES, Format, Shape
from registration.core import czech, i18n, pdf, qr
from registration.core.i18n import gettext
from registration.events.models import Event, Session, TicketType
from registration.organisations.queries import get_association
from registration.signups import queries as signups
from registration.signups.models import Registration

_LANGUAGE = "cs"  # of events
_GAP = " " + 2 * czech.NBSP  # between marks


def attendance_sheet(session: Session) -> bytes:
    """Return the sheet of a session, people by surname the Czech way; reads the event and who has a place.

    Its mark tells whether a later list still has the same people under the same numbers.
    """
    people = signups.list_expected(session)
    event = session.event
    first_spare = len(people) + 1
    return pdf.render(
        "documents/attendance_sheet.html",
        session=session,
        event=event,
        people=people,
        mark=rules.sheet_mark([each.id for each in people]),
        spare_numbers=range(first_spare, first_spare + rules.spare_rows(len(people))),
        place=", ".join(part for part in (session.venue, event.city) if part),
        association=get_association(),
    )


def badge_sheets(event: Event, people: Sequence[Registration], format_: Format) -> bytes:
    """Return badges in this order; places that are left on the last sheet can be written on."""
    shape = SHAPES[format_]
    with i18n.in_language(_LANGUAGE):
        return pdf.render(
            "documents/badges.html",
            event=event,
            format=format_,
            sheets=rules.chunks(people, shape.per_sheet) or [[]],
            event_line=lettering.block(event.title, shape.event, lettering.PLAIN),
            words_of=partial(_words, shape=shape),
            marks=_marks(people),
            code_of=partial(_code, label=gettext("Check-in code")),
        )


def _words(person: Registration, *, shape: Shape) -> tuple[list[Line], Block, Block]:
    """Return name, library and ticket type as they are set."""
    return (
        lettering.name_lines(person, shape.name),
        lettering.block(i18n.typeset(person.organisation_name), shape.library, lettering.BOLD),
        lettering.block(i18n.typeset(person.ticket_type.title), shape.ticket_type, lettering.PLAIN),
    )


def _marks(people: Sequence[Registration]) -> dict[int, str]:
    """Return by ticket type id the days it admits to, a full dot before those in person."""
    types: dict[int, TicketType] = {each.ticket_type_id: each.ticket_type for each in people}
    return {id_: _GAP.join(rules.marks_of(_days(type_))) for id_, type_ in types.items()}


def _days(ticket_type: TicketType) -> list[tuple[date, bool]]:
    return [(session.day, session.is_online) for session in ticket_type.sessions]


def _code(person: Registration, *, label: str) -> Markup:
    return qr.ticket_on_paper(person.ticket_code, label=label)
