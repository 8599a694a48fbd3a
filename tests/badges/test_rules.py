"""What is decided about prints on plain values."""

from datetime import date

import pytest

from registration.badges import rules
from registration.badges.rules import SHAPES, Format


def test_file_has_full_sheets_and_at_most_96_badges() -> None:
    assert {format_: shape.per_file for format_, shape in SHAPES.items()} == {
        Format.EIGHT: 96,
        Format.TEN: 90,
        Format.A6: 96,
        Format.LABEL: 96,
    }
    assert rules.chunks([1, 2, 3, 4, 5], 2) == [[1, 2], [3, 4], [5]]
    assert rules.chunks([], 2) == []


@pytest.mark.parametrize(
    ("parts", "marks"),
    [
        ([], []),
        ([((3, 26), False), ((3, 26), False), ((4, 2), True)], ["● 26. 3.", "○ 2. 4."]),
        ([((4, 2), True), ((3, 26), False)], ["● 26. 3.", "○ 2. 4."]),
        ([((9, day), False) for day in range(1, 6)], ["● 1. 9.", "● 2. 9.", "● 3. 9.", "● 4. 9.", "● 5. 9."]),
        ([((9, day), False) for day in range(1, 7)], ["● 1. 9. – 6. 9."]),
        ([((9, day), False) for day in range(1, 6)] + [((10, 1), True)], ["● 1. 9. – 5. 9.", "○ 1. 10."]),
    ],
)
def test_badge_shows_the_days_it_admits_to(parts: list[tuple[tuple[int, int], bool]], marks: list[str]) -> None:
    days = [(date(2025, *day), is_online) for day, is_online in parts]
    assert [mark.replace("\u00a0", " ") for mark in rules.marks_of(days)] == marks


@pytest.mark.parametrize(
    ("words", "pieces"),
    [
        ("", []),
        ("Novák-Horák", ["Novák-", "Horák"]),
        ("z Rožmberka", ["z ", "Rožmberka"]),
        ("Novák - Horák", ["Novák - ", "Horák"]),
        ("v\u00a0Brně", ["v\u00a0Brně"]),
    ],
)
def test_line_may_end_after_a_space_and_a_hyphen(words: str, pieces: list[str]) -> None:
    assert rules.pieces_of(words) == pieces


def test_words_are_wrapped_into_their_room() -> None:
    pieces = ["Novák-", "Horák ", "ml."]
    assert rules.wrap(pieces, room=15, width=len) == ["Novák-Horák ml."]
    assert rules.wrap(pieces, room=14, width=len) == ["Novák-Horák", "ml."]
    assert rules.wrap(pieces, room=6, width=len) == ["Novák-", "Horák", "ml."]
    assert rules.wrap(pieces, room=5, width=len) is None
    assert rules.wrap([], room=5, width=len) == []


def test_sheet_has_lines_to_spare_and_is_full_where_it_is_alone() -> None:
    assert [rules.fits_one_page(people) for people in (0, 13, 14)] == [True, True, False]
    assert [rules.spare_rows(people) for people in (0, 13, 14, 400)] == [18, 5, 10, 10]


def test_sheets_of_the_same_people_in_the_same_order_have_the_same_mark() -> None:
    mark = rules.sheet_mark([3, 1, 2])
    assert mark == rules.sheet_mark(iter([3, 1, 2]))
    assert len({mark, rules.sheet_mark([1, 2, 3]), rules.sheet_mark([3, 1]), rules.sheet_mark([])}) == 4
    assert len(mark) == 4
