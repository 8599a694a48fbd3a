"""A place that has become free is offered to whoever waits, and taken, declined, or not answered in time."""

from collections.abc import Sequence

from sqlalchemy import select

from registration.core import audit, clock
from registration.core.db import db, transaction
from registration.events.offered import lock_offered
from registration.signups import mails
from registration.signups.errors import OfferOver
from registration.signups.models import Cancellation, CancellationKind, PlaceOffer, Registration, RegistrationStatus
from registration.signups.operations.cancelling import cancel
from registration.signups.operations.holding import orders_of, those_in


def accept_offers(registrations: Sequence[Registration], *, by: str) -> list[Registration]:
    """Take the places people were offered.

    Raises OfferOver when none of them holds an offer that is still good. Locks the event.
    """
    with transaction() as session:
        lock_offered(registrations[0].event_id)
        now = clock.now()
        people = [each for each in _with_offer(registrations) if now < _offer_of(each).expires_at]
        if not people:
            raise OfferOver
        for each in people:
            audit.record(
                each,
                "accepted",
                by=by,
                event_id=each.event_id,
                before={"status": each.status},
                after={"status": RegistrationStatus.CONFIRMED},
            )
            each.status = RegistrationStatus.CONFIRMED
            each.confirmed_at = now
            _offer_of(each).accepted_at = now
        session.flush()
        for order in orders_of(people):
            mails.promoted(order, [each for each in people if each.order_id == order.id])
    return people


def decline_offers(registrations: Sequence[Registration], *, by: str) -> list[Cancellation]:
    """Give up the places people were offered. Raises OfferOver. Locks the event."""
    with transaction():
        lock_offered(registrations[0].event_id)
        people = _with_offer(registrations)
        if not people:
            raise OfferOver
        return cancel(people, by=by, kind=CancellationKind.DECLINED)


def lapse_offers(event_id: int) -> int:
    """Take back offers that nobody has answered in time; return how many. Locks the event."""
    with transaction() as session:
        lock_offered(event_id)
        unanswered = (
            select(Registration)
            .join(Registration.offer)
            .where(
                Registration.event_id == event_id,
                Registration.status == RegistrationStatus.OFFERED,
                PlaceOffer.expires_at <= clock.now(),
            )
        )
        late = session.scalars(unanswered).all()
        return len(cancel(late, by="", kind=CancellationKind.LAPSED)) if late else 0


def _with_offer(registrations: Sequence[Registration]) -> list[Registration]:
    return [each for each in those_in(registrations) if each.status is RegistrationStatus.OFFERED]


def _offer_of(registration: Registration) -> PlaceOffer:
    return db.session.scalars(select(PlaceOffer).where(PlaceOffer.registration_id == registration.id)).one()
