"""Reads of personal data: all that is known of one person, and whose time is up."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from registration.certificates import queries as certificates
from registration.certificates.queries import Paper
from registration.checkin import queries as attendance
from registration.checkin.models import AttendanceEntry
from registration.core import clock
from registration.core.db import db
from registration.events.models import Event
from registration.mail.models import OutboxMessage
from registration.privacy import rules
from registration.signups import answers
from registration.signups.models import (
    Answer,
    Cancellation,
    CancellationKind,
    Registration,
    RegistrationStatus,
    WaitingListEntry,
)


@dataclass(frozen=True)
class PersonalData:
    """All that is stored about a person who takes part in one event."""

    registration: Registration
    is_orderer: bool  # by the address
    has_colleagues: bool  # others in the order are not erased
    waits: WaitingListEntry | None
    answers: Sequence[Answer]
    attendance: Sequence[AttendanceEntry]
    papers: Sequence[Paper]
    messages: Sequence[OutboxMessage]


def personal_data(registration: Registration) -> PersonalData:
    """Return all that is stored about a person; nothing of whoever was to come in their place before."""
    order = registration.order
    is_orderer = registration.email.casefold() == order.orderer_email.casefold()
    entry_id = registration.waiting_entry_id
    given = answers.list_given(registration)
    return PersonalData(
        registration=registration,
        is_orderer=is_orderer,
        has_colleagues=has_colleagues(registration),
        waits=db.session.get(WaitingListEntry, entry_id) if entry_id else None,
        answers=[*given, *answers.list_given(order)] if is_orderer else given,
        attendance=attendance.list_entries(registration),
        papers=certificates.list_papers(registration),
        messages=_messages_to(registration, is_orderer=is_orderer),
    )


def has_colleagues(registration: Registration) -> bool:
    """Say whether somebody else in the order is still known."""
    others = select(Registration.id).where(
        Registration.order_id == registration.order_id,
        Registration.id != registration.id,
        Registration.erased_at.is_(None),
    )
    return db.session.scalar(others.limit(1)) is not None


def list_people_without_place() -> Sequence[int]:
    """Return the ids of those who never had a place, whose event was long enough ago.

    Of registrations older than the time of confirmation only those who stood in a line are known not to have had one.
    """
    never_had_a_place = or_(
        Registration.status != RegistrationStatus.CANCELLED,
        Registration.waiting_entry_id.is_not(None),
        Cancellation.kind == CancellationKind.REFUSED,
        Event.needs_approval,
    )
    statement = (
        select(Registration.id)
        .join(Registration.event)
        .outerjoin(Registration.cancellation)
        .where(
            Event.last_on <= rules.latest_event_to_forget(clock.local_now().date()),
            Registration.confirmed_at.is_(None),
            Registration.erased_at.is_(None),
            Registration.status != RegistrationStatus.CONFIRMED,
            never_had_a_place,
        )
        .order_by(Registration.id)
    )
    return db.session.scalars(statement).all()


def _messages_to(registration: Registration, *, is_orderer: bool) -> list[OutboxMessage]:
    """Return what was written to a person; an address may be shared, and have been somebody else's before."""
    certificate_ids = [paper.certificate.id for paper in certificates.list_papers(registration)]
    to_address = select(OutboxMessage).where(OutboxMessage.recipient == registration.email).order_by(OutboxMessage.id)
    return [
        message
        for message in db.session.scalars(to_address)
        if is_about(registration, message)
        or message.facts.get("certificate") in certificate_ids
        or (is_orderer and message.facts.get("order") == registration.order_id)
        or "email" in message.facts
    ]


def is_about(registration: Registration, message: OutboxMessage) -> bool:
    """Say whether a message tells a person of their own place, and not whoever had it before of theirs."""
    facts = message.facts
    return facts.get("registration") == registration.id and facts.get("version") == registration.ticket_version
