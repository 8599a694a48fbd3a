"""Every paper with the worst that can stand on it: nothing leaves its box, its clip or its page; tags, fonts, words.

A new paper is one more entry in PAPERS.
"""

import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any, cast

import pytest
import weasyprint
from flask import Flask
from PIL import Image
from pypdf import PdfReader
from weasyprint.formatting_structure import boxes

from registration.badges.documents import attendance_sheet, badge_sheets
from registration.badges.rules import Format
from registration.certificates.documents import certificate_pdf
from registration.certificates.models import Content
from registration.core import i18n
from registration.core.clock import PRAGUE
from registration.core.db import transaction
from registration.events.models import Event, EventKind, Session, SignUp, TicketType, WaitingListMode
from registration.events.models import Format as Form
from registration.events.poster import poster_pdf
from registration.events.queries import offer
from registration.records.documents import paper as record_paper
from registration.records.queries import Line, PersonRecord, Record
from registration.signups.documents import ticket_pdf
from registration.signups.models import Registration
from registration.signups.operations import Orderer, set_no_photo
from tests import factories
from tests.papers import catalogue_of, overlapping, text_of, title_of

Box = Any  # of WeasyPrint, which ships no types
Area = tuple[float, float, float, float]  # left, top, right, bottom in CSS pixels

HOLDER = replace(
    factories.person(1),
    title_before="prof. PhDr. Mgr.",
    given_name="Květoslava Žofie",
    family_name="Kocourková-Novosádová",
    title_after="Ph.D., MBA",
)
LIBRARIES = "Městská knihovna Horní Lhota nad Dlouhou Řekou, příspěvková organizace, a Obecní knihovna Řehák Žďár"
PROGRAMME = "Umělá inteligence v praxi manažera knihovny: od prvních pokusů k odpovědnému každodennímu provozu"
_TOLERANCE = 0.6  # CSS pixels, for rounding
_RESOLUTION = 50  # dots to the inch
_INK = 170  # of 255, and darker; cut marks are lighter, they may run out
_UNPRINTED_MM = 2


@dataclass(frozen=True)
class World:
    """An event of six parts, and the person with the longest name at it."""

    event: Event
    person: Registration
    people: list[Registration]


def certificate(language: str, second_language: str = "") -> bytes:
    parts = [
        {
            "day": f"2025-04-{day:02}",
            "title": f"{day}. část: {PROGRAMME[:60]}",
            "format": "online" if day % 2 else "in_person",
            "place": "" if day % 2 else "Žďár nad Sázavou",
            "minutes": 90,
        }
        for day in range(1, 7)
    ]
    said = {
        "heading": "Certificate of attendance" if language == "en" else "Osvědčení o účasti",
        "number": "2025/SAI/0042",
        "holder": "prof. PhDr. Mgr. Květoslava Žofie Kocourková-Novosádová, Ph.D., MBA",
        "organisation": LIBRARIES,
        "programme": PROGRAMME,
        "sessions": parts,
        "minutes": 540,
        "issued_on": "2025-04-17",
        "place": "Brno",
        "issuer": "Sekce městských knihoven Sdružení knihoven České republiky, zapsaný spolek",
        "issuer_seat": "Brno",
        "issuer_ico": "00000043",
        "signatory_name": "Mgr. Alena Šimková",
        "signatory_function": "předsedkyně sekce a ředitelka Městské knihovny Horní Lhota nad Dlouhou Řekou",
        "is_invented": True,
        "note": "Vzdělávací akce není akreditována dle zákona č. 312/2002 Sb.",
        "language": language,
    }
    if second_language:
        said |= {
            "second_language": second_language,
            "second_heading": "Certificate of attendance",
            "second_programme": "Artificial intelligence in the practice of a library manager",
            "second_note": "The training is not accredited under Act No. 312/2002 Coll.",
            "outcomes": "Účastníci umějí zadat úkol jazykovému modelu a ověřit, co odpověděl.",
        }
    code = "7KQ2M9XD4RTB5WHC"
    return certificate_pdf(cast(Content, said), code=code, verify_address=f"https://prezence.example/overeni/{code}")


