"""Reads of the people who teach at an event."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import joinedload, selectinload

from registration.certificates.errors import SpeakerNotFound
from registration.certificates.models import Certificate, Revocation, Speaker, SpeakerSession
from registration.core import tokens
from registration.core.db import db
from registration.events.models import Event
from registration.signups.errors import LinkNotFound


def list_speakers(event: Event) -> Sequence[Speaker]:
    """Return who teaches at an event, as they were written down."""
    of_event = _with_sessions().where(Speaker.event_id == event.id, Speaker.erased_at.is_(None))
    return db.session.scalars(of_event.order_by(Speaker.id)).all()


def get_speaker(event: Event, speaker_id: int) -> Speaker:
    """Return a speaker of the event. Raises SpeakerNotFound."""
    of_event = _with_sessions().where(Speaker.id == speaker_id, Speaker.event_id == event.id)
    speaker = db.session.scalar(of_event.where(Speaker.erased_at.is_(None)))
    if speaker is None:
        raise SpeakerNotFound
    return speaker


def get_speaker_by_link(token: str) -> Speaker:
    """Return the speaker behind `/lektor/<token>`. Raises LinkNotFound."""
    by_link = _with_sessions().where(Speaker.link_hash == tokens.stored_hash("speaker", token))
    speaker = db.session.scalar(by_link)
    if speaker is None:
        raise LinkNotFound
    return speaker


def papers_of_speakers(event: Event) -> dict[int, Certificate]:
    """Return the confirmation that holds of each speaker, by their id."""
    papers = db.session.scalars(
        select(Certificate)
        .join(Certificate.speaker)
        .where(Speaker.event_id == event.id, ~Certificate.revocation.has(), Certificate.erased_at.is_(None))
    )
    return {each.speaker_id: each for each in papers if each.speaker_id}


def list_speakers_to_forget(latest: date) -> Sequence[int]:
    """Return the ids of speakers without a paper that holds, whose event was at the latest on this day."""
    has_paper = exists().where(
        Certificate.speaker_id == Speaker.id, ~exists().where(Revocation.certificate_id == Certificate.id)
    )
    statement = (
        select(Speaker.id)
        .join(Speaker.event)
        .where(Event.last_on <= latest, Speaker.erased_at.is_(None), ~has_paper)
        .order_by(Speaker.id)
    )
    return db.session.scalars(statement).all()


def _with_sessions() -> Select[Speaker]:
    return select(Speaker).options(
        joinedload(Speaker.event), selectinload(Speaker.sessions).joinedload(SpeakerSession.session)
    )
