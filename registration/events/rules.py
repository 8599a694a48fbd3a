"""Decisions about what is offered: free places, whether sign-up is open, which days lead the title."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from registration.core import clock, czech

_LONGEST_SLUG = 100
_LONGEST_INITIALS = 6
_NOTICE_DAYS = 30


class SignUpState(StrEnum):
    """Whether one can sign up right now, and if not, why."""

    OPEN = "open"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    FULL = "full"
    ELSEWHERE = "elsewhere"
    INFO_ONLY = "info_only"
    OVER = "over"
    CANCELLED = "cancelled"


class EventFormat(StrEnum):
    """How one takes part in an event as a whole."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    HYBRID = "hybrid"


def free_places(counters: Iterable[tuple[int | None, int]]) -> int | None:
    """Return the least free places over (capacity, taken) pairs; None when nothing limits them."""
    limited = [max(capacity - taken, 0) for capacity, taken in counters if capacity is not None]
    return min(limited, default=None)


def scarcest(free: Iterable[int | None]) -> int | None:
    """Return the places an event as a whole announces: of the ticket types that still have some, the fewest."""
    counts = list(free)
    if None in counts or not counts:
        available = [count for count in counts if count]
        return min(available) if available else None
    available = [count for count in counts if count]
    return min(available, default=0)


def sign_up_state(
    *,
    kind: str,
    now: datetime,
    opens_at: datetime | None,
    closes_at: datetime | None,
    starts_at: datetime | None,
    ends_at: datetime | None,
    free: int | None,
    is_cancelled: bool = False,
) -> SignUpState:
    """Return whether sign-up is open at `now`.

    `kind` is `here`, `elsewhere` or `info_only`. Without its own closing time sign-up ends when the event starts;
    a closing time is the first instant it is closed. `free` is None when places are not limited.
    """
    if is_cancelled:
        return SignUpState.CANCELLED
    if ends_at is not None and now >= ends_at:
        return SignUpState.OVER
    if kind != "here":
        return SignUpState(kind)
    if opens_at is not None and now < opens_at:
        return SignUpState.NOT_YET
    closing = closes_at or starts_at
    if closing is not None and now >= closing:
        return SignUpState.CLOSED
    return SignUpState.FULL if free == 0 else SignUpState.OPEN


def starts_at(session_starts: Iterable[datetime], first_on: date | None) -> datetime | None:
    """Return the UTC instant an event starts: its first session, without any the midnight of its first day."""
    first = min(session_starts, default=None)
    if first is None and first_on is not None:
        return clock.to_utc(datetime.combine(first_on, time()))
    return first


def ends_at(session_ends: Iterable[datetime], last_on: date | None) -> datetime | None:
    """Return the UTC instant an event ends: its last session, without any the midnight after its last day."""
    last = max(session_ends, default=None)
    if last is None and last_on is not None:
        return clock.to_utc(datetime.combine(last_on + timedelta(days=1), time()))
    return last


def event_format(session_formats: Sequence[str], *, has_city: bool) -> EventFormat:
    """Return the format of an event from those of its sessions; without sessions a city means in person."""
    formats = set(session_formats)
    if len(formats) > 1:
        return EventFormat.HYBRID
    if formats:
        return EventFormat(formats.pop())
    return EventFormat.IN_PERSON if has_city else EventFormat.ONLINE


def days_of(sessions: Sequence[tuple[date, date]], first: date | None, last: date | None) -> set[date]:
    """Return the days an event is held on: those of its sessions, (first, last) pairs, else of the event itself."""
    spans = sessions or ([(first, last)] if first and last else [])
    return {begin + timedelta(days=number) for begin, end in spans for number in range((end - begin).days + 1)}


def leading_days(sessions: Sequence[tuple[date, bool]], first: date, last: date) -> tuple[date, date, list[date]]:
    """Return (first, last) of the days that name a hybrid event, and its online days outside of them.

    `sessions` are (day, is online) pairs. `25.–26. 3. 2025 + online 2. a 16. 4.` reads better than three weeks.
    """
    live = [day for day, is_online in sessions if not is_online]
    online = [day for day, is_online in sessions if is_online]
    if not live or not online:
        return first, last, []
    lead_first, lead_last = min(live), max(live)
    return lead_first, lead_last, sorted({day for day in online if not lead_first <= day <= lead_last})


def slug_of(title: str) -> str:
    """Return a title as it stands in an address: `setkani-sekce-ai-v-praxi`; at most 100 characters."""
    words = re.findall(r"[a-z0-9]+", czech.fold(title))
    return "-".join(words)[:_LONGEST_SLUG].rstrip("-") or "akce"


def initials_of(title: str) -> str:
    """Return the middle of a shelf mark: the first letters of the words, `SAI`; at most 6."""
    return "".join(word[0] for word in re.findall(r"[a-z0-9]+", czech.fold(title))).upper()[:_LONGEST_INITIALS] or "A"


def unused(wanted: str, taken: Collection[str], *, joint: str = "-") -> str:
    """Return what is wanted, or with the first number behind that nobody has: `workshop-2`."""
    candidates = (f"{wanted}{joint}{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(each for each in candidates if each not in taken)


def next_code(word: str, taken: Collection[str], *, joint: str = "-") -> str:
    """Return the first of `cast-1`, `cast-2`… that nobody has."""
    return next(code for number in range(1, len(taken) + 2) if (code := f"{word}{joint}{number}") not in taken)


def weeks_to_next_time(first_on: date, *, today: date) -> int:
    """Return by how many whole weeks an event is moved to be held again: to the same week of the first year to come.

    That is 52 weeks, or 53 when the year between has as many (ISO 8601 2.2.10), so that it never drifts.
    """
    year, week, weekday = first_on.isocalendar()
    moved = first_on
    while moved <= max(today, first_on):
        year += 1
        moved = date.fromisocalendar(year, min(week, _weeks_of(year)), weekday)
    return (moved - first_on).days // 7


def is_short_notice(kind: str, *, first_on: date | None, today: date) -> bool:
    """Say whether an assembly is called less than 30 days before (zák. 89/2012 Sb., § 249)."""
    return kind == "assembly" and first_on is not None and (first_on - today).days < _NOTICE_DAYS


def _weeks_of(year: int) -> int:
    return date(year, 12, 28).isocalendar().week  # which is always in the last one
