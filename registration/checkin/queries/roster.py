"""The list a door keeps of an event: everybody with the hashes of their codes, and what has changed since.

A phone says by a cursor what it has. A cursor is the number of the first change that may not be on the list yet; the
triggers number the changes, on SQLite one by one, on PostgreSQL by transaction, so that none is missed that was
committed late, and no clock is asked.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Text, bindparam, cast, func, select
from sqlalchemy.orm import selectinload

from registration.checkin.models import AttendanceEntry, Door, EntryKind, RosterChange, Scan
from registration.core import czech, tokens
from registration.core.db import db
from registration.core.prepared import Prepared
from registration.events.models import Event, Session, TicketType
from registration.signups.models import Registration, RegistrationStatus

_SHAPE = 1  # of the list; a phone with an older one gets everything
_STATES = {RegistrationStatus.CONFIRMED: "confirmed", RegistrationStatus.CANCELLED: "cancelled"}

_person = Registration.__table__.c
_entry = AttendanceEntry.__table__.c
_door = Door.__table__.c
_change = RosterChange.__table__.c

_PEOPLE = (
    _person.id,
    _person.event_id,
    _person.status,
    _person.ticket_type_id,
    _person.title_before,
    _person.given_name,
    _person.family_name,
    _person.title_after,
    _person.organisation_name,
    _person.ticket_version,
    _person.erased_at,
)
_ENTRIES = (_entry.registration_id, _entry.session_id, _entry.kind, _entry.occurred_at, _entry.door_id)
_of_event = _person.event_id == bindparam("event_id")
_has_changed = _change.change >= bindparam("since", type_=BigInteger)
_people_of_event = select(*_PEOPLE).where(_of_event, _person.erased_at.is_(None)).order_by(_person.id)
_changed_people = (
    select(*_PEOPLE)
    .join_from(RosterChange.__table__, Registration.__table__, _person.id == _change.registration_id)
    .where(_of_event, _has_changed)
    .order_by(_person.id)
)
_entries_of_event = (
    select(*_ENTRIES)
    .join_from(Session.__table__, AttendanceEntry.__table__, _entry.session_id == Session.__table__.c.id)
    .where(Session.__table__.c.event_id == bindparam("event_id"))
    .order_by(_entry.ordinal)
)
_changed_entries = (
    select(*_ENTRIES)
    .join_from(RosterChange.__table__, Registration.__table__, _person.id == _change.registration_id)
    .join(AttendanceEntry.__table__, _entry.registration_id == _person.id)
    .where(_of_event, _has_changed)
    .order_by(_entry.ordinal)
)
_read_all = Prepared(_people_of_event), Prepared(_entries_of_event)
_read_changed = Prepared(_changed_people), Prepared(_changed_entries)
_read_one = (
    Prepared(select(*_PEOPLE).where(_person.id == bindparam("id_"))),
    Prepared(select(*_ENTRIES).where(_entry.registration_id == bindparam("id_")).order_by(_entry.ordinal)),
)
_read_doors = Prepared(select(_door.id, _door.label).where(_door.event_id == bindparam("event_id")))
_NEXT_CHANGE = {
    "sqlite": Prepared(select((func.coalesce(func.max(_change.change), 0) + 1).label("number"))),
    # Every transaction before this one is finished, and what it wrote is in the present snapshot.
    "postgresql": Prepared(
        select(cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text), BigInteger).label("number"))
    ),
}
_scan = Scan.__table__.c
_CORRECTIONS = (_scan.nonce, _scan.corrected_since, _scan.corrected_door)
_read_corrections = Prepared(
    select(*_CORRECTIONS)
    .where(_scan.door_id == bindparam("door_id"), _scan.corrected_at >= bindparam("after"))
    .order_by(_scan.corrected_at)
)


@dataclass(frozen=True)
class Roster:
    """The people of an event as a door shows them, all or those who have changed, and where to go on from."""

    people: list[dict[str, Any]]
    cursor: str
    is_full: bool


def read(event_id: int, *, since: str | None) -> Roster:
    """Return everybody, or whoever has changed since a cursor; what the phone has already may be among them."""
    following = _NEXT_CHANGE[db.engine.dialect.name].row({}).number  # before the people, so that nothing is missed
    number = _parse(since, newest=following)
    values: dict[str, Any] = {"event_id": event_id}
    if number is None:
        people, entries = _read_all
    else:
        people, entries = _read_changed
        values["since"] = number
    attendance = _attendance(entries.rows(values), _labels(event_id))
    return Roster(
        [_show(row, attendance.get(row.id, {})) for row in people.rows(values)],
        cursor=f"{_SHAPE}-{following}",
        is_full=number is None,
    )


def person(registration_id: int) -> dict[str, Any]:
    """Return one person as a door shows them."""
    people, entries = (each.rows({"id_": registration_id}) for each in _read_one)
    (row,) = people
    return _show(row, _attendance(entries, _labels(row.event_id)).get(row.id, {}))


def sessions(event: Event) -> list[dict[str, Any]]:
    """Return the sessions of an event as a door shows them, with how many people are expected."""
    return [
        {
            "id": session.id,
            "code": session.code,
            "title": session.title,
            "day": session.day.isoformat(),
            "start": session.start_time.isoformat("minutes"),
            "end": session.end_time.isoformat("minutes"),
            "place": session.venue,
            "expected": session.taken,
            "is_online": session.is_online,
        }
        for session in event.sessions
    ]


def ticket_types(event: Event) -> list[dict[str, Any]]:
    """Return the ticket types of an event with the ids of the sessions they admit to."""
    types = select(TicketType).where(TicketType.event_id == event.id).options(selectinload(TicketType.sessions))
    return [
        {"id": each.id, "code": each.code, "title": each.title, "sessions": [session.id for session in each.sessions]}
        for each in db.session.scalars(types.order_by(TicketType.position, TicketType.id))
    ]


def corrections(door_id: int, *, after: datetime) -> list[dict[str, Any]]:
    """Return which scans of a door were beaten since: an earlier one of another door came later."""
    return show_corrections(_read_corrections.rows({"door_id": door_id, "after": after}))


def show_corrections(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Return what a door is told of its scans that were beaten."""
    return [
        {
            "nonce": row.nonce,
            "verdict": "already_in",
            "since": instant(row.corrected_since),
            "door": row.corrected_door,
        }
        for row in rows
    ]


