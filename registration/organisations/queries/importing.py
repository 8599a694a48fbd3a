"""Reads of an uploaded list, and of what it would do to the directory."""

from collections.abc import Sequence

from sqlalchemy import select

from registration.core.db import db
from registration.organisations.errors import ImportNotFound
from registration.organisations.import_columns import Row, read_row
from registration.organisations.import_plan import Line, plan
from registration.organisations.models import DirectoryImport, Membership, Organisation


def get_import(import_id: int) -> DirectoryImport:
    """Return an uploaded list. Raises ImportNotFound."""
    found = db.session.get(DirectoryImport, import_id)
    if found is None:
        raise ImportNotFound
    return found


def plan_import(uploaded: DirectoryImport) -> list[Line]:
    """Return what a list would do to the directory as it is now."""
    return plan_rows([read_row(number, cells, uploaded.columns) for number, cells in uploaded.rows])


def plan_rows(rows: Sequence[Row]) -> list[Line]:
    """Return what rows would do to the directory as it is now; two queries, however long both are."""
    organisations = db.session.scalars(select(Organisation).where(Organisation.merged_into_id.is_(None))).all()
    once_members = set(db.session.scalars(select(Membership.organisation_id)))
    return plan(rows, organisations, once_members=once_members)
