"""What a list of libraries says in its columns: which column is what, and what stands in a row."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from registration.core.errors import Refusal
from registration.organisations import rules
from registration.organisations.entries import Entry, read_entry
from registration.organisations.errors import NameMissing, ValueTooLong, WrongDay
from registration.organisations.models import OrganisationKind

# The words for a column, folded. What stands here is also the order in which people are asked.
HEADINGS = {
    "name": ("nazev", "knihovna", "organizace", "nazev knihovny", "nazev organizace", "name", "library"),
    "town": ("mesto", "obec", "sidlo", "misto", "town", "city"),
    "ico": ("ico", "ic", "company number"),
    "dic": ("dic", "vat id"),
    "sigla": ("sigla", "znacka"),
    "street": ("ulice", "adresa", "ulice a cislo", "street", "address"),
    "postcode": ("psc", "postcode", "zip"),
    "kind": ("druh", "typ", "pravni forma", "kind", "legal form"),
    "founder": ("zrizovatel", "founder"),
    "payer_name": ("platce", "nazev platce", "fakturovat", "payer", "name of the payer"),
    "payer_ico": ("ico platce", "platce ico", "company number of the payer"),
    "data_box": ("datova schranka", "id datove schranky", "isds", "data box"),
    "contact_email": ("e mail", "email", "e mail knihovny", "e mail of the library"),
    "is_member": ("clen", "clenstvi", "je clenem", "member", "membership"),
    "member_since": ("clen od", "clenem od", "clenstvi od", "member since"),
}  # fmt: skip

_LONGEST = {"name": 200, "town": 100, "street": 200, "founder": 200, "payer_name": 200}
_YES = frozenset(("ano", "a", "yes", "y", "1", "x", "true", "clen", "member"))
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_CZECH_DAY = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})")
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True)
class Row:
    """A row as it can be stored, what is empty left out; or what is wrong with it."""

    number: int
    values: Mapping[str, Any]
    folded_name: str = ""
    folded_town: str = ""
    is_member: bool = False
    member_since: date | None = None
    problem: Refusal | None = None

    @property
    def label(self) -> str:
        """Return what the row calls its library."""
        return rules.label(str(self.values.get("name", "")), str(self.values.get("town", "")))


def guess_columns(header: Sequence[str]) -> dict[str, int]:
    """Return the columns whose headings we understand, by the field they are about."""
    places = {rules.folded(heading): place for place, heading in reversed(list(enumerate(header)))}
    found = {}
    for field, words in HEADINGS.items():
        known = next((places[word] for word in (field.replace("_", " "), *words) if word in places), None)
        if known is not None:
            found[field] = known
    return found


def read_row(number: int, cells: Sequence[str], columns: Mapping[str, int]) -> Row:
    """Return a row as it can be stored."""
    by_field = {field: cells[place].strip() for field, place in columns.items() if place < len(cells)}
    said = {field: cell for field, cell in by_field.items() if cell}
    try:
        values = _values(said)
        member_since = _day(said["member_since"]) if "member_since" in said else None
    except Refusal as refusal:
        return Row(number, said, problem=refusal)
    return Row(
        number,
        values,
        folded_name=rules.folded(values.get("name", "")),
        folded_town=rules.folded(values.get("town", "")),
        is_member=member_since is not None or rules.folded(said.get("is_member", "")) in _YES,
        member_since=member_since,
    )


def _values(said: Mapping[str, str]) -> dict[str, Any]:
    for field, longest in _LONGEST.items():
        if len(said.get(field, "")) > longest:
            raise ValueTooLong
    if not (said.get("name") or said.get("sigla") or said.get("ico")):
        raise NameMissing
    entry: dict[str, str] = {**said, "kind": _kind(said.get("kind", ""))}
    read = read_entry(Entry(**{"name": "", **{field: entry[field] for field in entry if field in _OF_ENTRY}}))  # type: ignore[typeddict-item]  # its keys are the fields
    return {field: read[field] for field in said if field in _OF_ENTRY and read[field] not in (None, "")}


_OF_ENTRY = frozenset(HEADINGS) - {"is_member", "member_since"}


def _kind(typed: str) -> str:
    """Return what an organisation is, from its own or somebody else's words."""
    words = rules.folded(typed)
    if "prispevk" in words or words == "po":
        return OrganisationKind.OWN_BODY
    if "slozk" in words or words == "os":
        return OrganisationKind.DEPARTMENT
    return OrganisationKind.OTHER


def _day(typed: str) -> date:
    """Return a day written the Czech way or as machines do; a year alone is its first day. Raises WrongDay."""
    try:
        if found := _CZECH_DAY.fullmatch(typed):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := _ISO_DAY.fullmatch(typed):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if _YEAR.fullmatch(typed):
            return date(int(typed), 1, 1)
    except ValueError:
        raise WrongDay from None
    raise WrongDay
