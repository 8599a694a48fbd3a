"""What the verbs about one registration share: reading it again under the lock, taking places and giving them back."""

from collections import Counter
from collections.abc import Collection, Sequence

from sqlalchemy import select

from registration.core import clock
from registration.core.db import db
from registration.events import offered as places
from registration.events.offered import Offered, OfferedType
from registration.signups import answers, rows, rules
from registration.signups.errors import AlreadyCancelled, ChangesClosed, TicketTypeFull
from registration.signups.models import Order, Registration, RegistrationStatus, WaitingListEntry
from registration.signups.operations.waiting_list import heads, leave
from registration.signups.rules import Group, Room


def those_in(registrations: Collection[Registration]) -> list[Registration]:
    """Return those who have a place or wait for one, read again; the event must be locked."""
    statement = (
        select(Registration)
        .where(
            Registration.id.in_([each.id for each in registrations]),
            Registration.status != RegistrationStatus.CANCELLED,
        )
        .order_by(Registration.id)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(statement))


def read_again(registration: Registration) -> None:
    """Read a registration again after its event was locked. Raises AlreadyCancelled."""
    db.session.refresh(registration)
    if registration.status is RegistrationStatus.CANCELLED:
        raise AlreadyCancelled


def refuse_late(ticket_type: OfferedType) -> None:
    """Let people change only what has not begun yet. Raises ChangesClosed."""
    if not rules.can_change(now=clock.now(), starts_at=ticket_type.starts_at):
        raise ChangesClosed


def take_place(offered: Offered, ticket_type: OfferedType, registration: Registration) -> None:
    """Give somebody a place that nobody in the waiting list would miss; what they hold already they keep.

    Raises TicketTypeFull.
    """
    held = offered.by_id(registration.ticket_type_id).places if registration.status.holds_place else ()
    needed = tuple(place for place in ticket_type.places if place not in held)
    room = Room(offered.free)
    for _, group in heads(offered):
        room.hold_back(group)
    # Whoever brings their places along passes nobody in the line of the type; only its own counter is asked.
    line = 0 if held else ticket_type.id
    if not room.allot(Group(line, needed, 1)):
        raise TicketTypeFull([0])
    occupy(offered, ticket_type, registration)


def occupy(offered: Offered, ticket_type: OfferedType, registration: Registration) -> None:
    """Give somebody a place whoever waits; what they hold already they keep. There must be room."""
    held = offered.by_id(registration.ticket_type_id).places if registration.status.holds_place else ()
    moved = Counter(place for place in ticket_type.places if place not in held)
    moved.subtract(place for place in held if place not in ticket_type.places)
    places.book(moved)
    if registration.status is RegistrationStatus.WAITING:
        leave(offered, [registration])
    registration.status = RegistrationStatus.CONFIRMED
    registration.confirmed_at = registration.confirmed_at or clock.now()
    if not held:
        answers.take_held(offered, [registration])


def give_back(offered: Offered, people: Sequence[Registration]) -> None:
    """Free the places and choices people hold, take the others out of the line."""
    holding = [each for each in people if each.status.holds_place]
    freed = Counter(place for each in holding for place in offered.by_id(each.ticket_type_id).places)
    places.book({place: -count for place, count in freed.items()})
    leave(offered, [each for each in people if each.status is RegistrationStatus.WAITING])
    answers.release_held(offered, holding)


def join_line(offered: Offered, registration: Registration) -> None:
    """Put somebody at the end of the waiting list of their ticket type, or beside colleagues who wait there already.

    They are let in one by one, so each of them takes a place alone.
    """
    registration.status = RegistrationStatus.WAITING
    registration.waiting_entry_id = _reopened_entry(registration) or rows.insert_entry(
        order_id=registration.order_id,
        ticket_type_id=registration.ticket_type_id,
        takes_fewer=False,
        joined_at=clock.now(),
    )
    places.wait(offered.id, registration.ticket_type_id, 1)


def _reopened_entry(registration: Registration) -> int | None:
    """Return the group of an order that has one in this line; an order stands there once."""
    entry = db.session.scalar(
        select(WaitingListEntry).where(
            WaitingListEntry.order_id == registration.order_id,
            WaitingListEntry.ticket_type_id == registration.ticket_type_id,
        )
    )
    if entry is None:
        return None
    entry.is_over, entry.takes_fewer = False, True
    return entry.id


def orders_of(people: Sequence[Registration]) -> list[Order]:
    """Return the orders of these people, each once."""
    return [db.session.get_one(Order, id_) for id_ in dict.fromkeys(each.order_id for each in people)]
