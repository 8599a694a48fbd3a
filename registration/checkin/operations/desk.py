"""What the staff writes into the ledger, and what a click on the way to an online meeting does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from registration.checkin import queries, rules
from registration.checkin.errors import NobodyChosen, NothingToUndo, ReasonMissing
from registration.checkin.models import AttendanceEntry, EntryKind, Source
from registration.checkin.rules import Verdict
from registration.core import clock, tokens
from registration.core.db import db, transaction
from registration.events.models import Session
from registration.signups import queries as signups
from registration.signups.models import Registration, RegistrationStatus, TicketCode


@dataclass(frozen=True)
class Answer:
    """What the door says to a code, about whom, and since when they are in."""

    verdict: Verdict
    registration: Registration | None = None
    entry: AttendanceEntry | None = None

    @property
    def is_refusal(self) -> bool:
        """Say whether the person was not let in."""
        return self.verdict not in {Verdict.ADMITTED, Verdict.ALREADY_IN}

    @property
    def since(self) -> datetime | None:
        """Return the UTC instant of the entry that counts."""
        return self.entry.occurred_at if self.entry else None


def admit_code(session: Session, typed: str, *, by: str) -> Answer:
    """Check a person in by their ticket code or its first eight characters, typed or scanned.

    Locks the registration, so that two doors write one entry.
    """
    code = tokens.normalise_code(typed)
    with transaction():
        found = _closest(signups.list_by_code(code), session)
        if found is None:
            return Answer(Verdict.UNKNOWN)
        return _admit(session, found.registration, version=found.version, source=Source.SCAN, by=by)


def admit_person(session: Session, registration: Registration, *, by: str) -> Answer:
    """Check a person in who was found by name. Locks the registration."""
    with transaction():
        return _admit(session, registration, version=registration.ticket_version, source=Source.MANUAL, by=by)


def mark_present(
    session: Session, registrations: Sequence[Registration], *, reason: str, by: str, minutes: int | None = None
) -> list[Answer]:
    """Write attendance that the organizer knows of, for instance from an online meeting, with its minutes if known.

    Who is present already stays so, and is only given the minutes: a click on the way to an online meeting has none.
    Raises ReasonMissing, NobodyChosen. Locks the registrations.
    """
    if not reason.strip():
        raise ReasonMissing
    if not registrations:
        raise NobodyChosen
    with transaction():
        return [
            _admit(
                session,
                registration,
                version=registration.ticket_version,
                source=Source.ORGANIZER,
                by=by,
                reason=reason.strip(),
                minutes=minutes,
            )
            for registration in sorted(registrations, key=lambda registration: registration.id)
        ]


def record_join(session: Session, registration: Registration) -> Answer:
    """Write that a person has gone to the online meeting, once however often they come back.

    What the ledger says of them already stays, so that a click does not undo an organizer's correction. The entry
    names the place and not the person, so that it can stay when their data are erased. Locks the registration.
    """
    with transaction():
        _lock(registration.id)
        last = queries.find_last_entry(registration.id, session.id)
        if last is not None and registration.is_confirmed:
            return Answer(Verdict.ALREADY_IN, registration, last)
        place = registration.shelf_mark
        return _admit(session, registration, version=registration.ticket_version, source=Source.JOIN, by=place)


def undo(entry: AttendanceEntry, *, by: str, reason: str = "") -> AttendanceEntry:
    """Take back that a person was present, by a new entry.

    Raises NothingToUndo when the entry no longer counts. Locks the registration.
    """
    with transaction():
        _lock(entry.registration_id)
        last = queries.find_last_entry(entry.registration_id, entry.session_id)
        if last is None or last.id != entry.id or last.kind is not EntryKind.PRESENT:
            raise NothingToUndo
        return _add(
            last.registration_id,
            last.session_id,
            last,
            EntryKind.UNDO,
            source=Source.MANUAL,
            by=by,
            reason=reason,
        )


def _closest(codes: Sequence[TicketCode], session: Session) -> TicketCode | None:
    """Return the code's own event first: eight characters could, once in a trillion, stand for two people."""
    here = [code for code in codes if code.registration.event_id == session.event_id]
    return next(iter([*here, *codes]), None)


def _admit(
    session: Session,
    registration: Registration,
    *,
    version: int,
    source: Source,
    by: str,
    reason: str = "",
    minutes: int | None = None,
) -> Answer:
    _lock(registration.id)
    last = queries.find_last_entry(registration.id, session.id)
    present = last if last is not None and last.kind is EntryKind.PRESENT else None
    verdict = rules.judge(
        is_this_event=registration.event_id == session.event_id,
        is_current_code=version == registration.ticket_version,
        is_cancelled=registration.status is RegistrationStatus.CANCELLED or registration.is_erased,
        is_waiting=not registration.is_confirmed,
        session_id=session.id,
        admitted_session_ids={admitted.id for admitted in registration.ticket_type.sessions},
        is_present=present is not None,
    )
    adds_minutes = present is not None and minutes not in {None, present.minutes}
    if verdict is not Verdict.ADMITTED and not (verdict is Verdict.ALREADY_IN and adds_minutes):
        return Answer(verdict, registration, present)
    entry = _add(
        registration.id,
        session.id,
        last,
        EntryKind.PRESENT,
        source=source,
        by=by,
        reason=reason,
        minutes=minutes,
        occurred_at=present.occurred_at if present else None,
    )
    return Answer(Verdict.ADMITTED, registration, entry)


def _lock(registration_id: int) -> None:
    """Make others wait who write about the same person, and see what they wrote."""
    db.session.execute(
        select(Registration)
        .where(Registration.id == registration_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def _add(
    registration_id: int,
    session_id: int,
    last: AttendanceEntry | None,
    kind: EntryKind,
    *,
    source: Source,
    by: str,
    reason: str,
    minutes: int | None = None,
    occurred_at: datetime | None = None,
) -> AttendanceEntry:
    now = clock.now()
    entry = AttendanceEntry(
        registration_id=registration_id,
        session_id=session_id,
        ordinal=last.ordinal + 1 if last else 1,
        kind=kind,
        source=source,
        occurred_at=occurred_at or now,
        recorded_at=now,
        recorded_by=by,
        reason=reason,
        minutes=minutes,
    )
    db.session.add(entry)
    db.session.flush()
    return entry
