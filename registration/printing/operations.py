"""The verbs of the print shop: request, keep a file, finish, give up, forget."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select

from registration.core import clock, queue
from registration.core.db import db, transaction
from registration.printing.models import PrintFile, PrintJob

PRINTING = "print_waiting"  # the task that draws the files
MOST_ATTEMPTS = 3
KEPT_FOR = timedelta(days=7)


def request(
    kind: str, *, parameters: dict[str, Any], files: int, title: str, by: str, event_id: int | None = None
) -> PrintJob:
    """Ask for so many files to be drawn by the worker; see `shop` for how a kind is drawn."""
    with transaction() as session:
        job = PrintJob(
            kind=kind,
            parameters=parameters,
            event_id=event_id,
            title=title,
            file_count=files,
            requested_at=clock.now(),
            requested_by=by,
        )
        session.add(job)
    queue.hint(PRINTING)
    return job


def keep_file(job_id: int, position: int, *, name: str, pdf: bytes) -> None:
    """Store a file that was drawn, and finish the job with its last one.

    Of two workers who drew it the first to store wins; for a job that was forgotten meanwhile nothing is kept. Locks
    the job.
    """
    with transaction() as session:
        job = _locked(job_id)
        if job is None or session.get(PrintFile, (job_id, position)) is not None:
            return
        session.add(PrintFile(job_id=job_id, position=position, name=name, pdf=pdf, made_at=clock.now()))
        session.flush()
        made = session.scalar(select(func.count()).select_from(PrintFile).where(PrintFile.job_id == job_id))
        if made == job.file_count:
            job.finished_at, job.failed_at = clock.now(), None


def note_failure(job_id: int) -> None:
    """Count a round in which a file could not be drawn; after three of them the job is given up. Locks the job."""
    with transaction():
        job = _locked(job_id)
        if job is None or job.is_over:
            return
        job.attempts += 1
        if job.attempts >= MOST_ATTEMPTS:
            job.failed_at = clock.now()


def forget_old_jobs() -> int:
    """Delete the jobs whose time is up, with their files; return how many."""
    return _delete(PrintJob.requested_at < clock.now() - KEPT_FOR)


def forget_jobs_about(event_id: int) -> int:
    """Delete what was printed about an event, or about more than one, when somebody in it is erased."""
    return _delete(or_(PrintJob.event_id == event_id, PrintJob.event_id.is_(None)))


def _locked(job_id: int) -> PrintJob | None:
    wanted = select(PrintJob).where(PrintJob.id == job_id).with_for_update()
    return db.session.scalar(wanted.execution_options(populate_existing=True))


def _delete(which: ColumnElement[bool]) -> int:
    with transaction() as session:
        ids = session.scalars(select(PrintJob.id).where(which)).all()
        session.execute(delete(PrintFile).where(PrintFile.job_id.in_(ids)))
        session.execute(delete(PrintJob).where(PrintJob.id.in_(ids)))
    return len(ids)
