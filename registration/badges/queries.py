"""Reads of what is printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from registration.badges.errors import NoBadge, SessionNotFound
from registration.badges.models import BadgePrint
from registration.core import czech, tokens
from registration.core.db import db
from registration.events.models import Event, Session, TicketType
from registration.signups import queries as signups
from registration.signups.models import Registration, RegistrationStatus


class Order(StrEnum):
    """How badges lie in the pile."""

    SURNAME = "prijmeni"
    LIBRARY = "knihovna"


@dataclass(frozen=True)
class Pile:
    """The ids of those with a place, in the order of their badges, and of those among them whose badge is new."""

    everybody: Sequence[int]
    new: Sequence[int]


def get_session(event: Event, code: str) -> Session:
    """Return a session of the event by its code. Raises SessionNotFound."""
    for session in event.sessions:
        if session.code == code:
            return session
    raise SessionNotFound


def get_pile(event: Event, *, order: Order = Order.SURNAME) -> Pile:
    """Return who gets a badge, sorted the Czech way.

    New is a badge that was never printed, or says something else than the last one that was.
    """
    people = list(db.session.scalars(_with_badges().where(Registration.event_id == event.id)))
    if order is Order.LIBRARY:
        people.sort(key=lambda each: czech.sort_key(each.organisation_name))
    printed = _last_prints(event)
    new = [each.id for each in people if printed.get(each.id) != (each.ticket_version, what_is_said(each))]
    return Pile([each.id for each in people], new)


def list_for_badges(ids: Sequence[int]) -> list[Registration]:
    """Return those of these people who still have a place, in the same order, with all that badges show."""
    shown = (
        joinedload(Registration.event),
        joinedload(Registration.ticket_type).selectinload(TicketType.sessions),
    )
    found = db.session.scalars(_with_badges().where(Registration.id.in_(ids)).options(*shown))
    by_id = {each.id: each for each in found}
    return [by_id[each] for each in ids if each in by_id]


def get_for_badge(event: Event, registration_id: int) -> Registration:
    """Return somebody of the event who has a place. Raises RegistrationNotFound, NoBadge."""
    registration = signups.get_registration(event, registration_id)
    if not registration.is_confirmed or registration.is_erased:
        raise NoBadge
    return registration


def find_last_print(registration: Registration) -> BadgePrint | None:
    """Return when a person's badge was last printed; not that of whoever was to come before."""
    theirs = select(BadgePrint).where(
        BadgePrint.registration_id == registration.id, BadgePrint.ticket_version == registration.ticket_version
    )
    return db.session.scalar(theirs.order_by(BadgePrint.id.desc()).limit(1))


def what_is_said(person: Registration) -> str:
    """Return a keyed hash of what a badge says of a person, so that nobody reads a name from it."""
    said = (
        person.title_before,
        person.given_name,
        person.family_name,
        person.title_after,
        person.organisation_name,
        str(person.ticket_type_id),
        str(person.no_photo),
    )
    return tokens.stored_hash("badge", "\n".join(said))


def _with_badges() -> Select[Registration]:
    return (
        select(Registration)
        .where(Registration.status == RegistrationStatus.CONFIRMED, Registration.erased_at.is_(None))
        .order_by(Registration.sort_key, Registration.id)
    )


def _last_prints(event: Event) -> dict[int, tuple[int, str]]:
    """Return by registration id which code was printed last, and what was said."""
    last = (
        select(func.max(BadgePrint.id))
        .join(Registration, Registration.id == BadgePrint.registration_id)
        .where(Registration.event_id == event.id)
        .group_by(BadgePrint.registration_id)
    )
    prints = db.session.scalars(select(BadgePrint).where(BadgePrint.id.in_(last)))
    return {each.registration_id: (each.ticket_version, each.said) for each in prints}
