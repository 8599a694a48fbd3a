"""The scanner a phone loads: one page in two languages, its service worker, and the files both are made of.

Everything lies under one address, so that one service worker serves it without a signal. The page is the same for
everybody and says nothing about anybody; who may see the list decides the cookie of a paired phone.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from registration.checkin.views.scanner_words import words_for_script
from registration.core import assets, web
from registration.core.clock import PRAGUE
from registration.core.i18n import LANGUAGES, in_language, language

blueprint = Blueprint("scanner", __name__, url_prefix="/odbaveni")

_DECODER = "door/decoder.js"
_WORKER = "door/sw.js"  # served at an address of its own, for a service worker rules what lies beside it
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
}
_SHEETS = ("tokens", "fonts", "base", "components", "form", "door")
_OTHER_FILES = (
    "img/down.svg",
    "img/favicon.svg",
    "img/icons.svg",
    "vendor/zxing/share.js",
    "vendor/zxing/reader/index.js",
    "vendor/zxing/reader/zxing_reader.wasm",
)
_A_YEAR_S = 365 * 24 * 3600


@dataclass(frozen=True)
class Shell:
    """One version of everything a phone needs before it knows an event."""

    version: str
    pages: dict[str, str]  # HTML by language


@blueprint.get("")
def page() -> Response | BaseResponse:
    """Show the scanner in Czech; English has its address within the reach of the service worker."""
    if language() == "en":
        return redirect(f"{blueprint.url_prefix}/en", HTTPStatus.SEE_OTHER)
    return _page("cs")


@blueprint.get("/en")
def english_page() -> Response:
    """Show the scanner in English."""
    return _page("en")


@blueprint.get("/sw.js")
def service_worker() -> Response:
    """Return the service worker; its first lines name the version and what to keep of it."""
    shell = _shell()
    files = [_address(shell.version, name) for name in _files()]
    head = f"const VERSION = {json.dumps(shell.version)};\nconst FILES = {json.dumps(files)};\n"
    response = Response(head + (assets.STATIC / _WORKER).read_text(), content_type=_TYPES[".js"])
    response.headers["Service-Worker-Allowed"] = blueprint.url_prefix or ""
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/soubory/<version>/<path:name>")
def file(version: str, name: str) -> Response:
    """Return a file of the present version; of another one nothing, so that no page is mixed of two."""
    if version != _shell().version or name not in _files():
        abort(HTTPStatus.NOT_FOUND)
    path = assets.STATIC / name
    response = Response(path.read_bytes(), content_type=_TYPES[path.suffix])
    response.cache_control.public = True
    response.cache_control.max_age = _A_YEAR_S
    response.cache_control.immutable = True
    if name == _DECODER:
        # WebAssembly counts as code made at run time; it is allowed in the decoder and nowhere else.
        policy = f"{web.content_security_policy()}; script-src 'self' 'wasm-unsafe-eval'"
        response.headers["Content-Security-Policy"] = policy
    return response


def _page(spoken: str) -> Response:
    response = Response(_shell().pages[spoken], content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


@lru_cache(maxsize=1)
def _shell() -> Shell:
    """Return the version that this process serves: it changes with any file, sentence or tag."""
    digest = hashlib.sha256()
    for name in [*_files(), _WORKER]:
        digest.update((assets.STATIC / name).read_bytes())
    for each in LANGUAGES:
        digest.update(_render(each, version="").encode())
    version = digest.hexdigest()[:12]
    return Shell(version, {each: _render(each, version=version) for each in LANGUAGES})


def _render(spoken: str, *, version: str) -> str:
    with in_language(spoken):
        return render_template(
            "checkin/scanner/page.html",
            version=version,
            file=lambda name: _address(version, name),
            sheets=_SHEETS,
            words=words_for_script(),
            zone=PRAGUE.key,
            home=blueprint.url_prefix,
        )


def _address(version: str, name: str) -> str:
    return f"{blueprint.url_prefix}/soubory/{version}/{name}"


@lru_cache(maxsize=1)
def _files() -> tuple[str, ...]:
    """Return what the shell is made of, the only files handed out here."""
    modules = [f"door/{path.name}" for path in (assets.STATIC / "door").glob("*.js") if f"door/{path.name}" != _WORKER]
    sheets = [f"css/{name}.css" for name in _SHEETS] + ["door/scanner.css"]
    fonts = [f"vendor/fonts/{path.name}" for path in (assets.STATIC / "vendor/fonts").glob("*-*-normal.woff2")]
    return (*sorted(modules), *sheets, *sorted(fonts), *_OTHER_FILES)
