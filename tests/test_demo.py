import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select

from registration import demo
from registration.app import create_app
from registration.certificates.operations import issue_certificates
from registration.certificates.queries import list_rules
from registration.checkin import queries as attendance
from registration.core import clock
from registration.core.clock import PRAGUE
from registration.core.db import db
from registration.events.models import Event
from registration.events.queries import get_event, offer
from registration.mail.models import MessageState, OutboxMessage
from registration.signups.models import Registration
from registration.signups.queries import list_expected
from tests.conftest import make_settings
from tests.reviewing import ReviewingClient

ACADEMY = "setkani-sekce-ai-v-praxi-manazera"


def make(folder: Path) -> Flask:
    app = create_app(make_settings(f"sqlite:///{folder / 'demo.sqlite3'}", folder, demo=True))
    app.test_client_class = ReviewingClient
    return app


@pytest.fixture(scope="module")
def made_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the world once; each test gets a copy of its database."""
    folder = tmp_path_factory.mktemp("demo")
    with make(folder).app_context():
        upgrade()
        demo.load()
        db.session.remove()
        db.engine.dispose()
    return folder / "demo.sqlite3"


@pytest.fixture
def world(made_world: Path, tmp_path: Path) -> Iterator[Flask]:
    shutil.copy(made_world, tmp_path)
    app = make(tmp_path)
    with app.app_context():
        demo.travel(demo.START)
        yield app
        db.session.remove()
        db.engine.dispose()
    clock.shift(timedelta(0))


def local_minute() -> str:
    return clock.local_now().strftime("%Y-%m-%d %H:%M")


def test_demo_begins_on_the_tenth_of_march_at_nine(world: Flask) -> None:
    assert local_minute() == "2025-03-10 09:00"


def test_demo_is_made_once(world: Flask) -> None:
    people = db.session.scalar(select(func.count()).select_from(Registration))
    demo.load()
    assert db.session.scalar(select(func.count()).select_from(Registration)) == people


def test_academy_has_the_places_of_the_picture(world: Flask) -> None:
    free = {each.ticket_type.code: each.free for each in offer(get_event(ACADEMY)).ticket_types}
    assert free == {"SETKANI": 12, "AI": 7, "OBOJI": 7}
    assert offer(get_event("library-advocacy-v-praxi")).free == 0


def test_newcomer_finds_an_empty_post(world: Flask) -> None:
    assert db.session.scalars(select(OutboxMessage.state).distinct()).all() == [MessageState.SENT]


def test_travelling_lets_invented_people_attend_what_has_begun(world: Flask) -> None:
    session = attendance.get_session(get_event(ACADEMY), "setkani")
    assert attendance.list_present(session) == {}
    demo.travel(datetime(2025, 3, 26, 8, 30, tzinfo=PRAGUE))
    assert local_minute() == "2025-03-26 08:30"
    present, expected = len(attendance.list_present(session)), len(list_expected(session))
    assert 0 < present < expected
    assert attendance.list_present(attendance.get_session(get_event(ACADEMY), "ai-brno")) == {}
    demo.travel(datetime(2025, 3, 26, 8, 31, tzinfo=PRAGUE))
    assert len(attendance.list_present(session)) == present


def test_certificates_can_be_issued_after_the_academy(world: Flask) -> None:
    demo.travel(datetime(2025, 4, 17, 9, 0, tzinfo=PRAGUE))
    issued = [issue_certificates(rule, by="olga") for rule in list_rules(get_event(ACADEMY))]
    assert all(issued)


def test_clock_is_shared_through_the_database(world: Flask) -> None:
    demo.travel(datetime(2025, 4, 9, 9, 0, tzinfo=PRAGUE))
    clock.shift(timedelta(0))  # as in a process that has not heard of it
    demo.refresh_clock()
    assert local_minute() == "2025-04-09 09:00"


def test_banner_jumps_and_comes_back_to_the_page(world: Flask) -> None:
    client = world.test_client()
    page = client.get("/archiv").get_data(as_text=True)
    assert "Ukázka" in page
    assert "v\u00a0den akce v\u00a0Brně" in page
    response = client.post("/ukazka/cas", data={"stop": "workshopy"}, headers={"Referer": "http://localhost/archiv"})
    assert (response.status_code, response.location) == (303, "/archiv")
    assert local_minute() == "2025-04-09 09:00"


@pytest.mark.parametrize("referrer", [None, "https://evil.example/x", "http://localhost//evil.example"])
def test_banner_never_leads_elsewhere(world: Flask, referrer: str | None) -> None:
    headers = {"Referer": referrer} if referrer else {}
    response = world.test_client().post("/ukazka/cas", data={"stop": "dnes"}, headers=headers)
    assert response.location == "/"


def test_unknown_stop_is_refused(world: Flask) -> None:
    assert world.test_client().post("/ukazka/cas", data={"stop": "nikdy"}).status_code == 400


def test_command_line_travels(world: Flask) -> None:
    result = world.test_cli_runner().invoke(args=["demo", "travel", "2025-03-26T08:30"])
    assert result.exit_code == 0, result.output
    demo.refresh_clock()
    assert local_minute() == "2025-03-26 08:30"


def test_invented_data_are_marked(world: Flask) -> None:
    assert db.session.scalars(select(Event.is_invented).where(Event.slug == ACADEMY)).all() == [True]
    page = world.test_client().get(f"/akce/{ACADEMY}").get_data(as_text=True)
    assert "Ukázková data" in page
