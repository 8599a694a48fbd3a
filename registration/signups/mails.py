"""Who hears of what: every person of their own place, the orderer of the order and of colleagues' places.

Called inside the transaction of the fact, while others wait for its locks: only plain values go into the letters. What
they say is composed by the worker, see `registration.signups.letters`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from registration.events.models import Session
from registration.mail import outbox
from registration.mail.models import InvitedAddress
from registration.mail.outbox import HeldBack, Letter
from registration.signups.messaging import GroupMessage
from registration.signups.models import CancellationKind, Order, Registration, RegistrationStatus

_PLACE_BY_STATUS = {
    RegistrationStatus.CONFIRMED: "place_confirmed",
    RegistrationStatus.WAITING: "place_waiting",
    RegistrationStatus.APPLIED: "place_applied",
    RegistrationStatus.OFFERED: "place_offered",
}
_NOTHING_LOST: Mapping[int, list[str]] = MappingProxyType({})


@dataclass(frozen=True)
class Told:
    """One of the people of a new order, with what decides which message they get."""

    registration_id: int
    version: int  # of the ticket code
    email: str
    status: RegistrationStatus


@dataclass(frozen=True)
class SessionBefore:
    """When and where a session was to be before it was changed; wall times."""

    starts_at: datetime
    ends_at: datetime
    venue: str


def signed_up(*, event_id: int, order_id: int, orderer_email: str, language: str, people: Sequence[Told]) -> None:
    """Tell the orderer of the whole order, and of their own place whoever has an address of their own."""
    letters = [Letter("order_received", orderer_email, language, {"order": order_id}, event_id=event_id)]
    for person in people:
        if _differ(person.email, orderer_email):
            facts = {"registration": person.registration_id, "version": person.version}
            kind = _PLACE_BY_STATUS[person.status]
            letters.append(Letter(kind, person.email, language, facts, event_id=event_id))
    outbox.post_all(letters)


def promoted(
    order: Order, registrations: Sequence[Registration], *, lost: Mapping[int, list[str]] = _NOTHING_LOST
) -> None:
    """Tell people from the waiting list that they have a place now.

    `lost` are the labels of limited choices that were full meanwhile, by registration id.
    """
    letters = [
        _letter("place_promoted", order, each, **({"lost": lost[each.id]} if lost.get(each.id) else {}))
        for each in registrations
    ]
    outbox.post_all([*letters, *_news("promoted", order, registrations)])


def offered(order: Order, registrations: Sequence[Registration]) -> None:
    """Tell people from the waiting list that a place is held for them."""
    _tell("place_offered", "offered", order, registrations)


def lapsed(order: Order, registrations: Sequence[Registration]) -> None:
    """Tell people that the place held for them went to others."""
    _tell("place_lapsed", "lapsed", order, registrations)


def approved(order: Order, registration: Registration, *, held: HeldBack | None = None) -> None:
    """Tell a person that the organizer lets them in: that they have a place, or wait for one."""
    _tell(_PLACE_BY_STATUS[registration.status], "approved", order, [registration], held)


def refused(order: Order, registrations: Sequence[Registration], *, reason: str = "") -> None:
    """Tell people that the organizer did not approve; the reason is shown to them."""
    _tell("place_refused", "refused", order, registrations, None, **({"reason": reason} if reason else {}))


def cancelled(order: Order, registrations: Sequence[Registration], *, held: HeldBack | None = None) -> None:
    """Tell people that their place, or their wait for one, is over."""
    _tell("place_cancelled", "cancelled", order, registrations, held)


def moved(order: Order, registration: Registration, *, held: HeldBack | None = None) -> None:
    """Tell a person that their ticket type is another one now."""
    _tell("place_changed", "moved", order, [registration], held, is_moved=True)


def again(order: Order, registrations: Sequence[Registration]) -> None:
    """Send people once more how their place stands, with their links; whoever has cancelled must not be among them."""
    outbox.post_all([_letter(_PLACE_BY_STATUS[each.status], order, each) for each in registrations])


def order_again(order: Order) -> None:
    """Send the orderer once more the whole order with its link."""
    facts = {"order": order.id}
    outbox.post_all([Letter("order_received", order.orderer_email, order.language, facts, event_id=order.event_id)])


def answers_changed(order: Order, registration: Registration) -> None:
    """Tell a person that their answers are kept; the orderer need not know them."""
    outbox.post_all([_letter("place_changed", order, registration)])


def substituted(
    order: Order, registration: Registration, *, previous_name: str, previous_email: str, previous_version: int
) -> None:
    """Tell the person who comes now, the one who came before, and the orderer."""
    before = {
        "registration": registration.id,
        "previous_name": previous_name,
        "version_before": previous_version,
        # In a mailbox that colleagues share the dates stay, for whoever comes now.
        "keeps_dates": not _differ(previous_email, registration.email),
    }
    person = _letter(_PLACE_BY_STATUS[registration.status], order, registration)
    previous = Letter("place_passed_on", previous_email, order.language, before, event_id=order.event_id)
    news = _news("substituted", order, [registration], previous_name=previous_name)
    outbox.post_all([person, previous, *news])


def event_cancelled(orders: Iterable[Order], *, reason: str = "") -> None:
    """Tell everybody who was to come, or waited, that the event does not take place; the reason is shown to them.

    Whoever had cancelled before hears nothing. The orders' registrations and their cancellations should be loaded.
    """
    facts = {"reason": reason} if reason else {}
    letters: list[Letter] = []
    for order in orders:
        concerned = [each for each in order.registrations if _is_concerned(each)]
        letters += [_letter("event_cancelled", order, each, **facts) for each in concerned]
        letters += _news("event_cancelled", order, concerned, **facts)
    outbox.post_all(letters)


def session_changed(session: Session, registrations: Sequence[Registration], *, before: SessionBefore) -> None:
    """Tell people when and where a session is now, and was to be before; their orders should be loaded."""
    facts = {
        "session": session.id,
        "day_before": before.starts_at.date().isoformat(),
        "start_before": before.starts_at.time().isoformat(),
        "end_before": before.ends_at.time().isoformat(),
        "venue_before": before.venue,
    }
    outbox.post_all([_letter("session_changed", each.order, each, **facts) for each in registrations])


def reminders(session: Session, registrations: Sequence[Registration], *, minutes_before: int) -> None:
    """Remind people of a session, once for each of its starts; their orders should be loaded."""
    outbox.post_all(
        [
            _letter(
                "session_reminder",
                each.order,
                each,
                reminder_key(each.id, session, minutes_before=minutes_before),
                session=session.id,
            )
            # In one order, so that two who write the same keys at once wait for each other and not in a circle.
            for each in sorted(registrations, key=lambda registration: registration.id)
        ]
    )


def reminder_key(registration_id: int, session: Session, *, minutes_before: int) -> str:
    """Return what tells a reminder from all others: whom it reminds, of which start of what, how long before."""
    return f"reminder:{registration_id}:{session.id}:{session.starts_at.isoformat()}:{minutes_before}"


def links(email: str, *, language: str) -> None:
    """Send all links that belong to an address to it."""
    outbox.post("links", to=email, language=language, email=email)


def group_message(
    message: GroupMessage, registrations: Sequence[Registration], *, invited: Sequence[InvitedAddress] | None
) -> None:
    """Write to each of a group, once; `invited` says, in the same order, how they can decline an invitation."""
    letters = [_of_group(message, each) for each in registrations]
    for letter, address in zip(letters, invited or (), strict=False):
        letter.facts["invited_address"] = address.id
    outbox.post_all(letters)


def group_message_tried_out(
    message: GroupMessage, registration: Registration, *, to: str, language: str, invited: InvitedAddress | None
) -> None:
    """Send what one of a group would get to the organizer; it counts as none of the event's messages."""
    facts = {**_of_group(message, registration).facts, "is_try": True}
    if invited is not None:
        facts["invited_address"] = invited.id
    outbox.post_all([Letter("group_message", to, language, facts)])


