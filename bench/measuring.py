"""Drives servers in turn and takes their figures."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import count
from operator import sub

from bench import servers, visits
from bench.crowds import Seen
from bench.driver import Job
from bench.errors import BadRun
from bench.figures import Figures, figures_of, medians
from bench.plain import PlainCrowd
from bench.scenarios import HELLO, ONE_SESSION, Scenario
from bench.servers import Server
from bench.worlds import ACADEMY, World
from registration.core.settings import PROJECT

_markers = count(1)  # so that the orders of every driver have names of their own
_PRACTICE_S = 1.5
_WORKER_PATIENCE_S = 30
_MOST_SAMPLES = 5


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How much time is taken, and by which driver."""

    rounds: int
    seconds: float
    bare_seconds: float
    warm_up_s: float
    worker_s: float
    driver: str = "light"


THOROUGH = Pace(rounds=3, seconds=3, bare_seconds=1, warm_up_s=0.3, worker_s=8)
QUICK = Pace(rounds=1, seconds=1.5, bare_seconds=0.7, warm_up_s=0.3, worker_s=4)


def beside_bare(
    scenario: Scenario, world: World, product: Server, bare: Server, pace: Pace
) -> tuple[list[Figures], list[Figures]]:
    """Measure the bare view and a scenario in turn, round by round; return the figures of both."""
    yardsticks, found = list[Figures](), list[Figures]()
    for _ in range(pace.rounds):
        yardsticks.append(drive(replace(HELLO, clients=scenario.clients), world, bare, pace, pace.bare_seconds))
        found.append(drive(scenario, world, product, pace, pace.seconds).beside_bare(yardsticks[-1]))
    return yardsticks, found


def beside_one_another(
    scenarios: Sequence[Scenario], worlds: Sequence[World], products: Sequence[Server], pace: Pace
) -> list[Figures]:
    """Measure one scenario each in several worlds in turn; return their medians, compared with the first."""
    found: list[list[Figures]] = [[] for _ in scenarios]
    for _ in range(pace.rounds):
        now = [drive(*each, pace, pace.seconds) for each in zip(scenarios, worlds, products, strict=True)]
        for figures, latest in zip(found, now, strict=True):
            figures.append(latest.beside_empty(now[0]))
    return [medians(figures) for figures in found]


def drive(scenario: Scenario, world: World, server: Server, pace: Pace, seconds: float) -> Figures:
    """Keep a server busy from a process of its own for one round. Raises BadRun."""
    arguments = scenario.arguments | ({"marker": next(_markers)} if scenario.is_writing else {})
    job = Job(
        driver=pace.driver,
        port=server.port,
        clients=scenario.clients,
        plan=scenario.plan,
        arguments=arguments,
        warm_up_s=pace.warm_up_s,
        seconds=seconds,
    )
    command = [sys.executable, "-m", "bench.driver"]
    with subprocess.Popen(command, cwd=PROJECT, stdin=-1, stdout=-1, text=True, bufsize=1) as driver:  # noqa: S603 - ours
        _tell(driver, json.dumps(asdict(job)))
        _hear(driver)
        backends = world.database_pids()
        before = servers.machine_cpu_s(), server.cpu_s(), servers.cpu_s(backends)
        _tell(driver, "go")
        seen = Seen(**json.loads(_hear(driver)))
        after = servers.machine_cpu_s(), server.cpu_s(), servers.cpu_s(backends)
    _refuse_errors(scenario.title, seen)
    machine_s, cpu_s, database_s = map(sub, after, before)
    cpus = os.cpu_count() or 1
    return figures_of(seen, cpu_s=cpu_s, database_s=database_s if backends else None, machine_s=machine_s, cpus=cpus)


def send_orders(server: Server, seconds: float = _PRACTICE_S) -> list[str]:
    """Send orders from this process; return the paths of their pages. Raises BadRun."""
    paths: list[str] = []
    sending = visits.orders(ACADEMY, people=1, ticket_type=ONE_SESSION, marker=next(_markers), found=paths)
    with PlainCrowd(server.port, HELLO.clients, sending) as crowd:
        seen = crowd.work(seconds)
    _refuse_errors("practice", seen)
    return paths


def delivery_cpu_ms(world: World, worker: Server, seconds: float) -> tuple[int, float]:
    """Watch a worker deliver; return how many messages it was and the CPU time of each, once it has got going."""
    _wait_for_messages(world, 5)
    until = time.monotonic() + seconds
    before, cpu_s = world.count_messages("sent"), worker.cpu_s()
    while time.monotonic() < until and world.count_messages("queued"):
        time.sleep(0.2)
    delivered = world.count_messages("sent") - before
    if not delivered:
        raise BadRun("the worker delivers nothing")
    return delivered, (worker.cpu_s() - cpu_s) * 1000 / delivered


def _refuse_errors(title: str, seen: Seen) -> None:
    if seen.errors:
        samples = "\n".join(seen.errors[:_MOST_SAMPLES])
        raise BadRun(f"{title}: {len(seen.errors)} wrong answers, such as\n{samples}")


def _wait_for_messages(world: World, sent: int) -> None:
    until = time.monotonic() + _WORKER_PATIENCE_S
    while world.count_messages("sent") < sent:
        if time.monotonic() > until:
            raise BadRun("the worker delivers nothing")
        time.sleep(0.1)


def _tell(driver: subprocess.Popen[str], line: str) -> None:
    if driver.stdin:  # there is one; types cannot know
        driver.stdin.write(line + "\n")
        driver.stdin.flush()


def _hear(driver: subprocess.Popen[str]) -> str:
    line = driver.stdout.readline() if driver.stdout else ""
    if not line:
        raise BadRun("the driver has failed")
    return line
