"""Sets sheets in type with WeasyPrint: one alone, or many one-page sheets together, which takes half the time.

Many are one document for the layout and a document each when written, so that none carries anything of another; the
bytes are the same as those of a sheet that is set alone.
"""

import atexit
import copy
import gc
import html
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache

from weasyprint import CSS, HTML, Document
from weasyprint.text.fonts import FontConfiguration

from registration.core.pdf.assets import SCHEME, STATIC, Assets, read
from registration.core.pdf.drawings import Drawings
from registration.core.pdf.sheets import Crowded, Printed, Sheet, TooManyPages

_STYLESHEET = "css/papers.css"
_VARIANT = "pdf/ua-1"
_ROUNDING = 0.01
_PARTS = re.compile(r"(.*<title>)(.*)(</title>.*<body>)(.*)(</body>.*)", re.DOTALL)
_setting = threading.Lock()  # the shared font configuration is not made for threads


def print_alone(sheet: Sheet) -> bytes | Crowded:
    """Print a sheet of as many pages as it may have. Raises ForbiddenAsset, FileNotFoundError, TooManyPages."""
    with _setting, _collecting_later():
        return _finish(_lay_out(sheet.html, sheet.pictures), sheet)


def print_together(sheets: Sequence[Sheet]) -> list[Printed]:
    """Print sheets of one page each; one that cannot be printed does not hold up the others."""
    if len(sheets) == 1:  # of any number of pages
        return [_attempt(sheets[0])]
    found = [_PARTS.fullmatch(sheet.html) for sheet in sheets]
    parts = [each.groups() for each in found if each]
    frames = {(before, between, after) for before, _, between, _, after in parts}
    documents: list[Document] = []
    if len(parts) == len(sheets) and len(frames) == 1:
        pictures = {name: picture for sheet in sheets for name, picture in sheet.pictures.items()}
        documents = _set_together(parts, pictures)
    if len(documents) != len(sheets):
        return [_attempt(sheet) for sheet in sheets]
    return [_attempt(sheet, document) for sheet, document in zip(sheets, documents, strict=True)]


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Keep garbage until the sheet is done: a layout is full of circles, and to search them costs a third of it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _set_together(parts: Sequence[tuple[str, ...]], pictures: Mapping[str, bytes]) -> list[Document]:
    """Return a document for each page of all bodies laid out in one frame; none where that cannot be done."""
    before, title, between, _, after = parts[0]
    bodies = "".join(body for _, _, _, body, _ in parts)
    try:
        with _setting:
            together = _lay_out(before + title + between + bodies + after, pictures, apart=True)
    except Exception:  # whichever it is of, it will be found when each is set alone
        return []
    documents = []
    for page, (_, title, _, _, _) in zip(together.pages, parts, strict=False):
        document = together.copy([page])
        document.metadata = copy.copy(together.metadata)
        document.metadata.title = html.unescape(title)
        documents.append(document)
    return documents if len(together.pages) == len(parts) else []


def _attempt(sheet: Sheet, document: Document | None = None) -> Printed:
    try:
        if document is None:
            return print_alone(sheet)
        with _setting:
            return _finish(document, sheet)
    except Exception as fault:  # one sheet that cannot be printed must not hold up the others
        return fault


def _lay_out(html: str, pictures: Mapping[str, bytes], *, apart: bool = False) -> Document:
    stylesheet, apart_too, fonts = _stylesheets((STATIC / _STYLESHEET).stat().st_mtime_ns)
    assets = Assets(pictures)
    # A base address makes WeasyPrint ask us for relative addresses too, instead of skipping them.
    document = HTML(string=html, base_url=SCHEME, url_fetcher=assets).render(
        font_config=fonts,
        stylesheets=[stylesheet, apart_too] if apart else [stylesheet],
        pdf_variant=_VARIANT,
        cache=Drawings(),
    )
    assets.raise_refusals()
    return document


@lru_cache(maxsize=1)
def _stylesheets(_changed_at: int) -> tuple[CSS, CSS, FontConfiguration]:
    """Return the papers' stylesheet, one that parts sheets, and the fonts; making them takes as long as a paper."""
    fonts, assets = FontConfiguration(), Assets()
    words = _without_variables(read(SCHEME + _STYLESHEET).decode())
    stylesheet = CSS(string=words, base_url=SCHEME + _STYLESHEET, font_config=fonts, url_fetcher=assets)
    assets.raise_refusals()
    return stylesheet, CSS(string="body > * { break-before: page }"), fonts


atexit.register(_stylesheets.cache_clear)  # at the very end WeasyPrint could not remove its copies of the fonts


def _without_variables(css: str) -> str:
    """Put custom properties in their places once; WeasyPrint would do it for each element of each paper."""
    for name, value in re.findall(r"(--[\w-]+):\s*([^;]+);", css):
        css = css.replace(f"var({name})", value)
    return css


def _finish(document: Document, sheet: Sheet) -> bytes | Crowded:
    crowded = [block for block in _crowded(document) if block not in sheet.tightest]
    if crowded:
        return Crowded(crowded[-1])  # the innermost, which may make room enough for those around it
    if sheet.most_pages is not None and len(document.pages) > sheet.most_pages:
        raise TooManyPages
    written: bytes = document.write_pdf(pdf_variant=_VARIANT)
    document.url_fetcher.raise_refusals()  # images inside an SVG are fetched only now
    return written


def _crowded(document: Document) -> list[str]:
    """Return the ids of blocks that are wider or lower than their rooms, in the order of the document."""
    boxes = {name: box for page in document.pages for name, box in page.anchors.items()}
    rooms = {name: boxes[f"{name}-room"] for name in boxes if f"{name}-room" in boxes}
    return [name for name in boxes if name in rooms and not _fits(boxes[name], rooms[name])]


def _fits(box: tuple[float, ...], room: tuple[float, ...]) -> bool:
    (_, _, right, floor), (_, _, room_right, room_floor) = box, room
    return right <= room_right + _ROUNDING and floor <= room_floor + _ROUNDING
