"""A run on one database: everything beside the bare view, then a growing event, then the worker."""

import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from statistics import median

from bench import measuring, servers
from bench.crowding import crowd
from bench.figures import Figures, medians
from bench.measuring import Pace
from bench.scenarios import GROWTH, HELLO, ONE_SESSION, post_among, scenarios
from bench.table import Line, Section
from bench.worlds import ACADEMY, describe, world

_MOST_FOR_OTHERS = 0.1
GROUPS = ("programme", "event", "form", "result", "post", "complete", "growth", "worker")


def run(database: str, groups: Collection[str], pace: Pace) -> Section:
    """Measure these groups of scenarios on one database. Raises NoPostgreSQL, BadRun."""
    title = describe(database)
    lines, remarks = list[Line](), list[str]()
    if {*groups} - {"growth", "worker"}:
        lines += _beside_bare(database, groups, pace)
    if "growth" in groups:
        lines += _growth(database, pace)
    if lines:
        remarks += _circumstances(lines, pace.driver)
    if "worker" in groups:
        remarks.append(_worker(database, pace))
    return Section(title, lines, remarks)


def _beside_bare(database: str, groups: Collection[str], pace: Pace) -> Iterator[Line]:
    yardsticks: dict[int, list[Figures]] = {}
    lines = []
    with world(database) as home, servers.product(home.settings()) as product, servers.bare(home.settings()) as bare:
        order_paths = measuring.send_orders(product)
        for scenario in scenarios(database, order_paths=order_paths):
            if scenario.group in groups:
                _say(database, scenario.title)
                hello, found = measuring.beside_bare(scenario, home, product, bare, pace)
                yardsticks.setdefault(scenario.clients, []).extend(hello)
                lines.append(Line(scenario, medians(found)))
    for clients, found in yardsticks.items():
        yield Line(replace(HELLO, clients=clients), replace(medians(found), ratio=1))
    yield from lines


def _growth(database: str, pace: Pace) -> Iterator[Line]:
    """Measure in worlds that differ in nothing but how many people they hold."""
    chosen = [post_among(people) for people in GROWTH]
    with ExitStack() as stack:
        homes = [stack.enter_context(world(database)) for _ in GROWTH]
        for home, people in zip(homes, GROWTH, strict=True):
            _say(database, f"registering {people} people")
            crowd(home.engine, ACADEMY, ONE_SESSION, people)
        products = [stack.enter_context(servers.product(home.settings())) for home in homes]
        for product in products:
            measuring.send_orders(product)
        _say(database, "POST among them")
        found = measuring.beside_one_another(chosen, homes, products, pace)
    yield from map(Line, chosen, found)


def _worker(database: str, pace: Pace) -> str:
    """Measure the worker alone: while it delivers, the web servers are not running."""
    _say(database, "worker")
    with world(database) as home:
        with servers.product(home.settings()) as product:
            measuring.send_orders(product)
        with servers.worker(home.settings()) as worker:
            delivered, cpu_ms = measuring.delivery_cpu_ms(home, worker, pace.worker_s)
    return f"worker: {cpu_ms:.1f} CPU ms for each delivered message, ticket and calendar attached ({delivered} of them)"


def _circumstances(lines: Sequence[Line], driver: str) -> Iterator[str]:
    """Say what driving took and what else was running."""
    yield f"driver: {driver}"
    for line in lines:
        if line.scenario.group == HELLO.group:
            clients, figures = line.scenario.clients, line.figures
            yield (
                f"driver, bare view, {clients} clients: {figures.driver_ms:.3f} CPU ms for each request, "
                f"{figures.driver_busy:.0%} of one CPU"
            )
    others = median(line.figures.others for line in lines)
    if others > _MOST_FOR_OTHERS:
        yield f"THE MACHINE IS BUSY: others used {others:.0%} of its CPUs. Measure again when it is quiet."


def _say(database: str, what: str) -> None:
    print(f"{database}: {what}", file=sys.stderr, flush=True)
