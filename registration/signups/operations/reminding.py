"""People are reminded of a session before it starts: each of them once for each reminder of the event."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from registration.core import clock
from registration.core.db import db, transaction
from registration.events.models import Event, Session, ticket_type_session
from registration.mail.models import OutboxMessage
from registration.signups import mails, rules
from registration.signups.models import Registration, RegistrationStatus
from registration.signups.rules import Reminder


def list_due_reminders() -> list[tuple[int, Reminder]]:
    """Return the ids of sessions people are to be reminded of now, each with its reminder."""
    now = clock.now()
    yesterday = clock.local_now().replace(tzinfo=None) - timedelta(days=1)  # somewhere it may still be yesterday
    ahead = (
        select(Session)
        .join(Session.event)
        .where(Event.published_at <= now, Event.cancelled_at.is_(None), Session.starts_at > yesterday)
        .options(contains_eager(Session.event))
        .order_by(Session.id)
    )
    found = [(session.id, _due_reminder(session, now)) for session in db.session.scalars(ahead)]
    return [(id_, reminder) for id_, reminder in found if reminder]


def remind(session_id: int, reminder: Reminder) -> int:
    """Write everybody who had a place when the reminder became due; return how many had not been written before.

    Whoever was confirmed later has just been told all there is to say.
    """
    session = db.session.get_one(Session, session_id)
    ids = _not_reminded(session, reminder)
    if not ids:
        return 0
    with transaction() as database:
        people = database.scalars(
            select(Registration).where(Registration.id.in_(ids)).options(joinedload(Registration.order))
        ).all()
        mails.reminders(session, people, minutes_before=reminder.minutes_before)
    return len(people)


def _due_reminder(session: Session, now: datetime) -> Reminder | None:
    event = session.event
    return rules.due_reminder(
        now=now,
        starts_at=session.starts_at,
        zone=session.zone,
        minutes_before=event.reminders_online if session.is_online else event.reminders_in_person,
    )


def _not_reminded(session: Session, reminder: Reminder) -> list[int]:
    """Return the ids of people to write; found before the transaction, so that mostly there is none."""
    ids = db.session.scalars(select(Registration.id).where(_expected(session, reminder)))
    keys = {mails.reminder_key(id_, session, minutes_before=reminder.minutes_before): id_ for id_ in ids}
    written = select(OutboxMessage.dedupe_key).where(OutboxMessage.dedupe_key.in_(keys))
    known = set(db.session.scalars(written)) if keys else set()
    return [id_ for key, id_ in keys.items() if key not in known]


def _expected(session: Session, reminder: Reminder) -> ColumnElement[bool]:
    admitting = select(ticket_type_session.c.ticket_type_id).where(ticket_type_session.c.session_id == session.id)
    # Registrations older than the column have no time of confirmation.
    is_early_enough = or_(Registration.confirmed_at.is_(None), Registration.confirmed_at < reminder.due_at)
    return and_(
        Registration.status == RegistrationStatus.CONFIRMED,
        Registration.erased_at.is_(None),
        Registration.ticket_type_id.in_(admitting),
        is_early_enough,
    )
