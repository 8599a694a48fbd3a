"""Reads of doors: who is paired, and what is held for review."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from registration.checkin.errors import DoorNotFound, NotPaired
from registration.checkin.models import Door, Scan
from registration.checkin.rules import Verdict
from registration.core import clock, tokens
from registration.core.db import db
from registration.events.models import Event
from registration.signups.models import Registration


def find_door(token: str) -> Door | None:
    """Return the door behind a phone's cookie, also a revoked one; None when its time is over."""
    door = db.session.scalar(
        select(Door).where(Door.token_hash == tokens.stored_hash("door", token)).options(joinedload(Door.event))
    )
    return door if door and door.expires_at > clock.now() else None


def get_paired_door(token: str) -> Door:
    """Return the door behind a phone's cookie, also a revoked one. Raises NotPaired."""
    door = find_door(token)
    if door is None:
        raise NotPaired
    return door


def get_door(event: Event, door_id: int) -> Door:
    """Return a door of this event. Raises DoorNotFound."""
    door = db.session.get(Door, door_id)
    if door is None or door.event_id != event.id:
        raise DoorNotFound
    return door


def list_doors(event: Event) -> Sequence[Door]:
    """Return the doors of an event, the open ones first, then in the order they were paired."""
    doors = db.session.scalars(select(Door).where(Door.event_id == event.id).order_by(Door.id)).all()
    return sorted(doors, key=lambda door: door.revoked_at is not None or door.token_hash is None)


def list_held_scans(event: Event) -> Sequence[Scan]:
    """Return what revoked doors have sent and nobody has looked at, with people and sessions, the earliest first."""
    return db.session.scalars(_held(event).order_by(Scan.scanned_at, Scan.id)).all()


def _held(event: Event) -> Select[Scan]:
    return (
        select(Scan)
        .join(Scan.door)
        .where(Door.event_id == event.id, Scan.verdict == Verdict.REVOKED_DOOR, Scan.reviewed_at.is_(None))
        .options(
            joinedload(Scan.door),
            joinedload(Scan.session),
            joinedload(Scan.registration).joinedload(Registration.ticket_type),
        )
    )
