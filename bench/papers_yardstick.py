"""The yardsticks of the papers: the naive way, and reportlab by its own guide (paragraphs, a table, its QR widget).

Both say what our papers say: the same words in five embedded faces, the same table, the same code, one file each.
reportlab writes no tags, no language and knows no room that a name must fit, so it has less to do.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table
from weasyprint import HTML

from registration.certificates.models import Content
from registration.core.pdf.assets import STATIC, Assets
from registration.signups.models import Registration

_FACES = {
    "serif": "SourceSerif4_400Regular",
    "serif-bold": "SourceSerif4_600SemiBold",
    "sans": "SourceSans3_400Regular",
    "sans-bold": "SourceSans3_600SemiBold",
    "display": "SourceSerif4_400Regular",  # the display cut is WOFF2, which reportlab does not read
}
_INK, _GREEN = HexColor("#1D1B17"), HexColor("#0B4A36")
_BADGES_ON_SHEET = 8


def naive(html: str, pictures: Mapping[str, bytes]) -> bytes:
    """Return a paper as everybody begins: one call, which finds stylesheet and fonts anew each time."""
    styled = html.replace("<title>", '<link rel="stylesheet" href="asset:css/papers.css"><title>', 1)
    written: bytes = HTML(string=styled, base_url="asset:", url_fetcher=Assets(pictures)).write_pdf()
    return written


def register_faces() -> None:
    """Load the fonts, once for all papers."""
    for name, file in _FACES.items():
        pdfmetrics.registerFont(TTFont(name, str(STATIC / f"vendor/fonts/{file}.ttf")))


def certificate(content: Content, *, code: str, address: str) -> bytes:
    """Return a certificate as reportlab draws it."""
    written = BytesIO()
    canvas = Canvas(written, pagesize=landscape(A4), invariant=1)
    canvas.setTitle(f"{content['heading']} {content['number']}")
    page = _Page(canvas, landscape(A4)[1])
    page.write(20, 15, 150, "serif-bold", 11.5, content["issuer"])
    page.write(227, 15, 50, "sans", 9.5, content["number"])
    for height in (23.6, 24.8):
        page.rule(20, height, 277)
    page.write(86, 37, 191, "display", 20, content["heading"], _GREEN)
    page.write(86, 49, 191, "display", 42, content["holder"])
    page.write(86, 66, 191, "sans", 13, content["organisation"])
    page.write(86, 83, 191, "display", 20, content["programme"])
    _table(page, content["sessions"])
    page.write(20, 37, 52, "display", 64, str(content["minutes"] // 60))
    page.write(20, 58, 52, "serif", 17, "hodin")
    page.write(20, 66, 52, "sans", 9.5, "à 60 minut, to je 13,3 hodiny (po 45 minutách)")
    page.write(86, 170, 100, "sans", 10.5, f"{content['place']} 17. 4. 2025")
    page.rule(197, 168, 277)
    page.write(197, 169, 80, "sans-bold", 10.5, content["signatory_name"])
    page.write(197, 174, 80, "sans", 10.5, content["signatory_function"])
    page.code(17, 130, 30, address, "M")
    for number, words in enumerate(("Pravost lze ověřit na", address.rpartition("/")[0], code)):
        page.write(20, 161 + 4.2 * number, 52, "sans", 9, words)
    page.rule(20, 190, 277)
    page.write(20, 192, 150, "sans", 8.5, f"{content['issuer']}, {content['issuer_seat']}, IČO {content['issuer_ico']}")
    page.write(190, 192, 87, "sans", 8.5, content["note"])
    canvas.save()
    return written.getvalue()


def badges(title: str, mark: str, people: Sequence[Registration]) -> bytes:
    """Return badges, eight on a sheet, as reportlab draws them."""
    written = BytesIO()
    canvas = Canvas(written, pagesize=A4, invariant=1)
    canvas.setTitle(title)
    page = _Page(canvas, A4[1])
    for number, person in enumerate(people):
        if number and number % _BADGES_ON_SHEET == 0:
            canvas.showPage()
        left, top = 105 * (number % 2), 74.25 * (number % _BADGES_ON_SHEET // 2)
        _badge(page, left, top, title, mark, person)
    canvas.save()
    return written.getvalue()


def _badge(page: "_Page", left: float, top: float, title: str, mark: str, person: Registration) -> None:
    page.write(left + 7, top + 4, 66, "sans", 9, title)
    page.write(left + 75, top + 4, 25, "sans", 9, mark)
    for height in (9, 10):
        page.rule(left + 7, top + height, left + 98)
    page.write(left + 7, top + 12, 91, "serif", 15, f"{person.title_before} {person.given_name}")
    page.write(left + 7, top + 19, 91, "serif-bold", 24, f"{person.family_name} {person.title_after}")
    page.write(left + 7, top + 35, 56, "sans-bold", 12, person.organisation_name)
    page.write(left + 7, top + 46, 56, "sans", 9, person.ticket_type.title)
    page.write(left + 7, top + 54, 56, "sans", 9, "26. 3.  2. 4.  16. 4.")
    page.write(left + 7, top + 62, 56, "sans", 11, person.short_code)
    page.code(left + 67, top + 38, 32, person.ticket_code, "H")


def _table(page: "_Page", sessions: Sequence[Mapping[str, Any]]) -> None:
    style = ParagraphStyle("cell", fontName="sans", fontSize=10.5, leading=14, textColor=_INK)
    rows = [
        [
            Paragraph(each["day"], ParagraphStyle("day", parent=style, fontName="serif", fontSize=14)),
            Paragraph(each["title"], style),
            Paragraph(f"{each['format']} {each['place']}", style),
            Paragraph(f"{each['minutes'] // 60} h", style),
        ]
        for each in sessions
    ]
    table = Table(rows, colWidths=[44 * mm, 67 * mm, 56 * mm, 24 * mm])
    table.setStyle([("LINEABOVE", (0, 0), (-1, -1), 0.5, _INK), ("LINEBELOW", (0, -1), (-1, -1), 0.5, _INK)])
    _, height = table.wrap(191 * mm, 100 * mm)
    table.drawOn(page.canvas, 86 * mm, page.height - 97 * mm - height)


class _Page:
    """A canvas measured in millimetres from the top left."""

    def __init__(self, canvas: Canvas, height: float) -> None:
        self.canvas = canvas
        self.height = height

    def write(
        self, left: float, top: float, width: float, face: str, size: float, words: str, colour: HexColor = _INK
    ) -> None:
        style = ParagraphStyle(face, fontName=face, fontSize=size, leading=size * 1.25, textColor=colour)
        paragraph = Paragraph(words, style)
        _, height = paragraph.wrap(width * mm, self.height)
        paragraph.drawOn(self.canvas, left * mm, self.height - top * mm - height)

    def rule(self, left: float, top: float, right: float) -> None:
        self.canvas.line(left * mm, self.height - top * mm, right * mm, self.height - top * mm)

    def code(self, left: float, top: float, side: float, content: str, level: str) -> None:
        widget = QrCodeWidget(content, barLevel=level, barWidth=side * mm, barHeight=side * mm)
        drawing = Drawing(side * mm, side * mm)
        drawing.add(widget)
        renderPDF.draw(drawing, self.canvas, left * mm, self.height - (top + side) * mm)
