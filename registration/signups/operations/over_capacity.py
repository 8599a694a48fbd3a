"""The organizer lets somebody in although it is full: knowingly, and with a reason that stays in the records."""

from collections.abc import Iterable

from registration.core import audit
from registration.core.db import db
from registration.events.models import Session, TicketType
from registration.events.offered import Offered, OfferedType, Places
from registration.signups.errors import ReasonNeeded
from registration.signups.models import Registration


def make_room(
    offered: Offered, ticket_type: OfferedType, *, by: str, reason: str, beside: Registration | None = None
) -> None:
    """Raise by one the capacity of whatever lacks a place, so that one more person fits in and nobody else.

    Where there is room that people in the waiting list are to have, they keep it. `beside` holds some of the places
    already. Raises ReasonNeeded. The event must be locked, and read again afterwards.
    """
    if not reason:
        raise ReasonNeeded
    held = offered.by_id(beside.ticket_type_id).places if beside and beside.status.holds_place else ()
    limited = [place for place in ticket_type.places if place not in held and offered.free[place] is not None]
    _raise(offered, [place for place in limited if offered.free[place] == 0] or limited, by=by, reason=reason)


def _raise(offered: Offered, places: Iterable[Places], *, by: str, reason: str) -> None:
    for table, id_ in places:
        counted = _find(table, id_)
        db.session.refresh(counted, ["capacity"])
        before = counted.capacity or 0
        counted.capacity = before + 1
        audit.record(
            counted,
            "let_in_over_capacity",
            by=by,
            event_id=offered.id,
            before={"capacity": before},
            after={"capacity": counted.capacity, "reason": reason},
        )
    db.session.flush()


def _find(table: str, id_: int) -> TicketType | Session:
    return db.session.get_one(TicketType, id_) if table == "ticket_type" else db.session.get_one(Session, id_)
