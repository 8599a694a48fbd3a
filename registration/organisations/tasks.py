"""Clockwork of the directory: memberships begin and end with their days, what was not confirmed in time goes away."""

import logging

from flask import Flask
from huey import crontab

from registration.core import queue
from registration.core.db import db
from registration.core.settings import Settings
from registration.organisations import operations

log = logging.getLogger(__name__)
_HOURLY: queue.Schedule = crontab(minute="17")
_WORK = (
    operations.keep_membership_in_step,
    operations.forget_applications,
    operations.forget_imports,
    operations.follow_merges,
)


def init_app(app: Flask) -> None:
    """Let the worker look every hour; in the demo, whose days pass at a click, every minute."""
    settings: Settings = app.extensions["settings"]
    queue.register(app, "keep_directory", keep_directory, every=queue.EVERY_MINUTE if settings.demo else _HOURLY)


def keep_directory() -> None:
    """Do what the time has come for; run twice it does nothing more."""
    for work in _WORK:
        try:
            work()
        except Exception:  # what cannot be done must not keep the rest
            db.session.rollback()
            log.exception("%s failed", work.__name__)
