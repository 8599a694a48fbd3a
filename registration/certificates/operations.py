"""The verbs of certificates: issue, revoke, replace, erase."""

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from registration.certificates import contents, mails, queries
from registration.certificates.contents import Facts, Issue
from registration.certificates.errors import (
    AlreadyRevoked,
    CertificateErased,
    NotEarned,
    NotOverYet,
    ReasonMissing,
)
from registration.certificates.models import Certificate, CertificateRule, Content, Revocation, Speaker
from registration.certificates.rendering import RENDERING
from registration.certificates.rules import Decision
from registration.core import audit, clock, queue, tokens
from registration.core.db import db, transaction
from registration.events.models import Event
from registration.events.operations import lock_event, next_certificate_numbers
from registration.organisations.queries import get_association
from registration.signups.models import Registration

Write = Callable[[str, Issue], Content]  # of one paper, by its number


def issue_certificates(rule: CertificateRule, *, by: str) -> list[Certificate]:
    """Issue a certificate to everybody who has earned one and has none that holds, and write them of it.

    The papers are drawn later, see `rendering`. Raises NotOverYet. Locks the rule, so that two organizers who press
    the button at once issue each certificate once, and the event for its numbers.
    """
    if clock.now() < queries.ends_at(rule):
        raise NotOverYet(queries.ends_at(rule))
    with transaction():
        _lock(rule)
        papers = [
            _of_attendee(rule, candidate.registration, candidate.decision)
            for candidate in queries.list_candidates(rule)
            if candidate.decision.is_earned and candidate.certificate is None
        ]
        issued = _issue(rule.event, papers, by=by)
        mails.certificates_issued(issued)
    queue.hint(RENDERING)
    return issued


def issue_to_speakers(event: Event, *, by: str) -> list[Certificate]:
    """Issue a confirmation to every speaker who has none that holds, and write to those with an address.

    Raises NotOverYet while a part is still to come that one of them teaches. Locks the event.
    """
    with transaction():
        lock_event(event.id)
        have_one = queries.papers_of_speakers(event)
        without = [each for each in queries.list_speakers(event) if each.id not in have_one]
        taught = [each.session.ends_at_utc for speaker in without for each in speaker.sessions]
        if taught and clock.now() < max(taught):
            raise NotOverYet(max(taught))
        issued = _issue(event, [_of_speaker(each) for each in without], by=by)
        mails.certificates_issued(issued)
    queue.hint(RENDERING)
    return issued


def revoke(certificate: Certificate, *, reason: str, by: str) -> Revocation:
    """Declare that a certificate no longer holds.

    Raises ReasonMissing, AlreadyRevoked, CertificateErased. Locks the rule, or for a speaker's paper the event.
    """
    with transaction():
        _check_revocable(certificate, reason)
        return _revoke(certificate, reason=reason, by=by, replacement=None)


def replace(certificate: Certificate, *, reason: str, by: str) -> Certificate:
    """Revoke a certificate and issue a new one from today's name and ledger; the old code says by which number.

    Raises ReasonMissing, AlreadyRevoked, CertificateErased, NotEarned. Locks the rule, then the event for its number.
    """
    with transaction():
        _check_revocable(certificate, reason)
        (replacement,) = _issue(certificate.event, [_again(certificate)], by=by)
        _revoke(certificate, reason=reason, by=by, replacement=replacement)
        mails.certificates_issued([replacement])
    queue.hint(RENDERING)
    return replacement


def lock_rules(event_id: int) -> None:
    """Make others wait who issue, revoke or replace certificates of an event; comes before the event's own lock."""
    rules_of_event = select(CertificateRule.id).where(CertificateRule.event_id == event_id)
    db.session.execute(rules_of_event.order_by(CertificateRule.id).with_for_update())


def erase_certificates(registration: Registration) -> None:
    """Take a person out of their certificates for good; the numbers and the hashes of the papers stay.

    Must run in a transaction that has called `lock_rules`, so that none is issued meanwhile.
    """
    erase_papers(Certificate.registration_id == registration.id)


