"""The letter that finds lost links."""

from datetime import date
from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from registration.core import clock
from registration.core.db import db
from registration.events.models import Event
from registration.events.queries import itinerary
from registration.mail.composition import Content, address
from registration.organisations.queries import get_association
from registration.signups.models import Order, Registration

T = TypeVar("T", Order, Registration)


def links(email: str) -> Content | None:
    """Write of all orders and places that belong to an address, in events that are not over, each with its link."""
    orders, people = _orders_of(email), _people_of(email)
    if not orders and not people:
        return None
    found = {order.event for order in orders} | {person.event for person in people}
    association = get_association()
    return Content(
        {
            "association": association,
            "itineraries": [itinerary(event, event.sessions) for event in sorted(found, key=_by_date)],
            "orders": [(order, address(f"/p/{order.link_token}")) for order in orders],
            "people": [(person, address(f"/u/{person.link_token}")) for person in people],
        },
        association.contact_email or None,
    )


def _orders_of(email: str) -> list[Order]:
    ours = select(Order).join(Order.event).where(func.lower(Order.orderer_email) == email.lower())
    with_event = joinedload(Order.event).selectinload(Event.sessions)
    return list(db.session.scalars(_not_over(ours).options(with_event).order_by(Order.id)))


def _people_of(email: str) -> list[Registration]:
    ours = (
        select(Registration)
        .join(Registration.event)
        .where(func.lower(Registration.email) == email.lower(), Registration.erased_at.is_(None))
    )
    with_event = joinedload(Registration.event).selectinload(Event.sessions)
    with_type = joinedload(Registration.ticket_type)
    return list(db.session.scalars(_not_over(ours).options(with_event, with_type).order_by(Registration.id)))


def _not_over(statement: Select[T]) -> Select[T]:
    return statement.where(Event.last_on >= clock.local_now().date())


def _by_date(event: Event) -> tuple[date | None, int]:
    return event.first_on or event.last_on, event.id
