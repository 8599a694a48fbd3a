"""What is made of a measurement: rates, percentiles, medians, ratios, and whether a goal is reached."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from statistics import median
from typing import Any

from bench.crowds import Seen


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What one scenario costs, of one round or the medians of several; a visit is what its clients repeat."""

    visits: float
    a_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float  # of the web processes, for each visit
    database_ms: float | None = None  # of PostgreSQL's processes; SQLite works inside the web processes
    driver_ms: float = 0
    driver_busy: float = 0  # share of one CPU that the driver kept busy
    others: float = 0  # share of the machine's CPUs that went to something else meanwhile
    ratio: float | None = None  # to the bare view, in visits a second
    growth: float | None = None  # how many times the cost with one person registered

    def beside_bare(self, bare: "Figures") -> "Figures":
        """Return these figures with their ratio to the bare view measured just before."""
        return replace(self, ratio=self.a_second / bare.a_second)

    def beside_empty(self, empty: "Figures") -> "Figures":
        """Return these figures with how much dearer everything is than in an all but empty event.

        The dearer of two counts: CPU time of the web processes, which knows nothing of PostgreSQL's, and time.
        """
        return replace(self, growth=max(self.cpu_ms / empty.cpu_ms, empty.a_second / self.a_second))


@dataclass(frozen=True, kw_only=True)
class Goal:
    """Where one of the figures is to get to."""

    measure: str  # a field of Figures
    least: float = -math.inf
    most: float = math.inf

    def is_reached(self, figures: Figures) -> bool:
        """Say whether the figures keep to it."""
        value = getattr(figures, self.measure)
        return value is not None and self.least <= value <= self.most


def figures_of(seen: Seen, *, cpu_s: float, database_s: float | None, machine_s: float, cpus: int = 1) -> Figures:
    """Return the figures of one round; `machine_s` is the CPU time of all processes there are."""
    others_s = machine_s - cpu_s - (database_s or 0) - seen.own_cpu_s
    visits = len(seen.durations_ms)
    if not visits:
        raise ValueError("nothing was measured")
    return Figures(
        visits=visits,
        a_second=visits / seen.elapsed_s,
        p50_ms=percentile(seen.durations_ms, 50),
        p99_ms=percentile(seen.durations_ms, 99),
        cpu_ms=cpu_s * 1000 / visits,
        database_ms=None if database_s is None else database_s * 1000 / visits,
        driver_ms=seen.own_cpu_s * 1000 / visits,
        driver_busy=seen.own_cpu_s / seen.elapsed_s,
        others=max(others_s / seen.elapsed_s / cpus, 0),
    )


def percentile(values: Iterable[float], percent: float) -> float:
    """Return the smallest of the values that at least so many per cent of them do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * percent / 100), 1) - 1]


def medians(rounds: Sequence[Figures]) -> Figures:
    """Return the median of each figure; what one round lacks, the result lacks."""
    found: dict[str, Any] = {}
    for each in fields(Figures):
        values = [getattr(figures, each.name) for figures in rounds]
        found[each.name] = None if None in values else median(values)
    return Figures(**found)
