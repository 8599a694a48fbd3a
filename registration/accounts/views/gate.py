"""The gate before every view: it reads the table of access, and lets nobody to the events of other teams."""

import logging
from http import HTTPStatus

from flask import Flask, abort, redirect, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from registration.access import ACCESS, SEE_ALL_EVENTS, Access, access_of
from registration.accounts.queries import is_on_team

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Stand before every view of every room."""
    app.before_request(guard)
    app.add_template_global(may)


def guard() -> Response | None:
    """Let through who may: strangers sign in first, and a GET comes back to where it wanted."""
    if request.endpoint is None:
        return None  # no address of ours; Flask says so itself
    needed = ACCESS.get(request.endpoint)
    if needed is None:
        log.error("%s is refused: it has no entry in the table of access", request.endpoint)
        abort(HTTPStatus.NOT_FOUND)
    if needed & Access.ANYONE:
        return None
    if not current_user.is_authenticated:
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("security.login", next=wanted), HTTPStatus.SEE_OTHER)
    granted = access_of(current_user.role_names) & needed
    if not granted:
        abort(HTTPStatus.FORBIDDEN)
    slug = (request.view_args or {}).get("slug")
    if slug is not None and not granted & SEE_ALL_EVENTS and not is_on_team(current_user, slug):
        abort(HTTPStatus.NOT_FOUND)  # whether there is such an event is not theirs to know
    return None


def may(endpoint: str) -> bool:
    """Say in a template whether a link there leads the person anywhere."""
    needed = ACCESS.get(endpoint, Access(0))
    granted = access_of(current_user.role_names) if current_user.is_authenticated else Access.ANYONE
    return bool(needed & granted)
