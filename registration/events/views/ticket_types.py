"""What one can sign up for: added, changed, taken away."""

from http import HTTPStatus

from flask import render_template
from flask_security import current_user

from registration.core.errors import Refusal
from registration.core.i18n import gettext
from registration.events import facts, operations, queries, references
from registration.events.errors import (
    CapacityBelowTaken,
    ChangedMeanwhile,
    NoSessions,
    NotEnoughPlaces,
    OpenToOthers,
    PartsPromised,
    TicketTypeNotFound,
)
from registration.events.forms import TicketTypeForm
from registration.events.models import Event, TicketType
from registration.events.views.desk import Answer, blueprint, done, not_done, seen
from registration.signups import operations as signups


@blueprint.get("/akce/<slug>/varianty/nova")
def new_ticket_type(slug: str) -> str:
    """Ask for a ticket type to be added."""
    event = queries.get_event(slug)
    return _page(event, None, TicketTypeForm.new(event))


@blueprint.post("/akce/<slug>/varianty/nova")
def add_ticket_type(slug: str) -> Answer:
    """Add a ticket type."""
    event = queries.get_event(slug)
    form = TicketTypeForm.sent(event)
    if not form.validate():
        return _page(event, None, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        operations.add_ticket_type(event, **form.change(), by=current_user.email)
    except (NoSessions, OpenToOthers) as refusal:
        _blame(form, refusal)
        return _page(event, None, form), refusal.status
    return done(slug, gettext("The ticket type is added."))


@blueprint.get("/akce/<slug>/varianty/<int:ticket_type_id>")
def ticket_type_form(slug: str, ticket_type_id: int) -> str:
    """Show a ticket type to be changed."""
    event = queries.get_event(slug)
    ticket_type = _get(event, ticket_type_id)
    return _page(event, ticket_type, TicketTypeForm.of(ticket_type))


@blueprint.post("/akce/<slug>/varianty/<int:ticket_type_id>")
def change_ticket_type(slug: str, ticket_type_id: int) -> Answer:
    """Change a ticket type; places that are added go to the waiting list."""
    event = queries.get_event(slug)
    ticket_type = _get(event, ticket_type_id)
    form = TicketTypeForm.sent(event)
    if not form.validate():
        return _page(event, ticket_type, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with operations.as_seen(event, seen(form), lambda: facts.of_ticket_type(ticket_type)):
            operations.change_ticket_type(ticket_type, **form.change(), by=current_user.email)
            signups.serve(event.id)
    except ChangedMeanwhile as refusal:
        ticket_type = _get(queries.get_event(slug), ticket_type_id)
        form.compare(TicketTypeForm.of(ticket_type))
        return _page(ticket_type.event, ticket_type, form), refusal.status
    except (NoSessions, OpenToOthers, PartsPromised, NotEnoughPlaces, CapacityBelowTaken) as refusal:
        _blame(form, refusal)
        return _page(event, ticket_type, form), refusal.status
    return done(slug, gettext("The ticket type is changed."))


@blueprint.post("/akce/<slug>/varianty/<int:ticket_type_id>/odebrani")
def remove_ticket_type(slug: str, ticket_type_id: int) -> Answer:
    """Take a ticket type away that nobody has signed up for."""
    ticket_type = _get(queries.get_event(slug), ticket_type_id)
    try:
        operations.remove_ticket_type(ticket_type, by=current_user.email)
    except Refusal as refusal:
        return not_done(slug, refusal)
    return done(slug, gettext("The ticket type is gone."))


def _get(event: Event, ticket_type_id: int) -> TicketType:
    for each in event.ticket_types:
        if each.id == ticket_type_id:
            return each
    raise TicketTypeNotFound


def _blame(form: TicketTypeForm, refusal: Refusal) -> None:
    """Say beside the field it is about why not."""
    field = {OpenToOthers: form.audience, CapacityBelowTaken: form.capacity}.get(type(refusal), form.sessions)
    field.errors = [refusal.message]


def _page(event: Event, ticket_type: TicketType | None, form: TicketTypeForm) -> str:
    return render_template(
        "events/ticket_type.html",
        event=event,
        ticket_type=ticket_type,
        is_signed_up_for=ticket_type is not None and references.is_signed_up_for(ticket_type),
        form=form,
        error_list=form.error_list(),
    )
