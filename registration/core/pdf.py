"""HTML to PDF: tagged, in its language, from known assets only.

Importing WeasyPrint takes half a second and Pango; processes that print nothing do without.
"""

import mimetypes
import threading
from collections import Counter
from ctypes.util import find_library
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from flask import current_app

from registration.core.assets import STATIC

if TYPE_CHECKING:
    from weasyprint import CSS, Document
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcherResponse

_ASSET_SCHEME = "asset:"  # asset:css/papers.css is static/css/papers.css
_STYLESHEET = "css/papers.css"
_TIGHTEST = 4
_MISSING_LIBRARIES_HINT = "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
_rendering = threading.Lock()  # the shared font configuration is not made for threads


class ForbiddenAsset(Exception):  # noqa: N818 - named for the fact
    """A paper asked for something that is not one of our static files."""


def render(template: str, **context: Any) -> bytes:
    """Return a template as a tagged PDF, in the language of its html tag; same context, same bytes.

    A block that must not grow stands in a room: `<div id="x-room"><div id="x">`. Where it does not fit, the
    template is set once more with `tightness.x` raised by one, up to 4. Raises ForbiddenAsset, FileNotFoundError.
    """
    tightness: Counter[str] = Counter()
    with _rendering:
        while True:
            html = current_app.jinja_env.get_template(template).render(context, tightness=tightness)
            document, assets = _lay_out(html)
            crowded = {block for block in _crowded(document) if tightness[block] < _TIGHTEST}
            if not crowded:
                return _write(document, assets)
            tightness.update(crowded)


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
        return URLFetcherResponse(url, body, {"Content-Type": mimetypes.guess_type(url)[0] or "application/octet-stream"})

    def raise_refusals(self) -> None:
        if self.refusals:
            raise self.refusals[0]


def _read_asset(url: str) -> bytes:
    path = (STATIC / url.removeprefix(_ASSET_SCHEME)).resolve()
    if not url.startswith(_ASSET_SCHEME) or not path.is_relative_to(STATIC.resolve()):
        raise ForbiddenAsset(url)
    return path.read_bytes()


def _lay_out(html: str) -> "tuple[Document, _Assets]":
    from weasyprint import HTML  # noqa: PLC0415 - see the head of this file

    stylesheet, fonts = _stylesheet((STATIC / _STYLESHEET).stat().st_mtime_ns)
    assets = _Assets()
    # A base address makes WeasyPrint ask us for relative addresses too, instead of skipping them.
    document = HTML(string=html, base_url=_ASSET_SCHEME, url_fetcher=assets).render(
        font_config=fonts, stylesheets=[stylesheet], pdf_variant="pdf/ua-1"
    )
    assets.raise_refusals()
    return document, assets


@lru_cache(maxsize=1)
def _stylesheet(_changed_at: int) -> "tuple[CSS, FontConfiguration]":
    """Return the papers' stylesheet and the fonts it has loaded; making them anew would cost as much as a paper."""
    from weasyprint import CSS  # noqa: PLC0415 - see the head of this file
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    fonts, assets = FontConfiguration(), _Assets()
    stylesheet = CSS(url=_ASSET_SCHEME + _STYLESHEET, font_config=fonts, url_fetcher=assets)
    assets.raise_refusals()
    return stylesheet, fonts


def _crowded(document: "Document") -> set[str]:
    """Return the ids of blocks that are lower or wider than their rooms."""
    anchors = {name: box for page in document.pages for name, box in page.anchors.items()}
    pairs = {name: (box, anchors.get(f"{name}-room", box)) for name, box in anchors.items()}
    return {name for name, (block, room) in pairs.items() if block[2] > room[2] + 0.01 or block[3] > room[3] + 0.01}


def _write(document: "Document", assets: _Assets) -> bytes:
    written = cast(bytes, document.write_pdf(pdf_variant="pdf/ua-1"))
    assets.raise_refusals()  # images inside an SVG are fetched only now
    return written
