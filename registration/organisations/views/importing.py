"""A list of libraries is uploaded, its columns are named, what it would do is looked through, it is taken over."""

from http import HTTPStatus
from typing import BinaryIO

from flask import flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from registration.core.i18n import gettext, ngettext
from registration.core.sheets import SheetRefused, Table, read_rows
from registration.core.web import allow_upload
from registration.organisations import adr, operations, queries
from registration.organisations.errors import DirectoryTooLong, NameMissing, UnreadableDirectory
from registration.organisations.forms import UploadForm
from registration.organisations.import_columns import HEADINGS
from registration.organisations.import_plan import Outcome
from registration.organisations.models import DirectoryImport
from registration.organisations.views.directory import PAGE_SIZE, Page, blueprint, page_number

_LOOK = 512  # bytes that tell a directory from a table
_SAMPLES = 3


@blueprint.get("/import")
def import_form() -> str:
    """Ask for a list of libraries."""
    return _upload_page(UploadForm())


@blueprint.post("/import")
@allow_upload(adr.MOST_MEGABYTES)
def upload() -> Response | Page:
    """Keep a list to be looked through, or say what is wrong with the file."""
    form = UploadForm()
    if not form.validate():
        return _upload_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        table = _read(form.file.data.stream, form.file.data.filename)
    except (SheetRefused, UnreadableDirectory, DirectoryTooLong) as refusal:
        form.file.errors = [refusal.message]
        return _upload_page(form), refusal.status
    uploaded = operations.upload_list(table, file_name=form.file.data.filename or "", by=current_user.email)
    return _to(uploaded)


@blueprint.get("/import/<int:import_id>")
def import_preview(import_id: int) -> str:
    """Show what a list would do to the directory; `druh` is which rows, those that are new at first."""
    return _preview_page(queries.get_import(import_id))


@blueprint.post("/import/<int:import_id>/sloupce")
def assign_columns(import_id: int) -> Response | Page:
    """Say what stands in which column of a list."""
    uploaded = queries.get_import(import_id)
    columns = {field: place for field in HEADINGS if (place := request.form.get(field, -1, type=int)) >= 0}
    try:
        operations.assign_columns(uploaded, columns)
    except NameMissing:
        return _preview_page(uploaded, gettext("Please say in which column the names are.")), HTTPStatus.CONFLICT
    return _to(uploaded)


@blueprint.post("/import/<int:import_id>")
def apply_import(import_id: int) -> Response:
    """Take a list over into the directory."""
    done = operations.apply_import(queries.get_import(import_id), by=current_user.email)
    new, changed = done[Outcome.NEW], done[Outcome.CHANGED]
    said = [
        ngettext("%(num)d library was added.", "%(num)d libraries were added.", new),
        ngettext("%(num)d entry was changed.", "%(num)d entries were changed.", changed),
    ]
    flash(" ".join(said), "ok")
    return redirect(url_for(".directory"), HTTPStatus.SEE_OTHER)


@blueprint.post("/import/<int:import_id>/zahozeni")
def discard_import(import_id: int) -> Response:
    """Throw a list away."""
    operations.discard_import(import_id)
    flash(gettext("The list is thrown away; nothing in the directory has changed."), "ok")
    return redirect(url_for(".import_form"), HTTPStatus.SEE_OTHER)


def _read(stream: BinaryIO, name: str | None) -> Table:
    """Read a directory of the National Library, or a table; the file itself says which."""
    beginning = stream.read(_LOOK).lstrip(b"\xef\xbb\xbf \t\r\n")
    stream.seek(0)
    return adr.read_directory(stream) if beginning.startswith(b"<") else read_rows(stream, name or "")


def _upload_page(form: UploadForm) -> str:
    return render_template("organisations/import.html", form=form, error_list=form.error_list())


def _preview_page(uploaded: DirectoryImport, problem: str = "") -> str:
    lines = queries.plan_import(uploaded)
    by_outcome = {outcome: [line for line in lines if line.outcome is outcome] for outcome in Outcome}
    asked = request.args.get("druh", "")
    filled = next((each for each in (Outcome.WRONG, Outcome.NEW, Outcome.CHANGED) if by_outcome[each]), Outcome.SAME)
    shown = Outcome(asked) if asked in set(Outcome) else filled
    start = (page_number() - 1) * PAGE_SIZE
    return render_template(
        "organisations/import_preview.html",
        uploaded=uploaded,
        counts={outcome: len(found) for outcome, found in by_outcome.items()},
        shown=shown,
        lines=by_outcome[shown][start : start + PAGE_SIZE],
        fields=HEADINGS,
        samples=[[row[place] for _, row in uploaded.rows[:_SAMPLES]] for place in range(len(uploaded.header))],
        page=page_number(),
        page_size=PAGE_SIZE,
        problem=problem,
        has_own_columns=uploaded.header != list(adr.COLUMNS),
    )


def _to(uploaded: DirectoryImport) -> Response:
    return redirect(url_for(".import_preview", import_id=uploaded.id), HTTPStatus.SEE_OTHER)
