"""The verbs of personal data: erase a person, delete what was kept long enough."""

from collections.abc import Iterable

from sqlalchemy import delete, func, or_, select, update

from registration.badges.models import BadgePrint
from registration.certificates.models import Certificate
from registration.certificates.operations import erase_certificates, lock_rules
from registration.checkin.models import AttendanceEntry
from registration.core import audit, clock
from registration.core.db import db, transaction
from registration.events.models import Event
from registration.events.offered import Offered, lock_offered
from registration.mail import operations as mail
from registration.mail.models import MessageState, OutboxMessage
from registration.printing.operations import forget_jobs_about
from registration.privacy import queries, rules
from registration.privacy.rules import MessageFate
from registration.records.operations import erase_declared
from registration.records.queries import has_other_registrations
from registration.signups.annotations import Note, Tag
from registration.signups.messaging import KIND
from registration.signups.models import (
    Answer,
    Cancellation,
    Order,
    Registration,
    RegistrationStatus,
    Substitution,
    TicketCode,
)
from registration.signups.operations import cancel, importing
from registration.signups.rules import can_change

_BATCH = 500
_ERASED_REASON = "–"  # an entry of the organizer cannot be without one


def erase(registration: Registration, *, by: str) -> None:
    """Take all that is known of a person out of everything for good; what is counted stays counted.

    A place in a programme that has not begun is given up first and goes to whoever waits. The order keeps the name of
    whoever sent it for as long as somebody in it is known. Locks the event's certificate rules, then the event.
    """
    with transaction() as session:
        lock_rules(registration.event_id)
        offered = lock_offered(registration.event_id)
        session.refresh(registration)
        if registration.is_erased:
            return
        if registration.status is not RegistrationStatus.CANCELLED and _is_ahead(offered, registration):
            cancel([registration], by=by)
        is_last = not queries.has_colleagues(registration)
        addresses = _addresses(registration)
        _erase_messages(registration, is_last=is_last)
        erase_certificates(registration)
        _erase_from_log(registration, is_last=is_last, by=by)
        _erase_traces(registration)
        _erase_record(registration)
        if is_last:
            _erase_order(registration.order)
        _erase_person(registration)
        session.flush()
        _forget_addresses(addresses)


def delete_sensitive_answers() -> int:
    """Delete some of the answers whose day has come, and return how many; of an event put off not before it is over."""
    today = clock.local_now().date()
    due = (
        select(Answer.id)
        .join(Order, Order.id == Answer.order_id)
        .join(Order.event)
        .where(Answer.delete_on <= today, or_(Event.last_on.is_(None), Event.last_on < today))
        .limit(_BATCH)
    )
    with transaction() as session:
        ids = session.scalars(due).all()
        session.execute(delete(Answer).where(Answer.id.in_(ids)).execution_options(synchronize_session=False))
    return len(ids)


def delete_old_messages() -> int:
    """Delete some of the messages that were sent, or given up, long ago, the oldest first; return how many."""
    done_at = func.coalesce(OutboxMessage.sent_at, OutboxMessage.created_at)
    old = (
        select(OutboxMessage.id)
        .where(OutboxMessage.state != MessageState.QUEUED, done_at <= rules.newest_message_to_go(clock.now()))
        .order_by(OutboxMessage.id)
        .limit(_BATCH)
    )
    with transaction() as session:
        ids = session.scalars(old).all()
        mail.discard(ids)
    return len(ids)


def _is_ahead(offered: Offered, registration: Registration) -> bool:
    starts_at = offered.by_id(registration.ticket_type_id).starts_at or offered.starts_at
    return can_change(now=clock.now(), starts_at=starts_at)


def _erase_messages(registration: Registration, *, is_last: bool) -> None:
    """Delete what was written about a person; what tells of others too is composed anew, should it be needed."""
    own = registration.email.lower()
    of_person = Certificate.registration_id == registration.id
    certificate_ids = db.session.scalars(select(Certificate.id).where(of_person)).all()
    gone: list[int] = []
    for message in _messages_that_may_tell(registration):
        fate = rules.message_fate(
            message.facts,
            registration_id=registration.id,
            certificate_ids=certificate_ids,
            order_id=registration.order_id,
            is_last_of_order=is_last,
            is_to_them=message.recipient.lower() == own,
        )
        if fate is MessageFate.GOES:
            gone.append(message.id)
        elif fate is MessageFate.IS_REWORDED:
            mail.forget_words(message)
    db.session.flush()
    mail.discard(gone)


