"""An event as its writers see it: locked, with every counter as it is at that moment.

Whoever gives places out or takes them back locks the event first, so that between reading a counter and writing it
nobody else can; the CHECK constraints of the tables say the same once more. The statements are built once, since a
sign-up spends most of its time here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update

from registration.core import clock
from registration.core.prepared import Prepared, pipelined
from registration.events import rules
from registration.events.errors import EventNotFound
from registration.events.models import (
    Audience,
    Event,
    QuestionChoice,
    Session,
    TicketType,
    WaitingListMode,
    ticket_type_session,
)
from registration.events.rules import SignUpState

Places = tuple[str, int]  # the counter of a ticket type or session: its table's name and its id


@dataclass(frozen=True)
class OfferedType:
    """A ticket type with all that limits it."""

    id: int
    code: str
    places: tuple[Places, ...]  # its own counter first, then those of its sessions
    waiting: int
    audience: Audience
    price_member_haler: int
    price_other_haler: int
    starts_at: datetime | None  # UTC, of its first session


@dataclass(frozen=True)
class Offered:
    """A locked event."""

    event: Any  # its row
    ticket_types: list[OfferedType]
    free: dict[Places, int | None]  # None where nothing limits
    starts_at: datetime | None  # UTC
    ends_at: datetime | None

    @property
    def id(self) -> int:
        """Return the event's id."""
        return int(self.event.id)

    @property
    def state(self) -> SignUpState:
        """Return whether one can sign up now; whether there is room is decided place by place."""
        return rules.sign_up_state(
            kind=self.event.sign_up,
            now=clock.now(),
            opens_at=self.event.sign_up_opens_at,
            closes_at=self.event.sign_up_closes_at,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            is_cancelled=self.event.cancelled_at is not None,
            free=None,
        )

    @property
    def waits(self) -> bool:
        """Say whether there is a waiting list."""
        return bool(self.event.waiting_list != WaitingListMode.NONE)

    def by_id(self, ticket_type_id: int) -> OfferedType:
        """Return a ticket type of the event."""
        return next(each for each in self.ticket_types if each.id == ticket_type_id)

    def find(self, code: str) -> OfferedType | None:
        """Return the ticket type of this code; where there is only one, it need not be named."""
        if not code and len(self.ticket_types) == 1:
            return self.ticket_types[0]
        return next((each for each in self.ticket_types if each.code == code), None)


_event, _session, _ticket_type, _choice = (
    cast(Table, model.__table__) for model in (Event, Session, TicketType, QuestionChoice)
)
_EVENT_COLUMNS = [
    _event.c[name]
    for name in (
        "id", "slug", "title", "sign_up", "sign_up_opens_at", "sign_up_closes_at", "first_on", "last_on",
        "cancelled_at", "published_at", "waiting_list", "offer_hours", "needs_approval", "organisation_limit",
        "order_count", "waiting",
    )
]  # fmt: skip
_lock = Prepared(select(*_EVENT_COLUMNS).where(_event.c.id == bindparam("id_")).with_for_update())
_lock_and_number = Prepared(
    update(_event)
    .where(_event.c.id == bindparam("id_"))
    .values(order_count=_event.c.order_count + 1)
    .returning(*_EVENT_COLUMNS)
)
_sessions = Prepared(
    select(*[_session.c[name] for name in ("id", "capacity", "taken", "starts_at", "ends_at", "zone")]).where(
        _session.c.event_id == bindparam("id_")
    )
)
_ticket_types = Prepared(
    select(
        *[
            _ticket_type.c[name]
            for name in (
                "id", "code", "capacity", "taken", "waiting", "audience", "price_member_haler", "price_other_haler"
            )
        ],
        ticket_type_session.c.session_id,
    )
    .outerjoin(ticket_type_session, ticket_type_session.c.ticket_type_id == _ticket_type.c.id)
    .where(_ticket_type.c.event_id == bindparam("id_"))
    .order_by(_ticket_type.c.position, _ticket_type.c.id, ticket_type_session.c.session_id)
)  # fmt: skip
_book = {
    table.name: Prepared(
        update(table).where(table.c.id == bindparam("id_")).values(taken=table.c.taken + bindparam("count"))
    )
    for table in (_ticket_type, _session, _choice)
}
_wait = {
    table.name: Prepared(
        update(table).where(table.c.id == bindparam("id_")).values(waiting=table.c.waiting + bindparam("count"))
    )
    for table in (_event, _ticket_type)
}


def lock_offered(event_id: int, *, with_order_number: bool = False) -> Offered:
    """Lock an event and return it with its counters; with a new order number in `event.order_count` when wanted.

    Must run in a transaction. Raises EventNotFound.
    """
    with pipelined():
        lock = _lock_and_number if with_order_number else _lock
        asked = [each.ask({"id_": event_id}) for each in (lock, _sessions, _ticket_types)]
        events, sessions, admissions = (answer() for answer in asked)
    if not events:
        raise EventNotFound
    free: dict[Places, int | None] = {}
    starts: dict[int, datetime] = {}
    for each in sessions:
        free["session", each.id] = _left(each)
        starts[each.id] = clock.to_utc(each.starts_at, each.zone)
    admitted: dict[int, list[int]] = {}
    types: dict[int, Any] = {}
    for row in admissions:
        types[row.id] = row
        free["ticket_type", row.id] = _left(row)
        admitted.setdefault(row.id, []).extend([row.session_id] if row.session_id else [])
    return Offered(
        event=events[0],
        ticket_types=[_offered_type(row, admitted[row.id], starts) for row in types.values()],
        free=free,
        starts_at=rules.starts_at(starts.values(), events[0].first_on),
        ends_at=rules.ends_at((clock.to_utc(each.ends_at, each.zone) for each in sessions), events[0].last_on),
    )


def book(places: Mapping[Places, int]) -> None:
    """Change counters by these numbers, negative ones give places back. The event must be locked."""
    for name, statement in _book.items():
        changes = [{"id_": id_, "count": count} for (table, id_), count in sorted(places.items()) if table == name]
        statement.run(changes)


def wait(event_id: int, ticket_type_id: int, count: int) -> None:
    """Note that so many more people wait for a ticket type, fewer when negative. The event must be locked."""
    _wait["ticket_type"].run({"id_": ticket_type_id, "count": count})
    _wait["event"].run({"id_": event_id, "count": count})


def _left(row: Any) -> int | None:
    return None if row.capacity is None else max(row.capacity - row.taken, 0)


def _offered_type(row: Any, session_ids: list[int], starts: Mapping[int, datetime]) -> OfferedType:
    return OfferedType(
        id=row.id,
        code=row.code,
        places=(("ticket_type", row.id), *(("session", id_) for id_ in session_ids)),
        waiting=row.waiting,
        audience=row.audience,
        price_member_haler=row.price_member_haler,
        price_other_haler=row.price_other_haler,
        starts_at=min((starts[id_] for id_ in session_ids), default=None),
    )
