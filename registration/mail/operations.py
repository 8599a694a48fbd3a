"""The verbs of the mail log."""

import logging
from collections.abc import Collection

from sqlalchemy import delete

from registration.core import clock
from registration.core.db import transaction
from registration.mail import carriers, outbox
from registration.mail.errors import NotFailed
from registration.mail.models import MessageState, OutboxMessage

log = logging.getLogger(__name__)


def send_again(message: OutboxMessage, *, by: str) -> OutboxMessage:
    """Put a message that failed back into the queue, with all its attempts before it.

    Raises NotFailed. Locks the message.
    """
    with transaction() as session:
        session.refresh(message, with_for_update=True)
        if message.state is not MessageState.FAILED:
            raise NotFailed
        message.state = MessageState.QUEUED
        message.attempts = 0
        message.next_attempt_at = clock.system_now()
        outbox.hint_after_commit(session)
    log.info("Message %s is sent again, says %s.", message.id, by)
    return message


def discard(message_ids: Collection[int]) -> None:
    """Delete messages for good, and the files they were written to where there was no mail server."""
    with transaction() as session:
        session.execute(delete(OutboxMessage).where(OutboxMessage.id.in_(message_ids)))
    carriers.folder().discard(message_ids)


def forget_words(message: OutboxMessage) -> None:
    """Take back what a message says; whoever looks at it, or sends it again, gets what it would say now."""
    with transaction():
        message.subject = message.text_body = message.html_body = ""
        message.attachments = []
    carriers.folder().discard([message.id])
