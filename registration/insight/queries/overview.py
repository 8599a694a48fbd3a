"""Reads for the charts of one event: added up by the database, the same number of statements for any crowd."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union_all

from registration.checkin.models import Source
from registration.core import clock
from registration.core.db import db
from registration.core.i18n import gettext, ngettext, show_day
from registration.events.models import Event, Session, TicketType, ticket_type_session
from registration.insight import rules
from registration.insight.queries import ledger
from registration.insight.rules import BarChart, Line, StepChart
from registration.signups.models import Cancellation, Order, Registration, RegistrationStatus

_HOUR = 3600
_MOST_LINES = 2
_EARLIEST = timedelta(hours=3)  # before the beginning; what was written sooner is no arrival
# Of these the time is when somebody came; of others when it was written down.
_ARRIVALS = (Source.SCAN, Source.MANUAL, Source.WALK_IN, Source.JOIN)


@dataclass(frozen=True)
class SignUps:
    """How places were taken day by day, as a chart and in numbers."""

    lines: Sequence[Line]
    first: date
    last: date
    wide: StepChart
    narrow: StepChart

    @property
    def description(self) -> str:
        """Return in words how it stands in the end."""
        return "; ".join(f"{line.label}, {line.capacity_label}" if line.capacity else line.label for line in self.lines)

    @property
    def days(self) -> list[tuple[date, list[int]]]:
        """Return for each day on which something changed how many there were of each line."""
        changed = sorted({day for line in self.lines for day, _ in line.steps})
        return [(day, [_count_on(line, day) for line in self.lines]) for day in changed]


@dataclass(frozen=True)
class Arrivals:
    """When people came to a session, in slots of five minutes, as a chart and in numbers."""

    session: Session
    counts: Mapping[datetime, int]  # by the local time a slot starts
    noted: int  # further people whom somebody marked present, not when they came
    wide: BarChart
    narrow: BarChart

    @property
    def total(self) -> int:
        """Return how many came."""
        return sum(self.counts.values())

    @property
    def busiest(self) -> datetime:
        """Return the start of the slot most came in, the first of several."""
        return max(self.counts, key=lambda slot: self.counts[slot])

    @property
    def most(self) -> int:
        """Return how many came in it."""
        return self.counts[self.busiest]


@dataclass(frozen=True)
class Fill:
    """How many have a place by a ticket type, out of how many that fit."""

    ticket_type: TicketType
    taken: int
    capacity: int | None


@dataclass(frozen=True)
class Absence:
    """How many of those who had a place in a session that is over did not come."""

    session: Session
    expected: int
    present: int

    @property
    def is_known(self) -> bool:
        """Say whether attendance was written down at all."""
        return self.present > 0

    @property
    def absent(self) -> int:
        """Return how many did not come."""
        return self.expected - self.present

    @property
    def percent(self) -> int | None:
        """Return the share of those who did not come."""
        return rules.share(self.absent, self.expected)


@dataclass(frozen=True)
class Overview:
    """The charts of an event."""

    sign_ups: SignUps | None
    fills: Sequence[Fill]
    arrivals: Sequence[Arrivals]
    absences: Sequence[Absence]


def overview(event: Event) -> Overview:
    """Return the charts of an event; its sessions and ticket types must be loaded."""
    return Overview(
        sign_ups=_sign_ups(event) if event.ticket_types else None,
        fills=[_fill(each) for each in event.ticket_types],
        arrivals=_arrivals(event),
        absences=_absences(event),
    )


def _sign_ups(event: Event) -> SignUps | None:
    """Return the lines of those who had a place; nobody yet, no chart."""
    changes = _changes_by_ticket_type(event)
    days = sorted({day for of_type in changes.values() for day in of_type})
    if not days:
        return None
    today = clock.local_now().date()
    opened = event.sign_up_opens_at or event.published_at
    first = min([clock.to_local(opened).date(), days[0]]) if opened else days[0]
    last = max(first, event.last_on or today, days[-1] if event.last_on is None else first)
    lines = _lines(event, changes)
    wide, narrow = (
        rules.step_chart(lines, first=first, last=last, today=today, frame=frame)
        for frame in (rules.STEPS_WIDE, rules.STEPS_NARROW)
    )
    return SignUps(lines, first, last, wide, narrow)


def _changes_by_ticket_type(event: Event) -> dict[int, dict[date, int]]:
    """Return by ticket type and local day how many more had a place in its evening."""
    has_had = or_(
        Registration.status == RegistrationStatus.CONFIRMED,
        and_(Registration.status == RegistrationStatus.CANCELLED, Registration.confirmed_at.is_not(None)),
    )
    got = ledger.slot(func.coalesce(Registration.confirmed_at, Order.created_at), _HOUR)
    gave_up = ledger.slot(Cancellation.cancelled_at, _HOUR)
    gained = _by_type_and_hour(event, got, func.count()).join(Registration.order).where(has_had)
    lost = (
        _by_type_and_hour(event, gave_up, -func.count())
        .join(Registration.cancellation)
        .where(Registration.status == RegistrationStatus.CANCELLED, Registration.confirmed_at.is_not(None))
    )
    changes = defaultdict[int, dict[date, int]](lambda: defaultdict(int))
    for row in db.session.execute(union_all(gained, lost)):
        changes[row.ticket_type_id][_local(row.hour, _HOUR).date()] += row.people
    return changes


def _by_type_and_hour(event: Event, hour: ColumnElement[int], count: ColumnElement[int]) -> Select[int, int, int]:
    return (
        select(Registration.ticket_type_id, hour.label("hour"), count.label("people"))
        .where(Registration.event_id == event.id)
        .group_by(Registration.ticket_type_id, hour)
    )


def _lines(event: Event, changes: Mapping[int, Mapping[date, int]]) -> list[Line]:
    """Return a line for each group of sessions that the same ticket types admit to, of several the most wanted ones."""
    groups = defaultdict[frozenset[int], list[Session]](list)
    for session in event.sessions:
        admitting = frozenset(each.id for each in event.ticket_types if session in each.sessions)
        if admitting:
            groups[admitting].append(session)
    lines = [
        _line(event, types, sessions, changes, name=show_day(sessions[0].day) if len(groups) > 1 else "")
        for types, sessions in groups.items()
    ]
    most_wanted = sorted(lines, key=lambda line: -line.last)[:_MOST_LINES]
    return [line for line in lines if line in most_wanted]


def _line(
    event: Event,
    ticket_type_ids: frozenset[int],
    sessions: Sequence[Session],
    changes: Mapping[int, Mapping[date, int]],
    *,
    name: str,
) -> Line:
    together = defaultdict[date, int](int)
    for id_ in ticket_type_ids:
        for day, count in changes.get(id_, {}).items():
            together[day] += count
    steps = rules.cumulated(together)
    capacity = _capacity(event, ticket_type_ids, sessions)
    people = steps[-1][1] if steps else 0
    words = (
        ngettext("%(num)d person", "%(num)d people", people),
        gettext("capacity %(number)d", number=capacity or 0),
    )
    label, limit = (f"{name}: {each}" if name else each for each in words)
    return Line(name, label, steps, capacity, limit)


def _capacity(event: Event, ticket_type_ids: frozenset[int], sessions: Sequence[Session]) -> int | None:
    """Return how many fit in: as the sessions have places, or the ticket types together, whichever is less."""
    types = [each.capacity for each in event.ticket_types if each.id in ticket_type_ids]
    limits = [session.capacity for session in sessions if session.capacity is not None]
    together = [capacity for capacity in types if capacity is not None]
    if len(together) == len(types):
        limits.append(sum(together))
    return min(limits, default=None)


def _count_on(line: Line, day: date) -> int:
    return next((count for at, count in reversed(line.steps) if at <= day), 0)


def _fill(ticket_type: TicketType) -> Fill:
    limits = [ticket_type.capacity, *(session.capacity for session in ticket_type.sessions)]
    return Fill(ticket_type, ticket_type.taken, min((each for each in limits if each is not None), default=None))


def _arrivals(event: Event) -> list[Arrivals]:
    here = ledger.present().where(_is_of(event)).subquery()
    five_minutes = ledger.slot(here.c.occurred_at, int(rules.SLOT.total_seconds()))
    is_arrival = here.c.source.in_(_ARRIVALS)
    statement = select(here.c.session_id, is_arrival, five_minutes, func.count()).group_by(
        here.c.session_id, is_arrival, five_minutes
    )
    counts = defaultdict[int, dict[datetime, int]](dict)
    noted = defaultdict[int, int](int)
    sessions = {session.id: session for session in event.sessions}
    for session_id, came, slot, count in db.session.execute(statement):
        at = _local(slot, int(rules.SLOT.total_seconds()))
        if came and sessions[session_id].starts_at_utc - _EARLIEST <= at < sessions[session_id].ends_at_utc:
            counts[session_id][at] = count
        else:
            noted[session_id] += count
    return [_drawn(each, counts[each.id], noted[each.id]) for each in event.sessions if counts[each.id]]


def _drawn(session: Session, counts: Mapping[datetime, int], noted: int) -> Arrivals:
    begin = clock.to_local(session.starts_at_utc)
    wide, narrow = (rules.bar_chart(counts, begin=begin, frame=each) for each in (rules.BARS_WIDE, rules.BARS_NARROW))
    return Arrivals(session, dict(sorted(counts.items())), noted, wide, narrow)


def _absences(event: Event) -> list[Absence]:
    over = [session for session in event.sessions if session.ends_at_utc <= clock.now()]
    if not over:
        return []
    admitted = (
        select(ticket_type_session.c.session_id, Registration.id.label("registration_id"))
        .join(Registration, Registration.ticket_type_id == ticket_type_session.c.ticket_type_id)
        .where(Registration.event_id == event.id, Registration.status == RegistrationStatus.CONFIRMED)
        .subquery()
    )
    here = ledger.present().where(_is_of(event)).subquery()
    came = and_(here.c.registration_id == admitted.c.registration_id, here.c.session_id == admitted.c.session_id)
    statement = (
        select(admitted.c.session_id, func.count(), func.count(here.c.registration_id))
        .outerjoin(here, came)
        .group_by(admitted.c.session_id)
    )
    counts = {session_id: (expected, present) for session_id, expected, present in db.session.execute(statement)}
    return [Absence(session, *counts[session.id]) for session in over if session.id in counts]


def _is_of(event: Event) -> ColumnElement[bool]:
    return ledger.of_sessions([session.id for session in event.sessions])


def _local(slot: int, seconds: int) -> datetime:
    return clock.to_local(datetime.fromtimestamp(0, UTC) + timedelta(seconds=int(slot) * seconds))
