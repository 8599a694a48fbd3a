"""Fills an event with people who registered long ago, many thousands in a few seconds."""

import secrets
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from registration.core import clock
from registration.core.db import Base
from registration.events.models import Event, Session, TicketType, ticket_type_session
from registration.mail.models import MessageState, OutboxMessage
from registration.signups.models import Order, Registration, RegistrationStatus, TicketCode

_AT_ONCE = 10_000
# Numbers of them without a common divisor, so that lists of people are as hard to pack as real ones.
_GIVEN_NAMES = ("Eva", "Jan", "Marie", "Petr", "Jana", "Pavel", "Hana", "Tomáš", "Lenka", "Jiří", "Alena")
_FAMILY_NAMES = ("Novák", "Svobod", "Dvořák", "Kučer", "Vesel", "Hork", "Mareč", "Hájk", "Jelínk")
_ENDINGS = ("ová", "a", "ý", "ek", "ec", "á", "ík")
_TOWNS = ("Horní Lhota", "Bystrá", "Žďár u Lesa", "Kostelec", "Březová")


def crowd(engine: Engine, slug: str, ticket_type: str, people: int) -> None:
    """Register so many people, each by an order of their own, confirmed and told; all counters agree with it."""
    with engine.begin() as connection:
        found = connection.execute(
            select(Event.id, TicketType.id.label("ticket_type_id"))
            .join(TicketType, TicketType.event_id == Event.id)
            .where(Event.slug == slug, TicketType.code == ticket_type)
        ).one()
        for first in range(1, people + 1, _AT_ONCE):
            _register(connection, found, range(first, min(first + _AT_ONCE, people + 1)))
        _count(connection, found, people)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")  # as the database does by itself, sooner or later


def _register(connection: Connection, found: Row[int, int], numbers: Sequence[int]) -> None:
    common = {"event_id": found.id, "organisation_name": "Knihovna"}
    orders = _insert(connection, Order, ({**common, **_order(number)} for number in numbers))
    person = {**common, "ticket_type_id": found.ticket_type_id}
    registrations = _insert(connection, Registration, ({**person, **_registration(order)} for order in orders))
    _insert(connection, TicketCode, map(_ticket_code, registrations))
    _insert(connection, OutboxMessage, map(_message, orders))


def _insert(connection: Connection, table: type[Base], rows: Iterator[dict[str, Any]]) -> list[int]:
    """Insert rows of a table and return their ids, in no order."""
    id_ = table.__table__.c.id
    before = connection.scalar(select(func.max(id_))) or 0
    connection.execute(insert(table), list(rows))  # asked for the ids, PostgreSQL would take three times as long
    return list(connection.scalars(select(id_).where(id_ > before)))


def _count(connection: Connection, found: Row[int, int], people: int) -> None:
    admitted = select(ticket_type_session.c.session_id).where(
        ticket_type_session.c.ticket_type_id == found.ticket_type_id
    )
    taken = {"taken": people}
    connection.execute(update(Event).where(Event.id == found.id).values(order_count=people))
    connection.execute(update(TicketType).where(TicketType.id == found.ticket_type_id).values(taken))
    connection.execute(update(Session).where(Session.id.in_(admitted)).values(taken))


def _order(number: int) -> dict[str, Any]:
    return {
        "number": number,
        "orderer_name": "Eva Dávná",
        "orderer_email": f"eva.{number}@knihovna.example",
        "language": "cs",
        "submission_key": secrets.token_hex(32),
        "created_at": clock.now(),
        "link_hash": secrets.token_hex(32),
    }


def _registration(order_id: int) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "position": 1,
        "status": RegistrationStatus.CONFIRMED,
        "given_name": _GIVEN_NAMES[order_id % len(_GIVEN_NAMES)],
        "family_name": f"{_FAMILY_NAMES[order_id % len(_FAMILY_NAMES)]}{_ENDINGS[order_id % len(_ENDINGS)]}",
        "organisation_name": f"Městská knihovna {_TOWNS[order_id % len(_TOWNS)]}",
        "email": f"eva.{order_id}@knihovna.example",
        "person_key": secrets.token_hex(32),
        "price_haler": 0,
        "confirmed_at": clock.now(),
        "link_hash": secrets.token_hex(32),
    }


def _ticket_code(registration_id: int) -> dict[str, Any]:
    return {
        "registration_id": registration_id,
        "version": 1,
        "code_hash": secrets.token_hex(32),
        "prefix_hash": secrets.token_hex(32),
    }


def _message(order_id: int) -> dict[str, Any]:
    return {
        "kind": "order_confirmed",
        "recipient": f"eva.{order_id}@knihovna.example",
        "message_id": f"<{secrets.token_hex(16)}@knihovna.example>",
        "created_at": clock.now(),
        "state": MessageState.SENT,
        "next_attempt_at": clock.now(),
        "sent_at": clock.now(),
    }
