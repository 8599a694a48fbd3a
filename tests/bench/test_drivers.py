"""How the drivers keep their clients busy, each against a small server of the standard library."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.crowds import Crowd
from bench.driver import DRIVERS
from bench.http import Answer, Request
from bench.plain import Connection
from bench.visits import Visit, orders, pages, registrations

FORM = b'<form><input type="hidden" name="token" value="abc"></form>'
CLIENTS = 3
Driver = Callable[[int, int, Callable[[], Visit]], Crowd]


class Desk(BaseHTTPRequestHandler):
    """Takes orders on connections it keeps open."""

    protocol_version = "HTTP/1.1"
    server: "Library"

    def do_GET(self) -> None:
        self.server.asked.append((self.client_address, Request("GET", self.path)))
        if self.path == "/hang-up":
            self.close_connection = True
        else:
            self._answer(404 if self.path == "/lost" else 200, FORM)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.asked.append((self.client_address, Request("POST", self.path, body)))
        assert self.headers["content-type"] == "application/x-www-form-urlencoded"
        self._answer(303, b"", "http://127.0.0.1/p/abc")

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""

    def _answer(self, status: int, body: bytes, location: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)


class Library(ThreadingHTTPServer):
    """A server that remembers who has asked for what."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Desk)
        self.asked: list[tuple[object, Request]] = []


@pytest.fixture
def library() -> Iterator[Library]:
    with Library() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> Driver:
    found: Driver = DRIVERS[request.param]
    return found


def test_clients_keep_their_connections_and_visit_until_the_end(library: Library, driver: Driver) -> None:
    with driver(library.server_port, CLIENTS, pages(["/"])) as crowd:
        before, seen = crowd.work(0), crowd.work(0.2)
    assert len(before.durations_ms) == CLIENTS
    assert len(seen.durations_ms) > CLIENTS
    assert len(library.asked) == len(before.durations_ms) + len(seen.durations_ms)
    assert len({client for client, _ in library.asked}) == CLIENTS
    assert not seen.errors
    assert 0 < max(seen.durations_ms) / 1000 < seen.elapsed_s
    assert seen.elapsed_s >= 0.2
    assert seen.own_cpu_s > 0


def test_registration_is_three_requests_and_sends_the_hidden_field_back(library: Library, driver: Driver) -> None:
    with driver(library.server_port, 1, registrations("a", people=1, ticket_type="A", marker=1)) as crowd:
        seen = crowd.work(0)
    form, sent, result = (request for _, request in library.asked)
    assert len(seen.durations_ms) == 1
    assert (form, result) == (Request("GET", "/akce/a/prihlaska"), Request("GET", "/p/abc"))
    assert sent.path == form.path
    assert (sent.body or b"").endswith(b"&token=abc")


def test_clients_send_no_name_twice(library: Library, driver: Driver) -> None:
    found: list[str] = []
    with driver(library.server_port, CLIENTS, orders("a", people=1, ticket_type="A", marker=1, found=found)) as crowd:
        crowd.work(0.2)
    bodies = [request.body for _, request in library.asked]
    assert len(bodies) == len(set(bodies)) == len(found) > CLIENTS
    assert set(found) == {"/p/abc"}


def test_wrong_answer_is_told_and_its_time_is_not_counted(library: Library, driver: Driver) -> None:
    with driver(library.server_port, CLIENTS, pages(["/lost"])) as crowd:
        seen = crowd.work(0)
    assert seen.errors == [f"404 instead of 200: {FORM!r}"] * CLIENTS
    assert not seen.durations_ms


def test_server_that_hangs_up_ends_the_work(library: Library, driver: Driver) -> None:
    with driver(library.server_port, CLIENTS, pages(["/hang-up"])) as crowd, pytest.raises(ConnectionError):
        crowd.work(1)


def test_plain_connection_is_not_made_anew_in_silence(library: Library) -> None:
    connection = Connection(library.server_port)
    assert connection.ask(Request("GET", "/")) == Answer(200, FORM)
    connection.close()
    with pytest.raises(ConnectionError):
        connection.ask(Request("GET", "/"))
