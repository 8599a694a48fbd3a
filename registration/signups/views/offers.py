"""People from the waiting list say whether they want the place they are offered."""

from http import HTTPStatus

from flask import render_template, request
from werkzeug.wrappers import Response

from registration.core.errors import Refusal
from registration.signups import operations, self_service
from registration.signups.errors import OfferOver
from registration.signups.models import CancellationKind, Registration
from registration.signups.views.party import Party, find_party
from registration.signups.views.sign_up import blueprint

Page = tuple[str, int]
_ALL = "/<any(u, p):kind>/<token>/nabidka"
_ONE = "/p/<token>/<int:number>/nabidka"
_ACCEPT, _DECLINE = "prijmout", "odmitnout"


@blueprint.get(_ONE, defaults={"kind": "p"})
@blueprint.get(_ALL)
def offer(token: str, kind: str, number: int | None = None) -> Page:
    """Show the places that are offered, until when, and two buttons."""
    return _page(find_party(token, kind, number))


@blueprint.post(_ONE, defaults={"kind": "p"})
@blueprint.post(_ALL)
def answer_offer(token: str, kind: str, number: int | None = None) -> Response | Page:
    """Accept or decline the offered places; a second click changes nothing."""
    party = find_party(token, kind, number)
    answer = request.form.get("odpoved")
    if answer not in {_ACCEPT, _DECLINE}:
        return _page(party)[0], HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        if answer == _ACCEPT:
            operations.accept_offers(party.people, by=party.by)
        else:
            operations.decline_offers(party.people, by=party.by)
    except OfferOver as refusal:
        if not any(_has_answered(each, answer) for each in party.people):
            return _page(party, refusal)
    return party.done("prijato" if answer == _ACCEPT else "odmitnuto")


def _has_answered(registration: Registration, answer: str) -> bool:
    """Say whether somebody has given this very answer before."""
    if answer == _ACCEPT:
        return registration.is_confirmed and registration.offer is not None
    cancellation = registration.cancellation
    return cancellation is not None and cancellation.kind is CancellationKind.DECLINED


def _page(party: Party, refusal: Refusal | None = None) -> Page:
    people = self_service.list_offered(party.people)
    refusal = refusal or (None if people else OfferOver())
    page = render_template("signups/offer.html", party=party, people=people, refusal=refusal)
    return page, refusal.status if refusal else HTTPStatus.OK
