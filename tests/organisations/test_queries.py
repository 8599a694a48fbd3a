import pytest
from flask import Flask
from sqlalchemy import insert

from registration.core import czech
from registration.core.db import transaction
from registration.organisations import rules
from registration.organisations.errors import OrganisationNotFound
from registration.organisations.models import Organisation
from registration.organisations.operations import add_organisation
from registration.organisations.queries import (
    Filter,
    count_organisations,
    find_organisation,
    get_organisation,
    list_organisations,
    recognise,
    suggest,
)
from tests.queries import count_queries

LIBRARIES = [
    ("Městská knihovna Ústí nad Potokem", "Ústí nad Potokem", "00000051"),
    ("Městská knihovna", "Horní Lhota", "00000019"),
    ("Městská knihovna", "Dolní Lhota", ""),
    ("Knihovna Frýdek-Místek, příspěvková organizace", "Frýdek-Místek", "00089605"),
    ("Mostecká knihovna", "Most", "70282170"),
    ("Chytrá knihovna", "", "00000078"),
    ("Celá knihovna", "", ""),
    ("Čtenářská knihovna", "", ""),
]


@pytest.fixture
def libraries(app: Flask) -> list[Organisation]:
    """Fill the directory."""
    return [add_organisation(name=name, town=town, ico=ico, by="olga") for name, town, ico in LIBRARIES]


def labels(typed: str, limit: int = 8) -> list[str]:
    return [each.label for each in suggest(typed, limit=limit)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("usti", ["Městská knihovna Ústí nad Potokem"]),
        ("ÚSTÍ", ["Městská knihovna Ústí nad Potokem"]),
        ("knih lhota", ["Městská knihovna, Dolní Lhota", "Městská knihovna, Horní Lhota"]),
        ("lhota knih", ["Městská knihovna, Dolní Lhota", "Městská knihovna, Horní Lhota"]),
        ("mistek", ["Knihovna Frýdek-Místek, příspěvková organizace"]),
        ("frydek-mistek", ["Knihovna Frýdek-Místek, příspěvková organizace"]),
        ("ovna", []),
        ("89605", ["Knihovna Frýdek-Místek, příspěvková organizace"]),
        ("000896", ["Knihovna Frýdek-Místek, příspěvková organizace"]),
        ("702 82", ["Mostecká knihovna, Most"]),
        ("ch", ["Chytrá knihovna"]),
        ("u", []),
        (" \u00a0ú", []),
        ("%%", []),
        ("__", []),
        ("", []),
    ],
)
def test_words_are_found_by_how_they_begin(libraries: list[Organisation], typed: str, found: list[str]) -> None:
    assert labels(typed) == found


def test_suggestions_come_in_czech_order(libraries: list[Organisation]) -> None:
    assert labels("knih") == sorted([each.label for each in libraries], key=czech.sort_key)
    assert labels("knih")[:3] == ["Celá knihovna", "Čtenářská knihovna", "Chytrá knihovna"]


def test_suggestions_are_few(libraries: list[Organisation]) -> None:
    assert len(suggest("knih", limit=3)) == 3


@pytest.mark.parametrize(
    "letter", ["%", "_", "\\", "'", "☃", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")]
)
def test_signs_are_not_wildcards(libraries: list[Organisation], letter: str) -> None:
    assert labels(f"knih {letter} {letter}usti") == labels("knih usti")


@pytest.mark.parametrize(
    ("typed", "index"),
    [
        ("Městská knihovna Ústí nad Potokem", 0),
        ("mestska  knihovna usti nad potokem", 0),
        ("Městská knihovna Ústí nad Potokem, Ústí nad Potokem", 0),
        ("Městská knihovna, Horní Lhota", 1),
        ("mestska knihovna,dolni lhota", 2),
        ("Knihovna Frýdek-Místek, příspěvková organizace", 3),
        ("Knihovna Frýdek-Místek, příspěvková organizace, Frýdek-Místek", 3),
        ("Mostecká knihovna", 4),
        ("Mostecká knihovna, Most", 4),
        ("70282170", 4),
        (" 702 82 170 ", 4),
        ("89605", 3),
        ("78", 5),
    ],
)
def test_typed_organisation_is_found(libraries: list[Organisation], typed: str, index: int) -> None:
    meant = libraries[index]
    with count_queries() as counter:
        recognised = recognise(typed)
    assert recognised == (meant.id, meant.name, meant.town, meant.is_member)
    assert counter.count == 1
    assert find_organisation(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "Městská knihovna",
        "mestska knihovna",
        "Městská",
        "Jiná knihovna",
        "Mostecká knihovna, Brno",
        "25596641",
        "",
        "–",
        ",",
    ],
)
def test_unknown_or_ambiguous_organisation_is_none(libraries: list[Organisation], typed: str) -> None:
    with count_queries() as counter:
        assert find_organisation(typed) is None
    assert counter.count <= 1


def test_exact_label_wins_over_namesakes(libraries: list[Organisation]) -> None:
    without_town = add_organisation(name="Městská knihovna", by="olga")
    spelled = add_organisation(name="Městská knihovna Dolní Lhota", by="olga")
    assert find_organisation("Městská knihovna") == without_town
    assert find_organisation("Městská knihovna, Dolní Lhota") == libraries[2]
    assert find_organisation("Městská knihovna Dolní Lhota") == spelled


def test_ico_of_two_organisations_is_ambiguous(libraries: list[Organisation]) -> None:
    with transaction():
        libraries[0].ico = libraries[1].ico  # as only a hand in the database can do
    assert find_organisation("00000019") is None


def test_every_label_leads_back_to_its_organisation(libraries: list[Organisation]) -> None:
    add_organisation(name="Knihovna, z. s.", town="Praha 4, Nusle", by="olga")
    for each in list_organisations(page=1, page_size=50):
        assert find_organisation(each.label) == each


def test_directory_is_listed_in_czech_order_page_by_page(libraries: list[Organisation]) -> None:
    names = [(each.name, each.town) for each in list_organisations(page=1, page_size=50)]
    assert names == [(LIBRARIES[index][0], LIBRARIES[index][1]) for index in (6, 7, 5, 3, 2, 1, 0, 4)]
    assert [each.name for each in list_organisations(page=2, page_size=3)] == [names[3][0], names[4][0], names[5][0]]
    assert list_organisations(page=9, page_size=3) == []
    assert count_organisations() == len(LIBRARIES)


def test_directory_is_searched(libraries: list[Organisation]) -> None:
    assert list_organisations(Filter("lhota"), page=1, page_size=50) == [libraries[2], libraries[1]]
    assert count_organisations(Filter("lhota")) == 2


def test_organisation_that_is_gone_is_not_found(libraries: list[Organisation]) -> None:
    assert get_organisation(libraries[0].id) == libraries[0]
    with pytest.raises(OrganisationNotFound):
        get_organisation(999_999)


def test_name_that_hundreds_share_is_read_in_part(app: Flask) -> None:
    rows = [
        {
            "name": "Knihovna",
            "folded_name": "knihovna",
            "town": f"Obec {n}",
            "folded_town": f"obec {n}",
            "is_member": False,
        }
        for n in range(300)
    ]
    with transaction() as session:
        session.execute(insert(Organisation), rows)
    found = find_organisation("Knihovna, Obec 299")
    assert found
    assert found.label == "Knihovna, Obec 299" == rules.label("Knihovna", "Obec 299")
    assert find_organisation("Knihovna") is None
