"""The waiting list: whoever came first gets what becomes free, at once."""

import heapq
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select

from registration.core import audit, clock
from registration.core.db import db, transaction
from registration.events import offered as places
from registration.events.models import WaitingListMode
from registration.events.offered import Offered, OfferedType, lock_offered
from registration.signups import answers, mails, rows, rules
from registration.signups.models import Order, PlaceOffer, Registration, RegistrationStatus, WaitingListEntry
from registration.signups.rules import Group, Room


def heads(offered: Offered) -> list[tuple[int, Group]]:
    """Return (entry id, group) of the first in line of each ticket type, the longest waiting first.

    Those whose programme has begun are not among them: they will not be served any more.
    """
    found = [_next_group(each) for each in offered.ticket_types if each.waiting and _can_be_served(each)]
    return sorted((each for each in found if each is not None), key=lambda each: each[0])


def serve(event_id: int) -> None:
    """Give free places to those who wait, in the order they came, and write them of it.

    They are confirmed directly or get an offer, as the event says. Locks the event.
    """
    with transaction():
        offered = lock_offered(event_id)
        if not offered.event.waiting or offered.event.cancelled_at or not offered.waits:
            return
        room = Room(offered.free)
        line = heads(offered)
        heapq.heapify(line)
        served: list[Registration] = []
        while line:
            entry_id, group = heapq.heappop(line)
            count = room.allot(group)
            if count:
                served += _serve_entry(offered, entry_id, group, count)
            following = _next_group(offered.by_id(group.ticket_type), behind=entry_id)
            if count == group.size and following is not None:
                heapq.heappush(line, following)
        _tell(offered, served)


def leave(offered: Offered, registrations: Sequence[Registration]) -> None:
    """Take people out of the waiting lists they stand in, whatever becomes of them. The event must be locked."""
    for ticket_type_id, count in sorted(Counter(each.ticket_type_id for each in registrations).items()):
        places.wait(offered.id, ticket_type_id, -count)
    for entry_id in sorted({each.waiting_entry_id for each in registrations if each.waiting_entry_id}):
        still_waiting = select(Registration.id).where(
            Registration.waiting_entry_id == entry_id,
            Registration.status == RegistrationStatus.WAITING,
            Registration.id.not_in([each.id for each in registrations]),
        )
        if db.session.scalar(still_waiting.limit(1)) is None:
            db.session.get_one(WaitingListEntry, entry_id).is_over = True


def _next_group(ticket_type: OfferedType, *, behind: int = 0) -> tuple[int, Group] | None:
    found = rows.next_in_line(ticket_type.id, behind=behind)
    if found is None:
        return None
    entry_id, takes_fewer, size = found
    return entry_id, Group(ticket_type.id, ticket_type.places, size, takes_fewer)


def _can_be_served(ticket_type: OfferedType) -> bool:
    return rules.can_be_served(now=clock.now(), starts_at=ticket_type.starts_at)


def _serve_entry(offered: Offered, entry_id: int, group: Group, count: int) -> list[Registration]:
    people = list(
        db.session.scalars(
            select(Registration)
            .where(Registration.waiting_entry_id == entry_id, Registration.status == RegistrationStatus.WAITING)
            .order_by(Registration.position)
            .limit(count)
        )
    )
    leave(offered, people)
    places.book(dict.fromkeys(group.places, count))
    for registration in people:
        _give_place(offered, registration)
        audit.record(
            registration,
            "promoted",
            by="worker",
            event_id=offered.id,
            before={"status": RegistrationStatus.WAITING},
            after={"status": registration.status},
        )
    db.session.flush()
    return people


def _give_place(offered: Offered, registration: Registration) -> None:
    now = clock.now()
    if offered.event.waiting_list == WaitingListMode.CONFIRM:
        registration.status = RegistrationStatus.CONFIRMED
        registration.confirmed_at = now
        return
    registration.status = RegistrationStatus.OFFERED
    registration.offer = PlaceOffer(
        offered_at=now,
        expires_at=rules.offer_deadline(
            now=now,
            starts_at=offered.by_id(registration.ticket_type_id).starts_at,
            hours=offered.event.offer_hours,
        ),
    )


def _tell(offered: Offered, served: Sequence[Registration]) -> None:
    lost = answers.take_held(offered, served)
    for order_id in dict.fromkeys(registration.order_id for registration in served):
        order = db.session.get_one(Order, order_id)
        people = [registration for registration in served if registration.order_id == order_id]
        if offered.event.waiting_list == WaitingListMode.CONFIRM:
            mails.promoted(order, people, lost=lost)
        else:
            mails.offered(order, people)
