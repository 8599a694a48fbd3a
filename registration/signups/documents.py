"""The ticket: one person's code, and the parts it admits to, on one sheet that folds to A5."""

from registration.core import czech, i18n, pdf, qr
from registration.events import queries as events
from registration.events.documents import (
    CANCEL_MIME_TYPE,
    MIME_TYPE,
    cancelled_sessions_calendar,
    sessions_calendar,
)
from registration.events.models import Event
from registration.mail.delivery import Attachment, PostOffice
from registration.organisations.queries import get_association
from registration.signups import queries
from registration.signups.models import Order, Registration


def ticket_pdf(registration: Registration) -> bytes:
    """Return one person's ticket in the language of the order; reads the event, ticket type and sessions."""
    itinerary = events.itinerary(registration.event, registration.ticket_type.sessions)
    sessions = itinerary.sessions
    with i18n.in_language(registration.order.language):
        days, month = i18n.show_large_date(itinerary.first_on, itinerary.last_on)
        return pdf.render(
            "documents/ticket.html",
            registration=registration,
            event=itinerary.event,
            ticket_type=registration.ticket_type,
            sessions=sessions,
            minutes=sum(session.credited_minutes for session in sessions),
            has_live=any(not session.is_online for session in sessions),
            has_online=any(session.is_online for session in sessions),
            days=days,
            month=month,
            place=itinerary.place,
            code=qr.ticket_on_paper(registration.ticket_code, label=i18n.gettext("Check-in code")),
            association=get_association(),
        )


def order_calendar(order: Order) -> bytes:
    """Return the calendar file of everything the confirmed people of an order have signed up for."""
    itinerary = queries.itinerary(order.event, order.registrations)
    return sessions_calendar(itinerary.sessions, name=order.event.title)


def person_calendar(registration: Registration) -> bytes:
    """Return the calendar file of one person's sessions."""
    itinerary = queries.itinerary(registration.event, [registration])
    return sessions_calendar(itinerary.sessions, name=registration.event.title)


def cancelled_calendar(registration: Registration) -> bytes:
    """Return the file that takes a person's sessions out of their calendar."""
    itinerary = events.itinerary(registration.event, registration.ticket_type.sessions)
    return cancelled_sessions_calendar(itinerary.sessions, name=registration.event.title)


def dropped_calendar(registration: Registration) -> bytes | None:
    """Return the file that takes the event's other sessions out of a person's calendar, None when there are none.

    For whoever has changed the ticket type; which one it was before need not be known, as a calendar takes no notice
    of what it does not have.
    """
    going = set(registration.ticket_type.sessions)
    others = [session for session in registration.event.sessions if session not in going]
    return cancelled_sessions_calendar(others, name=registration.event.title) if others else None


def register_attachments(post_office: PostOffice) -> None:
    """Tell the post office how to render what our messages carry; a place given up meanwhile has nothing any more."""
    post_office.register_attachment("ticket", _ticket_attachment)
    post_office.register_attachment("calendar", _order_calendar_attachment)
    post_office.register_attachment("person_calendar", _person_calendar_attachment)
    post_office.register_attachment("cancelled_calendar", _cancelled_calendar_attachment)
    post_office.register_attachment("dropped_calendar", _dropped_calendar_attachment)


def _ticket_attachment(registration_id: int) -> Attachment | None:
    registration = queries.find_registration(registration_id)
    if registration is None or not registration.is_confirmed:
        return None
    name = czech.fold(f"{registration.family_name}-{registration.given_name}").replace(" ", "-")
    return Attachment(f"vstupenka-{name}.pdf", "application/pdf", ticket_pdf(registration))


def _order_calendar_attachment(order_id: int) -> Attachment | None:
    order = queries.find_order(order_id)
    return Attachment(f"{order.event.slug}.ics", MIME_TYPE, order_calendar(order)) if order else None


def _person_calendar_attachment(registration_id: int) -> Attachment | None:
    registration = queries.find_registration(registration_id)
    if registration is None or not registration.is_confirmed:
        return None
    return Attachment(f"{registration.event.slug}.ics", MIME_TYPE, person_calendar(registration))


def _cancelled_calendar_attachment(registration_id: int) -> Attachment | None:
    registration = queries.find_registration(registration_id)
    return _removal(registration.event, cancelled_calendar(registration)) if registration else None


def _dropped_calendar_attachment(registration_id: int) -> Attachment | None:
    registration = queries.find_registration(registration_id)
    calendar = dropped_calendar(registration) if registration else None
    return _removal(registration.event, calendar) if registration and calendar else None


def _removal(event: Event, calendar: bytes) -> Attachment:
    return Attachment(f"{event.slug}-zruseni.ics", CANCEL_MIME_TYPE, calendar)
