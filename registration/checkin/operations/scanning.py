"""What doors send: each scan once, decided by `judging`, and answered."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from registration.checkin import rows, rules
from registration.checkin.errors import NotPaired, RightMissing
from registration.checkin.models import Door
from registration.checkin.operations.judging import Case, Person, Result, SentScan, decide, hold, person_of
from registration.checkin.queries import roster
from registration.checkin.rules import Right, Verdict
from registration.core import clock, tokens
from registration.core.db import transaction

_CORRECTIONS_TOLD = timedelta(minutes=10)  # with the answer to scans; a list brings them all
_CONTACT_NOTED = timedelta(seconds=10)  # how often a phone that sends nothing is noted down


@dataclass(frozen=True, kw_only=True)
class Contact:
    """What a phone says of itself: the time by its clock, the age of its list in seconds, what it has not sent."""

    now: datetime
    list_age_s: int | None
    waiting: int


@dataclass(frozen=True)
class Answers:
    """The answer to a phone."""

    now: datetime
    results: list[Result] = field(default_factory=list)
    corrections: list[dict[str, Any]] = field(default_factory=list)


def take_scans(token: str, contact: Contact, scans: Sequence[SentScan]) -> Answers:
    """Take what a phone has to say, in one transaction; a nonce it has sent before gets the same answer again.

    A revoked door's scans are held for review. Raises NotPaired, RightMissing. Locks the door, then the registrations.
    """
    if not scans:
        return _hear(token, contact)
    with transaction():
        now = clock.now()
        door = _note_contact(token, contact, now)
        _require(door, scans)
        known, corrections = _answers_before(door.id, scans, now)
        lag_ms = note_lag(door, contact.now, now)
        fresh = {scan.nonce: scan for scan in scans if scan.nonce not in known}
        take = hold if door.revoked_at else decide
        people = _find_people(fresh.values())
        for scan in sorted(fresh.values(), key=lambda scan: scan.scanned_at):
            at = rules.corrected(scan.scanned_at, lag_ms=lag_ms, now=now, not_before=door.paired_at)
            known[scan.nonce] = take(Case(door, scan, people[scan.nonce], at, now))
        return Answers(now, [known[scan.nonce] for scan in scans], corrections)


def note_lag(door: Any, phone_now: datetime, now: datetime) -> int:
    """Return by how many milliseconds a door's clock is behind ours; what is learned of it is kept."""
    lag_ms = rules.clock_lag_ms(door.clock_lag_ms, phone_now=phone_now, now=now)
    if lag_ms != door.clock_lag_ms:
        rows.note_lag.run({"id_": door.id, "lag_ms": lag_ms})
    return lag_ms


def find_answer(door: Door, nonce: str) -> Result | None:
    """Return the answer a nonce of this door got before."""
    row = rows.find_scan.row({"door_id": door.id, "nonce": nonce})
    return _result(row) if row else None


def _hear(token: str, contact: Contact) -> Answers:
    """Note a phone that has nothing to send, and not each time."""
    now = clock.now()
    door = rows.find_door.row({"token": tokens.stored_hash("door", token), "at": now})
    if door is None:
        raise NotPaired
    if now - door.last_seen_at >= _CONTACT_NOTED or door.waiting_scans != contact.waiting:
        with transaction():
            note_lag(_note_contact(token, contact, now), contact.now, now)
    return Answers(now, [], _corrections(door.id, now))


def _note_contact(token: str, contact: Contact, now: datetime) -> Any:
    """Lock the door, so that the same scans sent twice at once are taken one after the other."""
    values = {
        "token": tokens.stored_hash("door", token),
        "at": now,
        "list_as_of": None if contact.list_age_s is None else now - timedelta(seconds=contact.list_age_s),
        "waiting": contact.waiting,
    }
    door = rows.touch_door.row(values)
    if door is None:
        raise NotPaired
    return door


def _require(door: Any, scans: Iterable[SentScan]) -> None:
    granted = Right.of(door.rights)
    if any(rules.needed_right(scan.kind, scan.source) not in granted for scan in scans):
        raise RightMissing


def _answers_before(
    door_id: int, scans: Sequence[SentScan], now: datetime
) -> tuple[dict[str, Result], list[dict[str, Any]]]:
    """Return the answers these scans got before by their nonces, and what else has to be put right."""
    asked = {"door_id": door_id, "nonce": scans[0].nonce, "after": now - _CORRECTIONS_TOLD}
    first = rows.find_scan_and_corrections.rows(asked)  # mostly there is one scan, and so one question
    found = first + [rows.find_scan.row({"door_id": door_id, "nonce": scan.nonce}) for scan in scans[1:]]
    corrected = [row for row in first if row.corrected_at is not None and row.corrected_at >= asked["after"]]
    return {row.nonce: _result(row) for row in found if row}, roster.show_corrections(corrected)


def _result(row: Any) -> Result:
    verdict = Verdict(row.verdict)
    return Result(row.nonce, verdict, row.registration_id, row.since, row.since_door)


def _corrections(door_id: int, now: datetime) -> list[dict[str, Any]]:
    return roster.corrections(door_id, after=now - _CORRECTIONS_TOLD)


def _find_people(scans: Collection[SentScan]) -> dict[str, Person | None]:
    """Return by nonce whom scans are about. Locks them by id, so that two doors never wait for each other."""
    if len(scans) == 1:
        (scan,) = scans
        if scan.token is not None:
            row = rows.lock_by_token.row({"key": _stored(scan.token)})
            return {scan.nonce: person_of(row, row.version if row else None)}
    meant = {scan.nonce: _whose(scan) for scan in scans}
    ids = sorted({id_ for id_, _ in meant.values() if id_ is not None})
    locked: dict[int | None, Any] = {id_: rows.lock_person.row({"id_": id_}) for id_ in ids}
    return {nonce: person_of(locked.get(id_), version) for nonce, (id_, version) in meant.items()}


def _whose(scan: SentScan) -> tuple[int | None, int | None]:
    """Return the registration's id and the code's version, None where no code was shown."""
    if scan.person_id is not None:
        return scan.person_id, None
    if scan.token is not None:
        row = rows.find_token.row({"key": _stored(scan.token)})
    else:
        row = rows.find_hash.row({"key": scan.hash})
    return (row.registration_id, row.version) if row else (None, None)


def _stored(token: str) -> str:
    return tokens.stored_hash("ticket", tokens.normalise_code(token))
