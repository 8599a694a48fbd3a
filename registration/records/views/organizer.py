"""Training records in the back office: the numbers of all libraries, one library's year, letters, settings."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from registration.core import clock
from registration.core.errors import Refusal
from registration.core.i18n import gettext, ngettext
from registration.core.web import attached_file
from registration.organisations import queries as organisations
from registration.records import documents, operations, queries, rules
from registration.records.forms import SettingsForm
from registration.records.views.papers import Papers, asked_year

blueprint = Blueprint("records_staff", __name__, url_prefix="/sprava/vzdelavani")

Page = str | tuple[str, int]


@blueprint.get("")
def index() -> str:
    """Show the numbers of all libraries for a year."""
    return render_template(
        "records/index.html",
        year=queries.read_association(asked_year()),
        labels=queries.labels(queries.get_settings()),
        years=queries.list_years(clock.local_now().date()),
    )


@blueprint.get("/prehled.<any(csv, xlsx):kind>")
def index_table(kind: str) -> Response:
    """Send the numbers of all libraries as a table."""
    year = queries.read_association(asked_year())
    name = f"vzdelavani-knihovny-{year.year}.{kind}"
    return attached_file(documents.association_table(year, kind), mime_type=documents.TABLES[kind][0], name=name)


@blueprint.get("/<int:organisation_id>")
def library(organisation_id: int) -> str:
    """Show one library's year as the library itself sees it."""
    papers = _papers(organisation_id)
    return render_template(
        "records/desk_library.html",
        papers=papers,
        record=papers.record,
        labels=queries.labels(queries.get_settings()),
        letters=queries.list_letters(organisation_id, papers.record.year),
        years=queries.years_of_library(organisation_id, clock.local_now().date()),
    )


@blueprint.get("/<int:organisation_id>/prehled.<any(csv, xlsx):kind>")
def library_table(organisation_id: int, kind: str) -> Response:
    """Send one library's year as a table."""
    return _papers(organisation_id).table(kind)


@blueprint.get("/<int:organisation_id>/prehled.pdf")
def library_paper(organisation_id: int) -> Response:
    """Send one library's year as a PDF of one page."""
    return _papers(organisation_id).paper()


@blueprint.post("/<int:organisation_id>/tisk")
def library_print(organisation_id: int) -> Response:
    """Ask for one library's year as a longer PDF."""
    return _papers(organisation_id).print()


@blueprint.get("/<int:organisation_id>/tisk/<int:job_id>")
def library_job(organisation_id: int, job_id: int) -> Response:
    """Show how far the print shop is."""
    return _papers(organisation_id).job_page(job_id, layout="_layout/staff.html")


@blueprint.get("/<int:organisation_id>/tisk/<int:job_id>/<int:position>.pdf")
def library_file(organisation_id: int, job_id: int, position: int) -> Response:
    """Send a file of one library's year that was printed."""
    return _papers(organisation_id).file(job_id, position)


@blueprint.post("/<int:organisation_id>/odeslani")
def send(organisation_id: int) -> Response:
    """Send one library its link once more."""
    found, year = organisations.get_organisation(organisation_id), asked_year()

    def act() -> str:
        operations.send_record(found, year=year, by=current_user.email)
        return gettext("The link is on its way to %(address)s.", address=found.contact_email)

    return _answered(organisation_id, act)


@blueprint.post("/<int:organisation_id>/zneplatneni")
def kill_link(organisation_id: int) -> Response:
    """Let the links one library was sent lead nowhere."""
    found = organisations.get_organisation(organisation_id)

    def act() -> str:
        operations.renew_link(found, by=current_user.email)
        return gettext("The links that were sent to the library lead nowhere now.")

    return _answered(organisation_id, act)


@blueprint.post("/<int:organisation_id>/hranice")
def set_small(organisation_id: int) -> Response:
    """Ask less training of one library’s people, or as much as of others."""
    found = organisations.get_organisation(organisation_id)
    is_small = request.form.get("is_small") == "1"

    def act() -> str:
        operations.set_small(found, is_small=is_small, by=current_user.email)
        return gettext("The threshold of the library is set.")

    return _answered(organisation_id, act)


@blueprint.get("/rozeslani")
def letters() -> str:
    """Show which libraries would be sent the link of their record, and which have no address."""
    year = asked_year(rules.year_of_letters(clock.local_now().date()))
    with_address, without = operations.list_to_write_to(year)
    return render_template("records/letters.html", year=year, libraries=with_address, without_address=without)


@blueprint.post("/rozeslani")
def send_all() -> Response:
    """Send every library with an address the link of its record, those only that were not sent it yet."""
    year = asked_year()
    count = operations.send_records(year, by=current_user.email)
    flash(
        ngettext("The link is on its way to %(num)d library.", "The link is on its way to %(num)d libraries.", count),
        "ok",
    )
    return redirect(url_for(".index", rok=year), HTTPStatus.SEE_OTHER)


@blueprint.get("/nastaveni")
def settings_form() -> Page:
    """Show what the yearly form asks for."""
    return _settings_page(SettingsForm.of(queries.get_settings()))


@blueprint.post("/nastaveni")
def change_settings() -> Response | Page:
    """Say what the yearly form asks for."""
    form = SettingsForm()
    if not form.validate():
        return _settings_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    operations.change_settings(**form.wanted(), by=current_user.email)
    flash(gettext("The settings are saved."), "ok")
    return redirect(url_for(".index"), HTTPStatus.SEE_OTHER)


def _papers(organisation_id: int) -> Papers:
    return Papers(
        record=queries.read_library(organisations.get_organisation(organisation_id), asked_year()),
        subject={"library": organisation_id},
        pages="records_staff.library",
        arguments={"organisation_id": organisation_id},
    )


def _answered(organisation_id: int, act: Callable[[], str]) -> Response:
    try:
        flash(act(), "ok")
    except Refusal as refusal:
        flash(refusal.message, "error")
    return redirect(url_for(".library", organisation_id=organisation_id, rok=asked_year()), HTTPStatus.SEE_OTHER)


def _settings_page(form: SettingsForm) -> str:
    return render_template("records/settings.html", form=form, error_list=form.error_list())
