"""The picture of an event that others show when somebody shares its address: its catalogue card, 1200 × 630.

Drawn at twice the size and halved, which gives lines and letters their smooth edges.
"""

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from registration.core import i18n, settings
from registration.core.assets import STATIC
from registration.events.queries import EventOffer
from registration.events.rules import EventFormat, SignUpState
from registration.organisations.queries import get_association

WIDTH, HEIGHT = 1200, 630
MIME_TYPE = "image/png"

_SCALE = 2
_FONTS = STATIC / "vendor" / "fonts"
_PAPER, _INK, _SOFT, _HAIRLINE, _GREEN, _RED = "#FBF9F3", "#1D1B17", "#524E45", "#D9D2C3", "#0B4A36", "#951B16"
_LEFT, _RIGHT, _MARGIN_LINE, _TEXT = 72, 1128, 424, 464
_TITLE_TOP, _TITLE_FLOOR, _BASELINE = 176, 452, 252
_TITLE_SIZES = (80, 72, 64, 56, 50, 44, 38, 34, 30)
_ELLIPSIS = "…"

Font = ImageFont.FreeTypeFont


@dataclass(frozen=True)
class Card:
    """What is written on the picture, in the language it is written in."""

    association: str
    shelf_mark: str
    days: str
    month: str
    title: str
    place: str
    stamp: str
    host: str

    @property
    def version(self) -> str:
        """Return a name for exactly this card."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:10]


def card(offer: EventOffer) -> Card:
    """Return what the picture of an event says now."""
    event = offer.event
    days, month = i18n.show_large_date(offer.first_on, offer.last_on)
    where = [event.city or event.platform, _format_word(offer.format)]
    return Card(
        association=get_association().name,
        shelf_mark=event.shelf_mark,
        days=days,
        month=month,
        title=i18n.typeset(event.title),
        place=", ".join(dict.fromkeys(filter(None, where))),
        stamp=i18n.gettext("Cancelled") if offer.state is SignUpState.CANCELLED else "",
        host=settings.current().host_name,
    )


@lru_cache(maxsize=64)
def draw(card: Card) -> bytes:
    """Return the card as PNG; the same card is drawn once."""
    sheet = _Sheet()
    sheet.head(card)
    sheet.date(card)
    sheet.title(card.title)
    sheet.foot(card)
    return sheet.png()


def _format_word(format_: EventFormat) -> str:
    if format_ is EventFormat.IN_PERSON:
        return i18n.gettext("in person")
    return i18n.gettext("online") if format_ is EventFormat.ONLINE else i18n.gettext("in person and online")


class _Face:
    """One face in one size; a large serif comes in slices, as in the browser."""

    def __init__(self, size: int, *slices: str) -> None:
        self._fonts = [_font(name, size * _SCALE) for name in slices]

    def runs(self, words: str) -> Iterator[tuple[str, Font]]:
        """Return pieces of the words, each with the slice that has its letters."""
        for number, letters in groupby(words, key=lambda letter: min(_slice_of(letter), len(self._fonts) - 1)):
            yield "".join(letters), self._fonts[number]

    def width(self, words: str) -> float:
        return sum(font.getlength(run) for run, font in self.runs(words)) / _SCALE


def _slice_of(letter: str) -> int:
    if letter <= "\u00ff" or "\u2000" <= letter <= "\u206f":
        return 0
    return 1 if letter <= "\u02ff" or "\u1e00" <= letter <= "\u1eff" else 2


@lru_cache(maxsize=64)
def _font(name: str, size: int) -> Font:
    return ImageFont.truetype(str(_path(name)), size)


def _path(name: str) -> Path:
    return _FONTS / name


def _display(size: int) -> _Face:
    """Return the fine cut for large sizes; what neither slice has comes from the whole face."""
    latin, extended = "source-serif-4-latin-display.woff2", "source-serif-4-latin-ext-display.woff2"
    return _Face(size, latin, extended, "SourceSerif4_400Regular.ttf")


def _serif(size: int) -> _Face:
    return _Face(size, "SourceSerif4_600SemiBold.ttf")


def _sans(size: int, *, is_bold: bool = False) -> _Face:
    return _Face(size, "SourceSans3_600SemiBold.ttf" if is_bold else "SourceSans3_400Regular.ttf")


class _Sheet:
    """The paper, and what is put on it; measures in pixels of the finished picture."""

    def __init__(self) -> None:
        self._image = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE), _PAPER)
        self._pen = ImageDraw.Draw(self._image)

    def head(self, card: Card) -> None:
        """Set the association, the shelf mark, and the double rule with its hole."""
        mark = _sans(26)
        mark_width = mark.width(card.shelf_mark)
        name = _shortened(card.association, _serif(32), _RIGHT - _LEFT - mark_width - 40)
        self._write(_LEFT, 84, name, _serif(32))
        self._write(_RIGHT - mark_width, 84, card.shelf_mark, mark, _SOFT)
        for y in (108, 114):
            self._bar(_LEFT, y, _RIGHT, y + 2, _INK)
        middle = WIDTH / 2
        self._bar(middle - 30, 106, middle + 30, 118, _PAPER)
        self._ring(middle, 112, 15)

    def date(self, card: Card) -> None:
        """Set the days large in their own column, left of the margin line."""
        self._bar(_MARGIN_LINE, 116, _MARGIN_LINE + 2, HEIGHT - 96, _HAIRLINE)
        room = _MARGIN_LINE - _LEFT - 24
        size = next((size for size in (104, 92, 80, 68) if _display(size).width(card.days) <= room), 60)
        if card.days:
            self._write(_LEFT, _BASELINE, card.days, _display(size))
        top = _BASELINE + (52 if card.days else 0)
        month = _sans(32) if card.days else _display(44)
        for number, line in enumerate(_lines(card.month, month, room)):
            self._write(_LEFT, top + number * (40 if card.days else 54), line, month)

    def title(self, words: str) -> None:
        """Set the title as large as it fits, with no word broken that need not be."""
        room = _TITLE_FLOOR - _TITLE_TOP
        size, lines = _set(unicodedata.normalize("NFC", words), _RIGHT - _TEXT, room)
        first = _BASELINE if len(lines) <= 2 else _TITLE_TOP + 0.92 * size
        for number, line in enumerate(lines):
            self._write(_TEXT, first + number * _leading(size), line, _display(size))

    def foot(self, card: Card) -> None:
        """Set the place, a stamp where the event is off, and the address under a green band."""
        place = _sans(34, is_bold=True)
        self._write(_TEXT, 510, _shortened(card.place, place, _RIGHT - _TEXT), place)
        if card.stamp:
            self._stamp(card.stamp)
        self._bar(0, HEIGHT - 64, WIDTH, HEIGHT, _GREEN)
        self._write(_LEFT, HEIGHT - 22, card.host, _sans(28, is_bold=True), _PAPER)

    def png(self) -> bytes:
        """Return the finished picture."""
        content = BytesIO()
        self._image.reduce(_SCALE).save(content, "PNG")
        return content.getvalue()

    def _write(self, x: float, baseline: float, words: str, face: _Face, ink: str = _INK) -> None:
        for run, font in face.runs(words):
            self._pen.text((x * _SCALE, baseline * _SCALE), run, fill=ink, font=font, anchor="ls")
            x += font.getlength(run) / _SCALE

    def _bar(self, left: float, top: float, right: float, floor: float, ink: str) -> None:
        self._pen.rectangle(_pixels(left, top, right, floor), fill=ink)

    def _ring(self, x: float, y: float, radius: float) -> None:
        self._pen.ellipse(_pixels(x - radius, y - radius, x + radius, y + radius), outline=_INK, width=2 * _SCALE)

    def _stamp(self, word: str) -> None:
        """Set a word in capitals into a double red frame, turned a little."""
        face = _sans(40, is_bold=True)
        width, height = round(face.width(word.upper())) + 64, 84
        stamp = Image.new("RGBA", (width * _SCALE, height * _SCALE), (0, 0, 0, 0))
        pen = ImageDraw.Draw(stamp)
        for inset, thickness in ((2, 3), (9, 2)):
            pen.rectangle(_pixels(inset, inset, width - inset, height - inset), outline=_RED, width=thickness * _SCALE)
        (run, font), *_ = face.runs(word.upper())
        pen.text((width * _SCALE / 2, height * _SCALE / 2), run, fill=_RED, font=font, anchor="mm")
        turned = stamp.rotate(2, Image.Resampling.BICUBIC, expand=True)
        self._image.paste(turned, (_LEFT * _SCALE, 380 * _SCALE), turned)


def _pixels(left: float, top: float, right: float, floor: float) -> tuple[float, float, float, float]:
    return left * _SCALE, top * _SCALE, right * _SCALE - 1, floor * _SCALE - 1


def _set(words: str, width: float, height: int) -> tuple[int, list[str]]:
    """Return the largest size at which the words fit, and their lines; at the smallest they are cut to fit."""
    for size in _TITLE_SIZES:
        face = _display(size)
        lines = _lines(words, face, width)
        is_whole = all(face.width(word) <= width for word in words.split(" "))
        if is_whole and len(lines) * _leading(size) <= height:
            return size, lines
    smallest = _TITLE_SIZES[-1]
    face, most = _display(smallest), height // _leading(smallest)
    lines = _lines(words, face, width)
    last = [_shortened(" ".join(lines[most - 1 :]), face, width)] if len(lines) > most else lines[most - 1 :]
    return smallest, [*lines[: most - 1], *last]


def _leading(size: int) -> int:
    return round(size * 1.18)


def _lines(words: str, face: _Face, width: float) -> list[str]:
    """Return words in lines of that width; one that is wider than a line is broken where it has to be."""
    lines = [""]
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if face.width(longer) <= width:
            lines[-1] = longer
            continue
        *whole, rest = _pieces(word, face, width)
        lines += [*whole, rest]
    return [line for line in lines if line]


def _pieces(word: str, face: _Face, width: float) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and face.width(pieces[-1] + letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _shortened(words: str, face: _Face, width: float) -> str:
    """Return the words, or as many letters of them as fit before an ellipsis."""
    if face.width(words) <= width:
        return words
    end = next(end for end in range(len(words) - 1, -1, -1) if face.width(words[:end].rstrip() + _ELLIPSIS) <= width)
    return words[:end].rstrip() + _ELLIPSIS
