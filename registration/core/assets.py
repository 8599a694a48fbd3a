"""Static files under addresses that change with their content, so that browsers may keep them for a year."""

import hashlib
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response, request

from registration.core.settings import PROJECT

STATIC = PROJECT / "static"


def init_app(app: Flask) -> None:
    """Give templates `asset()` and versioned static files their long life."""
    app.add_template_global(asset)
    app.after_request(_keep_versioned_files)


def asset(name: str) -> str:
    """Return the address of a static file; it has no language prefix, so both languages share it."""
    path = _path(name)
    return f"/static/{name}?v={_version(path, path.stat().st_mtime_ns)}"


@lru_cache(maxsize=256)
def _path(name: str) -> Path:
    return STATIC / name


@lru_cache(maxsize=256)
def _version(path: Path, _changed_at: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def _keep_versioned_files(response: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args and response.status_code == HTTPStatus.OK:
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = 365 * 24 * 3600
        response.cache_control.immutable = True
    return response
