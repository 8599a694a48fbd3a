"""People cancel, answer offers and take other ticket types by themselves."""

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from registration.core.clock import PRAGUE
from registration.core.db import db, transaction
from registration.events.models import Audience, Event, TicketType, WaitingListMode
from registration.signups.models import (
    Cancellation,
    CancellationKind,
    RegistrationStatus,
)
from registration.signups.operations import Orderer, cancel
from tests import factories
from tests.factories import ADA, BOB
from tests.reviewing import ReviewingClient
from tests.signups.places import kinds, offered, set_prices, statuses, text_of

EVE = {"given_name": "Eva", "family_name": "Nová", "email": "eva@hornilhota.example", "title_before": "Mgr."}
START = datetime(2025, 4, 23, 9, 0, tzinfo=PRAGUE)

Travel = Callable[[datetime], None]


@pytest.fixture
def workshop(app: Flask, at_demo_day: None) -> Event:
    return factories.workshop()


def test_person_is_asked_before_cancelling_and_told_what_happens(academy: Event, client: ReviewingClient) -> None:
    ada = factories.registration(academy)
    page = client.get(f"/en/u/{ada.link_token}/odhlaseni")
    words = text_of(page)
    assert page.status_code == 200
    assert "Ing. Ada Žďárská, Ph.D." in words
    assert "26 March" in words
    assert "The place goes to the first on the waiting list" in words
    assert "The QR code stops working." in words
    assert f'href="/en/u/{ada.link_token}/ucastnik"' in page.get_data(as_text=True)
    assert statuses(ada) == [RegistrationStatus.CONFIRMED]


def test_person_cancels_and_a_second_click_changes_nothing(academy: Event, client: ReviewingClient) -> None:
    ada = factories.registration(academy)
    address = f"/u/{ada.link_token}"
    for _ in range(2):
        response = client.post(f"{address}/odhlaseni")
        assert (response.status_code, response.location) == (303, f"{address}?hotovo=odhlaseni")
    assert statuses(ada) == [RegistrationStatus.CANCELLED]
    assert db.session.scalars(select(Cancellation.cancelled_by)).all() == [ADA.email]
    assert kinds().count("place_cancelled") == 1
    assert client.get(f"{address}/odhlaseni").status_code == 409


def test_orderer_cancels_one_of_several(academy: Event, client: ReviewingClient) -> None:
    order = factories.order(academy, ADA, BOB)
    ada, bob = order.registrations
    response = client.post(f"/p/{order.link_token}/2/odhlaseni")
    assert response.location == f"/p/{order.link_token}?hotovo=odhlaseni"
    assert statuses(ada, bob) == [RegistrationStatus.CONFIRMED, RegistrationStatus.CANCELLED]
    assert db.session.scalars(select(Cancellation.cancelled_by)).all() == [ADA.email]


def test_orderer_cancels_all_who_are_still_in(workshop: Event, client: ReviewingClient) -> None:
    order = factories.order(workshop, *map(factories.person, range(3)))
    cancel(order.registrations[:1], by=factories.OLGA_EMAIL)
    page = text_of(client.get(f"/en/p/{order.link_token}/odhlaseni"))
    assert "Číslo 0" not in page
    assert "Cancel for 2 people" in page
    client.post(f"/p/{order.link_token}/odhlaseni")
    assert set(statuses(*order.registrations)) == {RegistrationStatus.CANCELLED}


def test_those_whose_programme_has_begun_stay_when_all_are_cancelled(
    academy: Event, client: ReviewingClient, travel: Travel
) -> None:
    early, late = factories.order(academy, factories.person(1, "SETKANI"), factories.person(2, "AI")).registrations
    address = f"/en/p/{early.order.link_token}/odhlaseni"
    travel(datetime(2025, 3, 25, 12, 0, tzinfo=PRAGUE))
    assert "For some the programme has begun" in text_of(client.get(address))
    assert client.post(address).status_code == 303
    assert statuses(early, late) == [RegistrationStatus.CONFIRMED, RegistrationStatus.CANCELLED]


def test_nobody_cancels_once_the_programme_has_begun(workshop: Event, client: ReviewingClient, travel: Travel) -> None:
    (ada,) = factories.crowd(workshop, 1)
    travel(START)
    for address in (f"/u/{ada.link_token}/odhlaseni", f"/p/{ada.order.link_token}/odhlaseni"):
        assert client.get(address).status_code == 409
        response = client.post(address)
        assert response.status_code == 409
        assert "<form" not in response.get_data(as_text=True).partition("<main")[2]
    assert statuses(ada) == [RegistrationStatus.CONFIRMED]


def test_whoever_waits_leaves_the_line(app: Flask, at_demo_day: None, client: ReviewingClient) -> None:
    _, bob = factories.crowd(factories.workshop(capacity=1), 2)
    page = text_of(client.get(f"/en/u/{bob.link_token}/odhlaseni"))
    assert "Leave the waiting list?" in page
    assert "Whoever waits loses the position" in page
    client.post(f"/u/{bob.link_token}/odhlaseni")
    assert statuses(bob) == [RegistrationStatus.CANCELLED]


