"""QR codes: one SVG path on pages, drawn directly on papers; light to send, light to print."""

from collections.abc import Iterator, Sequence

import qrcode
from markupsafe import Markup, escape
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_M

SCHEME = "qr:"  # qr:H:7KQ2… is the picture of a code on a paper, see `registration.core.pdf.drawings`
QUIET_ZONE = 4
_MASK = 2  # any of the eight scans equally well; a fixed one makes the code five times faster
_LEVELS = {"H": ERROR_CORRECT_H, "M": ERROR_CORRECT_M}


def ticket_svg(code: str, *, label: str) -> Markup:
    """Return the QR code of a ticket code at level H, which survives smudges at the door."""
    return _svg(code, "H", label)


def address_svg(address: str, *, label: str) -> Markup:
    """Return the QR code of a web address at level M, which is enough on clean paper."""
    return _svg(address, "M", label)


def ticket_on_paper(code: str, *, label: str) -> Markup:
    """Return the same as `ticket_svg` for a paper."""
    return _picture(code, "H", label)


def address_on_paper(address: str, *, label: str) -> Markup:
    """Return the same as `address_svg` for a paper."""
    return _picture(address, "M", label)


def matrix_at(address: str) -> Sequence[Sequence[bool]]:
    """Return the dark modules, row by row, of a picture on a paper."""
    _, level, content = address.split(":", 2)
    return _matrix(content, level)


def runs(row: Sequence[bool], start: int = QUIET_ZONE) -> Iterator[tuple[int, int]]:
    """Yield where adjoining dark modules begin and how many they are."""
    length = 0
    for x, dark in enumerate([*row, False], start):
        if dark:
            length += 1
        elif length:
            yield x - length, length
            length = 0


def _svg(content: str, level: str, label: str) -> Markup:
    rows = _matrix(content, level)
    side = len(rows) + 2 * QUIET_ZONE
    path = "".join(f"M{x} {y}.5h{length}" for y, row in enumerate(rows, QUIET_ZONE) for x, length in runs(row))
    # Named by a title, not by aria-label: tagged PDF takes its alternative text from there.
    return Markup(  # noqa: S704 - the only free text is escaped
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img">'
        f"<title>{escape(label)}</title>"
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path stroke="#000" d="{path}"/></svg>'
    )


def _picture(content: str, level: str, label: str) -> Markup:
    return Markup('<img src="{}{}:{}" alt="{}">').format(SCHEME, level, content, label)


def _matrix(content: str, level: str) -> list[list[bool]]:
    code = qrcode.QRCode(error_correction=_LEVELS[level], mask_pattern=_MASK, border=0)
    code.add_data(content)
    code.make(fit=True)
    rows: list[list[bool]] = code.get_matrix()
    return rows
