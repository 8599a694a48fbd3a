"""A list of libraries is uploaded, looked through, and taken over into the directory."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress

from sqlalchemy import delete, func, select

from registration.core import audit, clock
from registration.core.audit import AuditEntry
from registration.core.db import db, transaction
from registration.core.sheets import Table
from registration.organisations import queries, rules
from registration.organisations.entries import name_columns, said
from registration.organisations.errors import ImportNotFound, NameMissing
from registration.organisations.import_columns import HEADINGS, guess_columns
from registration.organisations.import_plan import Line, Outcome
from registration.organisations.models import DirectoryImport, Membership, Organisation
from registration.organisations.operations.directory import change_entry, lock_directory

log = logging.getLogger(__name__)

_AT_ONCE = 500  # so that nobody waits long for the locks of a list of thousands


def upload_list(table: Table, *, file_name: str, by: str) -> DirectoryImport:
    """Keep a list to be looked through; the directory stays as it is."""
    with transaction() as session:
        uploaded = DirectoryImport(
            made_at=clock.now(),
            made_by=by,
            file_name=file_name[:200],
            header=table.header,
            rows=[[number, row] for number, row in zip(table.numbers, table.rows, strict=True)],
            columns=guess_columns(table.header),
        )
        session.add(uploaded)
    return uploaded


def assign_columns(uploaded: DirectoryImport, columns: Mapping[str, int]) -> None:
    """Say what stands in which column; a column that is not named is passed over. Raises NameMissing."""
    places = {field: place for field, place in columns.items() if field in HEADINGS and place < len(uploaded.header)}
    if not {"name", "sigla", "ico"} & set(places):
        raise NameMissing
    with transaction():
        uploaded.columns = places


def apply_import(uploaded: DirectoryImport, *, by: str) -> Counter[Outcome]:
    """Take a list over into the directory and throw it away; return what became of how many rows.

    Rows with something wrong are left out. Goes in steps, each a transaction that locks the directory; what others
    change in between is looked at again, and broken off in the middle it can be begun anew.
    """
    import_id, outcomes = uploaded.id, Counter[Outcome]()
    stand, lines = _last_change(), queries.plan_import(uploaded)
    while lines:
        with transaction() as session:
            lock_directory(session)
            if _last_change() != stand:
                lines = queries.plan_rows([line.row for line in lines])
            step, lines = lines[:_AT_ONCE], lines[_AT_ONCE:]
            _take_over(step, by=by)
            session.flush()
            stand = _last_change()
        outcomes.update(line.outcome for line in step)
    with suppress(ImportNotFound):  # somebody else was taking it over too
        discard_import(import_id)
    log.info("List %s is taken over, says %s: %s.", import_id, by, dict(outcomes))
    return outcomes


def discard_import(import_id: int) -> None:
    """Throw an uploaded list away. Raises ImportNotFound."""
    with transaction() as session:
        uploaded = session.get(DirectoryImport, import_id, with_for_update=True)
        if uploaded is None:
            raise ImportNotFound
        session.delete(uploaded)


def forget_imports() -> int:
    """Throw away the lists nobody came back to; return how many."""
    with transaction() as session:
        old = DirectoryImport.made_at <= rules.last_import_to_go(clock.now())
        ids = session.scalars(select(DirectoryImport.id).where(old)).all()
        session.execute(delete(DirectoryImport).where(DirectoryImport.id.in_(ids)))
    return len(ids)


def _last_change() -> int:
    """Return what tells one state of the directory from another: the number of its latest change in the log."""
    of_directory = AuditEntry.subject_kind == Organisation.__tablename__
    return db.session.scalar(select(func.max(AuditEntry.id)).where(of_directory)) or 0


def _take_over(lines: Sequence[Line], *, by: str) -> None:
    ids = [line.organisation.id for line in lines if line.outcome is Outcome.CHANGED and line.organisation]
    known = {each.id: each for each in db.session.scalars(select(Organisation).where(Organisation.id.in_(ids)))}
    for line in lines:
        if line.outcome is Outcome.CHANGED and line.organisation:
            _change(known[line.organisation.id], line, by=by)
    new = {line.row.number: _made(line) for line in lines if line.outcome is Outcome.NEW}
    db.session.add_all(new.values())
    db.session.flush()
    for line in lines:
        if line.outcome is Outcome.NEW:
            organisation = new[line.row.number]
            audit.record(organisation, "added", by=by, after=said(organisation))
            _begin_membership(organisation, line, by=by)


def _made(line: Line) -> Organisation:
    values = dict(line.row.values)
    return Organisation(**{**values, **name_columns(values["name"], values.get("town", ""))})


def _change(organisation: Organisation, line: Line, *, by: str) -> None:
    values = {field: value for field, (_, value) in line.changes.items()}
    if {"name", "town"} & set(values):
        values |= name_columns(values.get("name", organisation.name), values.get("town", organisation.town))
    change_entry(organisation, values, by=by)
    _begin_membership(organisation, line, by=by)


def _begin_membership(organisation: Organisation, line: Line, *, by: str) -> None:
    """Begin the membership a list tells of, since an unknown day where it does not say since when."""
    if not line.begins_membership:
        return
    since = line.row.member_since
    db.session.add(Membership(organisation_id=organisation.id, since_on=since))
    organisation.is_member = since is None or since <= clock.local_now().date()
    audit.record(organisation, "membership_begun", by=by, after={"since_on": since.isoformat() if since else None})
