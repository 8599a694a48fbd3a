"""Reads of the ledger and of doors."""

from registration.checkin.queries.attendance import (
    attended_by_ids,
    attended_by_registration,
    attended_session_ids,
    find_last_entry,
    get_entry,
    get_session,
    list_attended,
    list_entries,
    list_latest,
    list_present,
    list_scans,
    minutes_by_registration,
)
from registration.checkin.queries.doors import find_door, get_door, list_doors, list_held_scans

__all__ = [
    "attended_by_ids", "attended_by_registration", "attended_session_ids", "find_door", "find_last_entry", "get_door",
    "get_entry", "get_session", "list_attended", "list_doors", "list_entries", "list_held_scans",
    "list_latest", "list_present", "list_scans", "minutes_by_registration",
]  # fmt: skip
