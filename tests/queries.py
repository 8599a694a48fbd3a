"""Counts the statements a page costs, and keeps them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from registration.core.db import db
from registration.core.page_cache import forget_everything


@dataclass
class Counter:
    """The statements that were run, each with its values, as the driver takes them."""

    asked: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Return how many there were."""
        return len(self.asked)


@contextmanager
def count_queries() -> Iterator[Counter]:
    """Count the SQL statements run inside, transactions aside; nothing is remembered from before."""
    counter = Counter()
    forget_everything()

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            counter.asked.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield counter
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
