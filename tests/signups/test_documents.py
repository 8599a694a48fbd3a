"""The ticket on paper: the code scans, the name is whole, and everything stays on one sheet."""

import subprocess
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from pypdf import PdfReader

from registration.core import i18n
from registration.core.db import Base, db
from registration.core.settings import PROJECT, Settings
from registration.events.models import Event, EventKind, Format, Session, TicketType
from registration.organisations.models import Association
from registration.signups.documents import ticket_pdf
from registration.signups.models import Order, Registration, RegistrationStatus
from tests.papers import boxes_of, catalogue_of, overlapping, text_of, title_of

A4 = (595, 842)  # points
LONG_TITLE = "Konsolidace elektronických služeb knihoven a otevřené vzdělávání dospělých v malých obcích " * 2
LONG_VENUE = "Městská knihovna a informační středisko Horní Lhota nad Dlouhou Řekou, velký sál v prvním poschodí " * 2


@pytest.fixture
def paper_app() -> Iterator[Flask]:
    """Give what a ticket needs: settings for its code, two languages, templates, and the association."""
    app = Flask("registration", template_folder=str(PROJECT / "templates"))
    app.extensions["settings"] = Settings(
        secret_key="s" * 40,
        base_url="https://prezence.example",
        database_url="sqlite://",
        instance_path=Path(app.instance_path),
    )
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    i18n.init_app(app)
    db.init_app(app)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        db.session.add(Association(id=1, name="Sekce městských knihoven SDRUK", contact_email="sekce@sdruk.example"))
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


def academy(**changes: object) -> Event:
    values = {
        "series_year": 2025,
        "code": "SAI",
        "slug": "ai",
        "title": "Setkání sekce a AI v praxi manažera",
        "kind": EventKind.PROGRAMME,
        "city": "Brno",
        "platform": "",
        "first_on": date(2025, 3, 25),
        "last_on": date(2025, 3, 26),
        "is_invented": False,
    }
    return Event(**values | changes)


def session(day: int, title: str, *, venue: str = "") -> Session:
    return Session(
        code=f"den-{day}",
        title=title,
        format=Format.IN_PERSON if venue else Format.ONLINE,
        starts_at=datetime(2025, 4, day, 9, 0),
        ends_at=datetime(2025, 4, day, 11, 30),
        venue=venue,
        credited_minutes=150,
    )


def registration(
    event: Event | None = None,
    sessions: list[Session] | None = None,
    ticket_type: str = "AI akademie",
    language: str = "cs",
    **changes: object,
) -> Registration:
    event = event or academy()
    sessions = sessions or [session(2, "Živě v Brně", venue="Knihovna v Brně"), session(16, "Online workshop")]
    values = {
        "id": 5,
        "order": Order(event=event, number=17, language=language),
        "event": event,
        "ticket_type": TicketType(title=ticket_type, sessions=sessions),
        "position": 2,
        "status": RegistrationStatus.CONFIRMED,
        "title_before": "Ing.",
        "given_name": "Jan",
        "family_name": "Žďárský",
        "title_after": "Ph.D.",
        "organisation_name": "Městská knihovna Horní Lhota",
        "ticket_version": 1,
    }
    return Registration(**values | changes)


@cache
def usual_ticket(language: str = "cs") -> bytes:
    """Return the ticket most tests look at, printed once."""
    return ticket_pdf(registration(language=language))


@cache
def crowded_ticket(language: str = "cs") -> bytes:
    """Return the ticket that takes longest to fit, printed once."""
    return ticket_pdf(crowded(language))


def crowded(language: str = "cs") -> Registration:
    """Return the ticket with the most on it: every text as long as its column, six sessions."""
    return registration(
        academy(title=LONG_TITLE[:200], is_invented=True),
        [session(day, LONG_TITLE[:200], venue=LONG_VENUE[: 200 * (day % 2)]) for day in range(1, 7)],
        ticket_type=LONG_TITLE[:200],
        language=language,
        title_before="doc. PhDr. Mgr.",
        given_name="Maximiliána Emanuela",
        family_name="Nejnevyzpytatelnějšová-Krásnohorská",
        title_after="Ph.D., MBA, DiS.",
        organisation_name=LONG_VENUE[:200],
    )


def picture_of(paper: bytes) -> Image.Image:
    command = ["pdftoppm", "-r", "150", "-png", "-singlefile", "-"]
    return Image.open(BytesIO(subprocess.run(command, input=paper, capture_output=True, check=True).stdout))


def test_the_code_scans_at_level_h(paper_app: Flask) -> None:
    person = registration()

    [code] = zxingcpp.read_barcodes(picture_of(usual_ticket()))
    assert (code.text, code.ec_level) == (person.ticket_code, "H")


def test_the_ticket_says_who_what_when_and_where(paper_app: Flask) -> None:
    person = registration()

    printed = text_of(usual_ticket())
    for words in (
        "Sekce městských knihoven SDRUK",
        "2025/SAI/P-0017/2",
        "2. dubna 2025",
        "Setkání sekce a AI v praxi manažera",
        "Brno, Knihovna v Brně",
        "Ing. Jan Žďárský, Ph.D.",
        "Městská knihovna Horní Lhota",
        person.short_code,
        "2. 4. st 9:00–11:30 Živě v Brně",
        "16. 4. st 9:00–11:30 Online workshop",
        "sekce@sdruk.example",
    ):
        assert words in printed


def test_the_ticket_speaks_the_language_of_the_order(paper_app: Flask) -> None:
    paper = usual_ticket("en")

    assert catalogue_of(paper)["/Lang"] == "en"
    printed = text_of(paper)
    assert "2 April 2025" in printed
    assert "AI akademie, 2 parts, 5 hours" in printed
    assert "fold to A5" in printed


