"""Printed things of the back office: badges, one or many, and attendance sheets."""

from http import HTTPStatus

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from registration.badges import documents, operations, queries
from registration.badges.errors import NobodyToPrint, SheetTooLong
from registration.badges.forms import NEW, BadgeForm
from registration.badges.rules import Format, fits_one_page
from registration.core import pdf
from registration.core.web import inline_file
from registration.events import queries as events
from registration.events.models import Event
from registration.printing import queries as printing
from registration.printing.models import PrintJob
from registration.signups import queries as signups

blueprint = Blueprint("badges", __name__, url_prefix="/sprava/akce/<slug>")
_PDF = "application/pdf"


@blueprint.get("/jmenovky")
def badges(slug: str) -> str:
    """Show how badges can be printed, for how many people, and what was printed lately."""
    event = events.get_event(slug)
    return _badges_page(event, _form(event))


@blueprint.post("/jmenovky")
def print_badges(slug: str) -> BaseResponse | tuple[str, int]:
    """Ask for badges, which the worker then draws."""
    event = events.get_event(slug)
    form = _form(event)
    if not form.validate():
        return _badges_page(event, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        job = operations.request_badges(
            event,
            format_=Format(form.format.data),
            order=queries.Order(form.order.data),
            only_new=form.who.data == NEW,
            by=current_user.email,
        )
    except NobodyToPrint as refusal:
        form.who.errors = [refusal.message]
        return _badges_page(event, form), refusal.status
    return _to_job(slug, job)


@blueprint.post("/prihlasky/<int:registration_id>/jmenovka")
def print_badge(slug: str, registration_id: int) -> Response:
    """Send one person's badge, printed again."""
    registration = queries.get_for_badge(events.get_event(slug), registration_id)
    format_ = request.form.get("format", Format.A6, type=Format)
    paper = operations.print_again(registration, format_=format_, by=current_user.email)
    return inline_file(paper, mime_type=_PDF, name=f"jmenovka-{slug}-{registration_id}.pdf")


@blueprint.get("/casti/<code>/prezencni-listina.pdf")
def attendance_sheet(slug: str, code: str) -> Response:
    """Send the attendance sheet of a session, where it is of one page."""
    session = queries.get_session(events.get_event(slug), code)
    if not fits_one_page(len(signups.list_expected(session))):
        raise SheetTooLong
    name = f"prezencni-listina-{slug}-{session.code}.pdf"
    try:
        return inline_file(documents.attendance_sheet(session), mime_type=_PDF, name=name)
    except pdf.TooManyPages as fact:  # long names and titles take lines too
        raise SheetTooLong from fact


@blueprint.post("/casti/<code>/prezencni-listina")
def print_attendance_sheet(slug: str, code: str) -> BaseResponse:
    """Ask for the attendance sheet of a session, however long."""
    session = queries.get_session(events.get_event(slug), code)
    return _to_job(slug, operations.request_attendance_sheet(session, by=current_user.email))


def _form(event: Event) -> BadgeForm:
    form, pile = BadgeForm(), queries.get_pile(event)
    form.count(new=len(pile.new), everybody=len(pile.everybody))
    return form


def _badges_page(event: Event, form: BadgeForm) -> str:
    jobs = printing.list_jobs(event_id=event.id, kind=operations.BADGES)
    return render_template("badges/badges.html", event=event, form=form, jobs=jobs)


def _to_job(slug: str, job: PrintJob) -> BaseResponse:
    return redirect(url_for("printing.job", slug=slug, job_id=job.id), HTTPStatus.SEE_OTHER)
