"""An event as it is offered at one moment: free places, whether one can sign up, the days that lead."""

from dataclasses import dataclass
from datetime import date, datetime

from registration.core import clock
from registration.events import rules
from registration.events.models import Audience, Event, Session, TicketType, Visibility, WaitingListMode
from registration.events.rules import EventFormat, SignUpState


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
    def is_for_members(self) -> bool:
        """Say whether only people of member organisations can sign up."""
        return self.event.visibility is Visibility.MEMBERS

    @property
    def can_sign_up(self) -> bool:
        """Say whether the sign-up form accepts orders now, be it only for the waiting list."""
        return self.has_free_places or (self.is_full and self.has_waiting_list)

    @property
    def has_free_places(self) -> bool:
        """Say whether whoever signs up now gets a place."""
        return self.state is SignUpState.OPEN and bool(self.ticket_types)


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
