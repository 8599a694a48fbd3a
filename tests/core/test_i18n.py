from datetime import date

import pytest
from flask import Flask

from registration.core import i18n
from registration.core.money import show_price

NBSP = "\u00a0"
MARCH, APRIL = date(2025, 3, 26), date(2025, 4, 2)


def test_language_is_czech_unless_something_else_is_chosen(app: Flask) -> None:
    assert (i18n.language(), i18n.gettext("Programme")) == ("cs", "Program")
    with i18n.in_language("en"):
        assert (i18n.language(), i18n.gettext("Programme")) == ("en", "Programme")
        with i18n.in_language("cs"):
            assert (i18n.language(), i18n.gettext("Programme")) == ("cs", "Program")
        assert i18n.language() == "en"
    assert i18n.language() == "cs"


def test_address_chooses_the_language(app: Flask) -> None:
    for environ, language in (({i18n.LANGUAGE_KEY: "en"}, "en"), ({}, "cs")):
        with app.test_request_context("/", environ_overrides=environ):
            assert i18n.language() == language


@pytest.mark.parametrize(
    ("template", "html", "text"),
    [
        ("{{ _('Programme') }}", "Program", "Program"),
        ("{{ _('100 %%') }}", "100 %", "100 %"),
        ("{{ _('Programme %(year)s', year='<b>') }}", "Program &lt;b&gt;", "Program <b>"),
        ("{{ _('Programme %(year)s', year='<b>' | safe) }}", "Program <b>", "Program <b>"),
        ("{{ ngettext('%(num)d hour', '%(num)d hours', 5) }}", f"5{NBSP}hodin", f"5{NBSP}hodin"),
        ("{{ ngettext('%(num)d hour', '%(num)d hours', 2) ~ '<' }}", f"2{NBSP}hodiny&lt;", f"2{NBSP}hodiny<"),
        ("{{ '<' ~ _('Programme') }}", "&lt;Program", "<Program"),
    ],
)
def test_template_speaks_the_language_and_escapes_values_in_html_only(
    app: Flask, template: str, html: str, text: str
) -> None:
    for shown, autoescape in ((html, True), (text, False)):
        templates = app.jinja_env.overlay(autoescape=autoescape)
        assert templates.from_string(template).render() == shown


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        ([], ""),
        ([APRIL], "2 April 2025"),
        ([MARCH, APRIL], "26 March and 2 April 2025"),
        ([MARCH, APRIL, date(2025, 4, 16)], "26 March, 2 April and 16 April 2025"),
        ([date(2025, 12, 30), date(2026, 1, 2)], "30 December 2025 and 2 January 2026"),
    ],
)
def test_english_list_of_days_says_the_year_once(app: Flask, days: list[date], shown: str) -> None:
    with i18n.in_language("en"):
        assert i18n.show_date_list(days) == shown


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (APRIL, APRIL, "2 April 2025"),
        (date(2025, 3, 25), MARCH, "25–26 March 2025"),
        (MARCH, APRIL, "26 March – 2 April 2025"),
        (date(2025, 12, 30), date(2026, 1, 2), "30 December 2025 – 2 January 2026"),
    ],
)
def test_english_range_repeats_only_what_differs(app: Flask, first: date, last: date, shown: str) -> None:
    with i18n.in_language("en"):
        assert i18n.show_date_range(first, last) == shown


@pytest.mark.parametrize(
    ("language", "first", "last", "shown"),
    [
        ("cs", date(2025, 3, 25), MARCH, ("25.–26.", "března 2025")),
        ("cs", APRIL, APRIL, ("2.", "dubna 2025")),
        ("en", date(2025, 3, 25), MARCH, ("25–26", "March 2025")),
        ("en", MARCH, APRIL, ("", "26 March – 2 April 2025")),
        ("cs", None, None, ("", "")),
    ],
)
def test_large_date_has_days_and_month_apart(
    app: Flask, language: str, first: date | None, last: date | None, shown: tuple[str, str]
) -> None:
    with i18n.in_language(language):
        assert i18n.show_large_date(first, last) == shown


@pytest.mark.parametrize(
    ("minutes", "hours", "lessons"),
    [
        (60, "1 hodina", "1,3 vyučovací hodiny"),
        (120, "2 hodiny", "2,7 vyučovací hodiny"),
        (90, "1,5 hodiny", "2 vyučovací hodiny"),
        (359, "6 hodin", "8 vyučovacích hodin"),
        (600, "10 hodin", "13,3 vyučovací hodiny"),
        (0, "0 hodin", "0 vyučovacích hodin"),
    ],
)
def test_hours_and_lessons_agree_with_their_numbers(app: Flask, minutes: int, hours: str, lessons: str) -> None:
    assert i18n.show_hours(minutes) == hours.replace(" ", NBSP)
    assert i18n.show_lessons(minutes).replace(NBSP, " ") == lessons


@pytest.mark.parametrize(
    ("haler", "czech", "english"),
    [(0, "zdarma", "free of charge"), (195000, "1 950 Kč", "1 950 Kč"), (195050, "1 950,50 Kč", "1 950.50 Kč")],
)
def test_price_is_printed_with_no_break_spaces(app: Flask, haler: int, czech: str, english: str) -> None:
    assert show_price(haler) == czech.replace(" ", NBSP)
    with i18n.in_language("en"):
        assert show_price(haler) == (english if haler == 0 else english.replace(" ", NBSP))
