"""Promise I8: whoever does not hold a role gets nowhere in the back office, at every address and method.

Every address the application knows is walked by everybody; the table of access says how far each may get.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask, Response
from sqlalchemy import func, select
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from registration.access import ACCESS, Access
from registration.accounts.models import RoleName
from registration.core.db import db
from registration.events.models import Event
from registration.signups.models import Cancellation
from tests import factories
from tests.reviewing import ReviewingClient, csrf_token

ACADEMY = "setkani-sekce-ai-v-praxi-manazera"
REACHED = 200
CHANGES = {"POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True)
class Somebody:
    """One of the cast; `is_on_team` of the academy."""

    name: str
    roles: tuple[RoleName, ...]
    is_on_team: bool

    @property
    def access(self) -> Access:
        granted = Access.SIGNED_IN
        for role in self.roles:
            granted |= Access[role.name]
        return granted


CAST = [
    Somebody("eve", (), False),
    Somebody("accountant", (RoleName.ACCOUNTANT,), False),
    Somebody("door", (RoleName.DOOR,), True),
    Somebody("door-elsewhere", (RoleName.DOOR,), False),
    Somebody("organizer", (RoleName.ORGANIZER,), True),
    Somebody("organizer-elsewhere", (RoleName.ORGANIZER,), False),
    Somebody("organizer-who-also-counts", (RoleName.ORGANIZER, RoleName.ACCOUNTANT), False),
    Somebody("administrator", (RoleName.ADMINISTRATOR,), False),
]


def addresses(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Give (rule, method, address) of every address there is, with values that exist where there are such."""
    values = {"slug": ACADEMY, "code": "ai-brno"}
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in ACCESS:
            continue  # the next test says so once
        address = rule.rule
        for name, converter in rule._converters.items():
            value = "1" if isinstance(converter, IntegerConverter) else values.get(name, "x")
            value = min(converter.items) if isinstance(converter, AnyConverter) else value
            parts = address.split("<")
            address = parts[0] + "".join(
                value + rest if inside.split(":")[-1] == name else f"<{inside}>{rest}"
                for inside, _, rest in (part.partition(">") for part in parts[1:])
            )
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, address


def back_office(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Give the addresses that are not for everybody."""
    return (each for each in addresses(app) if not ACCESS[each[0].endpoint] & Access.ANYONE)


@pytest.fixture
def marked(app: Flask, academy: Event, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Give the application with its gate, behind which every view only says that it was reached."""

    def reached(**_: Any) -> Response:
        return Response("reached", mimetype="text/plain")

    for rule in app.url_map.iter_rules():
        if rule.endpoint != "security.login":
            monkeypatch.setitem(app.view_functions, rule.endpoint, reached)
    return app


def sign_in(app: Flask, academy: Event, who: Somebody) -> tuple[ReviewingClient, str]:
    """Return the browser of one of the cast, signed in, and the token of its forms."""
    email = f"{who.name}@sekce.example"
    factories.staff(email, *who.roles)
    if who.is_on_team:
        factories.put_on_team(email, academy)
    client = app.test_client()
    assert isinstance(client, ReviewingClient)
    page = client.get("/prihlaseni")
    client.sign_in(email, factories.OLGA_PASSWORD)
    return client, csrf_token(page)


def expected(rule: Rule, who: Somebody) -> int:
    needed = ACCESS[rule.endpoint]
    if needed & Access.ANYONE:
        return REACHED
    if not needed & who.access:
        return 403
    sees_all = needed & who.access & (Access.ADMINISTRATOR | Access.ACCOUNTANT)
    return REACHED if "slug" not in rule.arguments or who.is_on_team or sees_all else 404


def test_every_address_has_an_entry_and_every_entry_an_address(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints - set(ACCESS) == set()
    assert set(ACCESS) - endpoints == {"demo.travel_to_stop"}  # which exists in the demo only


@pytest.mark.parametrize("who", CAST, ids=lambda who: who.name)
def test_everybody_gets_as_far_as_the_table_says(marked: Flask, academy: Event, who: Somebody) -> None:
    client, token = sign_in(marked, academy, who)
    for rule, method, address in addresses(marked):
        if rule.endpoint == "security.login":
            continue
        data = {"csrf_token": token} if method in CHANGES else None
        status = client.open(address, method=method, data=data).status_code
        assert status == expected(rule, who), (who.name, method, address)


def test_strangers_are_sent_to_sign_in_everywhere(app: Flask, academy: Event, client: ReviewingClient) -> None:
    ada = factories.registration(academy)
    token = csrf_token(client.get("/prihlaseni"))
    tried = 0
    for _rule, method, address in back_office(app):
        if method in CHANGES:
            assert client.open(address, method=method).status_code == 400, address  # not even looked at
        data = {"csrf_token": token} if method in CHANGES else None
        response = client.open(address, method=method, data=data)
        assert (response.status_code, response.location.split("?")[0]) == (303, "/prihlaseni"), address
        tried += 1
    assert tried > 30
    assert db.session.scalar(select(func.count()).select_from(Cancellation)) == 0
    assert ada.is_confirmed


def test_accountant_changes_nothing(app: Flask) -> None:
    for rule, method, address in addresses(app):
        if ACCESS[rule.endpoint] & Access.ACCOUNTANT:
            assert method not in CHANGES, address


def test_people_at_the_door_see_the_door_only(app: Flask) -> None:
    rooms = {rule.endpoint.split(".")[0] for rule, _, _ in back_office(app) if ACCESS[rule.endpoint] & Access.DOOR}
    # And their own account, like everybody who is signed in.
    assert rooms <= {"checkin", "checkin_sheet", "events_staff"}
    assert {name for name in ACCESS if name.startswith("events_staff") and ACCESS[name] & Access.DOOR} == {
        "events_staff.index"
    }


def test_everything_in_the_back_office_is_open_to_administrators(app: Flask) -> None:
    closed = {name for name, access in ACCESS.items() if access == Access.NOBODY}
    assert closed == {"security.tf_select", "security.two_factor_rescue"}
    for rule, _method, address in back_office(app):
        assert rule.endpoint in closed or ACCESS[rule.endpoint] & (Access.ADMINISTRATOR | Access.SIGNED_IN), address


def test_posts_without_a_token_change_nothing(app: Flask, academy: Event, olga: ReviewingClient) -> None:
    for _rule, method, address in back_office(app):
        if method in CHANGES:
            assert olga.open(address, method=method).status_code == 400, address


def test_wrong_method_is_refused(app: Flask, academy: Event, olga: ReviewingClient) -> None:
    pages = {address for _rule, method, address in addresses(app) if method == "GET"}
    for _rule, _method, address in back_office(app):
        if address not in pages:
            assert olga.get(address).status_code == 405, address


def test_no_page_of_the_back_office_breaks(app: Flask, academy: Event, olga: ReviewingClient) -> None:
    for _rule, method, address in back_office(app):
        if method == "GET":
            assert olga.get(address).status_code in {200, 302, 303, 403, 404}, address


def test_address_without_an_entry_is_refused(
    app: Flask, academy: Event, olga: ReviewingClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delitem(ACCESS, "events_staff.index")
    with caplog.at_level(logging.ERROR):
        assert olga.get("/sprava").status_code == 404
    assert "events_staff.index" in caplog.text


def test_unknown_event_is_not_found_whoever_asks(app: Flask, academy: Event, olga: ReviewingClient) -> None:
    client, _token = sign_in(app, academy, CAST[5])
    for each in (client, olga):
        assert each.get("/sprava/akce/neni").status_code == 404
