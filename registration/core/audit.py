"""The audit log: who changed what, when, with the values before and after. Entries are only ever added.

The database itself refuses to change or delete an entry, see the migration. Two things it lets happen: the personal
values of whoever is erased go, which the entry then says, and entries go that are older than `KEPT_YEARS`.
"""

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Index,
    Text,
    and_,
    cast,
    delete,
    event,
    false,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column, object_session

from registration.core import clock
from registration.core.db import Base, BigId, Instant, PrimaryKey, db, text, transaction

Values = Mapping[str, Any]

KEPT_YEARS = 10
ERASED = "[erased]"  # in place of a value, or of who did it, that told of an erased person
# What stays of an erased person's entries, because it tells nothing of them.
IMPERSONAL = frozenset({"status", "kind", "ticket_type", "ticket_type_id", "number", "minutes", "language"})
_BATCH = 500


class AuditEntry(Base):
    """One change of one thing."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_subject", "subject_kind", "subject_id", "id"),
        Index("ix_audit_entry_event", "event_id", "id"),
    )

    id: Mapped[PrimaryKey]
    at: Mapped[Instant] = mapped_column(index=True)
    by: Mapped[str] = mapped_column(text(254))  # an e-mail address, or a word for the machine: `import`, `worker`
    subject_kind: Mapped[str] = mapped_column(text(32))  # the table: order, registration, event, user, certificate…
    subject_id: Mapped[int] = mapped_column(BigId)
    event_id: Mapped[int | None] = mapped_column(BigId)  # of what belongs to an event
    action: Mapped[str] = mapped_column(text(40))  # a verb: changed, cancelled, moved, invited…
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    erased_at: Mapped[Instant | None]  # when personal values were last taken out of it


def record(
    subject: Base,
    action: str,
    *,
    by: str,
    event_id: int | None = None,
    before: Values | None = None,
    after: Values | None = None,
) -> None:
    """Write into the current transaction that `by` did `action` to `subject`, a row that has its id.

    Of `before` and `after`, by field, only what differs is kept; values must be what JSON knows.
    """
    old, new = before or {}, after or {}
    changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    db.session.add(
        AuditEntry(
            at=clock.now(),
            by=by,
            subject_kind=subject.__tablename__,
            subject_id=subject.id,  # type: ignore[attr-defined]  # every table of ours has one
            event_id=event_id,
            action=action,
            before={name: old[name] for name in changed if name in old},
            after={name: new[name] for name in changed if name in new},
        )
    )


def forget(event_id: int, *, subjects: Mapping[str, Collection[int]], words: Collection[str]) -> None:
    """Take a person out of what is written about an event, within the current transaction.

    `subjects` are the ids, by kind, of what is about nobody else: of their entries only what is IMPERSONAL stays. In
    all other entries the values go that contain one of `words`: the person's names and addresses.
    """
    known = {word.casefold() for word in words if word}
    about = and_(AuditEntry.event_id == event_id, or_(*_is_about(subjects), *_mentions(words)))
    columns = select(AuditEntry.id, AuditEntry.subject_kind, AuditEntry.subject_id, AuditEntry.by)
    for row in db.session.execute(columns.add_columns(AuditEntry.before, AuditEntry.after).where(about)).all():
        is_theirs = row.subject_id in subjects.get(row.subject_kind, ())
        left = {
            name: _wiped_of_all(values) if is_theirs else _wiped(values, known)
            for name, values in (("before", row.before), ("after", row.after))
        }
        by = ERASED if row.by.casefold() in known else row.by
        _rewrite(row.id, by=by, **left)


def delete_old_entries() -> int:
    """Delete some of the entries older than KEPT_YEARS, and return how many.

    By the machine's clock, which is also the database's: no journey of the demo makes an entry old.
    """
    now = clock.system_now()
    old = select(AuditEntry.id).where(AuditEntry.at < _years_before(now, KEPT_YEARS)).order_by(AuditEntry.id)
    with transaction() as session:
        ids = session.scalars(old.limit(_BATCH)).all()
        session.execute(delete(AuditEntry.__table__).where(AuditEntry.id.in_(ids)))  # type: ignore[arg-type]  # a table
    return len(ids)


def _is_about(subjects: Mapping[str, Collection[int]]) -> list[ColumnElement[bool]]:
    return [
        and_(AuditEntry.subject_kind == kind, AuditEntry.subject_id.in_(list(ids))) for kind, ids in subjects.items()
    ]


def _mentions(words: Collection[str]) -> list[ColumnElement[bool]]:
    """Find entries that contain a word somewhere; JSON writes other letters than ASCII as `\\u017d`."""
    written = [json.dumps(word)[1:-1] for word in words if word]
    columns = (cast(AuditEntry.before, Text), cast(AuditEntry.after, Text))
    found = [column.icontains(each, autoescape=True) for each in written for column in columns]
    return [*found, AuditEntry.by.in_([word for word in words if word])] if written else [false()]


def _wiped_of_all(values: Values) -> dict[str, Any]:
    return {
        name: value if name in IMPERSONAL or value in (None, "", [], {}) else ERASED for name, value in values.items()
    }


def _wiped(value: Any, words: Collection[str]) -> Any:
    """Return a value of JSON with every text in it replaced that contains one of the words."""
    if isinstance(value, dict):
        return {name: _wiped(each, words) for name, each in value.items()}
    if isinstance(value, list):
        return [_wiped(each, words) for each in value]
    if isinstance(value, str) and any(word in value.casefold() for word in words):
        return ERASED
    return value


def _rewrite(entry_id: int, **values: Any) -> None:
    entries = AuditEntry.__table__
    db.session.execute(
        update(entries)  # type: ignore[arg-type]  # a table
        .where(entries.c.id == entry_id)
        .values(**values, erased_at=clock.now())
    )


def _years_before(now: datetime, years: int) -> datetime:
    return now.astimezone(UTC).replace(year=now.year - years, day=min(now.day, 28))


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
def _refuse(_mapper: Mapper[AuditEntry], _connection: Connection, entry: AuditEntry) -> None:
    session = object_session(entry)
    if session is None or entry in session.deleted or session.is_modified(entry):
        raise RuntimeError("the audit log only grows")
