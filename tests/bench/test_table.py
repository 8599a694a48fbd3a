"""How a run is shown."""

from bench.figures import Figures, Goal
from bench.scenarios import Scenario
from bench.table import Line, Section, show


def test_table_shows_each_figure_and_whether_its_goal_is_reached() -> None:
    goals = [Goal(measure="ratio", least=0.1), Goal(measure="p99_ms", most=100)]
    post = Scenario(group="post", title="POST", plan="orders", arguments={}, goals=goals)
    figures = Figures(visits=9, a_second=1234.5, p50_ms=5.678, p99_ms=123.4, cpu_ms=1.5, database_ms=0.4, ratio=0.1024)
    shown = show([Section("PostgreSQL 15", [Line(post, figures)], ["worker: 40 ms"])]).splitlines()
    assert " ".join(shown[0].split()) == "clients a second p50 ms p99 ms CPU ms DB ms of bare goals"
    assert shown[2:5] == [
        "PostgreSQL 15",
        "  POST                              8    1 234     5.68      123     1.50     0.40    0.102  "
        "of bare ≥ 0.1 ok; p99 ≤ 100 ms MISSED",
        "  worker: 40 ms",
    ]
    assert shown[-1] == "1 of 2 goals reached"


def test_growth_is_shown_with_its_goal() -> None:
    growing = Scenario(
        group="growth", title="POST", plan="orders", arguments={}, goals=[Goal(measure="growth", most=1.2)]
    )
    figures = Figures(visits=9, a_second=1, p50_ms=1, p99_ms=1, cpu_ms=1, growth=1.25)
    assert "cost 1.25× ≤ 1.2× MISSED" in show([Section("SQLite", [Line(growing, figures)], [])])
