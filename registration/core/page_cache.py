"""A short memory in front of Flask: what is the same for everybody is made at most twice a second in each process.

A view says by `for_everybody` that its page does not depend on who asks; `remembered` keeps a part of a page. Either
lasts half a second, counted from before it was made, so that even a page made of remembered parts shows within a
second what another process has changed. What this process commits is seen at once.
"""

import threading
import time
from collections.abc import Callable, Hashable, Iterable
from functools import wraps
from http import HTTPStatus
from typing import Any, Generic, NamedTuple, ParamSpec, TypeVar, cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, current_app, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from registration.core.settings import Settings

_LASTS_S = 0.5
_MOST_ENTRIES = 256
_LARGEST_BODY = 256 * 1024  # bytes; with the number of entries it bounds the memory used

# Whoever keeps the page asks each time whether it still holds, so that nobody sees the places as before their sign-up.
_SHARED = "public, no-cache"
_PRIVATE = "private, no-cache"
_ADDRESS = ("wsgi.url_scheme", "HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING")
_OF_BODY = {"content-type", "content-length"}

P = ParamSpec("P")
T = TypeVar("T")
_Headers = list[tuple[str, str]]

_HAS_CHANGED = "page_cache.has_changed"  # in Session.info: models were written since the last commit

_last_commit = object()
_last_change = object()


@event.listens_for(Session, "after_flush")
def _note_change(session: Session, _context: object) -> None:
    session.info[_HAS_CHANGED] = True


@event.listens_for(Session, "do_orm_execute")
def _note_change_of_many(state: ORMExecuteState) -> None:
    if not state.is_select:
        state.session.info[_HAS_CHANGED] = True


@event.listens_for(Session, "after_commit")
def forget_everything(session: Session | None = None) -> None:
    """Let nothing hold any longer that this process has made so far.

    What is `settled` holds on when only prepared statements have written: sign-ups change no settings.
    """
    global _last_commit, _last_change
    _last_commit = object()
    if session is None or (not session.in_nested_transaction() and session.info.pop(_HAS_CHANGED, False)):
        _last_change = object()


class Moment(NamedTuple):
    """When something began to be made, and the last commit and change of models it could see."""

    at: float
    commit: object
    change: object

    @classmethod
    def now(cls) -> "Moment":
        """Return the present; must be called before the first read of what is made."""
        return cls(time.monotonic(), _last_commit, _last_change)

    def is_past(self, *, is_settled: bool) -> bool:
        """Say whether this process has committed something since that matters."""
        return self.change is not _last_change if is_settled else self.commit is not _last_commit


class ShortMemory(Generic[T]):
    """Keeps what was made a moment ago, until it is too old or this process commits something."""

    def __init__(self, *, lasts_s: float, is_settled: bool = False) -> None:
        self._lasts_s = lasts_s
        self._is_settled = is_settled
        self._entries: dict[Hashable, tuple[Moment, T]] = {}
        self._lock = threading.Lock()

    def recall(self, key: Hashable) -> T | None:
        """Return what was kept under the key if it still holds."""
        moment, value = self._entries.get(key, (None, None))
        if moment is None or moment.is_past(is_settled=self._is_settled):
            return None
        return value if time.monotonic() - moment.at < self._lasts_s else None

    def keep(self, key: Hashable, value: T, *, since: Moment) -> None:
        """Keep a value made since that moment; when there are too many, the one kept longest goes."""
        with self._lock:
            self._entries.pop(key, None)
            if len(self._entries) >= _MOST_ENTRIES:
                del self._entries[next(iter(self._entries))]
            self._entries[key] = since, value


def init_app(app: Flask) -> None:
    """Put the memory in front of the application."""
    settings: Settings = app.extensions["settings"]
    lasts_s = 0 if settings.demo else _LASTS_S  # the demo's clock jumps, in all processes at once
    app.extensions["page_parts"] = ShortMemory[Any](lasts_s=lasts_s)
    app.extensions["settled_parts"] = ShortMemory[Any](lasts_s=lasts_s, is_settled=True)
    app.wsgi_app = _PageCache(app.wsgi_app, ShortMemory(lasts_s=lasts_s))  # type: ignore[method-assign]  # Flask's documented way to wrap


