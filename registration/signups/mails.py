"""Who hears about an order: the orderer of everything, each colleague of their own place."""

from typing import Any

from registration.events.models import Event
from registration.mail import outbox
from registration.organisations.models import Association
from registration.organisations.queries import get_association
from registration.signups import queries
from registration.signups.models import Order, Registration


def order_confirmed(order: Order) -> None:
    """Tell the orderer of the whole order, and of their own place whoever has an address of their own."""
    association = get_association()
    people = [registration for registration in order.registrations if registration.is_confirmed]
    _tell_orderer(order, people, association)
    for registration in people:
        if registration.email.casefold() != order.orderer_email.casefold():
            _tell_attendee(registration, association)


def _tell_orderer(order: Order, people: list[Registration], association: Association) -> None:
    outbox.post(
        "order_confirmed",
        to=order.orderer_email,
        language=order.language,
        reply_to=association.contact_email or None,
        attachments=[
            {"kind": "calendar", "id": order.id},
            *({"kind": "ticket", "id": registration.id} for registration in people),
        ],
        association=association,
        order=order,
        people=people,
        page=outbox.address(f"/p/{order.link_token}", language=order.language),
        **_programme(order.event, people),
    )


def _tell_attendee(registration: Registration, association: Association) -> None:
    language = registration.order.language
    outbox.post(
        "place_confirmed",
        to=registration.email,
        language=language,
        reply_to=association.contact_email or None,
        attachments=[
            {"kind": "ticket", "id": registration.id},
            {"kind": "person_calendar", "id": registration.id},
        ],
        association=association,
        registration=registration,
        page=outbox.address(f"/u/{registration.link_token}", language=language),
        privacy_page=outbox.address("/soukromi", language=language),
        controller=f"{association.name} (IČO {association.ico})" if association.ico else association.name,
        **_programme(registration.event, [registration]),
    )


def _programme(event: Event, people: list[Registration]) -> dict[str, Any]:
    """Return what the mail says of the event: what these people go to, the days that lead, the place."""
    itinerary = queries.itinerary(event, people)
    return {"event": event, "itinerary": itinerary, "sessions": itinerary.sessions}
