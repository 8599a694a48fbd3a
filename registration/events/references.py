"""Whether something of an event can still go: what other rooms keep of people refers to it."""

from sqlalchemy import Table, select

from registration.core.db import Base, db
from registration.events.models import Question, QuestionChoice, Session, TicketType, ticket_type_session

_PARTS_OF_IT = {ticket_type_session.name, QuestionChoice.__tablename__}  # they go with what they belong to


def referring_tables(thing: Session | TicketType | Question) -> set[str]:
    """Return the names of the tables with a row that refers to it: `registration`, `answer`, `attendance_entry`."""
    return {
        table.name
        for table in Base.metadata.sorted_tables
        if table.name not in _PARTS_OF_IT and _has_reference(table, thing)
    }


def is_signed_up_for(ticket_type: TicketType) -> bool:
    """Say whether anybody ever signed up for a ticket type, even if they have cancelled since."""
    return bool(referring_tables(ticket_type))


def _has_reference(table: Table, thing: Session | TicketType | Question) -> bool:
    columns = [each.parent for each in table.foreign_keys if each.column.table.name == thing.__tablename__]
    return any(db.session.scalar(select(1).where(column == thing.id).limit(1)) is not None for column in columns)
