"""What the directory says of an organisation: as somebody typed it, as it is stored, as the log keeps it."""

from collections.abc import Callable
from typing import Any, NotRequired, TypedDict, TypeVar

from registration.core import czech
from registration.core.errors import Refusal
from registration.organisations import rules
from registration.organisations.errors import WrongDataBox, WrongDic, WrongEmail, WrongIco, WrongPostcode, WrongSigla
from registration.organisations.models import Organisation, OrganisationKind

T = TypeVar("T")

_LONGEST_NAME = 200
_LONGEST_TOWN = 100


class Entry(TypedDict):
    """What the directory says of an organisation, as typed; the payer where another pays, such as its town."""

    name: str
    town: NotRequired[str]
    ico: NotRequired[str]
    dic: NotRequired[str]
    sigla: NotRequired[str]
    data_box: NotRequired[str]
    street: NotRequired[str]
    postcode: NotRequired[str]
    kind: NotRequired[str]
    founder: NotRequired[str]
    payer_name: NotRequired[str]
    payer_ico: NotRequired[str]
    contact_email: NotRequired[str]


# What a person sees of an entry, and so what the log keeps of its changes.
FIELDS = (
    "name", "town", "ico", "dic", "sigla", "data_box", "street", "postcode", "kind", "founder", "payer_name",
    "payer_ico", "contact_email",
)  # fmt: skip


def stored(entry: Entry) -> dict[str, Any]:
    """Return an entry as it is stored. Raises the refusals of single values, WrongIco for instance."""
    read = read_entry(entry)
    return {**read, **name_columns(read["name"], read["town"])}


def read_entry(entry: Entry) -> dict[str, Any]:
    """Return the values of an entry, tidied and checked each for itself."""
    return {
        "name": _tidy(entry["name"]),
        "town": _tidy(entry.get("town", "")),
        "ico": _read(rules.read_ico, entry.get("ico", ""), WrongIco),
        "dic": _read(rules.read_dic, entry.get("dic", ""), WrongDic),
        "sigla": _read(rules.read_sigla, entry.get("sigla", ""), WrongSigla),
        "data_box": _read(rules.read_data_box, entry.get("data_box", ""), WrongDataBox),
        "street": _tidy(entry.get("street", "")),
        "postcode": _read(rules.read_postcode, entry.get("postcode", ""), WrongPostcode),
        "kind": OrganisationKind(entry.get("kind") or OrganisationKind.OTHER),
        "founder": _tidy(entry.get("founder", "")),
        "payer_name": _tidy(entry.get("payer_name", "")) or None,
        "payer_ico": _read(rules.read_ico, entry.get("payer_ico", ""), WrongIco),
        "contact_email": _read(rules.read_email, entry.get("contact_email", ""), WrongEmail),
    }


def name_columns(name: str, town: str) -> dict[str, str]:
    """Return all columns that follow from name and town: how they are searched and sorted."""
    return {
        "name": name,
        "town": town,
        "folded_name": rules.folded(name)[:_LONGEST_NAME],
        "folded_town": rules.folded(town)[:_LONGEST_TOWN],
        "sort_key": czech.stored_sort_key(f"{name} {town}"),
    }


def said(organisation: Organisation) -> dict[str, Any]:
    """Return what a person sees of an entry."""
    return {field: getattr(organisation, field) for field in FIELDS}


def _read(read: Callable[[str], T], typed: str, refusal: type[Refusal]) -> T:
    try:
        return read(typed)
    except ValueError:
        raise refusal from None


def _tidy(words: str) -> str:
    """Return words with single spaces between them."""
    return " ".join(words.split())
