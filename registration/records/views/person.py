"""A person's own record of a year, and what they add to it; whoever holds the link may."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from registration.core import clock
from registration.core.errors import Refusal
from registration.core.i18n import gettext
from registration.core.limits import limiter
from registration.records import operations, queries
from registration.records.errors import NotYet, TooLongAgo
from registration.records.forms import DeclarationForm
from registration.records.views.papers import Papers, asked_year
from registration.signups import queries as signups
from registration.signups.models import Registration

blueprint = Blueprint("records", __name__)

CHANGES = "60 per hour"
DRAWINGS = "30 per minute"
PRINTS = "10 per hour"
_DONE = {
    "pridano": lambda: gettext("The training is added."),
    "odebrano": lambda: gettext("The training is taken out."),
}

Page = str | tuple[str, int]


@blueprint.get("/u/<token>/vzdelavani")
def person(token: str) -> str:
    """Show a person's year, and the form to add what they attended elsewhere."""
    return _page(signups.get_person(token), DeclarationForm())


@blueprint.post("/u/<token>/vzdelavani/radky")
@limiter.limit(CHANGES)
def declare(token: str) -> Response | Page:
    """Add what a person attended elsewhere, or show the form again with everything kept."""
    registration = signups.get_person(token)
    form = DeclarationForm(request.form)
    if not form.validate():
        return _page(registration, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        declared = operations.declare(registration, **form.wanted())
    except Refusal as refusal:
        field = form.held_on if isinstance(refusal, NotYet | TooLongAgo) else form.title
        field.errors = [refusal.message]
        return _page(registration, form), refusal.status
    return _back(token, declared.held_on.year, "pridano")


@blueprint.post("/u/<token>/vzdelavani/radky/<int:declared_id>/odebrani")
@limiter.limit(CHANGES)
def withdraw(token: str, declared_id: int) -> Response:
    """Take out what a person has added."""
    year = operations.withdraw(signups.get_person(token), declared_id)
    return _back(token, year, "odebrano")


@blueprint.get("/u/<token>/vzdelavani/prehled.<any(csv, xlsx):kind>")
def person_table(token: str, kind: str) -> Response:
    """Send a person's year as a table."""
    return _papers(token).table(kind)


@blueprint.get("/u/<token>/vzdelavani/prehled.pdf")
@limiter.limit(DRAWINGS)
def person_paper(token: str) -> Response:
    """Send a person's year as a PDF of one page."""
    return _papers(token).paper()


@blueprint.post("/u/<token>/vzdelavani/tisk")
@limiter.limit(PRINTS)
def person_print(token: str) -> Response:
    """Ask for a person's year as a longer PDF."""
    return _papers(token).print()


@blueprint.get("/u/<token>/vzdelavani/tisk/<int:job_id>")
def person_job(token: str, job_id: int) -> Response:
    """Show how far the print shop is."""
    return _papers(token).job_page(job_id, layout="_layout/public.html")


@blueprint.get("/u/<token>/vzdelavani/tisk/<int:job_id>/<int:position>.pdf")
def person_file(token: str, job_id: int, position: int) -> Response:
    """Send a file of a person's year that was printed."""
    return _papers(token).file(job_id, position)


def _papers(token: str) -> Papers:
    return _papers_of(signups.get_person(token))


def _papers_of(registration: Registration) -> Papers:
    return Papers(
        record=queries.read_person(registration, asked_year()),
        subject={"registration": registration.id},
        pages="records.person",
        arguments={"token": registration.link_token},
    )


def _page(registration: Registration, form: DeclarationForm) -> str:
    papers, done = _papers_of(registration), _DONE.get(request.args.get("hotovo", ""))
    return render_template(
        "records/person.html",
        registration=registration,
        papers=papers,
        record=papers.record,
        person=papers.record.people[0],
        years=queries.years_of_person(registration, clock.local_now().date()),
        form=form,
        error_list=form.error_list(),
        done=done() if done else None,
    )


def _back(token: str, year: int, done: str) -> Response:
    return redirect(url_for(".person", token=token, rok=year, hotovo=done), HTTPStatus.SEE_OTHER)
