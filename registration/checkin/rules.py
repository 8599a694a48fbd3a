"""Decisions at the door, on plain values: who may come in, what a phone may do, and which scan counts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

PAIRING_MINUTES = 15
SILENT_MINUTES = 10  # a phone that works tells of itself far more often
OPEN_MINUTES = 30  # before a session people come to it
DOOR_HOURS = 12  # a door stays open after the last session of its event
_LONGEST_WAY_MS = 30_000  # of a message; a phone gives up after ten
DEVICE_DAYS = 90  # doors and their scans are kept after that


class Verdict(StrEnum):
    """The answer to a code; the same words are used by phones at the door."""

    ADMITTED = "admitted"
    ALREADY_IN = "already_in"  # or already out, already undone: nothing was to be written
    WRONG_SESSION = "wrong_session"
    WRONG_EVENT = "wrong_event"
    CANCELLED = "cancelled"
    WAITING = "waiting"  # for a place, or for the organizer's word
    REPLACED = "replaced"
    UNKNOWN = "unknown"
    REVOKED_DOOR = "revoked_door"  # held until an organizer has looked at it


class ScanKind(StrEnum):
    """What a door says of a person."""

    IN = "in"
    OUT = "out"
    UNDO = "undo"


class Right(StrEnum):
    """What a door may do."""

    SCAN = "scan"
    SEARCH = "search"
    WALK_IN = "walk_in"
    UNDO = "undo"
    LEAVE = "leave"  # say that somebody has left

    @staticmethod
    def of(words: str) -> "frozenset[Right]":
        """Return the rights that stand in `scan search`."""
        return frozenset(map(Right, words.split()))

    @staticmethod
    def in_words(rights: "Collection[Right]") -> str:
        """Return how rights are stored."""
        return " ".join(right for right in Right if right in rights)


_RIGHT_TO_CHANGE = {ScanKind.UNDO: Right.UNDO, ScanKind.OUT: Right.LEAVE}
_RIGHT_TO_ADMIT = {"scan": Right.SCAN, "manual": Right.SEARCH, "walk_in": Right.WALK_IN}


def needed_right(kind: ScanKind, source: str) -> Right:
    """Return the right that a scan needs."""
    return _RIGHT_TO_CHANGE.get(kind) or _RIGHT_TO_ADMIT[source]


def judge(
    *,
    is_this_event: bool,
    is_current_code: bool,
    is_cancelled: bool,
    is_waiting: bool,
    session_id: int,
    admitted_session_ids: Collection[int],
    is_present: bool,
) -> Verdict:
    """Return the verdict on a code that belongs to somebody; the first reason to refuse decides."""
    if not is_this_event:
        return Verdict.WRONG_EVENT
    if not is_current_code:
        return Verdict.REPLACED
    if is_cancelled:
        return Verdict.CANCELLED
    if is_waiting:
        return Verdict.WAITING
    if session_id not in admitted_session_ids:
        return Verdict.WRONG_SESSION
    return Verdict.ALREADY_IN if is_present else Verdict.ADMITTED


def clock_lag_ms(known: int | None, *, phone_now: datetime, now: datetime) -> int:
    """Return by how many milliseconds a phone's clock is behind ours, from a message and what is known of it.

    A message is on its way for a while, which looks like lag: the least ever measured is nearest to the truth, and what
    one phone has seen stays in its order, however long each message takes. A larger difference means that its clock
    was set meanwhile. Cf. Cristian, Probabilistic clock synchronization, 1989.
    """
    measured = (now - phone_now) // timedelta(milliseconds=1)
    return known if known is not None and known <= measured <= known + _LONGEST_WAY_MS else measured


def corrected(scanned_at: datetime, *, lag_ms: int, now: datetime, not_before: datetime) -> datetime:
    """Return when a scan was made by our clock; never in the future, nor before the phone was paired."""
    return max(not_before, min(now, scanned_at + timedelta(milliseconds=lag_ms)))


class Standing(StrEnum):
    """What a line of the ledger makes of a person."""

    IN = "in"
    OUT = "out"
    NOTHING = "nothing"  # undone


@dataclass(frozen=True)
class Line:
    """A line of the ledger, of one person and session: since when they are in or out."""

    standing: Standing
    at: datetime


@dataclass(frozen=True)
class Ruling:
    """What becomes of a scan: the lines to add, or none; then `since` when the ledger has said so."""

    lines: list[Line] = field(default_factory=list)
    since: datetime | None = None
    is_earlier: bool = False  # than the scan that had counted until now

    @property
    def verdict(self) -> Verdict:
        """Return the answer to the door."""
        return Verdict.ADMITTED if self.lines else Verdict.ALREADY_IN


def rule_on_arrival(history: Sequence[Line], at: datetime) -> Ruling:
    """Decide about somebody who came in at that time: the earliest arrival counts.

    What was undone or left later than that stays so, unless the door that saw them leave was the first to tell.
    """
    if not history:
        return Ruling([Line(Standing.IN, at)])
    last = history[-1]
    ended = max((line.at for line in history if line.standing is not Standing.IN), default=None)
    arrivals = [line.at for line in history if line.standing is Standing.IN]
    if ended is not None and at <= ended:
        if last.standing is Standing.OUT and not arrivals:
            return Ruling([Line(Standing.IN, at), last])
        return Ruling(since=last.at if last.standing is Standing.IN or not arrivals else arrivals[-1])
    if last.standing is not Standing.IN:
        return Ruling([Line(Standing.IN, at)])
    return Ruling([Line(Standing.IN, at)], is_earlier=True) if at < last.at else Ruling(since=last.at)


def rule_on_leaving(history: Sequence[Line], at: datetime, *, seen_later: datetime | None) -> Ruling:
    """Decide about somebody who left at that time; `seen_later` is when a door let them in again after that."""
    last = history[-1] if history else None
    if last and (last.standing is Standing.OUT or last.at > at):
        return Ruling(since=last.at)
    return _ended(Line(Standing.OUT, at), seen_later)


def rule_on_undoing(history: Sequence[Line], at: datetime, *, seen_later: datetime | None) -> Ruling:
    """Decide about taking the last line back: who had left is in again, who was in was never there.

    `seen_later` is when another scan saw them come after that; it counts now.
    """
    last = history[-1] if history else None
    if last is None or last.standing is Standing.NOTHING or last.at > at:
        return Ruling(since=last.at if last else None)
    arrivals = [line for line in history if line.standing is Standing.IN]
    if last.standing is Standing.OUT and arrivals:
        return Ruling([arrivals[-1]])
    return _ended(Line(Standing.NOTHING, at), seen_later)


def _ended(line: Line, seen_later: datetime | None) -> Ruling:
    return Ruling([line] if seen_later is None else [line, Line(Standing.IN, seen_later)])


def newest_door_to_forget(now: datetime) -> datetime:
    """Return until when a door must have closed to have been kept long enough."""
    return now - timedelta(days=DEVICE_DAYS)


def door_expires_at(last_end: datetime) -> datetime:
    """Return until when a door of an event is open; `last_end` is when its last session ends."""
    return last_end + timedelta(hours=DOOR_HOURS)


def is_silent(last_seen_at: datetime, *, now: datetime, starts_at: datetime, ends_at: datetime) -> bool:
    """Say whether a door has not been heard of for long while people come to a session or are in it."""
    is_time = starts_at - timedelta(minutes=OPEN_MINUTES) <= now < ends_at
    return is_time and now - last_seen_at >= timedelta(minutes=SILENT_MINUTES)
