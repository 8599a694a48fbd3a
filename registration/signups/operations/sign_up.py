"""The verbs of signing up: an order is made, a place is given up."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import update

from registration.core import clock, tokens
from registration.core.db import db, transaction
from registration.events import queries as events
from registration.events.errors import NoPlaceLeft
from registration.events.models import Event, Session, TicketType
from registration.events.operations import lock_event, next_order_number, release_places, take_places
from registration.events.rules import SignUpState
from registration.organisations.queries import find_organisation
from registration.signups import mails, rules
from registration.signups.errors import AlreadyCancelled, SignUpNotOpen, TicketTypeFull, UnknownTicketType
from registration.signups.models import Cancellation, Order, Registration, RegistrationStatus, TicketCode


@dataclass(frozen=True, kw_only=True)
class Orderer:
    """Who sends the order, and for which library."""

    name: str
    email: str
    organisation: str = ""


@dataclass(frozen=True, kw_only=True)
class Person:
    """One of the people an order is for; `ticket_type` is a code."""

    given_name: str
    family_name: str
    email: str
    ticket_type: str
    title_before: str = ""
    title_after: str = ""


def sign_up(event: Event, *, orderer: Orderer, people: Sequence[Person], language: str) -> Order:
    """Make an order: places for all people or for none, and the mails about it.

    Raises SignUpNotOpen, UnknownTicketType, TicketTypeFull. Locks the event's counters.
    """
    with transaction() as session:
        event = events.get_event(event.slug)
        _check_open(event)
        chosen = _chosen_ticket_types(event, people)
        number = next_order_number(event.id)
        _take_places(chosen)
        organisation = find_organisation(orderer.organisation) if orderer.organisation else None
        order = Order(
            event=event,
            number=number,
            orderer_name=orderer.name,
            orderer_email=orderer.email,
            organisation=organisation,
            organisation_name=organisation.name if organisation else orderer.organisation,
            language=language,
            created_at=clock.now(),
        )
        order.registrations = [
            _registration(order, position, person, ticket_type)
            for position, (person, ticket_type) in enumerate(zip(people, chosen, strict=True), start=1)
        ]
        session.add(order)
        session.flush()
        _make_findable(order)
        mails.order_confirmed(order)
    return order


def cancel_registration(registration: Registration, *, by: str, reason: str = "") -> Cancellation:
    """Give a person's place up and free it for others.

    Raises AlreadyCancelled. Locks the event, the registration, the counters.
    """
    with transaction() as session:
        lock_event(registration.event_id)
        cancelled = session.execute(
            update(Registration)
            .where(Registration.id == registration.id, Registration.status == RegistrationStatus.CONFIRMED)
            .values(status=RegistrationStatus.CANCELLED)
            .returning(Registration.id)
        )
        if cancelled.first() is None:
            raise AlreadyCancelled
        release_places(*_places_of([registration.ticket_type]))
        cancellation = Cancellation(registration=registration, cancelled_at=clock.now(), cancelled_by=by, reason=reason)
        session.add(cancellation)
    return cancellation


def _check_open(event: Event) -> None:
    state = events.offer(event).state
    if state not in {SignUpState.OPEN, SignUpState.FULL}:  # full is decided place by place
        raise SignUpNotOpen(event, state)


def _chosen_ticket_types(event: Event, people: Sequence[Person]) -> list[TicketType]:
    offered = {ticket_type.code: ticket_type for ticket_type in event.ticket_types}
    if not all(person.ticket_type in offered for person in people):
        raise UnknownTicketType
    return [offered[person.ticket_type] for person in people]


def _take_places(chosen: Sequence[TicketType]) -> None:
    try:
        take_places(*_places_of(chosen))
    except NoPlaceLeft as refusal:
        raise TicketTypeFull([each for each in chosen if _is_concerned(each, refusal)]) from refusal


def _is_concerned(ticket_type: TicketType, refusal: NoPlaceLeft) -> bool:
    if refusal.table is Session:
        return any(session.id == refusal.id for session in ticket_type.sessions)
    return ticket_type.id == refusal.id


def _places_of(ticket_types: Sequence[TicketType]) -> tuple[dict[int, int], dict[int, int]]:
    needed = rules.places_needed(
        (ticket_type.id, [session.id for session in ticket_type.sessions]) for ticket_type in ticket_types
    )
    return dict(needed[0]), dict(needed[1])


def _registration(order: Order, position: int, person: Person, ticket_type: TicketType) -> Registration:
    return Registration(
        event=order.event,
        ticket_type=ticket_type,
        position=position,
        status=RegistrationStatus.CONFIRMED,
        title_before=person.title_before,
        given_name=person.given_name,
        family_name=person.family_name,
        title_after=person.title_after,
        email=person.email,
        organisation_name=order.organisation_name,
        price_haler=rules.price(
            member_haler=ticket_type.price_member_haler,
            other_haler=ticket_type.price_other_haler,
            is_member=bool(order.organisation and order.organisation.is_member),
        ),
    )


def _make_findable(order: Order) -> None:
    """Store the hashes of links and codes, which can be derived only once the ids are known."""
    order.link_hash = tokens.stored_hash("order", order.link_token)
    for registration in order.registrations:
        registration.link_hash = tokens.stored_hash("registration", registration.link_token)
        code = registration.ticket_code
        db.session.add(
            TicketCode(
                registration=registration,
                version=registration.ticket_version,
                code_hash=tokens.stored_hash("ticket", code),
                prefix_hash=tokens.stored_hash("ticket-prefix", code[: tokens.TICKET_PREFIX_LENGTH]),
            )
        )
    db.session.flush()
