"""The rows of an order, written with statements built once: a sign-up is what everybody waits for at the same time.

Everything else of the room goes through the models; both write the same tables.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Table, bindparam, func, insert, or_, select, update

from registration.core import czech, tokens
from registration.core.db import db
from registration.core.prepared import Prepared
from registration.signups.models import (
    IS_ACTIVE,
    Answer,
    Order,
    Registration,
    RegistrationStatus,
    TicketCode,
    WaitingListEntry,
    list_keys,
)

Values = Mapping[str, Any]


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table


_order, _registration, _entry = map(_table, (Order, Registration, WaitingListEntry))
_insert_order = Prepared(insert(_order))
_insert_registrations = Prepared(insert(_registration))
_insert_entry = Prepared(insert(_entry).returning(_entry.c.id))
_insert_answers = Prepared(insert(_table(Answer)))
_insert_codes = Prepared(insert(_table(TicketCode)))
_fill_scan_hash = Prepared(
    update(_table(TicketCode)).where(_table(TicketCode).c.id == bindparam("id_")).values(scan_hash=bindparam("hash"))
)
# Links are derived from ids, so these are needed before the rows. SQLite would give the ones after the largest itself,
# and whoever asks here holds its only write lock.
_next_ids = Prepared(
    select(func.nextval(func.pg_get_serial_sequence(bindparam("table"), "id")).label("id")).select_from(
        func.generate_series(1, bindparam("count", type_=Integer)).alias("row")
    )
)
_last_id = {table.name: Prepared(select(func.max(table.c.id).label("id"))) for table in (_order, _registration)}
_submitted = Prepared(select(_order.c.id, _order.c.link_version).where(_order.c.submission_key == bindparam("key")))
_known_person = Prepared(
    select(_registration.c.person_key).where(
        _registration.c.event_id == bindparam("event_id"),
        _registration.c.person_key == bindparam("key"),
        IS_ACTIVE,
    )
)
_colleagues = Prepared(
    select(func.count().label("people"))
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
_next_entry = Prepared(
    select(_entry.c.id, _entry.c.takes_fewer)
    .where(
        _entry.c.ticket_type_id == bindparam("ticket_type_id"),
        _entry.c.is_over.is_(False),
        _entry.c.id > bindparam("behind"),
    )
    .order_by(_entry.c.id)
    .limit(1)
)
_count_waiting = Prepared(
    select(func.count().label("people"))
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
    row = _submitted.row({"key": submission_key})
    return (row.id, row.link_version) if row else None


def known_people(event_id: int, keys: Sequence[str]) -> set[str]:
    """Return those of the person keys that have a place in the event, or wait for one."""
    # One by one: a statement with a list of unknown length would have to be made anew each time.
    return {key for key in keys if _known_person.row({"event_id": event_id, "key": key})}


def count_colleagues(event_id: int, *, organisation_id: int | None, organisation_name: str) -> int:
    """Count the people of an organisation in an event."""
    values = {"event_id": event_id, "organisation_id": organisation_id, "organisation_name": organisation_name}
    return int(_colleagues.row(values).people)


def next_in_line(ticket_type_id: int, *, behind: int = 0) -> tuple[int, bool, int] | None:
    """Return (entry id, takes fewer, people) of the first group that waits for a ticket type, behind an entry."""
    row = _next_entry.row({"ticket_type_id": ticket_type_id, "behind": behind})
    if row is None:
        return None
    return row.id, row.takes_fewer, _count_waiting.row({"entry_id": row.id}).people


def insert_order(values: Values) -> int:
    """Write an order that can be found by its link; return its id."""
    (id_,) = _reserve_ids(_order, 1)
    _insert_order.run({**values, "id": id_, "link_version": 1, "link_hash": _link_hash("order", id_)})
    return id_


def insert_entry(*, order_id: int, ticket_type_id: int, takes_fewer: bool, joined_at: datetime) -> int:
    """Put people of an order at the end of a waiting list; return the entry's id."""
    values = {
        "order_id": order_id,
        "ticket_type_id": ticket_type_id,
        "takes_fewer": takes_fewer,
        "joined_at": joined_at,
        "is_over": False,
    }
    entry_id: int = _insert_entry.row(values).id
    return entry_id


def insert_registrations(people: Sequence[Values]) -> list[int]:
    """Write people who can be found by their links and codes; return their ids in the same order."""
    ids = _reserve_ids(_registration, len(people))
    _insert_registrations.run(
        [
            {
                **values,
                **list_keys(values),
                "id": id_,
                "link_version": 1,
                "ticket_version": 1,
                "no_photo": False,
                "link_hash": _link_hash("registration", id_),
            }
            for id_, values in zip(ids, people, strict=True)
        ]
    )
    _insert_codes.run([ticket_code_row(id_, 1) for id_ in ids])
    return ids


def ticket_code_row(registration_id: int, version: int) -> dict[str, Any]:
    """Return how a ticket code is kept, so that a scanner finds the whole of it and a person its first part."""
    code = tokens.ticket_code(registration_id, version)
    return {
        "registration_id": registration_id,
        "version": version,
        "code_hash": tokens.stored_hash("ticket", code),
        "prefix_hash": tokens.stored_hash("ticket-prefix", code[: tokens.TICKET_PREFIX_LENGTH]),
        "scan_hash": tokens.scan_hash(code),
    }


def fill_scan_hashes(event_id: int) -> None:
    """Write by what doors know the ticket codes of an event that were made before there were doors."""
    codes = _table(TicketCode).c
    unknown = select(codes.id, codes.registration_id, codes.version).join(
        _registration, _registration.c.id == codes.registration_id
    )
    rows = db.session.execute(unknown.where(_registration.c.event_id == event_id, codes.scan_hash.is_(None))).all()
    _fill_scan_hash.run(
        [{"id_": id_, "hash": tokens.scan_hash(tokens.ticket_code(person, version))} for id_, person, version in rows]
    )


def insert_answers(answers: Sequence[Values]) -> None:
    """Write answers, if there are any."""
    _insert_answers.run(answers)


def _reserve_ids(table: Table, count: int) -> list[int]:
    """Return the ids of rows to be written in this transaction."""
    if db.engine.dialect.name == "postgresql":
        return [row.id for row in _next_ids.rows({"table": f'"{table.name}"', "count": count})]
    first = (_last_id[table.name].rows({})[0].id or 0) + 1
    return list(range(first, first + count))


def _link_hash(kind: str, id_: int) -> str:
    return tokens.stored_hash(kind, tokens.link_token(kind, id_, 1))
