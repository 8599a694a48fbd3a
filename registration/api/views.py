"""The description of the API, at the address machines look for it."""

from flask import Blueprint, Response, json

from registration.api import documents
from registration.core import settings

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.get("/openapi.json")
def description() -> Response:
    """Return the OpenAPI document."""
    content = documents.openapi(version="1", server=settings.current().base_url)
    response = Response(json.dumps(content, ensure_ascii=False), content_type="application/json")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
