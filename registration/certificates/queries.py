"""Reads of certificates: what the rules ask for, who gets one and why, what was issued."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from registration.certificates import rules
from registration.certificates.errors import CertificateNotFound, RuleNotFound
from registration.certificates.models import Certificate, CertificateRule, CertificateRuleSession, Revocation
from registration.certificates.rules import Decision
from registration.checkin import queries as attendance
from registration.core import tokens
from registration.core.db import db
from registration.core.i18n import gettext, ngettext, show_day, show_hours, show_number, typeset
from registration.events.models import Event, Session
from registration.signups import queries as signups
from registration.signups.models import Registration


@dataclass(frozen=True)
class RuleDescription:
    """A certificate as the event page announces it."""

    title: str
    sentence: str
    hours: str


@dataclass(frozen=True)
class Candidate:
    """A person who may get a certificate: what the ledger says, and the one already issued."""

    registration: Registration
    decision: Decision
    certificate: Certificate | None
    explanation: str  # why, in a sentence


@dataclass(frozen=True)
class Paper:
    """A certificate as its holder sees it."""

    certificate: Certificate

    @property
    def number(self) -> str:
        """Return `2025/SAI/0042`."""
        return self.certificate.number

    @property
    def title(self) -> str:
        """Return the programme it is about."""
        return self.certificate.content["programme"]

    @property
    def hours(self) -> str:
        """Return the credited hours in words."""
        return show_hours(self.certificate.minutes)

    @property
    def state(self) -> str:
        """Return `valid`, `replaced`, `revoked` or `erased`."""
        return state(self.certificate)


def state(certificate: Certificate) -> str:
    """Return whether a certificate is `valid`, `replaced`, `revoked` or `erased`."""
    if certificate.erased_at is not None:
        return "erased"
    if certificate.revocation is None:
        return "valid"
    return "replaced" if certificate.revocation.replaced_by_id else "revoked"


def list_rules(event: Event) -> Sequence[CertificateRule]:
    """Return the event's certificate rules with the sessions that count."""
    return db.session.scalars(_rules().where(CertificateRule.event_id == event.id)).all()


def get_rule(event: Event, rule_id: int) -> CertificateRule:
    """Return one rule of the event. Raises RuleNotFound."""
    rule = db.session.scalar(_rules().where(CertificateRule.id == rule_id, CertificateRule.event_id == event.id))
    if rule is None:
        raise RuleNotFound
    return rule


def ends_at(rule: CertificateRule) -> datetime:
    """Return the UTC instant the last counting session ends."""
    return max(counting.session.ends_at_utc for counting in rule.sessions)


def describe_rule(rule: CertificateRule) -> RuleDescription:
    """Return a rule in words for the event page."""
    required = [counting.session for counting in rule.sessions if counting.is_required]
    others = len(rule.sessions) - len(required)
    further = max(rule.minimum_sessions - len(required), 0)
    possible = rules.possible_minutes(
        minutes=rule.minutes_by_session,
        required={session.id for session in required},
        minimum=rule.minimum_sessions,
    )
    return RuleDescription(rule.title, _condition(required, further, others), _hours(possible))


def list_candidates(rule: CertificateRule) -> list[Candidate]:
    """Return everybody whose ticket type admits to a counting session, in Czech order, with the decision."""
    return list_candidates_of_all(rule.event, [rule])[0]


def list_candidates_of_all(event: Event, of_rules: Sequence[CertificateRule]) -> list[list[Candidate]]:
    """Return the candidates of several rules of one event, its people and its ledger read once."""
    people = signups.list_registrations(event)
    attended = attendance.attended_by_registration(event)
    return [_candidates(rule, people, attended) for rule in of_rules]


def decide(rule: CertificateRule, attended: set[int]) -> Decision:
    """Return the decision of a rule on attended session ids."""
    return rules.decide(
        attended=attended,
        counting={each.session_id for each in rule.sessions},
        required={each.session_id for each in rule.sessions if each.is_required},
        minimum=rule.minimum_sessions,
    )


def list_valid(rule: CertificateRule) -> Sequence[Certificate]:
    """Return the certificates of a rule that hold."""
    return db.session.scalars(
        select(Certificate).where(Certificate.rule_id == rule.id, ~Certificate.revocation.has())
    ).all()


def list_issued(event: Event) -> Sequence[Certificate]:
    """Return all certificates of an event, the latest first."""
    return db.session.scalars(
        select(Certificate)
        .join(Certificate.rule)
        .where(CertificateRule.event_id == event.id)
        .options(
            joinedload(Certificate.registration),
            joinedload(Certificate.revocation).joinedload(Revocation.replaced_by),
        )
        .order_by(Certificate.id.desc())
    ).all()


