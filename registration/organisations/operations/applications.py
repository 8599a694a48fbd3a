"""Applications for membership: sent, confirmed by whoever sent them, approved or refused, forgotten in time."""

import logging
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, func, or_, select

from registration.core import audit, clock, tokens
from registration.core.db import db, transaction
from registration.mail import operations as mail
from registration.mail.models import OutboxMessage
from registration.organisations import mails, queries, rules
from registration.organisations.entries import Entry
from registration.organisations.errors import AlreadyDecided, MembershipOverlaps
from registration.organisations.models import Decision, MembershipApplication, Organisation
from registration.organisations.operations.directory import add_organisation, lock_row
from registration.organisations.operations.membership import begin_membership

log = logging.getLogger(__name__)

_BATCH = 500


@dataclass(frozen=True)
class Applicant:
    """Who applies, and for which library."""

    name: str
    email: str
    organisation: str
    position: str = ""
    town: str = ""
    ico: str = ""
    may_be_listed: bool = False
    note: str = ""


def send_application(applicant: Applicant, *, language: str, submission_key: str) -> None:
    """Keep an application until it is confirmed, and send the link that confirms it to its address.

    Whoever has applied for the same library already is told so instead, again by e-mail only: nobody shall learn here
    who is known to us. The same form sent twice counts once.
    """
    with transaction() as session:
        if session.scalar(select(_OF_KEY).where(MembershipApplication.submission_key == submission_key)):
            return
        meant = _meant(applicant)
        ours = and_(func.lower(MembershipApplication.email) == applicant.email.lower(), _is_for(applicant, meant))
        known = session.scalar(select(MembershipApplication).where(ours, _COUNTS).limit(1))
        if known:
            mails.application_known(known)
            return
        session.execute(delete(MembershipApplication).where(ours, MembershipApplication.confirmed_at.is_(None)))
        application = MembershipApplication(
            name=applicant.name,
            email=applicant.email,
            position=applicant.position,
            organisation_id=meant.id if meant else None,
            organisation_name=meant.label if meant else applicant.organisation,
            town=applicant.town,
            ico=rules.read_ico(applicant.ico),
            may_be_listed=applicant.may_be_listed,
            note=applicant.note,
            language=language,
            sent_at=clock.now(),
            submission_key=submission_key,
        )
        session.add(application)
        session.flush()
        application.link_hash = tokens.stored_hash("application", queries.application_token(application))
        mails.application_sent(application)


def confirm_application(application: MembershipApplication) -> None:
    """Let an application count, and tell the association of it; done twice it does nothing more. Locks it."""
    with transaction() as session:
        lock_row(session, application)
        if application.confirmed_at is None:
            application.confirmed_at = clock.now()
            mails.application_confirmed(application)


def approve(application: MembershipApplication, *, organisation: Organisation | None, by: str) -> Organisation:
    """Make a library a member, a new one of the directory where none is given, and tell whoever applied.

    Raises AlreadyDecided, and whatever adding the library does: OrganisationExists, IcoTaken. Locks the application.
    """
    with transaction() as session:
        _decide(application, Decision.APPROVED, by=by)
        if organisation is None:
            entry = Entry(name=application.organisation_name, town=application.town, ico=application.ico or "")
            organisation = add_organisation(**entry, by=by)
        if not organisation.is_member:
            with suppress(MembershipOverlaps):  # it will be one soon as it is
                begin_membership(organisation, since_on=clock.local_now().date(), by=by)
        application.organisation_id = organisation.id
        session.flush()
        mails.application_decided(application)
    return organisation


def refuse(application: MembershipApplication, *, reason: str, by: str) -> None:
    """Refuse an application with a reason, and tell whoever applied. Raises AlreadyDecided. Locks the application."""
    with transaction():
        _decide(application, Decision.REFUSED, by=by)
        application.reason = reason
        mails.application_decided(application)


def erase_application(application: MembershipApplication, *, by: str) -> None:
    """Delete an application and the messages about it for good; the membership of its library goes on."""
    with transaction():
        audit.record(application, "erased", by=by)
        _forget([application.id])


def forget_applications() -> int:
    """Delete some of the applications that nobody has confirmed, or that were refused long ago; return how many."""
    now = clock.now()
    never_confirmed = and_(
        MembershipApplication.confirmed_at.is_(None), MembershipApplication.sent_at <= rules.last_unconfirmed_to_go(now)
    )
    long_refused = and_(
        MembershipApplication.decision == Decision.REFUSED,
        MembershipApplication.decided_at <= rules.last_refusal_to_forget(now),
    )
    with transaction() as session:
        due = select(MembershipApplication.id).where(or_(never_confirmed, long_refused)).limit(_BATCH)
        ids = session.scalars(due).all()
        _forget(ids)
    return len(ids)


_OF_KEY = MembershipApplication.id
_COUNTS = and_(
    MembershipApplication.confirmed_at.is_not(None),
    or_(MembershipApplication.decision.is_(None), MembershipApplication.decision == Decision.APPROVED),
)


def _meant(applicant: Applicant) -> Organisation | None:
    """Return the library of the directory that an application means."""
    typed = [f"{applicant.organisation}, {applicant.town}" if applicant.town else applicant.organisation, applicant.ico]
    return next((found for each in typed if each and (found := queries.find_organisation(each))), None)


def _is_for(applicant: Applicant, meant: Organisation | None) -> ColumnElement[bool]:
    if meant:
        return MembershipApplication.organisation_id == meant.id
    return MembershipApplication.organisation_name == applicant.organisation


def _decide(application: MembershipApplication, decision: Decision, *, by: str) -> None:
    lock_row(db.session(), application)
    if application.decision is not None:
        raise AlreadyDecided
    application.decision, application.decided_at, application.decided_by = decision, clock.now(), by
    audit.record(application, decision.value, by=by)


def _forget(ids: Collection[int]) -> None:
    about = select(OutboxMessage).where(OutboxMessage.kind.in_(mails.KINDS))
    mail.discard([each.id for each in db.session.scalars(about) if each.facts.get("application") in ids] if ids else [])
    db.session.execute(delete(MembershipApplication).where(MembershipApplication.id.in_(ids)))
