"""Pages about the installation itself: personal data, accessibility, health, security contact."""

from datetime import timedelta

from flask import Blueprint, Response, render_template
from sqlalchemy import text

from registration.core import clock, settings
from registration.core.db import db
from registration.core.page_cache import for_everybody
from registration.organisations.queries import get_association

blueprint = Blueprint("pages", __name__)


@blueprint.get("/soukromi")
@for_everybody
def privacy() -> str:
    """Say what is done with personal data."""
    return render_template("pages/privacy.html")


@blueprint.get("/pristupnost")
@for_everybody
def accessibility() -> str:
    """Say how accessible the pages are and whom to write to."""
    return render_template("pages/accessibility.html")


@blueprint.get("/healthz")
def health() -> Response:
    """Answer when the application and its database do."""
    db.session.execute(text("SELECT 1"))
    return Response("ok\n", content_type="text/plain")


@blueprint.get("/.well-known/security.txt")
def security_contact() -> Response:
    """Say whom to tell about a hole (RFC 9116)."""
    expires = (clock.now() + timedelta(days=180)).strftime("%Y-%m-%dT%H:%M:%SZ")
    contact = get_association().contact_email
    lines = [f"Contact: mailto:{contact}"] if contact else [f"Contact: {settings.current().base_url}/soukromi"]
    lines += [f"Expires: {expires}", "Preferred-Languages: cs, en"]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