def for_everybody(view: Callable[P, ResponseReturnValue]) -> Callable[P, Response]:
    """Let a page be kept and shared. It must be the same for all who ask for its address, and hold no personal data."""

    @wraps(view)
    def shared(*args: P.args, **kwargs: P.kwargs) -> Response:
        response = make_response(view(*args, **kwargs))
        if response.status_code == HTTPStatus.OK:
            # Who has a cookie may be given a new one with the page, and that is not for everybody.
            response.headers["Cache-Control"] = _PRIVATE if "Cookie" in request.headers else _SHARED
            response.add_etag()
        return response

    return shared


def remembered(key: Hashable, make: Callable[[], T]) -> T:
    """Return what `make` returns, or returned under this key a moment ago.

    The key must name everything it depends on, the language too. It is shared by threads: change nothing in it.
    """
    return _remembered("page_parts", key, make)


def settled(key: Hashable, make: Callable[[], T]) -> T:
    """Return like `remembered` what only an organizer's change makes old: it survives this process's sign-ups."""
    return _remembered("settled_parts", key, make)


def _remembered(memory: str, key: Hashable, make: Callable[[], T]) -> T:
    parts = cast(ShortMemory[T], current_app.extensions[memory])
    found = parts.recall(key)
    if found is None:
        since = Moment.now()
        found = make()
        parts.keep(key, found, since=since)
    return found


class _Page(NamedTuple):
    """A page as it was sent."""

    etag: str
    headers: _Headers
    body: bytes

    def answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Send the page, or only that it has not changed (RFC 9110 15.4.5)."""
        if self.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 NOT MODIFIED", [each for each in self.headers if each[0].lower() not in _OF_BODY])
            return []
        start_response("200 OK", [*self.headers])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [self.body]


class _PageCache:
    """WSGI middleware that answers from memory what a view has given out for everybody."""

    def __init__(self, wsgi_app: WSGIApplication, pages: ShortMemory[_Page]) -> None:
        self._wsgi_app = wsgi_app
        self._pages = pages

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not _is_anonymous_read(environ):
            return self._wsgi_app(environ, start_response)
        address = tuple(map(environ.get, _ADDRESS))
        page = self._pages.recall(address)
        if page is None:
            since = Moment.now()
            status, headers, chunks = _ask(self._wsgi_app, environ)
            if environ["REQUEST_METHOD"] == "HEAD" or not _is_for_everybody(status, headers):
                start_response(status, headers)
                return chunks
            page = _page(headers, chunks)
            if len(page.body) <= _LARGEST_BODY:
                self._pages.keep(address, page, since=since)
        return page.answer(environ, start_response)


def _is_anonymous_read(environ: WSGIEnvironment) -> bool:
    is_read = environ["REQUEST_METHOD"] in {"GET", "HEAD"}
    return is_read and "HTTP_COOKIE" not in environ and "HTTP_AUTHORIZATION" not in environ


def _ask(wsgi_app: WSGIApplication, environ: WSGIEnvironment) -> tuple[str, _Headers, Iterable[bytes]]:
    """Return the application's answer; Flask says its status and headers before it returns the body."""
    told: list[tuple[str, _Headers]] = []

    def note(status: str, headers: _Headers, _error: object = None, /) -> Callable[[bytes], object]:
        told.append((status, headers))
        return lambda _chunk: None

    chunks = wsgi_app(environ, note)
    return *told[-1], chunks


def _is_for_everybody(status: str, headers: _Headers) -> bool:
    said = {name.lower(): value for name, value in headers}
    return status.startswith("200") and said.get("cache-control") == _SHARED and "set-cookie" not in said


def _page(headers: _Headers, chunks: Iterable[bytes]) -> _Page:
    try:
        body = b"".join(chunks)
    finally:
        getattr(chunks, "close", lambda: None)()
    return _Page({name.lower(): value for name, value in headers}["etag"], headers, body)
