"""What letters about sign-ups have in common: whom and what they are about, who sends them, where they lead."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from registration.events import queries as events
from registration.events.models import Event, Session
from registration.mail.composition import Content, address
from registration.organisations.queries import get_association
from registration.signups import queries
from registration.signups.models import Order, Registration, RegistrationStatus

LIVE = frozenset(RegistrationStatus) - {RegistrationStatus.CANCELLED}

Attachments = Sequence[dict[str, Any]]


def find_person(registration_id: int, version: int, among: Collection[RegistrationStatus]) -> Registration | None:
    """Return a person if they are still the one a letter is for, and in one of these states."""
    person = queries.find_registration(registration_id)
    if person is None or person.ticket_version != version or person.erased_at is not None:
        return None
    return person if person.status in among else None


def to_person(person: Registration, attachments: Attachments = (), **context: Any) -> Content:
    """Return what a letter to a person needs; `context` is what it says beyond that."""
    return about(
        person.event,
        context.pop("sessions", person.ticket_type.sessions),
        attachments,
        registration=person,
        people=[person],
        positions=queries.positions([person]),
        is_colleague=person.email.casefold() != person.order.orderer_email.casefold(),
        page=address(f"/u/{person.link_token}"),
        **context,
    )


def to_orderer(order: Order, people: Sequence[Registration], attachments: Attachments = (), **context: Any) -> Content:
    """Return what a letter to the orderer about some people needs."""
    going = [person for person in people if person.status in LIVE] or people
    return about(
        order.event,
        [session for person in going for session in person.ticket_type.sessions],
        attachments,
        order=order,
        people=people,
        positions=queries.positions(people),
        page=address(f"/p/{order.link_token}"),
        **context,
    )


def about(event: Event, sessions: Iterable[Session], attachments: Attachments, **context: Any) -> Content:
    """Return what every letter about some sessions of an event needs."""
    association = get_association()
    itinerary = events.itinerary(event, sessions)
    context = {
        "association": association,
        "event": event,
        "itinerary": itinerary,
        "sessions": itinerary.sessions,
        "event_page": address(f"/akce/{event.slug}"),
        "privacy_page": address("/soukromi"),
        "controller": f"{association.name} (IČO {association.ico})" if association.ico else association.name,
        **context,
    }
    return Content(context, association.contact_email or None, attachments)
