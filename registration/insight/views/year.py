"""The association's year in the back office, and as files."""

from http import HTTPStatus

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as AnyResponse

from registration.accounts.queries import team_event_ids
from registration.core import clock, sheets, web
from registration.core.sheets import CSV, XLSX
from registration.insight.queries import year as years
from registration.insight.queries.year import FIRST_YEAR, LAST_YEAR, Year

blueprint = Blueprint("year", __name__, url_prefix="/sprava/rok")
_TABLES = {"akce": years.table_of_events, "knihovny": years.table_of_libraries}


@blueprint.get("")
def this_year() -> AnyResponse:
    """Lead to the year it is."""
    return redirect(url_for(".year", number=clock.local_now().year), HTTPStatus.FOUND)


@blueprint.get("/<int:number>")
def year(number: int) -> str:
    """Show the events, people, hours and libraries of a year."""
    return render_template("insight/year.html", year=_read(number), own_event_ids=team_event_ids(current_user))


@blueprint.get("/<int:number>/<any(akce, knihovny):table>.csv")
def csv(number: int, table: str) -> Response:
    """Give the events or the libraries of a year as CSV, the way Czech Excel opens it."""
    content = sheets.write_csv(*_TABLES[table](_read(number)))
    return web.attached_file(content, mime_type=CSV, name=f"rok-{number}-{table}.csv")


@blueprint.get("/<int:number>/<any(akce, knihovny):table>.xlsx")
def workbook(number: int, table: str) -> Response:
    """Give the events or the libraries of a year as a workbook."""
    content = sheets.write_xlsx(*_TABLES[table](_read(number)))
    return web.attached_file(content, mime_type=XLSX, name=f"rok-{number}-{table}.xlsx")


def _read(number: int) -> Year:
    if not FIRST_YEAR <= number <= LAST_YEAR:
        abort(HTTPStatus.NOT_FOUND)
    return years.read_year(number)
