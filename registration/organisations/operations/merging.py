"""What was entered twice becomes one: everything moves to the organisation that is kept, the other leads to it."""

import logging
from typing import Any, cast

from sqlalchemy import CursorResult, Update, select, update
from sqlalchemy.orm import Session, aliased

from registration.core import audit, clock
from registration.core.db import transaction
from registration.organisations import rules
from registration.organisations.entries import FIELDS, said
from registration.organisations.errors import MergedAlready, MergedIntoItself
from registration.organisations.models import Membership, Organisation, OrganisationKind
from registration.organisations.operations.directory import change_entry, lock_directory, lock_row
from registration.organisations.operations.membership import periods_of
from registration.organisations.queries.duplicates import holding_columns

log = logging.getLogger(__name__)

_NO_SYNC = {"synchronize_session": False}


def merge(duplicate: Organisation, *, into: Organisation, by: str) -> Organisation:
    """Merge a duplicate into the organisation that is kept, and return this one.

    Whatever points to the duplicate points to the kept one afterwards, in every room; names on orders and papers stay
    as they were that day. What the kept one does not say yet it takes over. Raises MergedIntoItself, MergedAlready.
    Locks the directory.
    """
    kept = into
    with transaction() as session:
        lock_directory(session)
        for each in (duplicate, kept):
            lock_row(session, each)
        if duplicate.id == kept.id:
            raise MergedIntoItself
        if duplicate.merged_into_id or kept.merged_into_id:
            raise MergedAlready
        before = said(duplicate)
        _join_memberships(session, duplicate, kept)
        moved = _move_holders(session, duplicate, kept)
        duplicate.merged_into_id, duplicate.merged_at, duplicate.merged_by = kept.id, clock.now(), by
        session.flush()  # its sigla is free now
        change_entry(kept, _taken_over(duplicate, kept), by=by)
        kept.is_member = rules.is_member_on(clock.local_now().date(), periods_of(kept))
        duplicate.is_member = False
        audit.record(duplicate, "merged", by=by, before=before, after={"merged_into_id": kept.id})
        audit.record(kept, "merged_with", by=by, after={"duplicate_id": duplicate.id, "moved": moved})
        log.info("Organisation %s is merged into %s, says %s.", duplicate.id, kept.id, by)
    return kept


def follow_merges() -> int:
    """Let what was written to a duplicate while it was being merged follow to the kept one; return how much did."""
    gone = aliased(Organisation)
    merged = select(gone.id).where(gone.merged_into_id.is_not(None))
    with transaction() as session:
        count = 0
        for column in holding_columns():
            kept_id = select(gone.merged_into_id).where(gone.id == column).scalar_subquery()
            count += _update(session, update(column.table).where(column.in_(merged)).values({column: kept_id}))
    return count


def _move_holders(session: Session, duplicate: Organisation, kept: Organisation) -> dict[str, int]:
    """Let every row that refers to the duplicate refer to the kept one; return how many did, by table."""
    moved = {}
    for column in holding_columns():
        if count := _update(session, update(column.table).where(column == duplicate.id).values({column: kept.id})):
            moved[column.table.name] = count
    return moved


def _update(session: Session, statement: Update) -> int:
    """Run an update beside what the session has in hand; return how many rows it changed."""
    return cast(CursorResult[Any], session.execute(statement, execution_options=_NO_SYNC)).rowcount


def _join_memberships(session: Session, duplicate: Organisation, kept: Organisation) -> None:
    """Of two memberships that still go on, the one that began later is part of the other and need not stay."""
    going_on = select(Membership).where(
        Membership.organisation_id.in_([duplicate.id, kept.id]), Membership.until_on.is_(None)
    )
    by_age = sorted(session.scalars(going_on), key=lambda each: (each.since_on is not None, each.since_on))
    for later in by_age[1:]:
        audit.record(later.organisation, "membership_joined", by="merge", before={"since_on": str(later.since_on)})
        session.delete(later)
    session.flush()


def _taken_over(duplicate: Organisation, kept: Organisation) -> dict[str, object]:
    """Return what only the duplicate's entry says."""
    silent = {None, "", OrganisationKind.OTHER}
    return {
        field: getattr(duplicate, field)
        for field in FIELDS
        if field not in {"name", "town"} and getattr(kept, field) in silent and getattr(duplicate, field) not in silent
    }
