"""Counts the statements a page costs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from registration.core.db import db
from registration.core.page_cache import forget_everything


@dataclass
class Counter:
    """How many statements were run."""

    count: int = 0


@contextmanager
def count_queries() -> Iterator[Counter]:
    """Count the SQL statements run inside, transactions aside; nothing is remembered from before."""
    counter = Counter()
    forget_everything()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        counter.count += not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK"))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield counter
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
