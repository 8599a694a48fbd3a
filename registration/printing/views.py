"""The page of a print job: how far it is, and its files."""

from flask import Blueprint, Response, render_template

from registration.core.web import inline_file, refreshing
from registration.events import queries as events
from registration.printing import queries

blueprint = Blueprint("printing", __name__, url_prefix="/sprava/akce/<slug>/tisk")


@blueprint.get("/<int:job_id>")
def job(slug: str, job_id: int) -> Response:
    """Show the files that are ready; while some are not, the page asks again by itself."""
    event = events.get_event(slug)
    found = queries.get_job(job_id, event_id=event.id)
    return refreshing(render_template("printing/job.html", event=event, job=found), is_over=found.is_over)


@blueprint.get("/<int:job_id>/<int:position>.pdf")
def file(slug: str, job_id: int, position: int) -> Response:
    """Send a file that is ready."""
    found = queries.get_file(queries.get_job(job_id, event_id=events.get_event(slug).id), position)
    return inline_file(found.pdf, mime_type="application/pdf", name=found.name)
