"""A scan is judged, written into the ledger, and kept with its answer; the earliest arrival counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from registration.checkin import rows, rules
from registration.checkin.models import Door, EntryKind, Scan, Source
from registration.checkin.rules import Line, Ruling, ScanKind, Standing, Verdict
from registration.core import clock, page_cache
from registration.core.db import db
from registration.events.models import Session, TicketType, ticket_type_session
from registration.signups.models import Registration, RegistrationStatus

_STANDINGS = {EntryKind.PRESENT: Standing.IN, EntryKind.LEFT: Standing.OUT, EntryKind.UNDO: Standing.NOTHING}
_KINDS = {standing: kind for kind, standing in _STANDINGS.items()}


@dataclass(frozen=True, kw_only=True)
class SentScan:
    """A scan as a phone sends it, by its own clock; one of token, hash and person says whose it is."""

    nonce: str
    session_id: int
    kind: ScanKind
    source: Source
    scanned_at: datetime
    token: str | None = None
    hash: str | None = None
    person_id: int | None = None


@dataclass(frozen=True)
class Result:
    """The answer to one scan. `since` and `door` say since when and where what it wanted has been so."""

    nonce: str
    verdict: Verdict
    person_id: int | None = None
    since: datetime | None = None
    door: str = ""


@dataclass(frozen=True)
class Person:
    """Whom a scan is about."""

    id: int
    event_id: int
    status: RegistrationStatus
    ticket_type_id: int
    is_erased: bool = False
    is_current_code: bool = True


@dataclass(frozen=True)
class Case:
    """A scan to decide: by which door, about whom, when by our clock."""

    door: Any
    scan: SentScan
    person: Person | None
    at: datetime
    now: datetime
    by: str = ""  # who has looked at it, when it was held


@dataclass(frozen=True)
class _Facts:
    """What an event offers, by id."""

    session_ids: frozenset[int]
    admitted: Mapping[int, frozenset[int]]  # sessions by ticket type


def write_walk_in(door: Door, registration: Registration, scan: SentScan, *, at: datetime) -> Result:
    """Write within the current transaction that somebody who has just been signed up at the door is in."""
    person = Person(registration.id, registration.event_id, registration.status, registration.ticket_type_id)
    return decide(Case(door, scan, person, at, clock.now()))


def hold_walk_in(door: Door, scan: SentScan, who: Mapping[str, Any], *, at: datetime) -> Result:
    """Keep within the current transaction whom a revoked door let in, until somebody has looked at it."""
    result = Result(scan.nonce, Verdict.REVOKED_DOOR)
    return _keep(Case(door, scan, None, at, clock.now()), result, walk_in=who)


def judge_held(scan: Scan, *, by: str) -> Result:
    """Write within the current transaction what a held scan says, and return the answer. Locks the registration."""
    id_, session_id = scan.registration_id, scan.session_id
    person = person_of(rows.lock_person.row({"id_": id_}), None) if id_ else None
    sent = SentScan(
        nonce=scan.nonce,
        session_id=session_id or 0,
        kind=scan.kind,
        source=scan.source,
        scanned_at=scan.scanned_at,
        person_id=id_,
    )
    return _judge(Case(scan.door, sent, person, scan.scanned_at, clock.now(), by=by))


def person_of(row: Any, version: int | None) -> Person | None:
    """Return whom a row of `rows` is about; `version` is that of the code that was shown, if one was."""
    if row is None:
        return None
    return Person(
        row.id,
        row.event_id,
        RegistrationStatus(row.status),
        row.ticket_type_id,
        is_erased=row.erased_at is not None,
        is_current_code=version is None or version == row.ticket_version,
    )


def hold(case: Case) -> Result:
    """Keep what a revoked door has sent until somebody has looked at it."""
    return _keep(case, Result(case.scan.nonce, Verdict.REVOKED_DOOR))


def decide(case: Case) -> Result:
    """Judge a scan and keep it with its answer."""
    return _keep(case, _judge(case))


def _judge(case: Case) -> Result:
    """Return the answer to a scan, and write what it adds to the ledger."""
    person, scan = case.person, case.scan
    if person is None:
        return Result(scan.nonce, Verdict.UNKNOWN)
    refusal = _refusal(case, person)
    if refusal:
        return Result(scan.nonce, refusal, person.id if refusal is not Verdict.WRONG_EVENT else None)
    lines = rows.read_history.rows({"person": person.id, "session": scan.session_id})
    ruling = _rule(case, person, [Line(_STANDINGS[EntryKind(row.kind)], row.occurred_at) for row in lines])
    if ruling.is_earlier:
        _tell_loser(case, person, lines[-1])
    _write(case, person, ruling, lines[-1] if lines else None)
    last_door = (lines[-1].label or "") if lines and ruling.since else ""
    return Result(scan.nonce, ruling.verdict, person.id, ruling.since, last_door)


def _refusal(case: Case, person: Person) -> Verdict | None:
    """Return why a scan is not taken; whoever is in may leave whatever has become of their place."""
    facts = _facts(case.door.event_id)
    session_id, is_arrival = case.scan.session_id, case.scan.kind is ScanKind.IN
    admitted = facts.admitted.get(person.ticket_type_id, frozenset()) if is_arrival else facts.session_ids
    verdict = rules.judge(
        is_this_event=person.event_id == case.door.event_id,
        is_current_code=person.is_current_code,
        is_cancelled=is_arrival and (person.status is RegistrationStatus.CANCELLED or person.is_erased),
        is_waiting=is_arrival and person.status is not RegistrationStatus.CONFIRMED,
        session_id=session_id,
        admitted_session_ids=admitted,
        is_present=False,
    )
    return None if verdict is Verdict.ADMITTED else verdict


def _facts(event_id: int) -> _Facts:
    return page_cache.settled(("door", event_id), partial(_read_facts, event_id))


def _read_facts(event_id: int) -> _Facts:
    session_ids = db.session.scalars(select(Session.id).where(Session.event_id == event_id)).all()
    admits = db.session.execute(
        select(ticket_type_session.c.ticket_type_id, ticket_type_session.c.session_id)
        .join(TicketType, TicketType.id == ticket_type_session.c.ticket_type_id)
        .where(TicketType.event_id == event_id)
    ).all()
    types = {type_id for type_id, _ in admits}
    return _Facts(
        frozenset(session_ids),
        {type_id: frozenset(session_id for each, session_id in admits if each == type_id) for type_id in types},
    )


def _rule(case: Case, person: Person, history: Sequence[Line]) -> Ruling:
    if case.scan.kind is ScanKind.IN:
        return rules.rule_on_arrival(history, case.at)
    later = rows.seen_later.row({"person": person.id, "session": case.scan.session_id, "after": case.at})
    rule = rules.rule_on_leaving if case.scan.kind is ScanKind.OUT else rules.rule_on_undoing
    return rule(history, case.at, seen_later=later.scanned_at if later else None)


def _tell_loser(case: Case, person: Person, beaten: Any) -> None:
    """Note down for the door whose scan had counted that another one was earlier."""
    rows.correct_scans.run(
        {
            "person": person.id,
            "session": case.scan.session_id,
            "winner": case.door.id,
            "beaten": beaten.occurred_at,
            "at": case.now,
            "arrived_at": case.at,
            "winner_label": case.door.label,
        }
    )


def _write(case: Case, person: Person, ruling: Ruling, last: Any) -> None:
    """Add the lines of a ruling to the ledger; known minutes stay known."""
    ordinal = last.ordinal if last else 0
    for number, line in enumerate(ruling.lines, start=1):
        rows.insert_entry.run(
            {
                "registration_id": person.id,
                "session_id": case.scan.session_id,
                "ordinal": ordinal + number,
                "kind": _KINDS[line.standing],
                "source": case.scan.source,
                "occurred_at": line.at,
                "recorded_at": case.now,
                "recorded_by": case.by or case.door.label,
                "reason": "",
                "minutes": last.minutes if last and line.standing is not Standing.NOTHING else None,
                "door_id": case.door.id,
            }
        )


def _keep(case: Case, result: Result, *, walk_in: Mapping[str, Any] | None = None) -> Result:
    scan = case.scan
    rows.insert_scan.run(
        {
            "door_id": case.door.id,
            "nonce": scan.nonce,
            "registration_id": case.person.id if case.person else None,
            "session_id": scan.session_id if scan.session_id in _facts(case.door.event_id).session_ids else None,
            "kind": scan.kind,
            "source": scan.source,
            "scanned_at": case.at,
            "received_at": case.now,
            "verdict": result.verdict,
            "since": result.since,
            "since_door": result.door,
            "corrected_at": None,
            "corrected_since": None,
            "corrected_door": "",
            "reviewed_at": None,
            "reviewed_by": "",
            "is_accepted": None,
            "walk_in": walk_in,
        }
    )
    return result
