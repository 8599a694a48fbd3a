"""Reads of the mail log."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import load_only

from registration.core.db import db
from registration.mail.models import OutboxMessage

_LOG_COLUMNS = (
    OutboxMessage.kind,
    OutboxMessage.recipient,
    OutboxMessage.subject,
    OutboxMessage.created_at,
    OutboxMessage.state,
)


def find_message(message_id: int) -> OutboxMessage | None:
    """Return the message of this id."""
    return db.session.get(OutboxMessage, message_id)


def list_messages(*, page: int, page_size: int) -> Sequence[OutboxMessage]:
    """Return one page of the log, newest first; the texts of the messages stay in the database."""
    log_line = load_only(*_LOG_COLUMNS)
    newest_first = select(OutboxMessage).options(log_line).order_by(OutboxMessage.id.desc())
    return db.session.scalars(newest_first.limit(page_size).offset((page - 1) * page_size)).all()


def count_messages() -> int:
    """Return how many messages the log has."""
    return db.session.scalar(select(func.count()).select_from(OutboxMessage)) or 0
