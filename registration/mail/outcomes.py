"""What came of a message, written down in a transaction of its own."""

import logging
import smtplib
import time
from collections.abc import Callable, Iterable

from flask_mail import force_text
from sqlalchemy.exc import OperationalError

from registration.core import clock
from registration.core.db import db, transaction
from registration.mail import rules
from registration.mail.composition import Composed
from registration.mail.models import MessageState, OutboxMessage

_LONGEST_ERROR = 500

log = logging.getLogger(__name__)


def persist(record: Callable[[], None], *, patience_s: float) -> None:
    """Write down what has happened, however long the database is locked; giving up would send the message again."""
    until = time.monotonic() + patience_s
    while True:
        try:
            return record()
        except OperationalError:
            db.session.rollback()
            if time.monotonic() > until:
                raise
            time.sleep(1)


def record_composed(message_id: int, composed: Composed) -> None:
    """Keep the words before the first attempt, so that every further one says the same under the same Message-ID."""
    with transaction() as session:
        row = session.get(OutboxMessage, message_id)
        if row is not None:
            row.subject, row.text_body, row.html_body = composed.subject, composed.text, composed.html
            row.reply_to, row.attachments = composed.reply_to, list(composed.attachments)


def record_sent(message_id: int) -> None:
    """Write down that a mail server has taken the message."""
    with transaction() as session:
        row = session.get(OutboxMessage, message_id)
        # A mail server near by may have given it back already.
        if row is not None and row.state is MessageState.QUEUED:
            row.state = MessageState.SENT
            row.attempts += 1
            row.sent_at = clock.now()
            row.leased_until = row.last_error = None


def record_withdrawn(message_id: int) -> None:
    """Write down that what the message was to tell is no longer true."""
    with transaction() as session:
        row = session.get(OutboxMessage, message_id)
        if row is not None:
            row.state = MessageState.WITHDRAWN
            row.leased_until = row.last_error = None


def record_suppressed(message_id: int, reason: str) -> None:
    """Keep a message back: an earlier one to its address came back."""
    with transaction() as session:
        row = session.get(OutboxMessage, message_id)
        if row is not None:
            row.state = MessageState.SUPPRESSED
            row.last_error = reason
            row.leased_until = None


def record_failure(message_id: int, error: Exception) -> None:
    """Write down what went wrong, and when to try again, or that it is no use."""
    is_expected = isinstance(error, (OSError, smtplib.SMTPException))
    log.warning("Message %s was not sent: %s", message_id, describe(error), exc_info=not is_expected)
    with transaction() as session:
        row = session.get(OutboxMessage, message_id)
        if row is not None:
            row.attempts += 1
            row.last_error = describe(error)
            row.leased_until = None
            delay = None if _is_final(error) else rules.retry_delay(row.attempts)
            if delay is None:
                row.state = MessageState.FAILED
            else:
                row.next_attempt_at = clock.system_now() + delay


def _is_final(error: Exception) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(rules.is_permanent(code) for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and rules.is_permanent(error.smtp_code)


def describe(error: Exception) -> str:
    answers: Iterable[tuple[int, bytes | str]] = ()
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = error.recipients.values()
    elif isinstance(error, smtplib.SMTPResponseException):
        answers = [(error.smtp_code, error.smtp_error)]
    said = [f"{code} {force_text(words, errors='replace')}" for code, words in answers]
    return ("; ".join(said) or f"{type(error).__name__}: {error}")[:_LONGEST_ERROR]
