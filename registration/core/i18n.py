"""Two languages: Czech first, English complete. Messages in the code are English; the catalogue makes them Czech.

Czech is spoken in two voices: politely (vykání), or familiarly (tykání) where the association wants it so. The familiar
catalogue holds only what differs. Which voice a request or a message has, the application says by `choose_voice`.

Everything the Czech catalogue returns gets its no-break spaces here, so that no template has to think of them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from functools import lru_cache
from itertools import zip_longest
from typing import Any, cast

import flask_babel
from babel.dates import format_date as babel_date
from babel.support import NullTranslations, Translations
from flask import Flask, current_app, has_request_context, request
from flask_babel import Babel
from flask_babel.speaklater import LazyString
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from wtforms.i18n import messages_path

from registration.core import czech
from registration.core.settings import PROJECT

LANGUAGES = ("cs", "en")
LANGUAGE_KEY = "prezence.language"  # in the WSGI environment, set by the /en prefix
FAMILIAR = "cs@tykani"  # the voice; the others are called as their languages
_VOICE_KEY = "prezence.voice"  # in the WSGI environment, once something has been said
_CATALOGUES = PROJECT / "registration" / "translations"

babel = Babel()
_bind = lru_cache(maxsize=4096)(czech.bind)
_chosen: ContextVar[str | None] = ContextVar("voice", default=None)


def init_app(app: Flask) -> None:
    """Give the application its languages and its templates the words."""
    app.config["BABEL_DEFAULT_LOCALE"] = "cs"
    app.extensions.setdefault("is_familiar", bool)
    babel.init_app(app, locale_selector=language)  # for the words of Flask-Security and WTForms
    app.before_request(_lend_wtforms_its_words)
    # A page says dozens of things, and Jinja's own way to the catalogue costs more than the rest of the page.
    app.jinja_env.globals.update(_=_in_template, gettext=_in_template, ngettext=_plural_in_template)
    app.add_template_filter(typeset)
    for function in (
        language,
        show_date,
        show_day,
        show_long_date,
        show_large_date,
        show_lessons,
        show_month,
        show_weekday,
        show_weekdays,
        show_date_range,
        show_date_list,
        show_time,
        show_number,
        show_hours,
    ):
        app.add_template_global(function)


def choose_voice(app: Flask, is_familiar: Callable[[], bool | None]) -> None:
    """Let the application say whether people are to be addressed familiarly in this request; None: not known now."""
    app.extensions["is_familiar"] = is_familiar


def language() -> str:
    """Return the current language, `cs` or `en`."""
    return (_chosen.get() or _of_request())[:2]


@contextmanager
def in_language(code: str, *, is_familiar: bool = False) -> Iterator[None]:
    """Say everything inside in this language, whatever the request's own is; Czech politely, unless told otherwise."""
    before = _chosen.set(FAMILIAR if is_familiar and code == "cs" else code)
    try:
        with flask_babel.force_locale(code):
            yield
    finally:
        _chosen.reset(before)


def gettext(message: str, **values: Any) -> str:
    """Return the message in the current language, its values filled in."""
    translated = _translated(_voice(), message)
    return translated % values if values else translated


def ngettext(singular: str, plural: str, num: int, **values: Any) -> str:
    """Return the message in the plural form `num` asks for; `%(num)d` is filled in."""
    return _translated_plural(_voice(), singular, plural, num) % {"num": num, **values}


def lazy_gettext(message: str) -> str:
    """Return a message that is translated when it is shown, for forms and other things made at import."""
    return cast(str, LazyString(gettext, message))


def show_date(day: date) -> str:
    """Return a day: `15. 4. 2025` or `15 April 2025`."""
    return czech.short_date(day) if language() == "cs" else _english(day, "d MMMM y")


def show_day(day: date) -> str:
    """Return a day without its year: `15. 4.` or `15 April`."""
    return czech.short_date(day, with_year=False) if language() == "cs" else _english(day, "d MMMM")


def show_long_date(day: date) -> str:
    """Return `úterý 25. března 2025` or `Tuesday 25 March 2025`."""
    return czech.long_date(day) if language() == "cs" else _english(day, "EEEE d MMMM y")


def show_month(day: date) -> str:
    """Return the month and year that stand under a large day: `března 2025` or `March 2025`."""
    return czech.month_and_year(day) if language() == "cs" else _english(day, "MMMM y")


def show_large_date(first: date | None, last: date | None) -> tuple[str, str]:
    """Return the days to set large and the month under them: (`25.–26.`, `března 2025`).

    Across months there are no large days, but the whole range under them; of an unknown date nothing.
    """
    if first is None or last is None:
        return "", ""
    if (first.year, first.month) != (last.year, last.month):
        return "", show_date_range(first, last)
    dot = "." if language() == "cs" else ""
    return f"{first.day}{dot}" if first == last else f"{first.day}{dot}–{last.day}{dot}", show_month(first)


def show_weekday(day: date) -> str:
    """Return the short weekday: `út` or `Tue`."""
    return czech.SHORT_WEEKDAYS[day.weekday()] if language() == "cs" else _english(day, "EEE")


