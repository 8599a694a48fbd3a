"""The parts of an event: added, moved, changed, taken away."""

from datetime import date
from http import HTTPStatus

from flask import flash, render_template
from flask_security import current_user

from registration.checkin import queries as attendance
from registration.core.errors import Refusal
from registration.core.i18n import gettext
from registration.events import facts, operations, queries
from registration.events.errors import ChangedMeanwhile, SessionEndsBeforeStart
from registration.events.forms import NewSessionForm, SessionForm
from registration.events.models import Event, Session
from registration.events.notes import notes_on
from registration.events.rules import days_of
from registration.events.views.desk import Answer, blueprint, done, not_done, seen, with_people_told
from registration.signups import queries as signups
from registration.signups.operations import announcements


@blueprint.get("/akce/<slug>/casti/nova")
def new_session(slug: str) -> str:
    """Ask for a part to be added."""
    event = queries.get_event(slug)
    return _new_page(event, NewSessionForm.after(event))


@blueprint.post("/akce/<slug>/casti/nova")
def add_session(slug: str) -> Answer:
    """Add a part."""
    event = queries.get_event(slug)
    form = NewSessionForm()
    if not form.validate():
        return _new_page(event, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        session = operations.add_session(event, **form.draft(), by=current_user.email)
    except SessionEndsBeforeStart as refusal:
        form.end.errors = [refusal.message]
        return _new_page(event, form), refusal.status
    _note_collisions(session)
    return done(slug, gettext("The part is added. Now say which ticket types admit to it."))


@blueprint.get("/akce/<slug>/casti/<code>")
def session_form(slug: str, code: str) -> str:
    """Show when and where a part is held, to be changed."""
    session = attendance.get_session(queries.get_event(slug), code)
    return _page(session, SessionForm.of(session))


@blueprint.post("/akce/<slug>/casti/<code>")
def move_session(slug: str, code: str) -> Answer:
    """Give a part another time, place, link or name, and write everybody who is to come when that concerns them."""
    event = queries.get_event(slug)
    session = attendance.get_session(event, code)
    form = SessionForm()
    if not form.validate():
        return _page(session, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with operations.as_seen(event, seen(form), lambda: facts.of_session(session)):
            told = announcements.move_session(session, **form.change(session), by=current_user.email)
    except ChangedMeanwhile as refusal:
        session = attendance.get_session(queries.get_event(slug), code)
        form.compare(SessionForm.of(session))
        return _page(session, form), refusal.status
    except SessionEndsBeforeStart as refusal:
        form.end.errors = [refusal.message]
        return _page(session, form), refusal.status
    _note_collisions(session)
    return done(slug, with_people_told(gettext("The part is changed."), len(told)))


@blueprint.post("/akce/<slug>/casti/<code>/odebrani")
def remove_session(slug: str, code: str) -> Answer:
    """Take a part away that nobody has signed up for."""
    session = attendance.get_session(queries.get_event(slug), code)
    try:
        operations.remove_session(session, by=current_user.email)
    except Refusal as refusal:
        return not_done(slug, refusal)
    return done(slug, gettext("The part is gone."))


def _note_collisions(session: Session) -> None:
    """Point out what else happens that day; the part stays where it was put."""
    notes = notes_on(_days(session), besides=session.event_id)
    if notes:
        flash(render_template("events/_notes.txt", notes=notes).strip(), "warning")


def _days(session: Session) -> set[date]:
    return days_of([(session.starts_at.date(), session.ends_at.date())], None, None)


def _page(session: Session, form: SessionForm) -> str:
    return render_template(
        "events/session.html",
        event=session.event,
        session=session,
        form=form,
        error_list=form.error_list(),
        notes=notes_on(_days(session), besides=session.event_id),
        expected_count=len(signups.list_expected(session)),
    )


def _new_page(event: Event, form: NewSessionForm) -> str:
    return render_template("events/new_session.html", event=event, form=form, error_list=form.error_list())
