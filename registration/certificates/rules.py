"""Decisions about certificates, on plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Presence = Mapping[int, int | None]  # by session: the minutes somebody was there, None where nobody measured them


@dataclass(frozen=True)
class Part:
    """A session that counts."""

    id: int
    credited_minutes: int
    length: int  # in minutes, from its beginning to its end
    is_online: bool = False
    is_required: bool = False


@dataclass(frozen=True)
class Demand:
    """What a certificate asks for: so many of the parts, among them the required ones, and so many minutes."""

    parts: Sequence[Part]
    minimum_sessions: int
    minimum_minutes: int = 0
    online_share: int = 1  # in percent, see `has_attended`

    @property
    def required(self) -> frozenset[int]:
        """Return the ids of the parts that must not be missed."""
        return frozenset(part.id for part in self.parts if part.is_required)


@dataclass(frozen=True)
class Decision:
    """Whether a certificate is earned, by which sessions, and what is missing if not."""

    is_earned: bool
    attended: frozenset[int]  # of the sessions that count
    minutes: int  # credited
    missed_required: frozenset[int]
    missing_count: int  # how many more sessions the rule asks for
    missing_minutes: int
    cut_short: frozenset[int]  # joined, but for less than the share


def decide(demand: Demand, presence: Presence) -> Decision:
    """Decide by what the ledger says of one person."""
    joined = [part for part in demand.parts if part.id in presence]
    attended = [part for part in joined if has_attended(part, presence[part.id], share=demand.online_share)]
    ids = frozenset(part.id for part in attended)
    minutes = sum(part.credited_minutes for part in attended)
    missed = demand.required - ids
    missing = max(demand.minimum_sessions - len(ids), 0)
    missing_minutes = max(demand.minimum_minutes - minutes, 0)
    return Decision(
        is_earned=not (missed or missing or missing_minutes),
        attended=ids,
        minutes=minutes,
        missed_required=missed,
        missing_count=missing,
        missing_minutes=missing_minutes,
        cut_short=frozenset(part.id for part in joined) - ids,
    )


def has_attended(part: Part, minutes: int | None, *, share: int) -> bool:
    """Say whether somebody was there long enough: online for the share of its length, where that was measured."""
    return not part.is_online or minutes is None or minutes * 100 >= share * part.length


def possible_minutes(demand: Demand) -> list[int]:
    """Return in order what a certificate of this rule can credit: every sum that fulfils it."""
    sums = {(0, 0)}  # (sessions attended, minutes)
    for part in demand.parts:
        taken = {(count + 1, total + part.credited_minutes) for count, total in sums}
        sums = taken if part.is_required else sums | taken
    return sorted(
        {total for count, total in sums if count >= demand.minimum_sessions and total >= demand.minimum_minutes}
    )
