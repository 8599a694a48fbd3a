"""The public programme: list, archive, event page, calendars."""

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request

from registration.certificates import queries as certificates
from registration.core.i18n import gettext
from registration.core.page_cache import for_everybody
from registration.core.web import inline_file
from registration.events import documents, queries
from registration.events.errors import PictureNotFound
from registration.events.queries import EventOffer
from registration.events.rules import EventFormat
from registration.events.structured import sharing
from registration.organisations.queries import get_association

blueprint = Blueprint("events", __name__)
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Filters:
    """What a visitor wants to see of the programme."""

    place: str = ""
    format: str = ""
    only_free: bool = False

    def admits(self, offer: EventOffer) -> bool:
        """Say whether the event is to be shown; a hybrid one is both live and online."""
        return (
            self.place in {"", offer.event.city}
            and (not self.format or offer.format in {self.format, EventFormat.HYBRID})
            and (not self.only_free or offer.has_free_places)
        )


@blueprint.get("/")
@for_everybody
def programme() -> str:
    """Show what is coming, by date."""
    everything = queries.list_programme()
    filters = Filters(
        place=request.args.get("misto", ""),
        format=request.args.get("forma", ""),
        only_free="volno" in request.args,
    )
    offers = [offer for offer in everything if filters.admits(offer)]
    return render_template(
        "events/programme.html",
        year=_year(everything),
        offers=offers,
        filters=filters,
        places=sorted({offer.event.city for offer in everything if offer.event.city}),
        lead_slug=next((offer.event.slug for offer in offers if offer.has_free_places), None),
    )


@blueprint.get("/archiv")
@for_everybody
def archive() -> str:
    """Show what has been."""
    return render_template("events/archive.html", offers=queries.list_archive())


@blueprint.get("/akce/<slug>")
@for_everybody
def event(slug: str) -> str:
    """Show one event with everything one decides by."""
    found = queries.get_published_event(slug)
    offer, picture = queries.offer(found), queries.find_picture(found)
    return render_template(
        "events/event.html",
        offer=offer,
        sharing=sharing(offer, picture),
        certificates=[certificates.describe_rule(rule) for rule in certificates.list_rules(found)],
        picture=picture,
    )


@blueprint.get("/akce/<slug>/obrazek")
def picture(slug: str) -> Response:
    """Send the event's picture; with its number in the address (`?v=`) it is kept for ever."""
    found = queries.find_picture(queries.get_published_event(slug))
    if found is None:
        raise PictureNotFound
    response = inline_file(found.content, mime_type="image/jpeg", name=f"{slug}.jpg")
    is_for_ever = request.args.get("v") == found.version
    response.headers["Cache-Control"] = _FOR_EVER if is_for_ever else "public, no-cache"
    response.set_etag(found.sha256)
    response.make_conditional(request)
    return response


@blueprint.get("/akce/<slug>.ics")
@for_everybody
def event_calendar(slug: str) -> Response:
    """Send the event's sessions as a calendar file."""
    calendar = documents.event_calendar(queries.get_published_event(slug))
    return inline_file(calendar, mime_type=documents.MIME_TYPE, name=f"{slug}.ics")


@blueprint.get("/kalendar.ics")
@for_everybody
def programme_calendar() -> Response:
    """Send the whole programme as a calendar to subscribe to."""
    events = [offer.event for offer in queries.list_programme()]
    name = gettext("Programme of %(association)s", association=get_association().name)
    calendar = documents.programme_calendar(events, name=name)
    return inline_file(calendar, mime_type=documents.MIME_TYPE, name="prezence.ics")


def _year(offers: list[EventOffer]) -> int | None:
    years = [offer.event.first_on.year for offer in offers if offer.event.first_on]
    return min(years, default=None)
