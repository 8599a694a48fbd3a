"""The verbs of what is offered: an organizer changes it.

Every writer locks the event first, so two who write about the same one can wait for each other but never both. Places
are given out and taken back in `registration.events.offered`.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select, update

from registration.core import clock
from registration.core.db import transaction
from registration.events import queries
from registration.events.errors import (
    CapacityBelowTaken,
    EventAlreadyCancelled,
    EventHasBegun,
    PeopleAreWaiting,
    SessionEndsBeforeStart,
    SignUpClosesBeforeOpening,
)
from registration.events.models import Audience, Event, QuestionChoice, Session, TicketType, WaitingListMode


def set_capacity(counted: TicketType | Session | QuestionChoice, capacity: int | None) -> None:
    """Change how many places there are; None limits them no more. Raises CapacityBelowTaken. Locks the event."""
    with transaction() as session:
        lock_event(counted.question.event_id if isinstance(counted, QuestionChoice) else counted.event_id)
        session.refresh(counted, ["taken"])
        if capacity is not None and capacity < counted.taken:
            raise CapacityBelowTaken(counted.taken)
        counted.capacity = capacity


def cancel_event(event: Event) -> None:
    """Call an event off; it keeps its page, and calendars strike it out.

    Raises EventAlreadyCancelled, EventHasBegun. Locks the event.
    """
    with transaction() as session:
        lock_event(event.id)
        session.refresh(event)
        if event.cancelled_at is not None:
            raise EventAlreadyCancelled
        starts_at = queries.starts_at(event)
        if starts_at is not None and clock.now() >= starts_at:
            raise EventHasBegun
        event.cancelled_at = clock.now()
        for each in event.sessions:
            each.sequence += 1


def move_session(
    session: Session, *, starts_at: datetime, ends_at: datetime, venue: str, join_url: str | None
) -> Session:
    """Give a session another time (naive wall time), place or link; the event's days follow.

    Its sequence grows when calendars have to change: the link of a meeting is not in them. Raises
    SessionEndsBeforeStart. Locks the event.
    """
    if ends_at <= starts_at:
        raise SessionEndsBeforeStart
    with transaction() as database:
        lock_event(session.event_id)
        database.refresh(session)
        session.sequence += (session.starts_at, session.ends_at, session.venue) != (starts_at, ends_at, venue)
        session.starts_at, session.ends_at, session.venue = starts_at, ends_at, venue
        session.join_url = join_url
        days = [day for each in session.event.sessions for day in (each.starts_at.date(), each.ends_at.date())]
        session.event.first_on, session.event.last_on = min(days), max(days)
    return session


def set_sign_up_rules(
    event: Event,
    *,
    opens_at: datetime | None,
    closes_at: datetime | None,
    changes_close_at: datetime | None,
    needs_approval: bool,
    organisation_limit: int | None,
    audiences: Mapping[int, Audience],
) -> None:
    """Decide when sign-up is open (instants; None: at once, until the start), to whom, and who is let in.

    `audiences` are by ticket type id. Whoever is in stays in. Raises SignUpClosesBeforeOpening. Locks the event.
    """
    with transaction() as session:
        lock_event(event.id)
        session.refresh(event)
        closing = closes_at or queries.starts_at(event)
        if opens_at is not None and closing is not None and closing <= opens_at:
            raise SignUpClosesBeforeOpening
        event.sign_up_opens_at, event.sign_up_closes_at = opens_at, closes_at
        event.changes_close_at = changes_close_at
        event.needs_approval = needs_approval
        event.organisation_limit = organisation_limit
        for ticket_type in event.ticket_types:
            ticket_type.audience = audiences[ticket_type.id]


def set_waiting_list(event: Event, *, mode: WaitingListMode, offer_hours: int) -> None:
    """Decide what happens when a place becomes free. Raises PeopleAreWaiting. Locks the event."""
    with transaction() as session:
        lock_event(event.id)
        session.refresh(event)
        if mode is WaitingListMode.NONE and event.waiting:
            raise PeopleAreWaiting(event.waiting)
        event.waiting_list = mode
        event.offer_hours = offer_hours


def set_reminders(event: Event, *, in_person: Iterable[int], online: Iterable[int]) -> None:
    """Decide how many minutes before a session people are reminded, each time once, the earliest first."""
    with transaction():
        event.reminders_in_person = sorted(set(in_person), reverse=True)
        event.reminders_online = sorted(set(online), reverse=True)


def lock_event(event_id: int) -> None:
    """Make others wait who write about the same event; the first lock of whatever touches several of its rows."""
    with transaction() as session:
        session.execute(select(Event.id).where(Event.id == event_id).with_for_update())


def next_certificate_number(event_id: int) -> int:
    """Return the event's next certificate number. Locks the event row."""
    with transaction() as session:
        number: int = session.execute(
            update(Event)
            .where(Event.id == event_id)
            .values(certificate_count=Event.certificate_count + 1)
            .returning(Event.certificate_count)
            .execution_options(synchronize_session=False)
        ).scalar_one()
        return number
