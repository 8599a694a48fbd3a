"""HTML to PDF: tagged, in its language, from known assets only.

Importing WeasyPrint takes half a second and Pango; processes that print nothing do without.
"""

import atexit
import mimetypes
import threading
from collections import Counter
from ctypes.util import find_library
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import current_app

from registration.core.assets import STATIC

if TYPE_CHECKING:
    from weasyprint import CSS, Document
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcherResponse

_ASSET_SCHEME = "asset:"  # asset:css/papers.css is static/css/papers.css
_STYLESHEET = "css/papers.css"
_VARIANT = "pdf/ua-1"
_TIGHTEST = 4
_ROUNDING = 0.01
_MISSING_LIBRARIES_HINT = "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
_rendering = threading.Lock()  # the shared font configuration is not made for threads


class ForbiddenAsset(Exception):  # noqa: N818 - named for the fact
    """A paper asked for something that is not one of our static files."""


def render(template: str, **context: Any) -> bytes:
    """Return a template as a tagged PDF, in the language of its html tag; same context, same bytes.

    A block that must not grow stands in a room: `<div id="x-room"><div id="x">`. While it does not fit, the
    template is set again with `tightness.x` raised by one, up to 4. Raises ForbiddenAsset, FileNotFoundError.
    """
    tightness: Counter[str] = Counter()
    with _rendering:
        while True:
            html = current_app.jinja_env.get_template(template).render(context, tightness=tightness)
            document = _lay_out(html)
            crowded = [block for block in _crowded(document) if tightness[block] < _TIGHTEST]
            if not crowded:
                return _write(document)
            tightness[crowded[-1]] += 1  # the innermost, which may make room enough for those around it


def missing_libraries() -> str | None:
    """Return what to install when a system library is missing, else None.

    Without harfbuzz-subset everything works, but one certificate takes seconds.
    """
    needed = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
    return None if all(find_library(name) for name in needed) else _MISSING_LIBRARIES_HINT


class _Assets:
    """Fetches for WeasyPrint, and keeps what it had to refuse: WeasyPrint logs a failed fetch and goes on."""

    _fail_on_errors = False  # part of WeasyPrint's protocol; its own way of failing does not reach into SVG

    def __init__(self) -> None:
        self.refusals: list[Exception] = []

    def __call__(self, url: str) -> "URLFetcherResponse":
        from weasyprint.urls import URLFetcherResponse  # noqa: PLC0415 - see the head of this file

        try:
            body = _read_asset(url)
        except (ForbiddenAsset, OSError) as refusal:
            self.refusals.append(refusal)
            raise
        mime_type = mimetypes.guess_type(url)[0] or "application/octet-stream"
        return URLFetcherResponse(url, body, {"Content-Type": mime_type})

    def raise_refusals(self) -> None:
        if self.refusals:
            raise self.refusals[0]


def _read_asset(url: str) -> bytes:
    path = (STATIC / url.removeprefix(_ASSET_SCHEME)).resolve()
    if not url.startswith(_ASSET_SCHEME) or not path.is_relative_to(STATIC.resolve()):
        raise ForbiddenAsset(url)
    return path.read_bytes()


def _lay_out(html: str) -> "Document":
    from weasyprint import HTML  # noqa: PLC0415 - see the head of this file

    stylesheet, fonts = _stylesheet((STATIC / _STYLESHEET).stat().st_mtime_ns)
    assets = _Assets()
    # A base address makes WeasyPrint ask us for relative addresses too, instead of skipping them.
    document = HTML(string=html, base_url=_ASSET_SCHEME, url_fetcher=assets).render(
        font_config=fonts, stylesheets=[stylesheet], pdf_variant=_VARIANT
    )
    assets.raise_refusals()
    return document


@lru_cache(maxsize=1)
def _stylesheet(_changed_at: int) -> "tuple[CSS, FontConfiguration]":
    """Return the papers' stylesheet and the fonts it has loaded; making them takes as long as a paper."""
    from weasyprint import CSS  # noqa: PLC0415 - see the head of this file
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    fonts, assets = FontConfiguration(), _Assets()
    stylesheet = CSS(url=_ASSET_SCHEME + _STYLESHEET, font_config=fonts, url_fetcher=assets)
    assets.raise_refusals()
    return stylesheet, fonts


atexit.register(_stylesheet.cache_clear)  # at the very end WeasyPrint could not remove its copies of the fonts


def _crowded(document: "Document") -> list[str]:
    """Return the ids of blocks that are wider or lower than their rooms, in the order of the document."""
    boxes = {name: box for page in document.pages for name, box in page.anchors.items()}
    rooms = {name: boxes[f"{name}-room"] for name in boxes if f"{name}-room" in boxes}
    return [name for name in boxes if name in rooms and not _fits(boxes[name], rooms[name])]


def _fits(box: tuple[float, ...], room: tuple[float, ...]) -> bool:
    (_, _, right, floor), (_, _, room_right, room_floor) = box, room
    return right <= room_right + _ROUNDING and floor <= room_floor + _ROUNDING


def _write(document: "Document") -> bytes:
    written: bytes = document.write_pdf(pdf_variant=_VARIANT)
    document.url_fetcher.raise_refusals()  # images inside an SVG are fetched only now
    return written
