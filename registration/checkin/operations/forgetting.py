"""Phones at the door are forgotten ninety days after the event; that people attended stays."""

from sqlalchemy import delete, select, update

from registration.checkin import rules
from registration.checkin.models import AttendanceEntry, Door, PairingCode, Scan
from registration.core import clock
from registration.core.db import transaction

_BATCH = 10


def forget_doors() -> int:
    """Delete some of the doors whose event was long enough ago, with their scans and codes; return how many doors.

    The ledger keeps what they wrote, and forgets which phone it was.
    """
    until = rules.newest_door_to_forget(clock.now())
    old = select(Door.id).where(Door.expires_at <= until).order_by(Door.id).limit(_BATCH)
    no_sync = {"synchronize_session": False}
    with transaction() as session:
        ids = session.scalars(old).all()
        written = update(AttendanceEntry).where(AttendanceEntry.door_id.in_(ids))
        session.execute(written.values(door_id=None, recorded_by=""), execution_options=no_sync)
        session.execute(delete(Scan).where(Scan.door_id.in_(ids)), execution_options=no_sync)
        session.execute(delete(Door).where(Door.id.in_(ids)), execution_options=no_sync)
        session.execute(delete(PairingCode).where(PairingCode.expires_at <= until), execution_options=no_sync)
    return len(ids)
