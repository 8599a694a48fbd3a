"""How many places there are, who gets them, and when people are reminded."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from registration.core import audit
from registration.core.db import transaction
from registration.events import facts, queries
from registration.events.errors import (
    CapacityBelowTaken,
    OpenToOthers,
    PeopleAreWaiting,
    SignUpClosesBeforeOpening,
)
from registration.events.models import (
    Audience,
    Event,
    QuestionChoice,
    Session,
    TicketType,
    Visibility,
    WaitingListMode,
)
from registration.events.operations.locking import lock_event

FOR_MEMBERS = frozenset({Audience.MEMBERS, Audience.INVITED})  # whom an event for members may let in


def set_capacity(counted: TicketType | Session | QuestionChoice, capacity: int | None, *, by: str) -> None:
    """Change how many places there are; None limits them no more. Raises CapacityBelowTaken. Locks the event."""
    with transaction() as session:
        event_id = counted.question.event_id if isinstance(counted, QuestionChoice) else counted.event_id
        lock_event(event_id)
        session.refresh(counted, ["taken", "capacity"])
        if capacity is not None and capacity < counted.taken:
            raise CapacityBelowTaken(counted.taken)
        before = facts.of_capacity(counted)
        counted.capacity = capacity
        audit.record(counted, "changed", by=by, event_id=event_id, before=before, after=facts.of_capacity(counted))


def set_sign_up_rules(
    event: Event,
    *,
    opens_at: datetime | None,
    closes_at: datetime | None,
    changes_close_at: datetime | None,
    needs_approval: bool,
    organisation_limit: int | None,
    audiences: Mapping[int, Audience],
    by: str,
) -> None:
    """Decide when sign-up is open (instants; None: at once, until the start), to whom, and who is let in.

    `audiences` are by ticket type id. Whoever is in stays in. Raises SignUpClosesBeforeOpening, OpenToOthers when an
    event for members would let others in. Locks the event.
    """
    with transaction() as session:
        lock_event(event.id)
        session.refresh(event)
        closing = closes_at or queries.starts_at(event)
        if opens_at is not None and closing is not None and closing <= opens_at:
            raise SignUpClosesBeforeOpening
        if event.visibility is Visibility.MEMBERS and set(audiences.values()) - FOR_MEMBERS:
            raise OpenToOthers
        before = facts.of_sign_up_rules(event)
        event.sign_up_opens_at, event.sign_up_closes_at = opens_at, closes_at
        event.changes_close_at = changes_close_at
        event.needs_approval = needs_approval
        event.organisation_limit = organisation_limit
        for ticket_type in event.ticket_types:
            ticket_type.audience = audiences.get(ticket_type.id, ticket_type.audience)
        after = facts.of_sign_up_rules(event)
        audit.record(event, "changed", by=by, event_id=event.id, before=before, after=after)


def set_waiting_list(event: Event, *, mode: WaitingListMode, offer_hours: int, by: str) -> None:
    """Decide what happens when a place becomes free. Raises PeopleAreWaiting. Locks the event."""
    with transaction() as session:
        lock_event(event.id)
        session.refresh(event)
        if mode is WaitingListMode.NONE and event.waiting:
            raise PeopleAreWaiting(event.waiting)
        before = facts.of_waiting_list(event)
        event.waiting_list = mode
        event.offer_hours = offer_hours
        after = facts.of_waiting_list(event)
        audit.record(event, "changed", by=by, event_id=event.id, before=before, after=after)


def set_reminders(event: Event, *, in_person: Iterable[int], online: Iterable[int], by: str) -> None:
    """Decide how many minutes before a session people are reminded, each time once, the earliest first."""
    with transaction():
        before = facts.of_reminders(event)
        event.reminders_in_person = sorted(set(in_person), reverse=True)
        event.reminders_online = sorted(set(online), reverse=True)
        after = facts.of_reminders(event)
        audit.record(event, "changed", by=by, event_id=event.id, before=before, after=after)
