"""The page with everything about places and signing up that can be changed, and what changes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from flask import abort, render_template
from flask_security import current_user

from registration.core import settings
from registration.core.i18n import gettext
from registration.events import facts, operations, queries
from registration.events.errors import (
    CapacityBelowTaken,
    ChangedMeanwhile,
    OpenToOthers,
    PeopleAreWaiting,
    SignUpClosesBeforeOpening,
)
from registration.events.forms import CapacityForm, RemindersForm, SignUpRulesForm, StaffForm, WaitingListForm
from registration.events.models import Event, QuestionChoice, Session, TicketType, WaitingListMode
from registration.events.views.desk import Answer, blueprint, done, seen
from registration.signups.operations import announcements

Counted = TicketType | Session | QuestionChoice


@dataclass(frozen=True)
class Places:
    """Something with a number of places, and the form that changes it."""

    counted: Counted
    form: CapacityForm

    @property
    def key(self) -> str:
        """Return what names it in an address: `session-5`."""
        return _key(self.counted)


@blueprint.get("/akce/<slug>/zmeny")
def changes(slug: str) -> str:
    """Show everything about places and signing up that can be changed."""
    return _page(queries.get_event(slug))


@blueprint.post("/akce/<slug>/kapacita/<key>")
def change_capacity(slug: str, key: str) -> Answer:
    """Change how many places a part, a ticket type or a choice has; added ones go to the waiting list."""
    event = queries.get_event(slug)
    counted = next((each for each in _all_counted(event) if _key(each) == key), None)
    if counted is None:
        abort(HTTPStatus.NOT_FOUND)
    form = CapacityForm(prefix=f"{key}-")
    if not form.validate():
        return _page(event, wrong=form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with operations.as_seen(event, seen(form), lambda: facts.of_capacity(counted)):
            announcements.change_capacity(event, counted, form.capacity.data, by=current_user.email)
    except ChangedMeanwhile as refusal:
        form.compare(_capacity_form(counted, None))
        return _page(queries.get_event(slug), wrong=form), refusal.status
    except CapacityBelowTaken as refusal:
        form.capacity.errors = [refusal.message]
        return _page(queries.get_event(slug), wrong=form), refusal.status
    return done(slug, gettext("The number of places is changed."))


@blueprint.post("/akce/<slug>/prihlasovani")
def change_sign_up_rules(slug: str) -> Answer:
    """Decide when sign-up is open, to whom, and who is let in."""
    event = queries.get_event(slug)
    form = SignUpRulesForm.asking(event)
    if not form.validate():
        return _page(event, wrong=form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with operations.as_seen(event, seen(form), lambda: facts.of_sign_up_rules(event)):
            operations.set_sign_up_rules(event, **form.rules(), by=current_user.email)
    except ChangedMeanwhile as refusal:
        form.compare(SignUpRulesForm.of(queries.get_event(slug)))
        return _page(queries.get_event(slug), wrong=form), refusal.status
    except SignUpClosesBeforeOpening as refusal:
        form.closes_at.errors = [refusal.message]
        return _page(queries.get_event(slug), wrong=form), refusal.status
    except OpenToOthers as refusal:
        form.audiences[0].errors = [refusal.message]
        return _page(queries.get_event(slug), wrong=form), refusal.status
    return done(slug, gettext("The rules of signing up are set."))


@blueprint.post("/akce/<slug>/poradnik")
def change_waiting_list(slug: str) -> Answer:
    """Decide what happens when a place becomes free."""
    event = queries.get_event(slug)
    form = WaitingListForm()
    if not form.validate():
        return _page(event, wrong=form), HTTPStatus.UNPROCESSABLE_ENTITY
    mode, hours = WaitingListMode(form.mode.data), form.offer_hours.data
    try:
        with operations.as_seen(event, seen(form), lambda: facts.of_waiting_list(event)):
            operations.set_waiting_list(event, mode=mode, offer_hours=hours, by=current_user.email)
    except ChangedMeanwhile as refusal:
        form.compare(WaitingListForm.of(queries.get_event(slug)))
        return _page(queries.get_event(slug), wrong=form), refusal.status
    except PeopleAreWaiting as refusal:
        form.mode.errors = [refusal.message]
        return _page(queries.get_event(slug), wrong=form), refusal.status
    return done(slug, gettext("The waiting list is set."))


@blueprint.post("/akce/<slug>/pripominky")
def change_reminders(slug: str) -> Answer:
    """Decide when people are reminded."""
    event = queries.get_event(slug)
    form = RemindersForm()
    form.offer(in_person=event.reminders_in_person, online=event.reminders_online)
    try:
        with operations.as_seen(event, seen(form), lambda: facts.of_reminders(event)):
            operations.set_reminders(event, **form.minutes(), by=current_user.email)
    except ChangedMeanwhile as refusal:
        event = queries.get_event(slug)
        form.offer(in_person=event.reminders_in_person, online=event.reminders_online)
        form.compare(RemindersForm.of(event))
        return _page(event, wrong=form), refusal.status
    return done(slug, gettext("The reminders are set."))


def _page(event: Event, *, wrong: StaffForm | None = None) -> str:
    """Render the page with every form as things are, but the wrong one as it was sent."""
    return render_template(
        "events/changes.html",
        event=event,
        offer=queries.offer(event, with_invited=True),
        sessions=_places(event.sessions, wrong),
        ticket_types=_places(event.ticket_types, wrong),
        choices=_places(queries.list_choices(event), wrong),
        sign_up_rules=wrong if isinstance(wrong, SignUpRulesForm) else SignUpRulesForm.of(event),
        waiting_list=wrong if isinstance(wrong, WaitingListForm) else WaitingListForm.of(event),
        reminders=wrong if isinstance(wrong, RemindersForm) else RemindersForm.of(event),
        wrong=wrong,
        error_list=wrong.error_list() if wrong else [],
        base_url=settings.current().base_url,
    )


def _places(things: Iterable[Counted], wrong: StaffForm | None) -> list[Places]:
    return [Places(each, _capacity_form(each, wrong)) for each in things]


def _capacity_form(counted: Counted, wrong: StaffForm | None) -> CapacityForm:
    form = CapacityForm.of(counted, prefix=f"{_key(counted)}-")
    if isinstance(wrong, CapacityForm) and wrong.capacity.name == form.capacity.name:
        return wrong
    return form


def _all_counted(event: Event) -> list[Counted]:
    return [*event.sessions, *event.ticket_types, *queries.list_choices(event)]


def _key(counted: Counted) -> str:
    return f"{counted.__tablename__}-{counted.id}"
