"""How phones become doors of an event, and cease to be."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from registration.checkin import rules
from registration.checkin.errors import (
    LabelMissing,
    NoRightChosen,
    NoSessionYet,
    PairingExpired,
    PairingUnknown,
    PairingUsedUp,
)
from registration.checkin.models import MOST_DOORS, Door, PairingCode
from registration.checkin.rules import Right
from registration.core import audit, clock, tokens
from registration.core.db import db, transaction
from registration.events.models import Event
from registration.signups import rows

LABEL_LENGTH = 60
_PAIRING = "pairing"  # the kind of secret
_DOOR = "door"


@dataclass(frozen=True)
class NewPairing:
    """A pairing code and its secret, which is known only now."""

    code: PairingCode
    secret: str


def make_pairing_code(event: Event, *, rights: Collection[Right], most_doors: int, by: str) -> NewPairing:
    """Let so many phones become doors of the event with these rights within a quarter of an hour.

    Raises NoRightChosen, NoSessionYet. Fills in what doors know of codes that are older than doors.
    """
    if not rights:
        raise NoRightChosen
    if not event.sessions:
        raise NoSessionYet
    secret = tokens.new_pairing_code()
    now = clock.now()
    with transaction() as session:
        code = PairingCode(
            event_id=event.id,
            secret_hash=tokens.stored_hash(_PAIRING, secret),
            rights=Right.in_words(rights),
            most_doors=max(1, min(most_doors, MOST_DOORS)),
            door_count=0,
            made_at=now,
            made_by=by,
            expires_at=now + timedelta(minutes=rules.PAIRING_MINUTES),
        )
        session.add(code)
        session.flush()
        rows.fill_scan_hashes(event.id)
        audit.record(
            code,
            "created",
            by=by,
            event_id=event.id,
            after={"rights": code.rights.split(), "most_doors": code.most_doors},
        )
    return NewPairing(code, secret)


def pair(secret: str, *, label: str) -> Door:
    """Make a phone a door by a pairing code, typed or scanned.

    Raises LabelMissing, PairingUnknown, PairingExpired, PairingUsedUp. Locks the code.
    """
    label = label.strip()[:LABEL_LENGTH]
    if not label:
        raise LabelMissing
    with transaction() as session:
        code = _lock(tokens.normalise_code(secret.rpartition("=")[2]))  # of the whole link too
        now = clock.now()
        if code.expires_at <= now:
            raise PairingExpired
        if code.door_count >= code.most_doors:
            raise PairingUsedUp
        code.door_count += 1
        ends_at = max(each.ends_at_utc for each in code.event.sessions)
        door = Door(
            event_id=code.event_id,
            label=label,
            rights=code.rights,
            paired_at=now,
            paired_by=code.made_by,
            expires_at=max(rules.door_expires_at(ends_at), code.expires_at),
            last_seen_at=now,
        )
        session.add(door)
        session.flush()
        door.token_hash = tokens.stored_hash(_DOOR, door.token)
        audit.record(door, "paired", by=code.made_by, event_id=code.event_id, after={"rights": door.rights.split()})
    return door


def leave(door: Door) -> None:
    """Let a phone cease to be a door by its own wish. Its token opens nothing any more."""
    with transaction() as session:
        session.refresh(door, with_for_update={"of": Door})
        door.token_hash = None


def revoke(door: Door, *, by: str) -> None:
    """Take a phone's access away; what it still sends is held for review. Done twice it changes nothing more."""
    with transaction() as session:
        session.refresh(door, with_for_update={"of": Door})
        if door.revoked_at is None:
            door.revoked_at = clock.now()
            door.revoked_by = by
            audit.record(door, "revoked", by=by, event_id=door.event_id)


def _lock(secret: str) -> PairingCode:
    found = db.session.scalar(
        select(PairingCode)
        .where(PairingCode.secret_hash == tokens.stored_hash(_PAIRING, secret))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise PairingUnknown
    return found
