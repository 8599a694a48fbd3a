"""The audit log in the back office: of an event, of a person in it, of a library, of everything."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for

from registration.core.web import row_id
from registration.events import queries as events
from registration.insight.queries import history
from registration.insight.queries.history import Wanted
from registration.organisations import queries as organisations
from registration.signups import queries as signups

blueprint = Blueprint("history", __name__, url_prefix="/sprava")
_PAGE_SIZE = 50
_LAST_PAGE = 100_000


@blueprint.get("/akce/<slug>/historie")
def of_event(slug: str) -> str:
    """Show what was changed about an event and everything that belongs to it."""
    event = events.get_event(slug)
    wanted = _wanted(event_id=event.id)
    return render_template(
        "insight/event_history.html",
        event=event,
        wanted=wanted,
        kinds=history.list_kinds(event.id),
        actors=history.list_actors(event.id),
        **_found(wanted),
    )


@blueprint.get("/akce/<slug>/prihlasky/<int:registration_id>/historie")
def of_person(slug: str, registration_id: int) -> str:
    """Show what happened to a person's place, from the order on."""
    registration = signups.get_registration(events.get_event(slug), registration_id)
    return render_template(
        "insight/person_history.html",
        event=registration.event,
        registration=registration,
        lines=history.list_of_registration(registration),
    )


@blueprint.get("/knihovny/<int:organisation_id>/historie")
def of_organisation(organisation_id: int) -> str:
    """Show what was changed about a library."""
    organisation = organisations.get_organisation(organisation_id)
    wanted = Wanted(kind="organisation", subject_id=organisation_id)
    return render_template(
        "insight/organisation_history.html",
        organisation=organisation,
        **_found(wanted),
    )


@blueprint.get("/historie")
def everything() -> str:
    """Show what was changed anywhere, roles included."""
    wanted = _wanted()
    return render_template(
        "insight/history.html",
        wanted=wanted,
        kinds=history.list_kinds(None),
        actors=history.list_actors(None),
        **_found(wanted),
    )


def _wanted(*, event_id: int | None = None) -> Wanted:
    """Return what the address asks for; what cannot be read does not matter."""
    return Wanted(
        event_id=event_id,
        kind=request.args.get("druh", ""),
        subject_id=request.args.get("cislo", None, type=row_id),
        by=request.args.get("kdo", ""),
        day=request.args.get("den", None, type=date.fromisoformat),
    )


def _found(wanted: Wanted) -> dict[str, Any]:
    """Return the entries of the page that is asked for, and the addresses of those beside it."""
    page = min(max(request.args.get("strana", 1, type=row_id), 1), _LAST_PAGE)
    found = history.list_entries(wanted, page=page, page_size=_PAGE_SIZE)
    return {
        "found": found,
        "newer": _address(page - 1) if page > 1 else None,
        "older": _address(page + 1) if found.has_more else None,
    }


def _address(page: int) -> str:
    asked = {**request.args.to_dict(), **(request.view_args or {}), "strana": page}
    return url_for(str(request.endpoint), **asked)
