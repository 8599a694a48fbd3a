"""What requests must be before a view sees them, and how views hand out files."""

from http import HTTPStatus

from flask import Response, abort, request
from werkzeug.routing import IntegerConverter, Map

_LARGEST_ID = 2**63 - 1  # of BigInteger; beyond it the database itself would fail
_READS = {"GET", "HEAD", "OPTIONS"}


class RowIdConverter(IntegerConverter):
    """`<int:…>` in addresses: what no row can have as its id is simply not found."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=_LARGEST_ID)


def row_id(typed: str) -> int:
    """Return an id from a form or query. Raises ValueError, which werkzeug's `type=` takes as missing."""
    if not (typed.isascii() and typed.isdigit()) or len(typed) > len(str(_LARGEST_ID)) or int(typed) > _LARGEST_ID:
        raise ValueError(typed)
    return int(typed)


def refuse_unreadable() -> None:
    """Refuse what no page of ours sends: JSON, for which there is no address yet, and NUL, which no text has."""
    if request.is_json:
        abort(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    address = request.path.encode() + request.query_string
    texts = [] if request.method in _READS else [*request.form.values()]
    if b"\0" in address or b"%00" in request.query_string or any("\0" in text for text in texts):
        abort(HTTPStatus.BAD_REQUEST)


def refuse_cross_site_changes() -> None:
    """Refuse a change that another site's page has caused; browsers have said so since 2020–2023."""
    if request.method not in _READS and request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(HTTPStatus.FORBIDDEN)


def inline_file(content: bytes, *, mime_type: str, name: str) -> Response:
    """Return a file that the browser may show; `name` is what it is saved as."""
    response = Response(content, content_type=mime_type)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
