"""The clockwork of signing up: offers that nobody answers lapse, people are reminded of what they signed up for."""

import logging
from collections.abc import Sequence

from flask import Flask
from huey import crontab
from sqlalchemy import select

from registration.core import clock, queue
from registration.core.db import db
from registration.signups import operations
from registration.signups.models import PlaceOffer, Registration, RegistrationStatus
from registration.signups.operations import importing
from registration.signups.operations.reminding import list_due_reminders

log = logging.getLogger(__name__)
_HOURLY: queue.Schedule = crontab(minute="17")


def init_app(app: Flask) -> None:
    """Let the worker look every minute which offers are over and who is to be reminded, and clear away old files."""
    queue.register(app, "lapse_offers", lapse_offers, every=queue.EVERY_MINUTE)
    queue.register(app, "remind", remind, every=queue.EVERY_MINUTE)
    queue.register(app, "forget_imports", importing.forget_files, every=_HOURLY)


def lapse_offers() -> None:
    """Take back the offers that were not answered in time, and give the places to whoever is next."""
    for event_id in _events_with_late_offers():
        if queue.is_stopping():
            return
        try:
            operations.lapse_offers(event_id)
        except Exception:  # one event that cannot be served must not hold up the others
            db.session.rollback()
            log.exception("The offers of event %s could not be taken back", event_id)


def remind() -> None:
    """Remind people of the sessions whose time has come; run twice it does nothing more."""
    for session_id, reminder in list_due_reminders():
        if queue.is_stopping():
            return
        try:
            operations.remind(session_id, reminder)
        except Exception:  # nor one session
            db.session.rollback()
            log.exception("People could not be reminded of session %s", session_id)


def _events_with_late_offers() -> Sequence[int]:
    unanswered = (
        select(Registration.event_id)
        .join(Registration.offer)
        .where(
            PlaceOffer.expires_at <= clock.now(),
            PlaceOffer.accepted_at.is_(None),
            Registration.status == RegistrationStatus.OFFERED,
        )
    )
    return db.session.scalars(unanswered.distinct().order_by(Registration.event_id)).all()
