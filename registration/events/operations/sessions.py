"""The parts of an event: added, moved, changed, taken away; the event's days follow."""

from datetime import datetime

from registration.core import audit
from registration.core.db import db, transaction
from registration.events import facts, references, rules
from registration.events.errors import CertificateCountsIt, SessionEndsBeforeStart, SomebodySignedUp, SpeakerTeachesIt
from registration.events.models import Event, Format, Session
from registration.events.operations.locking import lock_event

_RULE, _SPEAKER = "certificate_rule_session", "speaker_session"  # tables that may refer to a part


def add_session(
    event: Event,
    *,
    title: str,
    format: Format,
    starts_at: datetime,
    ends_at: datetime,
    venue: str = "",
    join_url: str | None = None,
    capacity: int | None = None,
    credited_minutes: int = 0,
    by: str,
) -> Session:
    """Add a part (naive wall times), which no ticket type admits to yet. Raises SessionEndsBeforeStart."""
    if ends_at <= starts_at:
        raise SessionEndsBeforeStart
    with transaction() as database:
        lock_event(event.id)
        database.refresh(event)
        session = Session(
            event_id=event.id,
            code=rules.next_code("cast", {each.code for each in event.sessions}),
            title=title,
            format=format,
            starts_at=starts_at,
            ends_at=ends_at,
            venue=venue,
            join_url=join_url,
            capacity=capacity,
            credited_minutes=credited_minutes,
        )
        database.add(session)
        database.flush()
        _follow(event)
        audit.record(session, "added", by=by, event_id=event.id, after=facts.of_session(session))
    return session


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
) -> Session:
    """Give a session another time (naive wall time), place, link, title or worth; the event's days follow.

    Its sequence grows when calendars have to change: the link of a meeting is not in them. Without a title or minutes
    they stay. Raises SessionEndsBeforeStart. Locks the event.
    """
    if ends_at <= starts_at:
        raise SessionEndsBeforeStart
    with transaction() as database:
        lock_event(session.event_id)
        database.refresh(session)
        before = facts.of_session(session)
        title = title or session.title
        was = (session.starts_at, session.ends_at, session.venue, session.title)
        session.sequence += was != (starts_at, ends_at, venue, title)
        session.starts_at, session.ends_at, session.venue, session.title = starts_at, ends_at, venue, title
        session.join_url = join_url
        if credited_minutes is not None:
            session.credited_minutes = credited_minutes
        _follow(session.event)
        after = facts.of_session(session)
        action = "moved" if was[:3] != (starts_at, ends_at, venue) else "changed"
        audit.record(session, action, by=by, event_id=session.event_id, before=before, after=after)
    return session


def remove_session(session: Session, *, by: str) -> None:
    """Take a part away. Raises SomebodySignedUp, CertificateCountsIt, SpeakerTeachesIt. Locks the event."""
    with transaction() as database:
        lock_event(session.event_id)
        database.refresh(session)
        event = session.event
        admitting = [each for each in event.ticket_types if session in each.sessions]
        held_by = references.referring_tables(session)
        if session.taken or held_by - {_RULE, _SPEAKER} or any(map(references.is_signed_up_for, admitting)):
            raise SomebodySignedUp
        if _RULE in held_by:
            raise CertificateCountsIt
        if _SPEAKER in held_by:
            raise SpeakerTeachesIt
        audit.record(session, "removed", by=by, event_id=event.id, before=facts.of_session(session))
        database.delete(session)
        database.flush()
        _follow(event)


def _follow(event: Event) -> None:
    """Let the event's days be those of its sessions; without any they stay."""
    db.session.expire(event, ["sessions"])
    days = [day for each in event.sessions for day in (each.starts_at.date(), each.ends_at.date())]
    if days:
        event.first_on, event.last_on = min(days), max(days)
