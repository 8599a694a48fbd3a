"""How large words can be on a badge, known beforehand: to set a sheet again for each long name would take minutes.

Widths are of the fonts themselves; kerning, which draws letters together, is not counted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial

from registration.badges.rules import Room, pieces_of, wrap
from registration.core.assets import STATIC
from registration.signups.models import Registration

SIZES = (48, 44, 40, 36, 33, 30, 27, 24, 22, 20, 18, 16, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5)  # points, as in badges.css
BOLD, PLAIN = "SourceSans3_600SemiBold.ttf", "SourceSans3_400Regular.ttf"
_SURNAME, _SERIF = "SourceSerif4_600SemiBold.ttf", "SourceSerif4_400Regular.ttf"
_TITLE, _LARGEST_TITLE = 0.65, 14  # of the size of the name beside it, at most in points
_GIVEN, _LARGE_GIVEN = 0.42, 18  # at least, of the surname's size, unless so many points
_LEADING = 1.15  # of a line's size, as in badges.css
_WIDEST = 1.2  # em, for letters the font does not have
_POINTS = 72 / 25.4 * 0.99  # in a millimetre; a little is left for rounding


@dataclass(frozen=True)
class Line:
    """A line of a name; the titles on it are smaller."""

    size: int
    words: str = ""
    before: str = ""
    after: str = ""
    is_surname: bool = False

    @property
    def title_size(self) -> int:
        """Return the size of the titles."""
        return _title_size(self.size)


@dataclass(frozen=True)
class Block:
    """Lines of one size."""

    size: int
    lines: Sequence[str]


def name_lines(person: Registration, room: Room) -> list[Line]:
    """Return a whole name in lines, the surname as large as it can be."""
    height = room.height * _POINTS
    lines: list[Line] = []
    for lines in _ways_to_write(person, room):
        if sum(line.size * _LEADING for line in lines) <= height:
            break
    return lines  # the smallest way, should even that be too high


@lru_cache(maxsize=1024)
def block(words: str, room: Room, font: str) -> Block:
    """Return words in lines as large as their room allows."""
    most = room.height * _POINTS / _LEADING
    for size in _sizes_to(room.largest):
        lines = _lines(words, font, size, room)
        if lines and len(lines) * size <= most:
            return Block(size, lines)
    smallest = SIZES[-1]
    return Block(smallest, _lines(words, font, smallest, room, anywhere=True)[: int(most / smallest)])


def _ways_to_write(person: Registration, room: Room) -> Iterator[list[Line]]:
    """Yield a name from the largest to the smallest; only at the smallest size words are broken anywhere."""
    for size in _sizes_to(room.largest):
        surname = _surname(person, size, room)
        for given_size in _sizes_to(min(size, room.largest // 2)) if surname else ():
            if given_size < min(_GIVEN * size, _LARGE_GIVEN):
                break
            given = _given_name(person, given_size, room)
            if given:
                yield [*given, *surname]
    smallest = SIZES[-1]
    yield [
        *_given_name(person, smallest, room, anywhere=True),
        *_surname(person, smallest, room, anywhere=True),
    ]


def _given_name(person: Registration, size: int, room: Room, *, anywhere: bool = False) -> list[Line]:
    """Return the lines of a given name and the titles before it; none where a word is wider than the room."""
    titles, name = person.title_before, person.given_name
    width = _width(_SERIF, f"{titles} ") * _title_size(size) + _width(_SERIF, name) * size
    if titles and width <= room.width * _POINTS:
        return [Line(size, name, before=titles)]
    above = _titles(titles, size, room, anywhere=anywhere)
    names = [Line(size, each) for each in _lines(name, _SERIF, size, room, anywhere=anywhere)]
    return [*above, *names] if names and bool(above) == bool(titles) else []


def _surname(person: Registration, size: int, room: Room, *, anywhere: bool = False) -> list[Line]:
    """Return the lines of a surname and the titles after it; none where a word is wider than the room."""
    words = _lines(person.family_name, _SURNAME, size, room, anywhere=anywhere)
    titles = person.title_after
    lines = [Line(size, each, is_surname=True) for each in words]
    if not lines or not titles:
        return lines
    width = _width(_SURNAME, words[-1]) * size + _width(_SERIF, f", {titles}") * _title_size(size)
    if width <= room.width * _POINTS:
        return [*lines[:-1], Line(size, words[-1], after=titles, is_surname=True)]
    below = _titles(titles, size, room, anywhere=anywhere)
    return [*lines, *below] if below else []


def _titles(titles: str, size: int, room: Room, *, anywhere: bool) -> list[Line]:
    """Return titles in lines of their own, above or below a name of this size."""
    small = _title_size(size)
    return [Line(small, each) for each in _lines(titles, _SERIF, small, room, anywhere=anywhere)]


def _lines(words: str, font: str, size: int, room: Room, *, anywhere: bool = False) -> list[str]:
    """Return words in lines; none where one is wider than the room and may not be broken anywhere."""
    pieces: Sequence[str] = pieces_of(words)
    width = room.width * _POINTS / size
    if anywhere and any(_width(font, each) > width for each in pieces):
        pieces = words
    return wrap(pieces, room=width, width=partial(_width, font)) or []


def _sizes_to(largest: int) -> Iterator[int]:
    return (size for size in SIZES if size <= largest)


def _title_size(size: int) -> int:
    return next((each for each in SIZES if each <= min(size * _TITLE, _LARGEST_TITLE)), SIZES[-1])


@lru_cache(maxsize=4096)
def _width(font: str, words: str) -> float:
    """Return how many ems words take in a line."""
    widths = _widths(font)
    return sum(widths.get(ord(letter), _WIDEST) for letter in words)


@cache
def _widths(font: str) -> dict[int, float]:
    # Importing it takes as long as a paper; processes that print nothing do without.
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    with TTFont(STATIC / "vendor/fonts" / font) as opened:
        per_em, advances = opened["head"].unitsPerEm, opened["hmtx"]
        return {letter: advances[glyph][0] / per_em for letter, glyph in opened.getBestCmap().items()}
