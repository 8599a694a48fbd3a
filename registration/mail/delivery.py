"""The post office: takes what is due out of the outbox, hands it over, and writes down what came of it.

A message is claimed by a lease first and marked in a transaction of its own afterwards, so a worker that dies
loses nothing and repeats one message at most.
"""

import logging
import smtplib
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.charset import QP, Charset
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import flask_mail
from css_inline import CSSInliner
from flask import Flask, current_app
from flask_mail import force_text
from sqlalchemy import or_, select, update
from sqlalchemy.exc import OperationalError

from registration.core import clock, settings
from registration.core.assets import STATIC
from registration.core.db import db, transaction
from registration.core.settings import Settings
from registration.mail import rules
from registration.mail.models import MessageState, OutboxMessage

_LEASE = timedelta(minutes=5)
_SPARE = timedelta(minutes=2)  # no message is begun this near to the end of the lease
_SERVER_DOWN_DELAY = timedelta(minutes=5)
_SMTP_TIMEOUT_S = 20
_IMPLICIT_TLS_PORT = 465  # RFC 8314 3.3
_LONGEST_ERROR = 500

# As Flask-Mail comes, long lines of HTML go out whole and break at the 998 bytes SMTP allows.
_QUOTED_UTF8 = Charset("utf-8")
_QUOTED_UTF8.body_encoding = QP

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a message."""

    filename: str
    mimetype: str
    content: bytes


Renderer = Callable[[int], Attachment | None]


class PostOffice:
    """Delivers the outbox; rooms tell it how to render what their messages carry."""

    def __init__(self) -> None:
        self._renderers: dict[str, Renderer] = {}

    def init_app(self, app: Flask) -> None:
        """Hand the application's mail settings to Flask-Mail."""
        app.config.from_mapping(_flask_mail_config(app.extensions["settings"]))
        flask_mail.Mail(app)

    def register_attachment(self, kind: str, renderer: Renderer) -> None:
        """Render attachments of this kind by id; None means that there is nothing to attach any more."""
        self._renderers[kind] = renderer

    def deliver_due(self, limit: int = 20) -> int:
        """Deliver the oldest messages that are due, over one connection.

        Returns how many were dealt with, well or badly: 0 when nothing is due or the mail server is down.
        """
        batch = _claim(limit)
        if not batch.ids:
            return 0
        carrier = _carrier()
        with ExitStack() as stack:
            try:
                stack.enter_context(carrier)
            except (OSError, smtplib.SMTPException, ValueError) as error:  # or a password not in ASCII
                _postpone(batch, error)
                return 0
            return self._deliver_batch(batch, carrier)

    def as_bytes(self, row: OutboxMessage) -> bytes:
        """Return the message as it is sent (RFC 5322), its attachments rendered."""
        return self._envelope(row).as_bytes()

    def _deliver_batch(self, batch: "_Batch", carrier: "_Line | _Folder") -> int:
        for position, message_id in enumerate(batch.ids):
            if carrier.is_lost or clock.system_now() > batch.leased_until - _SPARE:
                _release(batch, batch.ids[position:])
                return position
            row = db.session.get(OutboxMessage, message_id, populate_existing=True)
            if row is not None and row.leased_until == batch.leased_until:
                self._deliver(row, carrier)
        return len(batch.ids)

    def _deliver(self, row: OutboxMessage, carrier: "_Line | _Folder") -> None:
        message_id = row.id
        try:
            envelope, name = self._envelope(row), f"{row.id}-{row.kind}"
            db.session.rollback()  # no transaction stays open while the network takes its time
            carrier.carry(envelope, name)
        except Exception as error:  # whatever befalls one message, the others go on
            db.session.rollback()
            _record_failure(message_id, error)
        else:
            _persist(lambda: _record_sent(message_id))

    def _envelope(self, row: OutboxMessage) -> flask_mail.Message:
        envelope = flask_mail.Message(
            subject=row.subject,
            recipients=[row.recipient],
            body=row.text_body,
            html=styled(row.html_body),
            reply_to=row.reply_to,
            date=row.created_at.timestamp(),
            charset=_QUOTED_UTF8,  # type: ignore[arg-type]  # fits wherever the name of a charset does
            extra_headers={"Auto-Submitted": "auto-generated"},  # RFC 3834: no out-of-office replies, please
        )
        envelope.msgId = row.message_id
        for attachment in self._rendered(row.attachments):
            envelope.attach(attachment.filename, attachment.mimetype, attachment.content)
        return envelope

    def _rendered(self, attachments: list[dict[str, Any]]) -> Iterator[Attachment]:
        for each in attachments:
            attachment = self._renderers[each["kind"]](each["id"])
            if attachment is not None:
                yield attachment


post_office = PostOffice()


def styled(html: str) -> str:
    """Return a message's HTML with its styles written into its tags, as mail programs need them.

    Done at delivery and for the preview: while a message is composed, somebody's order holds locks.
    """
    return _inliner().inline(html)


@lru_cache(maxsize=1)
def _inliner() -> CSSInliner:
    css = (STATIC / "css/mail.css").read_text()
    return CSSInliner(extra_css=css, keep_at_rules=True, load_remote_stylesheets=False)


