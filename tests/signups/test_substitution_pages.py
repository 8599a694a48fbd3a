"""Somebody else comes in a person's place."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from registration.core.clock import PRAGUE
from registration.core.db import db
from registration.events.models import Event
from registration.signups.models import (
    Substitution,
)
from registration.signups.operations import cancel
from tests import factories
from tests.factories import ADA, BOB
from tests.reviewing import ReviewingClient
from tests.signups.places import kinds, statuses, text_of
from tests.signups.sign_up_forms import error_beside

EVE = {"given_name": "Eva", "family_name": "Nová", "email": "eva@hornilhota.example", "title_before": "Mgr."}
START = datetime(2025, 4, 23, 9, 0, tzinfo=PRAGUE)

Travel = Callable[[datetime], None]


@pytest.fixture
def workshop(app: Flask, at_demo_day: None) -> Event:
    return factories.workshop()


def test_colleague_passes_the_place_on_and_the_old_link_dies(academy: Event, client: ReviewingClient) -> None:
    ada = factories.registration(academy)
    old, code = ada.link_token, ada.ticket_code
    assert "stop working at once" in text_of(client.get(f"/en/u/{old}/ucastnik"))
    response = client.post(f"/u/{old}/ucastnik", data=EVE)
    assert (response.status_code, response.location) == (303, "/moje?hotovo=predano")
    assert client.get(response.location).status_code == 200
    db.session.rollback()
    assert (ada.name.replace("\u00a0", " "), ada.email) == ("Mgr. Eva Nová", EVE["email"])
    assert ada.ticket_code != code
    assert client.get(f"/u/{old}").status_code == 404
    assert client.post(f"/u/{old}/ucastnik", data=EVE).status_code == 404
    assert "Eva" in text_of(client.get(f"/u/{ada.link_token}"))


def test_orderer_passes_a_place_on_once_however_often_they_click(academy: Event, client: ReviewingClient) -> None:
    order = factories.order(academy, ADA, BOB)
    address = f"/p/{order.link_token}"
    for _ in range(2):
        response = client.post(f"{address}/2/ucastnik", data=EVE)
        assert (response.status_code, response.location) == (303, f"{address}?hotovo=ucastnik")
    facts = db.session.scalars(select(Substitution)).all()
    assert [(fact.previous_email, fact.substituted_by) for fact in facts] == [(BOB.email, ADA.email)]
    assert kinds().count("place_passed_on") == 1


@pytest.mark.parametrize("field", ["given_name", "family_name", "email"])
def test_missing_name_or_address_is_named_beside_it(academy: Event, client: ReviewingClient, field: str) -> None:
    ada = factories.registration(academy)
    response = client.post(f"/u/{ada.link_token}/ucastnik", data={**EVE, field: " "})
    html = response.get_data(as_text=True)
    assert response.status_code == 422
    assert error_beside(html, field)
    assert f'href="#{field}"' in html
    assert statuses(ada)
    assert ada.given_name == "Ada"


def test_mistyped_address_is_asked_about_once(academy: Event, client: ReviewingClient) -> None:
    ada = factories.registration(academy)
    typed = {**EVE, "email": "eva@gmial.com"}
    response = client.post(f"/u/{ada.link_token}/ucastnik", data=typed)
    assert response.status_code == 422
    assert 'name="checked_email"' in response.get_data(as_text=True)
    again = client.post(f"/u/{ada.link_token}/ucastnik", data={**typed, "checked_email": typed["email"]})
    assert again.status_code == 303


def test_somebody_who_is_there_already_is_refused_beside_the_address(academy: Event, client: ReviewingClient) -> None:
    order = factories.order(academy, ADA, BOB)
    known = {"given_name": "Bob", "family_name": "Řehák", "email": BOB.email}
    response = client.post(f"/p/{order.link_token}/1/ucastnik", data=known)
    assert response.status_code == 409
    assert error_beside(response.get_data(as_text=True), "email")


def test_place_that_is_given_up_or_has_begun_is_not_passed_on(
    workshop: Event, client: ReviewingClient, travel: Travel
) -> None:
    ada, bob = factories.crowd(workshop, 2)
    cancel([ada], by=factories.OLGA_EMAIL)
    for each in (ada, bob):
        assert client.post(f"/u/{each.link_token}/ucastnik", data=EVE).status_code == (409 if each is ada else 303)
    travel(START)
    for change in ("ucastnik", "varianta"):
        assert client.get(f"/u/{bob.link_token}/{change}").status_code == 409
        assert client.get(f"/p/{bob.order.link_token}/1/{change}").status_code == 409
    assert client.post(f"/p/{bob.order.link_token}/1/ucastnik", data={**EVE, "given_name": "Jana"}).status_code == 409


def test_passing_on_is_limited(workshop: Event, client: ReviewingClient) -> None:
    (ada,) = factories.crowd(workshop, 1)
    statuses = [client.post(f"/u/{ada.link_token}/ucastnik").status_code for _ in range(31)]
    assert (statuses[29], statuses[30]) == (422, 429)
