"""Reads the National Library's directory of libraries (its base ADR) from MARCXML.

Of each record only the fields named here are looked at. People in charge (JMN), telephones, faxes and e-mails are
passed over unread: the directory here is of libraries. Both ways of writing MARC in XML are understood, MARC 21 slim
(`datafield tag`) and the older one of Aleph (`varfield id`).
"""

from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from registration.core.sheets import Table
from registration.organisations.errors import DirectoryTooLong, UnreadableDirectory

MOST_RECORDS = 20_000
MOST_MEGABYTES = 50
COLUMNS = ("name", "town", "ico", "dic", "sigla", "street", "postcode")

_RECORDS = {"record", "oai_marc"}
_FIELDS = {"datafield": ("tag", "code"), "varfield": ("id", "label")}
_READ = {"NAZ", "MES", "ADR", "ICO", "SGL"}
_DELETED = "d"  # MARC 21, leader, position 05
_STATUS = 5


def read_directory(stream: BinaryIO) -> Table:
    """Read the libraries of a file; deleted records and those without a name and a sigla are left out.

    Raises UnreadableDirectory and DirectoryTooLong. Entities are not expanded, and nothing is fetched from anywhere.
    """
    rows, numbers = [], []
    try:
        for number, record in enumerate(_records(stream), start=1):
            if number > MOST_RECORDS:
                raise DirectoryTooLong
            row = _row(record)
            if row:
                rows.append(row)
                numbers.append(number)
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise UnreadableDirectory from error
    if not rows:
        raise UnreadableDirectory
    return Table(header=list(COLUMNS), rows=rows, numbers=numbers)


def _records(stream: BinaryIO) -> Iterator[Element]:
    """Give one record after another, letting go of each: the whole file never stands in memory."""
    # No DTD at all: a directory needs none, and entity bombs are made of them.
    events = iterparse(stream, events=("start", "end"), forbid_dtd=True)
    _, root = next(events)
    for event, element in events:
        name = _local(element.tag)
        if event == "end" and name in _FIELDS and element.get(_FIELDS[name][0]) not in _READ:
            element.clear()
        if event == "end" and name in _RECORDS and any(_local(child.tag) in _FIELDS for child in element):
            yield element
            root.clear()


def _row(record: Element) -> list[str]:
    """Return what a record says, one cell for each of COLUMNS; nothing when it is of no use."""
    said: dict[tuple[str, str], str] = {}
    for field in record:
        name = _local(field.tag)
        if name == "leader" or field.get("id") == "LDR":
            if (field.text or "")[_STATUS : _STATUS + 1] == _DELETED:
                return []
        elif name in _FIELDS:
            tag, code = _FIELDS[name]
            for part in field:
                # Of repeated fields, such as addresses of branches, the first is the library's own.
                said.setdefault((field.get(tag, ""), part.get(code, "")), " ".join((part.text or "").split()))
    full_name = ", ".join(filter(None, (said.get(("NAZ", part)) for part in "abc")))
    if not full_name and not said.get(("SGL", "a")):
        return []
    town = said.get(("MES", "a")) or said.get(("ADR", "m"), "")
    return [full_name, town, *(said.get(place, "") for place in _PLACES)]


_PLACES = (("ICO", "a"), ("ICO", "b"), ("SGL", "a"), ("ADR", "u"), ("ADR", "c"))


def _local(tag: Any) -> str:
    """Return the name of an element without its namespace."""
    return str(tag).rpartition("}")[2]
