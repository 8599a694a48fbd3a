"""Applications for membership in the back office: who applies, approving, refusing, people who have joined."""

from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from registration.core.i18n import gettext
from registration.organisations import documents, operations, queries
from registration.organisations.errors import IcoTaken, OrganisationExists
from registration.organisations.forms import RefusalForm
from registration.organisations.models import Decision, MembershipApplication
from registration.organisations.views.directory import PAGE_SIZE, Page, as_file, page_number

blueprint = Blueprint("membership_staff", __name__, url_prefix="/sprava/clenstvi")

_STATES = {"schvalene": Decision.APPROVED, "zamitnute": Decision.REFUSED}


@blueprint.get("")
def applications() -> str:
    """List applications that wait for a decision, or with `stav` those that were decided so."""
    decision = _STATES.get(request.args.get("stav", ""))
    return render_template(
        "organisations/applications.html",
        applications=queries.list_applications(decision, page=page_number(), page_size=PAGE_SIZE),
        counts={each: queries.count_applications(each) for each in (None, *Decision)},
        decision=decision,
        states={None: None, **{each: word for word, each in _STATES.items()}},
        count=queries.count_applications(decision),
        page=page_number(),
        page_size=PAGE_SIZE,
    )


@blueprint.get("/kontakty.<any(csv, xlsx):kind>")
def export(kind: str) -> Response:
    """Send the people who have joined as a table."""
    return as_file(documents.contacts(kind), f"kontakty.{kind}")


@blueprint.get("/<int:application_id>")
def application(application_id: int) -> str:
    """Show an application and what can be done about it."""
    return _page(queries.get_application(application_id), RefusalForm())


@blueprint.post("/<int:application_id>/schvaleni")
def approve(application_id: int) -> BaseResponse | Page:
    """Make the library a member: the one that was chosen, or a new one."""
    found = queries.get_application(application_id)
    typed = request.form.get("organisation", "").strip()[:200]
    organisation = queries.find_organisation(typed)
    if organisation is None and "add" not in request.form:
        unknown = gettext("There is no such library in the directory.")
        return _page(found, RefusalForm(), typed=typed, problem=unknown), HTTPStatus.UNPROCESSABLE_ENTITY
    chosen = None if "add" in request.form else organisation
    try:
        member = operations.approve(found, organisation=chosen, by=current_user.email)
    except (OrganisationExists, IcoTaken) as refusal:
        return _page(found, RefusalForm(), typed=refusal.organisation.label, problem=refusal.message), refusal.status
    return _back(gettext("%(label)s is a member now, and whoever applied has been told.", label=member.label))


@blueprint.post("/<int:application_id>/zamitnuti")
def refuse(application_id: int) -> BaseResponse | Page:
    """Refuse an application with a reason."""
    found = queries.get_application(application_id)
    form = RefusalForm()
    if not form.validate():
        return _page(found, form), HTTPStatus.UNPROCESSABLE_ENTITY
    operations.refuse(found, reason=form.reason.data.strip(), by=current_user.email)
    return _back(gettext("The application is refused, and whoever applied has been told why."))


@blueprint.post("/<int:application_id>/vymaz")
def erase(application_id: int) -> BaseResponse:
    """Delete an application with all that is known of whoever sent it."""
    operations.erase_application(queries.get_application(application_id), by=current_user.email)
    return _back(gettext("The application is erased for good."))


def _page(found: MembershipApplication, form: RefusalForm, *, typed: str | None = None, problem: str = "") -> str:
    meant = found.organisation.label if found.organisation else found.organisation_name
    return render_template(
        "organisations/application.html",
        application=found,
        form=form,
        typed=meant if typed is None else typed,
        problem=problem,
        error_list=[*([("organisation", problem)] if problem else []), *form.error_list()],
    )


def _back(sentence: str) -> BaseResponse:
    flash(sentence, "ok")
    return redirect(url_for(".applications"), HTTPStatus.SEE_OTHER)
