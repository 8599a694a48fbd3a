"""People whose badges are printed, and names no badge is safe from."""

from dataclasses import replace
from typing import Any

from registration.events.models import Event
from registration.signups.models import Registration
from registration.signups.operations import Orderer
from tests import factories
from tests.factories import person

LONG_LIBRARY = "Městská knihovna a informační středisko Horní Lhota nad Dlouhou Řekou, příspěvková organizace"
DOUBLE_BARRELLED = {
    "title_before": "PhDr. Mgr.",
    "given_name": "Květoslava",
    "family_name": "Zapletalová-Hrušovská",
    "title_after": "Ph.D., MBA",
}
# Wide letters in every name: nobody's is longer than the boxes of the form let in.
LONGEST = {
    "title_before": "prof. MUDr. PhDr. Mgr. et Mgr.",
    "given_name": " ".join(["Maxmiliána Wilhelmína"] * 4),
    "family_name": " ".join(["Mommertová-Wammmerová"] * 4),
    "title_after": "Ph.D., MBA, DiS., CSc., DSc.",
}


def sign_up(event: Event, *names: str, library: str = "Knihovna Horní Lhota") -> list[Registration]:
    """Sign people up by their surnames, each with an order of their own."""
    people = [replace(person(number), family_name=name) for number, name in enumerate(names)]
    orderers = [Orderer(name="Osoba", email=each.email, organisation=library) for each in people]
    orders = [factories.order(event, each, orderer=by) for each, by in zip(people, orderers, strict=True)]
    return [each.registrations[0] for each in orders]


def named(event: Event, **names: Any) -> Registration:
    """Sign somebody up with a name and a long library."""
    who = replace(person(1), **names)
    orderer = Orderer(name="K", email=who.email, organisation=LONG_LIBRARY)
    return factories.order(event, who, orderer=orderer).registrations[0]
