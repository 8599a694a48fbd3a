"""Whom a link stands for: one person, by their own link or by the orderer's, or everybody in an order.

`/u/<token>/…` is a person's own, `/p/<token>/…` is about the whole order, `/p/<token>/2/…` about its second person.
What can be done is the same, and so are the views; only the way back differs, and who is written down as the actor.
"""

from dataclasses import dataclass
from http import HTTPStatus

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from registration.core.i18n import lazy_gettext
from registration.events.models import Session
from registration.events.queries import itinerary
from registration.signups import queries, self_service
from registration.signups.errors import LinkNotFound
from registration.signups.models import Order, Registration

# What the page one comes back to says has happened: there is no cookie that could remember it.
_DONE = {
    "odhlaseni": lazy_gettext("The cancellation is done. A confirmation is on its way by e-mail."),
    "foceni": lazy_gettext("The wish about photos is saved."),
    "odpovedi": lazy_gettext("The answers are saved."),
    "prijato": lazy_gettext("The place is accepted."),
    "odmitnuto": lazy_gettext("The place is declined and goes to the next in line. Thank you for letting us know."),
    "ucastnik": lazy_gettext("Somebody else comes now. They have got their own QR code and link by e-mail."),
    "varianta": lazy_gettext("The ticket type is changed. A confirmation is on its way by e-mail."),
    "predano": lazy_gettext(
        "The place has been passed on. Whoever comes now gets a QR code and a link by e-mail; the earlier ones end."
    ),
    "odeslano": lazy_gettext("If we have registrations with this address, the links are on their way."),
}


@dataclass(frozen=True)
class Party:
    """People whom somebody may make changes for."""

    order: Order
    people: list[Registration]
    by: str  # the address of whoever acts, for the records
    home: str  # the page one has come from and goes back to
    actions: str  # what the addresses of all changes begin with
    is_order: bool = False  # all of it, and not one person

    @property
    def person(self) -> Registration:
        """Return the one person it is about."""
        return self.people[0]

    @property
    def sessions(self) -> list[Session]:
        """Return all the sessions these people have signed up for, by time."""
        return itinerary(
            self.order.event, [part for each in self.people for part in each.ticket_type.sessions]
        ).sessions

    @property
    def still_in(self) -> list[Registration]:
        """Return those who have a place or wait for one."""
        return [each for each in self.people if self_service.is_in(each)]

    def done(self, what: str) -> Response:
        """Go back, and say there what has happened."""
        return redirect(f"{self.home}?hotovo={what}", HTTPStatus.SEE_OTHER)


def find_party(token: str, kind: str = "u", number: int | None = None) -> Party:
    """Return whom a link stands for; `number` is one person's within an order. Raises LinkNotFound."""
    if kind == "u":
        return _own(queries.get_person(token))
    order = queries.get_order(token)
    home = url_for("signups.order", token=token)
    if number is None:
        return Party(order, list(order.registrations), by=order.orderer_email, home=home, actions=home, is_order=True)
    people = [each for each in order.registrations if each.position == number]
    if not people:
        raise LinkNotFound
    return Party(order, people, by=order.orderer_email, home=home, actions=f"{home}/{number}")


def done_sentence() -> str | None:
    """Return what a page says has just happened."""
    sentence = _DONE.get(request.args.get("hotovo", ""))
    return str(sentence) if sentence else None


def _own(registration: Registration) -> Party:
    home = url_for("signups.person", token=registration.link_token)
    return Party(registration.order, [registration], by=registration.email, home=home, actions=home)
