"""An event in the words of schema.org, for search engines and calendars that read pages.

What https://developers.google.com/search/docs/appearance/structured-data/event asks for; the link to join a session
is a secret of its attendees and never in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from registration.core import settings
from registration.events import addresses, preview
from registration.events.models import Audience, Event, Picture, Session, SignUp
from registration.events.queries import EventOffer, TicketTypeOffer
from registration.events.rules import EventFormat, SignUpState
from registration.organisations.queries import get_association

Thing = dict[str, Any]


@dataclass(frozen=True)
class Sharing:
    """What an event's page tells those who pass it on."""

    address: str
    card: str  # the address of the event's catalogue card, drawn for social networks
    description: Thing | None  # for search engines


_COUNTRY = "CZ"
_MODES = {
    EventFormat.IN_PERSON: "https://schema.org/OfflineEventAttendanceMode",
    EventFormat.ONLINE: "https://schema.org/OnlineEventAttendanceMode",
    EventFormat.HYBRID: "https://schema.org/MixedEventAttendanceMode",
}


def sharing(offer: EventOffer, picture: Picture | None) -> Sharing:
    """Return what machines are told about an event; `picture` is what the organizer has chosen to show of it."""
    event = offer.event
    card = addresses.preview_address(event, preview.card(offer).version)
    images = [addresses.picture_address(event, picture), card] if picture else [card]
    return Sharing(address=addresses.event_address(event), card=card, description=describe_event(offer, images=images))


def describe_event(offer: EventOffer, *, images: Sequence[str]) -> Thing | None:
    """Return an event as JSON-LD, None where nobody knows its date."""
    event = offer.event
    dates = _dates(event)
    if not dates:
        return None
    return _without_gaps({
        "@context": "https://schema.org",
        "@type": "EducationEvent" if event.kind.is_training else "BusinessEvent",
        "name": event.title,
        "description": event.lead,
        "url": addresses.event_address(event),
        "image": images,
        "inLanguage": "cs",
        **dates,
        "eventStatus": _status(event, event.sessions),
        "eventAttendanceMode": _MODES[offer.format],
        "location": _locations(event, offer.format),
        "organizer": _organizer(),
        "isAccessibleForFree": _is_free_of_charge(offer),
        "offers": _offers(offer),
        "subEvent": [_session(session) for session in event.sessions] if len(event.sessions) > 1 else None,
    })  # fmt: skip


def _session(session: Session) -> Thing:
    event = session.event
    format_ = EventFormat(session.format)
    return {
        "@type": "EducationEvent" if event.kind.is_training else "BusinessEvent",
        "name": session.title,
        "url": addresses.event_address(event),
        "startDate": _instant(session, is_start=True),
        "endDate": _instant(session, is_start=False),
        "eventStatus": _status(event, [session]),
        "eventAttendanceMode": _MODES[format_],
        "location": _virtual(event) if session.is_online else _place(event, session.venue),
    }


def _dates(event: Event) -> Thing:
    """Return start and end with their offset from UTC, or whole days where no times are set."""
    if event.sessions:
        first = min(event.sessions, key=lambda session: session.starts_at_utc)
        last = max(event.sessions, key=lambda session: session.ends_at_utc)
        return {"startDate": _instant(first, is_start=True), "endDate": _instant(last, is_start=False)}
    if event.first_on is None or event.last_on is None:
        return {}
    return {"startDate": event.first_on.isoformat(), "endDate": event.last_on.isoformat()}


def _instant(session: Session, *, is_start: bool) -> str:
    instant = session.starts_at_utc if is_start else session.ends_at_utc
    return instant.astimezone(ZoneInfo(session.zone)).isoformat(timespec="seconds")


def _status(event: Event, sessions: Sequence[Session]) -> str:
    if event.cancelled_at is not None:
        return "https://schema.org/EventCancelled"
    if any(session.sequence for session in sessions):
        return "https://schema.org/EventRescheduled"
    return "https://schema.org/EventScheduled"


def _locations(event: Event, format_: EventFormat) -> Thing | list[Thing]:
    venues = dict.fromkeys(session.venue for session in event.sessions if not session.is_online)
    places = [_place(event, venue) for venue in venues or [""]]
    if format_ is EventFormat.ONLINE:
        return _virtual(event)
    if format_ is EventFormat.HYBRID:
        return [*places, _virtual(event)]
    return places if len(places) > 1 else places[0]


def _place(event: Event, venue: str) -> Thing:
    address = _without_gaps({"@type": "PostalAddress", "addressLocality": event.city, "addressCountry": _COUNTRY})
    return _without_gaps({"@type": "Place", "name": venue or event.city, "address": address})


def _virtual(event: Event) -> Thing:
    return {"@type": "VirtualLocation", "url": addresses.event_address(event)}


def _organizer() -> Thing:
    return {"@type": "Organization", "name": get_association().name, "url": settings.current().base_url + "/"}


def _is_free_of_charge(offer: EventOffer) -> bool | None:
    if offer.event.sign_up is not SignUp.HERE or not offer.ticket_types:
        return None
    return not any(_price(each) for each in offer.ticket_types)


def _offers(offer: EventOffer) -> list[Thing]:
    """Return what can be signed up for, each at the price of those who are no members."""
    event = offer.event
    if event.sign_up is not SignUp.HERE or event.cancelled_at is not None:
        return []
    opens_at = event.sign_up_opens_at or event.published_at
    return [
        _without_gaps({
            "@type": "Offer",
            "name": each.ticket_type.title,
            "url": addresses.event_address(event),
            "price": f"{_price(each) / 100:.2f}",
            "priceCurrency": "CZK",
            "availability": _availability(offer.state, each),
            "validFrom": opens_at.isoformat(timespec="seconds") if opens_at else None,
            "validThrough": event.sign_up_closes_at and event.sign_up_closes_at.isoformat(timespec="seconds"),
        })
        for each in offer.ticket_types
    ]  # fmt: skip


def _price(offer: TicketTypeOffer) -> int:
    ticket_type = offer.ticket_type
    return ticket_type.price_member_haler if offer.audience is Audience.MEMBERS else ticket_type.price_other_haler


def _availability(state: SignUpState, offer: TicketTypeOffer) -> str:
    if state is SignUpState.NOT_YET:
        return "https://schema.org/PreOrder"
    is_open = state is SignUpState.OPEN and not offer.is_full
    return "https://schema.org/InStock" if is_open else "https://schema.org/SoldOut"


def _without_gaps(thing: Thing) -> Thing:
    """Return the thing without what nobody knows."""
    return {name: value for name, value in thing.items() if value not in (None, "", [])}
