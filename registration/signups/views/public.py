"""Signing up, the page of an order, the page of a person."""

from http import HTTPStatus

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from registration.certificates import queries as certificates
from registration.checkin import queries as attendance
from registration.core import clock, i18n
from registration.core.limits import limiter
from registration.core.web import inline_file
from registration.events import documents as calendars
from registration.events import queries as events
from registration.events.models import Session
from registration.organisations.queries import list_names
from registration.signups import documents, operations, queries, rules
from registration.signups.errors import (
    AlreadyCancelled,
    MeetingClosed,
    SignUpNotOpen,
    TicketTypeFull,
    UnknownTicketType,
)
from registration.signups.forms import SignUpForm, count_people, known_fields

blueprint = Blueprint("signups", __name__)
# People, not orders, since each may get a message. The people of a library share one address.
_SIGN_UP_LIMIT = "120 per minute; 1200 per hour"


@blueprint.get("/akce/<slug>/prihlaska")
def form(slug: str) -> str:
    """Show the sign-up form, or why there is none."""
    offer = events.offer(events.get_published_event(slug))
    if not offer.can_sign_up:
        raise SignUpNotOpen(offer.event, offer.state)
    sign_up_form = SignUpForm(formdata=None)
    sign_up_form.offer(offer)
    return _form_page(offer, sign_up_form)


@blueprint.post("/akce/<slug>/prihlaska")
@limiter.limit(_SIGN_UP_LIMIT, cost=lambda: count_people(request.form))
def submit(slug: str) -> BaseResponse | tuple[str, int] | str:
    """Take an order, or show the form again with everything kept."""
    offer = events.offer(events.get_published_event(slug))
    sign_up_form = SignUpForm(known_fields(request.form))
    if "add" in request.form:
        sign_up_form.add_person()
    if "remove" in request.form:
        sign_up_form.remove_person(request.form.get("remove", type=int, default=-1))
    sign_up_form.offer(offer)
    if "add" in request.form or "remove" in request.form:
        return _form_page(offer, sign_up_form)
    if not sign_up_form.validate():
        return _form_page(offer, sign_up_form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        order = operations.sign_up(
            offer.event,
            orderer=sign_up_form.orderer(),
            people=sign_up_form.all_people(),
            language=i18n.language(),
        )
    except (TicketTypeFull, UnknownTicketType) as refusal:
        offer = events.offer(events.get_published_event(slug))
        _say_beside_ticket_type(sign_up_form, refusal)
        return _form_page(offer, sign_up_form), refusal.status
    return redirect(url_for("signups.order", token=order.link_token), HTTPStatus.SEE_OTHER)


@blueprint.get("/p/<token>")
def order(token: str) -> str:
    """Show an order to whoever holds its link."""
    found = queries.get_order(token)
    confirmed_count = sum(registration.is_confirmed for registration in found.registrations)
    return render_template(
        "signups/order.html",
        order=found,
        sessions=queries.itinerary(found.event, found.registrations).sessions,
        confirmed_count=confirmed_count,
        cancelled_count=len(found.registrations) - confirmed_count,
    )


@blueprint.get("/p/<token>/kalendar.ics")
def order_calendar(token: str) -> Response:
    """Send the sessions of an order as a calendar file."""
    found = queries.get_order(token)
    return inline_file(documents.order_calendar(found), mime_type=calendars.MIME_TYPE, name=f"{found.event.slug}.ics")


@blueprint.get("/u/<token>")
def person(token: str) -> str:
    """Show a person their QR code, sessions and certificates."""
    registration = queries.get_person(token)
    return render_template(
        "signups/person.html",
        registration=registration,
        sessions=registration.ticket_type.sessions,
        certificates=certificates.list_papers(registration),
        attended=attendance.attended_session_ids(registration),
        open_meetings={session.code for session in registration.ticket_type.sessions if _is_open(session)},
    )


@blueprint.get("/u/<token>/vstupenka.pdf")
def ticket(token: str) -> Response:
    """Send the ticket as a PDF."""
    registration = queries.get_person(token)
    if not registration.is_confirmed:
        raise AlreadyCancelled
    return inline_file(documents.ticket_pdf(registration), mime_type="application/pdf", name="vstupenka.pdf")


@blueprint.get("/u/<token>/kalendar.ics")
def person_calendar(token: str) -> Response:
    """Send a person's sessions as a calendar file."""
    registration = queries.get_person(token)
    return inline_file(
        documents.person_calendar(registration), mime_type=calendars.MIME_TYPE, name=f"{registration.event.slug}.ics"
    )


@blueprint.get("/u/<token>/pripojit/<code>")
def join(token: str, code: str) -> BaseResponse:
    """Lead a person to the online meeting; its address is given away at the last moment only."""
    session = queries.get_online_session(queries.get_person(token), code)
    if not _is_open(session):
        raise MeetingClosed(session)
    return redirect(session.join_url or "", HTTPStatus.SEE_OTHER)


def _is_open(session: Session) -> bool:
    return rules.can_join(now=clock.now(), starts_at=session.starts_at_utc, ends_at=session.ends_at_utc)


def _form_page(offer: events.EventOffer, sign_up_form: SignUpForm) -> str:
    return render_template(
        "signups/form.html",
        offer=offer,
        form=sign_up_form,
        error_list=sign_up_form.error_list(),
        organisation_names=list_names(),
    )


def _say_beside_ticket_type(sign_up_form: SignUpForm, refusal: TicketTypeFull | UnknownTicketType) -> None:
    full = {each.code for each in refusal.ticket_types} if isinstance(refusal, TicketTypeFull) else None
    for entry in sign_up_form.people:
        if full is None or entry.form.ticket_type.data in full:
            entry.form.ticket_type.errors = [refusal.message]
