"""The verbs of printing: ask for badges or an attendance sheet, print one badge again."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert

from registration.badges import documents, queries
from registration.badges.errors import NobodyToPrint
from registration.badges.models import BadgePrint
from registration.badges.queries import Order
from registration.badges.rules import SHAPES, Format, chunks
from registration.core import clock, i18n
from registration.core.db import db, transaction
from registration.core.i18n import gettext
from registration.events.models import Event, Session
from registration.printing import operations as printing
from registration.printing.models import PrintJob
from registration.printing.shop import PrintShop
from registration.signups.models import Registration

BADGES, ATTENDANCE_SHEET = "badges", "attendance_sheet"  # kinds of print jobs


def request_badges(event: Event, *, format_: Format, order: Order, only_new: bool, by: str) -> PrintJob:
    """Ask for the badges of everybody with a place, or of those whose badge is new. Raises NobodyToPrint.

    Who is in the pile is decided now, what their badges say when they are drawn.
    """
    pile = queries.get_pile(event, order=order)
    ids = pile.new if only_new else pile.everybody
    if not ids:
        raise NobodyToPrint
    parts = chunks(ids, SHAPES[format_].per_file)
    title = gettext("New badges") if only_new else gettext("Badges")
    parameters = {"event": event.id, "format": format_.value, "parts": parts, "by": by}
    return printing.request(BADGES, parameters=parameters, files=len(parts), title=title, by=by, event_id=event.id)


def request_attendance_sheet(session: Session, *, by: str) -> PrintJob:
    """Ask for an attendance sheet of more than one page."""
    title = gettext("Attendance sheet: %(part)s", part=session.title)
    parameters = {"session": session.id, "language": i18n.language()}
    return printing.request(
        ATTENDANCE_SHEET, parameters=parameters, files=1, title=title[:200], by=by, event_id=session.event_id
    )


def print_again(registration: Registration, *, format_: Format, by: str) -> bytes:
    """Return one person's badge, and remember that it was printed."""
    return _print_badges(registration.event, [registration.id], format_, by=by)


def register_papers(shop: PrintShop) -> None:
    """Tell the print shop how our papers are drawn."""
    shop.register(BADGES, _draw_badges)
    shop.register(ATTENDANCE_SHEET, _draw_attendance_sheet)


def _draw_badges(parameters: dict[str, Any], position: int) -> tuple[str, bytes]:
    event = db.session.get_one(Event, parameters["event"])
    ids = parameters["parts"][position - 1]
    paper = _print_badges(event, ids, Format(parameters["format"]), by=parameters["by"])
    return f"jmenovky-{event.slug}-{position}.pdf", paper


def _draw_attendance_sheet(parameters: dict[str, Any], _position: int) -> tuple[str, bytes]:
    session = db.session.get_one(Session, parameters["session"])
    with i18n.in_language(parameters["language"]):
        paper = documents.attendance_sheet(session)
    return f"prezencni-listina-{session.event.slug}-{session.code}.pdf", paper


def _print_badges(event: Event, ids: Sequence[int], format_: Format, *, by: str) -> bytes:
    """Return badges, and remember what they say once they are drawn: who has none must not look as if they had."""
    people = queries.list_for_badges(ids)
    prints = [
        {
            "registration_id": each.id,
            "ticket_version": each.ticket_version,
            "said": queries.what_is_said(each),
            "printed_at": clock.now(),
            "printed_by": by,
        }
        for each in people
    ]
    paper = documents.badge_sheets(event, people, format_)
    with transaction() as session:
        if prints:
            session.execute(insert(BadgePrint), prints)
    return paper
