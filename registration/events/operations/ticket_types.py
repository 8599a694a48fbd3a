"""What one can sign up for: added, changed, put in order, taken away.

Once somebody has signed up for a ticket type nobody loses a part they were promised: parts can be added to it, where
there is room for all who hold a place, but not taken from it.
"""

from collections.abc import Collection, Iterable

from registration.core import audit
from registration.core.db import db, transaction
from registration.events import facts, references, rules
from registration.events.errors import (
    CapacityBelowTaken,
    NoSessions,
    NotEnoughPlaces,
    OpenToOthers,
    PartsPromised,
    SomebodySignedUp,
)
from registration.events.models import Audience, Event, Session, TicketType, Visibility
from registration.events.offered import book
from registration.events.operations.locking import lock_event
from registration.events.operations.sign_up_rules import FOR_MEMBERS


def add_ticket_type(
    event: Event,
    *,
    title: str,
    session_ids: Collection[int],
    audience: Audience = Audience.EVERYONE,
    capacity: int | None = None,
    price_member_haler: int = 0,
    price_other_haler: int = 0,
    by: str,
) -> TicketType:
    """Add a ticket type behind the others. Raises NoSessions, OpenToOthers. Locks the event."""
    with transaction() as session:
        lock_event(event.id)
        session.refresh(event)
        _check_audience(event, audience)
        ticket_type = TicketType(
            event_id=event.id,
            code=rules.next_code("V", {each.code for each in event.ticket_types}, joint=""),
            title=title,
            position=max((each.position for each in event.ticket_types), default=0) + 1,
            sessions=_sessions(event, session_ids),
            audience=audience,
            capacity=capacity,
            price_member_haler=price_member_haler,
            price_other_haler=price_other_haler,
        )
        session.add(ticket_type)
        session.flush()
        session.expire(event, ["ticket_types"])
        audit.record(ticket_type, "added", by=by, event_id=event.id, after=facts.of_ticket_type(ticket_type))
    return ticket_type


def change_ticket_type(
    ticket_type: TicketType,
    *,
    title: str,
    session_ids: Collection[int],
    audience: Audience,
    capacity: int | None,
    price_member_haler: int,
    price_other_haler: int,
    by: str,
) -> None:
    """Change a ticket type; prices hold for those who sign up from now on.

    Parts that are added take places for everybody who holds one in the ticket type. Raises NoSessions, OpenToOthers,
    CapacityBelowTaken, PartsPromised when somebody has signed up and would lose a part, NotEnoughPlaces when they do
    not all fit into an added one. Locks the event.
    """
    with transaction() as session:
        lock_event(ticket_type.event_id)
        session.refresh(ticket_type)
        _check_audience(ticket_type.event, audience)
        if capacity is not None and capacity < ticket_type.taken:
            raise CapacityBelowTaken(ticket_type.taken)
        before = facts.of_ticket_type(ticket_type)
        _admit_to(ticket_type, _sessions(ticket_type.event, session_ids))
        ticket_type.title = title
        ticket_type.audience = audience
        ticket_type.capacity = capacity
        ticket_type.price_member_haler = price_member_haler
        ticket_type.price_other_haler = price_other_haler
        after = facts.of_ticket_type(ticket_type)
        audit.record(ticket_type, "changed", by=by, event_id=ticket_type.event_id, before=before, after=after)


def remove_ticket_type(ticket_type: TicketType, *, by: str) -> None:
    """Take a ticket type away. Raises SomebodySignedUp. Locks the event."""
    with transaction() as session:
        lock_event(ticket_type.event_id)
        session.refresh(ticket_type)
        if references.is_signed_up_for(ticket_type):
            raise SomebodySignedUp
        event = ticket_type.event
        audit.record(ticket_type, "removed", by=by, event_id=event.id, before=facts.of_ticket_type(ticket_type))
        session.delete(ticket_type)
        session.flush()
        session.expire(event, ["ticket_types"])


def _sessions(event: Event, ids: Collection[int]) -> list[Session]:
    chosen = [each for each in event.sessions if each.id in ids]
    if not chosen:
        raise NoSessions
    return chosen


def _check_audience(event: Event, audience: Audience) -> None:
    if event.visibility is Visibility.MEMBERS and audience not in FOR_MEMBERS:
        raise OpenToOthers


def _admit_to(ticket_type: TicketType, sessions: Iterable[Session]) -> None:
    wanted, current = set(sessions), set(ticket_type.sessions)
    if current - wanted and references.is_signed_up_for(ticket_type):
        raise PartsPromised
    added = wanted - current
    for each in added:
        db.session.refresh(each, ["taken", "capacity"])
        free = rules.free_places([(each.capacity, each.taken)])
        if free is not None and free < ticket_type.taken:
            raise NotEnoughPlaces(each.title, free=free, needed=ticket_type.taken)
    ticket_type.sessions = sorted(wanted, key=lambda each: (each.starts_at, each.id))
    db.session.flush()
    book({("session", each.id): ticket_type.taken for each in added if ticket_type.taken})
    for each in added:
        db.session.expire(each, ["taken"])
