"""Draws what was requested, file after file, each in a commit of its own; a killed worker goes on where it was."""

import logging
import threading

from flask import Flask
from huey import crontab

from registration.core import pdf, queue
from registration.core.db import db
from registration.core.settings import Settings
from registration.printing import operations, queries
from registration.printing.models import PrintJob
from registration.printing.shop import print_shop

log = logging.getLogger(__name__)
_HOURLY: queue.Schedule = crontab(minute="27")
_printing = threading.Lock()
_asked = threading.Event()


def init_app(app: Flask) -> None:
    """Let the worker print when it is asked to, and every minute what an earlier worker left; clear away hourly."""
    settings: Settings = app.extensions["settings"]
    queue.register(app, operations.PRINTING, print_waiting, every=queue.EVERY_MINUTE)
    clearing = queue.EVERY_MINUTE if settings.demo else _HOURLY  # the demo's days pass at a click
    queue.register(app, "forget_prints", operations.forget_old_jobs, every=clearing)


def print_waiting() -> None:
    """Draw every file that is missing, the oldest job first; run twice it does nothing more.

    One thread of a process prints; a call meanwhile makes it look once more. What could not be drawn is tried again
    by the next call.
    """
    _asked.set()
    # Asked once more after each release: a call may have come just before it and found the lock taken.
    while _asked.is_set() and _printing.acquire(blocking=False):
        try:
            _asked.clear()
            for job_id in queries.list_waiting_ids():
                _print(job_id)
        finally:
            _printing.release()


def _print(job_id: int) -> None:
    job = db.session.get(PrintJob, job_id, populate_existing=True)
    if job is None:
        return
    missing = queries.list_missing_positions(job)
    # A press of its own, so that the worker does not grow with what it prints; one file is not worth starting it.
    with pdf.Presses(int(len(missing) > 1)) as presses, pdf.drawing_on(presses):
        is_drawn = [_print_file(job, position) for position in missing]
    if not all(is_drawn):
        operations.note_failure(job_id)


def _print_file(job: PrintJob, position: int) -> bool:
    """Draw one file unless the worker is to stop; say whether nothing went wrong."""
    if queue.is_stopping():
        return True
    try:
        name, pdf = print_shop.draw(job.kind, job.parameters, position)
        db.session.rollback()  # what was read for it is not to keep a transaction open
        operations.keep_file(job.id, position, name=name, pdf=pdf)
    except Exception:  # one file that cannot be drawn must not hold up the others
        db.session.rollback()
        log.exception("File %s of print job %s could not be drawn", position, job.id)
        return False
    return True
