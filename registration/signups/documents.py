"""The ticket: one person's code, and the parts it admits to, on one sheet that folds to A5."""

from datetime import date

from registration.core import czech, i18n, pdf, qr
from registration.events.documents import MIME_TYPE, sessions_calendar
from registration.events.models import Event, Session
from registration.events.rules import leading_days
from registration.mail.delivery import Attachment, PostOffice
from registration.organisations.queries import get_association
from registration.signups import queries
from registration.signups.models import Order, Registration


def ticket_pdf(registration: Registration) -> bytes:
    """Return one person's ticket in the language of the order; reads the event, ticket type and sessions."""
    event = registration.event
    sessions = sorted(registration.ticket_type.sessions, key=lambda session: session.starts_at)
    with i18n.in_language(registration.order.language):
        days, month = _large_date(event, sessions)
        return pdf.render(
            "documents/ticket.html",
            registration=registration,
            event=event,
            ticket_type=registration.ticket_type,
            sessions=sessions,
            minutes=sum(session.credited_minutes for session in sessions),
            has_live=any(not session.is_online for session in sessions),
            has_online=any(session.is_online for session in sessions),
            days=days,
            month=month,
            place=_place(event, sessions),
            code=qr.ticket_svg(registration.ticket_code, label=i18n.gettext("Check-in code")),
            association=get_association(),
        )


def order_calendar(order: Order) -> bytes:
    """Return the calendar file of everything the confirmed people of an order have signed up for."""
    confirmed = [registration for registration in order.registrations if registration.is_confirmed]
    sessions = {session for registration in confirmed for session in registration.ticket_type.sessions}
    return sessions_calendar(sorted(sessions, key=lambda session: session.starts_at), name=order.event.title)


def person_calendar(registration: Registration) -> bytes:
    """Return the calendar file of one person's sessions."""
    sessions = registration.ticket_type.sessions if registration.is_confirmed else []
    return sessions_calendar(sessions, name=registration.event.title)


def register_attachments(post_office: PostOffice) -> None:
    """Tell the post office how to render what our messages carry; a place given up meanwhile has nothing any more."""
    post_office.register_attachment("ticket", _ticket_attachment)
    post_office.register_attachment("calendar", _order_calendar_attachment)
    post_office.register_attachment("person_calendar", _person_calendar_attachment)


def _ticket_attachment(registration_id: int) -> Attachment | None:
    registration = queries.load_registration(registration_id)
    if registration is None or not registration.is_confirmed:
        return None
    name = czech.fold(f"{registration.family_name}-{registration.given_name}").replace(" ", "-")
    return Attachment(f"vstupenka-{name}.pdf", "application/pdf", ticket_pdf(registration))


def _order_calendar_attachment(order_id: int) -> Attachment | None:
    order = queries.load_order(order_id)
    return Attachment(f"{order.event.slug}.ics", MIME_TYPE, order_calendar(order)) if order else None


def _person_calendar_attachment(registration_id: int) -> Attachment | None:
    registration = queries.load_registration(registration_id)
    if registration is None:
        return None
    return Attachment(f"{registration.event.slug}.ics", MIME_TYPE, person_calendar(registration))


def _large_date(event: Event, sessions: list[Session]) -> tuple[str, str]:
    """Return the days to print large and the month under them; across months no days, but the range."""
    every_day = [(session.day, session.is_online) for session in event.sessions]
    first, last, _ = leading_days(every_day, event.first_on or sessions[0].day, event.last_on or sessions[-1].day)
    if (first.year, first.month) != (last.year, last.month):
        return "", i18n.show_date_range(first, last)
    days = _day(first) if first == last else f"{_day(first)}–{_day(last)}"
    return days, i18n.show_month(first)


def _day(day: date) -> str:
    return f"{day.day}." if i18n.language() == "cs" else str(day.day)


def _place(event: Event, sessions: list[Session]) -> str:
    """Return `Brno, Knihovna v Brně`: the town and the first venue, or where the event meets online."""
    venue = next((session.venue for session in sessions if session.venue and not session.is_online), "")
    return ", ".join(part for part in (event.city, venue) if part) or event.platform
