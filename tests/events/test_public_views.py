import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from registration.core.clock import PRAGUE
from registration.core.db import db, transaction
from registration.events.models import Audience, Event, WaitingListMode
from registration.events.operations import cancel_event
from registration.events.queries import get_event
from registration.programme import PROGRAMME_2025, load_programme
from tests import factories
from tests.queries import count_queries
from tests.reviewing import ReviewingClient

ACADEMY = "/akce/setkani-sekce-ai-v-praxi-manazera"
NBSP = "\u00a0"
TITLES = [
    "Setkání sekce a AI v praxi manažera",
    "Valná hromada SDRUK",
    "Library advocacy v praxi",
    "Elektronické služby knihoven",
    "Long story short",
    "Online setkání sekce",
    "Knihovny současnosti",
]


def text_of(html: str) -> str:
    """Return what a reader sees, with plain spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace(NBSP, " ")


def test_programme_lists_the_seven_events_by_date(academy: Event, client: ReviewingClient) -> None:
    page = text_of(client.get("/").get_data(as_text=True)).partition("Program 2025")[2]
    positions = [page.index(title) for title in TITLES]
    assert positions == sorted(positions)


@pytest.mark.parametrize("dates", ["25.–26. 3. 2025", "15. 4. 2025", "23.–24. 4. 2025", "9.–11. 9. 2025"])
def test_dates_are_printed_the_czech_way(academy: Event, client: ReviewingClient, dates: str) -> None:
    html = client.get("/").get_data(as_text=True)
    assert dates.replace(" ", NBSP) in html


def test_programme_names_the_two_workshops(academy: Event, client: ReviewingClient) -> None:
    assert "+ dva online workshopy 2. a 16. 4. 2025" in text_of(client.get("/").get_data(as_text=True))


def test_dates_are_machine_readable_and_the_language_is_said(academy: Event, client: ReviewingClient) -> None:
    html = client.get("/").get_data(as_text=True)
    assert '<time datetime="2025-04-15">' in html
    assert '<html lang="cs"' in html


@pytest.mark.parametrize("address", ["/", "/archiv", ACADEMY, f"{ACADEMY}/prihlaska", "/overeni", "/soukromi", "/en/"])
def test_anonymous_pages_set_no_cookie_and_ask_nobody_else(
    academy: Event, client: ReviewingClient, address: str
) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    loaded = re.findall(r'(?:src|href)="(?:https?:)?//([^/"]+)', response.get_data(as_text=True))
    links_elsewhere = {"konference.example"}
    assert set(loaded) <= links_elsewhere


def test_security_headers_are_on_every_answer(academy: Event, client: ReviewingClient) -> None:
    for address in ("/", "/nic-takového", "/healthz", "/sprava"):
        headers = client.get(address).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("elektronicke-sluzby-knihoven", "konference.example"),
        ("long-story-short", "Jen pro informaci"),
    ],
)
def test_event_without_sign_up_here_says_so_and_offers_no_form(
    academy: Event, client: ReviewingClient, slug: str, words: str
) -> None:
    html = client.get(f"/akce/{slug}").get_data(as_text=True)
    assert words in text_of(html)
    assert f"/akce/{slug}/prihlaska" not in html
    assert client.get(f"/akce/{slug}/prihlaska").status_code == 409
    assert client.post(f"/akce/{slug}/prihlaska", data={}).status_code in {409, 422}


def test_academy_shows_sessions_and_ticket_types(academy: Event, client: ReviewingClient) -> None:
    html = client.get(ACADEMY).get_data(as_text=True)
    shown = text_of(html)
    for words in (
        "10:00–16:30",
        "9:00–16:00",
        "9:00–11:00",
        "Knihovna v Brně",
        "online",
        "5 hodin",
        "6 hodin",
        "2 hodiny",
    ):
        assert words in shown
    for words in (
        "Jen setkání sekce",
        "AI akademie",
        "Setkání i AI akademie",
        "zdarma",
        "Zbývá 40 míst",
        "Zbývá 30 míst",
    ):
        assert words in shown
    assert "Ukázková data" in shown


@pytest.mark.parametrize(
    ("free", "words"),
    [
        (0, "Obsazeno"),
        (1, "Zbývá 1 místo"),
        (2, "Zbývají 2 místa"),
        (4, "Zbývají 4 místa"),
        (5, "Zbývá 5 míst"),
        (22, "Zbývá 22 míst"),
    ],
)
def test_free_places_have_the_right_plural(academy: Event, client: ReviewingClient, free: int, words: str) -> None:
    brno = next(session for session in academy.sessions if session.code == "ai-brno")
    factories.take(brno, 30 - free)
    html = client.get(ACADEMY).get_data(as_text=True)
    assert words.replace(" ", NBSP, 2).replace(f"Zbývá{NBSP}", "Zbývá ").replace(f"Zbývají{NBSP}", "Zbývají ") in html


def test_full_session_stamps_its_ticket_types_and_leaves_the_other_open(
    academy: Event, client: ReviewingClient
) -> None:
    brno = next(session for session in academy.sessions if session.code == "ai-brno")
    factories.take(brno, 30)
    shown = text_of(client.get(ACADEMY).get_data(as_text=True))
    matrix = shown[shown.index("Varianty účasti") :]
    assert matrix.count("Obsazeno") >= 2
    assert "Zbývá 40 míst" in matrix


def test_filters_narrow_the_programme(academy: Event, client: ReviewingClient) -> None:
    def shown(query: str) -> set[str]:
        page = text_of(client.get(f"/?{query}").get_data(as_text=True))
        return {title for title in TITLES if title in page}

    assert shown("misto=Louny") == {"Valná hromada SDRUK"}
    assert shown("forma=online") == {"Setkání sekce a AI v praxi manažera", "Online setkání sekce"}
    assert "Long story short" not in shown("volno=1")
    assert shown("misto=Nikde") == set()


def test_events_that_are_over_move_to_the_archive(
    academy: Event, client: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    travel(datetime(2025, 4, 17, 9, 0, tzinfo=PRAGUE))
    programme = text_of(client.get("/").get_data(as_text=True))
    archive = text_of(client.get("/archiv").get_data(as_text=True))
    assert "Setkání sekce a AI v praxi manažera" not in programme
    for title in ("Setkání sekce a AI v praxi manažera", "Advokační práce v kostce", "Wellbeing ředitelů"):
        assert title in archive
    assert client.get(ACADEMY).status_code == 200


def test_empty_programme_is_a_page_too(client: ReviewingClient) -> None:
    assert client.get("/").status_code == 200
    assert client.get("/archiv").status_code == 200


def test_unpublished_event_is_nobodys_business(academy: Event, client: ReviewingClient) -> None:
    with transaction():
        get_event(academy.slug).published_at = None
    for address in (ACADEMY, f"{ACADEMY}.ics", f"{ACADEMY}/prihlaska"):
        assert client.get(address).status_code == 404


def test_english_pages_are_english_and_stay_so(academy: Event, client: ReviewingClient) -> None:
    html = client.get("/en/").get_data(as_text=True)
    assert '<html lang="en"' in html
    assert "25–26 March 2025" in html
    assert f'href="/en{ACADEMY}"' in html
    shown = text_of(client.get(f"/en{ACADEMY}").get_data(as_text=True))
    assert "30 places left" in shown
    assert "Zbývá" not in shown


def test_calendars_are_served(academy: Event, client: ReviewingClient) -> None:
    for address in (f"{ACADEMY}.ics", "/kalendar.ics"):
        response = client.get(address)
        assert response.mimetype == "text/calendar"
        assert response.data.startswith(b"BEGIN:VCALENDAR")


def test_programme_costs_the_same_number_of_queries_for_one_event_and_for_seven(
    academy: Event, client: ReviewingClient
) -> None:
    with count_queries() as seven:
        client.get("/")
    with transaction():
        for slug in ("library-advocacy-v-praxi", "knihovny-soucasnosti", "online-setkani-sekce", "valna-hromada-sdruk"):
            get_event(slug).published_at = None
    with count_queries() as fewer:
        client.get("/")
    assert seven.count == fewer.count <= 6


def test_unknown_address_gets_a_kind_page(client: ReviewingClient) -> None:
    response = client.get("/neexistuje")
    assert response.status_code == 404
    assert "text/html" in response.headers["Content-Type"]


def test_programme_loaded_twice_adds_nothing(academy: Event) -> None:
    assert load_programme(PROGRAMME_2025) == 0
    db.session.expire_all()
    assert len(get_event(academy.slug).sessions) == 4


WORKSHOP = "/akce/workshop"
FORM = f"{WORKSHOP}/prihlaska"


def change(slug: str, **changes: object) -> None:
    with transaction():
        event = get_event(slug)
        for name, value in changes.items():
            setattr(event, name, value)


def change_ticket_type(slug: str, **changes: object) -> None:
    with transaction():
        for name, value in changes.items():
            setattr(get_event(slug).ticket_types[0], name, value)


@pytest.fixture
def full(app: Flask, at_demo_day: None) -> Event:
    """Give a workshop for one, which has one and another one waiting."""
    workshop = factories.workshop(capacity=1)
    factories.crowd(workshop, 2)
    return workshop


@pytest.mark.parametrize("address", ["/", WORKSHOP])
def test_full_event_leads_to_its_waiting_list(full: Event, client: ReviewingClient, address: str) -> None:
    html = client.get(address).get_data(as_text=True)
    assert "Obsazeno" in html
    assert f'href="{FORM}"' in html


@pytest.mark.parametrize("address", ["/", WORKSHOP])
def test_full_event_without_a_waiting_list_leads_to_no_form(full: Event, client: ReviewingClient, address: str) -> None:
    change("workshop", waiting_list=WaitingListMode.NONE)
    html = client.get(address).get_data(as_text=True)
    assert "Obsazeno" in html
    assert FORM not in html


def test_full_event_is_not_one_with_free_places(full: Event, client: ReviewingClient) -> None:
    assert "Workshop WRK" not in client.get("/?volno=1").get_data(as_text=True)


@pytest.mark.parametrize("address", ["/", WORKSHOP])
def test_cancelled_event_is_stamped_and_leads_to_no_form(full: Event, client: ReviewingClient, address: str) -> None:
    cancel_event(full, by=factories.OLGA_EMAIL)
    html = client.get(address).get_data(as_text=True)
    assert "Zrušeno" in html
    assert FORM not in html


def test_calendars_strike_a_cancelled_event_out(academy: Event, client: ReviewingClient) -> None:
    cancel_event(get_event(academy.slug), by=factories.OLGA_EMAIL)
    cancel_event(get_event("long-story-short"), by=factories.OLGA_EMAIL)
    calendar = client.get("/kalendar.ics").get_data(as_text=True)
    assert calendar.count("STATUS:CANCELLED") == 5
    assert calendar.count("SEQUENCE:1") == 5


@pytest.mark.parametrize("address", ["/", WORKSHOP])
def test_event_one_cannot_sign_up_for_yet_offers_its_dates(full: Event, client: ReviewingClient, address: str) -> None:
    change("workshop", sign_up_opens_at=datetime(2025, 3, 12, 9, 0, tzinfo=PRAGUE))
    html = client.get(address).get_data(as_text=True)
    assert f"12.{NBSP}3.{NBSP}2025" in html
    assert f'href="{WORKSHOP}.ics"' in html
    assert FORM not in html


@pytest.mark.parametrize("slug", ["", "/akce/online-setkani-sekce"])
def test_event_whose_sign_up_is_closed_leads_to_the_organizer(
    academy: Event, client: ReviewingClient, slug: str
) -> None:
    change("online-setkani-sekce", sign_up_closes_at=datetime(2025, 3, 9, 9, 0, tzinfo=PRAGUE))
    main = client.get(slug or "/").get_data(as_text=True).partition("<main")[2].partition("</main")[0]
    assert "mailto:sekce@sdruk.example" in main
    assert "/akce/online-setkani-sekce/prihlaska" not in main


def test_both_prices_are_shown_where_they_differ(full: Event, client: ReviewingClient) -> None:
    change_ticket_type("workshop", price_member_haler=165_000, price_other_haler=195_000)
    for address in (WORKSHOP, f"/en{WORKSHOP}"):
        html = client.get(address).get_data(as_text=True)
        assert f"1{NBSP}650{NBSP}Kč" in html
        assert f"1{NBSP}950{NBSP}Kč" in html


def test_members_only_price_is_one(full: Event, client: ReviewingClient) -> None:
    change_ticket_type("workshop", price_member_haler=165_000, price_other_haler=195_000, audience=Audience.MEMBERS)
    html = client.get(WORKSHOP).get_data(as_text=True)
    assert f"1{NBSP}650{NBSP}Kč" in html
    assert f"1{NBSP}950{NBSP}Kč" not in html


@pytest.mark.parametrize("address", ["/", WORKSHOP])
def test_event_by_invitation_only_shows_neither_ticket_types_nor_form(
    full: Event, client: ReviewingClient, address: str
) -> None:
    change_ticket_type("workshop", audience=Audience.INVITED, title="Pro zvané")
    html = client.get(address).get_data(as_text=True)
    assert "Pro zvané" not in html
    assert FORM not in html


def test_audience_of_a_ticket_type_is_said(academy: Event, client: ReviewingClient) -> None:
    before = text_of(client.get(f"/en{ACADEMY}").get_data(as_text=True))
    change_ticket_type(academy.slug, audience=Audience.STUDENTS)
    after = text_of(client.get(f"/en{ACADEMY}").get_data(as_text=True))
    assert ("for students" in before, "for students" in after) == (False, True)
