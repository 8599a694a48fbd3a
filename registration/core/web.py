"""What requests must be before a view sees them, and how views hand out files."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import TypeVar

from flask import Flask, Request, Response, abort, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from werkzeug.routing import IntegerConverter, Map

from registration.core.i18n import gettext

_LARGEST_ID = 2**63 - 1  # of BigInteger; beyond it the database itself would fail
_READS = {"GET", "HEAD", "OPTIONS"}
_KILOBYTE = 1024
_MEGABYTE = 1024 * _KILOBYTE
_READ_OUT = 64 * _MEGABYTE  # of an upload that is refused anyway
_CHUNK = 64 * 1024
_REFRESHED_AFTER_S = "3"
_UPLOAD = "_most_megabytes"  # the attribute of a view that takes files
_JSON = "_most_kilobytes"  # and of one that takes JSON

View = TypeVar("View", bound=Callable[..., object])


class _Sessions(SecureCookieSessionInterface):
    """Flask's sessions, which cost those nothing who have none: visitors and phones."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) in request.cookies:
            return super().open_session(app, request)
        return self.session_class()


def init_app(app: Flask) -> None:
    """Look at every request before anything else does."""
    app.session_interface = _Sessions()
    app.before_request(refuse_cross_site_changes)
    app.before_request(_widen_uploads)
    app.before_request(refuse_unreadable)


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
    """Refuse what no page of ours sends: JSON where none is taken, and NUL, which no text has."""
    if request.is_json and not _most_kilobytes():
        abort(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    address = request.path.encode() + request.query_string
    # JSON is read by whoever takes it, text by text.
    texts = [] if request.method in _READS or request.is_json else [*request.form.values()]
    if b"\0" in address or b"%00" in request.query_string or any("\0" in text for text in texts):
        abort(HTTPStatus.BAD_REQUEST)


def refuse_cross_site_changes() -> None:
    """Refuse a change that another site's page has caused; browsers have said so since 2020–2023."""
    if request.method not in _READS and request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(HTTPStatus.FORBIDDEN)


def allow_upload(megabytes: int) -> Callable[[View], View]:
    """Let a view take files of so many megabytes; all others take forms only. Stands below the route."""

    def mark(view: View) -> View:
        setattr(view, _UPLOAD, megabytes)
        return view

    return mark


def take_json(kilobytes: int) -> Callable[[View], View]:
    """Let a view take JSON of so many kilobytes. Stands below the route."""

    def mark(view: View) -> View:
        setattr(view, _JSON, kilobytes)
        return view

    return mark


def too_large_message() -> str | None:
    """Return how large a file may be where one was too large; None where no file is taken."""
    megabytes = _most_megabytes()
    return gettext("A file can have at most %(num)d MB here. Nothing was stored.", num=megabytes) if megabytes else None


def read_out() -> None:
    """Read the rest of an upload that is too large, so that the browser comes to read the answer.

    A browser that is still sending when the connection closes says that the connection was lost, and nothing else.
    """
    if not _most_megabytes():
        return
    left = min(request.content_length or 0, _READ_OUT)
    stream = request.environ["wsgi.input"]
    while left > 0 and (chunk := stream.read(min(_CHUNK, left))):
        left -= len(chunk)


def _widen_uploads() -> None:
    """Set the limit before anything reads the form, as the protection against forged requests does."""
    megabytes = _most_megabytes()
    if megabytes:
        # Besides the file there are a few fields.
        request.max_content_length = (megabytes + 1) * _MEGABYTE
    elif kilobytes := _most_kilobytes():
        request.max_content_length = kilobytes * _KILOBYTE


def _most_megabytes() -> int:
    return _marked(_UPLOAD)


def _most_kilobytes() -> int:
    return _marked(_JSON)


def _marked(mark: str) -> int:
    most: int = getattr(current_app.view_functions.get(request.endpoint or ""), mark, 0)
    return most


def refreshing(page: str, *, is_over: bool) -> Response:
    """Return a page that comes again by itself, also without JavaScript, until what it shows is over."""
    return Response(page, headers={} if is_over else {"Refresh": _REFRESHED_AFTER_S})


def inline_file(content: bytes, *, mime_type: str, name: str) -> Response:
    """Return a file that the browser may show; `name` is what it is saved as."""
    response = Response(content, content_type=mime_type)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def attached_file(content: bytes, *, mime_type: str, name: str) -> Response:
    """Return a file that the browser saves under `name`, whatever is in it."""
    response = Response(content, content_type=mime_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def content_security_policy(*, framed_by: Sequence[str] = ()) -> str:
    """Return what a page of ours may load and do, and which origins may show it in a frame."""
    ancestors = " ".join(framed_by) or "'none'"
    return (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        f"frame-ancestors {ancestors}"
    )
