"""The programme in a frame on another website: only where the settings allow it, without a cookie or a script."""

import re
from collections.abc import Iterator
from pathlib import Path

import html5lib
import pytest
from flask import Flask

from registration.app import create_app
from registration.core.db import db
from registration.events.models import Event
from tests.conftest import make_settings
from tests.reviewing import ReviewingClient, review

SITE = "https://knihovny.example"
NBSP = "\u00a0"


@pytest.fixture
def framed_app(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """Give the same world to an application that lets a website show its programme."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    framed = create_app(make_settings(url, tmp_path, embed_origins=(SITE, "http://localhost:8080")))
    yield framed
    with framed.app_context():
        db.engine.dispose()


def framed_by(policy: str) -> str:
    (found,) = re.findall(r"frame-ancestors ([^;]+)", policy)
    return str(found)


def titles(html: str) -> list[str]:
    page = html5lib.parse(html, namespaceHTMLElements=False)
    return ["".join(each.itertext()).strip().replace(NBSP, " ") for each in page.iter("h2")]


def test_list_can_be_framed_by_the_named_websites_and_no_other_page(academy: Event, framed_app: Flask) -> None:
    client = framed_app.test_client()
    policy = client.get("/vlozit").headers["Content-Security-Policy"]
    assert framed_by(policy) == f"{SITE} http://localhost:8080"
    assert "default-src 'self'" in policy
    assert framed_by(client.get("/en/vlozit").headers["Content-Security-Policy"]) == f"{SITE} http://localhost:8080"
    for address in ("/", f"/akce/{academy.slug}", f"/akce/{academy.slug}/prihlaska", "/prihlaseni", "/nic", "/moje"):
        assert framed_by(client.get(address).headers["Content-Security-Policy"]) == "'none'"
    assert "X-Frame-Options" not in client.get("/vlozit").headers


def test_without_the_setting_nobody_can_frame_it(academy: Event, client: ReviewingClient) -> None:
    assert framed_by(client.get("/vlozit").headers["Content-Security-Policy"]) == "'none'"


def test_list_has_the_nearest_events_and_as_many_as_asked_for(academy: Event, client: ReviewingClient) -> None:
    everything = titles(client.get("/vlozit").get_data(as_text=True))
    assert everything[0] == academy.title
    assert len(everything) == 7
    assert titles(client.get("/vlozit?pocet=2").get_data(as_text=True)) == everything[:2]
    for nonsense in ("0", "", "-1", "abc", "9" * 40):
        assert titles(client.get(f"/vlozit?pocet={nonsense}").get_data(as_text=True)) == everything


def test_list_says_date_place_and_state(academy: Event, client: ReviewingClient) -> None:
    html = client.get("/vlozit?pocet=1").get_data(as_text=True)
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace(NBSP, " ")
    for expected in ("25.–26. 3. 2025", "Brno", "živě i online", "Zbývá 30 míst", "Nejbližší akce"):
        assert expected in words


def test_every_link_leaves_the_frame_and_keeps_the_language(academy: Event, client: ReviewingClient) -> None:
    page = html5lib.parse(client.get("/en/vlozit").data, namespaceHTMLElements=False)
    links = list(page.iter("a"))
    assert len(links) == 8
    assert {link.get("target") for link in links} == {"_top"}
    assert all((link.get("href") or "").startswith("/en/") for link in links)
    assert page.get("lang") == "en"


def test_list_has_no_head_no_foot_no_cookie_and_no_script(academy: Event, client: ReviewingClient) -> None:
    response = client.get("/vlozit")
    html = response.get_data(as_text=True)
    review(html)
    assert "Set-Cookie" not in response.headers
    assert not re.search(r"<(script|header|footer|nav|form)\b", html)
    assert response.headers["Cache-Control"] == "public, no-cache"


def test_empty_programme_says_so(app: Flask, client: ReviewingClient) -> None:
    assert "Teď se žádná akce nechystá." in client.get("/vlozit").get_data(as_text=True)
