"""Suggestions while a name is typed, and the box they are for."""

import pytest
from flask import Flask

from registration.events.models import Event
from registration.organisations.operations import add_organisation
from tests.queries import count_queries
from tests.reviewing import ReviewingClient

ADDRESS = "/knihovny"


@pytest.fixture
def libraries(app: Flask) -> None:
    """Fill the directory; one library is a member, one is paid for by its town."""
    add_organisation(name="Městská knihovna", town="Horní Lhota", ico="19", is_member=True, by="olga")
    add_organisation(name="Městská knihovna", town="Dolní Lhota", payer_name="Město", payer_ico="27", by="olga")


def test_suggestions_tell_only_what_is_public(libraries: None, client: ReviewingClient) -> None:
    assert client.get(ADDRESS, query_string={"q": "knih lhota"}).json == [
        {"label": "Městská knihovna, Dolní Lhota", "town": "Dolní Lhota", "ico": None},
        {"label": "Městská knihovna, Horní Lhota", "town": "Horní Lhota", "ico": "00000019"},
    ]


@pytest.mark.parametrize("typed", ["", "m", " m ", "–", "x" * 10_000, "😀😀", "'; --", "%25", "knih " * 500])
def test_nothing_is_suggested_for_nothing(libraries: None, client: ReviewingClient, typed: str) -> None:
    response = client.get(ADDRESS, query_string={"q": typed})
    assert response.status_code == 200
    assert len(response.json or []) == (2 if typed.startswith("knih") else 0)


@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}?q=%FF%FE", f"{ADDRESS}?q=a&q=b", f"/en{ADDRESS}?q=zz"])
def test_odd_questions_have_an_empty_answer(libraries: None, client: ReviewingClient, address: str) -> None:
    assert client.get(address).json == []


def test_eight_suggestions_are_the_most(app: Flask, client: ReviewingClient) -> None:
    for number in range(10):
        add_organisation(name=f"Knihovna {number}", by="olga")
    assert len(client.get(f"{ADDRESS}?q=knihovna").json or []) == 8


def test_suggestions_may_be_kept_for_a_minute_and_need_no_cookie(libraries: None, client: ReviewingClient) -> None:
    response = client.get(f"{ADDRESS}?q=lhota")
    assert response.mimetype == "application/json"
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in response.headers


def test_suggestions_cost_one_statement(libraries: None, client: ReviewingClient) -> None:
    with count_queries() as counter:
        client.get(f"{ADDRESS}?q=lhota")
    assert counter.count == 1


def test_asking_without_end_is_limited(libraries: None, client: ReviewingClient) -> None:
    answers = [client.get(f"{ADDRESS}?q=").status_code for _ in range(241)]
    assert set(answers[:240]) == {200}
    assert answers[240] == 429


def test_suggestions_are_read_only(client: ReviewingClient) -> None:
    assert client.post(ADDRESS).status_code == 405


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_box_is_a_plain_one_until_its_script_comes(academy: Event, client: ReviewingClient, prefix: str) -> None:
    page = client.get(f"{prefix}/akce/{academy.slug}/prihlaska").text
    box = page[page.index('<input aria-describedby="organisation-hint"') :].split(">")[0]
    assert f'data-suggest="{prefix}/knihovny"' in box
    assert 'autocomplete="organization"' in box
    assert "{count}" in box
    assert "role=" not in box
    assert "<datalist" not in page
    assert '<script type="module" src="/static/js/organisation.js?v=' in page
