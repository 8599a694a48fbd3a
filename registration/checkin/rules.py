"""Decisions at the door, on plain values."""

from collections.abc import Collection
from enum import StrEnum


class Verdict(StrEnum):
    """The answer to a code; the same words are used by phones at the door."""

    ADMITTED = "admitted"
    ALREADY_IN = "already_in"
    WRONG_SESSION = "wrong_session"
    WRONG_EVENT = "wrong_event"
    CANCELLED = "cancelled"
    WAITING = "waiting"  # for a place, or for the organizer's word
    REPLACED = "replaced"
    UNKNOWN = "unknown"


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
