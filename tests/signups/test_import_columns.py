"""What the columns of a file mean: Czech and English names are known, the rest is asked."""

import pytest
from flask import Flask

from registration.core.i18n import in_language
from registration.events.questions import Asked
from registration.signups.forms.columns import column_labels, empty_header
from registration.signups.importing.columns import Column, guess, refuse_impossible, split_name
from registration.signups.importing.errors import ColumnsMissing, ColumnTwice


@pytest.mark.parametrize(
    ("header", "meanings"),
    [
        ("Jméno|Příjmení|E-mail", "given_name|family_name|email"),
        ("jmeno|PRIJMENI|e-mailová adresa|Název knihovny", "given_name|family_name|email|organisation"),
        ("First name|Last name|Email address|Company", "given_name|family_name|email|organisation"),
        ("Titul před|Jméno|Příjmení|Titul za|IČO", "title_before|given_name|family_name|title_after|ico"),
        ("Jméno a příjmení|Mail|Varianta účasti|Poznámka", "name|email|ticket_type|note"),
        ("Příjmení a jméno|E-mail", "name_reversed|email"),
        ("Jméno|E-mail|Organizace", "name|email|organisation"),
        ("Co si dáte k obědu?|lunch|Telefon||", "q_lunch||||"),
        ("E-mail|E-mail 2|Mail", "email||"),
    ],
)
def test_columns_are_guessed_from_their_names(header: str, meanings: str) -> None:
    assert guess(header.split("|"), questions={"lunch": "Co si dáte k obědu?"}) == meanings.split("|")


def test_our_own_words_are_stronger_than_a_question_of_the_same_name() -> None:
    assert guess(["Poznámka"], questions={"more": "Poznámka"}) == ["note"]


def test_what_a_column_meant_last_time_it_means_again() -> None:
    before = {"Kdo": "name", "E-mail": "", "Oběd": "q_lunch", "Knihovna": "q_gone"}
    header = ["Kdo", "E-mail", "Oběd", "Knihovna", "Jiné"]
    assert guess(header, questions={"lunch": "x"}, before=before) == ["name", "", "q_lunch", "organisation", ""]


@pytest.mark.parametrize(
    "columns", [["given_name", "family_name", "email"], ["name", "email", ""], ["", "email", "name_reversed", ""]]
)
def test_name_and_address_are_enough(columns: list[str]) -> None:
    refuse_impossible(columns)


@pytest.mark.parametrize(
    ("columns", "refusal", "about"),
    [
        (["given_name", "email"], ColumnsMissing, "family_name"),
        (["family_name", "email"], ColumnsMissing, "family_name"),
        (["name", ""], ColumnsMissing, "email"),
        ([], ColumnsMissing, "family_name"),
        (["name", "email", "note", "note"], ColumnTwice, "note"),
    ],
)
def test_columns_that_make_nobody_are_refused(
    app: Flask, columns: list[str], refusal: type[ColumnsMissing | ColumnTwice], about: str
) -> None:
    with pytest.raises(refusal) as caught:
        refuse_impossible(columns)
    assert caught.value.column == about
    assert caught.value.message


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("Jan Žďárský", "|Jan|Žďárský|"),
        ("Ing. Jan Žďárský, Ph.D.", "Ing.|Jan|Žďárský|Ph.D."),
        ("doc. Mgr. Anna Marie Nová, Ph.D., MBA", "doc. Mgr.|Anna Marie|Nová|Ph.D., MBA"),
        ("Žďárský", "||Žďárský|"),
        ("", "|||"),
        ("Ing.", "||Ing.|"),
    ],
)
def test_name_in_one_cell_is_parted(written: str, parts: str) -> None:
    assert "|".join(split_name(written, is_reversed=False).values()) == parts


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("Žďárský Jan", "|Jan|Žďárský|"),
        ("Žďárský Jan, Ing., Ph.D.", "Ing.|Jan|Žďárský|Ph.D."),
        ("Ing. Nová Anna Marie", "Ing.|Anna Marie|Nová|"),
        ("Nová", "||Nová|"),
    ],
)
def test_reversed_name_in_one_cell_is_parted(written: str, parts: str) -> None:
    assert "|".join(split_name(written, is_reversed=True).values()) == parts


QUESTIONS = [
    Asked(id=1, code="lunch", scope="person", kind="text", label="Oběd"),
    Asked(id=2, code="more", scope="order", kind="text", label="e-mail"),
]


class Type:
    """All that matters of a ticket type here."""

    code = "AI"


@pytest.mark.parametrize("language", ["cs", "en"])
def test_columns_of_the_empty_workbook_are_all_understood(app: Flask, language: str) -> None:
    with in_language(language):
        header = empty_header(QUESTIONS, [Type(), Type()])  # type: ignore[list-item]  # only counted
        labels = column_labels(QUESTIONS)
    expected = [each for each in labels if each not in {Column.NAME, Column.NAME_REVERSED}]
    assert guess(header, questions={question.code: question.label for question in QUESTIONS}) == expected


def test_empty_workbook_has_no_ticket_type_where_there_is_nothing_to_choose(app: Flask) -> None:
    with in_language("en"):
        assert empty_header([], [Type()]) == [  # type: ignore[list-item]  # only counted
            "Title before", "Given name", "Surname", "Title after", "E-mail", "Library", "IČO", "Note",
        ]  # fmt: skip
