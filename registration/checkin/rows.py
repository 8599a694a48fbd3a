"""The rows of doors and their scans, read and written with statements built once: people stand before the door."""

from typing import Any

from sqlalchemy import Table, bindparam, insert, or_, select, update

from registration.checkin.models import AttendanceEntry, Door, Scan
from registration.checkin.rules import ScanKind, Verdict
from registration.core.prepared import Prepared
from registration.signups.models import Registration, TicketCode


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table


_door, _scan, _entry, _registration, _code = map(_table, (Door, Scan, AttendanceEntry, Registration, TicketCode))
_DOOR_COLUMNS = (
    _door.c.id,
    _door.c.event_id,
    _door.c.label,
    _door.c.rights,
    _door.c.paired_at,
    _door.c.revoked_at,
    _door.c.last_seen_at,
    _door.c.waiting_scans,
    _door.c.clock_lag_ms,
)
_is_door = (_door.c.token_hash == bindparam("token"), _door.c.expires_at > bindparam("at"))
find_door = Prepared(select(*_DOOR_COLUMNS).where(*_is_door))
touch_door = Prepared(
    update(_door)
    .where(*_is_door)
    .values(last_seen_at=bindparam("at"), list_at=bindparam("list_as_of"), waiting_scans=bindparam("waiting"))
    .returning(*_DOOR_COLUMNS)
)
note_lag = Prepared(update(_door).where(_door.c.id == bindparam("id_")).values(clock_lag_ms=bindparam("lag_ms")))
_of_door = _scan.c.door_id == bindparam("door_id")
_is_nonce = _scan.c.nonce == bindparam("nonce")
_ANSWER_COLUMNS = (_scan.c.nonce, _scan.c.verdict, _scan.c.registration_id, _scan.c.since, _scan.c.since_door)
find_scan = Prepared(select(*_ANSWER_COLUMNS).where(_of_door, _is_nonce))
find_scan_and_corrections = Prepared(
    select(*_ANSWER_COLUMNS, _scan.c.corrected_at, _scan.c.corrected_since, _scan.c.corrected_door)
    .where(_of_door, or_(_is_nonce, _scan.c.corrected_at >= bindparam("after")))
    .order_by(_scan.c.corrected_at)
)
_PERSON_COLUMNS = (
    _registration.c.id,
    _registration.c.event_id,
    _registration.c.status,
    _registration.c.ticket_type_id,
    _registration.c.ticket_version,
    _registration.c.erased_at,
)
_by_code = select(_code.c.registration_id, _code.c.version)
find_token = Prepared(_by_code.where(_code.c.code_hash == bindparam("key")))
find_hash = Prepared(_by_code.where(_code.c.scan_hash == bindparam("key")))
lock_by_token = Prepared(
    select(*_PERSON_COLUMNS, _code.c.version)
    .join_from(_code, _registration, _code.c.registration_id == _registration.c.id)
    .where(_code.c.code_hash == bindparam("key"))
    .with_for_update(of=_registration)
)
lock_person = Prepared(select(*_PERSON_COLUMNS).where(_registration.c.id == bindparam("id_")).with_for_update())
read_history = Prepared(
    select(_entry.c.ordinal, _entry.c.kind, _entry.c.occurred_at, _entry.c.minutes, _entry.c.door_id, _door.c.label)
    .join_from(_entry, _door, _entry.c.door_id == _door.c.id, isouter=True)
    .where(_entry.c.registration_id == bindparam("person"), _entry.c.session_id == bindparam("session"))
    .order_by(_entry.c.ordinal)
)
insert_entry = Prepared(insert(_entry))
insert_scan = Prepared(insert(_scan))
_same = (_scan.c.registration_id == bindparam("person"), _scan.c.session_id == bindparam("session"))
seen_later = Prepared(
    select(_scan.c.scanned_at)
    .where(
        *_same,
        _scan.c.kind == ScanKind.IN,
        or_(_scan.c.verdict == Verdict.ADMITTED, _scan.c.verdict == Verdict.ALREADY_IN),
        _scan.c.scanned_at > bindparam("after"),
    )
    .order_by(_scan.c.scanned_at)
    .limit(1)
)
correct_scans = Prepared(
    update(_scan)
    .where(
        *_same,
        _scan.c.door_id != bindparam("winner"),
        _scan.c.kind == ScanKind.IN,
        _scan.c.verdict == Verdict.ADMITTED,
        _scan.c.scanned_at == bindparam("beaten"),
    )
    .values(
        corrected_at=bindparam("at"), corrected_since=bindparam("arrived_at"), corrected_door=bindparam("winner_label")
    )
)
