"""Reads of what is offered, shaped for the pages that show it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from registration.core import clock
from registration.core.db import db
from registration.events import rules
from registration.events.errors import EventNotFound
from registration.events.models import (
    Audience,
    Event,
    Question,
    QuestionChoice,
    Session,
    TicketType,
    WaitingListMode,
)
from registration.events.questions import Asked, Choice
from registration.events.rules import EventFormat, SignUpState

# Built once: every sign-up asks for them.
_questions = (
    select(*(Question.__table__.c[field.name] for field in fields(Asked) if field.name != "choices"))
    .where(Question.event_id == bindparam("event_id"))
    .order_by(Question.position, Question.id)
)
_choices = (
    select(QuestionChoice.question_id, *(QuestionChoice.__table__.c[field.name] for field in fields(Choice)))
    .join(QuestionChoice.question)
    .where(Question.event_id == bindparam("event_id"))
    .order_by(QuestionChoice.position, QuestionChoice.id)
)


@dataclass(frozen=True)
class TicketTypeOffer:
    """A ticket type with what is free now for newcomers; `free` is None when places are not limited."""

    ticket_type: TicketType
    free: int | None

    @property
    def audience(self) -> Audience:
        """Return whom it is for."""
        return self.ticket_type.audience

    @property
    def waiting(self) -> int:
        """Return how many people wait for it."""
        return self.ticket_type.waiting

    @property
    def sessions(self) -> list[Session]:
        """Return the sessions it admits to, by time."""
        return self.ticket_type.sessions

    @property
    def minutes(self) -> int:
        """Return the credited minutes of all its sessions."""
        return sum(session.credited_minutes for session in self.sessions)

    @property
    def is_full(self) -> bool:
        """Say whether newcomers find no place in it; what becomes free belongs to those who wait."""
        return self.free == 0


@dataclass(frozen=True)
class EventOffer:
    """An event as the programme shows it at one moment."""

    event: Event
    ticket_types: list[TicketTypeOffer]
    state: SignUpState
    format: EventFormat
    free: int | None
    first_on: date | None  # of the days that lead the title
    last_on: date | None
    online_days: list[date]  # further days, online

    @property
    def sessions(self) -> list[Session]:
        """Return all sessions by time."""
        return self.event.sessions

    @property
    def minutes(self) -> int:
        """Return the most credited minutes one can get."""
        return max((offer.minutes for offer in self.ticket_types), default=0)

    @property
    def has_several_lengths(self) -> bool:
        """Say whether ticket types differ in credited minutes, so that `minutes` is an upper bound."""
        return len({offer.minutes for offer in self.ticket_types}) > 1

    @property
    def capacity(self) -> int | None:
        """Return how many places `free` is counted from, for the bar; None when not limited."""
        counters = [
            (thing.capacity - thing.taken, thing.capacity)
            for offer in self.ticket_types
            for thing in _counted(offer.ticket_type)
            if thing.capacity is not None
        ]
        matching = [capacity for free, capacity in counters if free == self.free]
        return min(matching, default=None)

    @property
    def daily_times(self) -> tuple[Session, bool] | None:
        """Return a session whose times hold on every leading day, and whether there are more such days."""
        live = [session for session in self.sessions if session.day not in self.online_days]
        if not live or len({(session.start_time, session.end_time) for session in live}) > 1:
            return None
        return live[0], len(live) > 1

    @property
    def is_full(self) -> bool:
        """Say whether sign-up is open but newcomers find no place."""
        return self.state is SignUpState.FULL

    @property
    def has_waiting_list(self) -> bool:
        """Say whether whoever finds no place can wait for one."""
        return self.event.waiting_list is not WaitingListMode.NONE

    @property
    def waiting(self) -> int:
        """Return how many people wait for what is offered here."""
        return sum(offer.waiting for offer in self.ticket_types)

    @property
    def is_by_invitation(self) -> bool:
        """Say whether all there is to sign up for is kept for those who hold an invitation."""
        return bool(self.event.ticket_types) and not self.ticket_types

    @property
    def can_sign_up(self) -> bool:
        """Say whether the sign-up form accepts orders now, be it only for the waiting list."""
        return self.has_free_places or (self.is_full and self.has_waiting_list)

    @property
    def has_free_places(self) -> bool:
        """Say whether whoever signs up now gets a place."""
        return self.state is SignUpState.OPEN and bool(self.ticket_types)


@dataclass(frozen=True)
class Itinerary:
    """The sessions somebody goes to, with the days and the place that name them on papers and in mails."""

    event: Event
    sessions: list[Session]
    first_on: date | None
    last_on: date | None
    online_days: list[date]  # further days, online

    @property
    def place(self) -> str:
        """Return `Brno, Knihovna v Brně`: the town and the first venue, or where the event meets online."""
        venues = [session.venue for session in self.sessions if session.venue and not session.is_online]
        return ", ".join(part for part in (self.event.city, *venues[:1]) if part) or self.event.platform


def itinerary(event: Event, sessions: Iterable[Session]) -> Itinerary:
    """Return some sessions of an event by time, each once, with the days that lead; without any the event's days."""
    chosen = sorted(set(sessions), key=lambda session: (session.starts_at, session.id))
    days = [(session.day, session.is_online) for session in chosen]
    first_on, last_on, online_days = event.first_on, event.last_on, list[date]()
    if days:
        first_on, last_on, online_days = rules.leading_days(days, days[0][0], days[-1][0])
    return Itinerary(event, chosen, first_on, last_on, online_days)


