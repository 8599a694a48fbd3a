"""What a certificate asks for: set, changed, taken away, made with a new event and copied with an old one."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select

from registration.certificates import queries
from registration.certificates.errors import CertificatesIssued, HoursImpossible, MinimumImpossible, NothingCounts
from registration.certificates.models import (
    Certificate,
    CertificateRule,
    CertificateRuleSession,
    PaperLanguage,
    PaperName,
)
from registration.certificates.operations import lock_rules
from registration.certificates.styling import copy_style
from registration.core import audit
from registration.core.audit import Values
from registration.core.db import db, transaction
from registration.events import operations as events
from registration.events.models import Event, Session
from registration.events.templates import Template


@dataclass(frozen=True)
class Terms:
    """What else a certificate asks for, and how its paper is worded."""

    minimum_minutes: int = 0
    online_share: int = 75
    paper_name: PaperName = PaperName.AUTOMATIC
    language: PaperLanguage = PaperLanguage.CZECH
    title_english: str = ""
    outcomes: str = ""


_USUAL = Terms()


def add_rule(
    event: Event,
    *,
    title: str,
    counting: Collection[int],
    required: Collection[int],
    minimum: int,
    by: str,
    terms: Terms = _USUAL,
) -> CertificateRule:
    """Issue one more certificate for an event: at least `minimum` of the counting sessions, all the required ones.

    Sessions are given by their ids. Raises NothingCounts, MinimumImpossible, HoursImpossible. Locks the event.
    """
    with transaction() as session:
        events.lock_event(event.id)
        session.refresh(event)
        positions = [each.position for each in queries.list_rules(event)]
        rule = CertificateRule(event_id=event.id, title=title, position=max(positions, default=0) + 1)
        _set(rule, event, counting=counting, required=required, minimum=minimum, terms=terms)
        session.add(rule)
        session.flush()
        audit.record(rule, "added", by=by, event_id=event.id, after=facts_of(rule))
    return rule


def change_rule(
    rule: CertificateRule,
    *,
    title: str,
    counting: Collection[int],
    required: Collection[int],
    minimum: int,
    by: str,
    terms: Terms = _USUAL,
) -> None:
    """Ask for something else, as long as nobody has the certificate.

    Raises CertificatesIssued, NothingCounts, MinimumImpossible, HoursImpossible. Locks the event and the rule.
    """
    with transaction() as session:
        _lock(rule)
        before = facts_of(rule)
        rule.title = title
        for each in list(rule.sessions):
            session.delete(each)
        session.flush()
        session.expire(rule, ["sessions"])
        _set(rule, rule.event, counting=counting, required=required, minimum=minimum, terms=terms)
        session.flush()
        audit.record(rule, "changed", by=by, event_id=rule.event_id, before=before, after=facts_of(rule))


def remove_rule(rule: CertificateRule, *, by: str) -> None:
    """Issue a certificate no more that nobody has. Raises CertificatesIssued. Locks the event and the rule."""
    with transaction() as session:
        _lock(rule)
        audit.record(rule, "removed", by=by, event_id=rule.event_id, before=facts_of(rule))
        for each in list(rule.sessions):
            session.delete(each)
        session.flush()
        session.expire(rule, ["sessions"])
        session.delete(rule)


def create_event(template: Template, *, title: str, first_on: date, city: str, platform: str, by: str) -> Event:
    """Make a draft of an event and, for training, the certificate its kind usually has."""
    with transaction():
        event = events.create_event(template, title=title, first_on=first_on, city=city, platform=platform, by=by)
        counting = [each for each in event.sessions if each.credited_minutes]
        if counting:
            required = counting[:1] if template.needs_first else ()
            add_rule(
                event,
                title=title,
                counting=[each.id for each in counting],
                required=[each.id for each in required],
                minimum=template.certificate_minimum or len(counting),
                by=by,
            )
    return event


def copy_event(event: Event, *, weeks: int, title: str, by: str) -> Event:
    """Make a draft of the same event so many weeks later, with what its certificates ask for."""
    with transaction():
        copy = events.copy_event(event, weeks=weeks, title=title, by=by)
        ids = {each.code: each.id for each in copy.sessions}
        for rule in queries.list_rules(event):
            add_rule(
                copy,
                title=title if rule.title == event.title else rule.title,
                counting=[ids[each.session.code] for each in rule.sessions],
                required=[ids[each.session.code] for each in rule.sessions if each.is_required],
                minimum=rule.minimum_sessions,
                by=by,
                terms=terms_of(rule),
            )
        copy_style(event, copy)
    return copy


@contextmanager
def as_seen(rule: CertificateRule, seen: str) -> Iterator[None]:
    """Do something only if a certificate still asks for what somebody saw. Raises ChangedMeanwhile. Locks the rules."""
    with transaction():
        lock_rules(rule.event_id)
        with events.as_seen(rule.event, seen, lambda: facts_of(rule)):
            yield


def is_issued(rule: CertificateRule) -> bool:
    """Say whether anybody has, or had, the certificate."""
    return db.session.scalar(select(Certificate.id).where(Certificate.rule_id == rule.id).limit(1)) is not None


def facts_of(rule: CertificateRule) -> Values:
    """Return what a certificate asks for in plain values, sessions by their codes."""
    return {
        "title": rule.title,
        "minimum_sessions": rule.minimum_sessions,
        "sessions": sorted(each.session.code for each in rule.sessions),
        "required": sorted(each.session.code for each in rule.sessions if each.is_required),
        **asdict(terms_of(rule)),
    }


def terms_of(rule: CertificateRule) -> Terms:
    """Return what a certificate asks for besides its sessions."""
    return Terms(**{name: getattr(rule, name) for name in Terms.__annotations__})


def _lock(rule: CertificateRule) -> None:
    lock_rules(rule.event_id)  # before the event, as whoever issues does
    events.lock_event(rule.event_id)
    db.session.refresh(rule)
    if is_issued(rule):
        raise CertificatesIssued


def _set(
    rule: CertificateRule,
    event: Event,
    *,
    counting: Collection[int],
    required: Collection[int],
    minimum: int,
    terms: Terms,
) -> None:
    wanted: list[Session] = [each for each in event.sessions if each.id in {*counting, *required}]
    if not wanted:
        raise NothingCounts
    if not 1 <= minimum <= len(wanted):
        raise MinimumImpossible(len(wanted))
    most_minutes = sum(each.credited_minutes for each in wanted)
    if terms.minimum_minutes > most_minutes:
        raise HoursImpossible(most_minutes)
    rule.minimum_sessions = max(minimum, sum(each.id in required for each in wanted))
    rule.sessions = [CertificateRuleSession(session=each, is_required=each.id in required) for each in wanted]
    for name, value in asdict(terms).items():
        setattr(rule, name, value)
