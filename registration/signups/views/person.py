"""A person's own page: the code for the door, the sessions, what can still be changed, certificates."""

from http import HTTPStatus

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from registration.certificates import queries as certificates
from registration.checkin import queries as attendance
from registration.core.web import inline_file
from registration.events import documents as calendars
from registration.signups import documents, operations, queries, self_service
from registration.signups.errors import AlreadyCancelled, NoTicketYet
from registration.signups.views.joining import is_open
from registration.signups.views.party import done_sentence
from registration.signups.views.sign_up import blueprint


@blueprint.get("/u/<token>")
def person(token: str) -> str:
    """Show a person their QR code, sessions, answers and certificates."""
    registration = queries.get_person(token)
    sessions = registration.ticket_type.sessions
    can_change = self_service.can_change(registration)
    return render_template(
        "signups/person.html",
        registration=registration,
        sessions=sessions,
        positions=queries.positions([registration]),
        certificates=certificates.list_papers(registration),
        attended=attendance.attended_session_ids(registration),
        open_meetings={session.code for session in sessions if is_open(session)},
        has_offer=self_service.holds_offer(registration),
        can_change=can_change,
        has_alternatives=can_change and bool(self_service.list_alternatives(registration)),
        answered=self_service.answered(registration),
        done=done_sentence(),
    )


@blueprint.post("/u/<token>/foceni")
def photos(token: str) -> AnyResponse:
    """Write down whether a person wants not to be photographed."""
    registration = queries.get_person(token)
    operations.set_no_photo(registration, no_photo=request.form.get("no_photo") == "1", by=registration.email)
    return redirect(url_for(".person", token=token, hotovo="foceni"), HTTPStatus.SEE_OTHER)


@blueprint.get("/u/<token>/vstupenka.pdf")
def ticket(token: str) -> Response:
    """Send the ticket as a PDF."""
    registration = queries.get_person(token)
    if not registration.is_confirmed:
        raise NoTicketYet if self_service.is_in(registration) else AlreadyCancelled
    return inline_file(documents.ticket_pdf(registration), mime_type="application/pdf", name="vstupenka.pdf")


@blueprint.get("/u/<token>/kalendar.ics")
def person_calendar(token: str) -> Response:
    """Send a person's sessions as a calendar file."""
    registration = queries.get_person(token)
    return inline_file(
        documents.person_calendar(registration), mime_type=calendars.MIME_TYPE, name=f"{registration.event.slug}.ics"
    )
