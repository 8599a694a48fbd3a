"""Calling an event off."""

from http import HTTPStatus

from flask import render_template
from flask_security import current_user

from registration.core.i18n import gettext
from registration.events import queries
from registration.events.errors import EventAlreadyCancelled, EventHasBegun
from registration.events.forms import CancellationForm
from registration.events.models import Event
from registration.events.views.desk import Answer, blueprint, done, not_done, with_people_told
from registration.signups import queries as signups
from registration.signups.operations import announcements


@blueprint.get("/akce/<slug>/zruseni")
def cancellation(slug: str) -> str:
    """Show what cancelling the event would do."""
    return _page(queries.get_event(slug), CancellationForm())


@blueprint.post("/akce/<slug>/zruseni")
def cancel(slug: str) -> Answer:
    """Call the event off and write everybody."""
    event = queries.get_event(slug)
    form = CancellationForm()
    if not form.validate():
        return _page(event, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        told = announcements.cancel_event(event, by=current_user.email, reason=form.reason.data)
    except (EventAlreadyCancelled, EventHasBegun) as refusal:
        return not_done(slug, refusal)
    return done(slug, with_people_told(gettext("The event is cancelled."), len(told)))


def _page(event: Event, form: CancellationForm) -> str:
    return render_template(
        "events/cancellation.html",
        event=event,
        offer=queries.offer(event, with_invited=True),
        form=form,
        error_list=form.error_list(),
        people_count=sum(each.cancellation is None for each in signups.list_registrations(event)),
    )
