"""The only place where time is read.

Facts are UTC instants; sessions of events are wall times in `PRAGUE`. The demo shifts the clock: its offset is
a row shared by all processes, see `registration.demo`.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

PRAGUE = ZoneInfo("Europe/Prague")

_offset = timedelta(0)


def now() -> datetime:
    """Return the product's present as an aware UTC instant; in the demo it is shifted."""
    return system_now() + _offset


def system_now() -> datetime:
    """Return the machine's present (UTC), for leases and retries that a travelling demo must not disturb."""
    return datetime.now(UTC)


def local_now() -> datetime:
    """Return the present as an aware Prague time."""
    return now().astimezone(PRAGUE)


def shift(new_offset: timedelta) -> None:
    """Set this process's offset; only the demo calls it."""
    global _offset
    _offset = new_offset


def to_utc(wall_time: datetime, zone: str = "Europe/Prague") -> datetime:
    """Return the UTC instant of a naive wall time in `zone`; of an ambiguous time the first."""
    return wall_time.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def to_local(instant: datetime) -> datetime:
    """Return a UTC instant as an aware Prague time."""
    return instant.astimezone(PRAGUE)
