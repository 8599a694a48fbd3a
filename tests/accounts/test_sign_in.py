"""Signing in and out."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from registration.accounts.models import Role
from registration.app import create_app
from registration.core.db import db
from registration.events.models import Event
from tests import factories
from tests.conftest import make_settings
from tests.reviewing import ReviewingClient, csrf_token


def test_organizer_reaches_where_she_wanted_after_signing_in(
    app: Flask, academy: Event, client: ReviewingClient
) -> None:
    factories.olga()
    wanted = "/sprava/akce/setkani-sekce-ai-v-praxi-manazera"
    sign_in = client.get(wanted).location
    response = client.post(
        sign_in,
        data={
            "email": factories.OLGA_EMAIL,
            "password": factories.OLGA_PASSWORD,
            "next": wanted,
            "csrf_token": csrf_token(client.get(sign_in)),
        },
    )
    assert response.location == wanted
    assert client.get(wanted).status_code == 200


@pytest.mark.parametrize(
    ("email", "password"),
    [(factories.OLGA_EMAIL, "wrong-password"), ("eve@x.example", factories.OLGA_PASSWORD), ("", "")],
)
def test_failed_sign_in_says_the_same_whatever_was_wrong(
    app: Flask, client: ReviewingClient, email: str, password: str
) -> None:
    factories.olga()
    response = client.sign_in(email, password)
    html = response.get_data(as_text=True).replace("\u00a0", " ")
    assert "E-mail nebo heslo" in html
    assert client.get("/sprava").status_code == 303


def test_signing_in_does_not_lead_to_another_site(app: Flask, client: ReviewingClient) -> None:
    factories.olga()
    page = client.get("/prihlaseni?next=https://evil.example/")
    response = client.post(
        "/prihlaseni?next=https://evil.example/",
        data={
            "email": factories.OLGA_EMAIL,
            "password": factories.OLGA_PASSWORD,
            "csrf_token": csrf_token(page),
        },
    )
    assert response.status_code == 200  # refused, the form is shown again
    assert client.get("/sprava").status_code == 303


@pytest.mark.slow
def test_guessing_passwords_is_limited(app: Flask, client: ReviewingClient, tmp_path: Path) -> None:
    factories.olga()
    create_app(make_settings(f"sqlite:///{tmp_path / 'x.sqlite3'}", tmp_path))  # a second one counts nothing twice
    answers = [client.sign_in(factories.OLGA_EMAIL, f"guess-{number}").status_code for number in range(10)]
    page = client.get("/prihlaseni")
    last = client.post("/prihlaseni", data={"email": "x", "password": "y", "csrf_token": csrf_token(page)})
    assert 429 not in answers
    assert last.status_code == 429


def test_signing_out_ends_it(app: Flask, olga: ReviewingClient) -> None:
    assert olga.get("/sprava").status_code == 200
    olga.submit("/odhlaseni", page="/sprava")
    assert olga.get("/sprava").status_code == 303


def test_cookie_is_for_this_site_only(app: Flask, client: ReviewingClient) -> None:
    factories.olga()
    page = client.get("/prihlaseni")
    response = client.post(
        "/prihlaseni",
        data={
            "email": factories.OLGA_EMAIL,
            "password": factories.OLGA_PASSWORD,
            "remember": "y",
            "csrf_token": csrf_token(page),
        },
    )
    cookies = response.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


def test_role_is_made_once(app: Flask) -> None:
    factories.olga()
    factories.organizer("olena@sekce.example")
    assert db.session.scalar(select(func.count()).select_from(Role)) == 2
