"""Storms: hundreds sign up at the same moment, forms come twice, web processes are killed in the middle of it.

Real processes on each database, and clients that send what a browser would. The mail server is dead for all of it, so
that nothing is spent on letters: they wait in the outbox, where they are counted.
"""

import json
import os
import random
import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from threading import Barrier, Event
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import RowMapping, create_engine, text
from sqlalchemy.engine import Engine

from tests.databases import free_port, postgresql_database
from tests.journeys.test_processes import command_line, descendants, parent
from tests.server import Server, running_demo

pytestmark = pytest.mark.processes

PROGRAMME = Path(__file__).with_name("storms.toml")
CLIENTS = 32
KILLS = 10
Form = dict[str, str]
_numbers = count(1)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def storm(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Storm"]:
    """Run the product on each database, with the events of our own programme."""
    folder = tmp_path_factory.mktemp("storm")
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{folder / 'storm.sqlite3'}"
        else:
            request.getfixturevalue("postgresql_url")  # skips where there is none
            url = stack.enter_context(postgresql_database())
        dead_mail_server = {
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": str(free_port()),
            "MAIL_DEFAULT_SENDER": "Bouře <boure@ukazka.example>",
        }
        server = stack.enter_context(running_demo(folder, DATABASE_URL=url, RATE_LIMITS="off", **dead_mail_server))
        server.flask("import-programme", str(PROGRAMME))
        engine = create_engine(url)
        stack.callback(engine.dispose)
        with engine.begin() as connection:  # the command does not know the demo's present
            connection.execute(text("UPDATE event SET published_at = (SELECT min(published_at) FROM event)"))
        yield Storm(server, engine)


class Storm:
    """A running server, its database, and clients."""

    def __init__(self, server: Server, engine: Engine) -> None:
        self.server = server
        self._engine = engine
        self._place = urlsplit(server.address).netloc

    def rows(self, statement: str, **values: object) -> Sequence[RowMapping]:
        """Return what a statement finds."""
        with self._engine.connect() as connection:
            return connection.execute(text(statement), values).mappings().all()

    def send(self, slug: str, form: Form) -> tuple[int, str]:
        """Post a sign-up form; return the status and where it leads."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        with closing(HTTPConnection(self._place, timeout=30)) as connection:
            connection.request("POST", f"/akce/{slug}/prihlaska", urlencode(form), headers)
            response = connection.getresponse()
            response.read()
            return response.status, response.headers.get("Location", "")

    def fetch(self, path: str) -> str:
        """Return a page."""
        with closing(HTTPConnection(self._place, timeout=30)) as connection:
            connection.request("GET", path)
            return connection.getresponse().read().decode()

    def wait_until_it_answers(self) -> None:
        """Wait for killed processes to be replaced."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with suppress(OSError, HTTPException):
                if self.fetch("/healthz").startswith("ok"):
                    return
            time.sleep(0.1)
        raise AssertionError(f"the server does not come back:\n{self.server.log.read_text()}")

    def web_processes(self) -> list[int]:
        """Return the process ids of those who answer requests."""
        family = set(descendants(self.server.process.pid))
        servers = {pid for pid in family if b"/granian\0" in command_line(pid)}
        return sorted(pid for pid in servers if parent(Path(f"/proc/{pid}")) in servers)


def form_for(*ticket_types: str) -> Form:
    """Return the form of an order for new people, the first of whom sends it."""
    people = [(next(_numbers), ticket_type) for ticket_type in ticket_types]
    form = {
        "orderer_name": "Bouře",
        "orderer_email": f"osoba{people[0][0]}@ukazka.example",
        "organisation": "Knihovna v bouři",
    }
    for position, (number, ticket_type) in enumerate(people):
        form |= {
            f"people-{position}-given_name": "Osoba",
            f"people-{position}-family_name": f"Číslo {number}",
            f"people-{position}-email": f"osoba{number}@ukazka.example",
            f"people-{position}-ticket_type": ticket_type,
        }
    return form


def at_once(act: Callable[[Any], Any], subjects: Sequence[Any], clients: int = CLIENTS) -> list[Any]:
    """Do something with all subjects, so many at a time."""
    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(act, subjects))


