"""Reads of personal data: all that is known of one person, and whose time is up."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select

from registration.badges import queries as badges
from registration.badges.models import BadgePrint
from registration.certificates import queries as certificates
from registration.certificates.queries import Paper
from registration.checkin import queries as attendance
from registration.checkin.models import AttendanceEntry, Scan
from registration.core import clock
from registration.core.db import db
from registration.events.models import Event
from registration.mail.models import OutboxMessage
from registration.privacy import rules
from registration.records.models import DeclaredTraining
from registration.records.queries import list_declared
from registration.signups import answers, lists
from registration.signups.annotations import Note
from registration.signups.models import (
    Answer,
    Cancellation,
    CancellationKind,
    Order,
    Registration,
    RegistrationStatus,
    WaitingListEntry,
)
from registration.signups.queries import list_substitutions


@dataclass(frozen=True)
class PersonalData:
    """All that is stored about a person who takes part in one event."""

    registration: Registration
    is_orderer: bool  # by the address
    has_colleagues: bool  # others in the order are not erased
    waits: WaitingListEntry | None
    answers: Sequence[Answer]
    notes: Sequence[Note]  # the organizer's, the latest first
    tags: Sequence[str]
    badge: BadgePrint | None  # the last one printed
    attendance: Sequence[AttendanceEntry]
    scans: Sequence[Scan]
    papers: Sequence[Paper]
    messages: Sequence[OutboxMessage]
    declared: Sequence[DeclaredTraining]  # in the person's training record, which goes over all their events


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
        notes=_notes_on(registration),
        tags=lists.tags_of([registration.id]).get(registration.id, []),
        badge=badges.find_last_print(registration),
        attendance=attendance.list_entries(registration),
        scans=attendance.list_scans(registration),
        papers=certificates.list_papers(registration),
        messages=_messages_to(registration, is_orderer=is_orderer),
        declared=list_declared(registration),
    )


def has_colleagues(registration: Registration) -> bool:
    """Say whether somebody else in the order is still known."""
    others = select(Registration.id).where(
        Registration.order_id == registration.order_id,
        Registration.id != registration.id,
        Registration.erased_at.is_(None),
    )
    return db.session.scalar(others.limit(1)) is not None


def is_known_address(email: str) -> bool:
    """Say whether an address is still that of somebody who signed up, or signed others up."""
    of_person = exists().where(func.lower(Registration.email) == email.lower())
    of_orderer = exists().where(func.lower(Order.orderer_email) == email.lower())
    return bool(db.session.scalar(select(or_(of_person, of_orderer))))


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


def list_speakers_without_paper() -> Sequence[int]:
    """Return the ids of speakers who have no confirmation that holds, whose event was long enough ago."""
    return certificates.list_speakers_to_forget(rules.latest_event_to_forget(clock.local_now().date()))


def _notes_on(registration: Registration) -> list[Note]:
    """Return what the organizers noted down about a person; older notes are about whoever was to come before."""
    notes = lists.notes_of([registration.id]).get(registration.id, [])
    substitutions = list_substitutions(registration)
    return [each for each in notes if not substitutions or each.written_at >= substitutions[0].substituted_at]


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
