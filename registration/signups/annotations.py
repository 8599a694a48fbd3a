"""What the organizer's desk writes beside registrations: notes, tags, and what was done to many at once."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registration.core import clock
from registration.core.db import Base, Instant, PrimaryKey, text, words

LONGEST_NOTE = 2000
LONGEST_TAG = 40
UNDO_FOR = timedelta(minutes=15)


class BulkKind(StrEnum):
    """What can be done to many registrations at once."""

    CANCEL = "cancel"
    MOVE = "move"
    APPROVE = "approve"
    TAG = "tag"
    UNTAG = "untag"
    RESEND = "resend"

    @property
    def can_be_undone(self) -> bool:
        """Say whether there is a way back: a letter that was sent stays sent."""
        return self is not BulkKind.RESEND


class Note(Base):
    """Something the organizers want to remember about a registration; attendees never see it in the back office."""

    __tablename__ = "registration_note"
    __table_args__ = (CheckConstraint("text <> ''", name="says_something"),)

    id: Mapped[PrimaryKey]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    written_at: Mapped[Instant]
    written_by: Mapped[str] = mapped_column(text(254))
    text: Mapped[str] = mapped_column(Text)


class Tag(Base):
    """A word of the organizers' own that marks registrations of one kind."""

    __tablename__ = "registration_tag"
    __table_args__ = (
        UniqueConstraint("registration_id", "word"),
        CheckConstraint("word <> ''", name="says_something"),
    )

    id: Mapped[PrimaryKey]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    word: Mapped[str] = mapped_column(text(LONGEST_TAG), index=True)
    added_at: Mapped[Instant]
    added_by: Mapped[str] = mapped_column(text(254))


class BulkAction(Base):
    """The fact that something was done to many registrations of an event at once, and what they were before."""

    __tablename__ = "bulk_action"
    __table_args__ = (Index("ix_bulk_action_recent", "event_id", "done_by", "undo_until"),)

    id: Mapped[PrimaryKey]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    kind: Mapped[BulkKind] = mapped_column(words(BulkKind))
    done_at: Mapped[Instant]
    done_by: Mapped[str] = mapped_column(text(254))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # the tag, the ticket type
    # By registration what it was: [{"id": 17, "status": "confirmed", "ticket_type_id": 2}, …]
    before: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    undo_until: Mapped[Instant | None]  # on the machine's clock, as its letters are held back until then
    undone_at: Mapped[Instant | None]
    undone_by: Mapped[str | None] = mapped_column(text(254))

    @property
    def letters_key(self) -> str:
        """Return what the keys of all its letters in the outbox begin with."""
        return f"bulk:{self.id}:"

    def can_be_undone(self, now: datetime | None = None) -> bool:
        """Say whether it can still be taken back."""
        is_in_time = self.undo_until is not None and (now or clock.system_now()) < self.undo_until
        return is_in_time and self.undone_at is None
