"""The people who teach at an event: written down, changed, taken away, erased."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from registration.certificates.errors import PaperIssued, TeachesNothing
from registration.certificates.models import Certificate, PaperLanguage, Speaker, SpeakerSession
from registration.certificates.operations import erase_papers
from registration.core import audit, clock, tokens
from registration.core.audit import Values
from registration.core.db import transaction
from registration.events.models import Event
from registration.events.operations import lock_event
from registration.mail import operations as mail
from registration.mail.models import OutboxMessage


@dataclass(frozen=True)
class Teaching:
    """Who teaches, and how many minutes of which session, by its id; the paper's language; an address may be empty."""

    name: str
    taught: Mapping[int, int]
    organisation: str = ""
    email: str = ""
    language: PaperLanguage = PaperLanguage.CZECH


def add_speaker(event: Event, teaching: Teaching, *, by: str) -> Speaker:
    """Write down who teaches at an event. Raises TeachesNothing. Locks the event."""
    with transaction() as session:
        lock_event(event.id)
        speaker = Speaker(event_id=event.id)
        _set(speaker, event, teaching)
        session.add(speaker)
        session.flush()
        speaker.link_hash = tokens.stored_hash("speaker", speaker.link_token)
        audit.record(speaker, "added", by=by, event_id=event.id, after=facts_of(speaker))
    return speaker


def change_speaker(speaker: Speaker, teaching: Teaching, *, by: str) -> None:
    """Write down something else; a paper that was issued stays until it is replaced.

    Raises TeachesNothing. Locks the event.
    """
    with transaction() as session:
        lock_event(speaker.event_id)
        session.refresh(speaker)
        before = facts_of(speaker)
        speaker.sessions.clear()
        session.flush()
        _set(speaker, speaker.event, teaching)
        session.flush()
        audit.record(speaker, "changed", by=by, event_id=speaker.event_id, before=before, after=facts_of(speaker))


def remove_speaker(speaker: Speaker, *, by: str) -> None:
    """Take somebody away who was never issued a paper. Raises PaperIssued. Locks the event."""
    with transaction() as session:
        lock_event(speaker.event_id)
        if session.scalar(select(Certificate.id).where(Certificate.speaker_id == speaker.id).limit(1)):
            raise PaperIssued
        audit.record(speaker, "removed", by=by, event_id=speaker.event_id, before=facts_of(speaker))
        session.delete(speaker)


def erase_speaker(speaker: Speaker, *, by: str) -> None:
    """Take all that is known of a speaker out of everything for good; of their papers the numbers stay.

    Locks the event.
    """
    with transaction() as session:
        lock_event(speaker.event_id)
        session.refresh(speaker)
        of_speaker = Certificate.speaker_id == speaker.id
        certificate_ids = list(session.scalars(select(Certificate.id).where(of_speaker)))
        erase_papers(of_speaker)
        to_them = OutboxMessage.facts["certificate"].as_integer().in_(certificate_ids)
        mail.discard(session.scalars(select(OutboxMessage.id).where(to_them)).all())
        audit.record(speaker, "erased", by=by, event_id=speaker.event_id)
        session.flush()
        subjects = {"speaker": [speaker.id], "certificate": certificate_ids}
        audit.forget(speaker.event_id, subjects=subjects, words=[speaker.name, speaker.email])
        speaker.sessions.clear()
        speaker.name = speaker.organisation = speaker.email = ""
        speaker.link_hash = None
        speaker.erased_at = clock.now()


def facts_of(speaker: Speaker) -> Values:
    """Return what is written down of a speaker in plain values, sessions by their codes."""
    return {
        "name": speaker.name,
        "organisation_name": speaker.organisation,
        "email": speaker.email,
        "language": speaker.language.value,
        "taught": {each.session.code: each.minutes for each in speaker.sessions},
    }


def _set(speaker: Speaker, event: Event, teaching: Teaching) -> None:
    sessions = [each for each in event.sessions if teaching.taught.get(each.id)]
    if not sessions:
        raise TeachesNothing
    speaker.name, speaker.organisation = teaching.name, teaching.organisation
    speaker.email, speaker.language = teaching.email, teaching.language
    speaker.sessions = [SpeakerSession(session=each, minutes=teaching.taught[each.id]) for each in sessions]
