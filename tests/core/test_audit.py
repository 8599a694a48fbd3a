from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from registration.core import audit
from registration.core.audit import ERASED, AuditEntry, record
from registration.core.clock import PRAGUE
from registration.core.db import db, transaction
from registration.organisations.models import Organisation

OLGA = "olga@sekce.example"
ADA = "ada@hornilhota.example"


@pytest.fixture
def library(app: Flask) -> Organisation:
    library = Organisation(name="Knihovna", folded_name="knihovna")
    with transaction() as session:
        session.add(library)
    return library


def note(thing: Organisation, *, by: str = OLGA, **values: object) -> AuditEntry:
    """Write an entry of event 1 whose values were all something else before."""
    with transaction() as session:
        record(thing, "changed", by=by, event_id=1, before=dict.fromkeys(values), after=values)
        session.flush()
        return session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


def stored(entry: AuditEntry) -> AuditEntry:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(AuditEntry, entry.id)


def test_entry_keeps_what_differs_and_nothing_else(library: Organisation, at_demo_day: None) -> None:
    with transaction() as session:
        before, after = {"name": "Knihovna", "town": "", "ico": None}, {"name": "Knihovna", "town": "Louny", "is": True}
        record(library, "changed", by=OLGA, before=before, after=after)
        session.flush()
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.by, entry.subject_kind, entry.subject_id, entry.action) == (
        OLGA,
        "organisation",
        library.id,
        "changed",
    )
    assert (entry.before, entry.after) == ({"town": ""}, {"town": "Louny", "is": True})
    assert entry.at.date().isoformat() == "2025-03-10"


def test_entry_goes_with_the_transaction_it_was_written_in(library: Organisation) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        record(library, "changed", by=OLGA)
        raise ZeroDivisionError
    assert db.session.scalars(select(AuditEntry)).all() == []


def test_objects_of_the_log_refuse_to_be_changed_or_deleted(library: Organisation) -> None:
    entry = note(library, town="Louny")
    with pytest.raises(RuntimeError, match="only grows"), transaction():
        entry.by = "somebody@else.example"
    entry = stored(entry)
    with pytest.raises(RuntimeError, match="only grows"), transaction() as session:
        session.delete(entry)
    entry = stored(entry)
    with transaction():
        entry.by = str(entry.by)  # no change at all
    assert stored(entry).by == OLGA


@pytest.mark.parametrize(
    "change",
    [
        {"by": "somebody@else.example"},
        {"by": "somebody@else.example", "erased_at": datetime(2025, 3, 10, tzinfo=PRAGUE)},
        {"at": datetime(2025, 1, 1, tzinfo=PRAGUE), "erased_at": datetime(2025, 3, 10, tzinfo=PRAGUE)},
        {"action": "cancelled", "erased_at": datetime(2025, 3, 10, tzinfo=PRAGUE)},
        {"subject_id": 999, "erased_at": datetime(2025, 3, 10, tzinfo=PRAGUE)},
        {"event_id": None, "erased_at": datetime(2025, 3, 10, tzinfo=PRAGUE)},
        {"after": {"town": "Praha"}},
    ],
    ids=lambda change: " ".join(change),
)
def test_database_refuses_to_change_an_entry(library: Organisation, change: dict[str, object]) -> None:
    entry = note(library, town="Louny")
    with pytest.raises(IntegrityError, match="never changed"), transaction() as session:
        session.execute(update(AuditEntry).where(AuditEntry.id == entry.id).values(**change))
    assert (stored(entry).by, stored(entry).after) == (OLGA, {"town": "Louny"})


def test_database_refuses_to_delete_an_entry(library: Organisation) -> None:
    entry = note(library, town="Louny")
    statements = [delete(AuditEntry)]
    if db.engine.dialect.name == "postgresql":
        statements.append(text("TRUNCATE audit_entry"))  # type: ignore[arg-type]  # is executed like the other
    for statement in statements:
        with pytest.raises(IntegrityError, match="kept for ten years"), transaction() as session:
            session.execute(statement)
    assert stored(entry).after == {"town": "Louny"}


def test_only_entries_older_than_ten_years_are_cleared_away(
    library: Organisation, travel: Callable[[datetime], None]
) -> None:
    travel(datetime(2026, 6, 1, 12, 0, tzinfo=PRAGUE))
    note(library, town="Louny")
    old = {
        "by": OLGA, "subject_kind": "organisation", "subject_id": library.id, "action": "changed",
        "before": {}, "after": {},
    }  # fmt: skip
    days = (
        datetime(2010, 1, 1, tzinfo=PRAGUE),
        datetime(2016, 5, 31, tzinfo=PRAGUE),
        datetime(2016, 6, 2, tzinfo=PRAGUE),
    )
    with transaction() as session:
        session.execute(insert(AuditEntry), [{**old, "at": day} for day in days])
    assert audit.delete_old_entries() == 2
    assert audit.delete_old_entries() == 0
    assert [entry.at.year for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.at))] == [
        2016,
        2025 + 1,
    ]


def test_erased_person_leaves_their_own_entries_but_for_what_tells_nothing(library: Organisation) -> None:
    entry = note(library, by=ADA, name="Ada Žďárská", status="cancelled", note="", reason="vdala se")
    with transaction():
        audit.forget(1, subjects={"organisation": [library.id]}, words=[ADA])
    left = stored(entry)
    assert left.after == {"name": ERASED, "status": "cancelled", "note": "", "reason": ERASED}
    assert left.before == {"name": None, "status": None, "note": None, "reason": None}
    assert left.by == ERASED
    assert left.erased_at is not None


def test_erased_person_leaves_the_entries_about_others_where_they_are_named(library: Organisation) -> None:
    people = ["Ada Žďárská", "Bob Řehák"]
    entry = note(library, people=people, contact={"email": ADA.upper(), "phone": 5}, town="Louny")
    other = note(library, town="Praha")
    with transaction():
        audit.forget(1, subjects={}, words=["", "Ada Žďárská", ADA])
    left = stored(entry)
    assert left.after == {"people": [ERASED, "Bob Řehák"], "contact": {"email": ERASED, "phone": 5}, "town": "Louny"}
    assert left.by == OLGA
    assert stored(other).erased_at is None


def test_erasing_somebody_without_words_of_whom_nothing_is_written_changes_nothing(library: Organisation) -> None:
    entry = note(library, town="Louny")
    with transaction():
        audit.forget(1, subjects={}, words=[])
        audit.forget(2, subjects={"organisation": [library.id]}, words=["Louny"])
    assert stored(entry).erased_at is None
