"""What is the same for everybody is made once in a while; nothing that is about somebody is ever kept."""

import threading
import time
from pathlib import Path

import pytest
from flask import Flask, Response, abort, request, session
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text, update
from sqlalchemy.orm import Session

from registration.core import page_cache
from registration.core.db import db, transaction
from registration.core.page_cache import Moment, ShortMemory, for_everybody, remembered, settled
from registration.events.models import Event
from registration.signups.operations.sign_up import Orderer, sign_up
from tests import factories
from tests.conftest import make_settings
from tests.queries import count_queries
from tests.reviewing import ReviewingClient

ACADEMY = "/akce/setkani-sekce-ai-v-praxi-manazera"
SHARED = "public, no-cache"


@pytest.fixture
def small_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Give an application that says how many times it was asked, with a memory that outlasts the test."""
    monkeypatch.setattr(page_cache, "_LASTS_S", 60)
    return make_small_app(tmp_path)


def make_small_app(tmp_path: Path, *, demo: bool = False) -> Flask:
    app = Flask("small")
    app.secret_key = "secret"
    app.extensions["settings"] = make_settings("sqlite://", tmp_path, demo=demo)
    page_cache.init_app(app)
    answers = iter(range(1000))

    @app.get("/")
    @for_everybody
    def shared() -> str:
        return f"answer {next(answers)}"

    @app.get("/own")
    def own() -> str:
        return f"answer {next(answers)}"

    @app.get("/cookie")
    @for_everybody
    def cookie() -> str:
        session["who"] = "Eve"
        return f"answer {next(answers)}"

    @app.get("/gone")
    @for_everybody
    def gone() -> tuple[str, int]:
        return f"answer {next(answers)}", 404

    @app.get("/refused")
    @for_everybody
    def refused() -> str:
        abort(403, f"answer {next(answers)}")

    @app.get("/large")
    @for_everybody
    def large() -> str:
        return f"answer {next(answers)}" + "x" * 300_000

    @app.get("/changing")
    @for_everybody
    def changing() -> str:
        commit()
        return f"answer {next(answers)}"

    @app.get("/file")
    @for_everybody
    def file() -> Response:
        return Response(f"answer {next(answers)}", headers={"Content-Disposition": "inline"})

    @app.get("/part")
    def part() -> str:
        return remembered(("part", request.args.get("of")), lambda: f"answer {next(answers)}")

    return app


@pytest.fixture
def visitor(small_app: Flask) -> FlaskClient:
    return small_app.test_client(use_cookies=False)


def commit() -> None:
    """Commit something, whatever it is, in this process."""
    engine = create_engine("sqlite://")
    with Session(engine) as database:
        database.execute(text("SELECT 1"))
        database.commit()
    engine.dispose()


@pytest.mark.parametrize("address", ["/", "/file", "/part"])
def test_same_answer_is_given_to_everybody_until_something_is_committed(visitor: FlaskClient, address: str) -> None:
    assert [visitor.get(address).text for _ in range(3)] == ["answer 0"] * 3
    commit()
    assert visitor.get(address).text == "answer 1"


@pytest.mark.parametrize("address", ["/own", "/cookie", "/gone", "/refused", "/large", "/changing"])
def test_other_answers_are_made_each_time(small_app: Flask, address: str) -> None:
    first, second = (small_app.test_client().get(address) for _ in range(2))
    assert "answer 0" in first.text
    assert "answer 1" in second.text


@pytest.mark.parametrize("header", ["Cookie", "Authorization"])
def test_visitor_who_says_who_they_are_is_neither_answered_from_memory_nor_remembered(
    visitor: FlaskClient, header: str
) -> None:
    assert visitor.get("/").text == "answer 0"
    assert visitor.get("/", headers={header: "a=b"}).text == "answer 1"
    assert visitor.get("/").text == "answer 0"
    commit()
    assert visitor.get("/", headers={header: "a=b"}).text == "answer 2"
    assert visitor.get("/").text == "answer 3"


def test_page_given_with_a_cookie_may_be_kept_by_that_browser_only(visitor: FlaskClient) -> None:
    assert visitor.get("/").headers["Cache-Control"] == SHARED
    assert visitor.get("/", headers={"Cookie": "a=b"}).headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("other", ["/?a=1", "http://other.example/", "https://localhost/"])
def test_each_address_has_its_own_answer(visitor: FlaskClient, other: str) -> None:
    assert [visitor.get(address).text for address in ("/", other, "/", other)] == ["answer 0", "answer 1"] * 2


def test_parts_are_told_apart_by_their_keys(visitor: FlaskClient) -> None:
    assert [visitor.get(f"/part?of={name}").text for name in "abab"] == ["answer 0", "answer 1"] * 2


def test_page_that_has_not_changed_is_not_sent_again(visitor: FlaskClient) -> None:
    page = visitor.get("/")
    etag = page.headers["ETag"]
    assert not page.get_etag()[1]  # a strong one
    for sent in (etag, f'"x", {etag}', f"W/{etag}"):
        answer = visitor.get("/", headers={"If-None-Match": sent})
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == etag
        assert answer.headers["Cache-Control"] == SHARED
        assert "Content-Length" not in answer.headers
    assert visitor.get("/", headers={"If-None-Match": '"x"'}).text == "answer 0"


def test_page_that_has_changed_is_sent_to_who_has_the_old_one(visitor: FlaskClient) -> None:
    etag = visitor.get("/").headers["ETag"]
    commit()
    assert visitor.get("/", headers={"If-None-Match": etag}).text == "answer 1"


def test_first_question_may_be_whether_the_page_has_changed(visitor: FlaskClient) -> None:
    etag = visitor.get("/file").headers["ETag"]
    commit()
    assert visitor.get("/file", headers={"If-None-Match": etag}).status_code == 200
    assert visitor.get("/file").text == "answer 1"


def test_head_says_what_get_would_without_the_page(visitor: FlaskClient) -> None:
    cold = visitor.head("/own")
    assert (cold.status_code, cold.data) == (200, b"")
    cold = visitor.head("/")
    page = visitor.get("/")
    warm = visitor.head("/")
    assert (cold.data, warm.data) == (b"", b"")
    assert "ETag" in cold.headers
    assert warm.headers == page.headers
    assert visitor.head("/", headers={"If-None-Match": page.headers["ETag"]}).status_code == 304


def test_post_is_never_answered_from_memory(visitor: FlaskClient) -> None:
    visitor.get("/")
    assert visitor.post("/").status_code == 405


def test_demo_remembers_nothing_since_its_clock_jumps(tmp_path: Path) -> None:
    visitor = make_small_app(tmp_path, demo=True).test_client()
    assert [visitor.get("/").text, visitor.get("/").text, visitor.get("/part").text] == [
        "answer 0",
        "answer 1",
        "answer 2",
    ]


def test_memory_fades() -> None:
    memory = ShortMemory[str](lasts_s=0.3)
    memory.keep("key", "value", since=Moment.now())
    assert memory.recall("key") == "value"
    assert memory.recall("other") is None
    time.sleep(0.31)
    assert memory.recall("key") is None


def test_age_is_counted_from_before_it_was_made() -> None:
    memory = ShortMemory[str](lasts_s=0.05)
    began = Moment.now()
    time.sleep(0.06)
    memory.keep("key", "value", since=began)
    assert memory.recall("key") is None


def test_what_was_being_made_while_something_was_committed_does_not_hold() -> None:
    memory = ShortMemory[str](lasts_s=60)
    began = Moment.now()
    commit()
    memory.keep("key", "value", since=began)
    assert memory.recall("key") is None


def test_memory_is_bounded_and_what_was_kept_first_goes_first() -> None:
    memory = ShortMemory[int](lasts_s=60)
    since = Moment.now()
    for number in (*range(256), 0, 256):
        memory.keep(number, number, since=since)
    assert [number for number in range(257) if memory.recall(number) is None] == [1]


def test_memory_is_shared_by_threads() -> None:
    memory = ShortMemory[int](lasts_s=60)
    failures: list[object] = []

    def use(start: int) -> None:
        for number in range(start, start + 2000):
            memory.keep(number % 300, number % 300, since=Moment.now())
            if memory.recall(number % 300) not in {None, number % 300}:
                failures.append(number)

    threads = [threading.Thread(target=use, args=(start,)) for start in range(0, 800, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sum(memory.recall(number) is not None for number in range(300)) == 256


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_public_pages_are_for_everybody(academy: Event, client: ReviewingClient, prefix: str) -> None:
    pages = ("/", "/?misto=Brno", "/archiv", ACADEMY, "/soukromi", "/pristupnost", "/overeni")
    for address in (*pages, "/kalendar.ics", f"{ACADEMY}.ics"):
        answer = client.get(prefix + address)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, SHARED)
        assert answer.headers["ETag"]
        assert client.head(prefix + address).headers["ETag"]


def test_pages_about_people_and_refusals_are_for_nobody_else(
    academy: Event, client: ReviewingClient, olga: ReviewingClient
) -> None:
    addresses = (
        *("/p/nobody", "/u/nobody", "/u/nobody/vstupenka.pdf", "/prihlaseni", "/sprava", "/sprava/posta"),
        *("/neni", "/akce/neni", "/akce/x%00", "/overeni/ABCD", "/overeni?kod=x", "/overeni?kod=ABCD", "/healthz"),
        *("/.well-known/security.txt", f"{ACADEMY}/prihlaska", "/static/css/base.css?v=1", "/static/css/base.css"),
    )
    for visitor in (client, olga):
        for address in addresses:
            with visitor.get(address) as answer:
                assert answer.headers.get("Cache-Control") != SHARED, address
    for address in ("/", ACADEMY):
        assert olga.get(address).headers["Cache-Control"] == "private, no-cache"


def test_own_pages_of_an_order_and_a_person_are_never_shared(academy: Event, client: ReviewingClient) -> None:
    ada = factories.registration(academy)
    for address in (f"/p/{ada.order.link_token}", f"/u/{ada.link_token}"):
        assert client.get(address).headers["Cache-Control"] == "no-store"
        assert "ETag" not in client.get(address).headers


def test_two_languages_are_two_pages(academy: Event, client: ReviewingClient) -> None:
    pages = [client.get(address).text for address in ("/", "/en/", "/", "/en/")]
    assert pages[:2] == pages[2:]
    assert ['lang="en"' in page[:100] for page in pages] == [False, True, False, True]


def test_change_is_seen_at_once_where_it_was_made(academy: Event, client: ReviewingClient) -> None:
    client.get(ACADEMY)
    with transaction() as database:
        database.get_one(Event, academy.id).title = "Zcela nový název"
    assert "Zcela nový název" in client.get(ACADEMY).text


def test_change_of_another_process_is_seen_within_a_second(academy: Event, client: ReviewingClient) -> None:
    client.get(ACADEMY)
    # No session of this process hears of it.
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE event SET title = 'Nazev odjinud' WHERE id = :id"), {"id": academy.id})
    changed = asked = time.monotonic()
    while "Nazev odjinud" not in client.get(ACADEMY).text:
        assert asked - changed < 1  # when the page was asked for, however long it took
        asked = time.monotonic()


def test_frame_of_a_page_asks_for_the_association_once_in_a_while(academy: Event, client: ReviewingClient) -> None:
    client.get("/neni")  # reads the templates
    with count_queries() as counter:
        for address in ("/neni", "/jinde", "/nikde"):
            assert "Sekce městských knihoven" in client.get(address).text
    assert counter.count == 1
    with transaction() as database:
        database.execute(text("UPDATE association SET name = 'Spolek knihoven'"))
    assert "Spolek knihoven" in client.get("/neni").text


def test_what_is_settled_survives_sign_ups_but_no_change_of_an_organizer(
    app: Flask, academy: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.extensions["settled_parts"], "_lasts_s", 60)
    answers = iter(range(10))

    def ask() -> int:
        return settled("test", lambda: next(answers))

    assert [ask(), ask()] == [0, 0]
    sign_up(
        academy.id,
        orderer=Orderer(name="Ada", email="ada@x.example"),
        people=[factories.person(1, "SETKANI")],
        language="cs",
    )
    assert ask() == 0
    with transaction():
        academy.lead = "Jinak"
    assert ask() == 1
    with transaction() as database:
        database.execute(update(Event).values(lead="Ještě jinak"))
    assert ask() == 2


def test_change_in_a_savepoint_is_forgotten_when_all_is_committed(
    app: Flask, academy: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.extensions["settled_parts"], "_lasts_s", 60)
    answers = iter(range(10))
    with transaction():
        with transaction():
            academy.lead = "Jinak"
        settled("savepoint", lambda: next(answers))
    assert settled("savepoint", lambda: next(answers)) == 1
