"""The printed record: what it says, how long it is, that it is a good PDF."""

from io import BytesIO

import pytest
from flask import Flask
from pypdf import PdfReader

from registration.checkin.models import EntryKind
from registration.core.i18n import in_language
from registration.organisations.models import Organisation
from registration.records import documents, queries
from registration.records.queries import Line, PersonRecord, Record
from registration.signups.models import Registration
from tests import factories, papers
from tests.records import world
from tests.records.world import ADA, YEAR

# What fills the page as badly as anything that is taken for one page.
LONG_TITLE = "Nejneobhospodařovávatelnější knihovny " * 5
DAY = world.NEXT_JANUARY.date().replace(year=YEAR)


@pytest.fixture
def lhota(app: Flask, at_demo_day: None) -> Organisation:
    return world.library()


@pytest.fixture
def ada(lhota: Organisation) -> Registration:
    [ada] = world.attend(world.event("skoleni", 6), ADA, of=lhota)
    return ada


def page_count(paper: bytes) -> int:
    return len(PdfReader(BytesIO(paper)).pages)


def line(title: str = "Workshop", organizer: str = "", numbers: int = 1, town: str = "Brno") -> Line:
    return Line(
        title=title,
        days=[DAY],
        places=[] if organizer else [town],
        minutes=90,
        numbers=["2025/WRK/0042"] * numbers,
        organizer=organizer,
        declared_id=1 if organizer else None,
    )


def record(library: Organisation, *people: list[Line]) -> Record:
    named = [PersonRecord("Ada", f"Novák-Horáková Maxmiliána {number}, PhDr., Ph.D.", "", lines)
             for number, lines in enumerate(people)]  # fmt: skip
    return Record("Městská knihovna Horní Lhota", YEAR, 48, named, library)


def test_paper_of_a_library_says_what_its_page_says(lhota: Organisation, ada: Registration) -> None:
    world.declare(ada, hours=1.5)
    with in_language("cs"):
        paper = documents.paper(queries.read_library(lhota, YEAR))
    text = papers.text_of(paper)
    for said in (
        "Přehled vzdělávání za rok 2025",
        "Knihovna Horní Lhota",
        "Řádek 413: hodiny vzdělávání celkem 7,5",
        "Číslo 1 Osoba",
        "23. 4. 2025 Akce skoleni Brno 6",
        "vlastní údaj bez ověření, Krajská knihovna",
        "nemusí být úplný",
    ):
        assert said in text
    assert papers.title_of(paper) == "Přehled vzdělávání za\u00a0rok 2025 – Knihovna Horní Lhota".replace("\u00a0", " ")
    assert str(papers.catalogue_of(paper)["/Lang"]) == "cs"
    assert "/StructTreeRoot" in papers.catalogue_of(paper)


def test_paper_of_a_person_has_no_rows_of_the_form(ada: Registration) -> None:
    with in_language("en"):
        text = papers.text_of(documents.paper(queries.read_person(ada, YEAR)))
    assert "412" not in text
    assert "Training record 2025" in text


@pytest.mark.parametrize(
    "people",
    [
        [[line()] * 17],
        [[line()]] * 6,
        [[line(LONG_TITLE)] * 2],
        [[line("W" * 29, organizer="W" * 25)] * 4],
        [[line("W" * 26, organizer="W" * 20)] * 8],
        [[line(numbers=4)] * 4],
        [[line(town="Valašské Meziříčí")] * 8],
    ],
)
def test_what_is_taken_for_one_page_is_one_page(lhota: Organisation, people: list[list[Line]]) -> None:
    made = record(lhota, *people)
    assert documents.fits_on_page(made)
    with in_language("cs"):
        paper = documents.paper(made)
    assert page_count(paper) == 1
    assert papers.overlapping(paper) == []


def test_record_is_drawn_in_parts_whose_people_follow_each_other(lhota: Organisation) -> None:
    world.attend(world.event("skoleni", 6), *[factories.person(number) for number in range(1, 4)], of=lhota)
    parameters = {"library": lhota.id, "year": YEAR, "language": "cs", "files": 2}
    (first_name, first), (second_name, second) = (documents.draw(parameters, position) for position in (1, 2))
    assert (first_name, second_name) == ("vzdelavani-2025-1.pdf", "vzdelavani-2025-2.pdf")
    assert "Číslo 1 Osoba" in papers.text_of(first)
    assert "Řádek 412" in papers.text_of(first)
    assert "Číslo 3 Osoba" in papers.text_of(second)
    assert "Řádek 412" not in papers.text_of(second)


def test_record_of_a_person_is_drawn_by_itself(ada: Registration) -> None:
    parameters = {"registration": ada.id, "year": YEAR, "language": "en", "files": 1}
    name, paper = documents.draw(parameters, 1)
    assert name == "vzdelavani-2025.pdf"
    assert "Akce skoleni" in papers.text_of(paper)


def test_nobody_makes_more_files_than_there_are_people(lhota: Organisation) -> None:
    assert documents.count_files(record(lhota, [line()] * 900)) == 1
    assert documents.count_files(record(lhota, *[[line()] * 3] * 300)) == 3
    assert documents.count_files(record(lhota)) == 1


def test_record_of_nobody_is_one_page(lhota: Organisation, ada: Registration) -> None:
    world.write(ada, EntryKind.UNDO)
    empty = queries.read_library(lhota, YEAR)
    assert documents.fits_on_page(empty)
    assert page_count(documents.paper(empty)) == 1
