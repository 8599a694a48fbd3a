"""Which events there are: of the programme, of the archive, of the back office, by their address."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from registration.core import clock
from registration.core.db import db
from registration.events import rules
from registration.events.errors import EventNotFound
from registration.events.models import Event, OldSlug, Picture, TicketType, Visibility
from registration.events.queries.offer import EventOffer, offer


def list_programme() -> list[EventOffer]:
    """Return published events that are not over, by date."""
    today = clock.local_now().date()
    statement = _listed().where(Event.last_on >= today).order_by(Event.first_on, Event.id)
    return [offer(event) for event in db.session.scalars(statement)]


def list_archive() -> list[EventOffer]:
    """Return published events that are over, the latest first; those without a known date last."""
    today = clock.local_now().date()
    statement = _listed().where(or_(Event.last_on < today, Event.last_on.is_(None)))
    events = sorted(
        db.session.scalars(statement), key=lambda event: (event.last_on or date.min, event.title), reverse=True
    )
    return [offer(event) for event in events]


def list_events(ids: Collection[int] | None = None) -> Sequence[Event]:
    """Return all events for the back office, or those of the ids, the latest first, with sessions and ticket types."""
    statement = _with_parts(select(Event)).order_by(Event.first_on.desc().nulls_last(), Event.id)
    if ids is not None:
        statement = statement.where(Event.id.in_(ids))
    return db.session.scalars(statement).all()


def get_published_event(slug: str) -> Event:
    """Return a published event with its sessions and ticket types. Raises EventNotFound."""
    event = db.session.scalar(_published().where(Event.slug == slug))
    if event is None:
        raise EventNotFound
    return event


def get_event(slug: str) -> Event:
    """Return any event with its sessions and ticket types. Raises EventNotFound."""
    event = db.session.scalar(_with_parts(select(Event)).where(Event.slug == slug))
    if event is None:
        raise EventNotFound
    return event


def find_by_old_slug(slug: str) -> Event | None:
    """Return the event that once had this address."""
    return db.session.scalar(select(Event).join(OldSlug, OldSlug.event_id == Event.id).where(OldSlug.slug == slug))


def find_picture(event: Event) -> Picture | None:
    """Return an event's picture without its bytes, which are read when they are asked for."""
    return db.session.get(Picture, event.id)


def days_of(event: Event) -> set[date]:
    """Return the days something of an event is held on; without sessions all from its first to its last."""
    return rules.days_of(
        [(session.starts_at.date(), session.ends_at.date()) for session in event.sessions],
        event.first_on,
        event.last_on,
    )


def list_events_on(days: Iterable[date], *, besides: int | None = None) -> list[tuple[date, Event]]:
    """Return (day, event) for each of these days on which another event is held, drafts too, cancelled ones not."""
    wanted = sorted(set(days))
    if not wanted:
        return []
    near = select(Event).where(
        Event.first_on <= wanted[-1],
        Event.last_on >= wanted[0],
        Event.cancelled_at.is_(None),
        Event.id != (besides or 0),
    )
    events = db.session.scalars(near.options(selectinload(Event.sessions)).order_by(Event.first_on, Event.id)).all()
    return [(day, event) for day in wanted for event in events if day in days_of(event)]


def _listed() -> Select[Event]:
    return _published().where(Event.visibility != Visibility.LINK_ONLY)


def _published() -> Select[Event]:
    return _with_parts(select(Event)).where(Event.published_at <= clock.now())


def _with_parts(statement: Select[Event]) -> Select[Event]:
    return statement.options(
        selectinload(Event.sessions), selectinload(Event.ticket_types).selectinload(TicketType.sessions)
    )
