"""Registrations as a file: the same people as in the list, in the same order."""

from flask import Blueprint, Response, request
from flask_security import current_user

from registration.access import Access, access_of
from registration.core import sheets, web
from registration.core.sheets import CSV, XLSX
from registration.events import queries as events
from registration.signups.exporting import Export, Scope, export
from registration.signups.filtering import Filter

blueprint = Blueprint("exports_staff", __name__, url_prefix="/sprava/akce/<slug>/prihlasky")


@blueprint.get("/export.xlsx")
def workbook(slug: str) -> Response:
    """Give the registrations the list is narrowed to as a workbook."""
    table = _table(slug)
    return _file(sheets.write_xlsx(table.header, table.rows), XLSX, f"prihlasky-{slug}.xlsx")


@blueprint.get("/export.csv")
def csv(slug: str) -> Response:
    """Give them as CSV, the way Czech Excel opens it."""
    table = _table(slug)
    return _file(sheets.write_csv(table.header, table.rows), CSV, f"prihlasky-{slug}.csv")


def _table(slug: str) -> Export:
    return export(events.get_event(slug), Filter.from_args(request.args), scope=_scope())


def _scope() -> Scope:
    """Return how much the person may have: sensitive answers only who works with people, and only when asked for."""
    if not access_of(current_user.role_names) & Access.DESK:
        return Scope.ACCOUNTING
    return Scope.ALL if request.args.get("citlive") == "1" else Scope.ALL_BUT_SENSITIVE


def _file(content: bytes, mime_type: str, name: str) -> Response:
    return web.attached_file(content, mime_type=mime_type, name=name)
