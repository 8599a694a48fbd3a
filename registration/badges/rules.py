"""Decisions about what is printed, on plain values: formats, how words are broken, marks, lines to sign on."""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from registration.core import czech

MOST_AT_ONCE = 96  # badges in one file: the sheets one carries to the cutter together, and little to do again
MOST_MARKS = 5  # of days; a longer programme is told by its first and last

_PIECE = re.compile("[^ -]*[ -]+|[^ -]+")
_ROWS_ON_FIRST_PAGE = 18  # of an attendance sheet
_LEAST_SPARE_ROWS = 5  # for people who sign up at the door

Each = TypeVar("Each")


class Format(StrEnum):
    """What badges are printed on; also the name of their style."""

    EIGHT = "a4-8"
    TEN = "a4-10"
    A6 = "a6"
    LABEL = "stitek"


@dataclass(frozen=True)
class Room:
    """Where words stand: width and height in millimetres, and the largest size in points."""

    width: float
    height: float
    largest: int


@dataclass(frozen=True)
class Shape:
    """How many badges are on a sheet, and the rooms on each, as the stylesheet has them."""

    per_sheet: int
    event: Room
    name: Room
    library: Room
    ticket_type: Room

    @property
    def per_file(self) -> int:
        """Return how many badges are in one file, whose sheets are all full but the last."""
        return MOST_AT_ONCE // self.per_sheet * self.per_sheet


SHAPES = {
    Format.EIGHT: Shape(8, Room(66, 4.4, 9), Room(91, 21.4, 40), Room(56, 11, 12), Room(56, 7, 9)),
    Format.TEN: Shape(10, Room(58, 4.4, 9), Room(46, 18.4, 30), Room(46, 6.8, 10), Room(46, 3.5, 8)),
    Format.A6: Shape(1, Room(64, 5, 10), Room(89, 44, 48), Room(89, 12.5, 14), Room(89, 8.6, 11)),
    Format.LABEL: Shape(1, Room(64, 4.4, 9), Room(56, 23, 36), Room(56, 8.2, 11), Room(56, 3.5, 8)),
}


def chunks(people: Sequence[Each], size: int) -> list[Sequence[Each]]:
    """Return people in groups of a size, the last of which may be smaller."""
    return [people[at : at + size] for at in range(0, len(people), size)]


def marks_of(parts: Iterable[tuple[date, bool]]) -> list[str]:
    """Return the days of parts, each (day, is it online), behind the mark of their form: `● 26. 3.`, `○ 2. 4.`.

    Where there would be too many, the first and the last of each form stand for all.
    """
    days = sorted(set(parts))
    if len(days) <= MOST_MARKS:
        return [_mark([day], is_online) for day, is_online in days]
    by_form = {form: [day for day, is_online in days if is_online is form] for form in (False, True)}
    return [_mark(sorted({each[0], each[-1]}), form) for form, each in by_form.items() if each]


def pieces_of(words: str) -> list[str]:
    """Return words cut where a line may end: after a space and after a hyphen."""
    return _PIECE.findall(words)


def wrap(pieces: Iterable[str], *, room: float, width: Callable[[str], float]) -> list[str] | None:
    """Return pieces in lines no wider than their room; None where one alone is wider."""
    lines = [""]
    for piece in pieces:
        if width(piece.rstrip()) > room:
            return None
        if width((lines[-1] + piece).rstrip()) > room:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines if line]


def fits_one_page(people: int) -> bool:
    """Say whether so many people are on one page of an attendance sheet, with lines to spare."""
    return people + _LEAST_SPARE_ROWS <= _ROWS_ON_FIRST_PAGE


def spare_rows(people: int) -> int:
    """Return how many empty lines end an attendance sheet: they fill its page where it is the only one."""
    return max(_ROWS_ON_FIRST_PAGE - people, _LEAST_SPARE_ROWS * 2 if not fits_one_page(people) else 0)


def sheet_mark(ids: Iterable[int]) -> str:
    """Return four characters that are the same where the same people stand in the same order."""
    return hashlib.sha256(repr(list(ids)).encode()).hexdigest()[:4].upper()


def _mark(days: Sequence[date], is_online: bool) -> str:
    shown = f"{czech.NBSP}–{czech.NBSP}".join(czech.short_date(day, with_year=False) for day in days)
    return f"{'○' if is_online else '●'}{czech.NBSP}{shown}"
