"""The organizer signs somebody up: by phone, after the deadline, over the capacity when it has to be."""

from dataclasses import dataclass
from typing import Any

from registration.core import audit, clock
from registration.core.db import db, transaction
from registration.events import offered as places
from registration.events.offered import Offered, OfferedType, lock_offered
from registration.events.rules import SignUpState
from registration.organisations.models import Organisation
from registration.organisations.queries import find_organisation
from registration.signups import answers, mails, rows, rules
from registration.signups.errors import AlreadySignedUp, SignUpNotOpen, TicketTypeFull, UnknownTicketType
from registration.signups.models import Order, Registration, RegistrationStatus
from registration.signups.operations.over_capacity import make_room
from registration.signups.operations.sign_up import Orderer, Person
from registration.signups.operations.waiting_list import heads
from registration.signups.rules import Group, Room


@dataclass(frozen=True, kw_only=True)
class WhenFull:
    """What the organizer wants where there is no place: nothing, a place in line, or one more place."""

    may_wait: bool = False
    over_capacity: bool = False
    reason: str = ""


def add_by_hand(
    event_id: int,
    *,
    orderer: Orderer,
    person: Person,
    language: str,
    by: str,
    when_full: WhenFull | None = None,
    is_told: bool = True,
) -> Registration:
    """Sign one person up, whoever the ticket type is for and also when sign-up is closed; `by` goes to the records.

    Over the capacity, capacities grow by what is needed. Raises SignUpNotOpen for a cancelled event,
    UnknownTicketType, TicketTypeFull, AlreadySignedUp, ChoiceFull, ReasonNeeded. Locks the event.
    """
    with transaction() as session:
        offered = lock_offered(event_id, with_order_number=True)
        if offered.event.cancelled_at is not None:
            raise SignUpNotOpen(SignUpState.CANCELLED)
        wanted = offered.find(person.ticket_type)
        if wanted is None:
            raise UnknownTicketType([0])
        if person.email and rows.known_people(offered.id, [person.key]):
            raise AlreadySignedUp([0])
        status = _find_place(offered, wanted, when_full or WhenFull(), by=by)
        organisation = find_organisation(orderer.organisation) if orderer.organisation else None
        order_id = rows.insert_order(_order_row(offered, orderer, organisation, language))
        entry_id = _join_line(offered, wanted, order_id) if status is RegistrationStatus.WAITING else None
        row = _person_row(order_id, offered, person, wanted, organisation, orderer, status)
        (registration_id,) = rows.insert_registrations([row | {"waiting_entry_id": entry_id}])
        _write_answers(offered, order_id, registration_id, orderer, person, status)
        registration = session.get_one(Registration, registration_id)
        _record(registration, wanted, by=by)
        if is_told:
            _tell(registration)
    return registration


def _find_place(offered: Offered, wanted: OfferedType, when_full: WhenFull, *, by: str) -> RegistrationStatus:
    """Take a place that nobody in the waiting list would miss, or one that is made."""
    room = Room(offered.free)
    for _, group in heads(offered):
        room.hold_back(group)
    if not room.allot(Group(wanted.id, wanted.places, 1)):
        if when_full.over_capacity:
            make_room(offered, wanted, by=by, reason=when_full.reason)
        elif when_full.may_wait and offered.waits:
            return RegistrationStatus.WAITING
        else:
            raise TicketTypeFull([0])
    places.book(dict.fromkeys(wanted.places, 1))
    return RegistrationStatus.CONFIRMED


def _order_row(
    offered: Offered, orderer: Orderer, organisation: Organisation | None, language: str
) -> dict[str, object]:
    return {
        "event_id": offered.id,
        "number": offered.event.order_count,
        "orderer_name": orderer.name,
        "orderer_email": orderer.email,
        "organisation_id": organisation.id if organisation else None,
        "organisation_name": organisation.label if organisation else orderer.organisation,
        "language": language,
        "submission_key": None,
        "created_at": clock.now(),
    }


def _person_row(
    order_id: int,
    offered: Offered,
    person: Person,
    wanted: OfferedType,
    organisation: Organisation | None,
    orderer: Orderer,
    status: RegistrationStatus,
) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "event_id": offered.id,
        "ticket_type_id": wanted.id,
        "position": 1,
        "title_before": person.title_before,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "title_after": person.title_after,
        "email": person.email,
        "organisation_name": organisation.label if organisation else orderer.organisation,
        "person_key": person.key if person.email else None,  # of two people called the same, each comes
        "price_haler": rules.price(
            member_haler=wanted.price_member_haler,
            other_haler=wanted.price_other_haler,
            is_member=organisation is not None and organisation.is_member,
        ),
        "status": status,
        "confirmed_at": clock.now() if status is RegistrationStatus.CONFIRMED else None,
    }


def _join_line(offered: Offered, wanted: OfferedType, order_id: int) -> int:
    places.wait(offered.id, wanted.id, 1)
    return rows.insert_entry(order_id=order_id, ticket_type_id=wanted.id, takes_fewer=False, joined_at=clock.now())


def _write_answers(
    offered: Offered, order_id: int, registration_id: int, orderer: Orderer, person: Person, status: RegistrationStatus
) -> None:
    given = [
        answers.Given(order_id, registration_id, 0, person.answers, status.holds_place),
        answers.Given(order_id, None, None, orderer.answers, holds_place=True),
    ]
    answers.write(offered, [each for each in given if each.values])


def _record(registration: Registration, wanted: OfferedType, *, by: str) -> None:
    audit.record(
        registration,
        "added_by_hand",
        by=by,
        event_id=registration.event_id,
        after={
            "given_name": registration.given_name,
            "family_name": registration.family_name,
            "email": registration.email,
            "ticket_type": wanted.code,
            "status": registration.status,
        },
    )


def _tell(registration: Registration) -> None:
    order = db.session.get_one(Order, registration.order_id)
    told = mails.Told(registration.id, 1, registration.email, registration.status)
    mails.signed_up(
        event_id=order.event_id,
        order_id=order.id,
        orderer_email=order.orderer_email,
        language=order.language,
        people=[told],
    )
