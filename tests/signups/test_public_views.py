import re
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import func, select

from registration.core.clock import PRAGUE
from registration.core.db import Base, db
from registration.events.models import Event
from registration.events.operations import take_places
from registration.signups.models import Order, Registration
from registration.signups.operations import Person, cancel_registration
from tests import factories
from tests.papers import qr_codes_of, text_of
from tests.reviewing import ReviewingClient

ADDRESS = "/akce/setkani-sekce-ai-v-praxi-manazera/prihlaska"
FILLED_IN = {
    "orderer_name": "Květoslava Řeháková",
    "orderer_email": "rehakova@hornilhota.example",
    "organisation": "Městská knihovna Horní Lhota",
    "people-0-given_name": "Květoslava",
    "people-0-family_name": "Řeháková",
    "people-0-email": "rehakova@hornilhota.example",
    "people-0-ticket_type": "AI",
}
COLLEAGUE = {
    "people-1-title_before": "Ing.",
    "people-1-given_name": "Jan",
    "people-1-family_name": "Žďárský",
    "people-1-title_after": "Ph.D.",
    "people-1-email": "zdarsky@hornilhota.example",
    "people-1-ticket_type": "OBOJI",
}


def count_orders() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Order)) or 0


def contents() -> dict[str, list[object]]:
    """Return every row of every table."""
    db.session.rollback()
    return {table.name: list(db.session.execute(table.select())) for table in Base.metadata.sorted_tables}


def error_beside(html: str, field: str) -> str:
    """Return the sentence that stands beside a field."""
    found = re.search(rf'id="{re.escape(field)}-err(?:or)?"[^>]*>(.*?)</p>', html, re.DOTALL)
    assert found, f"no error beside {field}"
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).replace("\u00a0", " ").split())


def test_good_order_leads_to_its_own_page(academy: Event, client: ReviewingClient) -> None:
    response = client.post(ADDRESS, data=FILLED_IN)
    assert response.status_code == 303
    assert re.fullmatch(r"/p/[A-Za-z0-9_-]{24}", response.location)
    page = client.get(response.location)
    html = page.get_data(as_text=True)
    assert "Květoslava Řeháková" in html
    assert "2025/SAI/P-0001" in html
    assert "Set-Cookie" not in page.headers


def test_colleagues_go_into_one_order(academy: Event, client: ReviewingClient) -> None:
    response = client.post(ADDRESS, data={**FILLED_IN, **COLLEAGUE})
    html = client.get(response.location).get_data(as_text=True).replace("\u00a0", " ")
    assert "Ing. Jan Žďárský, Ph.D." in html
    assert count_orders() == 1
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 2


@pytest.mark.parametrize("field", list(FILLED_IN))
def test_missing_field_gets_a_message_beside_it_and_keeps_the_rest(
    academy: Event, client: ReviewingClient, field: str
) -> None:
    given = {name: value for name, value in FILLED_IN.items() if name != field}
    response = client.post(ADDRESS, data=given)
    html = response.get_data(as_text=True)
    assert response.status_code == 422
    assert error_beside(html, field)
    assert f'href="#{field}"' in html
    for name, value in given.items():
        assert f'value="{value}"' in html, name
    assert count_orders() == 0


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("people-0-email", "rehakova.hornilhota.example", "Chybí zavináč"),
        ("orderer_email", "a@b", "není e-mailová adresa"),
        ("orderer_email", "a b@c.example", "není e-mailová adresa"),
        ("people-0-family_name", "x" * 101, "dlouh"),
        ("people-0-given_name", "Buy https://spam.example", "jen jméno"),
        ("people-0-title_before", "<b>", "jen jméno"),
        ("people-0-given_name", "\u200b", "jen jméno"),
        ("people-0-family_name", "a\u202eb", "jen jméno"),
        ("people-0-email", "jiří@knihovna.example", "není e-mailová adresa"),
    ],
)
def test_bad_value_is_named(academy: Event, client: ReviewingClient, field: str, value: str, words: str) -> None:
    response = client.post(ADDRESS, data={**FILLED_IN, field: value})
    assert response.status_code == 422
    assert words in error_beside(response.get_data(as_text=True), field)
    assert count_orders() == 0


def test_unknown_ticket_type_is_refused_beside_the_choice(academy: Event, client: ReviewingClient) -> None:
    response = client.post(ADDRESS, data={**FILLED_IN, "people-0-ticket_type": "VIP"})
    assert response.status_code == 409
    assert error_beside(response.get_data(as_text=True), "people-0-ticket_type")


def test_full_ticket_type_answers_kindly_and_keeps_what_was_filled_in(academy: Event, client: ReviewingClient) -> None:
    brno = next(session for session in academy.sessions if session.code == "ai-brno")
    take_places({}, {brno.id: 29})
    response = client.post(ADDRESS, data={**FILLED_IN, **COLLEAGUE})
    html = response.get_data(as_text=True)
    assert response.status_code == 409
    assert "není dost volných míst" in error_beside(html, "people-0-ticket_type")
    assert 'value="zdarsky@hornilhota.example"' in html
    assert count_orders() == 0


def test_event_that_is_full_shows_a_kind_page_instead_of_the_form(academy: Event, client: ReviewingClient) -> None:
    take_places({}, {session.id: session.capacity or 0 for session in academy.sessions})
    response = client.get(ADDRESS)
    assert response.status_code == 409
    assert "Všechna místa jsou obsazená" in response.get_data(as_text=True).replace("\u00a0", " ")
    assert client.post(ADDRESS, data=FILLED_IN).status_code == 409


