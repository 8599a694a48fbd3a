"""Reads of jobs and their files."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload, undefer

from registration.core.db import db
from registration.printing.errors import FileNotFound, JobNotFound
from registration.printing.models import PrintFile, PrintJob


def get_job(job_id: int, *, event_id: int | None = None) -> PrintJob:
    """Return a job with the files that are ready; with `event_id` only one of that event. Raises JobNotFound."""
    wanted = select(PrintJob).where(PrintJob.id == job_id, PrintJob.event_id.is_not_distinct_from(event_id))
    job = db.session.scalar(wanted.options(selectinload(PrintJob.files)))
    if job is None:
        raise JobNotFound
    return job


def list_jobs(*, event_id: int | None, kind: str | None = None) -> Sequence[PrintJob]:
    """Return the jobs of an event that are still kept, the latest first, with the files that are ready."""
    wanted = select(PrintJob).where(PrintJob.event_id.is_not_distinct_from(event_id))
    if kind is not None:
        wanted = wanted.where(PrintJob.kind == kind)
    return db.session.scalars(wanted.options(selectinload(PrintJob.files)).order_by(PrintJob.id.desc())).all()


def get_file(job: PrintJob, position: int) -> PrintFile:
    """Return a file that is ready, with its PDF. Raises FileNotFound."""
    found = db.session.scalar(
        select(PrintFile)
        .where(PrintFile.job_id == job.id, PrintFile.position == position)
        .options(undefer(PrintFile.pdf))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise FileNotFound
    return found


def list_waiting_ids() -> Sequence[int]:
    """Return the jobs that are not over, the oldest first."""
    is_waiting = (PrintJob.finished_at.is_(None), PrintJob.failed_at.is_(None))
    return db.session.scalars(select(PrintJob.id).where(*is_waiting).order_by(PrintJob.id)).all()


def list_missing_positions(job: PrintJob) -> list[int]:
    """Return which files of a job are not there yet."""
    made = set(db.session.scalars(select(PrintFile.position).where(PrintFile.job_id == job.id)))
    return [position for position in range(1, job.file_count + 1) if position not in made]
