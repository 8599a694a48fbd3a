"""What the organizer's desk does for one person: corrects, moves, sends again, notes down, tags."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from registration.core import audit, clock, tokens
from registration.core.db import db, transaction
from registration.events.offered import lock_offered
from registration.events.questions import Value
from registration.mail.outbox import HeldBack
from registration.organisations.queries import find_organisation
from registration.signups import answers, mails, rows
from registration.signups.annotations import LONGEST_NOTE, LONGEST_TAG, Note, Tag
from registration.signups.errors import AlreadyCancelled, AlreadySignedUp, TagNotAWord, UnknownTicketType
from registration.signups.models import Order, Registration, RegistrationStatus
from registration.signups.operations.changes import details_of, rename, renew_links, sign_over
from registration.signups.operations.holding import occupy, orders_of, read_again, take_place, those_in
from registration.signups.operations.over_capacity import make_room
from registration.signups.operations.sign_up import Person
from registration.signups.operations.waiting_list import serve


@dataclass(frozen=True, kw_only=True)
class Details:
    """Who somebody is, as the desk corrects it; `language` is that of all letters of the order."""

    person: Person  # the ticket type is of no matter
    organisation: str
    language: str
    order_answers: Mapping[str, Value] | None = None  # None where they stay as they are
    no_photo: bool = False


def correct(registration: Registration, details: Details, *, by: str) -> Registration:
    """Correct who somebody is and what they have answered, also after the deadline; it is the same person.

    With another address the links and the code that went to the wrong one stop working, and the right one gets new
    ones. Raises AlreadyCancelled, AlreadySignedUp, ChoiceFull. Locks the event.
    """
    with transaction() as session:
        offered = lock_offered(registration.event_id)
        read_again(registration)
        person, email_before = details.person, registration.email
        if person.key != registration.person_key and rows.known_people(offered.id, [person.key]):
            raise AlreadySignedUp([0])
        before = _all_details(registration)
        rename(registration, person)
        _set_organisation(registration, details.organisation)
        registration.order.language = details.language
        registration.no_photo = details.no_photo
        answers.replace(offered, registration, person.answers)
        if details.order_answers is not None:
            answers.replace(offered, registration.order, details.order_answers)
        is_elsewhere = email_before.casefold() != person.email.casefold()
        if is_elsewhere:
            renew_links(registration)
            _follow(registration.order, email_before, person)
        after = _all_details(registration)
        audit.record(registration, "corrected", by=by, event_id=offered.id, before=before, after=after)
        session.flush()
        if is_elsewhere:
            mails.again(registration.order, [registration])
    return registration


def move(
    registration: Registration, *, code: str, by: str, over_capacity_reason: str = "", held: HeldBack | None = None
) -> Registration:
    """Sign somebody up for another ticket type, whoever it is for and whenever it was; at its price.

    With a reason also where it is full. Raises AlreadyCancelled, UnknownTicketType, TicketTypeFull. Locks the event.
    """
    with transaction() as session:
        offered = lock_offered(registration.event_id)
        read_again(registration)
        wanted = offered.find(code)
        if wanted is None or wanted.id == registration.ticket_type_id:
            raise UnknownTicketType([0])
        if registration.status is RegistrationStatus.APPLIED:
            pass  # a place comes with the approval
        elif over_capacity_reason:
            make_room(offered, wanted, by=by, reason=over_capacity_reason, beside=registration)
            occupy(offered, wanted, registration)
        else:
            take_place(offered, wanted, registration)
        sign_over(offered, registration, wanted, by=by)
        session.flush()
        mails.moved(registration.order, registration, held=held)
        serve(offered.id)
    return registration


def resend(registrations: Sequence[Registration], *, by: str, to_orderer: bool = False) -> list[Registration]:
    """Send people once more how their place stands, with code and links; return whom. Raises AlreadyCancelled."""
    with transaction():
        lock_offered(registrations[0].event_id)
        people = those_in(registrations)
        if not people:
            raise AlreadyCancelled
        for order in orders_of(people):
            mails.again(order, [each for each in people if each.order_id == order.id])
            if to_orderer:
                mails.order_again(order)
        for each in people:
            audit.record(each, "letter_sent_again", by=by, event_id=each.event_id)
    return people


def add_note(registration: Registration, text: str, *, by: str) -> Note:
    """Write a note beside a registration; of an endless one the beginning."""
    with transaction() as session:
        note = Note(
            registration_id=registration.id, written_at=clock.now(), written_by=by, text=text.strip()[:LONGEST_NOTE]
        )
        session.add(note)
        audit.record(registration, "note_added", by=by, event_id=registration.event_id)
    return note


def delete_note(registration: Registration, note: Note, *, by: str) -> None:
    """Take a note away; that there was one stays in the records."""
    with transaction() as session:
        session.execute(delete(Note).where(Note.id == note.id))
        audit.record(registration, "note_deleted", by=by, event_id=registration.event_id)


def tag(registrations: Sequence[Registration], word: str, *, by: str) -> list[int]:
    """Mark registrations of one event with a word; return the ids of those that did not have it. Raises TagNotAWord."""
    word = " ".join(word.split())
    if not word or len(word) > LONGEST_TAG:
        raise TagNotAWord(LONGEST_TAG)
    with transaction() as session:
        event_id = registrations[0].event_id
        lock_offered(event_id)
        word = _as_known(event_id, word)
        had = _tagged(registrations, word)
        new = [each for each in registrations if each.id not in had]
        session.add_all(Tag(registration_id=each.id, word=word, added_at=clock.now(), added_by=by) for each in new)
        for each in new:
            audit.record(each, "tagged", by=by, event_id=event_id, after={"tag": word})
    return [each.id for each in new]


def untag(registrations: Sequence[Registration], word: str, *, by: str) -> list[int]:
    """Take a word off registrations of one event; return the ids of those that had it."""
    with transaction() as session:
        event_id = registrations[0].event_id
        lock_offered(event_id)
        had = _tagged(registrations, word)
        session.execute(delete(Tag).where(Tag.registration_id.in_(had), Tag.word == word))
        for each in registrations:
            if each.id in had:
                audit.record(each, "untagged", by=by, event_id=event_id, before={"tag": word})
    return [each.id for each in registrations if each.id in had]


def _all_details(registration: Registration) -> dict[str, str | bool]:
    order = registration.order
    organisation = {"organisation_name": registration.organisation_name, "language": order.language}
    photos = {"no_photo": registration.no_photo}
    return {**details_of(registration), **organisation, **photos, "orderer_email": order.orderer_email}


def _set_organisation(registration: Registration, typed: str) -> None:
    """Write down where somebody is from; whoever is alone in an order takes it along, and with it the membership."""
    if typed == registration.organisation_name:
        return
    organisation = find_organisation(typed) if typed else None
    registration.organisation_name = organisation.label if organisation else typed
    registration.renew_list_keys()
    order = registration.order
    if len(order.registrations) == 1:
        order.organisation_id = organisation.id if organisation else None
        order.organisation_name = registration.organisation_name


def _follow(order: Order, email_before: str, person: Person) -> None:
    """Let whoever has signed themselves up get the letters about the order at the right address too."""
    if order.orderer_email.casefold() == email_before.casefold():
        order.orderer_email = person.email
        order.link_version += 1
        order.link_hash = tokens.stored_hash("order", order.link_token)


def _as_known(event_id: int, word: str) -> str:
    """Return a tag as it is spelled in this event already: `Host` and `host` are one."""
    known = select(Tag.word).join(Registration, Registration.id == Tag.registration_id)
    words = db.session.scalars(known.where(Registration.event_id == event_id).distinct())
    return next((each for each in words if each.casefold() == word.casefold()), word)


def _tagged(registrations: Sequence[Registration], word: str) -> set[int]:
    ids = [each.id for each in registrations]
    return set(db.session.scalars(select(Tag.registration_id).where(Tag.registration_id.in_(ids), Tag.word == word)))
