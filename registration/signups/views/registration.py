"""The back office's page of one person, and the small things done there: cancelling, approving, notes, tags."""

from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from registration.badges.forms import FORMATS
from registration.certificates import queries as certificates
from registration.checkin import queries as attendance
from registration.core.i18n import gettext
from registration.events import queries as events
from registration.mail import queries as mail
from registration.signups import answers, lists, operations, queries
from registration.signups.errors import AlreadyCancelled, NotApplied, NoteNotFound, TagNotAWord, TicketTypeFull
from registration.signups.models import Registration
from registration.signups.operations import desk
from registration.signups.views.registrations import blueprint

LONGEST_REASON = 500


@blueprint.get("/<int:registration_id>")
def registration(slug: str, registration_id: int) -> str:
    """Show one person: order, codes, answers, notes, who was here before, every ledger entry, certificates."""
    found = find(slug, registration_id)
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
        notes=lists.notes_of([found.id]).get(found.id, []),
        tags=lists.tags_of([found.id]).get(found.id, []),
        known_tags=[word for word, _ in lists.list_tags(found.event)],
        has_colleagues=len(found.order.registrations) > 1,
        suppressed=mail.find_suppression(found.email),
        badge_formats=FORMATS,
    )


@blueprint.post("/<int:registration_id>/odhlaseni")
def cancel(slug: str, registration_id: int) -> Response:
    """Cancel a person's place."""
    operations.cancel([find(slug, registration_id)], by=current_user.email, reason=_reason())
    return back_to_person(slug, registration_id, gettext("The place is cancelled and free for others."))


@blueprint.post("/<int:registration_id>/schvaleni")
def approve(slug: str, registration_id: int) -> Response:
    """Let an applicant in, to a place or to the waiting list."""
    try:
        approved = operations.approve(find(slug, registration_id), by=current_user.email)
    except (NotApplied, TicketTypeFull) as refusal:
        return back_to_person(slug, registration_id, refusal.message, "error")
    return back_to_person(slug, registration_id, _approved(approved))


@blueprint.post("/<int:registration_id>/odmitnuti")
def refuse(slug: str, registration_id: int) -> Response:
    """Do not let an applicant in, with a reason that is sent to them."""
    try:
        operations.refuse(find(slug, registration_id), by=current_user.email, reason=_reason())
    except NotApplied as refusal:
        return back_to_person(slug, registration_id, refusal.message, "error")
    return back_to_person(slug, registration_id, gettext("The registration is refused; the person gets a message."))


@blueprint.post("/<int:registration_id>/potvrzeni")
def resend(slug: str, registration_id: int) -> Response:
    """Send a person once more how their place stands, with code and links; to whoever has sent the order too."""
    to_orderer = "orderer" in request.form
    try:
        desk.resend([find(slug, registration_id)], by=current_user.email, to_orderer=to_orderer)
    except AlreadyCancelled as refusal:
        return back_to_person(slug, registration_id, refusal.message, "error")
    return back_to_person(slug, registration_id, gettext("The confirmation is on its way once more."))


@blueprint.post("/<int:registration_id>/poznamky")
def add_note(slug: str, registration_id: int) -> Response:
    """Write a note beside a registration."""
    text = request.form.get("text", "").strip()
    if text:
        desk.add_note(find(slug, registration_id), text, by=current_user.email)
        return back_to_person(slug, registration_id, gettext("The note is written down."))
    return back_to_person(slug, registration_id, gettext("There is nothing in the note yet."), "error")


@blueprint.post("/<int:registration_id>/poznamky/<int:note_id>/smazani")
def delete_note(slug: str, registration_id: int, note_id: int) -> Response:
    """Take a note away."""
    found = find(slug, registration_id)
    note = lists.find_note(found, note_id)
    if note is None:
        raise NoteNotFound
    desk.delete_note(found, note, by=current_user.email)
    return back_to_person(slug, registration_id, gettext("The note is deleted."))


@blueprint.post("/<int:registration_id>/stitky")
def add_tag(slug: str, registration_id: int) -> Response:
    """Mark a registration with a tag."""
    try:
        desk.tag([find(slug, registration_id)], request.form.get("word", ""), by=current_user.email)
    except TagNotAWord as refusal:
        return back_to_person(slug, registration_id, refusal.message, "error")
    return back_to_person(slug, registration_id, gettext("The tag is on."))


@blueprint.post("/<int:registration_id>/stitky/odebrani")
def remove_tag(slug: str, registration_id: int) -> Response:
    """Take a tag off a registration."""
    desk.untag([find(slug, registration_id)], request.form.get("word", ""), by=current_user.email)
    return back_to_person(slug, registration_id, gettext("The tag is off."))


def find(slug: str, registration_id: int) -> Registration:
    """Return a registration of the event. Raises EventNotFound, RegistrationNotFound."""
    return queries.get_registration(events.get_event(slug), registration_id)


def back_to_person(slug: str, registration_id: int, sentence: str, kind: str = "ok") -> Response:
    """Go back to the person's page, and say there what has happened."""
    flash(sentence, kind)
    return redirect(url_for(".registration", slug=slug, registration_id=registration_id), HTTPStatus.SEE_OTHER)


def _approved(registration: Registration) -> str:
    if registration.is_confirmed:
        return gettext("The registration is approved.")
    return gettext("The registration is approved. There is no place left, so the person is in the waiting list.")


def _reason() -> str:
    return request.form.get("reason", "").strip()[:LONGEST_REASON]
