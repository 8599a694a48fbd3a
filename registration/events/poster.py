"""The poster for the staff room: what, when, where, what one gets, and a code that leads to the event's page."""

from datetime import timedelta

from registration.core import clock, i18n, money, pdf, qr
from registration.events import addresses, queries
from registration.events.models import Event
from registration.events.queries import EventOffer
from registration.organisations.queries import get_association

_MOST_PARTS = 8  # more would be a programme, not a poster


def poster_pdf(offer: EventOffer, *, gives_certificate: bool) -> bytes:
    """Return the poster of an event in the current language, one sheet of A4."""
    event = offer.event
    days, month = i18n.show_large_date(offer.first_on, offer.last_on)
    address = addresses.event_address(event)
    return pdf.render(
        "documents/poster.html",
        offer=offer,
        event=event,
        days=days,
        month=month,
        place=queries.itinerary(event, event.sessions).place,
        parts=event.sessions if 1 < len(event.sessions) <= _MOST_PARTS else [],
        price=_price(offer),
        gives_certificate=gives_certificate,
        deadline=_deadline(event),
        code=qr.address_on_paper(address, label=i18n.gettext("Address of the event’s page")),
        address=address.partition("://")[2],
        association=get_association(),
    )


def _price(offer: EventOffer) -> str:
    """Return what it costs: one price, or between which two, where they differ by ticket type or membership."""
    types = [each.ticket_type for each in offer.ticket_types]
    prices = sorted({price for type_ in types for price in (type_.price_member_haler, type_.price_other_haler)})
    if not prices:
        return ""
    least, most = money.show_price(prices[0]), money.show_price(prices[-1])
    if len(prices) == 1:
        return most
    if len(types) == 1:
        return i18n.gettext("%(member)s member / %(other)s others", member=least, other=most)
    return i18n.gettext("%(least)s to %(most)s, depending on the ticket type", least=least, most=most)


def _deadline(event: Event) -> str:
    """Return until when one signs up. Closing is the first instant it is closed, so midnight ends the day before."""
    if event.sign_up_closes_at is None:
        return ""
    closes_at = clock.to_local(event.sign_up_closes_at)
    if closes_at.hour == closes_at.minute == 0:
        last_day = closes_at.date() - timedelta(days=1)
        return i18n.gettext("Sign up by the end of %(day)s.", day=i18n.show_date(last_day))
    return i18n.gettext("Sign up by %(day)s, %(time)s.", day=i18n.show_date(closes_at), time=i18n.show_time(closes_at))
