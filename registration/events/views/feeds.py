"""The programme for others: feed readers, frames on other websites, and pictures for whoever shares an event."""

from flask import Blueprint, Response, make_response, render_template, request

from registration.core import settings
from registration.core.page_cache import for_everybody
from registration.core.web import content_security_policy, inline_file, row_id
from registration.events import feeds, preview, queries

blueprint = Blueprint("feeds", __name__)


@blueprint.get("/kanal.xml")
@for_everybody
def programme() -> Response:
    """Send the programme as an Atom feed."""
    feed = feeds.programme_feed(queries.list_programme())
    return Response(feeds.well_formed(render_template("events/feed.xml", feed=feed)), content_type=feeds.MIME_TYPE)


@blueprint.get("/akce/<slug>/nahled.png")
@for_everybody
def preview_picture(slug: str) -> Response:
    """Send the picture that social networks show with an event's address."""
    card = preview.card(queries.offer(queries.get_published_event(slug)))
    return inline_file(preview.draw(card), mime_type=preview.MIME_TYPE, name=f"{slug}.png")


@blueprint.get("/vlozit")
@for_everybody
def embedded_programme() -> Response:
    """Show the nearest events without head and foot, for a frame on the websites that the settings name."""
    offers = queries.list_programme()
    most = request.args.get("pocet", type=row_id) or len(offers)
    response = make_response(render_template("events/embed.html", offers=offers[:most]))
    policy = content_security_policy(framed_by=settings.current().embed_origins)
    response.headers["Content-Security-Policy"] = policy
    return response