def people_of(storm: Storm, slug: str) -> Sequence[RowMapping]:
    """Return the people of an event in the order they are served in."""
    return storm.rows(
        """
        SELECT registration.id, registration.status, registration.ticket_type_id, registration.waiting_entry_id,
               registration.email, registration.position, "order".number, "order".id AS order_id
        FROM registration JOIN "order" ON "order".id = registration.order_id JOIN event ON event.id = "order".event_id
        WHERE event.slug = :slug ORDER BY registration.waiting_entry_id, "order".number, registration.position
        """,
        slug=slug,
    )


def check_counters(storm: Storm, slug: str) -> None:
    """Compare every counter with the people it counts, and with its capacity."""
    people = people_of(storm, slug)
    holding = Counter(each["ticket_type_id"] for each in people if each["status"] in ("confirmed", "offered"))
    waiting = Counter(each["ticket_type_id"] for each in people if each["status"] == "waiting")
    of_event = "JOIN event ON event.id = event_id WHERE event.slug = :slug"
    types = storm.rows(f"SELECT ticket_type.* FROM ticket_type {of_event}", slug=slug)  # noqa: S608 - our own words
    sessions = storm.rows(f"SELECT session.* FROM session {of_event}", slug=slug)  # noqa: S608
    admitted = storm.rows("SELECT * FROM ticket_type_session")
    for each in types:
        assert (each["taken"], each["waiting"]) == (holding[each["id"]], waiting[each["id"]])
        assert each["capacity"] is None or each["taken"] <= each["capacity"]
    for each in sessions:
        admitting = [row["ticket_type_id"] for row in admitted if row["session_id"] == each["id"]]
        assert each["taken"] == sum(holding[id_] for id_ in admitting) <= each["capacity"]
    [event] = storm.rows("SELECT waiting, order_count FROM event WHERE slug = :slug", slug=slug)
    assert event["waiting"] == waiting.total()
    assert event["order_count"] == len({each["order_id"] for each in people})  # no number is lost or given twice


def check_messages(storm: Storm, slug: str) -> None:
    """See that every order has its message, every colleague theirs, and no message is about nothing."""
    people = people_of(storm, slug)
    orders = {each["order_id"]: each for each in people if each["position"] == 1}
    colleagues = {each["id"] for each in people if each["position"] > 1}
    facts = storm.rows("SELECT kind, facts FROM outbox_message WHERE recipient LIKE 'osoba%@ukazka.example'")
    all_orders = {each["id"] for each in storm.rows('SELECT id FROM "order"')}
    received = Counter(_read(each["facts"]).get("order") for each in facts if each["kind"] == "order_received")
    told = Counter(_read(each["facts"]).get("registration") for each in facts if each["kind"].startswith("place_"))
    assert {order: received[order] for order in orders} == dict.fromkeys(orders, 1)
    assert {person: told[person] for person in colleagues} == dict.fromkeys(colleagues, 1)
    assert set(received) <= all_orders


def _read(facts: Any) -> dict[str, Any]:
    """Return the JSON of a row that was read past the models: PostgreSQL reads it, SQLite does not."""
    found: dict[str, Any] = facts if isinstance(facts, dict) else json.loads(facts)
    return found


def test_fifty_places_for_five_hundred_who_come_at_once(storm: Storm) -> None:
    slug = "boure-padesat-mist"
    answers = at_once(lambda form: storm.send(slug, form), [form_for("UCAST") for _ in range(500)])
    assert Counter(status for status, _ in answers) == {HTTPStatus.SEE_OTHER: 500}
    assert len({location for _, location in answers}) == 500
    people = people_of(storm, slug)
    confirmed = sorted(each["number"] for each in people if each["status"] == "confirmed")
    waiting = [each["number"] for each in people if each["status"] == "waiting"]
    assert confirmed == list(range(1, 51))
    assert waiting == list(range(51, 501))  # by place in the line
    assert len({each["email"] for each in people}) == 500
    check_counters(storm, slug)
    check_messages(storm, slug)
    pages = [storm.fetch(location) for _, location in answers[-3:]]
    numbers = [int(re.findall(r"2025/BPM/P-(\d+)", page)[0]) for page in pages]
    for number, page in zip(numbers, pages, strict=True):
        assert number <= 50 or re.search(rf"\b{number - 50}\b", page), "the page says the position"


