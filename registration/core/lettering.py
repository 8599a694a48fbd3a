"""How wide words come out in print: known beforehand, since setting a sheet again takes as long as setting it."""

from collections.abc import Sequence
from functools import cache

from registration.core.assets import STATIC

DISPLAY = ("source-serif-4-latin-display.woff2", "source-serif-4-latin-ext-display.woff2")
_WIDEST = 1.2  # em, for letters the fonts do not have


def width(words: str, fonts: Sequence[str], *, spacing: float = 0) -> float:
    """Return how many ems words take in a line, each letter from the first font that has it; kerning is not counted."""
    return sum(_letter(letter, tuple(fonts)) + spacing for letter in words)


@cache
def _letter(letter: str, fonts: tuple[str, ...]) -> float:
    found = (_widths(font).get(ord(letter)) for font in fonts)
    return next((each for each in found if each is not None), _WIDEST)


@cache
def _widths(font: str) -> dict[int, float]:
    # Importing it takes as long as a paper; processes that print nothing do without.
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    with TTFont(STATIC / "vendor/fonts" / font) as opened:
        per_em, advances = opened["head"].unitsPerEm, opened["hmtx"]
        return {letter: advances[glyph][0] / per_em for letter, glyph in opened.getBestCmap().items()}