def record(world: World) -> bytes:
    line = Line(PROGRAMME, [date(2025, 4, day) for day in range(1, 7)], ["Brno", "online"], 540, ["2025/SAI/0042"])
    own = replace(line, title="Řehák Žďár: " + PROGRAMME[:60], numbers=(), organizer=LIBRARIES, declared_id=1)
    person = PersonRecord(world.person.name, world.person.list_name, "x", [line, own, line])
    return record_paper(Record(world.person.name, 2025, 48, [person]))


def poster(world: World) -> bytes:
    return poster_pdf(offer(world.event), gives_certificate=True)


def badges(shape: Format, world: World) -> bytes:
    return badge_sheets(world.event, world.people, shape)


PAPERS: dict[str, Callable[[World], bytes]] = {
    "ticket": lambda world: ticket_pdf(world.person),
    "certificate-cs": lambda world: certificate("cs"),
    "certificate-en": lambda world: certificate("en"),
    "certificate-both": lambda world: certificate("cs", "en"),
    **{f"badges-{shape.value}": partial(badges, shape) for shape in Format},
    "attendance-sheet": lambda world: attendance_sheet(world.event.sessions[0]),
    "poster": poster,
    "record": record,
}


@pytest.fixture
def world(app: Flask, at_demo_day: None) -> World:
    parts = [
        Session(
            code=f"cast-{number}",
            title=f"{number}. část: {PROGRAMME[:60]}",
            format=Form.ONLINE if number % 2 else Form.IN_PERSON,
            starts_at=datetime(2025, 4, 10, 9, 0) + timedelta(days=number),
            ends_at=datetime(2025, 4, 10, 10, 30) + timedelta(days=number),
            venue="" if number % 2 else "Velký sál Knihovny Jiřího Mahena",
            credited_minutes=90,
        )
        for number in range(1, 7)
    ]
    event = Event(
        slug="papiry",
        code="SAI",
        series_year=2025,
        title=PROGRAMME,
        lead="Řehák Žďár a jiná jména, která se musí vejít.",
        kind=EventKind.WORKSHOP,
        city="Žďár nad Sázavou",
        first_on=parts[0].day,
        last_on=parts[-1].day,
        sign_up=SignUp.HERE,
        published_at=datetime(2025, 3, 1, tzinfo=PRAGUE),
        waiting_list=WaitingListMode.CONFIRM,
        sessions=parts,
        ticket_types=[TicketType(code="UCAST", title="Celá akademie se všemi částmi a obědem", sessions=parts)],
    )
    with transaction() as session:
        session.add(event)
    who = Orderer(name="Řehoř Žďár", email=HOLDER.email, organisation=LIBRARIES)
    person = factories.order(event, HOLDER, orderer=who).registrations[0]
    others = factories.crowd(event, 8, first=2)
    set_no_photo(person, no_photo=True, by=factories.OLGA_EMAIL)
    return World(event, person, [person, *others])


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Keep the laid out documents that WeasyPrint writes."""
    kept: list[Any] = []
    write = weasyprint.Document.write_pdf

    def keep(document: Any, *arguments: Any, **options: Any) -> Any:
        kept.append(document)
        return write(document, *arguments, **options)

    monkeypatch.setattr(weasyprint.Document, "write_pdf", keep)
    return kept


@pytest.mark.parametrize("name", PAPERS)
def test_paper_holds_what_is_on_it(name: str, world: World, written: list[Any]) -> None:
    with i18n.in_language("cs"):
        paper = PAPERS[name](world)

    assert [fault for document in written for page in document.pages for fault in faults_of(page)] == []
    assert overlapping(paper) == []
    assert edges_with_ink(paper) == []
    assert "Žďár" in text_of(paper)
    catalogue = catalogue_of(paper)
    assert catalogue["/MarkInfo"] == {"/Marked": True}
    assert catalogue["/Lang"] == ("en" if name.endswith("-en") else "cs")
    assert title_of(paper)
    assert loose_fonts(paper) == []


@pytest.mark.parametrize("name", ["ticket", "certificate-both", "badges-a4-8", "record"])
def test_same_content_gives_the_same_bytes(name: str, world: World) -> None:
    with i18n.in_language("cs"):
        assert PAPERS[name](world) == PAPERS[name](world)


@pytest.mark.parametrize(
    ("style", "fault"),
    [
        ("width: 10mm; white-space: nowrap", "too wide: Řehák Žďár"),
        ("width: 10mm; white-space: nowrap; overflow: hidden", "clipped: Řehák Žďár"),
        ("height: 2mm; overflow: hidden; padding-top: 1mm", "clipped: Řehák Žďár"),
        ("position: absolute; left: -5mm", "clipped: Řehák Žďár"),
        ("position: absolute; top: 150mm", "clipped: Řehák Žďár"),
    ],
)
def test_what_does_not_fit_is_found(style: str, fault: str) -> None:
    page = "<style>@page { size: A6; margin: 0 }</style>"
    document = weasyprint.HTML(string=f'{page}<p style="{style}">Řehák Žďár</p>').render()
    assert faults_of(document.pages[0]) == [fault]


def faults_of(page: Any) -> list[str]:
    """Return the words of a laid out page that leave their block, what clips them, or the page."""
    return list(_faults(page._page_box, (0, 0, page.width, page.height), None))


def _faults(box: Box, clip: Area, block: Area | None) -> Iterator[str]:
    if isinstance(box, boxes.TextBox):
        words = box.text.strip()
        if words and not _is_within(_letters(box), clip):
            yield f"clipped: {words}"
        elif words and block and box.position_x + box.width > block[2] + _TOLERANCE:
            yield f"too wide: {words}"
        return
    if isinstance(box, boxes.BlockContainerBox) and not isinstance(box, boxes.MarginBox):
        block = _area(box)
    if isinstance(box, boxes.ParentBox):
        if box.style["overflow"] != "visible":
            left, top, right, bottom = _area(box)
            clip = (max(clip[0], left), max(clip[1], top), min(clip[2], right), min(clip[3], bottom))
        for child in box.children:
            yield from _faults(getattr(child, "_box", child), clip, block)


def _area(box: Box) -> Area:
    left, top = box.border_box_x(), box.border_box_y()
    return left, top, left + box.border_width(), top + box.border_height()


def _letters(box: Box) -> Area:
    """Return where the letters themselves are; lines are higher than they."""
    spare = box.height * 0.3
    return box.position_x, box.position_y + spare, box.position_x + box.width, box.position_y + box.height - spare


def _is_within(area: Area, clip: Area) -> bool:
    left, top, right, bottom = area
    is_wide_enough = left >= clip[0] - _TOLERANCE and right <= clip[2] + _TOLERANCE
    return is_wide_enough and top >= clip[1] - _TOLERANCE and bottom <= clip[3] + _TOLERANCE


def edges_with_ink(paper: bytes) -> list[int]:
    """Return the pages, from 0, whose outermost millimetres are not white, as no printer prints there."""
    command = ["pdftoppm", "-r", str(_RESOLUTION), "-gray", "-"]
    printed = subprocess.run(command, input=paper, capture_output=True, check=True).stdout
    pages = re.split(rb"(?=P5\n)", printed)[1:]
    assert len(pages) == len(PdfReader(BytesIO(paper)).pages)
    inked = []
    for number, page in enumerate(pages):
        with Image.open(BytesIO(page)) as image:
            dark = image.point(lambda value: 255 * (value < _INK))
            assert dark.getbbox(), f"page {number} is empty"
            margin = round(_UNPRINTED_MM / 25.4 * _RESOLUTION)
            dark.paste(0, (margin, margin, image.width - margin, image.height - margin))
            if dark.getbbox():
                inked.append(number)
    return inked


def loose_fonts(paper: bytes) -> list[str]:
    """Return the fonts that are not embedded, or not cut down to the letters that are used."""
    found = []
    for page in PdfReader(BytesIO(paper)).pages:
        fonts: Any = page["/Resources"]["/Font"]  # type: ignore[index]  # each page has them
        for font in fonts.values():
            face = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = face["/FontDescriptor"].get_object()
            is_embedded = "/FontFile2" in descriptor or "/FontFile3" in descriptor
            if not (is_embedded and re.match(r"/[A-Z]{6}\+", face["/BaseFont"])):
                found.append(face["/BaseFont"])
    return found
