"""The table a run ends with."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.figures import Figures, Goal
from bench.scenarios import Scenario

_COLUMNS = ("clients", "a second", "p50 ms", "p99 ms", "CPU ms", "DB ms", "of bare")
_TITLE_WIDTH, _WIDTH = 28, 9
_LABELS = {"ratio": "of bare", "p99_ms": "p99", "cpu_ms": "CPU", "growth": "cost"}
_EXPLANATION = """\
a second, p50, p99: visits; a complete one is the form, the POST and the result page together
CPU, DB: of the web processes and of PostgreSQL's, user and system, for each visit; the worker is not running
of bare: visits a second beside those of a bare view under the same server, measured in turn"""
_UNITS = {"p99_ms": " ms", "cpu_ms": " ms", "growth": "×"}


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    scenario: Scenario
    figures: Figures

    @property
    def goals(self) -> Sequence[Goal]:
        """Return where the figures are to get to."""
        return self.scenario.goals


@dataclass(frozen=True)
class Section:
    """What one database has shown."""

    database: str  # its name and version
    lines: Sequence[Line]
    remarks: Sequence[str]


def show(sections: Sequence[Section]) -> str:
    """Return the table as text."""
    head = " " * _TITLE_WIDTH + "".join(f"{column:>{_WIDTH}}" for column in _COLUMNS) + "  goals"
    parts = [head]
    for section in sections:
        parts += ["", section.database, *map(_line, section.lines), *(f"  {remark}" for remark in section.remarks)]
    return "\n".join([*parts, "", _EXPLANATION, "", _summary(sections)])


def _summary(sections: Sequence[Section]) -> str:
    goals = [goal.is_reached(line.figures) for section in sections for line in section.lines for goal in line.goals]
    return f"{sum(goals)} of {len(goals)} goals reached"


def _line(line: Line) -> str:
    figures = line.figures
    cells = (
        str(line.scenario.clients),
        _number(figures.a_second),
        _number(figures.p50_ms),
        _number(figures.p99_ms),
        _number(figures.cpu_ms),
        _number(figures.database_ms),
        "–" if figures.ratio is None else f"{figures.ratio:.3f}",
    )
    goals = "; ".join(_verdict(goal, figures) for goal in line.goals)
    return (
        f"  {line.scenario.title:<{_TITLE_WIDTH - 2}}" + "".join(f"{cell:>{_WIDTH}}" for cell in cells) + f"  {goals}"
    ).rstrip()


def _verdict(goal: Goal, figures: Figures) -> str:
    """Return `of bare ≥ 0.8 ok`, with the value where the line does not show it."""
    bound = f"≥ {goal.least:g}" if goal.least > 0 else f"≤ {goal.most:g}{_UNITS.get(goal.measure, '')}"
    verdict = "ok" if goal.is_reached(figures) else "MISSED"
    found = f" {figures.growth:.2f}×" if goal.measure == "growth" and figures.growth is not None else ""
    return f"{_LABELS[goal.measure]}{found} {bound} {verdict}"


def _number(value: float | None) -> str:
    """Return three figures at least, so that small and large values stay readable in one column."""
    if value is None:
        return "–"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}".replace(",", " ")
