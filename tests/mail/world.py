"""People in orders, put into any state at once, for letters to be written about them; and what letters say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from registration.core import clock
from registration.core.db import db, transaction
from registration.events.models import Event, Session
from registration.mail.composition import Composed
from registration.mail.delivery import post_office
from registration.mail.models import MessageState, OutboxMessage
from registration.signups import mails
from registration.signups.mails import Told
from registration.signups.models import (
    Cancellation,
    CancellationKind,
    Order,
    PlaceOffer,
    Registration,
    RegistrationStatus,
    WaitingListEntry,
)

ADA, BOB, EVE = "ada@hornilhota.example", "bob@dolnilhota.example", "eve@jinde.example"
SIGNED_UP_AT = datetime(2025, 3, 1, 9, 0, tzinfo=UTC)
APPLIED, WAITING, OFFERED, CONFIRMED, CANCELLED = RegistrationStatus


@dataclass(frozen=True)
class Who:
    """One of the people of an order."""

    given_name: str
    family_name: str
    email: str
    status: RegistrationStatus = CONFIRMED
    ticket_type: str = "AI"
    cancelled: CancellationKind = CancellationKind.CANCELLED


def ada(status: RegistrationStatus = CONFIRMED, **changes: Any) -> Who:
    """Return Ada, who orders for herself and others."""
    return Who(**{"given_name": "Ada", "family_name": "Žďárská", "email": ADA, "status": status, **changes})


def bob(status: RegistrationStatus = CONFIRMED, **changes: Any) -> Who:
    """Return Bob, her colleague."""
    return Who(**{"given_name": "Bob", "family_name": "Řehák", "email": BOB, "status": status, **changes})


def order(event: Event, *people: Who, orderer_email: str = ADA, language: str = "cs") -> Order:
    """Make an order of people in these states."""
    types = {each.code: each for each in event.ticket_types}
    number = (db.session.scalar(select(func.max(Order.number)).where(Order.event_id == event.id)) or 0) + 1
    with transaction() as session:
        made = Order(
            event_id=event.id,
            number=number,
            orderer_name="Ada Žďárská",
            orderer_email=orderer_email,
            organisation_name="Městská knihovna Horní Lhota",
            language=language,
            created_at=SIGNED_UP_AT,
        )
        session.add(made)
        session.flush()
        for position, who in enumerate(people, start=1):
            _add(made, position, who, types[who.ticket_type].id)
    return db.session.get_one(Order, made.id)


def _add(order: Order, position: int, who: Who, ticket_type_id: int) -> None:
    registration = Registration(
        order_id=order.id,
        event_id=order.event_id,
        ticket_type_id=ticket_type_id,
        position=position,
        status=who.status,
        given_name=who.given_name,
        family_name=who.family_name,
        email=who.email,
        organisation_name=order.organisation_name,
        price_haler=0,
        confirmed_at=SIGNED_UP_AT if who.status is CONFIRMED else None,
    )
    db.session.add(registration)
    db.session.flush()
    if who.status in {WAITING, OFFERED}:
        registration.waiting_entry_id = _entry(order, ticket_type_id).id
    if who.status is OFFERED:
        expires_at = clock.now() + timedelta(hours=48)
        db.session.add(PlaceOffer(registration_id=registration.id, offered_at=clock.now(), expires_at=expires_at))
    if who.status is CANCELLED:
        cancel(registration, who.cancelled)


def _entry(order: Order, ticket_type_id: int) -> WaitingListEntry:
    line = WaitingListEntry.order_id == order.id, WaitingListEntry.ticket_type_id == ticket_type_id
    entry = db.session.scalar(select(WaitingListEntry).where(*line))
    if entry is None:
        entry = WaitingListEntry(order_id=order.id, ticket_type_id=ticket_type_id, joined_at=SIGNED_UP_AT)
        db.session.add(entry)
        db.session.flush()
    return entry


def cancel(registration: Registration, kind: CancellationKind = CancellationKind.CANCELLED) -> None:
    """Give a place up."""
    with transaction() as session:
        registration.status = CANCELLED
        cancelled_at = clock.now()
        session.add(
            Cancellation(registration_id=registration.id, cancelled_at=cancelled_at, cancelled_by=ADA, kind=kind)
        )


def pass_on(registration: Registration, who: Who) -> None:
    """Let somebody else come."""
    with transaction():
        registration.given_name, registration.family_name = who.given_name, who.family_name
        registration.email = who.email
        registration.ticket_version += 1
        registration.link_version += 1


def receive(order: Order) -> None:
    """Write of an order as sign-up does."""
    people = [
        Told(each.id, each.ticket_version, each.email, each.status)
        for each in order.registrations
        if each.status is not CANCELLED
    ]
    with transaction():
        mails.signed_up(
            event_id=order.event_id,
            order_id=order.id,
            orderer_email=order.orderer_email,
            language=order.language,
            people=people,
        )


def session_of(event: Event, code: str) -> Session:
    """Return a session of an event."""
    return next(each for each in event.sessions if each.code == code)


def messages() -> Sequence[OutboxMessage]:
    """Return the outbox, the oldest first, as it is in the database."""
    db.session.rollback()
    return db.session.scalars(
        select(OutboxMessage).order_by(OutboxMessage.id).execution_options(populate_existing=True)
    ).all()


def message(kind: str) -> OutboxMessage:
    """Return the one message of this kind."""
    (found,) = [each for each in messages() if each.kind == kind]
    return found


def said(kind: str) -> Composed:
    """Return what the one message of this kind says."""
    composed = post_office.compose(message(kind))
    assert composed is not None
    return composed


def both(composed: Composed) -> list[str]:
    """Return the two bodies of a message, for what both have to say."""
    return [composed.text, composed.html]


def is_withdrawn(kind: str) -> bool:
    """Say whether the worker finds that the one message of this kind is no longer true."""
    post_office.deliver_due(limit=100)
    return message(kind).state is MessageState.WITHDRAWN


def words(text: str) -> str:
    """Return a text with single plain spaces, as one compares it."""
    return " ".join(text.replace("\u00a0", " ").split())
