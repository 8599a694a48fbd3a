"""The verbs of what is offered: places are taken and given back here, and nowhere else.

Every writer touches counter rows first and in the same order (event, ticket types by id, sessions by id), so two
orders can wait for each other but never both.
"""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, or_, select, update

from registration.core.db import db, transaction
from registration.events.errors import NoPlaceLeft
from registration.events.models import Event, Session, TicketType

Counted = type[TicketType] | type[Session]


def take_places(ticket_types: Mapping[int, int], sessions: Mapping[int, int]) -> None:
    """Take places by id, all or none.

    Raises NoPlaceLeft, naming the first ticket type or session that has fewer. Locks the counter rows.
    """
    with transaction():
        for table, wanted in ((TicketType, ticket_types), (Session, sessions)):
            for id_, count in sorted(wanted.items()):
                if not _move(table, id_, count, or_(table.capacity.is_(None), table.taken + count <= table.capacity)):
                    raise NoPlaceLeft(table, id_)


def release_places(ticket_types: Mapping[int, int], sessions: Mapping[int, int]) -> None:
    """Give places back by id. Locks the counter rows."""
    with transaction():
        for table, freed in ((TicketType, ticket_types), (Session, sessions)):
            for id_, count in sorted(freed.items()):
                _move(table, id_, -count, table.taken >= count)


def lock_event(event_id: int) -> None:
    """Make others wait who write about the same event; the first lock of whatever touches several of its rows."""
    with transaction() as session:
        session.execute(select(Event.id).where(Event.id == event_id).with_for_update())


def next_order_number(event_id: int) -> int:
    """Return the event's next order number. Locks the event row."""
    return _next_number(event_id, Event.order_count.key)


def next_certificate_number(event_id: int) -> int:
    """Return the event's next certificate number. Locks the event row."""
    return _next_number(event_id, Event.certificate_count.key)


def _move(table: Counted, id_: int, count: int, guard: ColumnElement[bool]) -> bool:
    """Change a counter if the guard holds at that very moment; the database decides between two who ask at once."""
    moved = db.session.execute(
        update(table)
        .where(table.id == id_, guard)
        .values(taken=table.taken + count)
        .returning(table.id)
        .execution_options(synchronize_session=False)
    )
    return moved.first() is not None


def _next_number(event_id: int, counter: str) -> int:
    with transaction() as session:
        column = getattr(Event, counter)
        number: int = session.execute(
            update(Event)
            .where(Event.id == event_id)
            .values({counter: column + 1})
            .returning(column)
            .execution_options(synchronize_session=False)
        ).scalar_one()
        return number
