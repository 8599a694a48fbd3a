"""People give up their places: what would happen, and doing it."""

from http import HTTPStatus

from flask import render_template
from werkzeug.wrappers import Response

from registration.core.errors import Refusal
from registration.signups import operations, queries, self_service
from registration.signups.errors import AlreadyCancelled, ChangesClosed
from registration.signups.views.party import Party, find_party
from registration.signups.views.sign_up import blueprint

Page = tuple[str, int]
_ALL = "/<any(u, p):kind>/<token>/odhlaseni"
_ONE = "/p/<token>/<int:number>/odhlaseni"


@blueprint.get(_ONE, defaults={"kind": "p"})
@blueprint.get(_ALL)
def withdrawal(token: str, kind: str, number: int | None = None) -> Page:
    """Say what cancelling means, and ask."""
    return _page(find_party(token, kind, number))


@blueprint.post(_ONE, defaults={"kind": "p"})
@blueprint.post(_ALL)
def withdraw(token: str, kind: str, number: int | None = None) -> Response | Page:
    """Cancel all who still can; a second click changes nothing."""
    party = find_party(token, kind, number)
    people = [each for each in party.still_in if self_service.can_change(each)]
    try:
        if people:
            operations.withdraw(people, by=party.by)
        elif party.still_in:
            raise ChangesClosed
    except AlreadyCancelled:
        pass
    except ChangesClosed as refusal:
        return _page(party, refusal)
    return party.done("odhlaseni")


def _page(party: Party, refusal: Refusal | None = None) -> Page:
    people = [each for each in party.still_in if self_service.can_change(each)]
    if not party.still_in:
        refusal = AlreadyCancelled()
    elif not people:
        refusal = ChangesClosed()
    page = render_template(
        "signups/withdrawal.html",
        party=party,
        people=people,
        positions=queries.positions(people),
        itinerary=queries.itinerary(party.order.event, people),
        refusal=refusal,
    )
    return page, refusal.status if refusal else HTTPStatus.OK
