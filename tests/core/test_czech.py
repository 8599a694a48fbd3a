from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.core import czech

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (date(2025, 4, 15), date(2025, 4, 15), "15. 4. 2025"),
        (date(2025, 3, 25), date(2025, 3, 26), "25.–26. 3. 2025"),
        (date(2025, 9, 9), date(2025, 9, 11), "9.–11. 9. 2025"),
        (date(2025, 3, 31), date(2025, 4, 1), "31. 3.+–+1. 4. 2025"),
        (date(2025, 12, 30), date(2026, 1, 2), "30. 12. 2025+–+2. 1. 2026"),
    ],
)
def test_date_range_repeats_only_what_differs(first: date, last: date, shown: str) -> None:
    assert czech.date_range(first, last) == shown.replace(" ", NBSP).replace("+", " ")


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        ([], ""),
        ([date(2025, 4, 2)], "2. 4. 2025"),
        ([date(2025, 4, 2), date(2025, 4, 16)], "2. a 16. 4. 2025"),
        ([date(2025, 3, 30), date(2025, 4, 2), date(2025, 4, 16)], "30. 3.,+2. a 16. 4. 2025"),
        ([date(2025, 12, 30), date(2026, 1, 2)], "30. 12. 2025 a 2. 1. 2026"),
    ],
)
def test_date_list_says_month_and_year_once(days: list[date], shown: str) -> None:
    assert czech.date_list(days) == shown.replace(" ", NBSP).replace("+", " ")


def test_long_date_has_weekday_and_genitive_month() -> None:
    assert czech.long_date(date(2025, 3, 25)) == f"úterý 25.{NBSP}března 2025"
    assert czech.month_and_year(date(2025, 9, 9)) == "září 2025"


def test_clock_time_has_no_leading_zero() -> None:
    assert czech.clock_time(time(9, 5)) == "9:05"


@pytest.mark.parametrize(("value", "shown"), [(8.0, "8"), (1.5, "1,5"), (13.333, "13,3"), (0.0, "0")])
def test_decimal_has_a_comma_and_one_place_at_most(value: float, shown: str) -> None:
    assert czech.decimal(value) == shown


@pytest.mark.parametrize(
    ("sentence", "bound"),
    [
        ("Setkání sekce a AI v praxi manažera", "Setkání sekce a_AI v_praxi manažera"),
        ("AI akademie – 1. online workshop", "AI akademie_– 1._online workshop"),
        ("Zbývá 5 míst", "Zbývá 5_míst"),
        ("V úterý i ve středu", "V_úterý i_ve středu"),
        ("do 20 včetně, u nás", "do 20_včetně, u_nás"),
        ("Věra a i o", "Věra a_i_o"),
        ("%(hours)s a %(place)s (s kolegy)", "%(hours)s a_%(place)s (s_kolegy)"),
    ],
)
def test_bind_keeps_small_words_and_numbers_with_what_follows(sentence: str, bound: str) -> None:
    assert czech.bind(sentence) == bound.replace("_", NBSP)


@given(st.text())
def test_bind_changes_nothing_but_spaces(sentence: str) -> None:
    assert czech.bind(sentence).replace(NBSP, " ") == sentence.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("", "Ada", "Žďárská", ""), "Ada Žďárská"),
        (("Ing.", "Jan", "Žďárský", "Ph.D."), f"Ing.{NBSP}Jan Žďárský, Ph.D."),
        (("prof. PhDr.", "Jan", "Hora", ""), f"prof.{NBSP}PhDr.{NBSP}Jan Hora"),
    ],
)
def test_person_name_puts_titles_on_both_sides(parts: tuple[str, str, str, str], name: str) -> None:
    assert czech.person_name(*parts) == name


CZECH_ORDER = [
    "Cermak", "Cibulka", "Čermák", "Červinka", "d'Artagnan", "Ďurica", "Dvořák", "Hora", "Hrubá", "Chalupa",
    "Chytilová", "Ivan", "Novák Jan", "Novák-Horák", "Nováková Anna", "Ryba", "Řehák", "Smahlová", "Šimek",
    "Uherské", "Ústí", "Valašské Meziříčí", "Wolna", "Zlín", "Žďár",
]  # fmt: skip


def test_sort_key_puts_ch_after_h_and_letters_with_carons_after_plain_ones() -> None:
    by_code_points = sorted(CZECH_ORDER)
    assert by_code_points != CZECH_ORDER
    assert sorted(by_code_points, key=czech.sort_key) == CZECH_ORDER


@pytest.mark.parametrize(
    ("words", "folded"),
    [
        ("Řehák", "rehak"),
        ("Valašské Meziříčí", "valasske mezirici"),
        ("Łódź", "lodz"),
        ("Đorđe Øre", "dorde ore"),
    ],
)
def test_fold_drops_diacritics_and_case(words: str, folded: str) -> None:
    assert czech.fold(words) == folded