def _of_group(message: GroupMessage, registration: Registration) -> Letter:
    key = f"group:{message.id}:{registration.id}"
    was_live = registration.status is not RegistrationStatus.CANCELLED
    return _letter("group_message", registration.order, registration, key, message=message.id, was_live=was_live)


def _tell(
    kind: str,
    news: str,
    order: Order,
    registrations: Sequence[Registration],
    held: HeldBack | None = None,
    **facts: Any,
) -> None:
    letters = [_letter(kind, order, each, **facts) for each in registrations]
    outbox.post_all([*letters, *_news(news, order, registrations)], held=held)


def _letter(
    kind: str, order: Order, registration: Registration, dedupe_key: str | None = None, /, **facts: Any
) -> Letter:
    who = {"registration": registration.id, "version": registration.ticket_version}
    return Letter(kind, registration.email, order.language, {**who, **facts}, dedupe_key, order.event_id)


def _news(news: str, order: Order, registrations: Sequence[Registration], **facts: Any) -> list[Letter]:
    """Return the orderer's message about colleagues, none when all have the orderer's own address."""
    colleagues = [each.id for each in registrations if _differ(each.email, order.orderer_email)]
    if not colleagues:
        return []
    facts = {"order": order.id, "registrations": colleagues, "news": news, **facts}
    return [Letter("order_news", order.orderer_email, order.language, facts, event_id=order.event_id)]


def _is_concerned(registration: Registration) -> bool:
    if registration.status is not RegistrationStatus.CANCELLED:
        return True
    cancellation = registration.cancellation
    return cancellation is not None and cancellation.kind is CancellationKind.EVENT_CANCELLED


def _differ(address: str, other: str) -> bool:
    return address.casefold() != other.casefold()
