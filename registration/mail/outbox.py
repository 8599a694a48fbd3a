"""The way into the post: a message is a row of plain facts, written in the transaction of the fact it tells of.

Rows are thin because they are written while somebody waits for an answer and others wait for the locks; what the
message says is composed by the worker, see `registration.mail.composition`.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from registration.core import clock, queue, settings
from registration.core.db import db
from registration.core.prepared import Prepared
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
    "postgresql": Prepared(postgresql.insert(_TABLE).on_conflict_do_nothing(index_elements=["dedupe_key"])),
    "sqlite": Prepared(sqlite.insert(_TABLE).on_conflict_do_nothing(index_elements=["dedupe_key"])),
}


@dataclass(frozen=True)
class Letter:
    """What somebody is to be told; `facts` are the arguments of the kind's writer: ids and small plain values."""

    kind: str
    to: str
    language: str
    facts: dict[str, Any]
    dedupe_key: str | None = None
    event_id: int | None = None  # which event it is about


@dataclass(frozen=True)
class HeldBack:
    """Letters that wait before they are sent, so that they can still be withdrawn."""

    until: datetime  # on the machine's clock
    key: str  # what their keys in the outbox begin with


def post(
    kind: str, *, to: str, language: str, dedupe_key: str | None = None, event_id: int | None = None, **facts: Any
) -> None:
    """Write one message into the current transaction; see `post_all`."""
    post_all([Letter(kind, to, language, facts, dedupe_key, event_id)])


def post_all(letters: Sequence[Letter], *, held: HeldBack | None = None) -> None:
    """Write messages into the current transaction, to be composed and sent once that is committed, or held back.

    A letter is left out when there is one with its `dedupe_key` already, and when it is to nobody: who came to the door
    was not asked for an address.
    """
    letters = [letter for letter in letters if letter.to]
    if not letters:
        return
    session = db.session()
    _INSERT[session.connection().dialect.name].run(_rows(letters, held))
    hint_after_commit(session)


def withdraw(key: str) -> int:
    """Take back letters that were held back under keys beginning so; return how many had not been sent yet."""
    session = db.session()
    waiting = (OutboxMessage.state == MessageState.QUEUED, OutboxMessage.leased_until.is_(None))
    ids = session.scalars(
        select(OutboxMessage.id).where(OutboxMessage.dedupe_key.startswith(key, autoescape=True), *waiting)
    ).all()
    session.execute(delete(OutboxMessage).where(OutboxMessage.id.in_(ids), *waiting))
    return len(ids)


def hint_after_commit(session: Session) -> None:
    """Let the worker know about new mail once, and only if, the current transaction is committed."""
    session.info[_HAS_NEWS] = True


def _rows(letters: Sequence[Letter], held: HeldBack | None) -> list[dict[str, Any]]:
    host_name, now, due_at = settings.current().host_name, clock.now(), clock.system_now()
    return [
        {
            **_UNTOUCHED,
            "kind": letter.kind,
            "recipient": letter.to,
            "language": letter.language,
            "event_id": letter.event_id,
            "facts": letter.facts,
            "message_id": f"<{uuid.uuid4().hex}@{host_name}>",
            "dedupe_key": f"{held.key}{uuid.uuid4().hex}" if held else letter.dedupe_key,
            "created_at": now,
            "next_attempt_at": held.until if held else due_at,
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
