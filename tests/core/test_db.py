import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import OperationalError

from registration.core import db as database
from registration.core.db import Base, UtcDateTime, db, engine_options, transaction
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


@pytest.fixture
def sqlite_app(app: Flask) -> Flask:
    """Give the application on SQLite, where one writes at a time."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite locks the whole database")
    return app


@pytest.fixture
def postgresql_app(app: Flask) -> Flask:
    """Give the application on PostgreSQL, which can be restarted beside it."""
    if db.engine.dialect.name != "postgresql":
        pytest.skip("only a server can be lost")
    return app


@contextmanager
def somebody_writing() -> Iterator[sqlite3.Connection]:
    """Hold the write lock from a connection that is not ours."""
    other = sqlite3.connect(str(db.engine.url.database), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield other
    finally:
        other.close()


def test_many_writers_take_turns(app: Flask) -> None:
    failures: list[Exception] = []

    def write(writer: int) -> None:
        with app.app_context():
            for number in range(10):
                try:
                    with transaction() as session:
                        session.add(library(f"{writer} {number}"))
                except Exception as failure:
                    failures.append(failure)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(names()) == 80


def test_writer_begins_as_soon_as_the_other_has_finished(sqlite_app: Flask) -> None:
    with somebody_writing() as other:
        finish = threading.Timer(0.3, lambda: other.execute("ROLLBACK"))
        finish.start()
        began = time.monotonic()
        with transaction() as session:
            session.add(library("Alfa"))
        assert time.monotonic() - began >= 0.2
        finish.join()
    assert names() == ["Alfa"]


def test_writer_who_waits_too_long_gives_up_and_can_try_again(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_SQLITE_LOCK_TIMEOUT_S", 0.2)
    began = time.monotonic()
    with somebody_writing(), pytest.raises(OperationalError, match="database is locked"), transaction():
        raise AssertionError("nobody may write now")
    assert 0.2 <= time.monotonic() - began < 5
    with transaction() as session:
        session.add(library("Alfa"))
    assert names() == ["Alfa"]


def test_reader_does_not_wait_for_a_writer(sqlite_app: Flask) -> None:
    with somebody_writing():
        assert names() == []


def test_other_trouble_than_a_lock_is_said_at_once(sqlite_app: Flask) -> None:
    began = time.monotonic()
    readable = create_engine(db.engine.url, **engine_options("sqlite"))
    with readable.connect() as connection, pytest.raises(OperationalError, match="readonly"):
        connection.exec_driver_sql("PRAGMA query_only = 1")
        connection.rollback()
        connection.execution_options(sqlite_begin="IMMEDIATE").execute(text("SELECT 1"))
    readable.dispose()
    assert time.monotonic() - began < 5


def test_connection_the_server_has_ended_is_replaced(postgresql_app: Flask) -> None:
    """A restarted PostgreSQL ends all its connections; no visitor is to meet that."""
    db.engine.dispose()  # one connection is enough
    ours = db.session.scalar(text("SELECT pg_backend_pid()"))
    db.session.remove()
    server = create_engine(db.engine.url)
    with server.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": ours})
    server.dispose()
    assert db.session.scalar(text("SELECT pg_backend_pid()")) != ours


def test_connection_that_has_rested_is_asked_whether_it_is_there(
    postgresql_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.engine.dispose()
    ours = db.session.scalar(text("SELECT pg_backend_pid()"))
    db.session.remove()
    monkeypatch.setattr(database, "_POSTGRESQL_TRUSTED_S", -1)
    assert db.session.scalar(text("SELECT pg_backend_pid()")) == ours
    driver = db.session.connection().connection.driver_connection
    db.session.remove()
    assert driver is not None
    driver.pgconn.finish()
    assert db.session.scalar(text("SELECT pg_backend_pid()")) != ours


def test_instant_must_be_aware_and_comes_back_in_utc(app: Flask) -> None:
    kind = UtcDateTime()
    with pytest.raises(ValueError, match="aware"):
        kind.process_bind_param(datetime(2025, 1, 1), db.engine.dialect)
    assert kind.process_result_value(datetime(2025, 1, 1), db.engine.dialect) == datetime(2025, 1, 1, tzinfo=UTC)
    assert kind.process_bind_param(None, db.engine.dialect) is None


def test_every_table_of_every_room_is_known(app: Flask) -> None:
    assert set(Base.metadata.tables) == {
        "answer", "association", "attendance_entry", "audit_entry", "badge_print", "bulk_action",
        "cancellation", "certificate", "certificate_rule", "certificate_rule_session", "declared_training",
        "demo_clock", "directory_import", "door", "event", "event_old_slug", "event_picture", "group_message",
        "invited_address", "membership", "membership_application", "order", "organisation", "outbox_message",
        "pairing_code", "paper_picture", "paper_style", "place_offer", "print_file", "print_job", "question",
        "question_choice", "registration", "registration_import", "registration_note", "registration_tag",
        "revocation", "role", "roles_users", "roster_change", "scan", "session", "sign_in", "speaker",
        "speaker_session", "staff_invitation", "substitution", "suppressed_address", "team_member",
        "ticket_code", "ticket_type", "ticket_type_session", "training_letter", "training_settings", "user",
        "waiting_list_entry", "webauthn",
    }  # fmt: skip