def test_person_is_added_and_removed_without_losing_a_letter(academy: Event, client: ReviewingClient) -> None:
    html = client.post(ADDRESS, data={**FILLED_IN, "add": "1"}).get_data(as_text=True)
    assert 'name="people-1-given_name"' in html
    assert 'value="Květoslava"' in html
    html = client.post(ADDRESS, data={**FILLED_IN, **COLLEAGUE, "remove": "0"}).get_data(as_text=True)
    assert 'name="people-1-given_name"' not in html
    assert 'value="Žďárský"' in html
    assert count_orders() == 0


def test_last_person_cannot_be_removed_for_good(academy: Event, client: ReviewingClient) -> None:
    html = client.post(ADDRESS, data={**FILLED_IN, "remove": "0"}).get_data(as_text=True)
    assert 'name="people-0-given_name"' in html


def test_more_than_twenty_people_are_not_taken(academy: Event, client: ReviewingClient) -> None:
    people = {
        f"people-{number}-{name}": value
        for number in range(21)
        for name, value in (("given_name", "A"), ("family_name", "B"), ("email", "a@b.example"), ("ticket_type", "AI"))
    }
    response = client.post(ADDRESS, data={**FILLED_IN, **people})
    assert response.status_code == 422
    assert count_orders() == 0


def test_event_with_one_ticket_type_need_not_be_told_which(academy: Event, client: ReviewingClient) -> None:
    given = {name: value for name, value in FILLED_IN.items() if not name.endswith("ticket_type")}
    assert client.post("/akce/library-advocacy-v-praxi/prihlaska", data=given).status_code == 303


def test_order_of_an_english_visitor_is_english(academy: Event, client: ReviewingClient) -> None:
    response = client.post(f"/en{ADDRESS}", data=FILLED_IN)
    assert response.location.startswith("/en/p/")
    assert db.session.scalars(select(Order.language)).all() == ["en"]


def test_strangers_links_lead_nowhere(academy: Event, client: ReviewingClient) -> None:
    token = factories.order(academy).link_token
    wrong = token[:-1] + ("A" if token[-1] != "A" else "B")
    for address in (f"/p/{wrong}", f"/u/{token}", f"/u/{wrong}/vstupenka.pdf", f"/p/{wrong}/kalendar.ics", "/p/"):
        assert client.get(address).status_code == 404


def test_personal_pages_stay_out_of_caches_and_search(academy: Event, client: ReviewingClient) -> None:
    order = factories.order(academy)
    for address in (f"/p/{order.link_token}", f"/u/{order.registrations[0].link_token}"):
        headers = client.get(address).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Robots-Tag"] == "noindex"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_person_gets_page_ticket_and_calendar(academy: Event, client: ReviewingClient) -> None:
    ada = factories.registration(academy)
    page = client.get(f"/u/{ada.link_token}").get_data(as_text=True)
    assert ada.short_code in page.replace("\u00a0", " ")
    pdf = client.get(f"/u/{ada.link_token}/vstupenka.pdf")
    assert pdf.mimetype == "application/pdf"
    assert qr_codes_of(pdf.data) == [ada.ticket_code]
    assert "26. března 2025" in text_of(pdf.data)
    calendar = client.get(f"/u/{ada.link_token}/kalendar.ics").data
    assert calendar.count(b"BEGIN:VEVENT") == 3
    assert client.get(f"/p/{ada.order.link_token}/kalendar.ics").data.count(b"BEGIN:VEVENT") == 3


def test_cancelled_person_sees_it_and_has_no_sessions_in_the_calendar(academy: Event, client: ReviewingClient) -> None:
    ada = factories.registration(academy)
    cancel_registration(ada, by=factories.OLGA_EMAIL)
    page = client.get(f"/u/{ada.link_token}").get_data(as_text=True)
    assert "rušen" in page
    assert b"VEVENT" not in client.get(f"/u/{ada.link_token}/kalendar.ics").data
    assert client.get(f"/u/{ada.link_token}/vstupenka.pdf").status_code == 409


def test_no_get_changes_anything(academy: Event, client: ReviewingClient) -> None:
    ada = factories.registration(academy)
    before = contents()
    person, order = f"/u/{ada.link_token}", f"/p/{ada.order.link_token}"
    for address in ("/", ADDRESS, person, order, f"{person}/kalendar.ics", f"{person}/vstupenka.pdf"):
        for method in ("GET", "HEAD"):
            client.open(address, method=method)
    assert contents() == before


def test_markup_in_names_is_shown_as_text(academy: Event, client: ReviewingClient) -> None:
    order = factories.order(academy, Person(**{**factories.ADA.__dict__, "given_name": "A&B 'x' \"y\""}))
    html = client.get(f"/p/{order.link_token}").get_data(as_text=True)
    assert "A&amp;B" in html


def test_way_to_the_meeting_opens_half_an_hour_before(
    academy: Event, client: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    ada = factories.registration(academy)
    address = f"/u/{ada.link_token}/pripojit/ai-online-1"
    assert client.get(address).status_code == 409
    assert "meeting.example" not in client.get(f"/u/{ada.link_token}").get_data(as_text=True)
    travel(datetime(2025, 4, 2, 8, 30, tzinfo=PRAGUE))
    response = client.get(address)
    assert (response.status_code, response.location) == (303, "https://meeting.example/ai-1")


def test_nobody_without_a_place_is_led_to_the_meeting(
    academy: Event, client: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    ada, bob = factories.registration(academy), factories.registration(academy, "SETKANI")
    cancel_registration(ada, by=factories.OLGA_EMAIL)
    travel(datetime(2025, 4, 2, 9, 0, tzinfo=PRAGUE))
    for person in (ada, bob):
        assert client.get(f"/u/{person.link_token}/pripojit/ai-online-1").status_code == 404
    assert client.get(f"/u/{bob.link_token}/pripojit/setkani").status_code == 404
