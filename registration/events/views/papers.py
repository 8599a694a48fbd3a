"""Papers of an event for the organizer to print."""

from flask import Blueprint, Response

from registration.certificates import queries as certificates
from registration.core.web import inline_file
from registration.events import poster, queries

blueprint = Blueprint("events_papers", __name__, url_prefix="/sprava/akce/<slug>")


@blueprint.get("/plakat.pdf")
def event_poster(slug: str) -> Response:
    """Send the event's poster."""
    event = queries.get_event(slug)
    gives_certificate = bool(certificates.list_rules(event))
    paper = poster.poster_pdf(queries.offer(event), gives_certificate=gives_certificate)
    return inline_file(paper, mime_type="application/pdf", name=f"plakat-{slug}.pdf")
