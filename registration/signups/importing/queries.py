"""Reads of imports."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import defer

from registration.core import clock
from registration.core.db import db
from registration.events.models import Event
from registration.signups.importing.errors import ImportNotFound
from registration.signups.importing.models import KEPT_FOR, Import

_RECENT = 5
_WITHOUT_CONTENT = (defer(Import.rows), defer(Import.numbers), defer(Import.faults))


def get_import(event: Event, import_id: int) -> Import:
    """Return an import of this event that still waits, or was finished. Raises ImportNotFound."""
    statement = select(Import).where(Import.id == import_id, Import.event_id == event.id)
    found = db.session.scalar(statement)
    if found is None or (found.finished_at is None and found.uploaded_at <= clock.now() - KEPT_FOR):
        raise ImportNotFound
    return found


def list_imports(event: Event) -> Sequence[Import]:
    """Return the latest imports of an event that wait to be confirmed or were, without what is in them."""
    is_kept = Import.finished_at.is_not(None) | (Import.uploaded_at > clock.now() - KEPT_FOR)
    statement = select(Import).where(Import.event_id == event.id, is_kept).order_by(Import.id.desc()).limit(_RECENT)
    return db.session.scalars(statement.options(*_WITHOUT_CONTENT)).all()


def remembered_columns(by: str) -> dict[str, str]:
    """Return by their names what columns meant in the last files of somebody, the latest first of all."""
    statement = select(Import.header, Import.columns).where(Import.uploaded_by == by, Import.is_mapped)
    found: dict[str, str] = {}
    for header, columns in db.session.execute(statement.order_by(Import.id.desc()).limit(_RECENT)):
        found = dict(zip(header, columns, strict=True)) | found
    return found
