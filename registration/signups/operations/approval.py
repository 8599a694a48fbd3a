"""The organizer decides about people who have applied."""

from registration.core import audit
from registration.core.db import db, transaction
from registration.events.offered import lock_offered
from registration.mail.outbox import HeldBack
from registration.signups import mails
from registration.signups.errors import NotApplied, TicketTypeFull
from registration.signups.models import Cancellation, CancellationKind, Registration, RegistrationStatus
from registration.signups.operations.cancelling import cancel
from registration.signups.operations.holding import join_line, take_place


def approve(registration: Registration, *, by: str, held: HeldBack | None = None) -> Registration:
    """Let an applicant in: to a place, or to the end of the waiting list where there is none.

    Raises NotApplied, TicketTypeFull where nobody waits. Locks the event.
    """
    with transaction() as session:
        offered = lock_offered(registration.event_id)
        _read_applicant(registration)
        ticket_type = offered.by_id(registration.ticket_type_id)
        try:
            take_place(offered, ticket_type, registration)
        except TicketTypeFull:
            if not offered.waits:
                raise
            join_line(offered, registration)
        audit.record(
            registration,
            "approved",
            by=by,
            event_id=offered.id,
            before={"status": RegistrationStatus.APPLIED},
            after={"status": registration.status},
        )
        session.flush()
        mails.approved(registration.order, registration, held=held)
    return registration


def refuse(registration: Registration, *, by: str, reason: str = "") -> Cancellation:
    """Do not let an applicant in. Raises NotApplied. Locks the event."""
    with transaction():
        lock_offered(registration.event_id)
        _read_applicant(registration)
        return cancel([registration], by=by, reason=reason, kind=CancellationKind.REFUSED)[0]


def _read_applicant(registration: Registration) -> None:
    db.session.refresh(registration)
    if registration.status is not RegistrationStatus.APPLIED:
        raise NotApplied
