"""What the harness makes of what it saw."""

import pytest

from bench.crowds import Seen
from bench.figures import Figures, Goal, figures_of, medians, percentile


def figures(**changes: float) -> Figures:
    return Figures(**{"visits": 100, "a_second": 50, "p50_ms": 1, "p99_ms": 2, "cpu_ms": 4, **changes})


@pytest.mark.parametrize(
    ("values", "percent", "found"),
    [
        ([7], 99, 7),
        ([3, 1, 2, 4], 50, 2),
        (range(1, 101), 99, 99),
        (range(1, 102), 99, 100),
        (range(1, 201), 99, 198),
    ],
)
def test_percentile_is_the_value_that_so_many_do_not_exceed(values: list[int], percent: int, found: int) -> None:
    assert percentile(values, percent) == found


def test_figures_of_a_round_are_for_each_visit() -> None:
    seen = Seen(durations_ms=[10, 20, 30, 40], elapsed_s=2, own_cpu_s=0.5)
    assert figures_of(seen, cpu_s=0.5, database_s=0.25, machine_s=2.25, cpus=2) == Figures(
        visits=4,
        a_second=2,
        p50_ms=20,
        p99_ms=40,
        cpu_ms=125,
        database_ms=62.5,
        driver_ms=125,
        driver_busy=0.25,
        others=0.25,
    )


def test_round_without_a_visit_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        figures_of(Seen(elapsed_s=2), cpu_s=0.1, database_s=None, machine_s=0.1)


def test_ratio_is_to_the_bare_view() -> None:
    assert figures(a_second=100).beside_bare(figures(a_second=1000)).ratio == 0.1


@pytest.mark.parametrize(("cpu_ms", "a_second", "growth"), [(4, 50, 1), (6, 50, 1.5), (4, 25, 2), (2, 40, 1.25)])
def test_growth_is_that_of_the_cpu_or_of_the_time(cpu_ms: float, a_second: float, growth: float) -> None:
    assert figures(cpu_ms=cpu_ms, a_second=a_second).beside_empty(figures()).growth == growth


def test_medians_are_taken_of_each_figure_by_itself() -> None:
    rounds = [figures(a_second=10, p99_ms=9), figures(a_second=30, p99_ms=1), figures(a_second=20, p99_ms=5)]
    assert medians(rounds) == figures(a_second=20, p99_ms=5)


@pytest.mark.parametrize(
    ("goal", "is_reached"),
    [
        (Goal(measure="p99_ms", most=2), True),
        (Goal(measure="p99_ms", most=1.99), False),
        (Goal(measure="a_second", least=50), True),
        (Goal(measure="a_second", least=50.1), False),
        (Goal(measure="ratio", least=0.1), False),  # nobody has measured it
    ],
)
def test_goal_is_reached_up_to_its_bound(goal: Goal, *, is_reached: bool) -> None:
    assert goal.is_reached(figures()) is is_reached
