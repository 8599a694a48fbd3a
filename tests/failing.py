"""A database that refuses, as a full disk would."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.event import listen, remove

from registration.core.db import db


@contextmanager
def database_fails_on(word: str) -> Iterator[None]:
    """Let the database refuse every statement that has this word, in itself or in its values."""

    def refuse(_connection: Any, _cursor: Any, statement: str, parameters: object, *_rest: Any) -> None:
        if word in f"{statement} {parameters}":
            raise RuntimeError("the disk is full")

    listen(db.engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        remove(db.engine, "before_cursor_execute", refuse)
