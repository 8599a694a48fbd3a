"""The poster: one sheet, everything on it, nothing over anything else, and a code that leads to the event."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from flask import Flask
from pypdf import PdfReader

from registration.core import i18n
from registration.core.db import transaction
from registration.events.models import Event, Format, Session
from registration.events.poster import poster_pdf
from registration.events.queries import get_event, offer
from tests import factories
from tests.papers import boxes_of, catalogue_of, overlapping, qr_codes_of, text_of, title_of
from tests.reviewing import ReviewingClient

POSTER = "/sprava/akce/setkani-sekce-ai-v-praxi-manazera/plakat.pdf"
WIDTH, HEIGHT = 595, 842  # A4 in points
MARGIN = 56  # 20 mm
LONG_TITLE = (
    "Konsolidace elektronických služeb knihoven a otevřené vzdělávání dospělých v malých obcích: příklady žďárských, "
    "řevnických a třineckých knihoven, které se nebojí změn a rády o nich vyprávějí"
)


def poster(event: Event, *, gives_certificate: bool = True) -> bytes:
    return poster_pdf(offer(event), gives_certificate=gives_certificate)


def fits(paper: bytes) -> bool:
    """Say whether it is one sheet with all words within its margins and none over another."""
    is_inside = all(
        left >= MARGIN - 1 and right <= WIDTH - MARGIN + 1 and top >= 30 and bottom <= HEIGHT - 20
        for left, top, right, bottom in boxes_of(paper)
    )
    return len(PdfReader(BytesIO(paper)).pages) == 1 and is_inside and overlapping(paper) == []


@pytest.fixture
def event(app: Flask) -> Event:
    """Give a workshop of one day."""
    return factories.workshop(starts_at=datetime(2125, 4, 23, 9, 0))


def test_organizer_prints_the_poster(academy: Event, olga: ReviewingClient) -> None:
    response = olga.get(POSTER)
    assert (response.status_code, response.mimetype) == (200, "application/pdf")
    assert "plakat-setkani-sekce" in response.headers["Content-Disposition"]
    assert "osvědčení o účasti" in text_of(response.data)


def test_nobody_else_does(academy: Event, client: ReviewingClient) -> None:
    assert client.get(POSTER).status_code == 303


def test_poster_of_an_unknown_event_is_not_found(academy: Event, olga: ReviewingClient) -> None:
    assert olga.get("/sprava/akce/nic/plakat.pdf").status_code == 404


def test_poster_says_everything_one_decides_by(academy: Event) -> None:
    words = text_of(poster(academy))
    for expected in (
        "Sekce městských knihoven SDRUK",
        "2025/SAI",
        "25.–26.",
        "března 2025",
        "Setkání sekce a AI v praxi manažera",
        "V úterý se sejde sekce",
        "út–st 25.–26. 3. 2025 a online 2. a 16. 4. 2025",
        "Brno, Knihovna v Brně (ukázkové místo), živě i online",
        "až 15 hodin vzdělávání, osvědčení o účasti",
        "zdarma",
        "AI akademie – 2. online workshop",
        "Program a přihlášky",
        "localhost/akce/setkani-sekce-ai-v-praxi-manazera",
        "Přihlášky do 20. 3. 2025 včetně.",
        "sekce@sdruk.example",
        "Ukázková data",
    ):
        assert expected in words
    assert fits(poster(academy))


def test_code_leads_to_the_event(academy: Event) -> None:
    assert qr_codes_of(poster(academy)) == ["http://localhost/akce/setkani-sekce-ai-v-praxi-manazera"]


def test_poster_is_tagged_titled_and_in_its_language(academy: Event) -> None:
    paper = poster(academy)
    assert title_of(paper) == "Plakát\u00a0– Setkání sekce a AI v praxi manažera"
    assert catalogue_of(paper)["/Lang"] == "cs"
    with i18n.in_language("en"):
        english = poster(academy)
    assert catalogue_of(english)["/Lang"] == "en"
    assert "up to 15 hours of training, a certificate of attendance" in text_of(english)
    assert qr_codes_of(english) == ["http://localhost/en/akce/setkani-sekce-ai-v-praxi-manazera"]
    assert fits(english)


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("valna-hromada-sdruk", "potvrzení o účasti"),
        ("long-story-short", "Více o akci"),
        ("online-setkani-sekce", "Zoom, online"),
        ("knihovny-soucasnosti", "vždy 9:00–17:00"),
        ("wellbeing-reditelu", "Třinec"),
    ],
)
def test_every_event_of_the_programme_has_its_poster(academy: Event, slug: str, words: str) -> None:
    paper = poster(get_event(slug))
    assert words in text_of(paper)
    assert fits(paper)


def test_price_is_one_two_or_from_to(event: Event) -> None:
    (ticket_type,) = event.ticket_types
    assert "Cena zdarma" in text_of(poster(event))
    ticket_type.price_member_haler, ticket_type.price_other_haler = 90_000, 140_000
    assert "900 Kč" in text_of(poster(event))
    assert "1 400 Kč" in text_of(poster(event))


def test_prices_of_several_ticket_types_are_given_from_the_least_to_the_most(academy: Event) -> None:
    academy.ticket_types[2].price_other_haler = 220_000
    assert "zdarma až 2 200 Kč podle varianty účasti" in text_of(poster(academy))


def test_deadline_at_a_time_of_day_is_told_with_the_time(event: Event) -> None:
    event.sign_up_closes_at = datetime(2125, 4, 20, 10, 0, tzinfo=UTC)
    assert "Přihlášky do 20. 4. 2125, 12:00" in text_of(poster(event))


def test_cancelled_event_is_stamped_and_takes_no_sign_ups(event: Event) -> None:
    event.cancelled_at = datetime(2125, 1, 1, tzinfo=UTC)
    words = text_of(poster(event))
    assert "ZRUŠENO" in words.upper()
    assert "Program a přihlášky" not in words


@pytest.mark.parametrize(
    ("title", "lead", "parts"),
    [
        (LONG_TITLE, "", 1),
        (LONG_TITLE, "Přijeďte si poslechnout, jak to dělají jinde. " * 21, 8),
        ("W" * 200, "w" * 1000, 8),
        ("Nejneobhospodařovávatelnějšíchžluťoučkých", "", 2),
        ("Krátce", "Přijeďte. " * 100, 30),
    ],
    ids=["long", "everything", "unbreakable", "one word", "many parts"],
)
def test_whatever_is_written_fits_the_sheet(event: Event, title: str, lead: str, parts: int) -> None:
    with transaction() as session:
        event.title, event.lead = title, lead
        event.last_on = date(2125, 5, 30)
        for number in range(2, parts + 1):
            starts_at = datetime(2125, 5, number, 9, 0)
            part = Session(
                code=f"den-{number}",
                title=f"{number}. část: {title[:150]}",
                format=Format.ONLINE if number % 2 else Format.IN_PERSON,
                starts_at=starts_at,
                ends_at=starts_at.replace(hour=16),
                event=event,
            )
            session.add(part)
    paper = poster(get_event(event.slug))
    assert fits(paper)
    assert qr_codes_of(paper) == ["http://localhost/akce/workshop"]
    assert title.split()[0][:20] in text_of(paper).replace(" ", "") or title.split()[0] in text_of(paper)


def test_long_address_stays_on_the_sheet(event: Event) -> None:
    with transaction():
        event.slug = (
            "konsolidace-elektronickych-sluzeb-knihoven-a-otevrene-vzdelavani-dospelych-v-malych-obcich-" + "x" * 28
        )
    paper = poster(event)
    assert fits(paper)
    assert qr_codes_of(paper) == [f"http://localhost/akce/{event.slug}"]
