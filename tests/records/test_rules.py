import re
from datetime import date

import pytest

from registration.records import rules
from registration.records.rules import FormRows, PrintedLine


def test_form_counts_people_hours_and_who_reached_the_threshold() -> None:
    hours = [50 * 60, 48 * 60, 12 * 60]
    assert rules.form_rows(hours, threshold_hours=48) == FormRows(people=3, minutes=110 * 60, reached=2)
    assert rules.form_rows(hours, threshold_hours=8).reached == 3


def test_whoever_attended_nothing_took_no_part() -> None:
    assert rules.form_rows([0, 60], threshold_hours=1) == FormRows(people=1, minutes=60, reached=1)
    assert rules.form_rows([], threshold_hours=48) == FormRows()


@pytest.mark.parametrize(("minutes", "has_reached"), [(479, False), (480, True), (481, True)])
def test_threshold_is_reached_to_the_minute(minutes: int, has_reached: bool) -> None:
    assert rules.has_reached(minutes, 8) is has_reached


def test_what_is_missing_to_the_threshold_is_never_less_than_nothing() -> None:
    assert rules.missing_minutes(47 * 60 + 15, 48) == 45
    assert rules.missing_minutes(49 * 60, 48) == 0


@pytest.mark.parametrize(
    ("typed", "minutes"), [("1,5", 90), ("1.5", 90), (" 8 ", 480), ("0,25", 15), ("0.02", 1), ("400", 24000)]
)
def test_hours_are_read_with_a_comma_or_a_point(typed: str, minutes: int) -> None:
    assert rules.read_hours(typed) == minutes


@pytest.mark.parametrize("typed", ["", "0", "0,001", "-1", "401", "1:30", "1e3", "nan", "1,", "٣", "1,5,5"])
def test_what_is_no_number_of_hours_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(typed)}$"):
        rules.read_hours(typed)


@pytest.mark.parametrize(
    ("typed", "year"),
    [(None, 2025), ("", 2025), ("2024", 2024), ("1989", 2025), ("2101", 2025), ("rok", 2025), ("9" * 400, 2025)],
)
def test_year_of_an_address_is_one_there_can_be(typed: str | None, year: int) -> None:
    assert rules.read_year(typed, default=2025) == year


@pytest.mark.parametrize(
    ("today", "year"), [(date(2026, 1, 1), 2025), (date(2026, 6, 30), 2025), (date(2026, 7, 1), 2026)]
)
def test_letters_are_about_the_year_before_until_june(today: date, year: int) -> None:
    assert rules.year_of_letters(today) == year


def test_declared_training_is_kept_for_three_years_after_its_own() -> None:
    assert rules.first_day_kept(date(2025, 12, 31)) == date(2022, 1, 1)


def test_days_in_a_row_are_a_run() -> None:
    assert rules.is_run([date(2025, 3, 31), date(2025, 4, 1)])
    assert rules.is_run([date(2025, 3, 31)])
    assert not rules.is_run([date(2025, 4, 2), date(2025, 4, 16)])


def test_page_is_full_of_lines_people_or_long_words() -> None:
    short = PrintedLine("Workshop", "Brno", ["2025/WRK/0001"])
    assert rules.fits_on_page([[short] * 10])
    assert not rules.fits_on_page([[short] * 30])
    assert not rules.fits_on_page([[short]] * 10)
    assert not rules.fits_on_page([[PrintedLine("x" * 200, "Brno", [])] * 5])
    assert not rules.fits_on_page([[PrintedLine("x", "", [], organizer="x" * 200)] * 5])
    assert rules.fits_on_page([])


def test_long_records_are_printed_in_parts_of_nearly_the_same_length() -> None:
    people = list(range(10))
    assert [rules.part(people, position, 3) for position in (1, 2, 3)] == [[0, 1, 2], [3, 4, 5], [6, 7, 8, 9]]
    assert [rules.count_files(lines) for lines in (0, 1, 400, 401)] == [1, 1, 1, 2]
