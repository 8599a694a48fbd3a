"""The directory in the back office: finding, adding, changing; who may."""

import pytest
from flask import Flask
from sqlalchemy import select

from registration.core.db import db
from registration.organisations.models import Organisation
from registration.organisations.operations import add_organisation
from tests.queries import count_queries
from tests.reviewing import ReviewingClient

DIRECTORY = "/sprava/knihovny"
NEW = f"{DIRECTORY}/nova"


def library(name: str = "Městská knihovna", **entry: str) -> Organisation:
    return add_organisation(name=name, by="olga", **entry)  # type: ignore[arg-type]  # texts only


def rows(page: str) -> int:
    return page.count('<th scope="row">')


@pytest.mark.parametrize("address", [DIRECTORY, NEW, f"{DIRECTORY}/1"])
def test_strangers_are_sent_to_sign_in(client: ReviewingClient, address: str) -> None:
    assert client.get(address).location.startswith("/prihlaseni")
    assert client.post(address).status_code in {400, 405}


def test_empty_directory_says_so(olga: ReviewingClient) -> None:
    page = olga.get(DIRECTORY).text
    assert rows(page) == 0
    assert NEW in page


def test_directory_shows_members_and_payers_in_czech_order(olga: ReviewingClient) -> None:
    for name in ("Chytrá knihovna", "Čtenářská knihovna", "Celá knihovna"):
        library(name)
    add_organisation(name="Městská knihovna", town="Dolní Lhota", is_member=True, payer_name="Město Lhota", by="olga")
    page = olga.get(DIRECTORY).text.replace("\u00a0", " ")
    names = ("Celá knihovna", "Čtenářská knihovna", "Chytrá knihovna", "Městská knihovna", "Město Lhota")
    places = [page.index(f">{name}<") for name in names]
    assert places == sorted(places)
    assert page.count('class="state state--ok"') == 1
    assert "Dolní Lhota" in page


@pytest.mark.parametrize(("typed", "count"), [("usti", 1), ("KNIH", 2), ("896", 1), ("jinde", 0), ("", 2), ("<b>", 0)])
def test_directory_is_searched_without_diacritics(olga: ReviewingClient, typed: str, count: int) -> None:
    library("Knihovna Ústí", ico="89605")
    library("Knihovna Žďár")
    response = olga.get(DIRECTORY, query_string={"q": typed})
    assert rows(response.text) == count
    assert "<b>" not in response.text


def test_directory_is_paged_by_fifty(olga: ReviewingClient) -> None:
    for number in range(51):
        library(f"Knihovna {number}")
    first, second = olga.get(f"{DIRECTORY}?q=knihovna").text, olga.get(f"{DIRECTORY}?q=knihovna&strana=2").text
    assert (rows(first), rows(second)) == (50, 1)
    assert "q=knihovna&amp;strana=2" in first
    assert "q=knihovna&amp;strana=1" in second
    for strange, count in (("3", 0), ("-1", 50), ("x", 50), ("9" * 40, 50)):
        assert rows(olga.get(f"{DIRECTORY}?strana={strange}").text) == count


def test_directory_costs_the_same_whatever_its_length(olga: ReviewingClient) -> None:
    library("Knihovna 0")
    with count_queries() as one:
        olga.get(DIRECTORY)
    library("Knihovna 1")
    library("Knihovna 2")
    with count_queries() as three:
        olga.get(DIRECTORY)
    assert one.count == three.count


def test_library_is_added(olga: ReviewingClient) -> None:
    response = olga.submit(
        NEW,
        page=NEW,
        name="Knihovna",
        town="Lhota",
        ico="89605",
        is_member="y",
        payer_name="Město",
        payer_ico="70282170",
    )
    assert (response.status_code, response.location) == (303, DIRECTORY)
    added = db.session.scalars(select(Organisation)).one()
    assert (added.label, added.ico, added.is_member) == ("Knihovna, Lhota", "00089605", True)
    assert (added.payer_name, added.payer_ico) == ("Město", "70282170")
    assert "Knihovna, Lhota" in olga.get(DIRECTORY).text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"town": "x" * 101}, "town"),
        ({"ico": "70282171"}, "ico"),
        ({"ico": "x" * 10_000}, "ico"),
        ({"payer_name": "x" * 201}, "payer_name"),
        ({"payer_ico": "70282171"}, "payer_ico"),
    ],
)
def test_wrong_entry_comes_back_with_everything_kept(olga: ReviewingClient, wrong: dict[str, str], field: str) -> None:
    response = olga.submit(NEW, page=NEW, **{"name": "Knihovna", "town": "Lhota <x>", **wrong})
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text
    assert f'href="#{field}"' in response.text
    assert wrong.get("town", "Lhota &lt;x&gt;") in response.text
    assert db.session.scalars(select(Organisation)).all() == []


def test_what_is_there_already_is_said_beside_the_field(olga: ReviewingClient) -> None:
    library("Knihovna Žďár", ico="89605")
    for entry, field in (({"name": "knihovna zdar"}, "name"), ({"name": "Jiná", "ico": "89605"}, "ico")):
        response = olga.submit(NEW, page=NEW, **entry)
        assert response.status_code == 409
        assert f'id="{field}-error"' in response.text
        assert "Knihovna Žďár" in response.text


def test_entry_is_changed(olga: ReviewingClient) -> None:
    found = library("Knihovna", town="Lhota", ico="89605")
    address = f"{DIRECTORY}/{found.id}/zmena"
    assert 'value="00089605"' in olga.get(address).text
    response = olga.submit(address, page=address, name="Knihovna Lhota", town="Lhota")
    assert (response.status_code, response.location) == (303, f"{DIRECTORY}/{found.id}")
    assert (found.name, found.town, found.ico, found.is_member) == ("Knihovna Lhota", "Lhota", None, False)


def test_wrong_change_is_refused(olga: ReviewingClient) -> None:
    found = library("Knihovna Sever")
    library("Knihovna Jih")
    address = f"{DIRECTORY}/{found.id}/zmena"
    assert olga.submit(address, page=address, name="knihovna jih").status_code == 409
    assert olga.submit(address, page=address, name="").status_code == 422
    assert found.name == "Knihovna Sever"


def test_library_that_is_gone_is_not_found(olga: ReviewingClient) -> None:
    assert olga.get(f"{DIRECTORY}/999").status_code == 404
    assert olga.get(f"{DIRECTORY}/9223372036854775808").status_code == 404
    assert olga.submit(f"{DIRECTORY}/999/zmena", page=NEW, name="Knihovna").status_code == 404


def test_pages_are_whole_in_english(app: Flask, olga: ReviewingClient) -> None:
    found = library()
    for address in (DIRECTORY, NEW, f"{DIRECTORY}/{found.id}"):
        assert olga.get(f"/en{address}").status_code == 200
