"""A place, or the wait for one, is given up."""

from collections.abc import Sequence

from sqlalchemy import select, update

from registration.core import audit, clock
from registration.core.db import db, transaction
from registration.events.offered import Offered, lock_offered
from registration.mail.outbox import HeldBack
from registration.signups import answers, mails
from registration.signups.errors import AlreadyCancelled
from registration.signups.models import Cancellation, CancellationKind, Order, Registration, RegistrationStatus
from registration.signups.operations.holding import give_back, orders_of, refuse_late, those_in
from registration.signups.operations.waiting_list import serve


def cancel(
    registrations: Sequence[Registration],
    *,
    by: str,
    reason: str = "",
    kind: CancellationKind = CancellationKind.CANCELLED,
    held: HeldBack | None = None,
) -> list[Cancellation]:
    """Give up the places of people of one event, or their wait; free places go to the waiting list at once.

    Those who are out already stay as they are. `held` keeps back the letters about it, not those to whoever gets a
    place by it. Raises AlreadyCancelled when all are. Locks the event.
    """
    with transaction() as session:
        offered = lock_offered(registrations[0].event_id)
        people = those_in(registrations)
        if not people:
            raise AlreadyCancelled
        give_back(offered, people)
        cancellations = [
            Cancellation(registration_id=each.id, cancelled_at=clock.now(), cancelled_by=by, reason=reason, kind=kind)
            for each in people
        ]
        session.add_all(cancellations)
        for each in people:
            audit.record(
                each,
                "cancelled",
                by=by or "worker",
                event_id=offered.id,
                before={"status": each.status},
                after={"status": RegistrationStatus.CANCELLED, "kind": kind, "reason": reason},
            )
            each.status = RegistrationStatus.CANCELLED
        session.flush()
        for order in orders_of(people):
            _close_if_empty(offered, order)
            _tell_of_end(order, [each for each in people if each.order_id == order.id], kind, reason, held)
        serve(offered.id)
    return cancellations


def withdraw(registrations: Sequence[Registration], *, by: str) -> list[Cancellation]:
    """Cancel as an attendee or orderer, who can do so until the programme of each person begins.

    Raises ChangesClosed, AlreadyCancelled. Locks the event.
    """
    with transaction():
        offered = lock_offered(registrations[0].event_id)
        for each in registrations:
            refuse_late(offered.by_id(each.ticket_type_id))
        return cancel(registrations, by=by)


def _close_if_empty(offered: Offered, order: Order) -> None:
    """Once nobody is left in an order, its own choices are free, and the same form may be sent anew."""
    still_in = select(Registration.id).where(
        Registration.order_id == order.id, Registration.status != RegistrationStatus.CANCELLED
    )
    if db.session.scalar(still_in.limit(1)) is None:
        answers.release_of_order(offered, order)
        db.session.execute(update(Order).where(Order.id == order.id).values(submission_key=None))


def _tell_of_end(
    order: Order, people: Sequence[Registration], kind: CancellationKind, reason: str, held: HeldBack | None
) -> None:
    if kind is CancellationKind.LAPSED:
        mails.lapsed(order, people)
    elif kind is CancellationKind.REFUSED:
        mails.refused(order, people, reason=reason)
    elif kind is not CancellationKind.EVENT_CANCELLED:  # the event's own message goes to everybody
        mails.cancelled(order, people, held=held)
