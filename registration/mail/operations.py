"""The verbs of the mail log."""

import logging

from registration.core import clock
from registration.core.db import transaction
from registration.mail import outbox
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
