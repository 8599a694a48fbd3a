import logging
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from registration.access import ACCESS, Access
from registration.app import create_app
from registration.core.db import db
from tests.conftest import make_settings
from tests.reviewing import ReviewingClient, review


def make(tmp_path: Path, **overrides: object) -> Flask:
    app = create_app(make_settings(f"sqlite:///{tmp_path / 'x.sqlite3'}", tmp_path, **overrides))
    with app.app_context():
        upgrade()
        db.engine.dispose()
    return app


def test_change_caused_by_another_site_is_refused(client: ReviewingClient) -> None:
    for address in ("/akce/x/prihlaska", "/prihlaseni"):
        assert client.post(address, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_production_has_no_time_machine_and_no_known_password(tmp_path: Path) -> None:
    app = make(tmp_path)
    assert "demo" not in app.blueprints
    assert "demo" not in app.cli.commands
    assert app.test_client().post("/ukazka/cas", data={"stop": "dnes"}).status_code == 404


def test_cookies_are_secure_where_the_site_is(tmp_path: Path) -> None:
    assert make(tmp_path, base_url="https://prezence.example").config["SESSION_COOKIE_SECURE"] is True
    assert make(tmp_path).config["SESSION_COOKIE_SECURE"] is False


def test_rate_limits_switched_off_are_said_loudly(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        make(tmp_path, rate_limits=False)
    assert "RATE LIMITS ARE OFF" in caplog.text


@pytest.mark.parametrize(("proxies", "scheme"), [(0, "http"), (1, "https")])
def test_forwarded_headers_count_only_from_trusted_proxies(tmp_path: Path, proxies: int, scheme: str) -> None:
    app = make(tmp_path, trusted_proxies=proxies)
    response = app.test_client().get("/healthz", headers={"X-Forwarded-Proto": "https"})
    assert ("Strict-Transport-Security" in response.headers) is (scheme == "https")


def test_versioned_files_may_be_kept_for_a_year(client: ReviewingClient) -> None:
    with client.get("/static/css/tokens.css?v=1") as versioned, client.get("/static/css/tokens.css") as plain:
        assert versioned.cache_control.immutable
        assert not plain.cache_control.immutable


def test_health_and_security_contact_answer(client: ReviewingClient) -> None:
    assert client.get("/healthz").data == b"ok\n"
    text = client.get("/.well-known/security.txt").get_data(as_text=True)
    assert text.startswith("Contact: ")
    assert "Expires: " in text


def test_english_prefix_without_a_slash_is_the_english_programme(client: ReviewingClient) -> None:
    assert '<html lang="en"' in client.get("/en").get_data(as_text=True)
    assert client.get("/encyklopedie").status_code == 404


def test_too_large_a_form_is_refused_kindly(client: ReviewingClient) -> None:
    response = client.post("/prihlaseni", data={"email": "x" * 2_000_000})
    assert response.status_code == 413


def test_error_page_is_kind_even_when_the_database_has_failed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = create_app(app.extensions["settings"])
    monkeypatch.setitem(ACCESS, "break_down", Access.ANYONE)
    broken.test_client_class = ReviewingClient

    @broken.get("/rozbite")
    def break_down() -> str:
        db.session.execute(text("SELECT nothing FROM nowhere"))
        return "never"

    response = broken.test_client().get("/rozbite")
    assert response.status_code in {500, 503}
    assert "<h1" in response.get_data(as_text=True)
    with broken.app_context():
        db.engine.dispose()


def test_error_page_needs_no_tables(tmp_path: Path) -> None:
    app = create_app(make_settings(f"sqlite:///{tmp_path / 'empty.sqlite3'}", tmp_path))
    page = app.test_client().get("/neni")
    assert page.status_code == 404
    review(page.get_data(as_text=True))
    with app.app_context():
        db.engine.dispose()
