"""The database: declarative base, `db.session`, and `transaction()` that every operation runs in."""

import select
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar, cast

import psycopg
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, Connection, DateTime, Dialect, Enum, Integer, MetaData, String, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

_SQLITE_LOCK_TIMEOUT_S = 10
_SQLITE_SHORTEST_NAP_S, _SQLITE_LONGEST_NAP_S = 0.0003, 0.001
_POSTGRESQL_TRUSTED_S = 5


class Base(DeclarativeBase):
    """Base of all tables; constraints get predictable names so that migrations can drop them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant; refuses naive values, and gives aware ones back from SQLite too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a fact needs an aware time")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


CONNECTION = "connection"  # of a running operation, in `Session.info`

BigId = BigInteger().with_variant(Integer, "sqlite")
PrimaryKey = Annotated[int, mapped_column(BigId, primary_key=True)]
Instant = Annotated[datetime, mapped_column(UtcDateTime)]

E = TypeVar("E", bound=StrEnum)


def words(kind: type[E]) -> Enum:
    """Return a column type that stores a StrEnum by its values, checked by the database."""
    return Enum(
        kind,
        native_enum=False,
        length=32,
        create_constraint=True,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


def text(length: int) -> String:
    """Return a column type for text of at most `length` characters."""
    return String(length)


@contextmanager
def transaction() -> Iterator[Session]:
    """Run one operation: the outermost commits, an inner one is a savepoint, an exception rolls back.

    A read transaction that a view has opened before is ended first, so that on SQLite the write lock is taken
    from the beginning (a read that turns into a write fails there) and nothing stale is decided upon.
    """
    session = db.session()
    if CONNECTION in session.info:
        with session.begin_nested():
            yield session
        return
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes were made outside of a transaction")
    session.rollback()
    session.expire_all()
    try:
        session.info[CONNECTION] = session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(CONNECTION, None)


def lock_table(session: Session, table: type[Base]) -> None:
    """Let others wait who change a table, until this transaction ends; reading goes on.

    On SQLite a transaction that writes is alone from its beginning.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(f'LOCK TABLE "{table.__tablename__}" IN SHARE ROW EXCLUSIVE MODE')


def engine_options(url: str) -> dict[str, Any]:
    """Return the engine options for a database address; values of statements are personal data and never logged."""
    if url.startswith("sqlite"):
        # The driver must not open transactions by itself: `_begin` does, and says of which kind.
        connect_args = {"isolation_level": None, "timeout": _SQLITE_LOCK_TIMEOUT_S}
        return {"connect_args": connect_args, "hide_parameters": True}
    return {"hide_parameters": True, "pool_size": 5, "max_overflow": 10}


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    if connection.get_execution_options().get("sqlite_begin") == "IMMEDIATE":
        _begin_writing(connection)
    else:
        _driver(connection).execute("BEGIN DEFERRED")  # takes no lock and cannot fail


def _begin_writing(connection: Connection) -> None:
    """Take SQLite's write lock as soon as it is free, asking often: an operation is over in two milliseconds.

    SQLite itself naps ever longer, up to 100 ms, while others overtake: of four writers one in a hundred waited half a
    second and more. A queue of file locks is no faster than this, and has to be cleared up after.
    """
    driver = _driver(connection)
    until = time.monotonic() + _SQLITE_LOCK_TIMEOUT_S
    nap_s = _SQLITE_SHORTEST_NAP_S
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while time.monotonic() < until and _is_taken(driver):
            time.sleep(nap_s)
            nap_s = min(1.05 * nap_s, _SQLITE_LONGEST_NAP_S)
        if not driver.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # for the last time, with the error everybody expects
    finally:
        driver.execute(f"PRAGMA busy_timeout = {_SQLITE_LOCK_TIMEOUT_S * 1000}")


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast(sqlite3.Connection, connection.connection.dbapi_connection)


def _is_taken(driver: sqlite3.Connection) -> bool:
    """Try to begin; say whether somebody else is writing."""
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorname.startswith("SQLITE_BUSY")
    return False


@event.listens_for(Engine, "checkin")
def _note_return(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["returned_at"] = time.monotonic()


@event.listens_for(Engine, "checkout")
def _replace_lost(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """Make sure that PostgreSQL is still there, so that its restart is noticed here and not by a visitor.

    `pool_pre_ping` would ask it every time, which costs as much as a read. A server that ends a connection says so:
    there is something to read. One that vanished without a word, behind a firewall perhaps, is asked after a pause.
    """
    if not isinstance(connection, psycopg.Connection):
        return
    has_rested = time.monotonic() - record.info.get("returned_at", time.monotonic()) > _POSTGRESQL_TRUSTED_S
    try:
        if has_rested or _has_something_to_read(connection.fileno()):
            connection.execute("SELECT 1")
            connection.rollback()
    except psycopg.Error as error:
        raise InvalidatePoolError from error


def _has_something_to_read(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
