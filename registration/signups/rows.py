"""The rows of an order, written with statements built once: a sign-up is what everybody waits for at the same time.

Everything else of the room goes through the models; both write the same tables.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, func, insert, or_, select, update

from registration.core import czech, tokens
from registration.core.db import db
from registration.signups.models import (
    Answer,
    Order,
    Registration,
    RegistrationStatus,
    TicketCode,
    WaitingListEntry,
)

Values = Mapping[str, Any]


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table


_order, _registration, _entry = map(_table, (Order, Registration, WaitingListEntry))
_insert_order = insert(_order).returning(_order.c.id)
_insert_registrations = insert(_registration).returning(_registration.c.id, sort_by_parameter_order=True)
_insert_entry = insert(_entry).returning(_entry.c.id)
_insert_answers = insert(_table(Answer))
_insert_codes = insert(_table(TicketCode))
_link_order = update(_order).where(_order.c.id == bindparam("id_")).values(link_hash=bindparam("hash_"))
_link_registrations = (
    update(_registration).where(_registration.c.id == bindparam("id_")).values(link_hash=bindparam("hash_"))
)
_submitted = select(_order.c.id, _order.c.link_version).where(_order.c.submission_key == bindparam("key"))
_known_person = select(_registration.c.person_key).where(
    _registration.c.event_id == bindparam("event_id"),
    _registration.c.person_key == bindparam("key"),
    _registration.c.status != RegistrationStatus.CANCELLED,
)
_colleagues = (
    select(func.count())
    .select_from(_registration.join(_order, _order.c.id == _registration.c.order_id))
    .where(
        _registration.c.event_id == bindparam("event_id"),
        _registration.c.status != RegistrationStatus.CANCELLED,
        or_(
            _order.c.organisation_id == bindparam("organisation_id"),
            _order.c.organisation_name == bindparam("organisation_name"),
        ),
    )
)
# The first group in the line of a ticket type, behind a given entry.
_next_entry = (
    select(_entry.c.id, _entry.c.takes_fewer)
    .where(
        _entry.c.ticket_type_id == bindparam("ticket_type_id"),
        _entry.c.is_over.is_(False),
        _entry.c.id > bindparam("behind"),
    )
    .order_by(_entry.c.id)
    .limit(1)
)
_count_waiting = (
    select(func.count())
    .select_from(_registration)
    .where(
        _registration.c.waiting_entry_id == bindparam("entry_id"),
        _registration.c.status == RegistrationStatus.WAITING,
    )
)


def person_key(given_name: str, family_name: str, email: str) -> str:
    """Return what tells that somebody is the same person: a keyed hash of name and e-mail, whatever their spelling."""
    return tokens.stored_hash("person", f"{czech.fold(f'{given_name} {family_name}')}|{email.casefold()}")


def find_submitted(submission_key: str) -> tuple[int, int] | None:
    """Return (id, link version) of the order this very form has made before."""
    row = db.session.execute(_submitted, {"key": submission_key}).one_or_none()
    return (row.id, row.link_version) if row else None


def known_people(event_id: int, keys: Sequence[str]) -> set[str]:
    """Return those of the person keys that have a place in the event, or wait for one."""
    # One by one: a statement with a list of unknown length would have to be made anew each time.
    found = (db.session.scalar(_known_person, {"event_id": event_id, "key": key}) for key in keys)
    return {key for key in found if key is not None}


def count_colleagues(event_id: int, *, organisation_id: int | None, organisation_name: str) -> int:
    """Count the people of an organisation in an event."""
    values = {"event_id": event_id, "organisation_id": organisation_id, "organisation_name": organisation_name}
    return db.session.scalar(_colleagues, values) or 0


def next_in_line(ticket_type_id: int, *, behind: int = 0) -> tuple[int, bool, int] | None:
    """Return (entry id, takes fewer, people) of the first group that waits for a ticket type, behind an entry."""
    row = db.session.execute(_next_entry, {"ticket_type_id": ticket_type_id, "behind": behind}).one_or_none()
    if row is None:
        return None
    return row.id, row.takes_fewer, db.session.scalar(_count_waiting, {"entry_id": row.id}) or 0


def insert_order(values: Values) -> int:
    """Write an order that can be found by its link; return its id."""
    order_id: int = db.session.execute(_insert_order, [values]).scalar_one()
    link_hash = tokens.stored_hash("order", tokens.link_token("order", order_id, 1))
    db.session.execute(_link_order, [{"id_": order_id, "hash_": link_hash}])
    return order_id


def insert_entry(*, order_id: int, ticket_type_id: int, takes_fewer: bool, joined_at: datetime) -> int:
    """Put people of an order at the end of a waiting list; return the entry's id."""
    values = {
        "order_id": order_id,
        "ticket_type_id": ticket_type_id,
        "takes_fewer": takes_fewer,
        "joined_at": joined_at,
        "is_over": False,
    }
    entry_id: int = db.session.execute(_insert_entry, [values]).scalar_one()
    return entry_id


def insert_registrations(people: Sequence[Values]) -> list[int]:
    """Write people who can be found by their links and codes; return their ids in the same order."""
    ids = list(db.session.execute(_insert_registrations, people).scalars())
    hashes = [tokens.stored_hash("registration", tokens.link_token("registration", id_, 1)) for id_ in ids]
    linked = [{"id_": id_, "hash_": hash_} for id_, hash_ in zip(ids, hashes, strict=True)]
    db.session.execute(_link_registrations, linked)
    db.session.execute(_insert_codes, [ticket_code_row(id_, 1) for id_ in ids])
    return ids


def ticket_code_row(registration_id: int, version: int) -> dict[str, Any]:
    """Return how a ticket code is kept, so that a scanner finds the whole of it and a person its first part."""
    code = tokens.ticket_code(registration_id, version)
    return {
        "registration_id": registration_id,
        "version": version,
        "code_hash": tokens.stored_hash("ticket", code),
        "prefix_hash": tokens.stored_hash("ticket-prefix", code[: tokens.TICKET_PREFIX_LENGTH]),
    }


def insert_answers(answers: Sequence[Values]) -> None:
    """Write answers, if there are any."""
    if answers:
        db.session.execute(_insert_answers, answers)
