"""Tables are read whatever somebody sends, and refused with the reason; what is written is never a formula."""

import csv
import io
import time
import zipfile
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from flask import Flask
from openpyxl.workbook.protection import WorkbookProtection

from registration.core.i18n import in_language
from registration.core.sheets import Cell, SheetRefused, Table, errors, read_rows, reading, write_csv, write_xlsx

NAMES = "Jméno;Příjmení\nŽofie;Řeháková\nJiří;Šťastný\n"
READ = Table(["Jméno", "Příjmení"], [["Žofie", "Řeháková"], ["Jiří", "Šťastný"]], [2, 3])


def read(content: bytes | str, filename: str = "x.csv") -> Table:
    """Read what would be in a file."""
    return read_rows(io.BytesIO(content.encode() if isinstance(content, str) else content), filename)


def workbook(*rows: list[Any]) -> openpyxl.Workbook:
    """Return a workbook with these rows."""
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)  # type: ignore[union-attr]  # a new one has an active sheet
    return made


def saved(made: openpyxl.Workbook) -> bytes:
    """Return the bytes of a workbook."""
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def repacked(content: bytes, changes: dict[str, bytes | None]) -> bytes:
    """Return a workbook with some of its parts replaced or left out."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as after:
        for name in dict.fromkeys([*before.namelist(), *changes]):
            part = changes[name] if name in changes else before.read(name)
            if part is not None:
                after.writestr(name, part)
    return packed.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "utf-16"])
def test_czech_is_read_in_every_encoding_excel_writes(encoding: str) -> None:
    assert read(NAMES.encode(encoding)) == READ


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_separator_and_line_ends_are_found_out(separator: str, line_end: str) -> None:
    assert read(NAMES.replace(";", separator).replace("\n", line_end)) == READ


def test_first_line_in_which_excel_names_its_separator_is_no_header() -> None:
    assert read("sep=,\r\n" + NAMES.replace(";", ",")) == Table(READ.header, READ.rows, [3, 4])


def test_separator_inside_quotation_marks_does_not_count() -> None:
    assert read('"a, b, c";d\n1;2\n') == Table(["a, b, c", "d"], [["1", "2"]], [2])


def test_single_column_needs_no_separator() -> None:
    assert read("E-mail\na@x.example\n") == Table(["E-mail"], [["a@x.example"]], [2])


def test_blank_rows_are_left_out_and_rows_keep_the_number_they_have_in_excel() -> None:
    text = '\n;;\nA;B;;\n;\n"dvě\nřádky"; 2 \n\n3;\n'
    assert read(text) == Table(["A", "B"], [["dvě\nřádky", "2"], ["3", ""]], [5, 7])


def test_values_beyond_the_header_stand_in_a_column_without_a_name() -> None:
    assert read("A;B\n1;2;3\n") == Table(["A", "B", ""], [["1", "2", "3"]], [2])


def test_formula_in_a_csv_is_text() -> None:
    assert read("A\n=1+1\n").rows == [["=1+1"]]


def test_workbook_is_read_as_text_whatever_its_cells_are() -> None:
    made = workbook(
        ["Text", "Číslo", "Desetinné", "Den", "Okamžik", "Čas", "Ano"],
        [" Šárka ", 89605, 1950.5, date(2025, 4, 15), datetime(2025, 4, 15, 9, 5), datetime(2025, 1, 1).time(), True],
        [None, 1e3, -0.25, None, datetime(2025, 4, 15), None, False],
    )
    assert read(saved(made), "x.xlsx").rows == [
        ["Šárka", "89605", "1950,5", "2025-04-15", "2025-04-15 09:05", "00:00", "ano"],
        ["", "1000", "-0,25", "", "2025-04-15", "", "ne"],
    ]


def test_workbook_is_known_by_its_bytes_and_rows_keep_their_numbers() -> None:
    made = workbook([], ["A"], [], ["1"])
    assert read(saved(made), "x.csv") == Table(["A"], [["1"]], [4])


def test_formula_in_a_workbook_gives_the_value_it_was_saved_with() -> None:
    part = (
        f'<worksheet {NAMESPACE}><sheetData><row r="1"><c r="A1" t="str"><v>A</v></c><c r="B1" t="str"><v>B</v></c>'
        '</row><row r="2"><c r="A2" t="str"><f>HYPERLINK("http://x")</f><v>Ada</v></c><c r="B2"><f>1+1</f></c></row>'
        "</sheetData></worksheet>"
    )
    content = repacked(saved(workbook(["A"])), {SHEET: part.encode()})
    assert read(content).rows == [["Ada", ""]]


def test_hidden_sheet_is_passed_over() -> None:
    made = workbook(["skryto"], ["x"])
    shown = made.create_sheet("Lidé")
    shown.append(["A"])
    shown.append(["1"])
    made.worksheets[0].sheet_state = "hidden"
    made.active = 1
    assert read(saved(made)).header == ["A"]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", errors.EmptyTable),
        (b"\n\n;;\n", errors.EmptyTable),
        (b"\xef\xbb\xbf", errors.EmptyTable),
        (b"A;B\n;\n\n", errors.OnlyHeader),
        (b"A;B;a\n1;2;3\n", errors.DuplicateColumn),
        (b"A;B\n1;\x00\n", errors.NotATable),
        ("A;B\n1;2\n".encode("utf-16-le"), errors.NotATable),
        (b"\xff\xfeA", errors.UnreadableLetters),
        (b"A\nP\x98emysl\n", errors.UnreadableLetters),
        (b'A;B\n1;"2\n3;4\n', errors.UnmatchedQuotes),
        (b'A;B\n1;"2"x\n', errors.UnmatchedQuotes),
        (b"A\n" + b"x" * 200_000, errors.UnmatchedQuotes),
        (b"%PDF-1.7 ...", errors.NotATable),
        (b"PK\x05\x06" + bytes(18), errors.NotATable),
        (b"PK\x03\x04 and nothing", errors.BrokenWorkbook),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), errors.OldWorkbook),
        (b"A" + b";" * 1_000_000, errors.TooManyCells),
        (b";".join(b"%d" % number for number in range(101)) + b"\n1\n", errors.TooManyCells),
        (b"A;B\n" + b"1;2\n" * 20_001, errors.TooManyRows),
        (b";".join(b"%d" % number for number in range(20)) + b"\n" + b"1;" * 19 + b"1\n", None),
        ((b";".join(b"%d" % number for number in range(20)) + b"\n") * 10_001, errors.TooManyCells),
    ],
)
def test_file_that_is_no_table_is_refused_with_the_reason(content: bytes, refusal: type[SheetRefused] | None) -> None:
    if refusal is None:
        assert len(read(content).rows) == 1
        return
    with pytest.raises(refusal) as caught:
        read(content)
    assert caught.value.message


def test_file_of_eleven_megabytes_is_refused() -> None:
    with pytest.raises(errors.FileTooLarge) as caught:
        read(b"A\n" + b"x\n" * (11 * 1024 * 512))
    assert caught.value.status == 413


def test_longest_table_is_taken() -> None:
    assert len(read("A;B\n" + "1;2\n" * reading.MOST_ROWS).rows) == 20_000


def test_refusals_say_where_and_what() -> None:
    with pytest.raises(errors.UnmatchedQuotes) as unmatched:
        read('A\n1\n2\n"3\n')
    assert unmatched.value.row == 4
    with pytest.raises(errors.DuplicateColumn) as duplicate:
        read("E-mail;Jméno;E-MAIL\n1;2;3\n")
    assert duplicate.value.name == "E-MAIL"


def test_other_zip_files_are_no_workbooks() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(errors.NotATable):
        read(packed.getvalue())


def test_bomb_is_refused_before_anything_parses_it() -> None:
    zeros = repacked(saved(workbook(["A"], ["1"])), {"xl/media/image1.png": bytes(101 * 1024 * 1024)})
    cells = b"<c/>" * 5_000_000
    tags = repacked(saved(workbook(["A"], ["1"])), {SHEET: b"<worksheet><sheetData><row>" + cells})
    began = time.monotonic()
    for bomb in (zeros, tags):
        assert len(bomb) < 200_000
        with pytest.raises(errors.UnpacksTooLarge):
            read(bomb)
    assert time.monotonic() - began < 5


def test_workbook_of_thousands_of_parts_is_refused() -> None:
    with pytest.raises(errors.UnpacksTooLarge):
        read(repacked(saved(workbook(["A"])), {f"xl/media/{number}": b"" for number in range(1_001)}))


def test_entities_that_multiply_are_refused() -> None:
    lol = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
    with pytest.raises(errors.BrokenWorkbook):
        read(repacked(saved(workbook(["A"])), {SHEET: lol}))


@pytest.mark.slow
@pytest.mark.parametrize("reference", ["A999999999999", "XFD9", "A1048577"])
def test_cell_that_stands_farther_than_any_sheet_goes_costs_nothing(reference: str) -> None:
    row = "".join(letter for letter in reference if letter.isdigit())
    part = (
        f'<worksheet {NAMESPACE}><dimension ref="A1:XFD1048576"/><sheetData>'
        '<row r="1"><c r="A1" t="str"><v>A</v></c></row><row r="2"><c r="A2" t="str"><v>1</v></c></row>'
        f'<row r="{row}"><c r="{reference}" t="str"><v>far</v></c></row></sheetData></worksheet>'
    )
    assert read(repacked(saved(workbook(["A"])), {SHEET: part.encode()})).rows == [["1"]]


@pytest.mark.parametrize(
    "changes",
    [
        {SHEET: b"<worksheet"},
        {SHEET: None},
        {"xl/workbook.xml": b""},
        {"xl/workbook.xml": f"<workbook {NAMESPACE}><sheets/></workbook>".encode()},
    ],
)
def test_damaged_workbook_is_refused(changes: dict[str, bytes | None]) -> None:
    with pytest.raises(errors.BrokenWorkbook):
        read(repacked(saved(workbook(["A"], ["1"])), changes))


def test_workbook_with_a_damaged_byte_is_refused_or_read() -> None:
    content = saved(workbook(["A"], ["1"]))
    for position in range(0, len(content), 97):
        damaged = bytearray(content)
        damaged[position] ^= 0xFF
        with suppress(SheetRefused):
            read(bytes(damaged))


def test_workbook_that_only_protects_its_sheets_is_read() -> None:
    made = workbook(["A"], ["1"])
    made.security = WorkbookProtection(workbookPassword="heslo", lockStructure=True)
    assert read(saved(made)).rows == [["1"]]


def test_packed_part_with_a_password_is_refused() -> None:
    content = bytearray(saved(workbook(["A"])))
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    with pytest.raises(errors.OldWorkbook):
        read(bytes(content))


def test_every_reason_has_words_in_both_languages(app: Flask) -> None:
    made = [
        errors.NotATable(),
        errors.OldWorkbook(),
        errors.BrokenWorkbook(),
        errors.UnreadableLetters(),
        errors.UnmatchedQuotes(7),
        errors.FileTooLarge(10),
        errors.UnpacksTooLarge(),
        errors.TooManyRows(20_000),
        errors.TooManyCells(),
        errors.EmptyTable(),
        errors.OnlyHeader(),
        errors.DuplicateColumn("E-mail"),
    ]
    for language in ("cs", "en"):
        with in_language(language):
            assert len({each.message for each in made}) == 12


DANGEROUS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\tx", "\rx", "\nx", " =1", "＝1", '=HYPERLINK("http://x";"y")', "-", "+x",
]  # fmt: skip


@pytest.mark.parametrize("value", DANGEROUS)
def test_formula_in_a_written_csv_gets_an_apostrophe(value: str) -> None:
    row = list(csv.reader(io.StringIO(write_csv([value], [[value]]).decode("utf-8-sig"), newline=""), delimiter=";"))
    assert row == [[f"'{value}"], [f"'{value}"]]


@pytest.mark.parametrize("value", ["+420 777 123 456", "+420777123456", "-5", "-2,5", "Ada", "a=b", "1-2", "č. 1", ""])
def test_numbers_and_telephones_stay_as_they_are(value: str) -> None:
    assert write_csv(["A"], [[value, "x"]]).decode("utf-8-sig") == f"A\r\n{value};x\r\n"


def test_written_csv_is_what_czech_excel_opens_at_a_double_click() -> None:
    rows: list[list[Cell]] = [
        ["Žofie; „Š“", 1950, 1950.5, Decimal("2.50")],
        [date(2025, 4, 15), datetime(2025, 4, 15, 7, 5, tzinfo=UTC), None, 'uvozovky "a" konec\nřádku'],
    ]
    assert write_csv(["Jméno", "Cena", "C", "D"], rows) == (
        b"\xef\xbb\xbf"
        + "Jméno;Cena;C;D\r\n"
        '"Žofie; „Š“";1950;1950,5;2,50\r\n'
        '15.4.2025;15.4.2025 9:05;;"uvozovky ""a"" konec\nřádku"\r\n'.encode()
    )


def test_written_workbook_holds_text_as_text_and_numbers_as_numbers() -> None:
    rows: list[list[Cell]] = [
        ["=1+1", 1950.5, date(2025, 4, 15), datetime(2025, 4, 15, 7, 5, 1, 5, tzinfo=UTC)],
        ["a\x00\x1fb", None, "", 3],
    ]
    content = write_xlsx(["=A", "Cena", "Den", "Čas"], rows)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["=A", "Cena", "Den", "Čas"],
        ["=1+1", 1950.5, datetime(2025, 4, 15), datetime(2025, 4, 15, 9, 5, 1)],
        ["ab", None, None, 3],
    ]
    assert [sheet["A1"].data_type, sheet["A2"].data_type, sheet["A2"].quotePrefix] == ["s", "s", True]
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read(SHEET)
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:D3"


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_what_was_written_can_be_read_again(write: Any) -> None:
    assert read(write(READ.header, READ.rows)) == READ
