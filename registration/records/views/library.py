"""A library's record of a year: asked for by anyone, sent to the address in the directory, seen by whoever reads it."""

from http import HTTPStatus

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from registration.core import clock, i18n, tokens
from registration.core.i18n import gettext
from registration.core.limits import limiter
from registration.organisations.rules import folded
from registration.records import operations, queries, rules
from registration.records.forms import AskingForm
from registration.records.views.papers import Papers, asked_year
from registration.records.views.person import DRAWINGS, PRINTS, blueprint
from registration.signups.forms import guards

_PER_VISITOR = "10 per hour"
_PER_LIBRARY = "3 per hour"


@blueprint.get("/vzdelavani")
def asking() -> Response:
    """Ask which library the link is to be sent to, or say that it is on its way."""
    return _asking_page(AskingForm())


def _library_key() -> str:
    """Return what tells a library from others where limits are counted, however it is spelled."""
    return tokens.stored_hash("training-asked", folded(request.form.get("organisation", "")[:200]))


def _say_too_often(_limit: object) -> Response:
    form = AskingForm(request.form)
    form.organisation.errors = [gettext("The link can be sent to one library three times an hour. Please try later.")]
    return _asking_page(form, HTTPStatus.TOO_MANY_REQUESTS)


@blueprint.post("/vzdelavani")
@limiter.limit(_PER_VISITOR)
@limiter.limit(_PER_LIBRARY, key_func=_library_key, on_breach=_say_too_often)
def ask() -> BaseResponse:
    """Send a library its link; the answer is the same whether we know the library or not."""
    form = AskingForm(request.form)
    if not form.validate():
        return _asking_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if not request.form.get(guards.HONEYPOT_FIELD):
        year = rules.year_of_letters(clock.local_now().date())
        operations.ask_for_record(form.organisation.data, year=year, language=i18n.language())
    return redirect(url_for(".asking", hotovo="odeslano"), HTTPStatus.SEE_OTHER)


@blueprint.get("/vzdelavani/<token>")
def library(token: str) -> str:
    """Show a library the year of its own people."""
    papers = _papers(token)
    return render_template(
        "records/library.html",
        papers=papers,
        record=papers.record,
        labels=queries.labels(queries.get_settings()),
        years=queries.years_of_library(papers.subject["library"], clock.local_now().date()),
    )


@blueprint.get("/vzdelavani/<token>/prehled.<any(csv, xlsx):kind>")
def library_table(token: str, kind: str) -> BaseResponse:
    """Send a library's year as a table."""
    return _papers(token).table(kind)


@blueprint.get("/vzdelavani/<token>/prehled.pdf")
@limiter.limit(DRAWINGS)
def library_paper(token: str) -> BaseResponse:
    """Send a library's year as a PDF of one page."""
    return _papers(token).paper()


@blueprint.post("/vzdelavani/<token>/tisk")
@limiter.limit(PRINTS)
def library_print(token: str) -> BaseResponse:
    """Ask for a library's year as a longer PDF."""
    return _papers(token).print()


@blueprint.get("/vzdelavani/<token>/tisk/<int:job_id>")
def library_job(token: str, job_id: int) -> BaseResponse:
    """Show how far the print shop is."""
    return _papers(token).job_page(job_id, layout="_layout/public.html")


@blueprint.get("/vzdelavani/<token>/tisk/<int:job_id>/<int:position>.pdf")
def library_file(token: str, job_id: int, position: int) -> BaseResponse:
    """Send a file of a library's year that was printed."""
    return _papers(token).file(job_id, position)


def _papers(token: str) -> Papers:
    found = queries.get_library(token)
    return Papers(
        record=queries.read_library(found, asked_year()),
        subject={"library": found.id},
        pages="records.library",
        arguments={"token": token},
    )


def _asking_page(form: AskingForm, status: HTTPStatus = HTTPStatus.OK) -> Response:
    is_sent = request.args.get("hotovo") == "odeslano" and not form.errors
    page = render_template("records/asking.html", form=form, error_list=form.error_list(), is_sent=is_sent)
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
