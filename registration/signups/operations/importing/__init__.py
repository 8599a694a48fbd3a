"""People come from a file: it is kept, its columns are said what they mean, and once confirmed everybody is in.

Nobody is signed up before that; then all good rows at once, in one transaction, or none.
"""

from collections.abc import Sequence

from sqlalchemy import Text, cast, delete, select, update

from registration.core import audit, clock
from registration.core.db import db, transaction
from registration.core.sheets import Table
from registration.events.models import Event
from registration.events.offered import Offered, lock_offered
from registration.events.rules import SignUpState
from registration.signups.errors import SignUpNotOpen
from registration.signups.importing import columns as meanings
from registration.signups.importing.errors import ImportChanged, ImportFinished, ImportNotFound, NothingToSignUpFor
from registration.signups.importing.models import KEPT_FOR, Import
from registration.signups.importing.people import Fault, Incoming, Plan
from registration.signups.operations.importing import planning, writing

_LONGEST_FILE_NAME = 200


def keep_file(event: Event, *, table: Table, file_name: str, columns: Sequence[str], by: str) -> Import:
    """Keep a table of people until it is confirmed; `columns` is a guess at what they mean.

    Raises NothingToSignUpFor.
    """
    with transaction() as session:
        if not event.ticket_types:
            raise NothingToSignUpFor
        is_only_one = len(event.ticket_types) == 1
        kept = Import(
            event_id=event.id,
            uploaded_at=clock.now(),
            uploaded_by=by,
            file_name=file_name[-_LONGEST_FILE_NAME:],
            header=table.header,
            rows=table.rows,
            numbers=table.numbers,
            columns=list(columns),
            ticket_type=event.ticket_types[0].code if is_only_one else "",
        )
        session.add(kept)
        session.flush()
    return kept


def map_columns(kept: Import, *, columns: Sequence[str], ticket_type: str) -> Import:
    """Say what the columns mean, and what people are signed up for whose row does not say.

    Raises ColumnTwice, ColumnsMissing, ImportFinished.
    """
    meanings.refuse_impossible(columns)
    with transaction():
        _read_unfinished(kept)
        kept.columns, kept.ticket_type, kept.is_mapped = list(columns), ticket_type, True
    return kept


def plan_import(kept: Import, *, people: Sequence[Incoming], faults: Sequence[Fault]) -> Plan:
    """Return what would become of people of a file if it were imported now. Locks the event for a moment."""
    with transaction():
        offered = _lock(kept.event_id)
        return planning.plan(offered, people, faults, names=kept.names)


def import_people(
    kept: Import, *, people: Sequence[Incoming], faults: Sequence[Fault], expected_count: int, tells: bool, by: str
) -> Import:
    """Sign up everybody whose row is good, each with an order of their own; `tells` sends the confirmations.

    Raises ImportFinished, ImportChanged where it would not be as many as expected, SignUpNotOpen for a cancelled
    event. Locks the event.
    """
    with transaction() as session:
        offered = _lock(kept.event_id)
        _read_unfinished(kept)
        plan = planning.plan(offered, people, faults, names=kept.names)
        if len(plan.placed) != expected_count:
            raise ImportChanged
        if plan.placed:
            writing.write(offered, plan.placed, import_id=kept.id, by=by, tells=tells)
        _finish(kept, plan)
        audit.record(
            session.get_one(Event, kept.event_id),
            "imported",
            by=by,
            event_id=kept.event_id,
            after={"file_name": kept.file_name, "imported": kept.imported_count, "left_out": kept.left_out_count},
        )
    return kept


def discard(kept: Import) -> None:
    """Delete a file that shall not be imported. Raises ImportFinished."""
    with transaction() as session:
        _read_unfinished(kept)
        session.delete(kept)


def forget_person(event_id: int, email: str) -> None:
    """Take the rows of somebody's address out of the files of an event, those that wait and those left out."""
    is_theirs = email.casefold()
    holds_rows = (cast(Import.rows, Text) != "[]") | (cast(Import.faults, Text) != "[]")
    with transaction() as session:
        for kept in session.scalars(select(Import).where(Import.event_id == event_id, holds_rows)):
            rows = zip(kept.numbers, kept.rows, strict=True)
            left = [(number, row) for number, row in rows if is_theirs not in map(str.casefold, row)]
            kept.numbers, kept.rows = [number for number, _ in left], [row for _, row in left]
            gone = {fault["number"] for fault in kept.faults if fault["value"].casefold() == is_theirs}
            kept.faults = [fault for fault in kept.faults if fault["number"] not in gone]


def forget_files() -> int:
    """Delete what nobody has confirmed in a day, and of what somebody has the rows left out; return how many."""
    is_old = Import.uploaded_at <= clock.now() - KEPT_FOR
    holds_rows = Import.finished_at.is_not(None) & (cast(Import.faults, Text) != "[]")
    with transaction() as session:
        unconfirmed = session.scalars(select(Import.id).where(is_old, Import.finished_at.is_(None))).all()
        finished = session.scalars(select(Import.id).where(is_old, holds_rows)).all()
        session.execute(delete(Import).where(Import.id.in_(unconfirmed)))
        session.execute(update(Import).where(Import.id.in_(finished)).values(faults=[]))
    return len(unconfirmed) + len(finished)


def _lock(event_id: int) -> Offered:
    offered = lock_offered(event_id)
    if offered.event.cancelled_at is not None:
        raise SignUpNotOpen(SignUpState.CANCELLED)
    return offered


def _read_unfinished(kept: Import) -> None:
    if db.session.get(Import, kept.id, populate_existing=True, with_for_update=True) is None:
        raise ImportNotFound
    if kept.finished_at is not None:
        raise ImportFinished


def _finish(kept: Import, plan: Plan) -> None:
    """Keep the fact, and for a day who was left out; the others are registrations now."""
    kept.finished_at = clock.now()
    kept.imported_count, kept.waiting_count = len(plan.placed), plan.waiting_count
    kept.left_out_count = plan.left_out_count
    kept.faults = [fault.to_json() for fault in plan.faults]
    kept.rows, kept.numbers = [], []