def _addresses(registration: Registration) -> list[str]:
    """Return the addresses that ever had to do with a registration."""
    before = select(Substitution.previous_email).where(Substitution.registration_id == registration.id)
    return [registration.email, registration.order.orderer_email, *db.session.scalars(before)]


def _forget_addresses(addresses: Iterable[str]) -> None:
    """Forget what the post office knows of addresses that nobody has any more."""
    for address in addresses:
        if not queries.is_known_address(address):
            mail.forget_address(address)


def _messages_that_may_tell(registration: Registration) -> list[OutboxMessage]:
    """Return all messages to the addresses that ever had to do with a registration, and those only filled in for it."""
    typed = func.lower(OutboxMessage.recipient) == registration.email.lower()  # by whoever had lost the links
    on_trial = (OutboxMessage.kind == KIND) & (OutboxMessage.facts["registration"].as_integer() == registration.id)
    may_tell = or_(OutboxMessage.recipient.in_(_addresses(registration)), typed, on_trial)
    return list(db.session.scalars(select(OutboxMessage).where(may_tell)))


def _erase_from_log(registration: Registration, *, is_last: bool, by: str) -> None:
    """Write into the audit log that a person was erased, and take what tells of them out of all its entries."""
    audit.record(registration, "erased", by=by, event_id=registration.event_id)
    of_person = Certificate.registration_id == registration.id
    theirs = {
        "registration": [registration.id],
        "certificate": db.session.scalars(select(Certificate.id).where(of_person)).all(),
    }
    words = _words_of(registration)
    if is_last:
        order = registration.order
        theirs["order"] = [order.id]
        words += [order.orderer_name, order.orderer_email]
    audit.forget(registration.event_id, subjects=theirs, words=words)


def _words_of(registration: Registration) -> list[str]:
    """Return what names a person, or whoever had their place before, wherever it stands."""
    given, family = registration.given_name, registration.family_name
    words = [registration.email, f"{given} {family}", f"{family} {given}"]
    before = select(Substitution).where(Substitution.registration_id == registration.id)
    for each in db.session.scalars(before):
        words += [each.previous_name, each.previous_email]
    return words


def _erase_traces(registration: Registration) -> None:
    """Take a person out of what else was written down about them: answers, codes, notes, who was before, reasons."""
    for rows in (Answer, TicketCode, Note, Tag, BadgePrint):
        db.session.execute(delete(rows).where(rows.registration_id == registration.id))
    blank = {Substitution.previous_name: "", Substitution.previous_email: "", Substitution.substituted_by: ""}
    db.session.execute(update(Substitution).where(Substitution.registration_id == registration.id).values(blank))
    explained = (AttendanceEntry.registration_id == registration.id) & (AttendanceEntry.reason != "")
    db.session.execute(update(AttendanceEntry).where(explained).values(reason=_ERASED_REASON))
    db.session.execute(update(Cancellation).where(Cancellation.registration_id == registration.id).values(reason=""))
    _forget_who_cancelled(registration.order, registration.email)
    importing.forget_person(registration.event_id, registration.email)
    forget_jobs_about(registration.event_id)


def _erase_record(registration: Registration) -> None:
    """Delete what a person declared in their training record, unless another registration still leads them to it."""
    if registration.person_key and not has_other_registrations(registration):
        erase_declared(registration.person_key)


def _erase_order(order: Order) -> None:
    """Forget who sent an order nobody of which is known any more."""
    _forget_who_cancelled(order, order.orderer_email)
    order.orderer_name = order.orderer_email = order.organisation_name = ""
    order.submission_key = None
    db.session.execute(delete(Answer).where(Answer.order_id == order.id))


def _forget_who_cancelled(order: Order, email: str) -> None:
    of_order = select(Registration.id).where(Registration.order_id == order.id)
    by_them = Cancellation.registration_id.in_(of_order) & (Cancellation.cancelled_by == email)
    no_sync = {"synchronize_session": False}
    db.session.execute(update(Cancellation).where(by_them).values(cancelled_by=""), execution_options=no_sync)


def _erase_person(registration: Registration) -> None:
    registration.title_before = registration.given_name = registration.family_name = registration.title_after = ""
    registration.email = registration.organisation_name = ""
    registration.person_key = registration.link_hash = None
    registration.no_photo = False
    registration.renew_list_keys()
    registration.erased_at = clock.now()