def _flask_mail_config(settings: Settings) -> dict[str, object]:
    is_tls_from_the_start = settings.mail_port == _IMPLICIT_TLS_PORT
    return {
        "MAIL_SERVER": settings.mail_server,
        "MAIL_PORT": settings.mail_port,
        "MAIL_USERNAME": settings.mail_username,
        "MAIL_PASSWORD": settings.mail_password,
        "MAIL_USE_SSL": is_tls_from_the_start,
        "MAIL_USE_TLS": settings.mail_use_tls and not is_tls_from_the_start,
        "MAIL_DEFAULT_SENDER": settings.mail_default_sender,
        "MAIL_SUPPRESS_SEND": False,  # tests send too, to a server of their own
    }


@dataclass(frozen=True)
class _Batch:
    """Messages that are ours until the lease ends."""

    ids: Sequence[int]
    leased_until: datetime


def _claim(limit: int) -> _Batch:
    now = clock.system_now()
    is_free = or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until <= now)
    due = (
        select(OutboxMessage.id)
        .where(OutboxMessage.state == MessageState.QUEUED, OutboxMessage.next_attempt_at <= now, is_free)
        .order_by(OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claim = (
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(due))
        .values(leased_until=now + _LEASE)
        .returning(OutboxMessage.id)
    )
    with transaction() as session:
        ids = sorted(session.scalars(claim, execution_options={"synchronize_session": False}))
    return _Batch(ids, now + _LEASE)


def _carrier() -> "_Line | _Folder":
    if settings.current().mail_server:
        return _Line(current_app.extensions["mail"])
    return _Folder(settings.current().instance_path / "mail")


def _postpone(batch: _Batch, error: Exception) -> None:
    """Let the batch wait for the mail server; no message is to blame, so none is ever given up for it."""
    log.warning("The mail server cannot be reached: %s", error)
    later = clock.system_now() + _SERVER_DOWN_DELAY
    _release(batch, batch.ids, next_attempt_at=later, last_error=_describe(error))


def _release(batch: _Batch, ids: Sequence[int], **changes: object) -> None:
    ours = (OutboxMessage.id.in_(ids), OutboxMessage.leased_until == batch.leased_until)
    with transaction() as session:
        session.execute(update(OutboxMessage).where(*ours).values(leased_until=None, **changes))


def _persist(record: Callable[[], None]) -> None:
    """Write down what has happened, however long the database is locked; giving up would send the message again."""
    until = time.monotonic() + _SPARE.total_seconds()
    while True:
        try:
            return record()
        except OperationalError:
            db.session.rollback()
            if time.monotonic() > until:
                raise
            time.sleep(1)


def _record_sent(message_id: int) -> None:
    with transaction() as session:
        row = session.get(OutboxMessage, message_id)
        if row is not None:
            row.state = MessageState.SENT
            row.attempts += 1
            row.sent_at = clock.now()
            row.leased_until = row.last_error = None


def _record_failure(message_id: int, error: Exception) -> None:
    is_expected = isinstance(error, (OSError, smtplib.SMTPException))
    log.warning("Message %s was not sent: %s", message_id, _describe(error), exc_info=not is_expected)
    with transaction() as session:
        row = session.get(OutboxMessage, message_id)
        if row is not None:
            row.attempts += 1
            row.last_error = _describe(error)
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


def _describe(error: Exception) -> str:
    answers: Iterable[tuple[int, bytes | str]] = ()
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = error.recipients.values()
    elif isinstance(error, smtplib.SMTPResponseException):
        answers = [(error.smtp_code, error.smtp_error)]
    said = [f"{code} {force_text(words, errors='replace')}" for code, words in answers]
    return ("; ".join(said) or f"{type(error).__name__}: {error}")[:_LONGEST_ERROR]


class _Line(flask_mail.Connection):
    """A connection to the mail server, with the timeout and the certificate check that Flask-Mail has not."""

    def configure_host(self) -> smtplib.SMTP:
        with ExitStack() as stack:
            host = self._connect()
            stack.callback(host.close)
            if self.mail.use_tls:
                host.starttls(context=ssl.create_default_context())
            if self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
            stack.pop_all()
            return host

    def _connect(self) -> smtplib.SMTP:
        place = (self.mail.server, self.mail.port or 0, settings.current().host_name)
        if self.mail.use_ssl:
            return smtplib.SMTP_SSL(*place, timeout=_SMTP_TIMEOUT_S, context=ssl.create_default_context())
        return smtplib.SMTP(*place, timeout=_SMTP_TIMEOUT_S)

    @property
    def is_lost(self) -> bool:
        return self.host is None or self.host.sock is None

    def carry(self, envelope: flask_mail.Message, name: str) -> None:
        self.send(envelope)

    def __exit__(self, *exception: Any) -> None:
        # A server that has hung up, or does now, need not be told good-bye.
        with suppress(OSError, smtplib.SMTPException):
            super().__exit__(*exception)


class _Folder:
    """Where messages go when there is no mail server: to be read as files or in the back office."""

    is_lost = False

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Self:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def carry(self, envelope: flask_mail.Message, name: str) -> None:
        unfinished = self.path / f".{name}.part"
        unfinished.write_bytes(envelope.as_bytes())
        unfinished.replace(self.path / f"{name}.eml")
