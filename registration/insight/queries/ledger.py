"""The attendance ledger as the database adds it up; of a person and session the last entry counts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, case, cast, exists, extract, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from registration.checkin.models import AttendanceEntry, EntryKind, Source
from registration.core.db import db


def present() -> Select[int, int, datetime, Source]:
    """Return the entries by which somebody has attended: registration, session, since when, known from where."""
    earlier = aliased(AttendanceEntry)
    arrived_at = (
        select(func.max(earlier.occurred_at))
        .where(
            earlier.registration_id == AttendanceEntry.registration_id,
            earlier.session_id == AttendanceEntry.session_id,
            earlier.kind == EntryKind.PRESENT,
            earlier.ordinal < AttendanceEntry.ordinal,
        )
        .scalar_subquery()
    )
    has_left = AttendanceEntry.kind == EntryKind.LEFT
    later = aliased(AttendanceEntry)
    is_corrected = exists().where(
        later.registration_id == AttendanceEntry.registration_id,
        later.session_id == AttendanceEntry.session_id,
        later.ordinal > AttendanceEntry.ordinal,
    )
    return select(
        AttendanceEntry.registration_id,
        AttendanceEntry.session_id,
        case(
            (has_left, func.coalesce(arrived_at, AttendanceEntry.occurred_at)), else_=AttendanceEntry.occurred_at
        ).label("occurred_at"),
        AttendanceEntry.source,
    ).where(AttendanceEntry.kind != EntryKind.UNDO, ~is_corrected)


def slot(instant: InstrumentedAttribute[Any] | ColumnElement[Any], seconds: int) -> ColumnElement[int]:
    """Return which slot of so many seconds since 1970 an instant is in, a whole number on both databases."""
    since: ColumnElement[Any] = extract("epoch", instant)
    if db.engine.dialect.name == "postgresql":
        since = cast(func.floor(since), BigInteger)  # SQLite's own are whole
    return since // seconds


def of_sessions(ids: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that an entry is about one of these sessions."""
    return AttendanceEntry.session_id.in_(ids)
