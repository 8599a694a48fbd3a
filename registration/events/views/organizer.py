"""The back office's list of events and the overview of one."""

from flask import Blueprint, render_template

from registration.core import clock
from registration.events import queries
from registration.signups import queries as signups

blueprint = Blueprint("events_staff", __name__, url_prefix="/sprava")
_LATEST = 8


@blueprint.get("")
def index() -> str:
    """List all events."""
    return render_template("events/list.html", offers=[queries.offer(event) for event in queries.list_events()])


@blueprint.get("/akce/<slug>")
def overview(slug: str) -> str:
    """Show how an event fills: figures, sessions, ticket types, the latest people."""
    event = queries.get_event(slug)
    return render_template(
        "events/overview.html",
        event=event,
        offer=queries.offer(event),
        confirmed_count=signups.count_confirmed(event),
        organisation_count=signups.count_organisations(event),
        days_left=(event.first_on - clock.local_now().date()).days if event.first_on else None,
        latest=signups.list_latest_registrations(event, limit=_LATEST),
    )
