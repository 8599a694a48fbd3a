"""HTML to PDF: tagged, in its language, from known assets only; one paper at once, or hundreds on presses of their own.

Importing WeasyPrint takes half a second and Pango; processes that print nothing do without.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from contextvars import ContextVar
from ctypes.util import find_library
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, has_request_context

from registration.core.pdf.assets import ForbiddenAsset
from registration.core.pdf.presses import Presses
from registration.core.pdf.sheets import Crowded, Printed, Sheet, TooManyPages

__all__ = [
    "ForbiddenAsset", "Paper", "Presses", "TooManyPages", "compose", "draw", "draw_each", "drawing_on",
    "missing_libraries", "render",
]  # fmt: skip

BATCH = 25  # papers set together; more would take more memory and hardly less time
_TIGHTEST = 4
_presses: ContextVar[Presses | None] = ContextVar("presses", default=None)
_MISSING_LIBRARIES_HINT = "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


@dataclass(frozen=True)
class Paper:
    """What is to be drawn: `compose` returns its HTML at a tightness of its blocks, `pictures` are PNG by their names.

    `tightness` is what to begin with where it is known that less would not fit.

    A block that must not grow stands in a room: `<div id="x-room"><div id="x">`. While it does not fit, the paper is
    composed again with `tightness.x` raised by one, up to 4. A picture stands as `<img src="picture:name" alt="…">`.
    """

    compose: Callable[[Mapping[str, int]], str]
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    tightness: Mapping[str, int] = field(default_factory=dict)


def render(template: str, *, pictures: Mapping[str, bytes] | None = None, **context: Any) -> bytes:
    """Return a template as a tagged PDF, in the language of its html tag; same context, same bytes.

    Raises ForbiddenAsset, FileNotFoundError; in a request also TooManyPages.
    """
    return draw(Paper(lambda tightness: compose(template, tightness, **context), pictures or {}))


def compose(template: str, tightness: Mapping[str, int], **context: Any) -> str:
    """Return the HTML of a paper."""
    return current_app.jinja_env.get_template(template).render(context, tightness=tightness)


def draw(paper: Paper) -> bytes:
    """Return a paper as PDF. Raises ForbiddenAsset, FileNotFoundError; in a request also TooManyPages."""
    order = _Order(paper)
    while isinstance(printed := _print(order.sheet()), Crowded):
        order.tighten(printed)
    return printed


@contextmanager
def drawing_on(presses: Presses) -> Iterator[None]:
    """Let what is drawn within be printed on presses, so that this process keeps nothing of it."""
    token = _presses.set(presses)
    try:
        yield
    finally:
        _presses.reset(token)


def draw_each(papers: Sequence[Paper], presses: Presses) -> Iterator[tuple[int, bytes | Exception]]:
    """Yield the number of each one-page paper with its PDF, or with why there is none, as they come off the presses.

    The bytes are those that `draw` returns.
    """
    waiting = deque(_Order(paper, number) for number, paper in enumerate(papers))
    running: dict[Future[list[Printed]], list[_Order]] = {}
    while waiting or running:
        while waiting and len(running) <= presses.count:  # one batch more, so that no press waits for paper
            batch = [waiting.popleft() for _ in range(min(BATCH, len(waiting)))]
            sheets, faults = _composed(batch)
            yield from faults.items()
            batch = [order for order in batch if order.number not in faults]
            running[presses.print(sheets)] = batch
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            for order, printed in zip(running.pop(future), future.result(), strict=True):
                if isinstance(printed, Crowded):
                    order.tighten(printed)
                    waiting.append(order)
                else:
                    yield order.number, printed


def missing_libraries() -> str | None:
    """Return what to install when a system library is missing, else None.

    Without harfbuzz-subset everything works, but one certificate takes seconds.
    """
    needed = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
    return None if all(find_library(name) for name in needed) else _MISSING_LIBRARIES_HINT


def _print(sheet: Sheet) -> bytes | Crowded:
    presses = _presses.get()
    if presses is None:
        from registration.core.pdf import setting  # noqa: PLC0415 - see the head of this file

        return setting.print_alone(sheet)
    [printed] = presses.print([sheet]).result()
    if isinstance(printed, Exception):
        raise printed
    return printed


class _Order:
    """A paper on its way, and how tight it is set so far."""

    def __init__(self, paper: Paper, number: int = 0) -> None:
        self.number = number
        self._paper = paper
        self._tightness = Counter(paper.tightness)

    def sheet(self) -> Sheet:
        tightest = frozenset(block for block, tightness in self._tightness.items() if tightness == _TIGHTEST)
        most_pages = 1 if has_request_context() else None  # longer ones would keep a web process from its visitors
        return Sheet(self._paper.compose(self._tightness), tightest, self._paper.pictures, most_pages)

    def tighten(self, crowded: Crowded) -> None:
        self._tightness[crowded.block] += 1


def _composed(orders: Sequence[_Order]) -> tuple[list[Sheet], dict[int, Exception]]:
    """Return the sheets of those that can be composed, and the faults of the others by their numbers."""
    sheets: list[Sheet] = []
    faults: dict[int, Exception] = {}
    for order in orders:
        try:
            sheets.append(order.sheet())
        except Exception as fault:  # one paper that cannot be composed must not hold up the others
            faults[order.number] = fault
    return sheets, faults