def test_applicant_withdraws(workshop: Event, client: ReviewingClient) -> None:
    with transaction() as session:
        session.get_one(Event, workshop.id).needs_approval = True
        session.get_one(Event, workshop.id).waiting_list = WaitingListMode.NONE
    (ada,) = factories.crowd(workshop, 1)
    assert "Withdraw the application?" in text_of(client.get(f"/en/u/{ada.link_token}/odhlaseni"))
    client.post(f"/u/{ada.link_token}/odhlaseni")
    assert statuses(ada) == [RegistrationStatus.CANCELLED]


def test_place_without_a_waiting_list_becomes_free_for_others(workshop: Event, client: ReviewingClient) -> None:
    with transaction() as session:
        session.get_one(Event, workshop.id).waiting_list = WaitingListMode.NONE
    (ada,) = factories.crowd(workshop, 1)
    assert "The place becomes free for others." in text_of(client.get(f"/en/u/{ada.link_token}/odhlaseni"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "word", "status"),
    [
        ("prijmout", "prijato", RegistrationStatus.CONFIRMED),
        ("odmitnout", "odmitnuto", RegistrationStatus.CANCELLED),
    ],
)
def test_offer_is_answered_once(
    app: Flask, at_demo_day: None, client: ReviewingClient, answer: str, word: str, status: RegistrationStatus
) -> None:
    (ada,) = offered()
    address = f"/u/{ada.link_token}"
    assert "A place has become free" in text_of(client.get(f"/en{address}/nabidka"))
    for _ in range(2):
        response = client.post(f"{address}/nabidka", data={"odpoved": answer})
        assert (response.status_code, response.location) == (303, f"{address}?hotovo={word}")
    assert statuses(ada) == [status]
    other = {"prijmout": "odmitnout", "odmitnout": "prijmout"}[answer]
    late = client.post(f"/en{address}/nabidka", data={"odpoved": other})
    assert late.status_code == 409
    assert "This offer of a place is over." in text_of(late)
    assert statuses(ada) == [status]


def test_all_offers_of_an_order_are_answered_at_once_or_one_by_one(
    app: Flask, at_demo_day: None, client: ReviewingClient
) -> None:
    first, second, third = offered(3)
    order = f"/p/{first.order.link_token}"
    assert "3 places have become free" in text_of(client.get(f"/en{order}/nabidka"))
    client.post(f"{order}/2/nabidka", data={"odpoved": "odmitnout"})
    client.post(f"{order}/nabidka", data={"odpoved": "prijmout"})
    assert statuses(first, second, third) == [
        RegistrationStatus.CONFIRMED,
        RegistrationStatus.CANCELLED,
        RegistrationStatus.CONFIRMED,
    ]


def test_offer_cannot_be_accepted_after_its_deadline(
    app: Flask, at_demo_day: None, client: ReviewingClient, travel: Travel
) -> None:
    (ada,) = offered()
    travel(datetime(2025, 3, 12, 9, 5, tzinfo=PRAGUE))
    assert client.get(f"/u/{ada.link_token}/nabidka").status_code == 409
    response = client.post(f"/en/u/{ada.link_token}/nabidka", data={"odpoved": "prijmout"})
    assert response.status_code == 409
    assert "The offer held until" in text_of(response)
    assert statuses(ada) == [RegistrationStatus.OFFERED]


@pytest.mark.parametrize("answer", [{}, {"odpoved": ""}, {"odpoved": "ano"}])
def test_answer_that_is_none_changes_nothing(
    app: Flask, at_demo_day: None, client: ReviewingClient, answer: dict[str, str]
) -> None:
    (ada,) = offered()
    assert client.post(f"/u/{ada.link_token}/nabidka", data=answer).status_code == 422
    assert statuses(ada) == [RegistrationStatus.OFFERED]


def test_whoever_was_offered_nothing_is_told_so(workshop: Event, client: ReviewingClient) -> None:
    (ada,) = factories.crowd(workshop, 1)
    assert client.get(f"/u/{ada.link_token}/nabidka").status_code == 409
    assert client.post(f"/u/{ada.link_token}/nabidka", data={"odpoved": "odmitnout"}).status_code == 409
    assert statuses(ada) == [RegistrationStatus.CONFIRMED]


def test_ticket_type_is_switched_with_its_price(academy: Event, client: ReviewingClient) -> None:
    set_prices(academy, member_haler=150000, other_haler=220000)
    ada = factories.registration(academy, "SETKANI")
    address = f"/u/{ada.link_token}"
    page = text_of(client.get(f"/en{address}/varianta"))
    assert "1 500 Kč" in page
    for _ in range(2):
        response = client.post(f"{address}/varianta", data={"ticket_type": "OBOJI"})
        assert (response.status_code, response.location) == (303, f"{address}?hotovo=varianta")
    db.session.rollback()
    assert ada.ticket_type.code == "OBOJI"
    assert kinds().count("place_changed") == 1