def instant(moment: datetime) -> str:
    """Return a UTC instant as phones read it: `2025-03-26T07:47:00.000Z`."""
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def _parse(cursor: str | None, *, newest: int) -> int | None:
    """Return the number in a cursor; None of one that is not ours, or from another life of the database."""
    shape, _, number = (cursor or "").partition("-")
    if shape != str(_SHAPE) or not (number.isascii() and number.isdigit()) or len(number) > 18:
        return None
    return int(number) if int(number) <= newest else None


def _labels(event_id: int) -> dict[int | None, str]:
    return {row.id: row.label for row in _read_doors.rows({"event_id": event_id})}


def _attendance(entries: Iterable[Any], doors: dict[int | None, str]) -> dict[int, dict[int, dict[str, Any]]]:
    """Return by person and session since when they are in, and until when they were."""
    attendance = defaultdict[int, dict[int, dict[str, Any]]](dict)
    for registration_id, session_id, kind, occurred_at, door_id in entries:
        sessions = attendance[registration_id]
        at = instant(occurred_at)
        if kind == EntryKind.PRESENT:
            sessions[session_id] = {"at": at, "door": doors.get(door_id)}
        elif kind == EntryKind.LEFT:
            sessions.setdefault(session_id, {"at": at, "door": doors.get(door_id)})["out"] = at
        else:
            sessions.pop(session_id, None)
    return attendance


def _show(row: Any, sessions: dict[int, dict[str, Any]]) -> dict[str, Any]:
    if row.erased_at is not None:
        return {"id": row.id, "state": "gone"}
    codes = [tokens.ticket_code(row.id, version) for version in range(row.ticket_version, 0, -1)]
    hashes = [tokens.scan_hash(code) for code in codes]
    titles = [title for title in (row.title_before, row.title_after) if title]
    return {
        "id": row.id,
        "codes": hashes[:1],
        "old_codes": hashes[1:],
        "prefixes": [tokens.scan_prefix(codes[0])],
        "name": czech.person_name(row.title_before, row.given_name, row.family_name, row.title_after),
        "list_name": ", ".join([f"{row.family_name} {row.given_name}", *titles]),
        "organisation": row.organisation_name,
        "ticket_type": row.ticket_type_id,
        "state": _STATES.get(row.status, "waiting"),
        "in": sessions,
    }
