"""Reads of orders and the people in them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from registration.core import clock, tokens
from registration.core.db import db
from registration.core.prepared import Prepared
from registration.events import queries as events
from registration.events.errors import EventNotFound
from registration.events.models import Event, Question, Session, TicketType
from registration.events.queries import Itinerary
from registration.events.questions import Asked, Tally, Value, tally
from registration.signups import loading
from registration.signups.errors import LinkNotFound, RegistrationNotFound
from registration.signups.models import Answer, Order, Registration, RegistrationStatus, Substitution, TicketCode

_BY_NAME = (Registration.sort_key, Registration.id)  # the Czech way


@dataclass(frozen=True)
class SignUpSubject:
    """The little one has to know of an event to read the form of somebody who signs up."""

    event_id: int
    ticket_type_count: int
    questions: list[Asked]


# Built once: every sign-up begins with it.
_sign_up_subject = Prepared(
    select(
        Event.id.label("event_id"),
        select(func.count()).where(TicketType.event_id == Event.id).scalar_subquery().label("ticket_type_count"),
    ).where(Event.slug == bindparam("slug"), Event.published_at <= bindparam("now"))
)


def get_sign_up_subject(slug: str) -> SignUpSubject:
    """Return what the form of a published event depends on. Raises EventNotFound."""
    row = _sign_up_subject.row({"slug": slug, "now": clock.now()})
    if row is None:
        raise EventNotFound
    return SignUpSubject(row.event_id, row.ticket_type_count, events.list_questions(row.event_id))


def get_order(token: str) -> Order:
    """Return the order behind `/p/<token>`, loaded with everything its page shows. Raises LinkNotFound."""
    order = loading.load_order(tokens.stored_hash("order", token))
    if order is None:
        raise LinkNotFound
    return order


def get_person(token: str) -> Registration:
    """Return the registration behind `/u/<token>`, loaded with everything its page shows. Raises LinkNotFound."""
    registration = loading.load_person(tokens.stored_hash("registration", token))
    if registration is None:
        raise LinkNotFound
    return registration


def get_online_session(registration: Registration, code: str) -> Session:
    """Return an online session that a person with a place may join. Raises LinkNotFound."""
    for session in registration.ticket_type.sessions:
        if session.code == code and session.join_url and registration.is_confirmed:
            return session
    raise LinkNotFound


def get_registration(event: Event, registration_id: int) -> Registration:
    """Return one registration of this event, for the back office. Raises RegistrationNotFound."""
    registration = db.session.scalar(
        _with_event().where(Registration.id == registration_id, Registration.event_id == event.id)
    )
    if registration is None:
        raise RegistrationNotFound
    return registration


def list_by_ids(event: Event, ids: Iterable[int]) -> list[Registration]:
    """Return these registrations of the event. Raises RegistrationNotFound when one is not there."""
    wanted = set(ids)
    found = list(
        db.session.scalars(_with_event().where(Registration.id.in_(wanted), Registration.event_id == event.id))
    )
    if len(found) < len(wanted):
        raise RegistrationNotFound
    return found


def find_registration(registration_id: int) -> Registration | None:
    """Return a registration with all its papers need, or None."""
    return db.session.scalar(_with_event().where(Registration.id == registration_id))


def find_order(order_id: int) -> Order | None:
    """Return an order by id, or None."""
    return db.session.get(Order, order_id)


def list_registrations(event: Event) -> list[Registration]:
    """Return all people of an event, sorted by surname the Czech way."""
    registrations = db.session.scalars(
        select(Registration)
        .where(Registration.event_id == event.id)
        .options(
            joinedload(Registration.order),
            joinedload(Registration.cancellation),
            joinedload(Registration.ticket_type).selectinload(TicketType.sessions),
        )
        .order_by(*_BY_NAME)
    )
    return list(registrations)


def list_expected(session: Session) -> list[Registration]:
    """Return the confirmed people whose ticket type admits to the session, sorted by surname the Czech way."""
    registrations = db.session.scalars(
        select(Registration)
        .join(Registration.ticket_type)
        .where(
            Registration.status == RegistrationStatus.CONFIRMED,
            TicketType.sessions.any(Session.id == session.id),
        )
        .options(joinedload(Registration.ticket_type))
        .order_by(*_BY_NAME)
    )
    return list(registrations)


def list_substitutions(registration: Registration) -> Sequence[Substitution]:
    """Return who was in somebody's place before, the latest change first."""
    mine = select(Substitution).where(Substitution.registration_id == registration.id)
    return db.session.scalars(mine.order_by(Substitution.id.desc())).all()


