"""Czech as it is printed: dates, lists, no-break spaces, alphabet. Pure functions on plain values.

Dates follow the Institute of the Czech Language (a space after each dot, no-break here); Babel's intervals use
plain and thin spaces, so they are not used.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, time
from itertools import zip_longest
from typing import Any

import czech_sort

NBSP = "\u00a0"
WEEKDAYS = ("pondělí", "úterý", "středa", "čtvrtek", "pátek", "sobota", "neděle")
SHORT_WEEKDAYS = ("po", "út", "st", "čt", "pá", "so", "ne")
MONTHS = (
    "ledna",
    "února",
    "března",
    "dubna",
    "května",
    "června",
    "července",
    "srpna",
    "září",
    "října",
    "listopadu",
    "prosince",
)

_ONE_LETTER_WORD = re.compile(r"(?<![\w)])([ksvzouaiKSVZOUAI]) (?=\S)")
_NUMBER_AND_WORD = re.compile(r"(\d\.?) (?=[^\W\d])")
_DASH = re.compile(r" (?=– )")
# One byte for each letter of the alphabet; č, ch, ř, š and ž are letters of their own, named as `czech_sort` does.
_LETTERS = {
    letter: bytes([0x10 + at])
    for at, letter in enumerate(sorted([*"abcdefghijklmnopqrstuvwxyz", "cx", "hx", "rx", "sx", "zx"]))
}
_UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "Ł": "L", "Ø": "O", "Đ": "D", "ß": "ss"})


def short_date(day: date, *, with_year: bool = True) -> str:
    """Return `15. 4. 2025` with no-break spaces."""
    return f"{day.day}.{NBSP}{day.month}.{NBSP}{day.year}" if with_year else f"{day.day}.{NBSP}{day.month}."


def date_range(first: date, last: date) -> str:
    """Return `25.–26. 3. 2025`, `31. 3. – 1. 4. 2025` or `30. 12. 2025 – 2. 1. 2026`."""
    if first == last:
        return short_date(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}.–{short_date(last)}"
    return f"{short_date(first, with_year=first.year != last.year)} – {short_date(last)}"


def date_list(days: Sequence[date]) -> str:
    """Return days in order as a list: `2. a 16. 4. 2025`, `30. 3., 2. a 16. 4. 2025`.

    A month or year is said once, after the last day that has it.
    """
    parts = []
    for day, following in zip_longest(days, days[1:]):
        if following and (following.year, following.month) == (day.year, day.month):
            parts.append(f"{day.day}.")
        else:
            parts.append(short_date(day, with_year=not following or following.year != day.year))
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])}{NBSP}a{NBSP}{parts[-1]}"


def long_date(day: date) -> str:
    """Return `úterý 25. března 2025`."""
    return f"{WEEKDAYS[day.weekday()]} {day.day}.{NBSP}{MONTHS[day.month - 1]} {day.year}"


def month_and_year(day: date) -> str:
    """Return `března 2025`, as it follows a day number."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def clock_time(moment: time) -> str:
    """Return `9:05`."""
    return f"{moment.hour}:{moment.minute:02}"


def decimal(value: float) -> str:
    """Return a number with at most one decimal and a decimal comma: `8`, `1,5`, `13,3`."""
    return f"{value:.1f}".removesuffix(".0").replace(".", ",")


def bind(sentence: str) -> str:
    """Return a sentence with no-break spaces where Czech typography wants them.

    After one-letter words, between a number and what it counts, before a dash.
    """
    sentence = _ONE_LETTER_WORD.sub(rf"\1{NBSP}", sentence)
    sentence = _NUMBER_AND_WORD.sub(rf"\1{NBSP}", sentence)
    return _DASH.sub(NBSP, sentence)


def person_name(title_before: str, given_name: str, family_name: str, title_after: str) -> str:
    """Return `Ing. Jan Žďárský, Ph.D.` with a no-break space after the title before the name."""
    name = " ".join(part for part in (given_name, family_name) if part)
    name = f"{title_before.replace(' ', NBSP)}{NBSP}{name}" if title_before else name
    return f"{name}, {title_after}" if title_after else name


def sort_key(words: str) -> tuple[object, ...]:
    """Return a key that sorts the Czech way: Hrubá before Chalupa, Cibulka before Čermák."""
    return tuple(czech_sort.key(words))


def fold(words: str) -> str:
    """Return text as it is searched: without diacritics and case, `Řehák` as `rehak`."""
    decomposed = unicodedata.normalize("NFKD", words.translate(_UNDECOMPOSED))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()


def stored_sort_key(words: str) -> str:
    """Return a key the database sorts by the Czech way, at most 1000 hexadecimal digits.

    Digits and a–f stand in the same order in every database and locale, which letters do not: a Czech PostgreSQL
    takes `ch` for one letter, a plain one does not. First letters count, then accents; case and punctuation never.
    """
    alphabet, accents, *_ = czech_sort.key(words)
    letters = b"".join(map(_letter_weight, alphabet))
    marks = b"".join(map(_accent_weight, accents)).rstrip(b"\x01")
    return (letters + b"\x00" + marks).hex()[:1000]


def _letter_weight(element: tuple[Any, ...]) -> bytes:
    """Spaces come before letters, those before letters of other scripts, numbers are last."""
    kind, *value = element
    if kind == 0:
        return b"\x02"
    if kind == 1:
        return _LETTERS.get(value[0]) or b"\x70" + ord(value[0][0]).to_bytes(3, "big")
    return b"\x80" + min(int(value[0]), 0xFFFFFFFF).to_bytes(4, "big")


def _accent_weight(element: tuple[tuple[int, ...], ...]) -> bytes:
    return b"".join(bytes(2 + each for each in level) + b"\x01" for level in element) or b"\x01"
