"""Decisions about certificates, on plain values."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Decision:
    """Whether a certificate is earned, by which sessions, and what is missing if not."""

    is_earned: bool
    attended: frozenset[int]  # of the sessions that count
    missed_required: frozenset[int]
    missing_count: int  # how many more sessions the rule asks for


def decide(
    *, attended: Collection[int], counting: Collection[int], required: Collection[int], minimum: int
) -> Decision:
    """Decide by session ids: at least `minimum` of `counting`, among them all of `required`."""
    counted = frozenset(attended) & frozenset(counting)
    missed = frozenset(required) - counted
    missing = max(minimum - len(counted), 0)
    return Decision(not missed and not missing, counted, missed, missing)


def credited_minutes(decision: Decision, minutes_by_session: Mapping[int, int]) -> int:
    """Return the minutes a certificate credits: of attended sessions that count, no others."""
    return sum(minutes_by_session[session_id] for session_id in decision.attended)


def possible_minutes(*, minutes: Mapping[int, int], required: Collection[int], minimum: int) -> list[int]:
    """Return in order what a certificate of this rule can credit: every sum that fulfils it."""
    sums = {(0, 0)}  # (sessions attended, minutes)
    for session_id, length in minutes.items():
        taken = {(count + 1, total + length) for count, total in sums}
        sums = taken if session_id in required else sums | taken
    return sorted({total for count, total in sums if count >= minimum})
