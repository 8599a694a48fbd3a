"""Badges as they come out of the printer: sizes, names that fit, codes that scan, the Czech alphabet."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader

from registration.badges.documents import badge_sheets
from registration.badges.queries import Order, get_pile, list_for_badges
from registration.badges.rules import Format
from registration.core.db import db
from registration.events.models import Event
from registration.signups.models import Registration
from registration.signups.operations import Orderer, cancel, set_no_photo
from tests import factories
from tests.badges.world import DOUBLE_BARRELLED, LONG_LIBRARY, LONGEST, named, sign_up
from tests.factories import OLGA_EMAIL, person
from tests.papers import boxes_of, catalogue_of, overlapping, qr_codes_of, qr_sizes_of, text_of, title_of

MILLIMETRE = 72 / 25.4
# Where the first badge of a sheet is: left, top, right, bottom in millimetres; and the size of the sheet.
PLACES = {
    Format.EIGHT: ((0, 0.5, 105, 74.5), (210, 297)),
    Format.TEN: ((15, 13.5, 105, 67.5), (210, 297)),
    Format.A6: ((0, 0, 105, 148), (105, 148)),
    Format.LABEL: ((0, 0, 100, 62), (100, 62)),
}
_MARGIN = 2.5


@pytest.fixture
def workshop(app: Flask, at_demo_day: None) -> Iterator[Event]:
    yield factories.workshop(capacity=None)
    db.session.rollback()


def badges(event: Event, *, format_: Format = Format.EIGHT, order: Order = Order.SURNAME) -> bytes:
    return badge_sheets(event, list_for_badges(get_pile(event, order=order).everybody), format_)


def page_sizes(paper: bytes) -> list[tuple[int, int]]:
    """Return width and height of every page in millimetres."""
    boxes = [page.mediabox for page in PdfReader(BytesIO(paper)).pages]
    return [(round(float(box.width) / MILLIMETRE), round(float(box.height) / MILLIMETRE)) for box in boxes]


def beyond(place: tuple[float, ...], paper: bytes) -> list[tuple[float, ...]]:
    """Return the words that are not wholly within a badge and its margin."""
    left, top, right, bottom = place
    room = (left + _MARGIN, top + _MARGIN, right - _MARGIN, bottom - _MARGIN)
    inner = tuple(each * MILLIMETRE for each in room)
    return [
        box
        for box in boxes_of(paper)
        if not (inner[0] < box[0] < box[2] < inner[2] and inner[1] < box[1] < box[3] < inner[3])
    ]


@pytest.mark.parametrize("format_", Format)
@pytest.mark.parametrize("names", [DOUBLE_BARRELLED, LONGEST], ids=["double-barrelled", "longest"])
def test_longest_name_stays_on_its_badge_whole(workshop: Event, names: dict[str, str], format_: Format) -> None:
    registration = named(workshop, **names)
    set_no_photo(registration, no_photo=True, by=OLGA_EMAIL)
    paper = badges(workshop, format_=format_)
    place, sheet = PLACES[format_]
    assert page_sizes(paper) == [sheet]
    assert beyond(place, paper) == []
    assert overlapping(paper) == []
    words = text_of(paper).replace(" ", "")
    assert all(value.replace(" ", "") in words for value in [*names.values(), LONG_LIBRARY])
    assert registration.short_code in text_of(paper)
    assert "nefotit" in words.casefold()


@pytest.mark.parametrize("format_", Format)
def test_every_code_scans_and_is_28_mm_wide(workshop: Event, format_: Format) -> None:
    people = sign_up(workshop, "Nováková A", "Nováková B", "Nováková C")
    paper = badges(workshop, format_=format_)
    assert sorted(qr_codes_of(paper)) == sorted(each.ticket_code for each in people)
    sizes = qr_sizes_of(paper)
    assert len(sizes) == 3
    assert min(millimetres for millimetres, _ in sizes) >= 28
    assert {level for _, level in sizes} == {"H"}


@pytest.mark.parametrize("format_", [Format.EIGHT, Format.TEN])
def test_badges_fill_sheets_by_the_czech_alphabet(workshop: Event, format_: Format) -> None:
    names = ("Žďárská", "Chalupa", "Ivan", "Hrubá", "Čermák", "Cibulka", "Řehák", "Rys", "Šimek", "Sova", "Dušek")
    people = sign_up(workshop, *names)
    cancel([people[-1]], by=OLGA_EMAIL)
    factories.crowd(workshop, 1, first=60)
    paper = badges(workshop, format_=format_)
    assert page_sizes(paper) == [(210, 297)] * 2
    words = text_of(paper)
    alphabet = ["Cibulka", "Čermák", "Číslo 60", "Hrubá", "Chalupa", "Ivan", "Rys", "Řehák", "Sova", "Šimek", "Žďárská"]
    assert sorted(alphabet, key=words.index) == alphabet
    assert "Dušek" not in words
    assert words.count("Workshop WRK") == words.count("2025/WRK") == words.count("Účast") == 11
    assert words.count("● 23. 4.") == 11
    assert people[0].short_code in words


def test_badges_lie_by_library_when_asked(workshop: Event) -> None:
    sign_up(workshop, "Adamec", library="Žatec")
    factories.order(workshop, person(7), orderer=Orderer(name="O", email="o@x.example", organisation="Chrudim"))
    factories.order(workshop, person(8), orderer=Orderer(name="O", email="o@x.example", organisation="Havlíčkův Brod"))
    by_library = list_for_badges(get_pile(workshop, order=Order.LIBRARY).everybody)
    assert [each.organisation_name for each in by_library] == ["Havlíčkův Brod", "Chrudim", "Žatec"]
    by_surname = list_for_badges(get_pile(workshop).everybody)
    assert [each.family_name for each in by_surname] == ["Adamec", "Číslo 7", "Číslo 8"]


def test_badge_asks_not_to_photograph_only_whoever_wanted_it(workshop: Event) -> None:
    ada, _bob = sign_up(workshop, "Ada", "Bob")
    set_no_photo(ada, no_photo=True, by=OLGA_EMAIL)
    assert text_of(badges(workshop)).casefold().count("nefotit") == 1


def test_badges_say_what_they_are_to_whoever_hears_them(workshop: Event) -> None:
    sign_up(workshop, "Chalupa")
    paper = badges(workshop)
    assert title_of(paper) == "Jmenovky – Workshop WRK"
    assert catalogue_of(paper)["/Lang"] == "cs"
    assert catalogue_of(paper)["/MarkInfo"]["/Marked"]
    assert badges(workshop) == paper


def test_sheet_without_anybody_left_is_empty(workshop: Event) -> None:
    assert page_sizes(badge_sheets(workshop, [], Format.EIGHT)) == [(210, 297)]


def test_word_wider_than_any_line_is_broken(workshop: Event) -> None:
    endless = {"given_name": "W" * 60, "family_name": "W" * 60, "title_after": "W" * 40}
    people: list[Registration] = [named(workshop, **endless)]
    paper: Any = badge_sheets(workshop, people, Format.TEN)
    assert text_of(paper).replace(" ", "").count("W") >= 160
    assert beyond(PLACES[Format.TEN][0], paper) == []
