"""QR codes as one SVG path: light to send, light to print."""

import qrcode
from markupsafe import Markup, escape
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_M

_QUIET_ZONE = 4
_MASK = 2  # any of the eight scans equally well; a fixed one makes the code five times faster


def ticket_svg(code: str, *, label: str) -> Markup:
    """Return the QR code of a ticket code at level H, which survives smudges at the door."""
    return _svg(code, ERROR_CORRECT_H, label)


def address_svg(address: str, *, label: str) -> Markup:
    """Return the QR code of a web address at level M, which is enough on clean paper."""
    return _svg(address, ERROR_CORRECT_M, label)


def _svg(content: str, level: int, label: str) -> Markup:
    code = qrcode.QRCode(error_correction=level, mask_pattern=_MASK, border=0)
    code.add_data(content)
    code.make(fit=True)
    side = code.modules_count + 2 * _QUIET_ZONE
    path = "".join(_runs(row, y + _QUIET_ZONE) for y, row in enumerate(code.get_matrix()))
    # Named by a title, not by aria-label: tagged PDF takes its alternative text from there.
    return Markup(  # noqa: S704 - the only free text is escaped
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img">'
        f"<title>{escape(label)}</title>"
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path stroke="#000" d="{path}"/></svg>'
    )


def _runs(row: list[bool], y: int) -> str:
    """Return one row as strokes of adjoining dark modules."""
    path, start = "", None
    for x, dark in enumerate([*row, False]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            path += f"M{start + _QUIET_ZONE} {y}.5h{x - start}"
            start = None
    return path
