"""What is drawn straight into the PDF: QR codes, which as SVG would take a fifth of a paper's time."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tinycss2.color5 import parse_color

from registration.core import qr

if TYPE_CHECKING:
    from weasyprint.pdf.stream import Stream


_WHITE, _BLACK = parse_color("#fff"), parse_color("#000")


class Drawings(dict[str, Any]):
    """The pictures of one document by address, as WeasyPrint's cache; `qr:` addresses need no file."""

    def __contains__(self, address: object) -> bool:
        return super().__contains__(address) or str(address).startswith(qr.SCHEME)

    def __missing__(self, address: str) -> "QrCode":
        self[address] = code = QrCode(qr.matrix_at(unquote(address)))
        return code


class QrCode:
    """A QR code with its quiet zone, to WeasyPrint a picture like any other."""

    def __init__(self, rows: Sequence[Sequence[bool]]) -> None:
        self._rows = rows
        self._side = len(rows) + 2 * qr.QUIET_ZONE

    def get_intrinsic_size(self, _resolution: float, _font_size: float) -> tuple[float, float, float]:
        """Return width, height and their ratio."""
        return self._side, self._side, 1

    def draw(self, stream: "Stream", width: float, height: float, _style: object) -> None:
        """Draw a white square and the dark modules, adjoining ones of a row as one rectangle."""
        stream.transform(width / self._side, 0, 0, height / self._side, 0, 0)
        stream.set_color(_WHITE)
        stream.rectangle(0, 0, self._side, self._side)
        stream.fill()
        stream.set_color(_BLACK)
        for y, row in enumerate(self._rows, qr.QUIET_ZONE):
            for x, length in qr.runs(row):
                stream.rectangle(x, y, length, 1)
        stream.fill()
