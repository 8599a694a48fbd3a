"""What was done to many people at once is taken back, as far as others have not got the places meanwhile."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import delete, func, select

from registration.core import audit, clock
from registration.core.db import db, transaction
from registration.core.errors import Refusal
from registration.events import offered as places
from registration.events.offered import Offered, lock_offered
from registration.mail import outbox
from registration.signups import answers, rows
from registration.signups.annotations import BulkAction, BulkKind
from registration.signups.errors import AlreadySignedUp, CannotBeUndone, ChangedMeanwhile, OfferOver, TicketTypeFull
from registration.signups.models import (
    Cancellation,
    Order,
    PlaceOffer,
    Registration,
    RegistrationStatus,
    WaitingListEntry,
)
from registration.signups.operations import desk
from registration.signups.operations.bulk import Outcome
from registration.signups.operations.changes import sign_over
from registration.signups.operations.holding import give_back, occupy
from registration.signups.operations.waiting_list import serve

Before = Mapping[str, Any]


def undo(action: BulkAction, *, by: str) -> Outcome:
    """Take back what was done to many: whose place is gone meanwhile stays as they are, and is named.

    Letters that were held back are not sent. Raises CannotBeUndone. Locks the event.
    """
    with transaction() as session:
        lock_offered(action.event_id)
        session.refresh(action)
        if not action.can_be_undone():
            raise CannotBeUndone
        action.undone_at, action.undone_by = clock.now(), by
        take_back = _undo_one_by_one if action.kind in _OF_ONE else _undo_tags
        outcome = take_back(action, by=by)
        session.flush()
        serve(action.event_id)
    return outcome


def _undo_tags(action: BulkAction, *, by: str) -> Outcome:
    ids = [each["id"] for each in action.before]
    people = db.session.scalars(select(Registration).where(Registration.id.in_(ids)).order_by(Registration.id)).all()
    turned = desk.untag if action.kind is BulkKind.TAG else desk.tag
    done = turned(people, action.details["tag"], by=by) if people else []
    return Outcome(action, len(done), [])


def _undo_one_by_one(action: BulkAction, *, by: str) -> Outcome:
    left: list[tuple[Registration, Refusal]] = []
    for before in action.before:
        registration = db.session.get_one(Registration, before["id"])
        try:
            with transaction():
                _OF_ONE[action.kind](registration, before, by)
        except Refusal as refusal:
            left.append((registration, refusal))
        else:
            outbox.withdraw(f"{action.letters_key}{registration.id}:")
    return Outcome(action, len(action.before) - len(left), left)


def _restore(registration: Registration, before: Before, by: str) -> None:
    """Let somebody who was cancelled come after all; their letter about it is no longer true and will not be sent."""
    offered = _locked_with(registration, {RegistrationStatus.CANCELLED})
    if registration.person_key and rows.known_people(offered.id, [registration.person_key]):
        raise AlreadySignedUp([0])
    status = RegistrationStatus(before["status"])
    is_first_of_order = not _colleagues_in(registration)
    db.session.execute(delete(Cancellation).where(Cancellation.registration_id == registration.id))
    db.session.expire(registration, ["cancellation"])
    if status is RegistrationStatus.WAITING:
        _put_back_in_line(offered, registration)
    elif status.holds_place:
        _take_back(offered, registration, status)
    else:
        registration.status = status
    if is_first_of_order:
        answers.take_of_order(offered, db.session.get_one(Order, registration.order_id))
    _record(registration, "restored", by, before={"status": RegistrationStatus.CANCELLED})


def _move_back(registration: Registration, before: Before, by: str) -> None:
    """Sign somebody up for what they had, at the price they had it for."""
    status = RegistrationStatus(before["status"])
    offered = _locked_with(registration, set(RegistrationStatus) - {RegistrationStatus.CANCELLED})
    wanted = offered.by_id(before["ticket_type_id"])
    if status is RegistrationStatus.WAITING:
        give_back(offered, [registration])
    elif registration.status.holds_place:
        held = offered.by_id(registration.ticket_type_id).places
        _refuse_full(offered, [place for place in wanted.places if place not in held])
        occupy(offered, wanted, registration)
    sign_over(offered, registration, wanted, by=by)
    registration.price_haler = before["price_haler"]
    if status is RegistrationStatus.WAITING:
        registration.confirmed_at = None
        _put_back_in_line(offered, registration)


def _take_approval_back(registration: Registration, before: Before, by: str) -> None:
    """Let somebody wait for the organizer's word again."""
    offered = _locked_with(registration, {RegistrationStatus.CONFIRMED, RegistrationStatus.WAITING})
    status = registration.status
    give_back(offered, [registration])
    registration.status = RegistrationStatus.APPLIED
    registration.confirmed_at = registration.waiting_entry_id = None
    _record(registration, "approval_taken_back", by, before={"status": status})


_OF_ONE: dict[BulkKind, Callable[[Registration, Before, str], None]] = {
    BulkKind.CANCEL: _restore,
    BulkKind.MOVE: _move_back,
    BulkKind.APPROVE: _take_approval_back,
}


def _locked_with(registration: Registration, statuses: set[RegistrationStatus]) -> Offered:
    """Return the event with its counters as they are now. Raises ChangedMeanwhile."""
    offered = lock_offered(registration.event_id)
    db.session.refresh(registration)
    if registration.status not in statuses or registration.is_erased:
        raise ChangedMeanwhile
    return offered


def _take_back(offered: Offered, registration: Registration, status: RegistrationStatus) -> None:
    """Give somebody the place they had, whoever waits for one: it was theirs."""
    wanted = offered.by_id(registration.ticket_type_id)
    _refuse_full(offered, wanted.places)
    if status is RegistrationStatus.OFFERED and not _offer_is_good(registration):
        raise OfferOver
    occupy(offered, wanted, registration)
    registration.status = status
    if status is RegistrationStatus.OFFERED:
        registration.confirmed_at = None


def _put_back_in_line(offered: Offered, registration: Registration) -> None:
    """Let somebody wait where they stood before."""
    entry = db.session.get_one(WaitingListEntry, registration.waiting_entry_id)
    entry.is_over = False
    registration.status = RegistrationStatus.WAITING
    places.wait(offered.id, registration.ticket_type_id, 1)
    db.session.flush()


def _refuse_full(offered: Offered, needed: Any) -> None:
    if any(offered.free[place] == 0 for place in needed):
        raise TicketTypeFull([0])


def _offer_is_good(registration: Registration) -> bool:
    offer = db.session.scalars(select(PlaceOffer).where(PlaceOffer.registration_id == registration.id)).one()
    return clock.now() < offer.expires_at


def _colleagues_in(registration: Registration) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Registration)
            .where(
                Registration.order_id == registration.order_id,
                Registration.status != RegistrationStatus.CANCELLED,
            )
        )
        or 0
    )


def _record(registration: Registration, action: str, by: str, *, before: dict[str, object]) -> None:
    after = {"status": registration.status}
    audit.record(registration, action, by=by, event_id=registration.event_id, before=before, after=after)
