"""The page of an order: who comes, who waits, what can be done."""

from flask import Response, render_template

from registration.certificates import queries as certificates
from registration.core.web import inline_file
from registration.events import documents as calendars
from registration.signups import documents, queries, self_service
from registration.signups.models import RegistrationStatus
from registration.signups.views.party import done_sentence
from registration.signups.views.sign_up import blueprint


@blueprint.get("/p/<token>")
def order(token: str) -> str:
    """Show an order to whoever holds its link."""
    found = queries.get_order(token)
    people = found.registrations
    return render_template(
        "signups/order.html",
        order=found,
        itinerary=queries.itinerary(found.event, people),
        positions=queries.positions(people),
        counts={status: [each.status for each in people].count(status) for status in RegistrationStatus},
        total_haler=sum(each.price_haler for each in people if each.is_confirmed),
        changeable={each.id for each in people if self_service.can_change(each)},
        offered=self_service.list_offered(people),
        answered=self_service.answered(found),
        papers=certificates.papers_of_order(found),
        done=done_sentence(),
    )


@blueprint.get("/p/<token>/kalendar.ics")
def order_calendar(token: str) -> Response:
    """Send the sessions of an order as a calendar file."""
    found = queries.get_order(token)
    return inline_file(documents.order_calendar(found), mime_type=calendars.MIME_TYPE, name=f"{found.event.slug}.ics")
