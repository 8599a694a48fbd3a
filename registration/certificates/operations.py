"""The verbs of certificates: issue, render once, revoke, replace, erase."""

import hashlib

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from registration.certificates import documents, mails, queries, rules
from registration.certificates.errors import AlreadyRevoked, CertificateErased, NotEarned, NotOverYet, ReasonMissing
from registration.certificates.models import Certificate, CertificateRule, Content, Revocation
from registration.certificates.rules import Decision
from registration.checkin import queries as attendance
from registration.core import clock, i18n, queue, settings, tokens
from registration.core.db import db, transaction
from registration.events.models import Event
from registration.events.operations import next_certificate_number
from registration.organisations.queries import get_association
from registration.signups.models import Registration

RENDERING = "render_certificates"  # the task that makes the PDFs


def issue_certificates(rule: CertificateRule, *, by: str) -> list[Certificate]:
    """Issue a certificate to everybody who has earned one and has none that holds, and write them of it.

    The papers are rendered later, see `render`. Raises NotOverYet. Locks the rule, so that two organizers who press
    the button at once issue each certificate once, and the event for its numbers.
    """
    if clock.now() < queries.ends_at(rule):
        raise NotOverYet(queries.ends_at(rule))
    with transaction() as session:
        _lock(rule)
        issued = [
            _issue(rule, candidate.registration, candidate.decision, by=by)
            for candidate in queries.list_candidates(rule)
            if candidate.decision.is_earned and candidate.certificate is None
        ]
        session.flush()
        for certificate in issued:
            mails.certificate_issued(certificate)
    queue.hint(RENDERING)
    return issued


def render(certificate: Certificate) -> bytes:
    """Return the certificate's PDF; the first call makes it, and from then on it never changes.

    It is drawn outside of any transaction, since that takes long: of two who draw at once, the first to store wins.
    Raises CertificateErased.
    """
    if certificate.erased_at is not None:
        raise CertificateErased
    stored = db.session.scalar(select(Certificate.pdf).where(Certificate.id == certificate.id))
    if stored is not None:
        return stored
    content, code, id_ = certificate.content, certificate.code, certificate.id
    db.session.rollback()
    pdf = documents.certificate_pdf(content, code=code, verify_address=f"{settings.current().base_url}/overeni/{code}")
    with transaction() as session:
        session.execute(
            update(Certificate)
            .where(Certificate.id == id_, Certificate.pdf.is_(None), Certificate.erased_at.is_(None))
            .values(pdf=pdf, pdf_sha256=hashlib.sha256(pdf).hexdigest())
            .execution_options(synchronize_session=False)
        )
        return session.scalars(select(Certificate.pdf).where(Certificate.id == id_)).one() or pdf


def revoke(certificate: Certificate, *, reason: str, by: str) -> Revocation:
    """Declare that a certificate no longer holds.

    Raises ReasonMissing, AlreadyRevoked, CertificateErased. Locks the rule.
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
        rule, registration = certificate.rule, certificate.registration
        decision = queries.decide(rule, attendance.attended_session_ids(registration))
        if not decision.is_earned:
            raise NotEarned
        replacement = _issue(rule, registration, decision, by=by)
        _revoke(certificate, reason=reason, by=by, replacement=replacement)
        mails.certificate_issued(replacement)
    return replacement


def lock_rules(event_id: int) -> None:
    """Make others wait who issue, revoke or replace certificates of an event; comes before the event's own lock."""
    rules_of_event = select(CertificateRule.id).where(CertificateRule.event_id == event_id)
    db.session.execute(rules_of_event.order_by(CertificateRule.id).with_for_update())


def erase_certificates(registration: Registration) -> None:
    """Take a person out of their certificates for good; the numbers and the hashes of the papers stay.

    Must run in a transaction that has called `lock_rules`, so that none is issued meanwhile.
    """
    of_person = select(Certificate).where(Certificate.registration_id == registration.id)
    for each in db.session.scalars(of_person.options(joinedload(Certificate.revocation))):
        each.content = {**each.content, "holder": "", "organisation": ""}
        each.pdf = None
        each.erased_at = clock.now()
        if each.revocation:
            each.revocation.reason = ""  # it may well say whose name was mistyped, and how


def _issue(rule: CertificateRule, registration: Registration, decision: Decision, *, by: str) -> Certificate:
    number = f"{rule.event.shelf_mark}/{next_certificate_number(rule.event_id):04}"
    now = clock.now()
    certificate = Certificate(
        number=number,
        rule=rule,
        registration=registration,
        issued_at=now,
        issued_on=clock.to_local(now).date(),
        issued_by=by,
        minutes=rules.credited_minutes(decision, rule.minutes_by_session),
        content={},
    )
    certificate.content = _content(certificate, decision)
    db.session.add(certificate)
    db.session.flush()
    certificate.code_hash = tokens.stored_hash("certificate", certificate.code)
    return certificate


def _content(certificate: Certificate, decision: Decision) -> Content:
    """Return everything the paper says, as it is today."""
    rule, registration = certificate.rule, certificate.registration
    association = get_association()
    attended = sorted(
        (each.session for each in rule.sessions if each.session_id in decision.attended),
        key=lambda session: session.starts_at,
    )
    with i18n.in_language("cs"):
        return Content(
            heading=_heading(rule.event),
            number=certificate.number,
            holder=registration.name,
            organisation=registration.organisation_name,
            programme=rule.title,
            sessions=[
                {
                    "day": session.day.isoformat(),
                    "title": session.title,
                    "format": session.format.value,
                    "place": "" if session.is_online else rule.event.city,
                    "minutes": session.credited_minutes,
                }
                for session in attended
            ],
            minutes=certificate.minutes,
            issued_on=certificate.issued_on.isoformat(),
            place=association.seat,
            issuer=association.name,
            issuer_seat=association.seat,
            issuer_ico=association.ico,
            signatory_name=association.signatory_name,
            signatory_function=association.signatory_function,
            is_invented=rule.event.is_invented,
            note=_note(rule.event),
            language="cs",
        )


def _heading(event: Event) -> str:
    """Return the paper's name: training gets a certificate, a meeting a confirmation."""
    if event.kind.is_training:
        return i18n.gettext("Certificate of attendance")
    return i18n.gettext("Confirmation of attendance")


def _note(event: Event) -> str:
    return i18n.gettext("The training is not accredited under Act No. 312/2002 Coll.") if event.kind.is_training else ""


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
    return revocation


def _check_revocable(certificate: Certificate, reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing
    _lock(certificate.rule)
    db.session.refresh(certificate, ["revocation", "erased_at"])
    if certificate.erased_at is not None:
        raise CertificateErased
    if certificate.revocation is not None:
        raise AlreadyRevoked


def _lock(rule: CertificateRule) -> None:
    db.session.execute(select(CertificateRule.id).where(CertificateRule.id == rule.id).with_for_update())
