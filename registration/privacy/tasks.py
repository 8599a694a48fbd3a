"""Clears away what was kept long enough: every hour, so that also a machine that sleeps at night comes to it."""

import logging
from collections.abc import Callable

from flask import Flask
from huey import crontab

from registration.certificates.models import Speaker
from registration.certificates.speaking import erase_speaker
from registration.checkin.operations import forget_doors
from registration.core import audit, queue
from registration.core.db import db
from registration.core.settings import Settings
from registration.privacy import operations, queries
from registration.records.operations import forget_declared
from registration.signups.models import Registration

log = logging.getLogger(__name__)
_HOURLY: queue.Schedule = crontab(minute="7")


def init_app(app: Flask) -> None:
    """Let the worker clear away every hour; in the demo, whose days pass at a click, every minute."""
    settings: Settings = app.extensions["settings"]
    queue.register(app, "clear_away", clear_away, every=queue.EVERY_MINUTE if settings.demo else _HOURLY)


def clear_away() -> None:
    """Delete and erase what has had its time, in short transactions; run twice it does nothing more."""
    for delete_some in (
        operations.delete_sensitive_answers,
        operations.delete_old_messages,
        audit.delete_old_entries,
        forget_declared,
        forget_doors,
    ):
        _repeat(delete_some)
    for registration_id in queries.list_people_without_place():
        if queue.is_stopping():
            return
        _erase(registration_id)
    for speaker_id in queries.list_speakers_without_paper():
        if queue.is_stopping():
            return
        _erase_speaker(speaker_id)


def _repeat(delete_some: Callable[[], int]) -> None:
    try:
        while not queue.is_stopping() and delete_some():
            pass
    except Exception:  # what cannot be deleted must not keep the rest
        db.session.rollback()
        log.exception("%s failed", delete_some.__name__)


def _erase(registration_id: int) -> None:
    try:
        operations.erase(db.session.get_one(Registration, registration_id), by="")
    except Exception:  # nor one person the others
        db.session.rollback()
        log.exception("Registration %s could not be erased", registration_id)


def _erase_speaker(speaker_id: int) -> None:
    try:
        erase_speaker(db.session.get_one(Speaker, speaker_id), by="")
    except Exception:  # nor one speaker the others
        db.session.rollback()
        log.exception("Speaker %s could not be erased", speaker_id)
