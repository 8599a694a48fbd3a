import string
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.organisations import rules
from registration.organisations.rules import Likeness, Listed


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


@pytest.mark.parametrize(
    ("read", "typed", "stored"),
    [
        (rules.read_sigla, " aba 001 ", "ABA001"),
        (rules.read_sigla, "", None),
        (rules.read_dic, "cz 70282170", "CZ70282170"),
        (rules.read_dic, " ", None),
        (rules.read_data_box, "ABC12Ef", "abc12ef"),
        (rules.read_data_box, "", None),
        (rules.read_postcode, "60200", "602 00"),
        (rules.read_postcode, "602\u00a000", "602 00"),
        (rules.read_postcode, "", ""),
    ],
)
def test_marks_are_read_however_they_are_spaced(
    read: Callable[[str], str | None], typed: str, stored: str | None
) -> None:
    assert read(typed) == stored


@pytest.mark.parametrize(
    ("read", "typed"),
    [
        (rules.read_sigla, "AB001"),
        (rules.read_sigla, "ABA0011"),
        (rules.read_dic, "70282170"),
        (rules.read_dic, "CZ1234567"),
        (rules.read_data_box, "abc12e"),
        (rules.read_postcode, "6020"),
        (rules.read_postcode, "6020٣"),
    ],
)
def test_wrong_marks_are_refused(read: Callable[[str], str | None], typed: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read(typed)


DAY = date(2025, 3, 10)
BEFORE, AFTER = date(2025, 3, 9), date(2025, 3, 11)


@pytest.mark.parametrize(
    ("periods", "is_member"),
    [
        ([], False),
        ([(None, None)], True),
        ([(DAY, None)], True),
        ([(AFTER, None)], False),
        ([(None, DAY)], True),
        ([(None, BEFORE)], False),
        ([(DAY, DAY)], True),
        ([(None, BEFORE), (DAY, None)], True),
        ([(None, BEFORE), (AFTER, None)], False),
    ],
)
def test_member_is_who_has_a_membership_on_that_day(periods: list[rules.Period], is_member: bool) -> None:
    assert rules.is_member_on(DAY, periods) == is_member


@pytest.mark.parametrize(
    ("period", "other", "do_overlap"),
    [
        ((DAY, None), (None, BEFORE), False),
        ((DAY, None), (None, DAY), True),
        ((DAY, DAY), (AFTER, None), False),
        ((DAY, AFTER), (AFTER, None), True),
        ((None, None), (AFTER, AFTER), True),
        ((None, BEFORE), (DAY, None), False),
    ],
)
def test_memberships_overlap_when_they_share_a_day(period: rules.Period, other: rules.Period, do_overlap: bool) -> None:
    assert rules.overlaps(period, [other]) == do_overlap
    assert rules.overlaps(other, [period]) == do_overlap
    assert not rules.overlaps(period, [])


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        (("mestska knihovna", "lhota", "19", None), ("knihovna lhota", "", "19", None), Likeness.SAME_ICO),
        (("knihovna", "lhota", "19", "ABA001"), ("knihovna", "lhota", "19", "ABA002"), None),
        (("knihovna", "lhota", "19", "ABA001"), ("jina", "usti", "19", None), Likeness.SAME_ICO),
        (("mestska knihovna", "lhota", None, None), ("mestska knihovna", "", None, None), Likeness.SAME_NAME),
        (("mestska knihovna", "lhota", None, None), ("mestska knihovna", "usti", None, None), None),
        (("mestska knihovna", "lhota", None, None), ("mestska knihovna lhota", "", None, None), Likeness.SIMILAR_NAME),
        (("knihovna usti", "", None, None), ("knihovna ustti", "", None, None), Likeness.SIMILAR_NAME),
        (("knihovna usti", "", None, None), ("knihovna usit", "", None, None), Likeness.SIMILAR_NAME),
        (("knihovna usti", "usti", None, None), ("knihovna ust", "ust", None, None), None),
        (("mestska knihovna", "", None, None), ("obecni knihovna", "", None, None), None),
    ],
)
def test_duplicates_are_recognised(
    one: tuple[str, str, str | None, str | None],
    other: tuple[str, str, str | None, str | None],
    likeness: Likeness | None,
) -> None:
    found = rules.likely_duplicates([Listed(1, *one), Listed(2, *other)])
    assert found == ({(1, 2): likeness} if likeness else {})


def test_name_that_a_crowd_shares_says_nothing() -> None:
    crowd = [Listed(number, "knihovna", "", None, None) for number in range(100)]
    assert rules.likely_duplicates(crowd) == {}


def test_what_is_kept_for_a_time_goes_after_it() -> None:
    now = datetime(2025, 3, 10, 8, tzinfo=UTC)
    assert rules.last_unconfirmed_to_go(now) == datetime(2025, 3, 3, 8, tzinfo=UTC)
    assert rules.last_refusal_to_forget(now) == datetime(2024, 3, 10, 8, tzinfo=UTC)
    assert rules.last_import_to_go(now) == datetime(2025, 3, 9, 8, tzinfo=UTC)