def test_full_ticket_type_cannot_be_chosen_and_is_refused_kindly(academy: Event, client: ReviewingClient) -> None:
    ada = factories.registration(academy, "SETKANI")
    factories.crowd(academy, 30, "AI")
    address = f"/en/u/{ada.link_token}/varianta"
    page = client.get(address)
    assert "No other ticket type has a free place now." in text_of(page)
    response = client.post(address, data={"ticket_type": "AI"})
    assert response.status_code == 409
    assert "Nothing has changed." in text_of(response)
    assert statuses(ada) == [RegistrationStatus.CONFIRMED]
    assert ada.ticket_type.code == "SETKANI"


def test_place_in_a_full_session_is_kept_when_switching(academy: Event, client: ReviewingClient) -> None:
    both = factories.registration(academy, "OBOJI")
    factories.crowd(academy, 29, "AI")
    (waiting,) = factories.crowd(academy, 1, "AI", first=40)
    html = client.get(f"/u/{both.link_token}/varianta").get_data(as_text=True)
    assert "disabled" not in html
    assert "disabled" in client.get(f"/u/{waiting.link_token}/varianta").get_data(as_text=True)
    assert client.post(f"/u/{both.link_token}/varianta", data={"ticket_type": "AI"}).status_code == 303


def test_whoever_waits_switches_to_what_has_room(academy: Event, client: ReviewingClient) -> None:
    factories.crowd(academy, 30, "AI")
    (waiting,) = factories.crowd(academy, 1, "AI", first=40)
    assert "the position on the waiting list is given up" in text_of(client.get(f"/en/u/{waiting.link_token}/varianta"))
    assert client.post(f"/u/{waiting.link_token}/varianta", data={"ticket_type": "SETKANI"}).status_code == 303
    assert statuses(waiting) == [RegistrationStatus.CONFIRMED]


def test_ticket_types_not_meant_for_somebody_are_neither_shown_nor_given(
    academy: Event, client: ReviewingClient
) -> None:
    eve = factories.order(
        academy,
        factories.person(1, "SETKANI"),
        orderer=Orderer(name="Eva", email="eva@x.example"),
    ).registrations[0]
    with transaction() as session:
        for code, audience in (("AI", Audience.MEMBERS), ("OBOJI", Audience.INVITED)):
            found = session.execute(select(TicketType).filter_by(event_id=academy.id, code=code)).scalar_one()
            found.audience = audience
    assert f"/u/{eve.link_token}/varianta" not in client.get(f"/u/{eve.link_token}").get_data(as_text=True)
    for code in ("AI", "OBOJI", "VIP", "x" * 10_000):
        response = client.post(f"/u/{eve.link_token}/varianta", data={"ticket_type": code})
        assert response.status_code in {409, 422}, code
    assert client.post(f"/u/{eve.link_token}/varianta").status_code == 422
    db.session.rollback()
    assert eve.ticket_type.code == "SETKANI"


def test_applicant_switches_to_anything(academy: Event, client: ReviewingClient) -> None:
    with transaction() as session:
        session.get_one(Event, academy.id).needs_approval = True
    ada = factories.registration(academy, "SETKANI")
    factories.take(academy.sessions[1], 30)
    assert "disabled" not in client.get(f"/u/{ada.link_token}/varianta").get_data(as_text=True)
    assert client.post(f"/u/{ada.link_token}/varianta", data={"ticket_type": "AI"}).status_code == 303


def test_cancelled_place_is_not_switched(academy: Event, client: ReviewingClient) -> None:
    ada = factories.registration(academy)
    cancel([ada], by=factories.OLGA_EMAIL, kind=CancellationKind.EVENT_CANCELLED)
    assert client.get(f"/u/{ada.link_token}/varianta").status_code == 409
    assert client.post(f"/u/{ada.link_token}/varianta", data={"ticket_type": "OBOJI"}).status_code == 409


@pytest.mark.parametrize(
    ("action", "sent", "word"),
    [
        ("odhlaseni", {}, "odhlaseni"),
        ("nabidka", {"odpoved": "prijmout"}, "prijato"),
        ("ucastnik", {"given_name": "Eva", "family_name": "Nová", "email": "eva@x.example"}, "ucastnik"),
    ],
)
def test_clicks_at_the_same_moment_count_once(
    app: Flask, at_demo_day: None, action: str, sent: dict[str, str], word: str
) -> None:
    (ada,) = offered()
    page, before = f"/p/{ada.order.link_token}", len(kinds())
    start = threading.Barrier(4, timeout=10)
    locations: list[str] = []

    def click() -> None:
        with app.app_context():
            client = app.test_client()
            start.wait()
            locations.append(client.post(f"{page}/1/{action}", data=sent).location)

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert locations == [f"{page}?hotovo={word}"] * 4
    assert len(kinds()) - before <= 3  # of one change: the person, whoever came before, the orderer