def test_the_ticket_is_tagged_and_names_the_person(paper_app: Flask) -> None:
    paper = usual_ticket()

    assert catalogue_of(paper)["/MarkInfo"] == {"/Marked": True}
    assert catalogue_of(paper)["/Lang"] == "cs"
    assert (title_of(paper) or "").endswith("– Ing.\u00a0Jan Žďárský, Ph.D.")


def test_every_font_is_in_the_file(paper_app: Flask) -> None:
    listed = subprocess.run(["pdffonts", "-"], input=usual_ticket(), capture_output=True, check=True).stdout.decode()
    fonts = listed.splitlines()[2:]
    assert {line.split()[0].partition("+")[2].strip(",") for line in fonts} == {
        "Display",
        "Display-Ext",
        "Source-Sans-3",
        "Source-Sans-3-Semi-Bold",
        "Source-Serif-4",
        "Source-Serif-4-Semi-Bold",
    }
    assert {tuple(line.split()[-5:-3]) for line in fonts} == {("yes", "yes")}


@pytest.mark.parametrize("language", ["cs", "en"])
@pytest.mark.parametrize("ticket", [usual_ticket, crowded_ticket])
def test_the_ticket_is_one_sheet_with_white_margins(
    paper_app: Flask, ticket: Callable[[str], bytes], language: str
) -> None:
    paper = ticket(language)

    [sheet] = PdfReader(BytesIO(paper)).pages
    assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == A4
    margin = 20 / 25.4 * 72 - 0.5
    for left, top, right, bottom in boxes_of(paper):
        assert margin < left < right < A4[0] - margin
        assert 40 < top < bottom < A4[1] - 36
    assert overlapping(paper) == []


def test_a_crowded_ticket_still_scans_and_says_everything(paper_app: Flask) -> None:
    [code] = zxingcpp.read_barcodes(picture_of(crowded_ticket()))
    assert code.text == crowded().ticket_code
    printed = text_of(crowded_ticket())
    assert "doc. PhDr. Mgr. Maximiliána Emanuela Nejnevyzpytatelnějšová-Krásnohorská, Ph.D., MBA, DiS." in printed
    assert printed.count("9:00–11:30") == 6


def test_the_name_breaks_before_the_family_name_only(paper_app: Flask) -> None:
    paper = ticket_pdf(registration(given_name="Maximiliána Emanuela", family_name="Chalupová"))

    printed = subprocess.run(["pdftotext", "-", "-"], input=paper, capture_output=True, check=True).stdout.decode()
    assert "Ing. Maximiliána Emanuela\nChalupová, Ph.D.\n" in printed


def test_the_same_registration_gives_the_same_bytes(paper_app: Flask) -> None:
    assert ticket_pdf(registration()) == usual_ticket()


def test_a_new_attendee_gets_a_new_code(paper_app: Flask) -> None:
    [old] = zxingcpp.read_barcodes(picture_of(usual_ticket()))
    [new] = zxingcpp.read_barcodes(picture_of(ticket_pdf(registration(ticket_version=2))))
    assert new.text != old.text


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([2], "2. dubna 2025"),
        ([2, 3], "2.–3. dubna 2025"),
        ([2, 16], "2.–16. dubna 2025"),
    ],
)
def test_the_large_date_is_that_of_the_persons_own_sessions(paper_app: Flask, days: list[int], expected: str) -> None:
    sessions = [session(day, "Živě", venue="Sál") for day in days]
    assert expected in text_of(ticket_pdf(registration(sessions=sessions)))


@pytest.mark.parametrize(
    ("event", "sessions", "place"),
    [
        (academy(city="Brno"), [session(2, "Živě", venue="Sál")], "Brno, Sál"),
        (academy(city="Brno"), [session(2, "Online")], "Brno"),
        (academy(city="", platform="Zoom"), [session(2, "Online")], "Zoom"),
    ],
)
def test_the_place_is_the_town_and_the_venue_or_the_platform(
    paper_app: Flask, event: Event, sessions: list[Session], place: str
) -> None:
    assert f"manažera {place} 2. dubna" in text_of(ticket_pdf(registration(event, sessions)))


def test_a_session_without_credited_time_has_a_dash(paper_app: Flask) -> None:
    assembly = session(15, "Valná hromada", venue="Sál")
    assembly.credited_minutes = 0

    assert ", Sál –" in text_of(ticket_pdf(registration(sessions=[assembly])))


def test_the_picture_of_the_code_has_words_for_those_who_do_not_see_it(paper_app: Flask) -> None:
    figures = [tag for tag in tags_of(usual_ticket("en")) if tag[0] == "/Figure"]

    assert figures == [("/Figure", "Check-in code")]


def test_the_parts_are_a_table_with_headers(paper_app: Flask) -> None:
    kinds = [kind for kind, _ in tags_of(usual_ticket())]

    assert kinds.count("/H1") == 1
    assert (kinds.count("/Table"), kinds.count("/TR"), kinds.count("/TH")) == (1, 3, 5 + 2)


def tags_of(paper: bytes) -> list[tuple[str, str | None]]:
    """Return the kinds and alternative texts of all structure elements in reading order."""
    found: list[tuple[str, str | None]] = []

    def walk(element: object) -> None:
        element = element.get_object() if hasattr(element, "get_object") else element
        if isinstance(element, list):
            for child in element:
                walk(child)
        elif isinstance(element, dict):
            if "/S" in element:
                found.append((element["/S"], element.get("/Alt")))
            walk(element.get("/K"))

    walk(catalogue_of(paper)["/StructTreeRoot"])
    return found
