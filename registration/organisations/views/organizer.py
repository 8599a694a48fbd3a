"""The directory of libraries in the back office."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from registration.core.i18n import gettext
from registration.core.web import row_id
from registration.organisations import operations, queries
from registration.organisations.errors import IcoTaken, OrganisationExists
from registration.organisations.forms import OrganisationForm
from registration.organisations.models import Organisation

blueprint = Blueprint("organisations_staff", __name__, url_prefix="/sprava/knihovny")

_PAGE_SIZE = 50
_LAST_PAGE = 1_000_000
_LONGEST_SEARCH = 100


@blueprint.get("")
def directory() -> str:
    """List organisations, all or those that were searched for."""
    typed = request.args.get("q", "")[:_LONGEST_SEARCH].strip()
    page = min(max(request.args.get("strana", 1, type=row_id), 1), _LAST_PAGE)
    return render_template(
        "organisations/directory.html",
        organisations=queries.list_organisations(typed, page=page, page_size=_PAGE_SIZE),
        count=queries.count_organisations(typed),
        typed=typed,
        page=page,
        page_size=_PAGE_SIZE,
    )


@blueprint.get("/nova")
def new() -> str:
    """Show the form of an organisation that is not in the directory yet."""
    return _form_page(OrganisationForm())


@blueprint.post("/nova")
def add() -> Response | tuple[str, int]:
    """Add an organisation, or show the form again with everything kept."""
    form = OrganisationForm()
    if not form.validate():
        return _form_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        added = operations.add_organisation(**form.entry(), by=current_user.email)
    except (OrganisationExists, IcoTaken) as refusal:
        form.say(refusal)
        return _form_page(form), refusal.status
    return _back_to_directory(gettext("%(label)s is in the directory now.", label=added.label))


@blueprint.get("/<int:organisation_id>")
def organisation(organisation_id: int) -> str:
    """Show the entry of an organisation, to be changed."""
    found = queries.get_organisation(organisation_id)
    return _form_page(OrganisationForm(obj=found), found)


@blueprint.post("/<int:organisation_id>")
def change(organisation_id: int) -> Response | tuple[str, int]:
    """Change the entry of an organisation, or show the form again with everything kept."""
    found = queries.get_organisation(organisation_id)
    form = OrganisationForm()
    if not form.validate():
        return _form_page(form, found), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        operations.change_organisation(found, **form.entry(), by=current_user.email)
    except (OrganisationExists, IcoTaken) as refusal:
        form.say(refusal)
        return _form_page(form, found), refusal.status
    return _back_to_directory(gettext("The entry of %(label)s is changed.", label=found.label))


def _form_page(form: OrganisationForm, organisation: Organisation | None = None) -> str:
    return render_template(
        "organisations/organisation.html", form=form, organisation=organisation, error_list=form.error_list()
    )


def _back_to_directory(sentence: str) -> Response:
    flash(sentence, "ok")
    return redirect(url_for(".directory"), HTTPStatus.SEE_OTHER)
