"""A person's own data, seen and erased by whoever holds the link; and every page the name is gone from."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from registration.certificates import operations as certificates
from registration.certificates import rendering
from registration.certificates.queries import list_rules
from registration.checkin import operations as door
from registration.core.db import db
from registration.events.models import Event
from registration.mail.models import OutboxMessage
from registration.mail.tasks import deliver
from registration.privacy.queries import personal_data
from registration.signups import mails
from registration.signups.models import Registration, RegistrationStatus
from registration.signups.operations import cancel, substitute
from tests import factories
from tests.privacy import world
from tests.privacy.world import status
from tests.queries import count_queries
from tests.reviewing import ReviewingClient

pytestmark = pytest.mark.slow

Travel = Callable[[datetime], None]
OLGA = factories.OLGA_EMAIL


@pytest.fixture
def ada(academy: Event) -> Registration:
    """Sign Ada up, by herself."""
    return world.ada(academy)


@pytest.fixture
def certified(ada: Registration, academy: Event, travel: Travel) -> Registration:
    """Let Ada attend everything and get her certificates."""
    travel(world.AFTER_ALL)
    for session in academy.sessions:
        door.mark_present(session, [ada], reason="byla u toho", by=OLGA)
    for rule in list_rules(academy):
        for certificate in certificates.issue_certificates(rule, by=OLGA):
            rendering.render(certificate)
    deliver()
    return ada


def page_of(registration: Registration, page: str) -> str:
    return f"/u/{registration.link_token}/{page}"


def text_of(client: ReviewingClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.get_data(as_text=True).replace("\u00a0", " ")


def data_of(client: ReviewingClient, registration: Registration) -> dict[str, object]:
    response = client.get(page_of(registration, "udaje.json"))
    assert response.mimetype == "application/json"
    found: dict[str, object] = json.loads(response.get_data(as_text=True))
    return found


def test_page_shows_everything_that_is_stored(client: ReviewingClient, certified: Registration) -> None:
    html = text_of(client, page_of(certified, "udaje"))
    for word in (
        "PhDr. Adéla Vymazalová, CSc.",
        world.ADA.email,
        "Knihovna Zapomenutá Lhota",
        "Setkání i AI akademie",
        "Požadavek na stravu",
        "bez oříšků",
        "30. 4. 2025",  # when the diet is deleted
        "Hlavně příklady z praxe.",
        "byla u toho",
        "2025/SAI/0001",
        "2025/SAI/P-0001/1",
    ):
        assert word in html, word


def test_page_is_kept_from_caches_and_search_engines(client: ReviewingClient, ada: Registration) -> None:
    for page in ("udaje", "udaje.json", "vymazani"):
        response = client.get(page_of(ada, page))
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert "Set-Cookie" not in response.headers


def test_file_says_the_same_for_machines(client: ReviewingClient, certified: Registration) -> None:
    data = data_of(client, certified)
    assert data["registration"] == {
        "shelf_mark": "2025/SAI/P-0001/1",
        "state": "confirmed",
        "title_before": "PhDr.",
        "given_name": "Adéla",
        "family_name": "Vymazalová",
        "title_after": "CSc.",
        "email": world.ADA.email,
        "organisation": "Knihovna Zapomenutá Lhota",
        "ticket_type": "Setkání i AI akademie",
        "no_photo": False,
        "badge_printed_at": None,
        "price_haler": 0,
        "signed_up_at": certified.order.created_at.isoformat(),
        "waiting_since": None,
        "offered_at": None,
        "offer_expired_at": None,
        "confirmed_at": certified.confirmed_at.isoformat() if certified.confirmed_at else None,
        "cancelled_at": None,
        "cancellation": None,
        "cancellation_reason": "",
    }
    assert data["answers"] == [
        {"question": "Požadavek na stravu", "answer": "jiná", "value": "jina", "deleted_on": "2025-04-30"},
        {"question": "Jaká jiná strava", "answer": "bez oříšků", "value": "bez oříšků", "deleted_on": "2025-04-30"},
        {
            "question": "Co od akademie čekáte?",
            "answer": "Hlavně příklady z praxe.",
            "value": "Hlavně příklady z praxe.",
            "deleted_on": None,
        },
    ]
    assert isinstance(data["attendance"], list)
    assert [(each["says"], each["source"]) for each in data["attendance"]] == [("present", "organizer")] * 4
    assert isinstance(data["certificates"], list)
    assert [each["content"]["holder"] for each in data["certificates"]] == ["PhDr.\u00a0Adéla Vymazalová, CSc."] * 2
    assert isinstance(data["messages"], list)
    assert [each["kind"] for each in data["messages"]] == ["order_received", *["certificate_issued"] * 2]


def test_file_is_named_for_the_registration(client: ReviewingClient, ada: Registration) -> None:
    disposition = client.get(page_of(ada, "udaje.json")).headers["Content-Disposition"]
    assert disposition == 'attachment; filename="udaje-2025-SAI-P-0001-1-2025-03-10.json"'


def test_whoever_waits_or_has_cancelled_sees_that(app: Flask, at_demo_day: None, client: ReviewingClient) -> None:
    event = factories.workshop(capacity=1)
    _first, waiting = factories.crowd(event, 2)
    assert data_of(client, waiting)["registration"]["waiting_since"]  # type: ignore[index]  # a table of JSON
    assert client.get(page_of(waiting, "udaje")).status_code == 200
    cancel([waiting], by=OLGA, reason="na vlastní přání")
    assert "na vlastní přání" in text_of(client, page_of(waiting, "udaje"))
    assert data_of(client, waiting)["registration"]["cancellation"] == "cancelled"  # type: ignore[index]


def test_colleague_sees_nothing_of_the_others(client: ReviewingClient, academy: Event) -> None:
    ada, bob = world.with_bob(academy)
    deliver()
    for page in ("udaje", "udaje.json"):
        html = text_of(client, page_of(bob, page))
        # Who has sent the registration is where the data come from, and so Bob's to know (article 15(1)(g)).
        assert world.words_in(html.replace("Adéla Vymazalová", "", 2 if page == "udaje" else -1)) == []
        assert "Zůstal" in html
    assert "Zůstal" not in text_of(client, page_of(ada, "udaje"))
    assert "Zůstal" not in text_of(client, page_of(ada, "udaje.json"))


def test_substitute_sees_nothing_of_whoever_was_to_come(client: ReviewingClient, academy: Event) -> None:
    registration = factories.order(academy, world.ADA, orderer=factories.ADAS_ORDERER).registrations[0]
    deliver()
    substitute(registration, person=world.BOB, by=OLGA)
    deliver()
    for page in ("udaje", "udaje.json"):
        words = world.words_in(text_of(client, page_of(registration, page)))
        assert words == ["Hlavně příklady"]  # what is not sensitive goes with the place


def test_substitute_with_the_same_address_sees_only_their_own_letters(academy: Event) -> None:
    registration = factories.order(academy, world.ADA, orderer=factories.ADAS_ORDERER).registrations[0]
    same_address = {**world.BOB.__dict__, "email": world.ADA.email}
    substitute(registration, person=type(world.BOB)(**same_address), by=OLGA)
    letters = personal_data(registration).messages
    assert [(each.kind, each.facts.get("version")) for each in letters] == [("place_confirmed", 2)]


def test_lost_links_that_were_sent_again_are_among_the_messages(client: ReviewingClient, ada: Registration) -> None:
    mails.links(ada.email, language="cs")
    db.session.commit()
    assert [each.kind for each in personal_data(ada).messages] == ["order_received", "links"]
    assert client.get(page_of(ada, "udaje")).status_code == 200


def test_page_costs_the_same_with_more_of_everything(
    client: ReviewingClient, academy: Event, travel: Travel, ada: Registration
) -> None:
    travel(world.AFTER_ALL)
    add_to(academy, ada, 1)
    with count_queries() as few:
        client.get(page_of(ada, "udaje"))
    add_to(academy, ada, 4)
    with count_queries() as many:
        client.get(page_of(ada, "udaje"))
    assert few.count == many.count


def add_to(academy: Event, registration: Registration, count: int) -> None:
    """Let somebody attend so many parts, get what they have earned, and be written each time."""
    for session in academy.sessions[:count]:
        door.mark_present(session, [registration], reason="byla u toho", by=OLGA)
    for rule in list_rules(academy):
        certificates.issue_certificates(rule, by=OLGA)


def test_page_before_erasing_says_what_goes_and_what_stays(
    client: ReviewingClient, academy: Event, travel: Travel
) -> None:
    ada, bob = world.with_bob(academy)
    assert "2025/SAI/000" not in text_of(client, page_of(ada, "vymazani"))
    assert 'id="misto"' in text_of(client, page_of(bob, "vymazani"))
    travel(world.AFTER_ALL)
    for session in academy.sessions:
        door.mark_present(session, [ada], reason="byla", by=OLGA)
    for rule in list_rules(academy):
        certificates.issue_certificates(rule, by=OLGA)
    html = text_of(client, page_of(ada, "vymazani"))
    assert 'id="misto"' not in html
    assert html.count("2025/SAI/000") >= 2  # to be downloaded before


def test_looking_erases_nothing(client: ReviewingClient, ada: Registration) -> None:
    for page in ("udaje", "udaje.json", "vymazani"):
        client.get(page_of(ada, page))
        client.head(page_of(ada, page))
    assert not db.session.get_one(Registration, ada.id).is_erased


def test_erasing_leads_to_a_page_without_a_link_and_the_old_one_is_dead(
    client: ReviewingClient, ada: Registration
) -> None:
    address = page_of(ada, "vymazani")
    response = client.post(address)
    assert (response.status_code, response.location) == (303, "/vymazano")
    assert client.get("/vymazano").status_code == 200
    assert client.get(f"/en{response.location}").status_code == 200
    assert status(ada) is RegistrationStatus.CANCELLED
    for page in ("udaje", "udaje.json", "vymazani", "vstupenka.pdf", "kalendar.ics"):
        assert client.get(address.replace("vymazani", page)).status_code == 404, page
    assert client.get(address.removesuffix("/vymazani")).status_code == 404
    assert client.post(address).status_code == 404


def test_stranger_gets_nowhere(client: ReviewingClient, ada: Registration) -> None:
    for page in ("udaje", "udaje.json", "vymazani"):
        assert client.get(f"/u/{'x' * 24}/{page}").status_code == 404
        assert client.get(f"/u/{ada.order.link_token}/{page}").status_code == 404
    assert client.post(f"/u/{'x' * 24}/vymazani").status_code == 404
    assert client.post(page_of(ada, "udaje")).status_code == 405
    assert client.post(page_of(ada, "vymazani"), headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert not db.session.get_one(Registration, ada.id).is_erased


def pages_of_the_staff(academy: Event) -> Iterator[str]:
    """Give every page of the back office that lists people, papers or mail of the academy."""
    base = f"/sprava/akce/{academy.slug}"
    yield from ("/sprava", base, f"{base}/prihlasky", f"{base}/osvedceni", f"{base}/prezence", "/sprava/posta")
    yield from (f"{base}/prihlasky/{id_}" for id_ in db.session.scalars(select(Registration.id)))
    yield from (f"{base}/prezence/{session.code}" for session in academy.sessions)
    for id_ in db.session.scalars(select(OutboxMessage.id)):
        yield f"/sprava/posta/{id_}"


@pytest.mark.parametrize("is_over", [False, True])
def test_name_is_gone_from_every_page(
    app: Flask, academy: Event, client: ReviewingClient, olga: ReviewingClient, travel: Travel, is_over: bool
) -> None:
    ada, bob = factories.order(academy, world.ADA, world.BOB, orderer=factories.ADAS_ORDERER).registrations
    travel(world.AFTER_ALL if is_over else world.IN_BRNO)
    olga.sign_in(OLGA, factories.OLGA_PASSWORD)  # the one before has run out
    for session in academy.sessions:
        door.mark_present(session, [ada, bob], reason="přišly", by=OLGA)
    codes = []
    if is_over:
        for rule in list_rules(academy):
            codes += [each.code for each in certificates.issue_certificates(rule, by=OLGA)]
    deliver()
    order_page = f"/p/{ada.order.link_token}"
    pages = list(pages_of_the_staff(academy))
    seen = [page for page in pages if "Vymazalov" in text_of(olga, page)]
    assert len(seen) >= 8
    assert "Vymazalov" in text_of(client, order_page)
    client.post(page_of(ada, "vymazani"))
    for page in pages_of_the_staff(academy):
        html = olga.get(page).get_data(as_text=True)
        assert world.words_in(html) == [], page
    assert world.words_in(text_of(client, order_page)) == []
    assert "Zůstal" in text_of(client, order_page)
    for code in codes:
        assert world.words_in(text_of(client, f"/overeni/{code}")) == []


def test_verification_says_that_the_certificate_was_erased(client: ReviewingClient, certified: Registration) -> None:
    paper = personal_data(certified).papers[0].certificate
    digest, code, number = paper.pdf_sha256, paper.code, paper.number
    assert digest
    client.post(page_of(certified, "vymazani"))
    html = text_of(client, f"/overeni/{code}")
    assert number in html
    assert digest in html.replace(" ", "")
    assert world.words_in(html) == []


def test_organizers_are_not_asked_to_correct_an_erased_certificate(
    olga: ReviewingClient, academy: Event, certified: Registration
) -> None:
    address = f"/sprava/akce/{academy.slug}/osvedceni"
    olga.sign_in(OLGA, factories.OLGA_PASSWORD)  # the one before has run out
    assert "<details>" in text_of(olga, address)
    olga.post(page_of(certified, "vymazani"))
    assert "<details>" not in text_of(olga, address)


def test_pages_are_there_in_english(client: ReviewingClient, ada: Registration) -> None:
    assert "My data" in text_of(client, f"/en{page_of(ada, 'udaje')}")
    assert "Erase the data for good" in text_of(client, f"/en{page_of(ada, 'vymazani')}")
    assert "The data are erased" in text_of(client, "/en/vymazano")