def list_unrendered_ids() -> Sequence[int]:
    """Return the ids of certificates whose PDF is still to be made."""
    return db.session.scalars(
        select(Certificate.id)
        .where(Certificate.pdf_sha256.is_(None), Certificate.erased_at.is_(None))
        .order_by(Certificate.id)
    ).all()


def list_papers(registration: Registration) -> list[Paper]:
    """Return a person's certificates, the latest first."""
    certificates = db.session.scalars(
        select(Certificate)
        .where(Certificate.registration_id == registration.id)
        .options(joinedload(Certificate.revocation))
        .order_by(Certificate.id.desc())
    )
    return [Paper(certificate) for certificate in certificates]


def get_paper(registration: Registration, number: str) -> Certificate:
    """Return a person's own certificate by its number. Raises CertificateNotFound."""
    certificate = db.session.scalar(
        select(Certificate).where(Certificate.registration_id == registration.id, Certificate.number == number)
    )
    if certificate is None:
        raise CertificateNotFound
    return certificate


def get_certificate(event: Event, certificate_id: int) -> Certificate:
    """Return a certificate of this event, for the back office. Raises CertificateNotFound."""
    certificate = db.session.get(Certificate, certificate_id)
    if certificate is None or certificate.rule.event_id != event.id:
        raise CertificateNotFound
    return certificate


def find_certificate(certificate_id: int) -> Certificate | None:
    """Return a certificate by id, or None."""
    return db.session.get(Certificate, certificate_id)


def find_by_code(code: str) -> Certificate | None:
    """Return the certificate a verification code was printed on."""
    return db.session.scalar(
        select(Certificate)
        .where(Certificate.code_hash == tokens.stored_hash("certificate", tokens.normalise_code(code)))
        .options(joinedload(Certificate.revocation).joinedload(Revocation.replaced_by))
    )


def _candidates(
    rule: CertificateRule, people: Sequence[Registration], attended: Mapping[int, set[int]]
) -> list[Candidate]:
    issued = {certificate.registration_id: certificate for certificate in list_valid(rule)}
    counting = {each.session_id for each in rule.sessions}
    candidates = []
    for registration in people:
        admitted = {session.id for session in registration.ticket_type.sessions}
        if registration.is_confirmed and registration.erased_at is None and admitted & counting:
            decision = decide(rule, attended.get(registration.id, set()))
            certificate = issued.get(registration.id)
            candidates.append(Candidate(registration, decision, certificate, _explanation(rule, decision)))
    return candidates


def _rules() -> Select[CertificateRule]:
    return (
        select(CertificateRule)
        .options(selectinload(CertificateRule.sessions).joinedload(CertificateRuleSession.session))
        .order_by(CertificateRule.position, CertificateRule.id)
    )


def _condition(required: list[Session], further: int, others: int) -> str:
    named = _names(required)
    if not further:
        return gettext("Attendance at: %(sessions)s.", sessions=named)
    some = ngettext("at least %(num)d of the parts", "at least %(num)d of the parts", further)
    if not required:
        return (
            gettext("Attendance at %(some)s.", some=some) if further < others else gettext("Attendance at all parts.")
        )
    if further == others:
        return gettext("Attendance at all parts.")
    return ngettext(
        "Attendance at: %(sessions)s, and at least %(num)d of the other parts.",
        "Attendance at: %(sessions)s, and at least %(num)d of the other parts.",
        further,
        sessions=named,
    )


def _hours(possible: list[int]) -> str:
    if len(possible) == 1:
        return gettext("On the certificate: %(hours)s.", hours=show_hours(possible[0]))
    least, most = show_number(possible[0] / 60), show_hours(possible[-1])
    if len(possible) == 2:
        return gettext("On the certificate: %(least)s or %(most)s by actual attendance.", least=least, most=most)
    return gettext("On the certificate: %(least)s to %(most)s by actual attendance.", least=least, most=most)


def _explanation(rule: CertificateRule, decision: Decision) -> str:
    """Return why a person gets a certificate or not, from the ledger."""
    if decision.is_earned:
        minutes = rules.credited_minutes(decision, rule.minutes_by_session)
        return ngettext(
            "Attended %(num)d part, %(hours)s.",
            "Attended %(num)d parts, %(hours)s.",
            len(decision.attended),
            hours=show_hours(minutes),
        )
    if not decision.attended:
        return gettext("Attended none of the parts.")
    if decision.missed_required:
        missed = [each.session for each in rule.sessions if each.session_id in decision.missed_required]
        return gettext("Did not attend a part that is required: %(sessions)s.", sessions=_names(missed))
    return ngettext("%(num)d more part would be needed.", "%(num)d more parts would be needed.", decision.missing_count)


def _names(sessions: list[Session]) -> str:
    return ", ".join(f"{typeset(session.title)} ({show_day(session.day)})" for session in sessions)
