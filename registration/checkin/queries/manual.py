"""Reads of the door's page without a camera, each for as few people as it shows."""

from collections.abc import Collection

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased, joinedload

from registration.checkin.models import AttendanceEntry, Door, EntryKind, Scan
from registration.core import czech
from registration.core.db import db
from registration.events.models import Event, Session, TicketType
from registration.signups.filtering import Filter, select_registrations
from registration.signups.models import Registration, RegistrationStatus

_MOST_CANDIDATES = 500


def find_scan(door: Door, session: Session, nonce: str) -> Scan | None:
    """Return what a door has sent of a session under this nonce, with the person as the answer shows them."""
    return db.session.scalar(
        select(Scan)
        .where(Scan.door_id == door.id, Scan.session_id == session.id, Scan.nonce == nonce)
        .options(
            joinedload(Scan.registration).options(
                joinedload(Registration.event), joinedload(Registration.ticket_type).selectinload(TicketType.sessions)
            ),
        )
    )


def search_people(event: Event, words: str, *, limit: int) -> list[Registration]:
    """Return people of an event by words of their names and libraries, without diacritics; by nothing else of them."""
    wanted = czech.fold(words).split()
    candidates = db.session.scalars(
        select_registrations(event, Filter(search=words))
        .where(Registration.erased_at.is_(None))
        .options(joinedload(Registration.ticket_type).selectinload(TicketType.sessions))
        .limit(_MOST_CANDIDATES)
    )
    # The search of the back office also knows e-mail addresses, of which a door is to tell nothing.
    return [each for each in candidates if all(word in _shown(each) for word in wanted)][:limit] if wanted else []


def last_entries(session: Session, ids: Collection[int]) -> dict[int, AttendanceEntry]:
    """Return what the ledger says last of these people at this session, by registration id."""
    entries = select(AttendanceEntry).where(
        AttendanceEntry.session_id == session.id, AttendanceEntry.registration_id.in_(ids)
    )
    return {entry.registration_id: entry for entry in db.session.scalars(entries.order_by(AttendanceEntry.ordinal))}


def count_in_room(session: Session) -> int:
    """Count who is in the room now."""
    later = aliased(AttendanceEntry)
    is_followed = exists().where(
        later.registration_id == AttendanceEntry.registration_id,
        later.session_id == AttendanceEntry.session_id,
        later.ordinal > AttendanceEntry.ordinal,
    )
    counting = select(func.count()).where(
        AttendanceEntry.session_id == session.id, AttendanceEntry.kind == EntryKind.PRESENT, ~is_followed
    )
    return db.session.scalar(counting) or 0


def count_expected(session: Session) -> int:
    """Count who has a place at the session."""
    counting = (
        select(func.count())
        .select_from(Registration)
        .join(Registration.ticket_type)
        .where(
            Registration.status == RegistrationStatus.CONFIRMED,
            TicketType.sessions.any(Session.id == session.id),
        )
    )
    return db.session.scalar(counting) or 0


def _shown(person: Registration) -> str:
    return czech.fold(f"{person.family_name} {person.given_name} {person.organisation_name}")
