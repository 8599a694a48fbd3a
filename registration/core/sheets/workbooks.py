"""Reads the rows of an XLSX workbook, after a look at what it unpacks into."""

import io
import logging
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal

import openpyxl

from registration.core.sheets.errors import BrokenWorkbook, NotATable, OldWorkbook, UnpacksTooLarge

_MOST_PARTS = 1_000
_MOST_BYTES = 100 * 1024 * 1024
_MOST_TAGS = 2_000_000  # what takes time is reading tags: 200 000 cells have about half as many
_LAST_ROW = 1_048_576  # of the format; a file may say anything
_CHUNK = 1024 * 1024

log = logging.getLogger(__name__)


def rows_of(content: bytes, *, most_columns: int) -> Iterator[list[str]]:
    """Give the rows of the first visible sheet as text, one column more than may be used. Raises SheetRefused.

    Formulas give the value they had when the workbook was saved, never themselves.
    """
    _refuse_bombs(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what openpyxl does not know and nobody here asks for
        try:
            yield from _rows(content, most_columns)
        except GeneratorExit:
            raise
        except Exception:  # openpyxl has no error of its own: a broken file ends in whatever it ran into
            log.info("A workbook could not be read.", exc_info=True)
            raise BrokenWorkbook from None


def _refuse_bombs(content: bytes) -> None:
    """Refuse what is no workbook, or unpacks into more than a table can be; the sizes it declares are not believed."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_other_files(archive)
            _count(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError):
        raise BrokenWorkbook from None


def _refuse_other_files(archive: zipfile.ZipFile) -> None:
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= set(archive.namelist()):
        raise NotATable
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise OldWorkbook
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_BYTES:
        raise UnpacksTooLarge


def _count(archive: zipfile.ZipFile) -> None:
    size = tags = 0
    for part in archive.infolist():
        with archive.open(part) as unpacked:
            while chunk := unpacked.read(_CHUNK):
                size += len(chunk)
                tags += chunk.count(b"<")
                if size > _MOST_BYTES or tags > _MOST_TAGS:
                    raise UnpacksTooLarge


def _rows(content: bytes, most_columns: int) -> Iterator[list[str]]:
    workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        sheets = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
        for row in sheets[0].iter_rows(max_row=_LAST_ROW, max_col=most_columns + 1, values_only=True):
            # Between two rows of a file there can be a million empty ones.
            yield [] if row.count(None) == len(row) else [_text(value) for value in row]
    finally:
        workbook.close()


def _text(value: object) -> str:
    """Return a cell as somebody would type it, dates the ISO way."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ano" if value else "ne"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{Decimal(repr(value)):f}".replace(".", ",")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, time):
        return value.isoformat("minutes")
    return value.isoformat() if isinstance(value, date) else str(value).replace("\0", "")
