"""The sign-up form: shown, changed while it is being filled in, sent."""

from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from registration.core import i18n
from registration.core.limits import limiter
from registration.core.page_cache import remembered, settled
from registration.events import queries as events
from registration.events.models import Audience, Event
from registration.signups import operations, queries, rules
from registration.signups.errors import InvitationNeeded, SignUpNotOpen
from registration.signups.forms import (
    SHOWN,
    SignUpForm,
    count_people,
    guards,
    read_sent,
    show_refusal,
    with_likely_email,
    without_person,
)
from registration.signups.operations.sign_up import is_invitation

# Further files of views add theirs to it, so that all pages of this room share one prefix for `url_for`.
blueprint = Blueprint("signups", __name__)
# People, not orders, since each may get a message. The people of a library share one address.
_SIGN_UP_LIMIT = "120 per minute; 1200 per hour"
_CHANGES = {"add", "remove", "correct"}  # the buttons that only change the form

Page = tuple[str, int]


def _is_change() -> bool:
    return not _CHANGES.isdisjoint(request.form)


@blueprint.get("/akce/<slug>/prihlaska")
def form(slug: str) -> Page:
    """Show the sign-up form, or why there is none."""
    invitation = request.args.get("pozvanka", "")
    if request.query_string:
        page, status = _blank_page(slug, invitation)
    else:
        page, status = remembered(("sign-up form", i18n.language(), slug), lambda: _blank_page(slug, ""))
    return page.replace(guards.MARKER, guards.make_token().text), status


@blueprint.post("/akce/<slug>/prihlaska")
@limiter.limit(_SIGN_UP_LIMIT, cost=lambda: count_people(request.form), exempt_when=_is_change)
def submit(slug: str) -> BaseResponse | Page:
    """Take an order, or show the form again with everything kept."""
    if _is_change():
        return _changed_page(slug)
    sent = read_sent(request.form)
    subject = settled(("sign-up subject", slug), lambda: queries.get_sign_up_subject(slug))
    sign_up_form = _sent_form(sent, subject)
    if not sign_up_form.validate():
        return _page(slug, sign_up_form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        receipt = operations.sign_up(
            subject.event_id,
            orderer=sign_up_form.orderer(),
            people=sign_up_form.all_people(),
            language=i18n.language(),
            submission_key=guards.submission_key(subject.event_id, sent),
            wishes=sign_up_form.wishes(),
        )
    except SignUpNotOpen as refusal:
        return _page(slug, sign_up_form, refusal.status)
    except SHOWN as refusal:
        # What is full now may have had a place half a second ago, when the questions were read.
        shown_form = _sent_form(sent, queries.get_sign_up_subject(slug))
        show_refusal(shown_form, refusal)
        return _page(slug, shown_form, refusal.status)
    return redirect(url_for("signups.order", token=receipt.link_token), HTTPStatus.SEE_OTHER)


def _sent_form(sent: MultiDict[str, str], subject: queries.SignUpSubject) -> SignUpForm:
    return SignUpForm(sent, questions=subject.questions, must_choose=subject.ticket_type_count != 1)


def _changed_page(slug: str) -> Page:
    """Show the form with a person more or less, or with an address corrected; nothing is checked yet."""
    sent = read_sent(request.form)
    if "remove" in request.form:
        sent = without_person(sent, request.form.get("remove", type=int, default=-1))
    if "correct" in request.form:
        sent = with_likely_email(sent, request.form["correct"])
    sign_up_form = SignUpForm(sent, questions=queries.get_sign_up_subject(slug).questions)
    if "add" in request.form:
        sign_up_form.add_person()
    sign_up_form.corrected_email = rules.likely_email(request.form.get("correct", "")) or ""
    return _page(slug, sign_up_form, HTTPStatus.OK)


def _blank_page(slug: str, invitation: str) -> Page:
    """Show an empty form, with the marker in the place of its token."""
    questions = queries.get_sign_up_subject(slug).questions
    return _page(slug, SignUpForm(questions=questions, invitation=invitation, token_text=guards.MARKER), HTTPStatus.OK)


def _page(slug: str, sign_up_form: SignUpForm, status: HTTPStatus) -> Page:
    """Show the form as it stands, or what to do where there is none (any more)."""
    event = events.get_published_event(slug)
    invited_to = _invited_to(event, sign_up_form.invitation)
    offer = events.offer(event, with_invited=bool(invited_to))
    offer = replace(offer, ticket_types=[each for each in offer.ticket_types if _is_for(each, invited_to)])
    if not offer.can_sign_up:
        refusal = InvitationNeeded() if offer.is_by_invitation else SignUpNotOpen(offer.state, event.sign_up_opens_at)
        return render_template("signups/form_closed.html", offer=offer, refusal=refusal), refusal.status
    sign_up_form.offer(offer)
    page = render_template(
        "signups/form.html",
        offer=offer,
        form=sign_up_form,
        error_list=sign_up_form.error_list(),
        has_unknown_invitation=sign_up_form.invitation and not invited_to,
    )
    return page, status


def _invited_to(event: Event, invitation: str) -> set[int]:
    """Return the ids of the ticket types that an invitation opens."""
    by_invitation = [each.id for each in event.ticket_types if each.audience is Audience.INVITED]
    return {id_ for id_ in by_invitation if is_invitation(invitation, id_)}


def _is_for(offered: events.TicketTypeOffer, invited_to: set[int]) -> bool:
    return offered.audience is not Audience.INVITED or offered.ticket_type.id in invited_to
