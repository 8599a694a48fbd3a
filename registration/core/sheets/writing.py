"""Writes tables for Excel: workbooks with typed cells, and CSV the way Czech Excel opens it at a double click."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from registration.core.clock import to_local

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Cell = str | int | float | Decimal | date | datetime | None

_WIDEST = 60
_NARROWEST = 8
# What Excel and LibreOffice take for the beginning of a formula, also in full width and behind spaces.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
# A number, with its sign, is no formula; a telephone number with its plus neither.
_NUMBER = re.compile(r"[+-]\d[\d \u00a0]*([.,]\d+)?")
_BOLD = Font(bold=True)


def write_xlsx(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a workbook of one sheet; text is text, whatever it begins with, numbers and dates are what they are."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet()
    sheet.freeze_panes = "A2"
    listed = [[_plain(value) for value in row] for row in rows]
    for number, name in enumerate(header, start=1):
        lengths = [len(_csv_text(value)) for value in (name, *(row[number - 1] for row in listed))]
        width = max(_NARROWEST, min(max(lengths) + 2, _WIDEST))
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(header), 1))}{len(listed) + 1}"
    sheet.append([_cell(sheet, name, is_bold=True) for name in header])
    for row in listed:
        sheet.append([_cell(sheet, value) for value in row])
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table in UTF-8 with its mark, semicolons and CRLF; what would be a formula gets an apostrophe."""
    content = io.StringIO(newline="")
    writer = csv.writer(content, delimiter=";", lineterminator="\r\n")
    for row in (header, *rows):
        writer.writerow([_neutral(value) for value in map(_plain, row)])
    return content.getvalue().encode("utf-8-sig")


def _plain(value: Cell) -> Cell:
    """Return a value as Excel can hold it: instants as wall time in Prague, text without control characters."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return to_local(value).replace(tzinfo=None, microsecond=0)
    return ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value


def _cell(sheet: Any, value: Any, *, is_bold: bool = False) -> object:
    if value is None or value == "":
        return None
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"  # openpyxl would make a formula of `=…`
        cell.quotePrefix = _FORMULA.match(value) is not None  # and Excel, once somebody edits the cell
    elif isinstance(value, datetime):
        cell.number_format = "d.m.yyyy h:mm"
    elif isinstance(value, date):
        cell.number_format = "d.m.yyyy"
    if is_bold:
        cell.font = _BOLD
    return cell


def _neutral(value: Cell) -> str:
    text = _csv_text(value)
    if isinstance(value, str) and _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _csv_text(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.day}.{value.month}.{value.year} {value.hour}:{value.minute:02}"
    if isinstance(value, date):
        return f"{value.day}.{value.month}.{value.year}"
    return str(value).replace(".", ",") if isinstance(value, float | Decimal) else str(value)
