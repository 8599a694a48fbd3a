"""The desk changes who somebody is, what they are signed up for, or who comes instead; or signs somebody up."""

from dataclasses import replace
from http import HTTPStatus

from flask import render_template, request
from flask_security import current_user
from werkzeug.wrappers import Response

from registration.core.errors import Refusal
from registration.core.i18n import gettext
from registration.events import queries as events
from registration.events.models import Event
from registration.events.questions import Asked, Value, chosen
from registration.signups import answers, operations
from registration.signups.errors import (
    AlreadyCancelled,
    AlreadyComing,
    AlreadySignedUp,
    ChoiceFull,
    ReasonNeeded,
    SignUpNotOpen,
    TicketTypeFull,
    UnknownTicketType,
)
from registration.signups.forms.desk import LONGEST_REASON, ByHandForm, CorrectionForm, DetailsForm, split_by_scope
from registration.signups.forms.people import PersonDetails
from registration.signups.models import Registration
from registration.signups.operations import by_hand, desk
from registration.signups.views.registration import back_to_person, find
from registration.signups.views.registrations import blueprint

Answer = Response | tuple[str, int]


@blueprint.get("/nova")
def new(slug: str) -> Answer:
    """Show the form for somebody who is signed up by hand."""
    event = events.get_event(slug)
    return _by_hand_page(event, ByHandForm(None, **split_by_scope(events.list_questions(event.id))))


