"""Reads of who gets a certificate and why, and of what has changed since one was issued: all from the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registration.certificates import contents, rules
from registration.certificates.models import AttendedSession, Certificate, CertificateRule
from registration.certificates.queries.papers import list_valid_of_event
from registration.certificates.queries.rules import demand_of, list_rules, names_of
from registration.certificates.rules import Decision, Presence
from registration.checkin import queries as attendance
from registration.core.i18n import gettext, ngettext, show_hours
from registration.events.models import Event
from registration.signups import queries as signups
from registration.signups.models import Registration


@dataclass(frozen=True)
class Candidate:
    """A person who may get a certificate: what the ledger says, and the one already issued."""

    registration: Registration
    decision: Decision
    certificate: Certificate | None
    explanation: str  # why, in a sentence


@dataclass(frozen=True)
class Difference:
    """A certificate that holds and says something else than today's name or ledger."""

    certificate: Certificate
    is_earned: bool  # so that it can be replaced; else only revoked
    sentences: list[str]

    @property
    def reason(self) -> str:
        """Return why it should be corrected."""
        return " ".join(self.sentences)


@dataclass(frozen=True)
class Standing:
    """Everything an event's certificates are decided by, read once."""

    event: Event
    people: Sequence[Registration]
    presence: Mapping[int, Presence]  # by registration id
    valid: Sequence[Certificate]

    def presence_of(self, registration: Registration) -> Presence:
        """Return the sessions a person was at."""
        return self.presence.get(registration.id, {})

    def candidates(self, rule: CertificateRule) -> list[Candidate]:
        """Return everybody whose ticket type admits to a counting session, in Czech order, with the decision."""
        issued = {each.registration_id: each for each in self.valid if each.rule_id == rule.id}
        counting = {each.session_id for each in rule.sessions}
        demand = demand_of(rule)
        candidates = []
        for registration in self.people:
            admitted = {session.id for session in registration.ticket_type.sessions}
            if _takes_part(registration) and admitted & counting:
                decision = rules.decide(demand, self.presence_of(registration))
                explanation = _explanation(rule, decision)
                candidates.append(Candidate(registration, decision, issued.get(registration.id), explanation))
        return candidates

    def differences(self, of_rules: Sequence[CertificateRule]) -> list[Difference]:
        """Return the certificates that should be corrected, in the order they were issued."""
        by_id = {rule.id: rule for rule in of_rules}
        found = []
        for certificate in self.valid:
            if certificate.speaker:
                sentences = _changes(certificate, contents.facts_of_speaker(certificate.speaker))
                difference = Difference(certificate, True, sentences)
            else:
                difference = self._difference(certificate, by_id[certificate.rule.id])
            if difference.sentences:
                found.append(difference)
        return found

    def _difference(self, certificate: Certificate, rule: CertificateRule) -> Difference:
        registration = certificate.registration
        decision = rules.decide(demand_of(rule), self.presence_of(registration))
        if not _takes_part(registration):
            return Difference(certificate, False, [gettext("The place was given up since.")])
        if not decision.is_earned:
            now = gettext("By the ledger it is not earned any more: %(why)s", why=_explanation(rule, decision))
            return Difference(certificate, False, [now])
        facts = contents.facts_of_attendee(rule, registration, decision)
        return Difference(certificate, True, _changes(certificate, facts))


def standing(event: Event) -> Standing:
    """Return what the certificates of an event are decided by."""
    return Standing(
        event,
        people=signups.list_registrations(event),
        presence=attendance.minutes_by_registration(event),
        valid=list_valid_of_event(event),
    )


def list_candidates(rule: CertificateRule) -> list[Candidate]:
    """Return everybody who may get a certificate, in Czech order, with the decision."""
    return standing(rule.event).candidates(rule)


def list_differences(event: Event) -> list[Difference]:
    """Return the certificates of an event that say something else than today's names or ledger."""
    return standing(event).differences(list_rules(event))


def decide(rule: CertificateRule, registration: Registration) -> Decision:
    """Return the decision of a rule on what the ledger says of one person today."""
    return rules.decide(demand_of(rule), attendance.minutes_by_registration(rule.event).get(registration.id, {}))


def _takes_part(registration: Registration) -> bool:
    return registration.is_confirmed and registration.erased_at is None


def _changes(certificate: Certificate, facts: contents.Facts) -> list[str]:
    """Return in sentences what a paper would say differently today."""
    printed = certificate.content
    sentences = []
    if printed["holder"] != facts.holder:
        sentences.append(gettext("The name is now %(name)s.", name=facts.holder))
    if printed["organisation"] != facts.organisation:
        sentences.append(gettext("The library is now %(name)s.", name=facts.organisation or "–"))
    if printed["minutes"] != facts.minutes:
        now, then = show_hours(facts.minutes), show_hours(printed["minutes"])
        sentences.append(gettext("By the ledger it is %(now)s, the paper says %(then)s.", now=now, then=then))
    elif _parts(printed["sessions"]) != _parts(facts.sessions):
        sentences.append(gettext("By the ledger other parts were attended than the paper says."))
    return sentences


def _parts(sessions: Sequence[AttendedSession]) -> list[tuple[str, int]]:
    return sorted((each["day"], each["minutes"]) for each in sessions)


def _explanation(rule: CertificateRule, decision: Decision) -> str:
    """Return why a person gets a certificate or not, from the ledger."""
    if decision.is_earned:
        return ngettext(
            "Attended %(num)d part, %(hours)s.",
            "Attended %(num)d parts, %(hours)s.",
            len(decision.attended),
            hours=show_hours(decision.minutes),
        )
    short = [each.session for each in rule.sessions if each.session_id in decision.cut_short]
    if short:
        share = rule.online_share
        return gettext("Was online for less than %(share)d %%: %(sessions)s.", share=share, sessions=names_of(short))
    if not decision.attended:
        return gettext("Attended none of the parts.")
    if decision.missed_required:
        missed = [each.session for each in rule.sessions if each.session_id in decision.missed_required]
        return gettext("Did not attend a part that is required: %(sessions)s.", sessions=names_of(missed))
    if decision.missing_count:
        return ngettext(
            "%(num)d more part would be needed.", "%(num)d more parts would be needed.", decision.missing_count
        )
    return gettext("%(hours)s more would be needed.", hours=show_hours(decision.missing_minutes))
