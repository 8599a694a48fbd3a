"""Reads of training records: what the ledger and the people themselves say about a year."""

from registration.records.queries.declared import get_declared, has_other_registrations, is_orphan, list_declared
from registration.records.queries.libraries import (
    get_library,
    get_settings,
    labels,
    link_token,
    list_letters,
    threshold_hours,
)
from registration.records.queries.record import (
    ONLINE,
    AssociationYear,
    LibraryYear,
    Line,
    PersonRecord,
    Record,
    read_association,
    read_library,
    read_person,
)
from registration.records.queries.years import list_years, years_of_library, years_of_person

__all__ = [
    "ONLINE", "AssociationYear", "LibraryYear", "Line", "PersonRecord", "Record", "get_declared", "get_library",
    "get_settings", "has_other_registrations", "is_orphan", "labels", "link_token", "list_declared", "list_letters",
    "list_years", "read_association", "read_library", "read_person", "threshold_hours", "years_of_library",
    "years_of_person",
]  # fmt: skip
