"""The verbs of training records: declare and withdraw training, send a library its link, settings."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, or_, select

from registration.core import audit, clock, tokens
from registration.core.audit import Values
from registration.core.db import db, transaction
from registration.core.i18n import gettext
from registration.organisations.models import Organisation
from registration.organisations.operations.directory import lock_directory, lock_row
from registration.organisations.queries import find_organisation
from registration.printing import operations as printing
from registration.printing import queries as prints
from registration.printing.models import PrintJob
from registration.records import documents, mails, queries, rules
from registration.records.errors import NoAddress, NotConfirmed, NotYet, TooLongAgo, TooManyLines
from registration.records.models import DeclaredTraining, TrainingLetter, TrainingSettings
from registration.records.queries import Record
from registration.signups.models import Registration

_BATCH = 500


def declare(registration: Registration, *, held_on: date, title: str, organizer: str, minutes: int) -> DeclaredTraining:
    """Add to a person's record what they attended elsewhere.

    Raises NotConfirmed, NotYet, TooLongAgo, TooManyLines. Locks the registration.
    """
    with transaction() as session:
        session.execute(select(Registration.id).where(Registration.id == registration.id).with_for_update())
        session.refresh(registration)
        if not registration.is_confirmed or registration.person_key is None:
            raise NotConfirmed
        _check_day(held_on)
        if len(queries.list_declared(registration, held_on.year)) >= rules.MOST_LINES:
            raise TooManyLines
        declared = DeclaredTraining(
            person_key=registration.person_key,
            held_on=held_on,
            title=title,
            organizer=organizer,
            minutes=minutes,
            declared_at=clock.now(),
        )
        session.add(declared)
    return declared


def withdraw(registration: Registration, declared_id: int) -> int:
    """Take declared training out of a person's record and return its year. Raises LineNotFound."""
    with transaction() as session:
        declared = queries.get_declared(registration, declared_id)
        session.delete(declared)
    return declared.held_on.year


def erase_declared(person_key: str) -> None:
    """Delete all that a person declared."""
    with transaction() as session:
        session.execute(delete(DeclaredTraining).where(DeclaredTraining.person_key == person_key))


def forget_declared() -> int:
    """Delete some of what was declared long ago or belongs to nobody any more, and return how many."""
    is_old = DeclaredTraining.held_on < rules.first_day_kept(clock.local_now().date())
    gone = select(DeclaredTraining.id).where(or_(is_old, queries.is_orphan())).limit(_BATCH)
    with transaction() as session:
        ids = session.scalars(gone).all()
        session.execute(delete(DeclaredTraining).where(DeclaredTraining.id.in_(ids)))
    return len(ids)


def ask_for_record(typed: str, *, year: int, language: str) -> None:
    """Send a library its link to the address in the directory; where either is unknown nothing happens."""
    library = find_organisation(typed)
    if library is None:
        return
    with transaction() as session:
        lock_row(session, library)
        if not library.contact_email:
            return
        _make_link(library)
        mails.record_asked(library, year=year, language=language)


def send_record(library: Organisation, *, year: int, by: str) -> None:
    """Send a library its link once more. Raises NoAddress. Locks the library."""
    with transaction() as session:
        lock_row(session, library)
        if not library.contact_email:
            raise NoAddress
        _write_to(library, year=year, by=by)


def renew_link(library: Organisation, *, by: str) -> None:
    """Let the links a library was sent lead nowhere. Locks the library."""
    with transaction() as session:
        lock_row(session, library)
        library.kill_training_link()
        audit.record(library, "training_link_killed", by=by)


def print_record(record: Record, *, parameters: dict[str, Any]) -> PrintJob:
    """Ask the print shop for a record; who asks again while it is printed gets the same job."""
    files = documents.count_files(record)
    parameters = {**parameters, "files": files}
    for job in prints.list_jobs(event_id=None, kind=documents.PRINT_KIND):
        if not job.is_over and job.parameters == parameters:
            return job
    title = gettext("Training record %(year)d", year=record.year)
    return printing.request(documents.PRINT_KIND, parameters=parameters, files=files, title=title, by="")


def list_to_write_to(year: int) -> tuple[list[Organisation], list[Organisation]]:
    """Return the libraries with a record of a year that were not written to: with an address, and without."""
    waiting = [each.library for each in queries.read_association(year).libraries if not each.is_written_to]
    return [each for each in waiting if each.contact_email], [each for each in waiting if not each.contact_email]


def send_records(year: int, *, by: str) -> int:
    """Send every library with an address the link of its record of a year, once, and return to how many it went.

    Locks the directory.
    """
    with transaction() as session:
        lock_directory(session)
        libraries, _ = list_to_write_to(year)
        for library in libraries:
            _write_to(library, year=year, by=by)
    return len(libraries)


def set_small(library: Organisation, *, is_small: bool, by: str) -> None:
    """Ask less training of a library's people, or as much as of others. Locks the library."""
    with transaction() as session:
        lock_row(session, library)
        before, library.is_small = library.is_small, is_small
        if before is not is_small:
            audit.record(library, "changed", by=by, before={"is_small": before}, after={"is_small": is_small})


def change_settings(
    *, threshold_hours: int, small_threshold_hours: int, labels: Sequence[str], by: str
) -> TrainingSettings:
    """Say what the form asks for; labels are of people, of hours, of who reached the threshold, empty for our own."""
    with transaction() as session:
        settings = session.get(TrainingSettings, 1, with_for_update=True, populate_existing=True)
        if settings is None:
            settings = queries.get_settings()
            session.add(settings)
            session.flush()
        before = _said(settings)
        settings.threshold_hours, settings.small_threshold_hours = threshold_hours, small_threshold_hours
        settings.people_label, settings.hours_label, settings.reached_label = labels
        if _said(settings) != before:
            audit.record(settings, "changed", by=by, before=before, after=_said(settings))
    return settings


def _check_day(held_on: date) -> None:
    today = clock.local_now().date()
    if held_on > today:
        raise NotYet
    if held_on < rules.first_day_kept(today):
        raise TooLongAgo


def _write_to(library: Organisation, *, year: int, by: str) -> None:
    _make_link(library)
    db.session.add(TrainingLetter(organisation_id=library.id, year=year, sent_at=clock.now(), sent_by=by))
    mails.record_of_year(library, year=year)
    audit.record(library, "training_record_sent", by=by, after={"year": year})


def _make_link(library: Organisation) -> None:
    """Let the link of a library lead to its record."""
    library.training_link_hash = tokens.stored_hash("training", queries.link_token(library))


def _said(settings: TrainingSettings) -> Values:
    names = ("threshold_hours", "small_threshold_hours", "people_label", "hours_label", "reached_label")
    return {name: getattr(settings, name) for name in names}
