"""The back office's list of events, the overview of one, and everything that changes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from registration.checkin import queries as attendance
from registration.core import clock, settings
from registration.core.i18n import gettext, ngettext
from registration.events import operations, queries
from registration.events.errors import (
    CapacityBelowTaken,
    EventAlreadyCancelled,
    EventHasBegun,
    PeopleAreWaiting,
    SessionEndsBeforeStart,
    SignUpClosesBeforeOpening,
)
from registration.events.forms import (
    CancellationForm,
    CapacityForm,
    RemindersForm,
    SessionForm,
    SignUpRulesForm,
    StaffForm,
    WaitingListForm,
)
from registration.events.models import Event, QuestionChoice, Session, TicketType, WaitingListMode
from registration.signups import queries as signups
from registration.signups.operations import announcements

blueprint = Blueprint("events_staff", __name__, url_prefix="/sprava")
_LATEST = 8
Counted = TicketType | Session | QuestionChoice
Answer = Response | tuple[str, int]


@dataclass(frozen=True)
class Places:
    """Something with a number of places, and the form that changes it."""

    counted: Counted
    form: CapacityForm

    @property
    def key(self) -> str:
        """Return what names it in an address: `session-5`."""
        return _key(self.counted)


@blueprint.get("")
def index() -> str:
    """List all events."""
    offers = [queries.offer(event, with_invited=True) for event in queries.list_events()]
    return render_template("events/list.html", offers=offers)


@blueprint.get("/akce/<slug>")
def overview(slug: str) -> str:
    """Show how an event fills: figures, sessions, ticket types, the latest people."""
    event = queries.get_event(slug)
    return render_template(
        "events/overview.html",
        event=event,
        offer=queries.offer(event, with_invited=True),
        confirmed_count=signups.count_confirmed(event),
        organisation_count=signups.count_organisations(event),
        days_left=(event.first_on - clock.local_now().date()).days if event.first_on else None,
        latest=signups.list_latest_registrations(event, limit=_LATEST),
    )


@blueprint.get("/akce/<slug>/odpovedi")
def answers(slug: str) -> str:
    """Show how many of the people who have a place answered what."""
    event = queries.get_event(slug)
    return render_template(
        "events/answers.html",
        event=event,
        offer=queries.offer(event, with_invited=True),
        tallies=signups.count_answers(event),
        confirmed_count=signups.count_confirmed(event),
    )


@blueprint.get("/akce/<slug>/zmeny")
def changes(slug: str) -> str:
    """Show everything about an event that can be changed."""
    return _changes_page(queries.get_event(slug))


@blueprint.post("/akce/<slug>/kapacita/<key>")
def change_capacity(slug: str, key: str) -> Answer:
    """Change how many places a part, a ticket type or a choice has; added ones go to the waiting list."""
    event = queries.get_event(slug)
    counted = next((each for each in _all_counted(event) if _key(each) == key), None)
    if counted is None:
        abort(HTTPStatus.NOT_FOUND)
    form = CapacityForm(prefix=f"{key}-")
    if not form.validate():
        return _changes_page(event, wrong=form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        announcements.change_capacity(event, counted, form.capacity.data)
    except CapacityBelowTaken as refusal:
        form.capacity.errors = [refusal.message]
        return _changes_page(queries.get_event(slug), wrong=form), refusal.status
    return _done(slug, gettext("The number of places is changed."))


@blueprint.post("/akce/<slug>/prihlasovani")
def change_sign_up_rules(slug: str) -> Answer:
    """Decide when sign-up is open, to whom, and who is let in."""
    event = queries.get_event(slug)
    form = SignUpRulesForm.asking(event)
    if not form.validate():
        return _changes_page(event, wrong=form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        operations.set_sign_up_rules(event, **form.rules())
    except SignUpClosesBeforeOpening as refusal:
        form.closes_at.errors = [refusal.message]
        return _changes_page(queries.get_event(slug), wrong=form), refusal.status
    return _done(slug, gettext("The rules of signing up are set."))


@blueprint.post("/akce/<slug>/poradnik")
def change_waiting_list(slug: str) -> Answer:
    """Decide what happens when a place becomes free."""
    event = queries.get_event(slug)
    form = WaitingListForm()
    if not form.validate():
        return _changes_page(event, wrong=form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        operations.set_waiting_list(event, mode=WaitingListMode(form.mode.data), offer_hours=form.offer_hours.data)
    except PeopleAreWaiting as refusal:
        form.mode.errors = [refusal.message]
        return _changes_page(queries.get_event(slug), wrong=form), refusal.status
    return _done(slug, gettext("The waiting list is set."))


@blueprint.post("/akce/<slug>/pripominky")
def change_reminders(slug: str) -> Answer:
    """Decide when people are reminded."""
    event = queries.get_event(slug)
    form = RemindersForm()
    form.offer(in_person=event.reminders_in_person, online=event.reminders_online)
    operations.set_reminders(event, **form.minutes())
    return _done(slug, gettext("The reminders are set."))


@blueprint.get("/akce/<slug>/casti/<code>")
def session_form(slug: str, code: str) -> str:
    """Show when and where a part is held, to be changed."""
    session = attendance.get_session(queries.get_event(slug), code)
    return _session_page(session, SessionForm.of(session))


@blueprint.post("/akce/<slug>/casti/<code>")
def move_session(slug: str, code: str) -> Answer:
    """Give a part another time, place or link, and write everybody who is to come."""
    session = attendance.get_session(queries.get_event(slug), code)
    form = SessionForm()
    if not form.validate():
        return _session_page(session, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        told = announcements.move_session(session, **form.change(session))
    except SessionEndsBeforeStart as refusal:
        form.end.errors = [refusal.message]
        return _session_page(session, form), refusal.status
    return _done(slug, _with_people_told(gettext("The part is changed."), len(told)))


@blueprint.get("/akce/<slug>/zruseni")
def cancellation(slug: str) -> str:
    """Show what cancelling the event would do."""
    return _cancellation_page(queries.get_event(slug), CancellationForm())


@blueprint.post("/akce/<slug>/zruseni")
def cancel(slug: str) -> Answer:
    """Call the event off and write everybody."""
    event = queries.get_event(slug)
    form = CancellationForm()
    if not form.validate():
        return _cancellation_page(event, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        told = announcements.cancel_event(event, by=current_user.email, reason=form.reason.data)
    except (EventAlreadyCancelled, EventHasBegun) as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".changes", slug=slug), HTTPStatus.SEE_OTHER)
    return _done(slug, _with_people_told(gettext("The event is cancelled."), len(told)))


def _changes_page(event: Event, *, wrong: StaffForm | None = None) -> str:
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
        reminders=RemindersForm.of(event),
        error_list=wrong.error_list() if wrong else [],
        base_url=settings.current().base_url,
    )


def _places(things: Iterable[Counted], wrong: StaffForm | None) -> list[Places]:
    return [Places(each, _capacity_form(each, wrong)) for each in things]


def _capacity_form(counted: Counted, wrong: StaffForm | None) -> CapacityForm:
    form = CapacityForm(formdata=None, prefix=f"{_key(counted)}-", capacity=counted.capacity)
    if isinstance(wrong, CapacityForm) and wrong.capacity.name == form.capacity.name:
        return wrong
    return form


def _all_counted(event: Event) -> list[Counted]:
    return [*event.sessions, *event.ticket_types, *queries.list_choices(event)]


def _key(counted: Counted) -> str:
    return f"{counted.__tablename__}-{counted.id}"


def _session_page(session: Session, form: SessionForm) -> str:
    return render_template(
        "events/session.html",
        event=session.event,
        session=session,
        form=form,
        error_list=form.error_list(),
        expected_count=len(signups.list_expected(session)),
    )


def _cancellation_page(event: Event, form: CancellationForm) -> str:
    return render_template(
        "events/cancellation.html",
        event=event,
        offer=queries.offer(event, with_invited=True),
        form=form,
        error_list=form.error_list(),
        people_count=sum(each.cancellation is None for each in signups.list_registrations(event)),
    )


def _with_people_told(sentence: str, count: int) -> str:
    told = ngettext("%(num)d person gets a message.", "%(num)d people get a message.", count)
    return f"{sentence} {told}" if count else sentence


def _done(slug: str, sentence: str) -> Response:
    flash(sentence, "ok")
    return redirect(url_for(".changes", slug=slug), HTTPStatus.SEE_OTHER)
