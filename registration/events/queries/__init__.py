"""Reads of what is offered, shaped for the pages that show it."""

from registration.events.queries.events import (
    days_of,
    find_by_old_slug,
    find_picture,
    get_event,
    get_published_event,
    list_archive,
    list_events,
    list_events_on,
    list_programme,
)
from registration.events.queries.itinerary import Itinerary, itinerary
from registration.events.queries.offer import EventOffer, TicketTypeOffer, ends_at, offer, starts_at
from registration.events.queries.questions import list_choices, list_questions

__all__ = [
    "EventOffer", "Itinerary", "TicketTypeOffer", "days_of", "ends_at", "find_by_old_slug", "find_picture",
    "get_event", "get_published_event", "itinerary", "list_archive", "list_choices", "list_events", "list_events_on",
    "list_programme", "list_questions", "offer", "starts_at",
]  # fmt: skip
