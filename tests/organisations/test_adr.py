"""The National Library's directory is read without its people, and no file can do harm."""

import io
from pathlib import Path

import pytest
from flask import Flask

from registration.organisations import adr
from registration.organisations.adr import read_directory
from registration.organisations.errors import DirectoryTooLong, UnreadableDirectory

FILE = Path(__file__).with_name("adr.xml")

ALEPH = """<?xml version = "1.0" encoding = "UTF-8"?>
<find-doc><record><metadata><oai_marc>
  <fixfield id="LDR">-----nx--a22-----n--4500</fixfield>
  <varfield id="SGL" i1=" " i2=" "><subfield label="a">LHG001</subfield></varfield>
  <varfield id="NAZ" i1=" " i2=" "><subfield label="a">Knihovna Lhota
  </subfield></varfield>
  <varfield id="ADR" i1=" " i2=" "><subfield label="u">Náves 3</subfield><subfield label="m">Lhota</subfield></varfield>
  <varfield id="JMN" i1=" " i2=" "><subfield label="p">Osobová</subfield></varfield>
</oai_marc></metadata></record><session-id>X</session-id></find-doc>"""

BOMB = """<?xml version="1.0"?><!DOCTYPE c [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<collection><record><datafield tag="NAZ"><subfield code="a">&b;</subfield></datafield></record></collection>"""

OUTSIDE = """<?xml version="1.0"?><!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<collection><record><datafield tag="NAZ"><subfield code="a">&x;</subfield></datafield></record></collection>"""


def test_libraries_are_read_and_people_are_not() -> None:
    table = read_directory(io.BytesIO(FILE.read_bytes()))
    assert table.header == ["name", "town", "ico", "dic", "sigla", "street", "postcode"]
    assert table.rows == [
        ["Městská knihovna Horní Lhota", "Horní Lhota", "00000019", "CZ00000019", "LHG001", "Náměstí 1", "123 45"],
        ["Městská knihovna Horní Lhota, Oddělení pro děti", "Horní Lhota", "00000019", "", "LHG002", "", ""],
        ["Obecní knihovna Dolní Lhota", "Dolní Lhota", "00000020", "", "LHG005", "", ""],
    ]
    assert table.numbers == [1, 2, 5]
    for person in ("Tajná", "Osobová", "777", "@"):
        assert person not in str(table)


def test_the_older_way_of_writing_marc_is_read_too() -> None:
    table = read_directory(io.BytesIO(ALEPH.encode()))
    assert table.rows == [["Knihovna Lhota", "Lhota", "", "", "LHG001", "Náves 3", ""]]


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        OUTSIDE,
        "<collection>",
        "<collection/>",
        "<html><body>x</body></html>",
        "",
        "<a>\x00</a>",
        "<?xml version='1.0' encoding='utf-9'?><a/>",
    ],
)
def test_files_that_are_no_directory_are_refused(app: Flask, content: str) -> None:
    with pytest.raises(UnreadableDirectory):
        read_directory(io.BytesIO(content.encode()))


def test_bytes_that_are_no_letters_are_refused() -> None:
    with pytest.raises(UnreadableDirectory):
        read_directory(io.BytesIO(b"<?xml version='1.0' encoding='utf-8'?><collection>\xff</collection>"))


def test_endless_directory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adr, "MOST_RECORDS", 3)
    record = '<record><datafield tag="NAZ"><subfield code="a">Knihovna</subfield></datafield></record>'
    with pytest.raises(DirectoryTooLong):
        read_directory(io.BytesIO(f"<collection>{record * 4}</collection>".encode()))
