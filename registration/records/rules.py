"""Decisions about training records, on plain values: hours, thresholds, the numbers of the form, years, pages."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TypeVar

THRESHOLD_HOURS = 48
SMALL_THRESHOLD_HOURS = 8
MOST_LINES = 60  # a person can declare in one year
MOST_HOURS = 400  # of one line
KEPT_YEARS = 3  # after the year a declared line belongs to
FIRST_YEAR, LAST_YEAR = 1990, 2100

_HOURS = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,2})?")
_LAST_MONTH_OF_LETTERS = 6  # until then a library is written to about the year before
# Heights in rows of the printed table; a page that is full has some room left, see the tests.
_ROWS_OF_PAGE = 19
_ROWS_OF_PERSON = 2
_TITLE_LETTERS, _ORGANIZER_LETTERS, _PLACE_LETTERS = 26, 20, 13
_LINES_OF_FILE = 400  # about fifteen pages

T = TypeVar("T")


@dataclass(frozen=True)
class FormRows:
    """The three numbers a library's yearly form asks for."""

    people: int = 0  # who took part
    minutes: int = 0  # of all together
    reached: int = 0  # people who reached the threshold


def form_rows(minutes_of_people: Iterable[int], *, threshold_hours: int) -> FormRows:
    """Add up people who took part in any training; minutes of each person in the year."""
    counted = [minutes for minutes in minutes_of_people if minutes > 0]
    reached = sum(has_reached(minutes, threshold_hours) for minutes in counted)
    return FormRows(len(counted), sum(counted), reached)


def has_reached(minutes: int, threshold_hours: int) -> bool:
    """Say whether somebody's training of a year is as long as is asked for."""
    return minutes >= threshold_hours * 60


def missing_minutes(minutes: int, threshold_hours: int) -> int:
    """Return how much is still missing to the threshold."""
    return max(threshold_hours * 60 - minutes, 0)


def read_hours(typed: str) -> int:
    """Return hours as minutes, `1,5` as 90. Raises ValueError when it is no number of hours one can spend."""
    tidied = typed.strip()
    if not _HOURS.fullmatch(tidied):
        raise ValueError(typed)
    minutes = round(float(tidied.replace(",", ".")) * 60)
    if not 1 <= minutes <= MOST_HOURS * 60:
        raise ValueError(typed)
    return minutes


def read_year(typed: str | None, *, default: int) -> int:
    """Return the year that is asked for in an address, else the default."""
    if typed and typed.isascii() and typed.isdigit() and FIRST_YEAR <= int(typed[:5]) <= LAST_YEAR:
        return int(typed[:5])
    return default


def year_of_letters(today: date) -> int:
    """Return the year libraries are written to about: until June the one before."""
    return today.year - 1 if today.month <= _LAST_MONTH_OF_LETTERS else today.year


def first_day_kept(today: date) -> date:
    """Return the first day whose declared training is still kept."""
    return date(today.year - KEPT_YEARS, 1, 1)


def is_run(days: Iterable[date]) -> bool:
    """Say whether days follow one another without a gap."""
    return all((later - earlier).days == 1 for earlier, later in pairwise(days))


@dataclass(frozen=True)
class PrintedLine:
    """The words of a line, as they fill the columns of the paper."""

    title: str
    place: str
    numbers: Sequence[str]
    organizer: str = ""  # on a row of its own


def fits_on_page(people: Iterable[Iterable[PrintedLine]]) -> bool:
    """Say whether a record surely fits on one page, by a careful guess: only then a web process draws it."""
    rows = 0
    for lines in people:
        rows += _ROWS_OF_PERSON + sum(_height(line) for line in lines)
    return rows <= _ROWS_OF_PAGE


def part(whole: Sequence[T], position: int, count: int) -> Sequence[T]:
    """Return one of `count` parts of nearly the same length, by its position from 1."""
    return whole[len(whole) * (position - 1) // count : len(whole) * position // count]


def count_files(line_count: int) -> int:
    """Return into how many files a record is printed."""
    return max(-(-line_count // _LINES_OF_FILE), 1)


def _height(line: PrintedLine) -> int:
    title = _rows(line.title, _TITLE_LETTERS) + _rows(line.organizer, _ORGANIZER_LETTERS)
    return max(title, _rows(line.place, _PLACE_LETTERS), len(line.numbers))


def _rows(words: str, letters: int) -> int:
    return -(-len(words) // letters)
