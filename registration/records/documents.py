"""Training records as files: one page drawn at once, longer ones by the print shop, tables for Excel."""

from collections.abc import Sequence
from typing import Any

from registration.core import i18n, pdf
from registration.core.db import db
from registration.core.i18n import gettext
from registration.core.sheets import CSV, XLSX, Cell, write_csv, write_xlsx
from registration.organisations.models import Organisation
from registration.organisations.queries import get_association
from registration.printing.shop import PrintShop
from registration.records import queries, rules
from registration.records.queries import AssociationYear, Line, PersonRecord, Record
from registration.records.rules import PrintedLine
from registration.signups.models import Registration

PRINT_KIND = "training_record"
TABLES = {"csv": (CSV, write_csv), "xlsx": (XLSX, write_xlsx)}


def register_prints(print_shop: PrintShop) -> None:
    """Let the print shop draw records."""
    print_shop.register(PRINT_KIND, draw)


def draw(parameters: dict[str, Any], position: int) -> tuple[str, bytes]:
    """Draw one file of a printed record: the name and the PDF."""
    with i18n.in_language(parameters["language"]):
        record, files = _record(parameters), parameters["files"]
        people = rules.part(record.people, position, files)
        name = f"vzdelavani-{record.year}" + (f"-{position}" if files > 1 else "")
        return f"{name}.pdf", paper(record, people, is_first=position == 1)


def paper(record: Record, people: Sequence[PersonRecord] | None = None, *, is_first: bool = True) -> bytes:
    """Return a record, or a part of its people, as a PDF; only the first part has the numbers of the form."""
    return pdf.render(
        "documents/training_record.html",
        record=record,
        people=record.people if people is None else people,
        labels=queries.labels(queries.get_settings()),
        association=get_association(),
        is_first=is_first,
    )


def fits_on_page(record: Record) -> bool:
    """Say whether a record surely is one page, which may be drawn while somebody waits."""
    return rules.fits_on_page([_printed(line) for line in person.lines] for person in record.people)


def count_files(record: Record) -> int:
    """Return into how many files a record is printed."""
    return min(rules.count_files(sum(len(each.lines) for each in record.people)), max(len(record.people), 1))


def record_table(record: Record, kind: str) -> bytes:
    """Return a record as a table: lines, a sum for each person, the numbers of the form."""
    header = [
        gettext("Person"), gettext("Event"), gettext("First day"), gettext("Last day"), gettext("Place"),
        gettext("Hours"), gettext("Certificate"), gettext("Known from"),
        _threshold_reached(record),
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for person in record.people:
        rows += [_line_row(person, line) for line in person.lines]
        has_reached = rules.has_reached(person.minutes, record.threshold_hours)
        rows.append(
            [person.list_name, gettext("Total"), None, None, None, _hours(person.minutes), None, None,
             gettext("yes") if has_reached else gettext("no")]
        )  # fmt: skip
    if record.library:
        rows += [[label, None, None, None, None, number] for label, number in _form_rows(record)]
    return TABLES[kind][1](header, [row + [None] * (len(header) - len(row)) for row in rows])


def association_table(year: AssociationYear, kind: str) -> bytes:
    """Return the numbers of all libraries as a table."""
    people, hours, reached = queries.labels(queries.get_settings())
    header = [gettext("Library"), gettext("Threshold in hours"), people, hours, reached, gettext("Link sent")]
    rows: list[list[Cell]] = [
        [each.library.label, each.threshold_hours, each.rows.people, _hours(each.rows.minutes), each.rows.reached,
         gettext("yes") if each.is_written_to else gettext("no")]
        for each in year.libraries
    ]  # fmt: skip
    for name, sums in ((gettext("No library of the directory"), year.others), (gettext("Total"), year.total)):
        rows.append([name, year.threshold_hours, sums.people, _hours(sums.minutes), sums.reached, None])
    return TABLES[kind][1](header, rows)


def _record(parameters: dict[str, Any]) -> Record:
    if "library" in parameters:
        return queries.read_library(db.session.get_one(Organisation, parameters["library"]), parameters["year"])
    return queries.read_person(db.session.get_one(Registration, parameters["registration"]), parameters["year"])


def _printed(line: Line) -> PrintedLine:
    return PrintedLine(line.title, line.place, line.numbers, line.organizer)


def _line_row(person: PersonRecord, line: Line) -> list[Cell]:
    known_from = gettext("declared by the person: %(organizer)s", organizer=line.organizer)
    return [
        person.list_name, line.title, line.days[0], line.days[-1], line.place, _hours(line.minutes),
        ", ".join(line.numbers), known_from if line.is_declared else gettext("our attendance ledger"),
    ]  # fmt: skip


def _form_rows(record: Record) -> list[tuple[str, Cell]]:
    numbers = (record.rows.people, _hours(record.rows.minutes), record.rows.reached)
    return list(zip(queries.labels(queries.get_settings()), numbers, strict=True))


def _threshold_reached(record: Record) -> str:
    return gettext("Reached %(hours)s", hours=i18n.show_hours(record.threshold_hours * 60))


def _hours(minutes: int) -> int | float:
    hours = round(minutes / 60, 2)
    return int(hours) if hours.is_integer() else hours