def list_latest_registrations(event: Event, *, limit: int) -> Sequence[Registration]:
    """Return the people who signed up last."""
    return db.session.scalars(
        select(Registration)
        .join(Registration.order)
        .where(Registration.event_id == event.id)
        .options(joinedload(Registration.order), joinedload(Registration.ticket_type))
        .order_by(Order.created_at.desc(), Registration.id.desc())
        .limit(limit)
    ).all()


def count_confirmed(event: Event) -> int:
    """Count people who have a place."""
    statement = select(func.count()).select_from(Registration).where(_has_place(event))
    return db.session.scalar(statement) or 0


def count_organisations(event: Event) -> int:
    """Count the libraries that people with a place come from."""
    names = func.count(Registration.organisation_name.distinct())
    statement = select(names).where(_has_place(event), Registration.organisation_name != "")
    return db.session.scalar(statement) or 0


def list_by_code(code: str) -> Sequence[TicketCode]:
    """Return the ticket codes that a whole code, or its first eight characters, stand for; several are possible."""
    if len(code) == tokens.TICKET_CODE_LENGTH:
        condition = TicketCode.code_hash == tokens.stored_hash("ticket", code)
    elif len(code) == tokens.TICKET_PREFIX_LENGTH:
        condition = TicketCode.prefix_hash == tokens.stored_hash("ticket-prefix", code)
    else:
        return []
    registration = joinedload(TicketCode.registration)
    return db.session.scalars(
        select(TicketCode)
        .where(condition)
        .options(
            registration.joinedload(Registration.event),
            registration.joinedload(Registration.cancellation),
            registration.joinedload(Registration.ticket_type).selectinload(TicketType.sessions),
        )
    ).all()


def positions(registrations: Iterable[Registration]) -> dict[int, int]:
    """Return by registration id the position of those who wait, from 1 within their ticket type."""
    waiting = [each.id for each in registrations if each.status is RegistrationStatus.WAITING]
    if not waiting:
        return {}
    statement = select(Registration.id, _position()).where(Registration.id.in_(waiting))
    return {row.id: row.position for row in db.session.execute(statement)}


def count_answers(event: Event) -> list[Tally]:
    """Return how the people who have a place, and the orders they are in, answered each question."""
    has_place = Registration.status == RegistrationStatus.CONFIRMED
    colleague = aliased(Registration)
    in_order = exists().where(colleague.order_id == Answer.order_id, colleague.status == RegistrationStatus.CONFIRMED)
    statement = (
        select(Answer.question_id, Answer.value)
        .join(Answer.question)
        .outerjoin(Registration, Registration.id == Answer.registration_id)
        .where(Question.event_id == event.id, or_(has_place, and_(Answer.registration_id.is_(None), in_order)))
    )
    values = defaultdict[int, list[Value]](list)
    for question_id, value in db.session.execute(statement):
        values[question_id].append(value)
    return [tally(question, values[question.id]) for question in events.list_questions(event.id)]


def itinerary(event: Event, registrations: Iterable[Registration]) -> Itinerary:
    """Return what these people go to; those without a place go nowhere."""
    confirmed = [registration for registration in registrations if registration.is_confirmed]
    return events.itinerary(event, [each for one in confirmed for each in one.ticket_type.sessions])


def _position() -> ColumnElement[int]:
    """Count who comes before somebody: all of earlier groups, and in their own group those named before."""
    other = aliased(Registration)
    is_before = or_(
        other.waiting_entry_id < Registration.waiting_entry_id,
        and_(other.waiting_entry_id == Registration.waiting_entry_id, other.position <= Registration.position),
    )
    return (
        select(func.count())
        .where(
            other.ticket_type_id == Registration.ticket_type_id,
            other.status == RegistrationStatus.WAITING,
            is_before,
        )
        .correlate(Registration)
        .scalar_subquery()
        .label("position")
    )


def _has_place(event: Event) -> ColumnElement[bool]:
    return and_(Registration.event_id == event.id, Registration.status == RegistrationStatus.CONFIRMED)


def _with_event() -> Select[Registration]:
    return select(Registration).options(
        joinedload(Registration.order),
        joinedload(Registration.event),
        joinedload(Registration.cancellation),
        joinedload(Registration.ticket_type).selectinload(TicketType.sessions),
    )
