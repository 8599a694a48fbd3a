"""Suggestions for whoever types the name of a library; further files of views add theirs to its blueprint."""

from flask import Blueprint, Response, jsonify, request

from registration.core.limits import limiter
from registration.organisations import queries

blueprint = Blueprint("organisations", __name__)

_LONGEST_SEARCH = 100
_BROWSERS_KEEP_S = 60


@blueprint.get("/knihovny")
@limiter.limit("240 per minute")
def suggestions() -> Response:
    """Send the organisations that `q` may mean; who is a member is nobody's business here."""
    found = queries.suggest(request.args.get("q", "")[:_LONGEST_SEARCH])
    response = jsonify([{"label": each.label, "town": each.town, "ico": each.ico} for each in found])
    response.cache_control.public = True
    response.cache_control.max_age = _BROWSERS_KEEP_S
    return response
