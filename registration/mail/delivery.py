"""The post office: takes what is due out of the outbox, composes it, hands it over, writes down what came of it.

A message is claimed by a lease first and marked in a transaction of its own afterwards, so a worker that dies
loses nothing and repeats one message at most.
"""

import logging
import smtplib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.charset import QP, Charset

import flask_mail
from flask import Flask
from sqlalchemy import or_, select, update

from registration.core import clock, i18n
from registration.core.db import db, transaction
from registration.mail import outcomes, queries
from registration.mail.carriers import Folder, Line, carrier, flask_mail_config
from registration.mail.composition import Composed, Writer, compose, styled, unsubscribing
from registration.mail.models import MessageState, OutboxMessage

_LEASE = timedelta(minutes=5)
_SPARE = timedelta(minutes=2)  # no message is begun this near to the end of the lease
_SERVER_DOWN_DELAY = timedelta(minutes=5)

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
    """Delivers the outbox; rooms tell it what their messages say and how to render what these carry."""

    def __init__(self) -> None:
        self._writers: dict[str, Writer] = {}
        self._renderers: dict[str, Renderer] = {}
        self._to_staff: set[str] = set()
        self._is_familiar: Callable[[], bool] = bool

    @property
    def kinds(self) -> list[str]:
        """Return the kinds of messages that rooms have writers for."""
        return sorted(self._writers)

    def init_app(self, app: Flask) -> None:
        """Hand the application's mail settings to Flask-Mail."""
        app.config.from_mapping(flask_mail_config(app.extensions["settings"]))
        flask_mail.Mail(app)

    def choose_voice(self, is_familiar: Callable[[], bool]) -> None:
        """Ask this for each message whether its reader is addressed familiarly in Czech; the staff never is."""
        self._is_familiar = is_familiar

    def register_letter(self, kind: str, writer: Writer, *, to_staff: bool = False) -> None:
        """Compose messages of this kind from what `writer` makes of their facts; None means: no longer true."""
        self._writers[kind] = writer
        if to_staff:
            self._to_staff.add(kind)

    def is_to_staff(self, kind: str) -> bool:
        """Say whether messages of this kind go to the staff, and are polite."""
        return kind in self._to_staff

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
        with ExitStack() as stack:
            by = carrier()
            try:
                stack.enter_context(by)
            except (OSError, smtplib.SMTPException, ValueError) as error:  # or a password not in ASCII
                _postpone(batch, error)
                return 0
            return self._deliver_batch(batch, by)

    def compose(self, row: OutboxMessage) -> Composed | None:
        """Return what a message says: as it was tried first, else as it would be now; None when not true any more."""
        if row.is_composed:
            return Composed(row.subject, row.text_body, row.html_body, row.reply_to, row.attachments)
        is_familiar = not self.is_to_staff(row.kind) and self._is_familiar()
        with i18n.in_language(row.language, is_familiar=is_familiar):
            content = self._writers[row.kind](**row.facts)
            return compose(row.kind, content) if content is not None else None

    def preview(self, row: OutboxMessage) -> Composed | None:
        """Return what a message says, for people to look at; None when it says nothing or cannot be composed."""
        try:
            composed = None if row.state is MessageState.WITHDRAWN else self.compose(row)
            return None if composed is None or composed.is_secret else composed
        except Exception:  # the worker reports it, on the very page that must not break because of it
            log.exception("Message %s cannot be composed", row.id)
            db.session.rollback()
            return None

    def as_bytes(self, row: OutboxMessage, composed: Composed) -> bytes:
        """Return the message as it is sent (RFC 5322), its attachments rendered."""
        return self._envelope(row, composed).as_bytes()

    def _deliver_batch(self, batch: "_Batch", by: Line | Folder) -> int:
        for position, message_id in enumerate(batch.ids):
            if by.is_lost or clock.system_now() > batch.leased_until - _SPARE:
                _release(batch, batch.ids[position:])
                return position
            row = db.session.get(OutboxMessage, message_id, populate_existing=True)
            if row is not None and row.leased_until == batch.leased_until:
                self._deliver(row, by)
        return len(batch.ids)

    def _deliver(self, row: OutboxMessage, by: Line | Folder) -> None:
        message_id = row.id
        record = outcomes.record_sent
        try:
            if suppressed := queries.find_suppression(row.recipient):
                return outcomes.record_suppressed(message_id, suppressed.reason)
            composed = self.compose(row)
            if composed is None:
                record = outcomes.record_withdrawn
            else:
                if not row.is_composed and not composed.is_secret:
                    outcomes.record_composed(message_id, composed)
                envelope, name = self._envelope(row, composed), f"{row.id}-{row.kind}"
                db.session.rollback()  # no transaction stays open while the network takes its time
                by.carry(envelope, name)
        except Exception as error:  # whatever befalls one message, the others go on
            db.session.rollback()
            outcomes.record_failure(message_id, error)
        else:
            outcomes.persist(lambda: record(message_id), patience_s=_SPARE.total_seconds())

    def _envelope(self, row: OutboxMessage, composed: Composed) -> flask_mail.Message:
        envelope = flask_mail.Message(
            subject=composed.subject,
            recipients=[row.recipient],
            body=composed.text,
            html=styled(composed.html),
            reply_to=composed.reply_to,
            date=row.created_at.timestamp(),
            charset=_QUOTED_UTF8,  # type: ignore[arg-type]  # fits wherever the name of a charset does
            extra_headers=_headers(row),
        )
        envelope.msgId = row.message_id
        for attachment in self._rendered(composed):
            envelope.attach(attachment.filename, attachment.mimetype, attachment.content)
        return envelope

    def _rendered(self, composed: Composed) -> Iterator[Attachment]:
        for each in composed.attachments:
            attachment = self._renderers[each["kind"]](each["id"])
            if attachment is not None:
                yield attachment


post_office = PostOffice()


@dataclass(frozen=True)
class _Batch:
    """Messages that are ours until the lease ends."""

    ids: Sequence[int]
    leased_until: datetime


def _headers(row: OutboxMessage) -> dict[str, str]:
    headers = {"Auto-Submitted": "auto-generated"}  # RFC 3834: no out-of-office replies, please
    if "invited_address" in row.facts:  # RFC 8058: one click in the mail program, and no more invitations
        with i18n.in_language(row.language):
            headers["List-Unsubscribe"] = f"<{unsubscribing(row.facts['invited_address'])}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


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


def _postpone(batch: _Batch, error: Exception) -> None:
    """Let the batch wait for the mail server; no message is to blame, so none is ever given up for it."""
    log.warning("The mail server cannot be reached: %s", error)
    later = clock.system_now() + _SERVER_DOWN_DELAY
    _release(batch, batch.ids, next_attempt_at=later, last_error=outcomes.describe(error))


def _release(batch: _Batch, ids: Sequence[int], **changes: object) -> None:
    ours = (OutboxMessage.id.in_(ids), OutboxMessage.leased_until == batch.leased_until)
    with transaction() as session:
        session.execute(update(OutboxMessage).where(*ours).values(leased_until=None, **changes))
