import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.organisations import rules


@pytest.mark.parametrize(
    ("typed", "ico"),
    [
        ("70282170", "70282170"),
        ("25596641", "25596641"),
        ("00023221", "00023221"),
        ("40765407", "40765407"),
        ("00089605", "00089605"),
        ("89605", "00089605"),
        (" 702 82 170\u00a0", "70282170"),
        ("", None),
        ("  ", None),
    ],
)
def test_ico_is_eight_digits_or_nothing(typed: str, ico: str | None) -> None:
    assert rules.read_ico(typed) == ico


@pytest.mark.parametrize(
    "typed",
    [
        "70282171",
        "0",
        "00000000",
        "123456789",
        "7103192745",
        "640903926",
        "CZ70282170",
        "7028217O",
        "-70282170",
        "٧0282170",
    ],
)
def test_what_is_no_ico_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=typed):
        rules.read_ico(typed)


def check_digit(front: str) -> str:
    """Return the digit as domain texts give it: weights 8 to 2, (11 - sum mod 11) mod 10."""
    return str((11 - sum(int(digit) * weight for digit, weight in zip(front, range(8, 1, -1), strict=True)) % 11) % 10)


@given(st.text(string.digits, min_size=7, max_size=7))
def test_of_ten_last_digits_one_is_right(front: str) -> None:
    right = front + check_digit(front)
    assert rules.read_ico(right) == right
    for digit in set(string.digits) - {right[-1]}:
        with pytest.raises(ValueError, match=front):
            rules.read_ico(front + digit)


@given(st.text(string.digits, min_size=7, max_size=7))
def test_leading_zeros_need_not_be_typed(front: str) -> None:
    right = front + check_digit(front)
    assert rules.read_ico(right.lstrip("0")) == right


@given(st.text())
def test_whatever_is_typed_is_an_ico_or_not_one(typed: str) -> None:
    try:
        ico = rules.read_ico(typed)
    except ValueError:
        return
    assert ico is None or (len(ico) == 8 and ico.isascii() and ico.isdigit())


@pytest.mark.parametrize(
    ("words", "folded"),
    [
        ("Městská knihovna Ústí nad Potokem", "mestska knihovna usti nad potokem"),
        ("  Knihovna   Frýdek-Místek, p. o. ", "knihovna frydek mistek p o"),
        ("100%_knihovna", "100 knihovna"),
        ("– !", ""),
    ],
)
def test_words_are_folded_for_searching(words: str, folded: str) -> None:
    assert rules.folded(words) == folded


@given(st.text())
def test_folding_twice_changes_nothing(words: str) -> None:
    assert rules.folded(rules.folded(words)) == rules.folded(words)


@pytest.mark.parametrize(
    ("name", "town", "label"),
    [
        ("Městská knihovna", "Horní Lhota", "Městská knihovna, Horní Lhota"),
        ("Městská knihovna Horní Lhota", "Horní Lhota", "Městská knihovna Horní Lhota"),
        ("Knihovna HORNI  Lhota", "Horní Lhota", "Knihovna HORNI  Lhota"),
        ("Mostecká knihovna", "Most", "Mostecká knihovna, Most"),
        ("Knihovna", "", "Knihovna"),
        ("Knihovna Most", "", "Knihovna Most"),
        ("Knihovna", "–", "Knihovna, –"),
    ],
)
def test_label_says_the_town_once(name: str, town: str, label: str) -> None:
    assert rules.label(name, town) == label