def show_weekdays(first: date, last: date) -> str:
    """Return `út–st`, or one weekday where first is last."""
    return show_weekday(first) if first == last else f"{show_weekday(first)}–{show_weekday(last)}"


def show_date_range(first: date, last: date) -> str:
    """Return `25.–26. 3. 2025` or `25–26 March 2025`."""
    if language() == "cs":
        return czech.date_range(first, last)
    if first == last:
        return _english(last, "d MMMM y")
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{_english(last, 'd MMMM y')}"
    return f"{_english(first, 'd MMMM' if first.year == last.year else 'd MMMM y')} – {_english(last, 'd MMMM y')}"


def show_date_list(days: list[date]) -> str:
    """Return `2. a 16. 4. 2025` or `2 April and 16 April 2025`."""
    if language() == "cs":
        return czech.date_list(days)
    shown = [
        _english(day, "d MMMM" if following and following.year == day.year else "d MMMM y")
        for day, following in zip_longest(days, days[1:])
    ]
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def show_time(moment: time | datetime) -> str:
    """Return `9:05`; both languages use the 24-hour clock."""
    return czech.clock_time(moment if isinstance(moment, time) else moment.time())


def show_number(value: float) -> str:
    """Return a number with at most one decimal: `1,5` or `1.5`."""
    shown = czech.decimal(value)
    return shown if language() == "cs" else shown.replace(",", ".")


def show_hours(minutes: int) -> str:
    """Return hours à 60 min with their word: `10 hodin`, `1,5 hodiny`."""
    hours = round(minutes / 60, 1)
    if hours.is_integer():
        return ngettext("%(num)d hour", "%(num)d hours", int(hours))
    return gettext("%(number)s hours", number=show_number(hours))


def show_lessons(minutes: int) -> str:
    """Return minutes in lessons à 45 min: `8 vyučovacích hodin`, `13,3 vyučovací hodiny`."""
    lessons = round(minutes / 45, 1)
    if lessons.is_integer():
        return ngettext("%(num)d lesson", "%(num)d lessons", int(lessons))
    return gettext("%(number)s lessons", number=show_number(lessons))


def typeset(words: str) -> str:
    """Return a Czech title or text from the database with its no-break spaces."""
    return _bind(words)


def _of_request() -> str:
    language: str = request.environ.get(LANGUAGE_KEY, "cs") if has_request_context() else "cs"
    return language


def _voice() -> str:
    if chosen := _chosen.get():
        return chosen
    voice: str = (request.environ.get(_VOICE_KEY) or _voice_of_request()) if has_request_context() else "cs"
    return voice


def _voice_of_request() -> str:
    """Return the voice of the whole page: it is asked for once, so that no page is mixed of two."""
    environ, voice = request.environ, _of_request()
    is_familiar = current_app.extensions["is_familiar"]() if voice == "cs" else False
    if is_familiar is not None:
        voice = environ[_VOICE_KEY] = FAMILIAR if is_familiar else voice
    return voice


def _lend_wtforms_its_words() -> None:
    """Spare every form a quarter of a millisecond: Flask-WTF would read its catalogue from the disk again."""
    request.wtforms_translations = _catalogue_of_wtforms(language())  # type: ignore[attr-defined]  # looked up there


@lru_cache
def _catalogue_of_wtforms(language: str) -> NullTranslations:
    return Translations.load(messages_path(), [language], domain="wtforms")


@pass_eval_context
def _in_template(context: EvalContext, message: str, /, **values: Any) -> str:
    """Return what `_()` says in a template; a percent sign is written as two, as in every message with values."""
    if not values:
        return _without_values(_voice(), message, bool(context.autoescape))
    translated = _translated(_voice(), message)
    return (Markup(translated) if context.autoescape else translated) % values  # noqa: S704 - the catalogue is ours


@pass_eval_context
def _plural_in_template(context: EvalContext, singular: str, plural: str, num: int, /, **values: Any) -> str:
    translated = _translated_plural(_voice(), singular, plural, num)
    return (Markup(translated) if context.autoescape else translated) % {"num": num, **values}  # noqa: S704 - ours too


@lru_cache(maxsize=4096)
def _without_values(voice: str, message: str, is_html: bool) -> str:
    translated = _translated(voice, message) % {}
    return Markup(translated) if is_html else translated  # noqa: S704 - the catalogue is ours


@lru_cache(maxsize=4096)
def _translated(voice: str, message: str) -> str:
    return _typeset(voice, _catalogue(voice).ugettext(message))


@lru_cache(maxsize=4096)
def _translated_plural(voice: str, singular: str, plural: str, num: int) -> str:
    return _typeset(voice, _catalogue(voice).ungettext(singular, plural, num))


@lru_cache
def _catalogue(voice: str) -> NullTranslations:
    catalogue = Translations.load(_CATALOGUES, [voice])
    if voice == FAMILIAR:
        catalogue.add_fallback(_catalogue("cs"))
    return catalogue


def _typeset(voice: str, translated: str) -> str:
    return translated if voice == "en" else czech.bind(translated)


@lru_cache(maxsize=512)
def _english(day: date, pattern: str) -> str:
    return babel_date(day, pattern, locale="en_GB")
