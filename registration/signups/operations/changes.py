"""A registration changes: another person comes, to something else, with other answers."""

from collections.abc import Mapping

from registration.core import audit, clock, tokens
from registration.core.db import db, transaction
from registration.events.models import Audience
from registration.events.offered import Offered, OfferedType, lock_offered
from registration.events.questions import Value
from registration.signups import answers, mails, rows, rules
from registration.signups.errors import (
    AlreadyComing,
    AlreadySignedUp,
    ChangesClosed,
    InvitationNeeded,
    MembersOnly,
    UnknownTicketType,
)
from registration.signups.models import Order, Registration, RegistrationStatus, Substitution, TicketCode
from registration.signups.operations.holding import read_again, refuse_late, take_place
from registration.signups.operations.sign_up import Person, is_invitation
from registration.signups.operations.waiting_list import serve

_WHO = ("title_before", "given_name", "family_name", "title_after", "email")


def substitute(registration: Registration, *, person: Person, by: str, is_late_allowed: bool = False) -> Substitution:
    """Let another person come in somebody's place: the order stays, links and codes of the one before die.

    Answers that are nobody else's business, such as a diet, go with the person before. The ticket type of `person`
    is of no matter. The organizer can do it late. Raises ChangesClosed, AlreadyCancelled, AlreadyComing,
    AlreadySignedUp. Locks the event.
    """
    with transaction() as session:
        offered = lock_offered(registration.event_id)
        read_again(registration)
        if not is_late_allowed:
            refuse_late(offered.by_id(registration.ticket_type_id))
        if all(getattr(person, name) == getattr(registration, name) for name in _WHO):
            raise AlreadyComing
        if person.key != registration.person_key and rows.known_people(offered.id, [person.key]):
            raise AlreadySignedUp([0])
        before = Substitution(
            registration_id=registration.id,
            substituted_at=clock.now(),
            substituted_by=by,
            previous_name=registration.name,
            previous_email=registration.email,
        )
        session.add(before)
        _forget_previous_answers(offered, registration)
        registration.no_photo = False
        version_before = registration.ticket_version
        details_before = details_of(registration)
        rename(registration, person)
        renew_links(registration)
        audit.record(
            registration,
            "substituted",
            by=by,
            event_id=offered.id,
            before=details_before,
            after=details_of(registration),
        )
        session.flush()
        mails.substituted(
            registration.order,
            registration,
            previous_name=before.previous_name,
            previous_email=before.previous_email,
            previous_version=version_before,
        )
    return before


def switch_ticket_type(registration: Registration, *, code: str, invitation: str = "", by: str) -> Registration:
    """Change what somebody is signed up for, when there is room for it; the price becomes that of the new type.

    Raises ChangesClosed, AlreadyCancelled, UnknownTicketType, TicketTypeFull, MembersOnly, InvitationNeeded. Locks the
    event.
    """
    with transaction() as session:
        offered = lock_offered(registration.event_id)
        read_again(registration)
        refuse_late(offered.by_id(registration.ticket_type_id))
        wanted = offered.find(code)
        if wanted is None or wanted.id == registration.ticket_type_id:
            raise UnknownTicketType([0])
        refuse_late(wanted)
        _refuse_audience(wanted, registration.order, invitation)
        if registration.status is not RegistrationStatus.APPLIED:
            take_place(offered, wanted, registration)
        sign_over(offered, registration, wanted, by=by)
        session.flush()
        mails.moved(registration.order, registration)
        serve(offered.id)
    return registration


def sign_over(offered: Offered, registration: Registration, wanted: OfferedType, *, by: str) -> None:
    """Write down that somebody who has their place is signed up for another ticket type, at its price."""
    before = _what_for(offered, registration)
    registration.ticket_type_id = wanted.id
    is_member = registration.order.organisation is not None and registration.order.organisation.is_member
    registration.price_haler = rules.price(
        member_haler=wanted.price_member_haler, other_haler=wanted.price_other_haler, is_member=is_member
    )
    after = _what_for(offered, registration)
    audit.record(registration, "moved", by=by, event_id=offered.id, before=before, after=after)
    db.session.flush()
    db.session.expire(registration, ["ticket_type"])


def change_answers(subject: Registration | Order, values: Mapping[str, Value], *, by: str) -> None:
    """Write other answers of a person, or of the orderer for all.

    Raises ChangesClosed, AlreadyCancelled, ChoiceFull. Locks the event.
    """
    with transaction() as session:
        offered = lock_offered(subject.event_id)
        if isinstance(subject, Registration):
            read_again(subject)
        closes_at = subject.event.changes_close_at
        if not rules.can_change(now=clock.now(), starts_at=offered.starts_at, closes_at=closes_at):
            raise ChangesClosed
        answers.replace(offered, subject, values)
        # What people answer may be sensitive, and is deleted sooner than this.
        audit.record(subject, "answers_changed", by=by, event_id=offered.id, after={"questions": sorted(values)})
        session.flush()
        if isinstance(subject, Registration):
            mails.answers_changed(subject.order, subject)


def set_no_photo(registration: Registration, *, no_photo: bool, by: str) -> None:
    """Write down whether somebody wants not to be photographed. Raises AlreadyCancelled. Locks the event."""
    with transaction():
        offered = lock_offered(registration.event_id)
        read_again(registration)
        before, after = {"no_photo": registration.no_photo}, {"no_photo": no_photo}
        if before != after:
            registration.no_photo = no_photo
            audit.record(registration, "photos_decided", by=by, event_id=offered.id, before=before, after=after)


def details_of(registration: Registration) -> dict[str, str]:
    """Return who somebody is, for the records."""
    return {name: getattr(registration, name) for name in _WHO}


def rename(registration: Registration, person: Person) -> None:
    """Write down who somebody is, and where they stand in lists."""
    for name in _WHO:
        setattr(registration, name, getattr(person, name))
    registration.person_key = person.key
    registration.renew_list_keys()


def renew_links(registration: Registration) -> None:
    """Let the link and the code somebody has stop working, and give them others."""
    registration.ticket_version += 1
    registration.link_version += 1
    registration.link_hash = tokens.stored_hash("registration", registration.link_token)
    db.session.add(TicketCode(**rows.ticket_code_row(registration.id, registration.ticket_version)))


def _what_for(offered: Offered, registration: Registration) -> dict[str, object]:
    ticket_type = offered.by_id(registration.ticket_type_id)
    return {"ticket_type": ticket_type.code, "price_haler": registration.price_haler}


def _refuse_audience(wanted: OfferedType, order: Order, invitation: str) -> None:
    if wanted.audience == Audience.MEMBERS and not (order.organisation and order.organisation.is_member):
        raise MembersOnly([0])
    if wanted.audience == Audience.INVITED and not is_invitation(invitation, wanted.id):
        raise InvitationNeeded([0])


def _forget_previous_answers(offered: Offered, registration: Registration) -> None:
    kept = {
        answer.question.code: answer.value
        for answer in answers.list_by_registrations([registration])
        if answer.delete_on is None
    }
    answers.replace(offered, registration, kept)
