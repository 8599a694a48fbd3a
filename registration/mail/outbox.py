"""The way into the post: a message is a row of plain facts, written in the transaction of the fact it tells of.

Rows are thin because they are written while somebody waits for an answer and others wait for the locks; what the
message says is composed by the worker, see `registration.mail.composition`.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from registration.core import clock, queue, settings
from registration.core.db import db
from registration.mail.models import MessageState, OutboxMessage

DELIVERY = "deliver"  # the task that empties the outbox

_HAS_NEWS = "outbox.has_news"  # in Session.info until the transaction ends
_TABLE: Table = OutboxMessage.metadata.tables[OutboxMessage.__tablename__]
_UNTOUCHED = {
    "subject": "",
    "text_body": "",
    "html_body": "",
    "attachments": [],
    "state": MessageState.QUEUED,
    "attempts": 0,
}
# Built once: sign-up writes through it while it holds locks. The database itself decides about the key; a second
# writer of the same key waits for the first one's transaction, and its own goes on unharmed.
_INSERT = {
    "postgresql": postgresql.insert(_TABLE).on_conflict_do_nothing(index_elements=["dedupe_key"]),
    "sqlite": sqlite.insert(_TABLE).on_conflict_do_nothing(index_elements=["dedupe_key"]),
}


@dataclass(frozen=True)
class Letter:
    """What somebody is to be told; `facts` are the arguments of the kind's writer: ids and small plain values."""

    kind: str
    to: str
    language: str
    facts: dict[str, Any]
    dedupe_key: str | None = None


def post(kind: str, *, to: str, language: str, dedupe_key: str | None = None, **facts: Any) -> None:
    """Write one message into the current transaction; see `post_all`."""
    post_all([Letter(kind, to, language, facts, dedupe_key)])


def post_all(letters: Sequence[Letter]) -> None:
    """Write messages into the current transaction, to be composed and sent once that is committed.

    A letter is left out when there is one with its `dedupe_key` already.
    """
    if not letters:
        return
    session = db.session()
    connection = session.connection()
    connection.execute(_INSERT[connection.dialect.name], _rows(letters))
    hint_after_commit(session)


def hint_after_commit(session: Session) -> None:
    """Let the worker know about new mail once, and only if, the current transaction is committed."""
    session.info[_HAS_NEWS] = True


def _rows(letters: Sequence[Letter]) -> list[dict[str, Any]]:
    host_name, now, due_at = settings.current().host_name, clock.now(), clock.system_now()
    return [
        {
            **_UNTOUCHED,
            "kind": letter.kind,
            "recipient": letter.to,
            "language": letter.language,
            "facts": letter.facts,
            "message_id": f"<{uuid.uuid4().hex}@{host_name}>",
            "dedupe_key": letter.dedupe_key,
            "created_at": now,
            "next_attempt_at": due_at,
        }
        for letter in letters
    ]


@event.listens_for(db.session, "after_commit")
def _hint(session: Session) -> None:
    if not session.in_nested_transaction() and session.info.pop(_HAS_NEWS, False):
        queue.hint_sparingly(DELIVERY)


@event.listens_for(db.session, "after_rollback")
def _forget(session: Session) -> None:
    # A savepoint takes back its own messages only; those before it still need their hint.
    if not session.in_nested_transaction():
        session.info.pop(_HAS_NEWS, None)
