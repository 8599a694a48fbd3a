"""Somebody else comes in a person's place."""

from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from registration.core.errors import Refusal
from registration.core.limits import limiter
from registration.signups import operations, self_service
from registration.signups.errors import AlreadyCancelled, AlreadyComing, AlreadySignedUp, ChangesClosed
from registration.signups.forms import PersonDetails
from registration.signups.views.party import Party, find_party
from registration.signups.views.sign_up import blueprint

Page = tuple[str, int]
_OWN = "/u/<token>/ucastnik"
_ONE = "/p/<token>/<int:number>/ucastnik"
_LIMIT = "30 per hour"  # each sends messages to addresses that anybody may have typed


@blueprint.get(_OWN)
@blueprint.get(_ONE, defaults={"kind": "p"})
def substitution(token: str, kind: str = "u", number: int | None = None) -> Page:
    """Show the boxes for somebody else, and what will happen."""
    return _page(find_party(token, kind, number), PersonDetails())


@blueprint.post(_OWN)
@blueprint.post(_ONE, defaults={"kind": "p"})
@limiter.limit(_LIMIT)
def substitute(token: str, kind: str = "u", number: int | None = None) -> Response | Page:
    """Let somebody else come, or show the boxes again with what is wrong."""
    party = find_party(token, kind, number)
    form = PersonDetails(request.form)
    if not form.validate() or _doubts(form):
        return _page(party, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        operations.substitute(party.person, person=form.person(), by=party.by)
    except AlreadyComing:
        return party.done("ucastnik")  # a second click
    except AlreadySignedUp as refusal:
        form.email.errors = [refusal.message]
        return _page(party, form, refusal.status)
    except (AlreadyCancelled, ChangesClosed) as refusal:
        return _page(party, form, refusal=refusal)
    if kind == "u":  # this very link has just died
        return redirect(url_for("signups.links", hotovo="predano"), HTTPStatus.SEE_OTHER)
    return party.done("ucastnik")


def _doubts(form: PersonDetails) -> bool:
    """Ask about an address that looks mistyped, once."""
    return form.email.data not in request.form.getlist("checked_email") and form.email.doubt()


def _page(
    party: Party, form: PersonDetails, status: HTTPStatus = HTTPStatus.OK, *, refusal: Refusal | None = None
) -> Page:
    if refusal is None and not self_service.can_change(party.person):
        refusal = ChangesClosed() if party.still_in else AlreadyCancelled()
    error_list = [(field.id, f"{field.label.text}: {field.errors[0]}") for field in form if field.errors]
    page = render_template("signups/substitution.html", party=party, form=form, error_list=error_list, refusal=refusal)
    return page, refusal.status if refusal else status