def erase_papers(whose: ColumnElement[bool]) -> None:
    """Leave of somebody's certificates nothing but numbers and hashes, within the current transaction."""
    for each in db.session.scalars(select(Certificate).where(whose).options(joinedload(Certificate.revocation))):
        each.content = {**each.content, "holder": "", "organisation": ""}
        each.pdf = None
        each.erased_at = clock.now()
        if each.revocation:
            each.revocation.reason = ""  # it may well say whose name was mistyped, and how


def _of_attendee(rule: CertificateRule, registration: Registration, decision: Decision) -> tuple[Certificate, Write]:
    facts = contents.facts_of_attendee(rule, registration, decision)
    certificate = Certificate(rule=rule, registration=registration, minutes=facts.minutes)
    return certificate, lambda number, issue: contents.of_attendee(rule, facts, number=number, issue=issue)


def _of_speaker(speaker: Speaker) -> tuple[Certificate, Write]:
    facts: Facts = contents.facts_of_speaker(speaker)
    certificate = Certificate(speaker=speaker, minutes=facts.minutes)
    return certificate, lambda number, issue: contents.of_speaker(speaker, facts, number=number, issue=issue)


def _again(certificate: Certificate) -> tuple[Certificate, Write]:
    """Return the paper that somebody would get today in place of this one."""
    if certificate.speaker:
        return _of_speaker(certificate.speaker)
    rule, registration = certificate.rule, certificate.registration
    decision = queries.decide(rule, registration)
    if not decision.is_earned or not registration.is_confirmed:
        raise NotEarned
    return _of_attendee(rule, registration, decision)


def _issue(event: Event, papers: Sequence[tuple[Certificate, Write]], *, by: str) -> list[Certificate]:
    """Number papers, freeze what they say and store them, by as many statements for hundreds as for one."""
    if not papers:
        return []
    now = clock.now()
    issue = Issue(event, get_association(), queries.style_of(event), clock.to_local(now).date())
    for (certificate, write), number in zip(papers, next_certificate_numbers(event.id, len(papers)), strict=True):
        certificate.number = f"{event.shelf_mark}/{number:04}"
        certificate.content = write(certificate.number, issue)
        certificate.issued_at, certificate.issued_on, certificate.issued_by = now, issue.on, by
    issued = [certificate for certificate, _ in papers]
    db.session.add_all(issued)
    db.session.flush()
    for certificate in issued:
        certificate.code_hash = tokens.stored_hash("certificate", certificate.code)
        _note_issued(certificate, by=by)
    db.session.flush()
    return issued


def _note_issued(certificate: Certificate, *, by: str) -> None:
    content = certificate.content
    printed = {"number": content["number"], "holder": content["holder"], "minutes": content["minutes"]}
    audit.record(certificate, "issued", by=by, event_id=certificate.event.id, after=printed)


def _revoke(certificate: Certificate, *, reason: str, by: str, replacement: Certificate | None) -> Revocation:
    revocation = Revocation(
        certificate=certificate,
        revoked_at=clock.now(),
        revoked_by=by,
        reason=reason.strip(),
        replaced_by=replacement,
    )
    db.session.add(revocation)
    db.session.flush()
    fact = {"reason": revocation.reason} | ({"replaced_by": replacement.number} if replacement else {})
    action = "replaced" if replacement else "revoked"
    audit.record(certificate, action, by=by, event_id=certificate.event.id, after=fact)
    return revocation


def _check_revocable(certificate: Certificate, reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing
    if certificate.speaker:
        lock_event(certificate.speaker.event_id)
    else:
        _lock(certificate.rule)
    db.session.refresh(certificate, ["revocation", "erased_at"])
    if certificate.erased_at is not None:
        raise CertificateErased
    if certificate.revocation is not None:
        raise AlreadyRevoked


def _lock(rule: CertificateRule) -> None:
    db.session.execute(select(CertificateRule.id).where(CertificateRule.id == rule.id).with_for_update())
