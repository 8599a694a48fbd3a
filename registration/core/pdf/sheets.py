"""What goes into a press and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class TooManyPages(Exception):  # noqa: N818 - named for the fact
    """A paper is longer than may be drawn while somebody waits for it; the print shop is for such."""


@dataclass(frozen=True)
class Sheet:
    """A paper as HTML."""

    html: str
    tightest: frozenset[str] = frozenset()  # blocks that cannot be set any tighter, whether they fit or not
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    most_pages: int | None = None


@dataclass(frozen=True)
class Crowded:
    """A sheet that was not printed: a block of it does not fit its room."""

    block: str


Printed = bytes | Crowded | Exception