@blueprint.post("/nova")
def add(slug: str) -> Answer:
    """Sign somebody up, or show the form again with what is wrong."""
    event = events.get_event(slug)
    form = ByHandForm(request.form, **split_by_scope(events.list_questions(event.id)))
    form.offer([each.code for each in event.ticket_types])
    if not form.validate():
        return _by_hand_page(event, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        added = by_hand.add_by_hand(
            event.id,
            orderer=form.orderer(),
            person=form.person(form.ticket_type.data),
            language=form.language.data,
            by=current_user.email,
            when_full=form.wishes(),
            is_told=form.is_told.data,
        )
    except (UnknownTicketType, TicketTypeFull, SignUpNotOpen) as refusal:
        form.ticket_type.errors = [refusal.message]
    except ReasonNeeded as refusal:
        form.reason.errors = [refusal.message]
    except (AlreadySignedUp, ChoiceFull) as refusal:
        _refuse(form, refusal)
    else:
        sentence = gettext("The person has a place.") if added.is_confirmed else gettext("The person is waiting.")
        return back_to_person(slug, added.id, sentence)
    return _by_hand_page(events.get_event(slug), form, HTTPStatus.CONFLICT)


@blueprint.get("/<int:registration_id>/uprava")
def correction(slug: str, registration_id: int) -> Answer:
    """Show who somebody is and what they have answered, to be corrected."""
    found = find(slug, registration_id)
    given, for_all = answers.values_of(found), answers.values_of(found.order)
    form = CorrectionForm.of(found, **_questions(found, given | for_all))
    form.fill_in(given, for_all)
    return _correction_page(found, form)


@blueprint.post("/<int:registration_id>/uprava")
def correct(slug: str, registration_id: int) -> Answer:
    """Correct who somebody is and what they have answered."""
    found = find(slug, registration_id)
    own = answers.values_of(found) | answers.values_of(found.order)
    form = CorrectionForm(request.form, **_questions(found, own))
    if not form.validate():
        return _correction_page(found, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        desk.correct(found, form.details(), by=current_user.email)
    except (AlreadySignedUp, ChoiceFull) as refusal:
        _refuse(form, refusal)
        return _correction_page(find(slug, registration_id), form, refusal.status)
    except AlreadyCancelled as refusal:
        return back_to_person(slug, registration_id, refusal.message, "error")
    return back_to_person(slug, registration_id, gettext("The registration is corrected."))


@blueprint.get("/<int:registration_id>/varianta")
def moving(slug: str, registration_id: int) -> Answer:
    """Show the other ticket types, and what is free in them."""
    return _moving_page(find(slug, registration_id))


@blueprint.post("/<int:registration_id>/varianta")
def move(slug: str, registration_id: int) -> Answer:
    """Sign somebody up for another ticket type; over its capacity with a reason."""
    found = find(slug, registration_id)
    is_over = "over_capacity" in request.form
    reason = " ".join(request.form.get("reason", "").split())[:LONGEST_REASON]
    if is_over and not reason:
        return _moving_page(found, ReasonNeeded(), "reason")
    try:
        desk.move(
            found,
            code=request.form.get("ticket_type", ""),
            by=current_user.email,
            over_capacity_reason=reason if is_over else "",
        )
    except (UnknownTicketType, TicketTypeFull) as refusal:
        return _moving_page(find(slug, registration_id), refusal)
    except AlreadyCancelled as refusal:
        return back_to_person(slug, registration_id, refusal.message, "error")
    return back_to_person(slug, registration_id, gettext("The ticket type is changed; the person gets a message."))


@blueprint.get("/<int:registration_id>/ucastnik")
def substitution(slug: str, registration_id: int) -> Answer:
    """Show the boxes for whoever comes instead."""
    return _substitution_page(find(slug, registration_id), PersonDetails())


@blueprint.post("/<int:registration_id>/ucastnik")
def substitute(slug: str, registration_id: int) -> Answer:
    """Let somebody else come in a person's place, whenever it is."""
    found = find(slug, registration_id)
    form = PersonDetails(request.form)
    if not form.validate():
        return _substitution_page(found, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        operations.substitute(found, person=form.person(), by=current_user.email, is_late_allowed=True)
    except (AlreadySignedUp, AlreadyComing) as refusal:
        form.email.errors = [refusal.message]
        return _substitution_page(find(slug, registration_id), form, refusal.status)
    except AlreadyCancelled as refusal:
        return back_to_person(slug, registration_id, refusal.message, "error")
    return back_to_person(slug, registration_id, gettext("Somebody else comes now; both are told by e-mail."))


def _by_hand_page(event: Event, form: ByHandForm, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    page = render_template(
        "signups/by_hand.html",
        event=event,
        offer=events.offer(event, with_invited=True),
        form=form,
        error_list=form.error_list(),
    )
    return page, status


def _correction_page(registration: Registration, form: CorrectionForm, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    if registration.cancellation or registration.is_erased:
        status = HTTPStatus.CONFLICT
    page = render_template(
        "signups/correction.html",
        event=registration.event,
        registration=registration,
        form=form,
        error_list=form.error_list(),
    )
    return page, status


def _moving_page(registration: Registration, refusal: Refusal | None = None, box: str = "ticket_type") -> Answer:
    event = registration.event
    page = render_template(
        "signups/moving.html",
        event=event,
        registration=registration,
        offer=events.offer(event, with_invited=True),
        error_list=[(box, refusal.message)] if refusal else [],
    )
    return page, refusal.status if refusal else HTTPStatus.OK


def _substitution_page(registration: Registration, form: PersonDetails, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    page = render_template(
        "signups/substituting.html",
        event=registration.event,
        registration=registration,
        form=form,
        error_list=[(field.id, f"{field.label.text}: {field.errors[0]}") for field in form if field.errors],
    )
    return page, status


def _questions(registration: Registration, own: dict[str, Value]) -> dict[str, list[Asked]]:
    """Return what an event asks, its limited choices with the places one has oneself, so that they can be kept."""
    questions = events.list_questions(registration.event_id)
    if not registration.status.holds_place:
        return split_by_scope(questions)
    return split_by_scope([_with_own_choices(each, own.get(each.code)) for each in questions])


def _with_own_choices(question: Asked, value: Value | None) -> Asked:
    own = chosen(question, value)
    choices = (replace(each, taken=each.taken - 1) if each in own else each for each in question.choices)
    return replace(question, choices=tuple(choices))


def _refuse(form: DetailsForm, refusal: Refusal) -> None:
    if isinstance(refusal, ChoiceFull):
        form.refuse_choice(refusal.code, refusal.message)
    else:
        form.email.errors = [refusal.message]
