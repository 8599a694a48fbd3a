"""What is taken away as a table: the directory, and the people who have joined."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from registration.core.i18n import gettext
from registration.core.sheets import CSV, XLSX, Cell, write_csv, write_xlsx
from registration.organisations import queries
from registration.organisations.models import MembershipApplication, Organisation
from registration.organisations.queries import Filter

KINDS: dict[str, tuple[str, Callable[[Sequence[str], Iterable[Sequence[Cell]]], bytes]]] = {
    "csv": (CSV, write_csv),
    "xlsx": (XLSX, write_xlsx),
}


def directory(wanted: Filter, kind: str) -> bytes:
    """Return organisations as a table that the import understands."""
    listed = queries.list_all_organisations(wanted)
    since = queries.members_since(listed)
    heading = [
        gettext("Name"), gettext("Town"), gettext("IČO"), gettext("DIČ"), gettext("Sigla"), gettext("Street"),
        gettext("Postcode"), gettext("Legal form"), gettext("Founder"), gettext("Payer"), gettext("IČO of the payer"),
        gettext("Data box"), gettext("E-mail of the library"), gettext("Member"), gettext("Member since"),
    ]  # fmt: skip
    return KINDS[kind][1](heading, [_organisation_row(each, since.get(each.id)) for each in listed])


def contacts(kind: str) -> bytes:
    """Return the people whose application was approved, with what they allowed."""
    heading = [
        gettext("Name and surname"), gettext("E-mail"), gettext("Position"), gettext("Library"), gettext("Town"),
        gettext("IČO"), gettext("May be listed"), gettext("Approved on"), gettext("Note"),
    ]  # fmt: skip
    return KINDS[kind][1](heading, [_contact_row(each) for each in queries.list_contacts()])


def _organisation_row(each: Organisation, since: date | None) -> list[Cell]:
    return [
        each.name, each.town, each.ico, each.dic, each.sigla, each.street, each.postcode, each.kind.value,
        each.founder, each.payer_name, each.payer_ico, each.data_box, each.contact_email,
        _yes_or_no(each.is_member), since,
    ]  # fmt: skip


def _contact_row(each: MembershipApplication) -> list[Cell]:
    library = each.organisation
    return [
        each.name, each.email, each.position, library.name if library else each.organisation_name,
        library.town if library else each.town, library.ico if library else each.ico,
        _yes_or_no(each.may_be_listed), each.decided_at, each.note,
    ]  # fmt: skip


def _yes_or_no(is_so: bool) -> str:
    return gettext("yes") if is_so else gettext("no")
