"""Loads what stands behind a link, an order or one person, by as few statements as it takes.

The pages of links are what everybody opens after signing up, and their own what people open at the door.
"""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import bindparam, select
from sqlalchemy.orm.attributes import set_committed_value

from registration.core.db import db
from registration.events.models import Event, Session, TicketType
from registration.signups.models import Cancellation, Order, PlaceOffer, Registration

# Built once, since building takes longer than asking.
_order = select(Order, Event).join(Order.event).where(Order.link_hash == bindparam("link_hash"))
_people_of_order = (
    select(Registration, Cancellation, PlaceOffer)
    .outerjoin(Registration.cancellation)
    .outerjoin(Registration.offer)
    .where(Registration.order_id == bindparam("order_id"))
    .order_by(Registration.position)
)
_person = (
    select(Registration, Order, Event, Cancellation, PlaceOffer)
    .join(Registration.order)
    .join(Registration.event)
    .outerjoin(Registration.cancellation)
    .outerjoin(Registration.offer)
    .where(Registration.link_hash == bindparam("link_hash"))
)
_ticket_types_of_event = (
    select(TicketType, Session)
    .outerjoin(TicketType.sessions)
    .where(TicketType.event_id == bindparam("event_id"))
    .order_by(TicketType.position, Session.starts_at, Session.id)
)


def load_order(link_hash: str) -> Order | None:
    """Return the order of this link with its event and people, all their places known."""
    found = db.session.execute(_order, {"link_hash": link_hash}).one_or_none()
    if found is None:
        return None
    order, event = found
    set_committed_value(order, "event", event)
    people = db.session.execute(_people_of_order, {"order_id": order.id}).all()
    ticket_types = _load_ticket_types(event)
    for registration, cancellation, place_offer in people:
        _connect(registration, order, ticket_types, cancellation, place_offer)
    set_committed_value(order, "registrations", [registration for registration, *_ in people])
    return order


def load_person(link_hash: str) -> Registration | None:
    """Return the registration of this link with its order and event."""
    found = db.session.execute(_person, {"link_hash": link_hash}).one_or_none()
    if found is None:
        return None
    registration, order, event, cancellation, place_offer = found
    set_committed_value(order, "event", event)
    _connect(registration, order, _load_ticket_types(event), cancellation, place_offer)
    return registration


def _load_ticket_types(event: Event) -> dict[int, TicketType]:
    """Load the ticket types of an event with their sessions, and return them by id."""
    found: dict[int, TicketType] = {}
    sessions = defaultdict[int, list[Session]](list)
    for ticket_type, session in db.session.execute(_ticket_types_of_event, {"event_id": event.id}):
        found[ticket_type.id] = ticket_type
        sessions[ticket_type.id] += [session] if session else []
    for id_, ticket_type in found.items():
        set_committed_value(ticket_type, "sessions", sessions[id_])
    set_committed_value(event, "ticket_types", list(found.values()))
    return found


def _connect(
    registration: Registration,
    order: Order,
    ticket_types: Mapping[int, TicketType],
    cancellation: Cancellation | None,
    place_offer: PlaceOffer | None,
) -> None:
    """Tell a registration what was loaded beside it, so that nothing is asked for again."""
    set_committed_value(registration, "order", order)
    set_committed_value(registration, "event", order.event)
    set_committed_value(registration, "ticket_type", ticket_types[registration.ticket_type_id])
    set_committed_value(registration, "cancellation", cancellation)
    set_committed_value(registration, "offer", place_offer)
