"""The back office's list of people and the page of one."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from registration.certificates import queries as certificates
from registration.checkin import queries as attendance
from registration.core.i18n import gettext
from registration.events import queries as events
from registration.signups import answers, operations, queries
from registration.signups.errors import NotApplied, TicketTypeFull
from registration.signups.models import Registration

blueprint = Blueprint("signups_staff", __name__, url_prefix="/sprava/akce/<slug>/prihlasky")


@blueprint.get("")
def registrations(slug: str) -> str:
    """List the people of an event by surname."""
    event = events.get_event(slug)
    return render_template(
        "signups/registrations.html",
        event=event,
        offer=events.offer(event),
        registrations=queries.list_registrations(event),
        attended=attendance.attended_by_registration(event),
    )


@blueprint.get("/<int:registration_id>")
def registration(slug: str, registration_id: int) -> str:
    """Show one person: order, codes, answers, who was here before, every ledger entry, certificates."""
    found = queries.get_registration(events.get_event(slug), registration_id)
    return render_template(
        "signups/registration.html",
        event=found.event,
        registration=found,
        answers=answers.list_given(found),
        order_answers=answers.list_given(found.order),
        substitutions=queries.list_substitutions(found),
        entries=attendance.list_entries(found),
        attended=attendance.attended_session_ids(found),
        certificates=certificates.list_papers(found),
    )


@blueprint.post("/<int:registration_id>/odhlaseni")
def cancel(slug: str, registration_id: int) -> Response:
    """Cancel a person's place."""
    found = queries.get_registration(events.get_event(slug), registration_id)
    operations.cancel([found], by=current_user.email, reason=_reason())
    flash(gettext("The place is cancelled and free for others."), "ok")
    return _back_to_person(slug, registration_id)


@blueprint.post("/<int:registration_id>/schvaleni")
def approve(slug: str, registration_id: int) -> Response:
    """Let an applicant in, to a place or to the waiting list."""
    found = queries.get_registration(events.get_event(slug), registration_id)
    try:
        approved = operations.approve(found, by=current_user.email)
    except (NotApplied, TicketTypeFull) as refusal:
        flash(refusal.message, "error")
    else:
        flash(_approved(approved), "ok")
    return _back_to_person(slug, registration_id)


@blueprint.post("/<int:registration_id>/odmitnuti")
def refuse(slug: str, registration_id: int) -> Response:
    """Do not let an applicant in, with a reason that is sent to them."""
    found = queries.get_registration(events.get_event(slug), registration_id)
    try:
        operations.refuse(found, by=current_user.email, reason=_reason())
        flash(gettext("The registration is refused; the person gets a message."), "ok")
    except NotApplied as refusal:
        flash(refusal.message, "error")
    return _back_to_person(slug, registration_id)


def _approved(registration: Registration) -> str:
    if registration.is_confirmed:
        return gettext("The registration is approved.")
    return gettext("The registration is approved. There is no place left, so the person is in the waiting list.")


def _reason() -> str:
    return request.form.get("reason", "").strip()[:500]


def _back_to_person(slug: str, registration_id: int) -> Response:
    return redirect(url_for(".registration", slug=slug, registration_id=registration_id), HTTPStatus.SEE_OTHER)