def list_programme() -> list[EventOffer]:
    """Return published events that are not over, by date."""
    today = clock.local_now().date()
    statement = _published().where(Event.last_on >= today).order_by(Event.first_on, Event.id)
    return [offer(event) for event in db.session.scalars(statement)]


def list_archive() -> list[EventOffer]:
    """Return published events that are over, the latest first; those without a known date last."""
    today = clock.local_now().date()
    statement = _published().where(or_(Event.last_on < today, Event.last_on.is_(None)))
    events = sorted(
        db.session.scalars(statement), key=lambda event: (event.last_on or date.min, event.title), reverse=True
    )
    return [offer(event) for event in events]


def list_events() -> Sequence[Event]:
    """Return all events for the back office, the latest first, with sessions and ticket types."""
    statement = _with_parts(select(Event)).order_by(Event.first_on.desc().nulls_last(), Event.id)
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


def list_choices(event: Event) -> Sequence[QuestionChoice]:
    """Return the answers to choose from that have their own places, with their questions."""
    return db.session.scalars(
        select(QuestionChoice)
        .join(QuestionChoice.question)
        .where(Question.event_id == event.id, QuestionChoice.capacity.is_not(None))
        .options(contains_eager(QuestionChoice.question))
        .order_by(Question.position, Question.id, QuestionChoice.position)
    ).all()


def list_questions(event_id: int) -> list[Asked]:
    """Return what an event's people are asked, in order, as it is now."""
    questions = db.session.execute(_questions, {"event_id": event_id}).all()
    if not questions:
        return []
    choices = defaultdict[int, list[Choice]](list)
    for row in db.session.execute(_choices, {"event_id": event_id}):
        choices[row.question_id].append(Choice(row.id, row.code, row.label, row.capacity, row.taken))
    return [Asked(**row._mapping, choices=tuple(choices[row.id])) for row in questions]


def offer(event: Event, *, with_invited: bool = False) -> EventOffer:
    """Return the event as it is offered now; its sessions and ticket types must be loaded.

    Ticket types by invitation are left out unless asked for.
    """
    ticket_types = [
        TicketTypeOffer(ticket_type, _free(ticket_type))
        for ticket_type in event.ticket_types
        if with_invited or ticket_type.audience is not Audience.INVITED
    ]
    free = rules.scarcest(each.free for each in ticket_types)
    days = [(session.day, session.is_online) for session in event.sessions]
    first_on, last_on, online_days = event.first_on, event.last_on, list[date]()
    if first_on and last_on:
        first_on, last_on, online_days = rules.leading_days(days, first_on, last_on)
    return EventOffer(
        event=event,
        ticket_types=ticket_types,
        state=_state(event, free if ticket_types else None),
        format=rules.event_format([session.format for session in event.sessions], has_city=bool(event.city)),
        free=free,
        first_on=first_on,
        last_on=last_on,
        online_days=online_days,
    )


def starts_at(event: Event) -> datetime | None:
    """Return the UTC instant the event starts, midnight of its first day when it has no sessions."""
    return rules.starts_at((session.starts_at_utc for session in event.sessions), event.first_on)


def ends_at(event: Event) -> datetime | None:
    """Return the UTC instant the event ends, the midnight after its last day when it has no sessions."""
    return rules.ends_at((session.ends_at_utc for session in event.sessions), event.last_on)


def _state(event: Event, free: int | None) -> SignUpState:
    if event.last_on is None:
        return SignUpState.OVER  # only the archive knows no date
    return rules.sign_up_state(
        kind=event.sign_up,
        now=clock.now(),
        opens_at=event.sign_up_opens_at,
        closes_at=event.sign_up_closes_at,
        starts_at=starts_at(event),
        ends_at=ends_at(event),
        free=free,
        is_cancelled=event.cancelled_at is not None,
    )


def _free(ticket_type: TicketType) -> int | None:
    if ticket_type.waiting:
        return 0
    return rules.free_places((thing.capacity, thing.taken) for thing in _counted(ticket_type))


def _counted(ticket_type: TicketType) -> list[TicketType | Session]:
    """Return everything whose capacity limits a ticket type."""
    return [ticket_type, *ticket_type.sessions]


def _published() -> Select[Event]:
    return _with_parts(select(Event)).where(Event.published_at <= clock.now())


def _with_parts(statement: Select[Event]) -> Select[Event]:
    return statement.options(
        selectinload(Event.sessions), selectinload(Event.ticket_types).selectinload(TicketType.sessions)
    )
