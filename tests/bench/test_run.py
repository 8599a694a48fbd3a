"""One tiny run with each driver and everything real: server, driver, bare view."""

from dataclasses import replace

import pytest

from bench.driver import DRIVERS
from bench.measuring import Pace
from bench.stages import run

pytestmark = pytest.mark.processes
TINY = Pace(rounds=1, seconds=0.3, bare_seconds=0.2, warm_up_s=0.1, worker_s=1)


@pytest.mark.parametrize("driver", DRIVERS)
def test_tiny_run_measures_orders_beside_the_bare_view(driver: str) -> None:
    section = run("sqlite", {"complete"}, replace(TINY, driver=driver))
    assert section.remarks[0] == f"driver: {driver}"
    bare, one, three, four_sessions = section.lines
    assert bare.scenario.title == "bare view"
    for line in (one, three, four_sessions):
        assert line.figures.visits >= 8
        assert 0 < line.figures.cpu_ms < 1000
        assert 0 < line.figures.p50_ms <= line.figures.p99_ms
        assert 0 < (line.figures.ratio or 0) < 1
