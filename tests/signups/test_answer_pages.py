"""People change what they have answered."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from registration.core.clock import PRAGUE
from registration.core.db import db, transaction
from registration.events.models import Event, QuestionKind, QuestionScope
from registration.signups import answers
from registration.signups.operations import Person, cancel
from tests import factories
from tests.reviewing import ReviewingClient
from tests.signups.places import kinds, text_of
from tests.signups.sign_up_forms import ask, error_beside

EVE = {"given_name": "Eva", "family_name": "Nová", "email": "eva@hornilhota.example", "title_before": "Mgr."}
START = datetime(2025, 4, 23, 9, 0, tzinfo=PRAGUE)

Travel = Callable[[datetime], None]


def answering(number: int, **values: Any) -> Person:
    return Person(**{**factories.person(number).__dict__, "answers": values})


@pytest.fixture
def workshop(app: Flask, at_demo_day: None) -> Event:
    return factories.workshop()


@pytest.fixture
def asking(workshop: Event) -> Event:
    """Give a workshop that asks about lunch (one soup), a car with its plate, and once an order about parking."""
    ask(workshop.id, "lunch", QuestionKind.CHOICES, ("soup", 1), ("pasta", None), position=1)
    ask(workshop.id, "car", QuestionKind.YES_NO, position=2, is_required=True)
    ask(workshop.id, "plate", QuestionKind.TEXT, position=3, shown_if_code="car", shown_if_value="yes")
    ask(workshop.id, "parking", QuestionKind.TEXT, position=4, scope=QuestionScope.ORDER)
    return workshop


def test_answers_are_shown_and_changed(asking: Event, client: ReviewingClient) -> None:
    (ada,) = factories.order(asking, answering(1, lunch=["soup"], car=True, plate="1A2 3456")).registrations
    address = f"/u/{ada.link_token}"
    page = client.get(address)
    assert "1A2 3456" in text_of(page)
    assert f'href="{address}/zmena"' in page.get_data(as_text=True)
    form = client.get(f"{address}/zmena").get_data(as_text=True)
    assert 'value="1A2 3456"' in form
    assert form.count("checked") == 2  # the last soup is one's own, and can be kept
    response = client.post(f"{address}/zmena", data={"q_lunch": ["soup", "pasta"], "q_car": "no", "q_plate": "x"})
    assert (response.status_code, response.location) == (303, f"{address}?hotovo=odpovedi")
    db.session.rollback()
    assert answers.values_of(ada) == {"lunch": ["soup", "pasta"], "car": False}
    assert kinds()[-1] == "place_changed"


def test_same_answers_sent_again_are_nothing_new(asking: Event, client: ReviewingClient) -> None:
    (ada,) = factories.order(asking, answering(1, car=False)).registrations
    before = kinds()
    response = client.post(f"/u/{ada.link_token}/zmena", data={"q_car": "no"})
    assert response.status_code == 303
    assert kinds() == before


def test_orderer_answers_for_all_and_for_each(asking: Event, client: ReviewingClient) -> None:
    order = factories.order(asking, answering(1, car=False), answering(2, car=False))
    address = f"/p/{order.link_token}"
    assert client.post(f"{address}/odpovedi", data={"q_parking": "kolo"}).location == f"{address}?hotovo=odpovedi"
    assert client.post(f"{address}/2/zmena", data={"q_car": "yes"}).location == f"{address}?hotovo=odpovedi"
    db.session.rollback()
    assert answers.values_of(order) == {"parking": "kolo"}
    assert [answers.values_of(each) for each in order.registrations] == [{"car": False}, {"car": True}]
    page = client.get(address)
    assert "kolo" in text_of(page)
    assert f'href="{address}/odpovedi"' in page.get_data(as_text=True)
    assert 'value="kolo"' in client.get(f"{address}/odpovedi").get_data(as_text=True)


def test_wrong_answer_is_named_beside_the_question_and_keeps_the_rest(asking: Event, client: ReviewingClient) -> None:
    (ada,) = factories.order(asking, answering(1, car=False)).registrations
    response = client.post(f"/u/{ada.link_token}/zmena", data={"q_plate": "1A2", "q_lunch": "pasta"})
    html = response.get_data(as_text=True)
    assert response.status_code == 422
    assert error_beside(html, "q_car")
    assert 'value="1A2"' in html
    db.session.rollback()
    assert answers.values_of(ada) == {"car": False}


def test_choice_that_is_full_is_refused_beside_it(asking: Event, client: ReviewingClient) -> None:
    factories.order(asking, answering(1, lunch=["soup"], car=False))
    (bob,) = factories.order(asking, answering(2, car=False)).registrations
    response = client.post(f"/u/{bob.link_token}/zmena", data={"q_lunch": "soup", "q_car": "no"})
    assert response.status_code == 409
    assert error_beside(response.get_data(as_text=True), "q_lunch")


def test_answers_to_questions_that_are_gone_ask_for_another_look(asking: Event, client: ReviewingClient) -> None:
    (ada,) = factories.order(asking, answering(1, car=False)).registrations
    response = client.post(f"/en/u/{ada.link_token}/zmena", data={"q_car": "yes", "q_gone": "x"})
    assert response.status_code == 422
    assert "The questions have changed" in text_of(response)


def test_answers_cannot_be_changed_after_their_date(asking: Event, client: ReviewingClient, travel: Travel) -> None:
    (ada,) = factories.order(asking, answering(1, car=False)).registrations
    with transaction() as session:
        session.get_one(Event, asking.id).changes_close_at = datetime(2025, 4, 20, tzinfo=UTC)
    travel(datetime(2025, 4, 20, 12, 0, tzinfo=UTC))
    for address in (f"/u/{ada.link_token}/zmena", f"/p/{ada.order.link_token}/odpovedi"):
        assert client.get(address).status_code == 409
        assert client.post(address, data={"q_car": "yes", "q_parking": "x"}).status_code == 409
    html = client.get(f"/u/{ada.link_token}").get_data(as_text=True)
    assert f"/u/{ada.link_token}/zmena" not in html
    assert f"/u/{ada.link_token}/odhlaseni" in html


def test_nobody_answers_for_those_who_do_not_come(asking: Event, client: ReviewingClient) -> None:
    (ada,) = factories.order(asking, answering(1, car=False)).registrations
    cancel([ada], by=factories.OLGA_EMAIL)
    for address in (f"/u/{ada.link_token}/zmena", f"/p/{ada.order.link_token}/odpovedi"):
        assert client.post(address, data={"q_car": "yes", "q_parking": "x"}).status_code == 409


def test_where_nothing_is_asked_there_is_nothing_to_change(workshop: Event, client: ReviewingClient) -> None:
    (ada,) = factories.crowd(workshop, 1)
    for address in (f"/u/{ada.link_token}/zmena", f"/p/{ada.order.link_token}/odpovedi"):
        assert (client.get(address).status_code, client.post(address).status_code) == (404, 404)


def test_whoever_waits_sees_full_choices_as_others_do(app: Flask, at_demo_day: None, client: ReviewingClient) -> None:
    event = factories.workshop(capacity=1)
    ask(event.id, "lunch", QuestionKind.CHOICES, ("soup", 1))
    factories.order(event, answering(1, lunch=["soup"]))
    (bob,) = factories.order(event, answering(2, lunch=["soup"])).registrations
    assert "disabled" in client.get(f"/u/{bob.link_token}/zmena").get_data(as_text=True)
