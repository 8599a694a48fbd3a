"""Requests nobody's browser sends get an answer all the same, on both databases, and never a 500."""

import io
import logging
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from registration.access import ACCESS, Access
from registration.app import create_app
from registration.core.db import db
from registration.core.limits import limiter
from registration.core.web import row_id
from registration.events.models import Event
from tests import factories
from tests.conftest import make_settings
from tests.databases import free_port
from tests.reviewing import ReviewingClient, csrf_token, review

ACADEMY = "/akce/setkani-sekce-ai-v-praxi-manazera"
FORM = f"{ACADEMY}/prihlaska"
HUGE = "9" * 20


@pytest.mark.parametrize(
    "address", ["/akce/x%00", "/akce/%00.ics", "/akce/x%00/prihlaska", "/?misto=%00", "/?a%00=1", "/overeni/%00"]
)
def test_nul_in_an_address_is_refused(academy: Event, client: ReviewingClient, address: str) -> None:
    assert client.get(address).status_code == 400


def test_nul_in_a_form_is_refused(academy: Event, client: ReviewingClient) -> None:
    assert client.post(FORM, data={"orderer_name": "a\0b"}).status_code == 400


@pytest.mark.parametrize("body", [b'{"orderer_name": 5}', b"[1]", b'"x"'])
def test_json_is_refused_as_there_is_no_address_for_it_yet(
    academy: Event, client: ReviewingClient, body: bytes
) -> None:
    for address in (FORM, "/prihlaseni"):
        assert client.post(address, data=body, content_type="application/json").status_code == 415


@pytest.mark.parametrize("name", ["people-²-given_name", f"people-{'9' * 5000}-given_name", "people--given_name"])
def test_field_that_only_looks_like_a_person_is_ignored(academy: Event, client: ReviewingClient, name: str) -> None:
    assert client.post(FORM, data={name: "x"}).status_code == 422


def test_file_in_place_of_a_text_is_a_missing_text(academy: Event, client: ReviewingClient) -> None:
    response = client.post(FORM, data={"orderer_name": (io.BytesIO(b"x"), "x.txt")})
    assert response.status_code == 422


def test_password_as_long_as_a_book_is_refused(app: Flask, client: ReviewingClient) -> None:
    token = csrf_token(client.get("/prihlaseni"))
    data = {"email": "a@b.example", "password": "x" * 900_000, "csrf_token": token}
    assert client.post("/prihlaseni", data=data).status_code == 413


def test_ids_no_row_can_have_are_not_found(academy: Event, olga: ReviewingClient) -> None:
    office = f"/sprava{ACADEMY}"
    for address in (f"{office}/prihlasky/{HUGE}", f"/sprava/posta/{HUGE}"):
        assert olga.get(address).status_code == 404
    assert olga.get(f"/sprava/posta?strana={HUGE}").status_code in {200, 404}
    door = f"{office}/prezence/ai-brno"
    assert olga.submit(f"{door}/{HUGE}/vraceni", page=door).status_code == 404
    assert olga.submit(f"{door}/odbaveni", page=door, registration=HUGE).status_code == 303
    assert olga.submit(f"{door}/ucast", page=door, registration=HUGE, reason="x").status_code == 303


@pytest.mark.parametrize("typed", ["", "-1", "1.5", "²", HUGE, "1" * 5000])
def test_row_id_takes_what_a_row_can_have_only(typed: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        row_id(typed)


def test_row_id_takes_the_largest() -> None:
    assert row_id(str(2**63 - 1)) == 2**63 - 1


@pytest.mark.slow
def test_forged_host_is_refused(tmp_path: Path) -> None:
    app = create_app(
        make_settings(f"sqlite:///{tmp_path / 'x.sqlite3'}", tmp_path, base_url="https://prezence.example")
    )
    with app.app_context():
        upgrade()
        db.engine.dispose()
    client = app.test_client()
    for host, status in (("prezence.example", 200), ("localhost:8000", 200), ("evil.example", 400)):
        assert client.get("/healthz", headers={"Host": host}).status_code == status


@pytest.mark.slow
def test_lost_redis_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in list(
        vars(limiter).items()
    ):  # it is one for all tests; what it learns here must not outlive this one
        monkeypatch.setattr(limiter, name, value)
    settings = make_settings(
        f"sqlite:///{tmp_path / 'x.sqlite3'}", tmp_path, redis_url=f"redis://127.0.0.1:{free_port()}/0"
    )
    app = create_app(settings)
    with app.app_context():
        upgrade()
        db.engine.dispose()
    assert app.test_client().get("/overeni/ABC").status_code == 404


def test_lost_database_asks_for_patience(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing"
    app = create_app(make_settings(url, tmp_path))
    response = app.test_client().get("/")
    assert response.status_code == 503
    review(response.get_data(as_text=True))


def test_log_keeps_links_and_personal_data_to_itself(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = create_app(app.extensions["settings"])
    monkeypatch.setitem(ACCESS, "break_down", Access.ANYONE)

    @broken.get("/p/<token>/rozbite")
    def break_down(token: str) -> str:
        db.session.execute(text("SELECT :name FROM nowhere"), {"name": secret})
        return "never"

    secret = "Tajné Jméno"
    with caplog.at_level(logging.ERROR):
        broken.test_client().get("/p/tajny-odkaz/rozbite")
    assert caplog.records
    assert "Tajné Jméno" not in caplog.text
    assert "tajny-odkaz" not in caplog.text
    with broken.app_context():
        db.engine.dispose()


def test_pages_about_people_stay_out_of_caches(academy: Event, olga: ReviewingClient) -> None:
    for address in ("/sprava", f"/sprava{ACADEMY}/prihlasky", "/u/nobody", "/u/nobody/osvedceni/1.pdf"):
        assert olga.get(address).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("typed", ["../..", "!!"])
def test_code_without_a_letter_of_the_alphabet_is_unknown(app: Flask, client: ReviewingClient, typed: str) -> None:
    assert client.get("/overeni", query_string={"kod": typed}).status_code == 404


@pytest.mark.slow
def test_sign_up_limit_counts_people(academy: Event, client: ReviewingClient) -> None:
    people = {f"people-{number}-email": "victim@x.example" for number in range(20)}
    answers = [client.post(FORM, data=people).status_code for _ in range(7)]
    assert answers == [422] * 6 + [429]


def test_every_address_of_the_office_has_a_person_behind_it(academy: Event, olga: ReviewingClient) -> None:
    ada = factories.registration(academy)
    assert olga.get(f"/sprava{ACADEMY}/prihlasky/{ada.id}").status_code == 200
