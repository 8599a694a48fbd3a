"""Somebody comes to the door without having signed up, and ends as a full registration."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from registration.checkin import rules
from registration.checkin.errors import Malformed, NotPaired, RightMissing, WalkInRefused
from registration.checkin.models import Door, Scan, Source
from registration.checkin.operations.judging import Result, SentScan, hold_walk_in, write_walk_in
from registration.checkin.operations.scanning import find_answer, note_lag
from registration.checkin.rules import Right, ScanKind
from registration.core import clock, i18n, tokens
from registration.core.db import db, transaction
from registration.core.errors import Refusal
from registration.core.i18n import gettext
from registration.events.models import TicketType
from registration.signups.models import Registration
from registration.signups.operations import Orderer, Person
from registration.signups.operations.by_hand import WhenFull, add_by_hand


@dataclass(frozen=True, kw_only=True)
class WalkIn:
    """What a phone says of them, by its own clock."""

    nonce: str
    now: datetime
    given_name: str
    family_name: str
    organisation: str
    ticket_type_id: int
    session_id: int
    scanned_at: datetime


def let_walk_in(token: str, walk_in: WalkIn) -> Result:
    """Sign somebody up who stands at the door, over the capacity if need be, and write that they are in.

    The same nonce is the same person. No message goes out: nobody asks for an address at the door. Whom a revoked door
    lets in is held for review, as its scans are. Raises NotPaired, RightMissing, Malformed, WalkInRefused. Locks the
    door, then the event.
    """
    with transaction():
        door = _lock(token)
        known = find_answer(door, walk_in.nonce)
        if known:
            return known
        ticket_type = _ticket_type(door, walk_in)
        now = clock.now()
        lag_ms = note_lag(door, walk_in.now, now)
        at = rules.corrected(walk_in.scanned_at, lag_ms=lag_ms, now=now, not_before=door.paired_at)
        scan = SentScan(
            nonce=walk_in.nonce,
            session_id=walk_in.session_id,
            kind=ScanKind.IN,
            source=Source.WALK_IN,
            scanned_at=walk_in.scanned_at,
        )
        who = {
            "given_name": walk_in.given_name,
            "family_name": walk_in.family_name,
            "organisation": walk_in.organisation,
            "ticket_type": ticket_type.code,
        }
        if door.revoked_at is not None:
            return hold_walk_in(door, scan, who, at=at)
        registration = _sign_up(door, who, by=door.label)
        return write_walk_in(door, registration, replace(scan, person_id=registration.id), at=at)


def sign_up_held(scan: Scan, *, by: str) -> None:
    """Sign up within the current transaction whom a revoked door let in. Raises WalkInRefused. Locks the event."""
    if scan.walk_in is not None:
        scan.registration = _sign_up(scan.door, scan.walk_in, by=by)
        scan.walk_in = None
        db.session.flush()


def _sign_up(door: Door, who: Mapping[str, str], *, by: str) -> Registration:
    given_name, family_name = who["given_name"], who["family_name"]
    try:
        return add_by_hand(
            door.event_id,
            orderer=Orderer(name=f"{given_name} {family_name}", email="", organisation=who["organisation"]),
            person=Person(given_name=given_name, family_name=family_name, email="", ticket_type=who["ticket_type"]),
            language=i18n.language(),
            by=by,
            when_full=WhenFull(over_capacity=True, reason=gettext("came to the door")),
            is_told=False,
        )
    except Refusal as refusal:
        raise WalkInRefused(refusal) from refusal


def _lock(token: str) -> Door:
    door = db.session.scalar(
        select(Door)
        .where(Door.token_hash == tokens.stored_hash("door", token))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if door is None or door.expires_at <= clock.now():
        raise NotPaired
    if Right.WALK_IN not in door.granted:
        raise RightMissing
    return door


def _ticket_type(door: Door, walk_in: WalkIn) -> TicketType:
    """Return what they are signed up for, which must let them in where they stand. Raises Malformed."""
    ticket_type = db.session.get(TicketType, walk_in.ticket_type_id)
    if ticket_type is None or ticket_type.event_id != door.event_id:
        raise Malformed("ticket_type")
    if walk_in.session_id not in {session.id for session in ticket_type.sessions}:
        raise Malformed("session")
    return ticket_type
