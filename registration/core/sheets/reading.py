"""Reads a CSV file or a workbook into rows of text, whatever somebody has sent; how it is read, its bytes decide."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from registration.core.sheets import workbooks
from registration.core.sheets.errors import (
    DuplicateColumn,
    EmptyTable,
    FileTooLarge,
    NotATable,
    OldWorkbook,
    OnlyHeader,
    TooManyCells,
    TooManyRows,
    UnmatchedQuotes,
    UnreadableLetters,
)

MOST_MEGABYTES = 10
MOST_ROWS = 20_000
MOST_COLUMNS = 100
_MOST_CELLS = 200_000
_LONGEST_LINE = 1_000_000
_MOST_BYTES = MOST_MEGABYTES * 1024 * 1024

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_FILES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"PK\x05\x06", b"Rar!", b"\x1f\x8b")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SEPARATORS = ";\t,"  # of equally frequent ones the first

Row = list[str]


@dataclass(frozen=True)
class Table:
    """A table as text: each row as long as the header, `numbers` says where each stands in the file, from 1."""

    header: list[str]
    rows: list[Row]
    numbers: list[int]


def read_rows(stream: IO[bytes], filename: str = "") -> Table:
    """Read the first table of a file; blank rows are left out. Raises SheetRefused with the reason.

    What the file is called decides nothing: a workbook renamed to .csv is read as what it is.
    """
    content = stream.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise FileTooLarge(MOST_MEGABYTES)
    if not content:
        raise EmptyTable
    return _table(_filled(_all_rows(content)))


def _all_rows(content: bytes) -> Iterable[Row]:
    if content.startswith(_OLE):
        raise OldWorkbook
    if content.startswith(_ZIP):
        return workbooks.rows_of(content, most_columns=MOST_COLUMNS)
    if content.startswith(_OTHER_FILES):
        raise NotATable
    return _csv_rows(_decoded(content))


def _decoded(content: bytes) -> str:
    """Return a text: in the encoding its mark names, else in UTF-8, else as Windows writes Czech without asking."""
    encodings = [name for mark, name in _MARKS if content.startswith(mark)] or ["utf-8", "cp1250"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise NotATable
        return text
    raise UnreadableLetters


def _csv_rows(text: str) -> Iterator[Row]:
    separator, lines = _separator(text)
    reader = csv.reader(_short(lines), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            row = next(reader, None)
        except csv.Error:
            raise UnmatchedQuotes(number) from None
        if row is None:
            return
        yield row


def _separator(text: str) -> tuple[str, Iterator[str]]:
    """Return what parts the values, and the lines to read; Excel's own first line `sep=;` counts as a blank one."""
    lines = io.StringIO(text, newline="")
    first = next((line for line in lines if line.strip(" \t\r\n;,")), "")
    if first[:4].lower() == "sep=" and first[4:5] and not first[5:].strip():
        return first[4], iter(["\n", *lines])
    lines.seek(0)
    outside_quotes = "".join(first.split('"')[::2])
    return max(_SEPARATORS, key=outside_quotes.count), lines


def _short(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if len(line) > _LONGEST_LINE:
            raise TooManyCells
        yield line


def _filled(rows: Iterable[Row]) -> Iterator[tuple[int, Row]]:
    """Give (number, row) of rows that hold anything, without the empty cells at their ends, as far as we take them."""
    cell_count = row_count = 0
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        cell_count += len(cells)
        row_count += 1
        if len(cells) > MOST_COLUMNS or cell_count > _MOST_CELLS:
            raise TooManyCells
        if row_count > MOST_ROWS + 1:
            raise TooManyRows(MOST_ROWS)
        yield number, cells


def _table(filled: Iterator[tuple[int, Row]]) -> Table:
    header = next(filled, (0, []))[1]
    if not header:
        raise EmptyTable
    known: set[str] = set()
    for name in filter(None, header):
        if name.casefold() in known:
            raise DuplicateColumn(name)
        known.add(name.casefold())
    found = list(filled)
    if not found:
        raise OnlyHeader
    width = max(len(header), *(len(row) for _, row in found))
    return Table(
        header=_padded(header, width),
        rows=[_padded(row, width) for _, row in found],
        numbers=[number for number, _ in found],
    )


def _padded(row: Row, width: int) -> Row:
    return row + [""] * (width - len(row))
