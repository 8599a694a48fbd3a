"""Decisions about what is offered: free places, whether sign-up is open, which days lead the title."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from registration.core import clock


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
