"""Writes the people of a file as orders of one, many rows with each statement. The event must be locked."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, update

from registration.core import clock, tokens
from registration.core.db import db
from registration.events import offered as places
from registration.events.models import Event
from registration.events.offered import Offered
from registration.signups import answers, mails, rows, rules
from registration.signups.annotations import Note
from registration.signups.importing.people import Placed
from registration.signups.models import Order, RegistrationStatus, WaitingListEntry

_LANGUAGE = "cs"

_order, _entry, _event = (cast(Table, model.__table__) for model in (Order, WaitingListEntry, Event))
_insert_orders = insert(_order).returning(_order.c.id, sort_by_parameter_order=True)
_link_orders = update(_order).where(_order.c.id == bindparam("id_")).values(link_hash=bindparam("hash_"))
_insert_entries = insert(_entry).returning(_entry.c.id, sort_by_parameter_order=True)


def write(offered: Offered, people: Sequence[Placed], *, import_id: int, by: str, tells: bool) -> None:
    """Write an order for each person with all that belongs to it; `tells` sends them their confirmations."""
    now = clock.now()
    order_ids = _write_orders(offered, people, import_id, now)
    entry_ids = _join_waiting_lists(offered, people, order_ids, now)
    _take_places(offered, people)
    ids = rows.insert_registrations(
        [
            _registration_row(offered, each, order_id, entry_id, now)
            for each, order_id, entry_id in zip(people, order_ids, entry_ids, strict=True)
        ]
    )
    _write_answers(offered, people, order_ids, ids)
    _write_notes(people, ids, now, by=by)
    if tells:
        _tell(offered, people, ids, order_ids)


def _write_orders(offered: Offered, people: Sequence[Placed], import_id: int, now: datetime) -> list[int]:
    first = _number_orders(offered.id, len(people))
    ids = list(
        db.session.execute(
            _insert_orders,
            [
                {
                    "event_id": offered.id,
                    "number": first + position,
                    "orderer_name": each.person.name,
                    "orderer_email": each.person.email,
                    "organisation_id": each.organisation_id,
                    "organisation_name": each.organisation_name,
                    "language": _LANGUAGE,
                    "submission_key": f"import:{import_id}:{each.person.number}",
                    "created_at": now,
                    "link_version": 1,
                }
                for position, each in enumerate(people)
            ],
        ).scalars()
    )
    linked = [{"id_": id_, "hash_": tokens.stored_hash("order", tokens.link_token("order", id_, 1))} for id_ in ids]
    db.session.execute(_link_orders, linked)
    return ids


def _number_orders(event_id: int, count: int) -> int:
    """Take so many order numbers and return the first."""
    statement = update(_event).where(_event.c.id == event_id).values(order_count=_event.c.order_count + count)
    last: int = db.session.execute(statement.returning(_event.c.order_count)).scalar_one()
    return last - count + 1


def _join_waiting_lists(
    offered: Offered, people: Sequence[Placed], order_ids: Sequence[int], now: datetime
) -> list[int | None]:
    """Return by person the entry of whoever waits, in the order of the file."""
    waiting = [position for position, each in enumerate(people) if each.status is RegistrationStatus.WAITING]
    values = [
        {
            "order_id": order_ids[position],
            "ticket_type_id": _type_id(offered, people[position]),
            "takes_fewer": False,
            "joined_at": now,
            "is_over": False,
        }
        for position in waiting
    ]
    entries = list(db.session.execute(_insert_entries, values).scalars()) if values else []
    for ticket_type_id, count in sorted(Counter(_type_id(offered, people[position]) for position in waiting).items()):
        places.wait(offered.id, ticket_type_id, count)
    of_position = dict(zip(waiting, entries, strict=True))
    return [of_position.get(position) for position in range(len(people))]


def _take_places(offered: Offered, people: Sequence[Placed]) -> None:
    taken: Counter[places.Places] = Counter()
    confirmed = Counter(each.person.ticket_type for each in people if each.status is RegistrationStatus.CONFIRMED)
    for code, count in confirmed.items():
        ticket_type = offered.find(code)
        taken.update(dict.fromkeys(ticket_type.places if ticket_type else (), count))
    places.book(taken)


def _registration_row(
    offered: Offered, placed: Placed, order_id: int, entry_id: int | None, now: datetime
) -> dict[str, Any]:
    person, ticket_type = placed.person, offered.by_id(_type_id(offered, placed))
    return {
        "order_id": order_id,
        "event_id": offered.id,
        "ticket_type_id": ticket_type.id,
        "position": 1,
        "title_before": person.title_before,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "title_after": person.title_after,
        "email": person.email,
        "organisation_name": placed.organisation_name,
        "person_key": placed.key,
        "price_haler": rules.price(
            member_haler=ticket_type.price_member_haler,
            other_haler=ticket_type.price_other_haler,
            is_member=placed.is_member,
        ),
        "ticket_version": 1,
        "link_version": 1,
        "status": placed.status,
        "confirmed_at": now if placed.status is RegistrationStatus.CONFIRMED else None,
        "waiting_entry_id": entry_id,
    }


def _write_answers(
    offered: Offered, people: Sequence[Placed], order_ids: Sequence[int], registration_ids: Sequence[int]
) -> None:
    given = []
    for position, (each, order_id, id_) in enumerate(zip(people, order_ids, registration_ids, strict=True)):
        given += [
            answers.Given(order_id, id_, position, each.person.answers, each.status.holds_place),
            answers.Given(order_id, None, None, each.person.order_answers, holds_place=True),
        ]
    answers.write(offered, [each for each in given if each.values])


def _write_notes(people: Sequence[Placed], registration_ids: Sequence[int], now: datetime, *, by: str) -> None:
    notes = [
        {"registration_id": id_, "written_at": now, "written_by": by, "text": each.person.note}
        for each, id_ in zip(people, registration_ids, strict=True)
        if each.person.note
    ]
    if notes:
        db.session.execute(insert(Note), notes)


def _type_id(offered: Offered, placed: Placed) -> int:
    return next(each.id for each in offered.ticket_types if each.code == placed.person.ticket_type)


def _tell(
    offered: Offered, people: Sequence[Placed], registration_ids: Sequence[int], order_ids: Sequence[int]
) -> None:
    for each, registration_id, order_id in zip(people, registration_ids, order_ids, strict=True):
        email = each.person.email
        told = mails.Told(registration_id=registration_id, version=1, email=email, status=each.status)
        mails.signed_up(event_id=offered.id, order_id=order_id, orderer_email=email, language=_LANGUAGE, people=[told])
