"""HTML to PDF: tagged, in its language, from known assets only.

Importing WeasyPrint takes half a second and Pango; processes that print nothing do without.
"""

import threading
from ctypes.util import find_library
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registration.core.errors import Refusal
from registration.core.settings import PROJECT

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

_ASSET_SCHEME = "asset:"
_MISSING_LIBRARIES_HINT = "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
_rendering = threading.Lock()  # the shared font configuration is not made for threads


class ForbiddenAsset(Exception):  # noqa: N818 - named for the fact
    """A paper asked for something that is not one of our static files."""


def missing_libraries() -> str | None:
    """Return what to install when a system library is missing, else None.

    Without harfbuzz-subset everything works, but one certificate takes seconds.
    """
    needed = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
    return None if all(find_library(name) for name in needed) else _MISSING_LIBRARIES_HINT
