"""Reads of the attendance ledger. The last entry of a person and session counts."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from registration.checkin.errors import EntryNotFound, SessionNotFound
from registration.checkin.models import AttendanceEntry, EntryKind, Scan
from registration.core.db import db
from registration.events.models import Event, Session
from registration.signups.models import Registration


def get_session(event: Event, code: str) -> Session:
    """Return a session of the event by its code. Raises SessionNotFound."""
    for session in event.sessions:
        if session.code == code:
            return session
    raise SessionNotFound


def get_entry(session: Session, entry_id: int) -> AttendanceEntry:
    """Return a ledger entry of this session. Raises EntryNotFound."""
    entry = db.session.get(AttendanceEntry, entry_id)
    if entry is None or entry.session_id != session.id:
        raise EntryNotFound
    return entry


def find_last_entry(registration_id: int, session_id: int) -> AttendanceEntry | None:
    """Return the entry that counts for a person and session."""
    return db.session.scalar(
        select(AttendanceEntry)
        .where(AttendanceEntry.registration_id == registration_id, AttendanceEntry.session_id == session_id)
        .order_by(AttendanceEntry.ordinal.desc())
        .limit(1)
    )


def list_present(session: Session) -> dict[int, AttendanceEntry]:
    """Return the entries of everybody who is in the room, by registration id."""
    last = _last_entries(select(AttendanceEntry).where(AttendanceEntry.session_id == session.id))
    return {id_: entry for (id_, _), entry in last.items() if entry.kind is EntryKind.PRESENT}


def list_attended(session: Session) -> dict[int, AttendanceEntry]:
    """Return what the ledger says last of everybody who takes part or did, by registration id."""
    attended = _attended(select(AttendanceEntry).where(AttendanceEntry.session_id == session.id))
    return {id_: entry for (id_, _), entry in attended.items()}


def attended_by_registration(event: Event) -> dict[int, set[int]]:
    """Return the ids of attended sessions by registration id, for a whole event."""
    ids = [session.id for session in event.sessions]
    attended: dict[int, set[int]] = defaultdict(set)
    for registration_id, session_id in _attended(select(AttendanceEntry).where(AttendanceEntry.session_id.in_(ids))):
        attended[registration_id].add(session_id)
    return attended


def minutes_by_registration(event: Event) -> dict[int, dict[int, int | None]]:
    """Return by registration id, for every session attended, the minutes of it or None where they are not known."""
    ids = [session.id for session in event.sessions]
    minutes: dict[int, dict[int, int | None]] = defaultdict(dict)
    entries = _attended(select(AttendanceEntry).where(AttendanceEntry.session_id.in_(ids)))
    for (registration_id, session_id), entry in entries.items():
        minutes[registration_id][session_id] = entry.minutes
    return minutes


def attended_by_ids(ids: Collection[int]) -> dict[int, set[int]]:
    """Return the ids of attended sessions by registration id, for some people."""
    attended: dict[int, set[int]] = defaultdict(set)
    entries = select(AttendanceEntry).where(AttendanceEntry.registration_id.in_(ids))
    for registration_id, session_id in _attended(entries):
        attended[registration_id].add(session_id)
    return attended


def attended_session_ids(registration: Registration) -> set[int]:
    """Return the ids of the sessions a person attended."""
    entries = select(AttendanceEntry).where(AttendanceEntry.registration_id == registration.id)
    return {session_id for _, session_id in _attended(entries)}


def list_entries(registration: Registration) -> Sequence[AttendanceEntry]:
    """Return all ledger entries of a person in the order they were written."""
    return db.session.scalars(
        select(AttendanceEntry)
        .where(AttendanceEntry.registration_id == registration.id)
        .options(joinedload(AttendanceEntry.session))
        .order_by(AttendanceEntry.id)
    ).all()


def list_scans(registration: Registration) -> Sequence[Scan]:
    """Return what phones at the door have sent about a person, in the order it came."""
    mine = select(Scan).where(Scan.registration_id == registration.id).options(joinedload(Scan.session))
    return db.session.scalars(mine.order_by(Scan.id)).all()


def list_latest(session: Session, *, limit: int) -> Sequence[AttendanceEntry]:
    """Return the last entries written for a session, with their people."""
    return db.session.scalars(
        select(AttendanceEntry)
        .where(AttendanceEntry.session_id == session.id)
        .options(joinedload(AttendanceEntry.registration))
        .order_by(AttendanceEntry.id.desc())
        .limit(limit)
    ).all()


def _attended(statement: Select[AttendanceEntry]) -> dict[tuple[int, int], AttendanceEntry]:
    return {key: entry for key, entry in _last_entries(statement).items() if entry.kind.is_attended}


def _last_entries(statement: Select[AttendanceEntry]) -> dict[tuple[int, int], AttendanceEntry]:
    last: dict[tuple[int, int], AttendanceEntry] = {}
    for entry in db.session.scalars(statement.order_by(AttendanceEntry.ordinal)):
        last[entry.registration_id, entry.session_id] = entry
    return last
