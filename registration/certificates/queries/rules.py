"""Reads of what an event's certificates ask for, and the words for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from registration.certificates import rules
from registration.certificates.errors import RuleNotFound
from registration.certificates.models import CertificateRule, CertificateRuleSession
from registration.certificates.rules import Demand, Part
from registration.core.db import db
from registration.core.i18n import gettext, ngettext, show_day, show_hours, show_number, typeset
from registration.events.models import Event, Session


@dataclass(frozen=True)
class RuleDescription:
    """A certificate as the event page announces it."""

    title: str
    sentence: str
    hours: str


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


def demand_of(rule: CertificateRule) -> Demand:
    """Return what a rule asks for in plain values."""
    parts = [
        Part(
            id=each.session_id,
            credited_minutes=each.session.credited_minutes,
            length=int((each.session.ends_at_utc - each.session.starts_at_utc).total_seconds()) // 60,
            is_online=each.session.is_online,
            is_required=each.is_required,
        )
        for each in rule.sessions
    ]
    return Demand(parts, rule.minimum_sessions, rule.minimum_minutes, rule.online_share)


def describe_rule(rule: CertificateRule) -> RuleDescription:
    """Return a rule in words for the event page."""
    demand = demand_of(rule)
    sentences = [_condition(rule, demand)]
    if any(part.is_online for part in demand.parts):
        sentences.append(
            gettext("An online part counts from %(share)s %% of its length.", share=show_number(rule.online_share))
        )
    return RuleDescription(rule.title, " ".join(sentences), _hours(rules.possible_minutes(demand)))


def names_of(sessions: Sequence[Session]) -> str:
    """Return sessions by their titles and days."""
    return ", ".join(f"{typeset(session.title)} ({show_day(session.day)})" for session in sessions)


def _rules() -> Select[CertificateRule]:
    return (
        select(CertificateRule)
        .options(selectinload(CertificateRule.sessions).joinedload(CertificateRuleSession.session))
        .order_by(CertificateRule.position, CertificateRule.id)
    )


def _condition(rule: CertificateRule, demand: Demand) -> str:
    required = [counting.session for counting in rule.sessions if counting.is_required]
    others = len(rule.sessions) - len(required)
    further = max(rule.minimum_sessions - len(required), 0)
    if rule.minimum_minutes and others:
        return _condition_of_hours(required, show_hours(rule.minimum_minutes))
    named = names_of(required)
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


def _condition_of_hours(required: Sequence[Session], hours: str) -> str:
    if not required:
        return gettext("Attendance of at least %(hours)s altogether.", hours=hours)
    return gettext(
        "Attendance at: %(sessions)s, and of at least %(hours)s altogether.", sessions=names_of(required), hours=hours
    )


def _hours(possible: list[int]) -> str:
    if len(possible) == 1:
        return gettext("On the certificate: %(hours)s.", hours=show_hours(possible[0]))
    least, most = show_number(possible[0] / 60), show_hours(possible[-1])
    if len(possible) == 2:
        return gettext("On the certificate: %(least)s or %(most)s by actual attendance.", least=least, most=most)
    return gettext("On the certificate: %(least)s to %(most)s by actual attendance.", least=least, most=most)
