"""Decisions about orders, on plain values: who gets a place, who waits, until when an offer is held."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import takewhile

from registration.core import clock

JOINING_OPENS_BEFORE = timedelta(minutes=30)
_LONGEST_DELAY = timedelta(hours=12)  # of a reminder
_MINUTES_A_DAY = 24 * 60
Place = tuple[str, int]  # a counter: what is counted, and its id

# Where most people here have a mailbox. A short name has real neighbours, such as posta.cz or email.com, so that only
# letters exchanged or doubled count as its typing errors.
_LONG_PROVIDERS = ("seznam.cz", "gmail.com", "centrum.cz", "outlook.com", "hotmail.com", "icloud.com")
_SHORT_PROVIDERS = ("email.cz", "post.cz", "volny.cz", "atlas.cz", "yahoo.com")
_NAMED_LIKE_PROVIDERS = {"gmail.cz": "gmail.com", "seznam.com": "seznam.cz"}
_REAL_NEIGHBOURS = {"gail.com", "sezam.cz"}


@dataclass(frozen=True)
class Group:
    """People of one order who want the same ticket type; `places` are the counters that limit it."""

    ticket_type: int
    places: tuple[Place, ...]
    size: int
    takes_fewer: bool = False  # some places are better than none

    @property
    def least(self) -> int:
        """Return the fewest places that are of use to the group."""
        return 1 if self.takes_fewer else self.size


class Room:
    """What is free while places are given out one group after another.

    Nobody overtakes: once a group has to wait, nobody behind it gets its ticket type, nor anything that group
    lacks, even where that is enough for a smaller group. What it does not lack stays open to others, so that a full
    workshop does not close the meeting beside it.
    """

    def __init__(self, free: Mapping[Place, int | None]) -> None:
        self._free = dict(free)
        self._held_back: set[Place] = set()
        self._stuck: set[int] = set()  # ticket types somebody waits for

    def count_for(self, group: Group) -> int:
        """Return how many of the group get a place now: all, some where that is of use, or none."""
        if group.ticket_type in self._stuck or not self._held_back.isdisjoint(group.places):
            return 0
        limits = [free for free in map(self._free.__getitem__, group.places) if free is not None]
        count = min([*limits, group.size])
        return count if count >= group.least else 0

    def give(self, group: Group, count: int) -> None:
        """Take places out of the room."""
        for place in group.places:
            free = self._free[place]
            if free is not None:
                self._free[place] = free - count

    def hold_back(self, group: Group) -> None:
        """Let a group wait, and nobody behind it have what it waits for; only the first in a line holds anything."""
        if group.ticket_type in self._stuck:
            return
        self._stuck.add(group.ticket_type)
        for place in group.places:
            free = self._free[place]
            if free is not None and free < group.least:
                self._held_back.add(place)

    def allot(self, group: Group) -> int:
        """Give a group what it gets, let the rest of it wait, and return how many got a place."""
        count = self.count_for(group)
        self.give(group, count)
        if count < group.size:
            self.hold_back(Group(group.ticket_type, group.places, group.size - count, group.takes_fewer))
        return count


def offer_deadline(*, now: datetime, starts_at: datetime | None, hours: int) -> datetime:
    """Return until when an offered place is held: so many hours, but at most half of the time left to the start."""
    longest = now + timedelta(hours=hours)
    return longest if starts_at is None else min(longest, now + (starts_at - now) / 2)


def can_be_served(*, now: datetime, starts_at: datetime | None) -> bool:
    """Say whether people who wait still get free places: not once what they wait for has begun."""
    return starts_at is None or now < starts_at


def can_change(*, now: datetime, starts_at: datetime | None, closes_at: datetime | None = None) -> bool:
    """Say whether a registration can be changed by whoever holds its link: until a date, at most until the start."""
    limits = [limit for limit in (starts_at, closes_at) if limit is not None]
    return all(now < limit for limit in limits)


def can_join(*, now: datetime, starts_at: datetime, ends_at: datetime) -> bool:
    """Say whether the way to an online meeting is open: from half an hour before its start to its end."""
    return starts_at - JOINING_OPENS_BEFORE <= now < ends_at


def price(*, member_haler: int, other_haler: int, is_member: bool) -> int:
    """Return a person's price in haléře; what counts is whether the organisation is a member."""
    return member_haler if is_member else other_haler


