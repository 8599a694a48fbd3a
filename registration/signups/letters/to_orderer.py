"""Letters to the orderer: of the order, and of what happens to colleagues."""

from collections import Counter
from collections.abc import Collection, Iterable

from sqlalchemy.orm import joinedload, selectinload

from registration.core import clock
from registration.core.db import db
from registration.events.models import TicketType
from registration.mail.composition import Content, address
from registration.signups.letters import content
from registration.signups.letters.content import LIVE
from registration.signups.models import Order, Registration, RegistrationStatus

# Which of the people a piece of news is still true of.
_TRUE_OF: dict[str, Collection[RegistrationStatus]] = {
    "approved": {RegistrationStatus.CONFIRMED, RegistrationStatus.WAITING},
    "promoted": {RegistrationStatus.CONFIRMED},
    "offered": {RegistrationStatus.OFFERED},
    "lapsed": {RegistrationStatus.CANCELLED},
    "refused": {RegistrationStatus.CANCELLED},
    "cancelled": {RegistrationStatus.CANCELLED},
    "event_cancelled": set(RegistrationStatus),
    "substituted": LIVE,
    "moved": LIVE,
}


def order_received(order: int) -> Content | None:
    """Write of everybody in the order, as things stand."""
    found = _find_order(order)
    people = _known(found.registrations) if found else []
    if found is None or not any(person.status in LIVE for person in people):
        return None
    confirmed = [person for person in people if person.is_confirmed]
    attachments = [{"kind": "ticket", "id": person.id} for person in confirmed]
    if confirmed:
        attachments.insert(0, {"kind": "calendar", "id": found.id})
    statuses = Counter(person.status for person in people)
    waiting = statuses[RegistrationStatus.WAITING] + statuses[RegistrationStatus.OFFERED]
    applied = statuses[RegistrationStatus.APPLIED]
    state = "confirmed" if confirmed else "waiting" if waiting else "applied"
    return content.to_orderer(
        found,
        people,
        attachments,
        state=state,
        count=len(confirmed) or waiting or applied,
        has_waiting=statuses[RegistrationStatus.WAITING] > 0,
    )


def order_news(
    order: int, registrations: list[int], news: str, previous_name: str = "", reason: str = ""
) -> Content | None:
    """Write of what has happened to some of the people; each of them has a letter of their own."""
    found = _find_order(order)
    if found is None:
        return None
    concerned = [person for person in _known(found.registrations) if person.id in registrations]
    people = [person for person in concerned if person.status in _TRUE_OF[news]]
    if not people:
        return None
    deadlines = [clock.to_local(person.offer.expires_at) for person in people if person.offer]
    return content.to_orderer(
        found,
        people,
        news=news,
        deadline=min(deadlines, default=None),
        answer_page=address(f"/p/{found.link_token}/nabidka"),
        previous_name=previous_name,
        reason=reason,
    )


def _find_order(order_id: int) -> Order | None:
    ticket_types = selectinload(Order.registrations).joinedload(Registration.ticket_type)
    with_parts = [joinedload(Order.event), ticket_types.selectinload(TicketType.sessions)]
    return db.session.get(Order, order_id, options=with_parts)


def _known(people: Iterable[Registration]) -> list[Registration]:
    return [person for person in people if person.erased_at is None]
