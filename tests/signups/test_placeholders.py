"""Words in braces: which are known, and what is filled in."""

import pytest

from registration.signups.placeholders import PLACEHOLDERS, fill, unknown

VALUES = {each.english: each.english.upper() for each in PLACEHOLDERS}


@pytest.mark.parametrize("each", PLACEHOLDERS)
def test_each_goes_by_its_czech_and_its_english_name(each: object) -> None:
    assert fill(f"x {{{each.czech}}} y", VALUES) == f"x {each.english.upper()} y"  # type: ignore[attr-defined]
    assert fill(f"{{{each.english}}}", VALUES) == each.english.upper()  # type: ignore[attr-defined]


def test_capitals_and_diacritics_do_not_matter() -> None:
    assert fill("{Jméno} {PŘIHLÁŠKA} {termín}", VALUES) == "NAME NUMBER DATES"


def test_unknown_words_are_named_as_they_were_written_each_once() -> None:
    assert unknown("{jmeno} {Jmenno} {x} {Jmenno} {}, { ne }, {{odkaz}}") == ["Jmenno", "x"]
    assert fill("{Jmenno}", VALUES) == "{Jmenno}"


def test_what_is_filled_in_is_not_filled_in_again() -> None:
    assert fill("{knihovna}", {**VALUES, "library": "{odkaz}"}) == "{odkaz}"
