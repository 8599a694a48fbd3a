"""Import of people from a file: it is sent, its columns are named, it is looked through, it is confirmed."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from registration.core import sheets, web
from registration.core.errors import Refusal
from registration.core.i18n import gettext, ngettext
from registration.core.sheets import Cell, SheetRefused
from registration.events import queries as events
from registration.events.models import Event
from registration.signups.errors import SignUpNotOpen
from registration.signups.forms import columns, imported
from registration.signups.importing import queries
from registration.signups.importing.columns import guess
from registration.signups.importing.errors import (
    ColumnsRefused,
    ImportChanged,
    ImportFinished,
    NothingToSignUpFor,
)
from registration.signups.importing.models import Import
from registration.signups.importing.people import Fault, Incoming, Plan
from registration.signups.operations import importing

blueprint = Blueprint("imports_staff", __name__, url_prefix="/sprava/akce/<slug>/prihlasky/import")

_SHOWN_PEOPLE = 20
_SHOWN_FAULTS = 100


@blueprint.get("")
def form(slug: str) -> str:
    """Ask for a file."""
    return _form_page(events.get_event(slug))


@blueprint.post("")
@web.allow_upload(sheets.MOST_MEGABYTES)
def upload(slug: str) -> BaseResponse | tuple[str, int]:
    """Keep a file with people and go on to its columns, or say what is wrong with it."""
    event = events.get_event(slug)
    sent = request.files.get("table")
    if sent is None or not sent.filename:
        return _form_page(event, gettext("Please choose a file.")), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        table = sheets.read_rows(sent.stream, sent.filename)
        kept = importing.keep_file(
            event,
            table=table,
            file_name="".join(filter(str.isprintable, sent.filename)),
            columns=guess(
                table.header,
                questions={question.code: question.label for question in events.list_questions(event.id)},
                before=queries.remembered_columns(current_user.email),
            ),
            by=current_user.email,
        )
    except (SheetRefused, NothingToSignUpFor) as refusal:
        return _form_page(event, refusal.message), refusal.status
    return _to(kept, slug, ".columns_form")


@blueprint.get("/vzor.xlsx")
def empty_workbook(slug: str) -> Response:
    """Give an empty workbook with the columns that make sense for the event."""
    event = events.get_event(slug)
    header = columns.empty_header(events.list_questions(event.id), event.ticket_types)
    name = f"import-{event.slug}.xlsx"
    return web.attached_file(sheets.write_xlsx(header, []), mime_type=sheets.XLSX, name=name)


@blueprint.get("/<int:import_id>/sloupce")
def columns_form(slug: str, import_id: int) -> str | BaseResponse:
    """Ask what the columns mean; what could be guessed is filled in."""
    kept = _get(slug, import_id)
    return _to(kept, slug) if kept.finished_at else _columns_page(kept, kept.columns, kept.ticket_type)


@blueprint.post("/<int:import_id>/sloupce")
def map_columns(slug: str, import_id: int) -> BaseResponse | tuple[str, int]:
    """Note what the columns mean and go on to the preview."""
    kept = _get(slug, import_id)
    event = kept.event
    chosen = columns.sent_columns(kept, request.form, events.list_questions(event.id))
    ticket_type = columns.sent_ticket_type(request.form, event.ticket_types)
    try:
        importing.map_columns(kept, columns=chosen, ticket_type=ticket_type)
    except ColumnsRefused as refusal:
        return _columns_page(kept, chosen, ticket_type, refusal), refusal.status
    return _to(kept, slug)


@blueprint.get("/<int:import_id>")
def preview(slug: str, import_id: int) -> str | BaseResponse:
    """Show what would become of everybody in the file; once it was imported, what did."""
    kept = _get(slug, import_id)
    if kept.finished_at:
        faults = [Fault(**each) for each in kept.faults]
        return _page("signups/import_done.html", kept, faults=faults[:_SHOWN_FAULTS], fault_count=len(faults))
    if not kept.is_mapped:
        return _to(kept, slug, ".columns_form")
    plan = _plan(kept)
    return _page(
        "signups/import_preview.html",
        kept,
        plan=plan,
        shown=plan.placed[:_SHOWN_PEOPLE],
        titles={each.code: each.title for each in kept.event.ticket_types},
        faults=plan.faults[:_SHOWN_FAULTS],
        fault_count=len(plan.faults),
    )


@blueprint.post("/<int:import_id>")
def confirm(slug: str, import_id: int) -> BaseResponse:
    """Import everybody whose row is good; sent twice it happens once."""
    kept = _get(slug, import_id)
    if not kept.is_mapped:
        return _to(kept, slug, ".columns_form")
    people, faults = _read(kept)
    try:
        done = importing.import_people(
            kept,
            people=people,
            faults=faults,
            expected_count=request.form.get("expected", -1, type=int),
            tells="tells" in request.form,
            by=current_user.email,
        )
    except ImportFinished as refusal:
        flash(refusal.message, "warning")
    except (ImportChanged, SignUpNotOpen) as refusal:
        flash(refusal.message, "error")
    else:
        flash(ngettext("%(num)d person is imported.", "%(num)d people are imported.", done.imported_count), "ok")
    return _to(kept, slug)


@blueprint.post("/<int:import_id>/zahozeni")
def discard(slug: str, import_id: int) -> BaseResponse:
    """Throw a file away."""
    kept = _get(slug, import_id)
    try:
        importing.discard(kept)
        flash(gettext("The file is thrown away; nobody was imported."), "ok")
    except ImportFinished as refusal:
        flash(refusal.message, "error")
        return _to(kept, slug)
    return redirect(url_for(".form", slug=slug), HTTPStatus.SEE_OTHER)


@blueprint.get("/<int:import_id>/chyby.csv")
def faults(slug: str, import_id: int) -> Response:
    """Give the rows that are left out, and why, as a table to be worked through."""
    kept = _get(slug, import_id)
    found = [Fault(**each) for each in kept.faults] if kept.finished_at else _plan(kept).faults
    header = [gettext("Row"), gettext("Column"), gettext("Value"), gettext("What is wrong")]
    rows: list[list[Cell]] = [[fault.number, fault.column, fault.value, fault.sentence] for fault in found]
    name = f"import-{kept.event.slug}-chyby.csv"
    return web.attached_file(sheets.write_csv(header, rows), mime_type=sheets.CSV, name=name)


def _get(slug: str, import_id: int) -> Import:
    return queries.get_import(events.get_event(slug), import_id)


def _read(kept: Import) -> tuple[list[Incoming], list[Fault]]:
    return imported.read_people(
        kept, ticket_types=kept.event.ticket_types, questions=events.list_questions(kept.event_id)
    )


def _plan(kept: Import) -> Plan:
    people, wrong = _read(kept)
    return importing.plan_import(kept, people=people, faults=wrong)


def _form_page(event: Event, error: str = "") -> str:
    return render_template(
        "signups/import.html",
        event=event,
        error=error,
        imports=queries.list_imports(event),
        most_megabytes=sheets.MOST_MEGABYTES,
        most_rows=sheets.MOST_ROWS,
    )


def _columns_page(kept: Import, chosen: Sequence[str], ticket_type: str, refusal: Refusal | None = None) -> str:
    return _page(
        "signups/import_columns.html",
        kept,
        fields=columns.column_fields(kept, chosen),
        ticket_type=ticket_type,
        labels=columns.column_labels(events.list_questions(kept.event_id)),
        error=refusal.message if refusal else "",
    )


def _page(template: str, kept: Import, **values: object) -> str:
    return render_template(template, event=kept.event, kept=kept, **values)


def _to(kept: Import, slug: str, endpoint: str = ".preview") -> BaseResponse:
    return redirect(url_for(endpoint, slug=slug, import_id=kept.id), HTTPStatus.SEE_OTHER)
