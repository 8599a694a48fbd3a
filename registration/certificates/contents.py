"""What a paper says, put together on the day it is issued; afterwards it is frozen."""

from dataclasses import dataclass
from datetime import date

from registration.certificates.models import (
    AttendedSession,
    CertificateRule,
    Content,
    PaperLanguage,
    PaperName,
    Speaker,
)
from registration.certificates.rules import Decision
from registration.core import i18n
from registration.events.models import Event, Session
from registration.organisations.models import Association
from registration.signups.models import Registration

_CERTIFICATE = i18n.lazy_gettext("Certificate of attendance")
_CONFIRMATION = i18n.lazy_gettext("Confirmation of attendance")
_TEACHING = i18n.lazy_gettext("Confirmation of teaching")
_UNACCREDITED = i18n.lazy_gettext("The training is not accredited under Act No. 312/2002 Coll.")


@dataclass(frozen=True)
class Style:
    """How an event's papers look: who signs them, with what pictures and additions."""

    signatory_name: str
    signatory_function: str
    signature: str  # the hash of a picture, empty without one
    logo: str
    remark: str
    says_unaccredited: bool
    shows_lessons: bool


@dataclass(frozen=True)
class Facts:
    """What a paper says of its holder; what it is compared by later."""

    holder: str
    organisation: str
    sessions: list[AttendedSession]

    @property
    def minutes(self) -> int:
        """Return the credited minutes of all sessions together."""
        return sum(each["minutes"] for each in self.sessions)


@dataclass(frozen=True)
class Issue:
    """What the papers of one event that are issued at once have in common."""

    event: Event
    association: Association
    style: Style
    on: date


def facts_of_attendee(rule: CertificateRule, registration: Registration, decision: Decision) -> Facts:
    """Return what an attendee's paper says today."""
    attended = [each.session for each in rule.sessions if each.session_id in decision.attended]
    lines = [_line(rule.event, session, session.credited_minutes) for session in _in_order(attended)]
    with i18n.in_language("cs"):
        return Facts(registration.name, registration.organisation_name, lines)


def facts_of_speaker(speaker: Speaker) -> Facts:
    """Return what a speaker's paper says today."""
    minutes = {each.session_id: each.minutes for each in speaker.sessions}
    taught = _in_order([each.session for each in speaker.sessions])
    lines = [_line(speaker.event, session, minutes[session.id]) for session in taught]
    return Facts(speaker.name, speaker.organisation, lines)


def of_attendee(rule: CertificateRule, facts: Facts, *, number: str, issue: Issue) -> Content:
    """Return the content of an attendee's paper."""
    is_certificate = rule.paper_name is PaperName.CERTIFICATE or (
        rule.paper_name is PaperName.AUTOMATIC and issue.event.kind.is_training
    )
    heading = _CERTIFICATE if is_certificate else _CONFIRMATION
    content = _content(facts, rule.language, heading=heading, number=number, issue=issue)
    content["programme"] = rule.title
    content["outcomes"] = rule.outcomes
    if rule.title_english and rule.language is PaperLanguage.ENGLISH:
        content["programme"] = rule.title_english
    if rule.language is PaperLanguage.BOTH:
        content["second_programme"] = rule.title_english
    return content


def of_speaker(speaker: Speaker, facts: Facts, *, number: str, issue: Issue) -> Content:
    """Return the content of a speaker's paper."""
    content = _content(facts, speaker.language, heading=_TEACHING, number=number, issue=issue)
    content["is_of_speaker"] = True
    return content


def _content(facts: Facts, language: PaperLanguage, *, heading: str, number: str, issue: Issue) -> Content:
    first = "en" if language is PaperLanguage.ENGLISH else "cs"
    second = "en" if language is PaperLanguage.BOTH else ""
    association, style = issue.association, issue.style
    return Content(
        heading=_said(heading, first),
        number=number,
        holder=facts.holder,
        organisation=facts.organisation,
        programme=issue.event.title,
        sessions=facts.sessions,
        minutes=facts.minutes,
        issued_on=issue.on.isoformat(),
        place=association.seat,
        issuer=association.name,
        issuer_seat=association.seat,
        issuer_ico=association.ico,
        signatory_name=style.signatory_name,
        signatory_function=style.signatory_function,
        is_invented=issue.event.is_invented,
        note=_note(issue, first),
        language=first,
        second_language=second,
        second_heading=_said(heading, second),
        second_note=_note(issue, second),
        remark=style.remark,
        shows_lessons=style.shows_lessons,
        signature=style.signature,
        logo=style.logo,
    )


def _said(message: str, language: str) -> str:
    """Return a message that is translated when it is shown in this language; in none nothing."""
    if not language:
        return ""
    with i18n.in_language(language):
        return str(message)


def _note(issue: Issue, language: str) -> str:
    if not (issue.event.kind.is_training and issue.style.says_unaccredited):
        return ""
    return _said(_UNACCREDITED, language)


def _line(event: Event, session: Session, minutes: int) -> AttendedSession:
    return {
        "day": session.day.isoformat(),
        "title": session.title,
        "format": session.format.value,
        "place": "" if session.is_online else event.city,
        "minutes": minutes,
    }


def _in_order(sessions: list[Session]) -> list[Session]:
    return sorted(sessions, key=lambda session: (session.starts_at, session.id))
