"""The organizer changes the event, and whom it concerns hears of it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from registration.core.db import db, transaction
from registration.events import operations as events
from registration.events.models import Event, QuestionChoice, Session, TicketType
from registration.signups import mails, queries
from registration.signups.mails import SessionBefore
from registration.signups.models import CancellationKind, Order, Registration, RegistrationStatus
from registration.signups.operations.cancelling import cancel
from registration.signups.operations.waiting_list import serve


def change_capacity(
    event: Event, counted: TicketType | Session | QuestionChoice, capacity: int | None, *, by: str
) -> None:
    """Change how many places there are; added ones go to the waiting list at once.

    Raises CapacityBelowTaken. Locks the event.
    """
    with transaction():
        events.set_capacity(counted, capacity, by=by)
        serve(event.id)


def cancel_event(event: Event, *, by: str, reason: str = "") -> Sequence[Registration]:
    """Call an event off for everybody who was to come or waited; return those who are written of it.

    Raises EventAlreadyCancelled, EventHasBegun. Locks the event.
    """
    with transaction() as session:
        events.cancel_event(event, by=by)
        people = session.scalars(
            select(Registration)
            .where(Registration.event_id == event.id, Registration.status != RegistrationStatus.CANCELLED)
            .order_by(Registration.id)
        ).all()
        if people:
            cancel(people, by=by, reason=reason, kind=CancellationKind.EVENT_CANCELLED)
            mails.event_cancelled(_orders_of(people), reason=reason)
    return people


def move_session(
    session: Session,
    *,
    starts_at: datetime,
    ends_at: datetime,
    venue: str,
    join_url: str | None,
    title: str | None = None,
    credited_minutes: int | None = None,
    by: str,
) -> list[Registration]:
    """Give a session another time (naive wall time), place, link or title; return those who are written of it.

    They are all who are to come to it, unless only the link, the title or its worth has changed.
    Raises SessionEndsBeforeStart. Locks the event.
    """
    with transaction() as database:
        events.lock_event(session.event_id)
        database.refresh(session)
        before = SessionBefore(starts_at=session.starts_at, ends_at=session.ends_at, venue=session.venue)
        events.move_session(
            session,
            starts_at=starts_at,
            ends_at=ends_at,
            venue=venue,
            join_url=join_url,
            title=title,
            credited_minutes=credited_minutes,
            by=by,
        )
        if before == SessionBefore(starts_at=starts_at, ends_at=ends_at, venue=venue):
            return []
        people = queries.list_expected(session)
        mails.session_changed(session, people, before=before)
    return people


def _orders_of(people: Sequence[Registration]) -> Sequence[Order]:
    """Return the orders of these people with all that was said of them just now."""
    return db.session.scalars(
        select(Order)
        .where(Order.id.in_({each.order_id for each in people}))
        .options(selectinload(Order.registrations).joinedload(Registration.cancellation))
        .order_by(Order.id)
        .execution_options(populate_existing=True)
    ).all()
