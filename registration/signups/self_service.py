"""What whoever holds a link can still do with it: the same questions the operations ask, answered for the page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, exists, func, select, union_all

from registration.core import clock
from registration.core.db import db
from registration.events import queries as events
from registration.events.models import Audience, Event, Question, QuestionScope, Session, TicketType
from registration.events.questions import Asked, Value
from registration.signups import answers, rules
from registration.signups.models import Answer, Order, Registration, RegistrationStatus

# Built once: the page of every order asks.
_asks = select(
    exists().where(Question.event_id == bindparam("event_id"), Question.scope == bindparam("scope")).label("asks")
)


@dataclass(frozen=True)
class Alternative:
    """Another ticket type of the event, as somebody sees it who has one already."""

    ticket_type: TicketType
    price_haler: int
    has_room: bool

    @property
    def minutes(self) -> int:
        """Return the credited minutes of all its sessions."""
        return sum(session.credited_minutes for session in self.ticket_type.sessions)


@dataclass(frozen=True)
class Answered:
    """What a person, or the orderer for all, is asked, and what they have said."""

    questions: list[Asked]
    given: Sequence[Answer]
    can_change: bool

    @property
    def values(self) -> dict[str, Value]:
        """Return the answers to what is still asked, by question code."""
        codes = {question.id: question.code for question in self.questions}
        return {codes[each.question_id]: each.value for each in self.given if each.question_id in codes}


def is_in(registration: Registration) -> bool:
    """Say whether somebody has a place, waits for one, or for the organizer's word."""
    return registration.status is not RegistrationStatus.CANCELLED


def can_change(registration: Registration) -> bool:
    """Say whether a place can be cancelled, passed on or exchanged: until its programme begins."""
    return is_in(registration) and not _has_begun(registration.ticket_type)


def can_answer(subject: Registration | Order) -> bool:
    """Say whether answers can be changed: until the date the organizer has set, at most until the event starts."""
    event = subject.event
    people = [subject] if isinstance(subject, Registration) else subject.registrations
    closes_at = event.changes_close_at
    return any(map(is_in, people)) and rules.can_change(
        now=clock.now(), starts_at=events.starts_at(event), closes_at=closes_at
    )


def answered(subject: Registration | Order) -> Answered | None:
    """Return what somebody has answered, None where they are asked nothing."""
    scope = QuestionScope.PERSON if isinstance(subject, Registration) else QuestionScope.ORDER
    if not db.session.scalar(_asks, {"event_id": subject.event_id, "scope": scope}):
        return None
    questions = [each for each in events.list_questions(subject.event_id) if each.scope == scope]
    return Answered(questions, answers.list_given(subject), can_answer(subject))


def holds_offer(registration: Registration) -> bool:
    """Say whether somebody can accept the place they were offered."""
    if registration.status is not RegistrationStatus.OFFERED or registration.offer is None:
        return False
    return clock.now() < registration.offer.expires_at


def list_offered(people: Iterable[Registration]) -> list[Registration]:
    """Return those who can accept the place they were offered, the shortest time to do so first."""
    by_deadline = [(each.offer.expires_at, each.position, each) for each in people if each.offer and holds_offer(each)]
    return [each for *_, each in sorted(by_deadline)]


def list_alternatives(registration: Registration) -> list[Alternative]:
    """Return the ticket types somebody could take instead of their own, the full ones too.

    A small group in front may still keep the last place; that is the operation's to say.
    """
    is_member = registration.order.organisation is not None and registration.order.organisation.is_member
    return [
        Alternative(
            ticket_type=each,
            price_haler=rules.price(
                member_haler=each.price_member_haler, other_haler=each.price_other_haler, is_member=is_member
            ),
            has_room=_has_room(registration, each),
        )
        for each in registration.event.ticket_types
        if each.id != registration.ticket_type_id
        and not _has_begun(each)
        and each.audience is not Audience.INVITED
        and (is_member or each.audience is not Audience.MEMBERS)
    ]


def find_address(email: str) -> str | None:
    """Return how we know an address, whatever its case, from the orders and people of events that are not over.

    All of them are looked at, so that the time it takes does not tell whether it was found.
    """
    not_over = Event.last_on >= clock.local_now().date()
    orderers = select(Order.orderer_email.label("email")).join(Order.event).where(not_over)
    attendees = select(Registration.email).join(Registration.event).where(not_over, Registration.erased_at.is_(None))
    known = union_all(
        orderers.where(func.lower(Order.orderer_email) == email.lower()),
        attendees.where(func.lower(Registration.email) == email.lower()),
    ).subquery()
    found: str | None = db.session.scalar(select(func.max(known.c.email)))
    return found


def _has_room(registration: Registration, wanted: TicketType) -> bool:
    if registration.status is RegistrationStatus.APPLIED:
        return True  # the organizer gives the places
    if not registration.status.holds_place:
        return not wanted.waiting and _has_free([wanted, *wanted.sessions])
    held = set(registration.ticket_type.sessions)
    return _has_free([wanted, *(session for session in wanted.sessions if session not in held)])


def _has_free(counted: Sequence[TicketType | Session]) -> bool:
    return all(each.capacity is None or each.taken < each.capacity for each in counted)


def _has_begun(ticket_type: TicketType) -> bool:
    starts_at = min((session.starts_at_utc for session in ticket_type.sessions), default=None)
    return not rules.can_change(now=clock.now(), starts_at=starts_at)
