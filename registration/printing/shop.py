"""The print shop: rooms tell it how the papers of a kind are drawn."""

from collections.abc import Callable
from typing import Any

# Draws one file of a job, from the job's parameters and the file's position from 1: its name and the PDF. A file has
# about 25 pages at most, so that a worker that was killed has little to draw again and needs no more memory for many.
Draw = Callable[[dict[str, Any], int], tuple[str, bytes]]


class PrintShop:
    """Knows how each kind of job is drawn."""

    def __init__(self) -> None:
        self._drawers: dict[str, Draw] = {}

    @property
    def kinds(self) -> list[str]:
        """Return the kinds of jobs that rooms can draw."""
        return sorted(self._drawers)

    def register(self, kind: str, draw: Draw) -> None:
        """Let jobs of this kind be drawn like this; runs in the worker, in no request and in no language."""
        self._drawers[kind] = draw

    def draw(self, kind: str, parameters: dict[str, Any], position: int) -> tuple[str, bytes]:
        """Return the name and the PDF of a file."""
        return self._drawers[kind](parameters, position)


print_shop = PrintShop()