def test_mixed_orders_keep_every_counter_right(storm: Storm) -> None:
    slug = "boure-smesi"
    chance = random.Random(7)  # noqa: S311 - a storm, not a secret
    forms = [form_for(*chance.choices(["SETKANI", "AI", "OBOJI"], k=chance.randint(1, 4))) for _ in range(150)]
    chance.shuffle(forms)
    answers = at_once(lambda form: storm.send(slug, form), forms)
    assert Counter(status for status, _ in answers) == {HTTPStatus.SEE_OTHER: 150}
    people = people_of(storm, slug)
    assert len(people) == sum(name.endswith("-email") for form in forms for name in form)
    assert {each["status"] for each in people} == {"confirmed", "waiting"}
    check_counters(storm, slug)
    check_messages(storm, slug)


def test_form_sent_twice_at_once_makes_one_order(storm: Storm) -> None:
    slug = "boure-dvojkliku"
    for _ in range(12):
        token = re.findall(r'name="form_token"[^>]*value="([^"]+)"', storm.fetch(f"/akce/{slug}/prihlaska"))[0]
        form = {**form_for("UCAST", "UCAST"), "form_token": token}
        together = Barrier(2, timeout=30)

        def click(form: Form, together: Barrier = together) -> tuple[int, str]:
            together.wait()
            return storm.send(slug, form)

        first, second = at_once(click, [form, form], clients=2)
        assert first == second
        assert first[0] == HTTPStatus.SEE_OTHER
    assert len(people_of(storm, slug)) == 24
    check_counters(storm, slug)
    check_messages(storm, slug)


def test_killed_web_process_leaves_no_order_without_its_messages(storm: Storm) -> None:
    slug = "boure-padu"
    is_over = Event()
    answered: list[str] = []
    unanswered: list[Form] = []

    def post_until_over(_client: int) -> None:
        while not is_over.is_set():
            form = form_for("UCAST", "UCAST")
            try:
                status, location = storm.send(slug, form)
            except ConnectionRefusedError:
                time.sleep(0.05)  # all are being replaced
            except (OSError, HTTPException):
                unanswered.append(form)
            else:
                assert status == HTTPStatus.SEE_OTHER
                answered.append(location)

    with ThreadPoolExecutor(8) as pool:
        clients = [pool.submit(post_until_over, number) for number in range(8)]
        try:
            kill_in_the_middle(storm, answered)
        finally:
            is_over.set()
        for each in clients:
            each.result()
    assert unanswered, "nobody was waiting for an answer when the process was killed"
    people = people_of(storm, slug)
    sizes = Counter(each["order_id"] for each in people)
    assert set(sizes.values()) == {2}
    assert len(set(answered)) == len(answered) <= len(sizes) <= len(answered) + len(unanswered)
    check_counters(storm, slug)
    check_messages(storm, slug)
    # Whoever got no answer sends the form again: new, or told that they are in already.
    storm.wait_until_it_answers()
    again = {storm.send(slug, form)[0] for form in unanswered}
    assert again <= {HTTPStatus.SEE_OTHER, HTTPStatus.CONFLICT}
    check_counters(storm, slug)


def kill_in_the_middle(storm: Storm, answered: Sequence[object]) -> None:
    """Kill web processes without a last word, each time while orders are being made."""
    kills, until = 0, time.monotonic() + 120
    while kills < KILLS:
        before = len(answered)
        while len(answered) < before + 5:
            assert time.monotonic() < until, f"orders come no more:\n{storm.server.log.read_text()}"
            time.sleep(0.005)
        for pid in storm.web_processes()[:1]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                kills += 1
