"""Messages to groups in the back office: list, draft, preview, trial, sending."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as AnyResponse

from registration.core.i18n import gettext, language, ngettext
from registration.core.web import row_id
from registration.events import queries as events
from registration.events.models import Event
from registration.mail import queries as mail
from registration.mail.composition import PREVIEW_POLICY, Composed, styled
from registration.mail.delivery import post_office
from registration.mail.models import OutboxMessage
from registration.signups import lists, messaging, queries
from registration.signups.errors import GroupMessageSent, NobodyToWriteTo, UnknownPlaceholder
from registration.signups.filtering import Filter
from registration.signups.forms.messages import GroupMessageForm, form_of, kind_of
from registration.signups.messaging import GroupMessage
from registration.signups.models import Registration, RegistrationStatus
from registration.signups.operations import messaging as operations
from registration.signups.placeholders import PLACEHOLDERS

blueprint = Blueprint("messages", __name__, url_prefix="/sprava/akce/<slug>/zpravy")

_MOST_SHOWN = 100  # people to look at a message as
Answer = AnyResponse | str | tuple[str, int]


@blueprint.get("")
def index(slug: str) -> str:
    """List the messages of an event to groups, each with what came of it."""
    event = events.get_event(slug)
    return render_template(
        "signups/messages/list.html",
        event=event,
        messages=messaging.list_group_messages(event),
        fates=messaging.fates(event),
    )


@blueprint.get("/nova")
def new(slug: str) -> str:
    """Ask what to write; the address may bring the people along, from the list of registrations."""
    return _form_page(events.get_event(slug), GroupMessageForm(), Filter.from_args(request.args))


@blueprint.post("")
def create(slug: str) -> Answer:
    """Keep a draft, or only count whom it would go to."""
    event = events.get_event(slug)
    form, chosen = GroupMessageForm(), Filter.from_args(request.form)
    if "count" in request.form:
        return _form_page(event, form, chosen)
    if form.validate():
        try:
            draft = operations.write_draft(
                event, **form.values, recipients=messaging.kept_filter(chosen), by=current_user.email
            )
        except UnknownPlaceholder as refusal:
            form.show_refusal(refusal)
        else:
            flash(gettext("The draft is saved. Nothing has been sent yet."), "ok")
            return _to_message(slug, draft.id)
    return _form_page(event, form, chosen), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/pocet")
def count(slug: str) -> Response:
    """Say in a sentence how many people a message would go to, for the form to show while it is filled in."""
    event, chosen = events.get_event(slug), Filter.from_args(request.args)
    number = messaging.count_group(event, messaging.kept_filter(chosen), kind_of(request.args))
    return Response(recipients_sentence(number), mimetype="text/plain")


@blueprint.get("/<int:message_id>")
def message(slug: str, message_id: int) -> str:
    """Show a message: to whom it goes, how it looks as one of them, and what came of it."""
    event, found = _find(slug, message_id)
    people = messaging.list_group(event, found.recipients, found.kind, limit=_MOST_SHOWN)
    person = _chosen_person(event, people)
    return render_template(
        "signups/messages/message.html",
        event=event,
        message=found,
        people=people,
        person=person,
        composed=_composed(found, person) if person else None,
        group=messaging.group_filter(found.recipients),
        recipients=recipients_sentence(messaging.count_group(event, found.recipients, found.kind)),
        fates=messaging.fates(event).get(found.id, {}),
        **_choices(event),
    )


@blueprint.get("/<int:message_id>/nahled/<int:registration_id>")
def preview(slug: str, message_id: int, registration_id: int) -> Response:
    """Show the HTML of a message as one person gets it, for the frame on its page."""
    event, found = _find(slug, message_id)
    composed = _composed(found, queries.get_registration(event, registration_id))
    response = Response(styled(composed.html) if composed else "")
    response.headers["Content-Security-Policy"] = PREVIEW_POLICY
    return response


@blueprint.get("/<int:message_id>/uprava")
def edit(slug: str, message_id: int) -> Answer:
    """Ask what to write instead."""
    event, found = _find(slug, message_id)
    if found.is_sent:
        return _to_message(slug, message_id)
    return _form_page(event, form_of(found), Filter.from_args(found.recipients), draft=found)


@blueprint.post("/<int:message_id>/uprava")
def save(slug: str, message_id: int) -> Answer:
    """Rewrite a draft, or only count whom it would go to."""
    event, found = _find(slug, message_id)
    form, chosen = GroupMessageForm(), Filter.from_args(request.form)
    if "count" in request.form:
        return _form_page(event, form, chosen, draft=found)
    if form.validate():
        try:
            operations.change_draft(
                found, **form.values, recipients=messaging.kept_filter(chosen), by=current_user.email
            )
        except UnknownPlaceholder as refusal:
            form.show_refusal(refusal)
        else:
            flash(gettext("The draft is saved. Nothing has been sent yet."), "ok")
            return _to_message(slug, message_id)
    return _form_page(event, form, chosen, draft=found), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/<int:message_id>/zkouska")
def try_out(slug: str, message_id: int) -> AnyResponse:
    """Send the message to whoever is signed in, as one person would get it."""
    event, found = _find(slug, message_id)
    person = queries.get_registration(event, request.form.get("person", 0, type=row_id))
    operations.try_out(found, person, to=current_user.email, language=language())
    flash(gettext("The trial message is on its way to %(address)s.", address=current_user.email), "ok")
    return _to_message(slug, message_id)


@blueprint.get("/<int:message_id>/odeslani")
def confirmation(slug: str, message_id: int) -> Answer:
    """Say what sending would do, and ask once more."""
    event, found = _find(slug, message_id)
    if found.is_sent:
        return _to_message(slug, message_id)
    people_count = messaging.count_group(event, found.recipients, found.kind)
    if not people_count:
        flash(NobodyToWriteTo().message, "error")
        return _to_message(slug, message_id)
    getting = operations.one_of_each(found)
    return render_template(
        "signups/messages/confirmation.html",
        event=event,
        message=found,
        people_count=people_count,
        message_count=len(getting),
        suppressed_count=len(mail.list_suppressed_among([person.email for person in getting])),
    )


@blueprint.post("/<int:message_id>/odeslani")
def send(slug: str, message_id: int) -> AnyResponse:
    """Write to everybody in the group; a second click finds it done."""
    _, found = _find(slug, message_id)
    try:
        number = operations.send(found, by=current_user.email)
    except NobodyToWriteTo as refusal:
        flash(refusal.message, "error")
    else:
        flash(ngettext("%(num)d message is on its way.", "%(num)d messages are on their way.", number), "ok")
    return _to_message(slug, message_id)


@blueprint.post("/<int:message_id>/smazani")
def remove(slug: str, message_id: int) -> AnyResponse:
    """Throw a draft away."""
    _, found = _find(slug, message_id)
    try:
        operations.delete_draft(found, by=current_user.email)
    except GroupMessageSent as refusal:
        flash(refusal.message, "error")
        return _to_message(slug, message_id)
    flash(gettext("The draft is deleted."), "ok")
    return redirect(url_for(".index", slug=slug), HTTPStatus.SEE_OTHER)


def recipients_sentence(number: int) -> str:
    """Say how many people a message would go to."""
    if not number:
        return gettext("Nobody would get it.")
    return ngettext("%(num)d person gets it.", "%(num)d people get it.", number)


def _find(slug: str, message_id: int) -> tuple[Event, GroupMessage]:
    event = events.get_event(slug)
    return event, messaging.get_group_message(event, message_id)


def _form_page(event: Event, form: GroupMessageForm, chosen: Filter, *, draft: GroupMessage | None = None) -> str:
    number = messaging.count_group(event, messaging.kept_filter(chosen), kind_of({"kind": form.kind.data or ""}))
    return render_template(
        "signups/messages/form.html",
        event=event,
        form=form,
        group=chosen,
        draft=draft,
        recipients=recipients_sentence(number),
        error_list=form.error_list(),
        placeholders=PLACEHOLDERS,
        **_choices(event),
    )


def _choices(event: Event) -> dict[str, object]:
    """Return what the people of an event can be told apart by."""
    return {
        "statuses": list(RegistrationStatus),
        "questions": [each for each in events.list_questions(event.id) if each.choices or each.kind == "yes_no"],
        "tags": [word for word, _ in lists.list_tags(event)],
    }


def _chosen_person(event: Event, people: Sequence[Registration]) -> Registration | None:
    wanted = request.args.get("osoba", 0, type=row_id)
    if wanted:
        return queries.get_registration(event, wanted)
    return people[0] if people else None


def _composed(found: GroupMessage, person: Registration) -> Composed | None:
    """Return the message as a person would get it, in their language; nothing is written down."""
    facts = {"message": found.id, "registration": person.id, "version": person.ticket_version, "was_live": False}
    row = OutboxMessage(kind=messaging.KIND, facts=facts, language=person.order.language, subject="")
    return post_office.preview(row)


def _to_message(slug: str, message_id: int) -> AnyResponse:
    return redirect(url_for(".message", slug=slug, message_id=message_id), HTTPStatus.SEE_OTHER)
