import threading
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from registration.core.db import Base, UtcDateTime, db, transaction
from registration.organisations.models import Organisation


def library(name: str) -> Organisation:
    return Organisation(name=name, folded_name=name.lower())


def names() -> list[str]:
    db.session.rollback()
    return sorted(db.session.scalars(select(Organisation.name)))


def test_transaction_commits_what_was_added(app: Flask) -> None:
    with transaction() as session:
        session.add(library("Alfa"))
    assert names() == ["Alfa"]


def test_exception_rolls_everything_back(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction() as session:
        session.add(library("Alfa"))
        session.flush()
        raise ZeroDivisionError
    assert names() == []


def test_inner_transaction_is_a_savepoint(app: Flask) -> None:
    with transaction() as session:
        session.add(library("Alfa"))
        with pytest.raises(ZeroDivisionError), transaction():
            session.add(library("Beta"))
            session.flush()
            raise ZeroDivisionError
    assert names() == ["Alfa"]


def test_changes_outside_of_a_transaction_are_refused(app: Flask) -> None:
    db.session.add(library("Alfa"))
    with pytest.raises(RuntimeError, match="outside of a transaction"), transaction():
        pass
    db.session.rollback()


def test_reading_before_a_transaction_does_not_stop_two_writers(app: Flask) -> None:
    """On SQLite a read that turns into a write fails when somebody else has written in between."""
    failures: list[Exception] = []
    both_have_read = threading.Barrier(2, timeout=10)

    def read_then_write(name: str) -> None:
        with app.app_context():
            names_before = db.session.scalars(select(Organisation.name)).all()
            both_have_read.wait()
            try:
                with transaction() as session:
                    session.add(library(name))
            except Exception as failure:
                failures.append(failure)
            assert names_before == []

    threads = [threading.Thread(target=read_then_write, args=(name,)) for name in ("Alfa", "Beta")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert names() == ["Alfa", "Beta"]


def test_instant_must_be_aware_and_comes_back_in_utc(app: Flask) -> None:
    kind = UtcDateTime()
    with pytest.raises(ValueError, match="aware"):
        kind.process_bind_param(datetime(2025, 1, 1), db.engine.dialect)
    assert kind.process_result_value(datetime(2025, 1, 1), db.engine.dialect) == datetime(2025, 1, 1, tzinfo=UTC)
    assert kind.process_bind_param(None, db.engine.dialect) is None


def test_every_table_of_every_room_is_known(app: Flask) -> None:
    assert set(Base.metadata.tables) == {
        "answer", "association", "attendance_entry", "cancellation", "certificate", "certificate_rule",
        "certificate_rule_session", "demo_clock", "event", "order", "organisation", "outbox_message", "place_offer",
        "question", "question_choice", "registration", "revocation", "role", "roles_users", "session", "substitution",
        "ticket_code", "ticket_type", "ticket_type_session", "user", "waiting_list_entry",
    }  # fmt: skip
