"""Who is who in the back office: administrators invite, change, and shut out."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_security import current_user
from werkzeug.wrappers import Response
from wtforms.fields import SelectChoice

from registration.accounts import operations, queries
from registration.accounts.errors import EmailInvalid, LastAdministrator, UserExists
from registration.accounts.forms import InvitationForm, PersonForm
from registration.accounts.models import User
from registration.core import clock, i18n
from registration.core.errors import Refusal
from registration.core.i18n import gettext
from registration.events.queries import list_events

blueprint = Blueprint("people", __name__, url_prefix="/sprava/lide")
Answer = Response | tuple[str, int]
_LATEST = 10
_OFFERED_FOR = timedelta(days=180)  # after its end an event is offered no more to those who are not on its team


@blueprint.get("")
def index() -> str:
    """List everybody of the staff."""
    return render_template("accounts/people.html", people=queries.list_people(), now=clock.now())


@blueprint.get("/pozvanka")
def new() -> str:
    """Show the form of an invitation."""
    return _invitation_page(InvitationForm(formdata=None))


@blueprint.post("/pozvanka")
def invite() -> Answer:
    """Invite somebody, or show the form again with everything kept."""
    form = InvitationForm()
    form.events.choices = _event_choices(set())
    if not form.validate():
        return _invitation_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        invitation = operations.invite(
            form.email.data,
            name=form.name.data,
            roles=form.role_names(),
            event_ids=form.events.data,
            language=i18n.language(),
            by=current_user.email,
        )
    except (EmailInvalid, UserExists) as refusal:
        form.email.errors = [refusal.message]
        return _invitation_page(form), refusal.status
    flash(gettext("The invitation is on its way to %(email)s.", email=invitation.user.email), "ok")
    return redirect(url_for(".index"), HTTPStatus.SEE_OTHER)


@blueprint.get("/<int:user_id>")
def person(user_id: int) -> str:
    """Show a person and everything that can be done about their account."""
    user = queries.get_person(user_id)
    events = queries.event_ids_of(user)
    return _person_page(user, PersonForm.of(user, events, _event_choices(events)))


@blueprint.post("/<int:user_id>")
def change(user_id: int) -> Answer:
    """Change somebody's name, roles and events."""
    user = queries.get_person(user_id)
    form = PersonForm()
    form.events.choices = _event_choices(queries.event_ids_of(user))
    if not form.validate():
        return _person_page(user, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        operations.change_person(
            user,
            name=form.name.data,
            roles=form.role_names(),
            event_ids=form.events.data,
            by=current_user.email,
        )
    except LastAdministrator as refusal:
        form.roles.errors = [refusal.message]
        return _person_page(user, form), refusal.status
    flash(gettext("The changes are saved."), "ok")
    return redirect(url_for(".person", user_id=user_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/<int:user_id>/zablokovani")
def deactivate(user_id: int) -> Response:
    """Let somebody sign in no more."""
    return _do(user_id, operations.deactivate, gettext("This person can no longer sign in."))


@blueprint.post("/<int:user_id>/obnoveni")
def reactivate(user_id: int) -> Response:
    """Let somebody sign in again."""
    return _do(user_id, operations.reactivate, gettext("This person can sign in again."))


@blueprint.post("/<int:user_id>/odhlaseni")
def sign_out(user_id: int) -> Response:
    """Sign somebody out everywhere."""
    return _do(user_id, operations.sign_out_everywhere, gettext("This person is signed out everywhere."))


@blueprint.post("/<int:user_id>/druhy-faktor")
def remove_second_factors(user_id: int) -> Response:
    """Forget the authenticator and the passkeys of somebody who has lost them."""
    return _do(user_id, operations.remove_second_factors, gettext("The password alone is enough to sign in now."))


@blueprint.post("/<int:user_id>/pozvanka")
def invite_again(user_id: int) -> Response:
    """Send somebody a new invitation."""

    def again(user: User, *, by: str) -> None:
        operations.invite_again(user, language=i18n.language(), by=by)

    return _do(user_id, again, gettext("A new invitation is on its way; the earlier one no longer works."))


@blueprint.post("/<int:user_id>/odvolani")
def withdraw(user_id: int) -> Response:
    """Take an invitation back."""
    operations.withdraw_invitation(queries.get_person(user_id), by=current_user.email)
    flash(gettext("The invitation is withdrawn."), "ok")
    return redirect(url_for(".index"), HTTPStatus.SEE_OTHER)


def _do(user_id: int, act: Callable[..., object], sentence: str) -> Response:
    """Do something about a person, and say what came of it on their page."""
    user = queries.get_person(user_id)
    try:
        act(user, by=current_user.email)
    except Refusal as refusal:
        flash(refusal.message, "error")
    else:
        flash(sentence, "ok")
    return redirect(url_for(".person", user_id=user_id), HTTPStatus.SEE_OTHER)


def _event_choices(chosen: set[int]) -> list[SelectChoice]:
    """Return the events that are offered, the latest first."""
    oldest = clock.local_now().date() - _OFFERED_FOR
    offered = [
        event
        for event in list_events()
        if event.id in chosen or (event.cancelled_at is None and (event.last_on is None or event.last_on >= oldest))
    ]
    return [SelectChoice(event.id, f"{event.title} ({event.shelf_mark})") for event in offered]


def _invitation_page(form: InvitationForm) -> str:
    if form.events.choices is None:
        form.events.choices = _event_choices(set())
    return render_template("accounts/invite.html", form=form, error_list=form.error_list())


def _person_page(user: User, form: PersonForm) -> str:
    return render_template(
        "accounts/person.html",
        person=user,
        form=form,
        error_list=form.error_list(),
        invitation=queries.find_latest_invitation(user) if user.password is None else None,
        sign_ins=queries.list_sign_ins(user, limit=_LATEST),
        now=clock.now(),
    )
