"""A person takes another ticket type instead of their own."""

from http import HTTPStatus

from flask import render_template, request
from werkzeug.wrappers import Response

from registration.core.errors import Refusal
from registration.core.i18n import gettext
from registration.signups import operations, self_service
from registration.signups.errors import AlreadyCancelled, ChangesClosed, PeopleRefused, TicketTypeFull
from registration.signups.views.party import Party, find_party
from registration.signups.views.sign_up import blueprint

Page = tuple[str, int]
_OWN = "/u/<token>/varianta"
_ONE = "/p/<token>/<int:number>/varianta"


@blueprint.get(_OWN)
@blueprint.get(_ONE, defaults={"kind": "p"})
def switching(token: str, kind: str = "u", number: int | None = None) -> Page:
    """Show the other ticket types, with prices, and which of them have room."""
    return _page(find_party(token, kind, number))


@blueprint.post(_OWN)
@blueprint.post(_ONE, defaults={"kind": "p"})
def switch(token: str, kind: str = "u", number: int | None = None) -> Response | Page:
    """Change the ticket type, or say why it cannot be done."""
    party = find_party(token, kind, number)
    code = request.form.get("ticket_type", "")
    if not code:
        error = gettext("Please choose what to change to.")
        return _page(party, error=error, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if code == party.person.ticket_type.code:
        return party.done("varianta")  # a second click
    try:
        operations.switch_ticket_type(party.person, code=code, by=party.by)
    except TicketTypeFull as refusal:
        error = gettext("There is no place left in it now. Nothing has changed.")
        return _page(party, error=error, chosen=code, status=refusal.status)
    except PeopleRefused as refusal:
        return _page(party, error=refusal.message, chosen=code, status=refusal.status)
    except (AlreadyCancelled, ChangesClosed) as refusal:
        return _page(party, refusal=refusal)
    return party.done("varianta")


def _page(
    party: Party,
    *,
    error: str = "",
    chosen: str = "",
    refusal: Refusal | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Page:
    if refusal is None and not self_service.can_change(party.person):
        refusal = ChangesClosed() if party.still_in else AlreadyCancelled()
    page = render_template(
        "signups/switching.html",
        party=party,
        alternatives=[] if refusal else self_service.list_alternatives(party.person),
        error=error,
        chosen=chosen,
        refusal=refusal,
    )
    return page, refusal.status if refusal else status
