"""A new event: from the template of its kind, or a copy of last year's."""

from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request, url_for
from flask_security import current_user

from registration.certificates import setting_rules
from registration.core import clock
from registration.core.i18n import gettext
from registration.events import queries, rules
from registration.events.forms import CopyForm, CreationForm
from registration.events.models import Event, Session
from registration.events.notes import Notes, notes_on
from registration.events.templates import Template, find_template, list_templates
from registration.events.views.desk import Answer, blueprint

_USUAL_WEEKS = (52, 53)
_LAST_DAY = date(2199, 12, 31)


@dataclass(frozen=True)
class Moved:
    """A part of a copied event with its new day."""

    session: Session
    day: date


@blueprint.get("/akce/nova")
def templates() -> str:
    """Let the organizer choose what kind of event it is."""
    return render_template("events/templates.html", templates=list_templates())


@blueprint.get("/akce/nova/<key>")
def new_event(key: str) -> str:
    """Ask for the little a new event cannot be made without."""
    return _new_page(_get(key), CreationForm(formdata=None))


@blueprint.post("/akce/nova/<key>")
def create_event(key: str) -> Answer:
    """Make a draft; with the button `preview` only look what else happens on its days."""
    template = _get(key)
    form = CreationForm()
    if not form.validate():
        return _new_page(template, form), HTTPStatus.UNPROCESSABLE_ENTITY
    if "preview" in request.form:
        return _new_page(template, form, days=_days_of(template, form.first_on.data)), HTTPStatus.OK
    event = setting_rules.create_event(template, **form.draft(), by=current_user.email)
    return _made(event, gettext("The draft is made. Nobody but the staff sees it until it is published."))


@blueprint.get("/akce/<slug>/kopie")
def copy_form(slug: str) -> str:
    """Propose when the same event is held again."""
    event = queries.get_event(slug)
    weeks = _USUAL_WEEKS[0]
    if event.first_on:
        weeks = rules.weeks_to_next_time(event.first_on, today=clock.local_now().date())
    return _copy_page(event, CopyForm(formdata=None, title=event.title, weeks=weeks))


@blueprint.post("/akce/<slug>/kopie")
def copy_event(slug: str) -> Answer:
    """Make a draft of the same event later; with the button `preview` only look at its days."""
    event = queries.get_event(slug)
    form = CopyForm()
    if not form.validate():
        return _copy_page(event, form), HTTPStatus.UNPROCESSABLE_ENTITY
    if "preview" in request.form:
        return _copy_page(event, form), HTTPStatus.OK
    copy = setting_rules.copy_event(event, weeks=form.weeks.data, title=form.title.data, by=current_user.email)
    return _made(copy, gettext("The copy is made, as a draft. Its online parts still need their links."))


def _get(key: str) -> Template:
    template = find_template(key)
    if template is None:
        abort(HTTPStatus.NOT_FOUND)
    return template


def _days_of(template: Template, first_on: date) -> set[date]:
    return {first_on + timedelta(days=each.day) for each in template.sessions}


def _made(event: Event, sentence: str) -> Answer:
    flash(sentence, "ok")
    return redirect(url_for(".overview", slug=event.slug), HTTPStatus.SEE_OTHER)


def _new_page(template: Template, form: CreationForm, *, days: set[date] | None = None) -> str:
    return render_template(
        "events/new_event.html",
        template=template,
        form=form,
        error_list=form.error_list(),
        days=sorted(days or ()),
        notes=notes_on(days or ()),
    )


def _copy_page(event: Event, form: CopyForm) -> str:
    moved = _moved(event, form.weeks.data)
    return render_template(
        "events/copy.html",
        event=event,
        form=form,
        error_list=form.error_list(),
        moved=moved,
        usual=[(weeks, event.first_on + timedelta(weeks=weeks)) for weeks in _USUAL_WEEKS] if event.first_on else [],
        notes=notes_on({each.day for each in moved}) if moved else Notes([], []),
    )


def _moved(event: Event, weeks: int | None) -> list[Moved]:
    if weeks is None or not 0 < weeks * 7 < (_LAST_DAY - date(2000, 1, 1)).days:
        return []
    by = timedelta(weeks=weeks)
    return [Moved(each, each.day + by) for each in event.sessions if each.day < _LAST_DAY - by]
