"""The directory of libraries in the back office; further files of views add theirs to its blueprint."""

from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from registration.core import web
from registration.core.i18n import gettext
from registration.core.web import row_id
from registration.organisations import documents, operations, queries
from registration.organisations.errors import (
    IcoTaken,
    MembershipEndsTooSoon,
    MembershipOverlaps,
    NotMember,
    OrganisationExists,
    SiglaTaken,
)
from registration.organisations.forms import (
    MembershipBeginsForm,
    MembershipEndsForm,
    NewOrganisationForm,
    OrganisationForm,
)
from registration.organisations.models import Organisation
from registration.organisations.queries import Filter

blueprint = Blueprint("organisations_staff", __name__, url_prefix="/sprava/knihovny")

PAGE_SIZE = 50
_LAST_PAGE = 1_000_000
_LONGEST_SEARCH = 100
_MEMBERS = {"ano": True, "ne": False}
_NOT_OURS = (OrganisationExists, IcoTaken, SiglaTaken)

Page = str | tuple[str, int]


def as_file(content: bytes, name: str) -> Response:
    """Return a table as a file to be kept."""
    return web.attached_file(content, mime_type=documents.KINDS[name.rpartition(".")[2]][0], name=name)


def page_number() -> int:
    """Return which page of a list is asked for."""
    return min(max(request.args.get("strana", 1, type=row_id), 1), _LAST_PAGE)


@blueprint.get("")
def directory() -> str:
    """List organisations, all or those that were searched for."""
    wanted = _wanted()
    return render_template(
        "organisations/directory.html",
        organisations=queries.list_organisations(wanted, page=page_number(), page_size=PAGE_SIZE),
        count=queries.count_organisations(wanted),
        wanted=wanted,
        asked=_asked(),
        page=page_number(),
        page_size=PAGE_SIZE,
    )


@blueprint.get("/adresar.<any(csv, xlsx):kind>")
def export(kind: str) -> Response:
    """Send the organisations that are listed, all of them, as a table."""
    return as_file(documents.directory(_wanted(), kind), f"knihovny.{kind}")


@blueprint.get("/nova")
def new() -> Page:
    """Show the form of an organisation that is not in the directory yet."""
    return _form_page(NewOrganisationForm())


@blueprint.post("/nova")
def add() -> BaseResponse | Page:
    """Add an organisation, or show the form again with everything kept."""
    form = NewOrganisationForm()
    if not form.validate():
        return _form_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    membership = {"is_member": form.is_member.data, "member_since": form.member_since.data}
    try:
        added = operations.add_organisation(**form.entry(), **membership, by=current_user.email)
    except _NOT_OURS as refusal:
        form.say(refusal)
        return _form_page(form), refusal.status
    flash(gettext("%(label)s is in the directory now.", label=added.label), "ok")
    return redirect(url_for(".directory"), HTTPStatus.SEE_OTHER)


@blueprint.get("/<int:organisation_id>")
def organisation(organisation_id: int) -> BaseResponse | Page:
    """Show an organisation: its entry, its membership, what was merged into it. A duplicate leads to the kept one."""
    found = queries.get_organisation(organisation_id)
    if found.merged_into_id:
        return redirect(url_for(".organisation", organisation_id=found.merged_into_id), HTTPStatus.MOVED_PERMANENTLY)
    return _organisation_page(found, MembershipBeginsForm(), MembershipEndsForm())


@blueprint.get("/<int:organisation_id>/zmena")
def entry(organisation_id: int) -> Page:
    """Show the entry of an organisation, to be changed."""
    found = _live(organisation_id)
    return _form_page(OrganisationForm(obj=found), found)


@blueprint.post("/<int:organisation_id>/zmena")
def change(organisation_id: int) -> BaseResponse | Page:
    """Change the entry of an organisation, or show the form again with everything kept."""
    found = _live(organisation_id)
    form = OrganisationForm()
    if not form.validate():
        return _form_page(form, found), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        operations.change_organisation(found, **form.entry(), by=current_user.email)
    except _NOT_OURS as refusal:
        form.say(refusal)
        return _form_page(form, found), refusal.status
    return _back_to(found, gettext("The entry of %(label)s is changed.", label=found.label))


@blueprint.post("/<int:organisation_id>/clenstvi")
def begin_membership(organisation_id: int) -> BaseResponse | Page:
    """Let an organisation be a member since a day."""
    found = _live(organisation_id)
    form = MembershipBeginsForm()
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.validate():
        try:
            operations.begin_membership(found, since_on=form.since_on.data, by=current_user.email)
        except MembershipOverlaps as refusal:
            form.since_on.errors, status = [refusal.message], refusal.status
        else:
            return _back_to(found, gettext("The membership is written down."))
    return _organisation_page(found, form, MembershipEndsForm()), status


@blueprint.post("/<int:organisation_id>/konec-clenstvi")
def end_membership(organisation_id: int) -> BaseResponse | Page:
    """Let the membership of an organisation end with a day."""
    found = _live(organisation_id)
    form = MembershipEndsForm()
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.validate():
        end = {"until_on": form.until_on.data, "reason": form.reason.data or ""}
        try:
            operations.end_membership(found, **end, by=current_user.email)
        except (MembershipEndsTooSoon, NotMember) as refusal:
            form.until_on.errors, status = [refusal.message], refusal.status
        else:
            return _back_to(found, gettext("The end of the membership is written down."))
    return _organisation_page(found, MembershipBeginsForm(), form), status


def _wanted() -> Filter:
    """Return what the address asks for."""
    return Filter(
        typed=request.args.get("q", "")[:_LONGEST_SEARCH].strip(),
        town=request.args.get("mesto", "")[:_LONGEST_SEARCH].strip(),
        is_member=_MEMBERS.get(request.args.get("clen", "")),
    )


def _asked() -> dict[str, str]:
    """Return the questions of the address, for links that keep them."""
    names = ("q", "mesto", "clen")
    return {name: value for name in names if (value := request.args.get(name, "")[:_LONGEST_SEARCH].strip())}


def _live(organisation_id: int) -> Organisation:
    """Return an organisation to be changed, of a duplicate the kept one. Raises OrganisationNotFound."""
    found = queries.get_organisation(organisation_id)
    return found.merged_into or found


def _organisation_page(found: Organisation, begins: MembershipBeginsForm, ends: MembershipEndsForm) -> str:
    return render_template(
        "organisations/organisation.html",
        organisation=found,
        memberships=queries.list_memberships(found),
        merged=queries.list_merged_into(found),
        begins=begins,
        ends=ends,
        error_list=[*begins.error_list(), *ends.error_list()],
    )


def _form_page(form: OrganisationForm, found: Organisation | None = None) -> str:
    return render_template("organisations/entry.html", form=form, organisation=found, error_list=form.error_list())


def _back_to(found: Organisation, sentence: str) -> BaseResponse:
    flash(sentence, "ok")
    return redirect(url_for(".organisation", organisation_id=found.id), HTTPStatus.SEE_OTHER)