def likely_email(typed: str) -> str | None:
    """Return the address that was probably meant: `ada@gmail.com` for `ada@gmial.com`; None where nothing seems wrong.

    Only names of well-known providers are looked at, and never the first letter: much that differs in it is real,
    mail.com and ymail.com for instance.
    """
    mailbox, _, domain = typed.rpartition("@")
    likely = _likely_domain(domain.lower())
    return f"{mailbox}@{likely}" if likely and mailbox else None


@lru_cache(maxsize=1024)
def _likely_domain(domain: str) -> str | None:
    if domain in {*_LONG_PROVIDERS, *_SHORT_PROVIDERS, *_REAL_NEIGHBOURS}:
        return None
    for provider in _LONG_PROVIDERS:
        if _is_mistyped(domain, provider, is_any_letter=True):
            return provider
    for provider in _SHORT_PROVIDERS:
        if _is_mistyped(domain, provider, is_any_letter=False):
            return provider
    return _NAMED_LIKE_PROVIDERS.get(domain)


def _is_mistyped(typed: str, meant: str, *, is_any_letter: bool) -> bool:
    """Say whether two words differ by two letters exchanged or one doubled, or by any one letter where that counts."""
    start = _count_alike(typed, meant)
    end = _count_alike(typed[start:][::-1], meant[start:][::-1])
    extra, lacking = typed[start : len(typed) - end], meant[start : len(meant) - end]
    if not start:
        return False
    if is_any_letter and len(extra) <= 1 and len(lacking) <= 1:
        return True
    is_exchanged = len(extra) == 2 and extra == lacking[::-1]
    is_doubled = (extra, lacking) in {(meant[start - 1], ""), ("", meant[start - 1])}
    return is_exchanged or is_doubled


def _count_alike(one: str, other: str) -> int:
    """Count the letters at the beginning of two words that are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


@dataclass(frozen=True)
class Reminder:
    """One of the times at which people are reminded of a session."""

    minutes_before: int
    due_at: datetime  # UTC

    def is_worth_sending(self, now: datetime) -> bool:
        """Say whether it is time, and not so late that it would only disturb: half of its lead, at most half a day."""
        patience = min(timedelta(minutes=self.minutes_before) / 2, _LONGEST_DELAY)
        return self.due_at <= now <= self.due_at + patience


def reminder_due_at(*, starts_at: datetime, zone: str, minutes_before: int) -> datetime:
    """Return the UTC instant of a reminder; `starts_at` is the naive wall time of the session.

    Whole days are counted by the calendar: a day before 9:00 is 9:00, also when the clocks change in between.
    """
    days, minutes = divmod(minutes_before, _MINUTES_A_DAY)
    return clock.to_utc(starts_at - timedelta(days=days), zone) - timedelta(minutes=minutes)


def due_reminder(*, now: datetime, starts_at: datetime, zone: str, minutes_before: Iterable[int]) -> Reminder | None:
    """Return the reminder of a session that is to be sent now, if there is one: the last whose time has come.

    Of several that a stopped worker has missed, those before it have nothing more to say.
    """
    if now >= clock.to_utc(starts_at, zone):
        return None
    all_of_them = [
        Reminder(minutes, reminder_due_at(starts_at=starts_at, zone=zone, minutes_before=minutes))
        for minutes in minutes_before
    ]
    last = max((each for each in all_of_them if each.due_at <= now), key=lambda each: each.due_at, default=None)
    return last if last and last.is_worth_sending(now) else None
