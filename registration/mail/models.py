"""The outbox: every message is a row first, written in the transaction of the fact it tells of. And where none go."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from registration.core import tokens
from registration.core.db import Base, BigId, Instant, PrimaryKey, UtcDateTime, text, words


class MessageState(StrEnum):
    """How far a message has got."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"  # no longer true when its turn came
    BOUNCED = "bounced"  # a mail server took it and then gave it back
    SUPPRESSED = "suppressed"  # not tried: an earlier one to this address came back


class OutboxMessage(Base):
    """One message to one recipient."""

    __tablename__ = "outbox_message"
    __table_args__ = (Index("ix_outbox_message_due", "state", "next_attempt_at"),)

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(text(40))  # the folder of its templates, for the mail log
    recipient: Mapped[str] = mapped_column(text(254), index=True)
    language: Mapped[str] = mapped_column(text(2), default="cs")
    event_id: Mapped[int | None] = mapped_column(BigId, index=True)  # which event it is about, for that one's board
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # what the message is composed from
    reply_to: Mapped[str | None] = mapped_column(text(254))
    # Composed by the worker, once, and empty before: rows are written while somebody waits for an answer.
    subject: Mapped[str] = mapped_column(text(250), default="")
    text_body: Mapped[str] = mapped_column(Text, default="")
    html_body: Mapped[str] = mapped_column(Text, default="")
    # [{"kind": "ticket", "id": 17}]: rendered at delivery by the room that knows them.
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    message_id: Mapped[str] = mapped_column(text(120), unique=True)  # fixed here, the same at every attempt
    dedupe_key: Mapped[str | None] = mapped_column(text(120), unique=True)
    created_at: Mapped[Instant]
    state: Mapped[MessageState] = mapped_column(words(MessageState), default=MessageState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    # Leases and retries run on the machine's clock, which the demo cannot shift.
    next_attempt_at: Mapped[Instant]
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[Instant | None]
    bounced_at: Mapped[Instant | None]
    last_error: Mapped[str | None] = mapped_column(text(500))

    @property
    def is_composed(self) -> bool:
        """Say whether its words are written already."""
        return bool(self.subject)


class SuppressedAddress(Base):
    """The fact that a message to an address came back for good; nothing goes there until somebody releases it."""

    __tablename__ = "suppressed_address"
    __table_args__ = {"sqlite_autoincrement": True}  # a button on an old page must not release another one

    id: Mapped[PrimaryKey]
    address: Mapped[str] = mapped_column(text(254), unique=True)  # in small letters
    suppressed_at: Mapped[Instant]
    reason: Mapped[str] = mapped_column(text(500))  # as the mail server put it
    message_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_message.id", ondelete="SET NULL"), index=True)


class InvitedAddress(Base):
    """An address that invitations to other events may go to, until its owner says that they may not."""

    __tablename__ = "invited_address"
    __table_args__ = {"sqlite_autoincrement": True}  # the link of a forgotten address must not lead to another one

    id: Mapped[PrimaryKey]
    address: Mapped[str] = mapped_column(text(254), unique=True)  # in small letters
    link_hash: Mapped[str | None] = mapped_column(text(64), unique=True)  # none only until the id is known
    opted_out_at: Mapped[Instant | None]

    @property
    def link_token(self) -> str:
        """Return the secret part of `/odhlaseni-zprav/<token>`."""
        return tokens.link_token("invited_address", self.id, 1)
