"""`make bench-door`: what the server takes from phones at the door, what it sends them, how soon a code is answered."""

import argparse
import gzip
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from statistics import median
from urllib.request import Request, urlopen

from bench import measuring, servers
from bench.door_phone import Phone
from bench.door_worlds import Door, door
from bench.driver import DRIVERS
from bench.errors import BadRun
from bench.figures import Figures, Goal, medians
from bench.keeping import keep
from bench.measuring import QUICK, THOROUGH, Pace
from bench.scenarios import HELLO, Scenario
from bench.table import Line, Section, show
from bench.worlds import describe
from registration.core import tokens
from tests.databases import MISSING, NoPostgreSQL

DATABASES = ("sqlite", "postgresql")
PARTS = ("scans", "lists", "camera")
_BATCHES = (1, 20)  # scans sent together: after each code, and after a while without a signal
_CLIENTS = 8
_MOST_A_SECOND = {1: 1_000, 20: 4_000}  # scans; so many people must be there, for each is admitted once
_LEAST = {"sqlite": 0.11, "postgresql": 0.09}
_CROWDS = (300, 5_000, 20_000)
_CODES = {QUICK.rounds: 20, THOROUGH.rounds: 60}
_UNHURRIED_S, _HURRIED_S = 1.2, 0.4  # a code is shown


def main() -> None:
    """Measure what was asked for; end with status 1 when something was answered wrongly."""
    parser = argparse.ArgumentParser(prog="python -m bench.door", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--database", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--driver", choices=DRIVERS, default=QUICK.driver)
    parser.add_argument("--quick", action="store_true", help="one short round each, for a first look")
    asked = parser.parse_args()
    pace = replace(QUICK if asked.quick else THOROUGH, driver=asked.driver)
    try:
        sections = [_run(database, asked.only, pace) for database in asked.database]
    except BadRun as failure:
        sys.exit(f"\nTHE RUN HAS FAILED and its figures are worth nothing.\n{failure}")
    print(show(sections))
    print(f"\nKept in {keep(sections, pace, prefix='door-')}")


def _run(database: str, parts: list[str], pace: Pace) -> Section:
    try:
        lines = list(_scans(database, pace)) if "scans" in parts else []
        remarks = list(_lists(database, pace)) if "lists" in parts else []
        remarks += _camera(database, pace) if "camera" in parts else []
        return Section(describe(database), lines, remarks)
    except NoPostgreSQL:
        print(f"\n*** {MISSING} ***\n", file=sys.stderr)
        return Section(f"PostgreSQL WAS NOT MEASURED. {MISSING}", [], [])


def _scans(database: str, pace: Pace) -> Iterator[Line]:
    """Measure the bare view and phones that send, in turn."""
    counts = {batch: _people_needed(batch, pace) for batch in _BATCHES}
    _say(database, f"registering {sum(counts.values())} people")
    yardsticks = list[Figures]()
    lines = list[Line]()
    with door(database, sum(counts.values())) as place:
        cookies = place.cookies(_CLIENTS)
        hashes = map(tokens.scan_hash, place.codes())
        settings = place.home.settings()
        with servers.product(settings) as product, servers.bare(place.home.settings()) as bare:
            for batch, people in counts.items():
                scenario = _sending(database, batch, place, cookies, list(islice(hashes, people)), pace)
                _say(database, scenario.title)
                hello, found = measuring.beside_bare(scenario, place.home, product, bare, pace)
                yardsticks += hello
                lines.append(Line(scenario, _of_each_scan(medians(found), batch)))
    yield Line(HELLO, replace(medians(yardsticks), ratio=1))
    yield from lines


def _people_needed(batch: int, pace: Pace) -> int:
    return int(_MOST_A_SECOND[batch] * (pace.seconds + pace.warm_up_s + 1)) * pace.rounds


def _sending(database: str, batch: int, place: Door, cookies: list[str], hashes: list[str], pace: Pace) -> Scenario:
    return Scenario(
        group="scans",
        title="scans, one at a time" if batch == 1 else f"scans, {batch} at a time",
        plan="scans",
        arguments={
            "doors": cookies,
            "session": place.session_id,
            "hashes": hashes,
            "batch": batch,
            "rounds": pace.rounds,
        },
        clients=_CLIENTS,
        goals=[Goal(measure="ratio", least=_LEAST[database])],
    )


def _of_each_scan(found: Figures, batch: int) -> Figures:
    """Return the figures of a scan; how long one waits stays that of the whole message."""
    return replace(
        found,
        a_second=found.a_second * batch,
        cpu_ms=found.cpu_ms / batch,
        database_ms=None if found.database_ms is None else found.database_ms / batch,
        ratio=None if found.ratio is None else found.ratio * batch,
    )


def _lists(database: str, pace: Pace) -> Iterator[str]:
    """Measure the list of an event: its size, how long the server takes, how long until a phone can work."""
    for people in _CROWDS:
        _say(database, f"list of {people} people")
        with door(database, people) as place, servers.product(place.home.settings()) as product:
            address = f"http://127.0.0.1:{product.port}"
            (cookie,) = place.cookies(1)
            whole, whole_ms = _fetch(f"{address}/odbaveni/list", cookie, times=pace.rounds + 1)
            cursor = whole.partition(b'"cursor":"')[2].partition(b'"')[0].decode()
            delta, delta_ms = _fetch(f"{address}/odbaveni/list?since={cursor}", cookie, times=pace.rounds + 1)
            ready = Phone(address).time_ready(place.pairing_code())
            yield (
                f"list of {people} people: {_kilobytes(whole)}, {_kilobytes(gzip.compress(whole, 1))} packed, "
                f"{whole_ms:.0f} ms; phone ready in {ready.first_ms:.0f} ms, again in {ready.again_ms:.0f} ms; "
                f"nothing new: {_kilobytes(delta)}, {delta_ms:.0f} ms"
            )


def _kilobytes(content: bytes) -> str:
    return f"{len(content) / 1000:.0f} kB"


def _fetch(address: str, cookie: str, *, times: int) -> tuple[bytes, float]:
    """Return a list, and the median of how many milliseconds it took."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        with urlopen(Request(address, headers={"Cookie": cookie})) as answer:  # noqa: S310 - our own server
            body: bytes = answer.read()
        took.append((time.perf_counter() - began) * 1000)
    return body, median(took)


def _camera(database: str, pace: Pace) -> list[str]:
    """Measure how soon a phone answers a code before its camera, and how many a minute when they come in a rush."""
    count = _CODES[pace.rounds]
    with (
        tempfile.TemporaryDirectory() as folder,
        door(database, 2 * count) as place,
        servers.product(place.home.settings()) as product,
    ):
        phone = Phone(f"http://127.0.0.1:{product.port}", Path(folder))
        codes = place.codes()
        _say(database, "camera, one code after another")
        seen = phone.show_codes(place.pairing_code(), codes[:count], seconds=_UNHURRIED_S)
        before = place.count_admitted()
        _say(database, "camera, a rush of codes")
        phone.show_codes(place.pairing_code(), codes[count:], seconds=_HURRIED_S)
        admitted = place.count_admitted() - before
    a_minute = admitted / count / _HURRIED_S * 60
    return [
        f"camera: from view to verdict p50 {seen.p50_ms:.0f} ms, p95 {seen.p95_ms:.0f} ms of {seen.answered} answers",
        f"camera, each code for {_HURRIED_S} s: {admitted} of {count} admitted, {a_minute:.0f} a minute",
    ]


def _say(database: str, what: str) -> None:
    print(f"{database}: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
