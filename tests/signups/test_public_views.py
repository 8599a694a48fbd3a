"""The page of an order and a person's own: what they show, and that looking changes nothing."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from registration.core.clock import PRAGUE
from registration.core.db import Base, db, transaction
from registration.events.models import Audience, Event, QuestionKind, QuestionScope, TicketType
from registration.signups.models import CancellationKind, Registration
from registration.signups.operations import Orderer, Person, cancel, lapse_offers
from tests import factories
from tests.factories import ADA, BOB
from tests.papers import qr_codes_of
from tests.papers import text_of as text_of_pdf
from tests.queries import count_queries
from tests.reviewing import ReviewingClient
from tests.signups.places import offered, set_prices, text_of
from tests.signups.sign_up_forms import ADDRESS, ask

CHANGES = ("odhlaseni", "nabidka", "zmena", "ucastnik", "varianta")
OWN_FILES = ("vstupenka.pdf", "kalendar.ics", "pripojit/ai-online-1")


def contents() -> dict[str, list[object]]:
    """Return every row of every table."""
    db.session.rollback()
    return {table.name: list(db.session.execute(table.select())) for table in Base.metadata.sorted_tables}


def addresses(person: str, order: str) -> list[str]:
    """Return everything there is behind the links of a person and of their order."""
    own = [f"/u/{person}/{name}" for name in (*CHANGES, *OWN_FILES)]
    colleague = [f"/p/{order}/1/{name}" for name in CHANGES]
    whole = [f"/p/{order}/{name}" for name in ("odhlaseni", "nabidka", "odpovedi", "kalendar.ics")]
    return [f"/u/{person}", *own, f"/p/{order}", *colleague, *whole]


def test_strangers_links_lead_nowhere(academy: Event, client: ReviewingClient) -> None:
    ada = factories.registration(academy)
    ask(academy.id, "diet", QuestionKind.TEXT)
    order = ada.order.link_token
    wrong = order[:-1] + ("A" if order[-1] != "A" else "B")
    for person_token, order_token in ((wrong, wrong), (order, ada.link_token)):
        for address in addresses(person_token, order_token):
            assert client.get(address).status_code == 404, address
            if not address.endswith((".pdf", ".ics", "online-1")) and address.count("/") > 2:
                assert client.post(address).status_code == 404, address
    assert client.get("/p/").status_code == 404


def test_orders_link_reaches_only_its_own_people(academy: Event, client: ReviewingClient) -> None:
    order = factories.order(academy, ADA, BOB)
    factories.crowd(academy, 3, "SETKANI")
    for number in (0, 3, 99):
        for change in CHANGES:
            address = f"/p/{order.link_token}/{number}/{change}"
            assert (client.get(address).status_code, client.post(address).status_code) == (404, 404), address


def test_wrong_method_is_refused(academy: Event, client: ReviewingClient) -> None:
    ada = factories.registration(academy)
    for address in addresses(ada.link_token, ada.order.link_token):
        assert client.put(address).status_code == 405, address
        assert client.delete(address).status_code == 405, address
    for address in (f"/u/{ada.link_token}", f"/p/{ada.order.link_token}"):
        assert client.post(address).status_code == 405


def test_page_of_a_link_that_leads_nowhere_offers_to_send_the_right_one(
    academy: Event, client: ReviewingClient
) -> None:
    page = client.get("/en/u/gone?hotovo=odhlaseni")
    assert page.status_code == 404
    assert 'action="/en/moje"' in page.get_data(as_text=True)
    assert "The cancellation is done" not in text_of(page)


def test_personal_pages_stay_out_of_caches_and_search(academy: Event, client: ReviewingClient) -> None:
    ada = factories.registration(academy)
    ask(academy.id, "diet", QuestionKind.TEXT)
    ask(academy.id, "parking", QuestionKind.TEXT, scope=QuestionScope.ORDER)
    for address in addresses(ada.link_token, ada.order.link_token):
        response = client.get(address)
        assert response.status_code in {200, 409}, address
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in response.headers


@pytest.mark.slow
def test_no_get_changes_anything(academy: Event, client: ReviewingClient) -> None:
    ada = factories.registration(academy)
    ask(academy.id, "diet", QuestionKind.TEXT)
    waiting, _ = offered(2)
    before = contents()
    for address in (
        "/",
        ADDRESS,
        "/moje?email=ada@hornilhota.example",
        *addresses(ada.link_token, ada.order.link_token),
        *addresses(waiting.link_token, waiting.order.link_token),
    ):
        for method in ("GET", "HEAD"):
            client.open(f"{address}?hotovo=odhlaseni&odpoved=prijmout&ticket_type=OBOJI", method=method)
    assert contents() == before


def test_person_gets_page_ticket_and_calendar(academy: Event, client: ReviewingClient) -> None:
    ada = factories.registration(academy)
    page = client.get(f"/u/{ada.link_token}").get_data(as_text=True)
    assert ada.short_code in page.replace("\u00a0", " ")
    pdf = client.get(f"/u/{ada.link_token}/vstupenka.pdf")
    assert pdf.mimetype == "application/pdf"
    assert qr_codes_of(pdf.data) == [ada.ticket_code]
    assert "26. března 2025" in text_of_pdf(pdf.data)
    calendar = client.get(f"/u/{ada.link_token}/kalendar.ics").data
    assert calendar.count(b"BEGIN:VEVENT") == 3
    assert client.get(f"/p/{ada.order.link_token}/kalendar.ics").data.count(b"BEGIN:VEVENT") == 3


def test_order_shows_everybody_and_leads_to_their_pages(academy: Event, client: ReviewingClient) -> None:
    order = factories.order(academy, ADA, BOB)
    page = client.get(f"/en/p/{order.link_token}")
    words, html = text_of(page), page.get_data(as_text=True)
    assert "2 places are confirmed." in words
    for person in order.registrations:
        assert person.short_code in words
        assert f'href="/en/u/{person.link_token}"' in html
        assert f'href="/en/p/{order.link_token}/{person.position}/ucastnik"' in html
        assert f'href="/en/p/{order.link_token}/{person.position}/odhlaseni"' in html


def test_colleague_sees_nothing_of_the_others(academy: Event, client: ReviewingClient) -> None:
    order = factories.order(academy, ADA, BOB)
    ask(academy.id, "diet", QuestionKind.TEXT)
    ada, bob = order.registrations
    for address in addresses(bob.link_token, "")[: 1 + len(CHANGES)]:
        html = client.get(address).get_data(as_text=True)
        for secret in (order.link_token, ada.link_token, ada.short_code, ada.family_name, ada.email):
            assert secret not in html.replace("\u00a0", " "), (address, secret)


def test_cancelled_person_sees_it_and_has_no_sessions_in_the_calendar(academy: Event, client: ReviewingClient) -> None:
    ada = factories.registration(academy)
    cancel([ada], by=factories.OLGA_EMAIL)
    page = text_of(client.get(f"/en/u/{ada.link_token}"))
    assert "Registration cancelled" in page
    assert "The QR code is no longer valid." in page
    assert ada.short_code not in page
    assert b"VEVENT" not in client.get(f"/u/{ada.link_token}/kalendar.ics").data
    assert client.get(f"/u/{ada.link_token}/vstupenka.pdf").status_code == 409
    assert "The whole registration is cancelled." in text_of(client.get(f"/en/p/{ada.order.link_token}"))


def test_whoever_waits_sees_their_position_and_what_will_happen(
    app: Flask, at_demo_day: None, client: ReviewingClient
) -> None:
    event = factories.workshop(capacity=2)
    factories.crowd(event, 4)
    order = factories.order(event, factories.person(10), factories.person(11))
    ada, bob = order.registrations
    page = text_of(client.get(f"/en/u/{bob.link_token}"))
    assert "On the waiting list, number 4" in page
    assert "it is confirmed at once" in page
    order_page = text_of(client.get(f"/en/p/{order.link_token}"))
    assert "number 3" in order_page
    assert "number 4" in order_page
    assert "2 people are on the waiting list." in order_page
    assert client.get(f"/u/{ada.link_token}/vstupenka.pdf").status_code == 409


def test_offer_shows_its_deadline_and_two_buttons(app: Flask, at_demo_day: None, client: ReviewingClient) -> None:
    ada, bob = offered(2)
    page = client.get(f"/u/{ada.link_token}")
    assert "12. 3. 2025 9:0" in text_of(page)
    for address, target in ((f"/u/{ada.link_token}", "/u/"), (f"/p/{ada.order.link_token}", "/p/")):
        html = client.get(address).get_data(as_text=True)
        assert f'action="{target}' in html
        assert 'value="prijmout"' in html
        assert 'value="odmitnout"' in html
    assert f'href="/p/{bob.order.link_token}/2/nabidka"' in client.get(f"/p/{bob.order.link_token}").get_data(True)


def test_offer_nobody_has_answered_has_no_buttons_even_before_it_is_taken_back(
    app: Flask, at_demo_day: None, client: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    (ada,) = offered()
    travel(datetime(2025, 3, 12, 9, 5, tzinfo=PRAGUE))
    page = client.get(f"/en/u/{ada.link_token}")
    assert "The offer held until" in text_of(page)
    assert 'value="prijmout"' not in page.get_data(as_text=True)
    lapse_offers(ada.event_id)
    assert "The offer has lapsed" in text_of(client.get(f"/en/u/{ada.link_token}"))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (CancellationKind.CANCELLED, "Registration cancelled"),
        (CancellationKind.DECLINED, "The offer was declined"),
        (CancellationKind.LAPSED, "The offer has lapsed"),
        (CancellationKind.REFUSED, "Not approved"),
        (CancellationKind.EVENT_CANCELLED, "The event is cancelled"),
    ],
)
def test_each_end_of_a_place_has_its_own_words(
    academy: Event, client: ReviewingClient, kind: CancellationKind, words: str
) -> None:
    ada = factories.registration(academy)
    cancel([ada], by=factories.OLGA_EMAIL, kind=kind)
    for address in (f"/en/u/{ada.link_token}", f"/en/p/{ada.order.link_token}"):
        assert words in text_of(client.get(address))


def test_applicant_waits_for_the_organizer(academy: Event, client: ReviewingClient) -> None:
    with transaction() as session:
        session.get_one(Event, academy.id).needs_approval = True
    ada = factories.registration(academy)
    assert "Waits for approval" in text_of(client.get(f"/en/u/{ada.link_token}"))
    assert "One registration waits for approval." in text_of(client.get(f"/en/p/{ada.order.link_token}"))


def test_price_is_shown_for_each_and_together(academy: Event, client: ReviewingClient) -> None:
    set_prices(academy, member_haler=150000, other_haler=220000)
    orderer = Orderer(name="Ada", email=ADA.email, organisation="Knihovna Jinde")
    order = factories.order(academy, ADA, BOB, orderer=orderer)
    page = text_of(client.get(f"/en/p/{order.link_token}"))
    assert page.count("2 200 Kč") == 2
    assert "4 400 Kč" in page
    assert page.count("the organizer will check the price") == 2
    assert "2 200 Kč" in text_of(client.get(f"/en/u/{order.registrations[0].link_token}"))


def test_price_of_a_library_from_the_directory_need_not_be_checked(academy: Event, client: ReviewingClient) -> None:
    set_prices(academy, member_haler=150000, other_haler=220000)
    page = text_of(client.get(f"/en/p/{factories.order(academy).link_token}"))
    assert "1 500 Kč" in page
    assert "will check" not in page


def test_library_that_takes_a_ticket_for_students_is_told_so(academy: Event, client: ReviewingClient) -> None:
    with transaction() as session:
        for ticket_type in session.query(TicketType).filter_by(event_id=academy.id):
            ticket_type.audience = Audience.STUDENTS
    ada = factories.registration(academy)
    eve = factories.order(academy, BOB, orderer=Orderer(name="Eva", email="eva@x.example")).registrations[0]
    assert "is for students" in text_of(client.get(f"/en/p/{ada.order.link_token}"))
    assert "is for students" in text_of(client.get(f"/en/u/{ada.link_token}"))
    assert "is for students" not in text_of(client.get(f"/en/u/{eve.link_token}"))


def test_what_can_be_done_is_offered_until_the_programme_begins(
    app: Flask, at_demo_day: None, client: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    (ada,) = factories.crowd(factories.workshop(), 1)
    person, order = f"/en/u/{ada.link_token}", f"/en/p/{ada.order.link_token}"
    html = client.get(person).get_data(as_text=True)
    assert all(f'href="{person}/{change}"' in html for change in ("odhlaseni", "ucastnik", "udaje"))
    assert f'href="{person}/varianta"' not in html  # there is no other
    assert f'href="{person}/zmena"' not in html  # nothing is asked
    assert f'href="{order}/odhlaseni"' in client.get(order).get_data(as_text=True)
    travel(datetime(2025, 4, 23, 9, 0, tzinfo=PRAGUE))
    page = client.get(person)
    assert f'href="{person}/odhlaseni"' not in page.get_data(as_text=True)
    assert "The programme has begun" in text_of(page)
    assert f'href="{order}/odhlaseni"' not in client.get(order).get_data(as_text=True)


def test_whoever_still_waits_when_the_programme_begins_is_told(
    app: Flask, at_demo_day: None, client: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    *_, last = factories.crowd(factories.workshop(capacity=1), 2)
    travel(datetime(2025, 4, 23, 9, 0, tzinfo=PRAGUE))
    for address in (f"/en/u/{last.link_token}", f"/en/p/{last.order.link_token}"):
        assert "nobody comes from the waiting list any more" in text_of(client.get(address))


def test_sentence_of_what_has_happened_comes_from_a_fixed_list(academy: Event, client: ReviewingClient) -> None:
    ada = factories.registration(academy)
    page = f"/en/u/{ada.link_token}"
    assert "The answers are saved." in text_of(client.get(f"{page}?hotovo=odpovedi"))
    assert client.get(f"{page}?hotovo=<b>x").get_data(as_text=True).count("<b>x") == 0


@pytest.mark.parametrize("capacity", [20, 1])
def test_order_of_three_costs_as_many_queries_as_of_one(
    app: Flask, at_demo_day: None, client: ReviewingClient, capacity: int
) -> None:
    event = factories.workshop(capacity=capacity)
    factories.crowd(event, 1)
    one = factories.order(event, factories.person(10))
    three = factories.order(event, *map(factories.person, range(11, 14)))
    counts = []
    for address in (f"/p/{one.link_token}", f"/p/{three.link_token}"):
        with count_queries() as counter:
            client.get(address)
        counts.append(counter.count)
    assert counts[0] == counts[1]
    assert counts[0] <= 6


def test_markup_in_names_is_shown_as_text(academy: Event, client: ReviewingClient) -> None:
    order = factories.order(academy, Person(**{**factories.ADA.__dict__, "given_name": "A&B 'x' \"y\""}))
    html = client.get(f"/p/{order.link_token}").get_data(as_text=True)
    assert "A&amp;B" in html


def test_erased_person_has_no_links_in_the_order(academy: Event, client: ReviewingClient) -> None:
    order = factories.order(academy, ADA, BOB)
    bob = order.registrations[1]
    with transaction() as session:
        erased = session.get_one(Registration, bob.id)
        erased.given_name = erased.family_name = ""
        erased.erased_at = datetime(2025, 3, 10, tzinfo=PRAGUE)
    html = client.get(f"/p/{order.link_token}").get_data(as_text=True)
    assert f"/p/{order.link_token}/1/odhlaseni" in html
    assert f"/p/{order.link_token}/2/odhlaseni" not in html
