"""Statements for what everybody waits for at the same time: compiled once, then given to the driver as they are.

SQLAlchemy takes 50–90 µs of Python to run a small statement it has compiled before; the driver of SQLite takes 3. All
else stays SQLAlchemy's: the SQL of the dialect, how values are bound and how columns are read.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from registration.core.db import CONNECTION, db

Values = Mapping[str, Any]
Processor = Callable[[Any], Any]


class Prepared:
    """A Core statement that runs in the transaction of `db.session`; each dialect compiles it once.

    It must be given all its values, also those of columns with a default. What it reads comes as named tuples.
    """

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._forms: dict[tuple[str, tuple[str, ...]], _Form] = {}

    def rows(self, values: Values) -> list[Any]:
        """Run it with these values; return what it reads."""
        return self.ask(values)()

    def ask(self, values: Values) -> Callable[[], list[Any]]:
        """Run it with these values; return what gives that which it reads. See `pipelined`."""
        connection, form = self._prepare(values)
        bound = form.bind(values)
        asking = _cursor(connection, form.sql, bound, is_many=False)
        with asking as cursor:
            cursor.execute(form.sql, bound)
            if isinstance(_driver(connection), psycopg.Connection):
                return partial(_answer, asking, form)
            found = form.rows(cursor.fetchall())  # SQLite looks only then, and what comes next may change it
            return lambda: found

    def row(self, values: Values) -> Any:
        """Run it with these values; return the first row it reads, None when there is none."""
        rows = self.rows(values)
        return rows[0] if rows else None

    def run(self, values: Values | Sequence[Values]) -> None:
        """Run it with these values, or with each of several, which must have the same names in the same order."""
        many = [values] if isinstance(values, Mapping) else values
        if not many:
            return
        connection, form = self._prepare(many[0])
        is_many = len(many) > 1
        bound = [form.bind(each) for each in many] if is_many else form.bind(many[0])
        with _cursor(connection, form.sql, bound, is_many=is_many) as cursor:
            (cursor.executemany if is_many else cursor.execute)(form.sql, bound)

    def _prepare(self, values: Values) -> tuple[Connection, "_Form"]:
        session = db.session()
        session.flush()  # as SQLAlchemy does before its own statements
        connection = _running(session)
        key = connection.dialect.name, tuple(values)
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = _Form(self._statement, connection.dialect, key[1])
        return connection, form


@contextmanager
def pipelined() -> Iterator[None]:
    """Send the statements of the block without waiting for an answer, until something is read; for a server far away.

    Only prepared statements may run in it. What the database refuses is raised where something is read, or at the end.
    """
    session = db.session()
    session.flush()  # while SQLAlchemy's own statements may still run
    driver = _driver(_running(session))
    if not isinstance(driver, psycopg.Connection):
        yield
        return
    try:
        with driver.pipeline():
            yield
    except driver.Error as error:
        raise _as_raised_elsewhere(driver, "", error) from error


def _answer(asking: "_cursor", form: "_Form") -> list[Any]:
    with asking as cursor:
        return form.rows(cursor.fetchall())


class _Form:
    """A statement as one dialect speaks it."""

    def __init__(self, statement: Any, dialect: Dialect, names: Sequence[str]) -> None:
        # As for many values, so that an insert reads no id back that nobody has asked for.
        compiled = cast(SQLCompiler, statement.compile(dialect=dialect, column_keys=names, for_executemany=True))
        self.sql = compiled.string
        self._positions = compiled.positiontup
        binders = {name: _binder(bind.type, dialect) for name, bind in compiled.binds.items()}
        self._constants = {
            name: process(value) if (process := binders[name]) else value
            for name, value in compiled.params.items()
            if name not in names
        }
        self._binders = [(name, binders[name]) for name in names if binders.get(name)]
        columns = list(getattr(statement, "exported_columns", []))
        self._row = cast(Any, namedtuple)("Row", [column.key for column in columns], rename=True)
        self._readers = [
            (position, read) for position, column in enumerate(columns) if (read := _reader(column.type, dialect))
        ]

    def bind(self, values: Values) -> Any:
        """Return the values as the driver takes them."""
        bound = {**self._constants, **values}
        for name, process in self._binders:
            bound[name] = cast(Processor, process)(bound[name])
        return bound if self._positions is None else [bound[name] for name in self._positions]

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        """Return rows of the driver as named tuples."""
        if not self._readers:
            return [self._row(*row) for row in found]
        return [self._row(*self._read(list(row))) for row in found]

    def _read(self, row: list[Any]) -> list[Any]:
        for position, read in self._readers:
            row[position] = read(row[position])
        return row


def _binder(kind: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


class _cursor:  # noqa: N801 - it is used like a function; contextlib's way takes as long as the statement
    """A cursor of the driver: who listens to statements hears of this one; errors are raised as SQLAlchemy does."""

    def __init__(self, connection: Connection, sql: str, bound: Any, *, is_many: bool) -> None:
        self._driver = _driver(connection)
        self._sql = sql
        self._cursor = self._driver.cursor()
        for listener in cast(Any, connection).dispatch.before_cursor_execute:
            listener(connection, self._cursor, sql, bound, None, is_many)

    def __enter__(self) -> Any:
        return self._cursor

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, self._driver.Error):
            raise _as_raised_elsewhere(self._driver, self._sql, error) from error


def _as_raised_elsewhere(driver: Any, sql: str, error: Any) -> DBAPIError:
    return cast(DBAPIError, DBAPIError.instance(sql, None, error, driver.Error, hide_parameters=True))


def _running(session: Session) -> Connection:
    connection: Connection = session.info.get(CONNECTION) or session.connection()
    return connection


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection
