"""Who hears about an order: the orderer of everything, each colleague of their own place."""

from datetime import date
from typing import Any

from registration.events.models import Event
from registration.events.rules import leading_days
from registration.mail import outbox
from registration.organisations.models import Association
from registration.organisations.queries import get_association
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
    message = outbox.compose(
        "order_confirmed",
        language=order.language,
        association=association,
        order=order,
        people=people,
        page=outbox.address(f"/p/{order.link_token}", language=order.language),
        **_programme(order.event, people),
    )
    outbox.enqueue(
        "order_confirmed",
        to=order.orderer_email,
        subject=message.subject,
        text=message.text,
        html=message.html,
        attachments=[
            {"kind": "calendar", "id": order.id},
            *({"kind": "ticket", "id": registration.id} for registration in people),
        ],
        reply_to=association.contact_email or None,
    )


def _tell_attendee(registration: Registration, association: Association) -> None:
    language = registration.order.language
    message = outbox.compose(
        "place_confirmed",
        language=language,
        association=association,
        registration=registration,
        page=outbox.address(f"/u/{registration.link_token}", language=language),
        privacy_page=outbox.address("/soukromi", language=language),
        controller=f"{association.name} (IČO {association.ico})" if association.ico else association.name,
        **_programme(registration.event, [registration]),
    )
    outbox.enqueue(
        "place_confirmed",
        to=registration.email,
        subject=message.subject,
        text=message.text,
        html=message.html,
        attachments=[
            {"kind": "ticket", "id": registration.id},
            {"kind": "person_calendar", "id": registration.id},
        ],
        reply_to=association.contact_email or None,
    )


def _programme(event: Event, people: list[Registration]) -> dict[str, Any]:
    """Return what the mail says of the event: the sessions these people go to, the days that lead, the place."""
    sessions = sorted(
        {session for registration in people for session in registration.ticket_type.sessions},
        key=lambda session: (session.starts_at, session.id),
    )
    days = [(session.day, session.is_online) for session in sessions]
    first_on, last_on, online_days = event.first_on, event.last_on, list[date]()
    if days:
        first_on, last_on, online_days = leading_days(days, days[0][0], days[-1][0])
    venues = [session.venue for session in sessions if session.venue and not session.is_online]
    return {
        "event": event,
        "sessions": sessions,
        "first_on": first_on,
        "last_on": last_on,
        "online_days": online_days,
        "place": ", ".join(part for part in (event.city, *venues[:1]) if part) or event.platform,
    }
