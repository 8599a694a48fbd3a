"""Answers of the door in words: what fills the screen after a scan, and how people stand that a search has found."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from registration.checkin.models import AttendanceEntry, EntryKind, Scan
from registration.checkin.rules import Right, ScanKind, Verdict
from registration.core.clock import to_local
from registration.core.i18n import gettext, show_time
from registration.events.models import Session
from registration.signups.models import Registration, RegistrationStatus

_ABOUT_NOBODY = {Verdict.UNKNOWN, Verdict.WRONG_EVENT}  # whoever comes to other events is not this door's to know


@dataclass(frozen=True)
class ScanAnswer:
    """The answer to a scan: a colour (yes, again or no), a word, about whom, what helps."""

    look: str
    word: str
    who: str  # where it is not the person
    details: list[str]
    person: Registration | None = None
    can_undo: bool = False
    has_badge: bool = False


@dataclass(frozen=True)
class Found:
    """A person the search has found: since when they are in, or what is in the way."""

    person: Registration
    since: datetime | None
    left_at: datetime | None
    problem: str

    @classmethod
    def of(cls, person: Registration, session: Session, last: AttendanceEntry | None) -> "Found":
        """Return how a person stands at a session by their last entry there."""
        is_in = last is not None and last.kind is EntryKind.PRESENT
        has_left = last is not None and last.kind is EntryKind.LEFT
        return cls(
            person,
            since=last.occurred_at if last and is_in else None,
            left_at=last.occurred_at if last and has_left else None,
            problem="" if is_in else _problem(person, session),
        )


def in_words(scan: Scan, last: AttendanceEntry | None, granted: Collection[Right]) -> ScanAnswer:
    """Return the answer to a scan; `last` is what the ledger says last of the person at the session."""
    person = None if scan.verdict in _ABOUT_NOBODY else scan.registration
    look, word, who, details = _said(scan)
    return ScanAnswer(
        look,
        word,
        who,
        [*details, *([person.name] if person and who else []), *_about(person)],
        person,
        can_undo=bool(last and last.kind is not EntryKind.UNDO and Right.UNDO in granted and look == "yes"),
        has_badge=bool(last and last.kind is EntryKind.PRESENT and person and person.is_confirmed),
    )


def _said(scan: Scan) -> tuple[str, str, str, list[str]]:
    """Return the colour, the word, what stands where a name would, and more sentences."""
    if scan.verdict is Verdict.ADMITTED:
        return _written(scan)
    if scan.verdict is Verdict.ALREADY_IN:
        return _not_written(scan)
    if scan.verdict is Verdict.WAITING:
        more = gettext("The place is not confirmed. The organizer decides.")
        return "again", gettext("Waits for a place"), "", [more]
    if scan.verdict is Verdict.REVOKED_DOOR:
        more = gettext("What was scanned is kept for review at the desk.")
        return "no", gettext("Door closed"), gettext("The organizer has revoked this phone"), [more]
    return _refused(scan)


def _written(scan: Scan) -> tuple[str, str, str, list[str]]:
    if scan.kind is ScanKind.OUT:
        return "yes", gettext("Leaves"), "", [gettext("The departure is written down.")]
    if scan.kind is ScanKind.UNDO:
        return "again", gettext("Taken back"), "", []
    return "yes", gettext("Let in"), "", []


def _not_written(scan: Scan) -> tuple[str, str, str, list[str]]:
    if scan.kind is not ScanKind.IN or scan.since is None:
        more = gettext("Nobody has checked this person in, or they have left already.")
        return "again", gettext("Not inside"), "", [more]
    word = gettext("Checked in already at {time}").format(time=show_time(to_local(scan.since)))
    once = gettext("The attendance counts once.")
    at_door = gettext("Read at the door “{door}”. The attendance counts once.").format(door=scan.since_door)
    return "again", word, "", [at_door if scan.since_door else once]


def _refused(scan: Scan) -> tuple[str, str, str, list[str]]:
    if scan.verdict is Verdict.CANCELLED:
        return "no", gettext("Cancelled"), "", [gettext("The place was cancelled.")]
    if scan.verdict is Verdict.WRONG_SESSION:
        admitted = scan.registration.ticket_type.sessions if scan.registration else []
        titles = ", ".join(session.title for session in admitted)
        more = gettext("The code is for: {sessions}").format(sessions=titles)
        return "no", gettext("Another part"), "", [more]
    if scan.verdict is Verdict.WRONG_EVENT:
        return "no", gettext("Another event"), gettext("The code is for another event"), []
    if scan.verdict is Verdict.REPLACED:
        more = gettext("Only the new code is valid. Searching by surname helps.")
        return "no", gettext("Invalid code"), gettext("A newer code replaced this one"), [more]
    more = gettext("It is not in the list of this event. Searching by surname helps.")
    return "no", gettext("Invalid code"), gettext("Unknown code"), [more]


def _about(person: Registration | None) -> list[str]:
    if person is None:
        return []
    return [part for part in (person.organisation_name, person.ticket_type.title) if part]


def _problem(person: Registration, session: Session) -> str:
    if person.status is RegistrationStatus.CANCELLED:
        return gettext("cancelled")
    if not person.is_confirmed:
        return gettext("waits for a place")
    if session.id not in {each.id for each in person.ticket_type.sessions}:
        return gettext("another part")
    return ""
