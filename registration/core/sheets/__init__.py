"""Tables that people bring and take away: CSV and XLSX, read as text, written so that nothing in them is a formula."""

from registration.core.sheets.errors import SheetRefused
from registration.core.sheets.reading import MOST_MEGABYTES, MOST_ROWS, Table, read_rows
from registration.core.sheets.writing import CSV, XLSX, Cell, write_csv, write_xlsx

__all__ = [
    "CSV", "MOST_MEGABYTES", "MOST_ROWS", "XLSX", "Cell", "SheetRefused", "Table", "read_rows", "write_csv",
    "write_xlsx",
]  # fmt: skip
