"""What a revoked door has sent is looked at by an organizer, and counts or does not."""

from registration.checkin.errors import ScanNotFound
from registration.checkin.models import Scan
from registration.checkin.operations.judging import Result, judge_held
from registration.checkin.operations.walking_in import sign_up_held
from registration.checkin.rules import Verdict
from registration.core import audit, clock
from registration.core.db import db, transaction


def accept_held_scan(scan: Scan, *, by: str) -> Result:
    """Judge a held scan as if its door had not been revoked, and return the answer; refusals are answers too.

    Whom the door let in without a registration gets one. Raises WalkInRefused, ScanNotFound when somebody has decided
    already. Locks the scan, then the event or the registration.
    """
    with transaction():
        _decide(scan, is_accepted=True, by=by)
        sign_up_held(scan, by=by)
        return judge_held(scan, by=by)


def discard_held_scan(scan: Scan, *, by: str) -> None:
    """Let a held scan count for nothing; it is kept, without a name nobody needs any more. Raises as accepting does."""
    with transaction():
        _decide(scan, is_accepted=False, by=by)
        scan.walk_in = None


def _decide(scan: Scan, *, is_accepted: bool, by: str) -> None:
    db.session.refresh(scan, with_for_update={"of": Scan})
    if scan.verdict is not Verdict.REVOKED_DOOR or scan.reviewed_at is not None:
        raise ScanNotFound
    scan.reviewed_at = clock.now()
    scan.reviewed_by = by
    scan.is_accepted = is_accepted
    action = "accepted" if is_accepted else "discarded"
    audit.record(scan, action, by=by, event_id=scan.door.event_id)
    db.session.flush()
