"""The attendance ledger: who was at which session, when, known from where, written by whom."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registration.core.db import Base, Instant, PrimaryKey, text, words
from registration.events.models import Session
from registration.signups.models import Registration


class EntryKind(StrEnum):
    """What a ledger entry says."""

    PRESENT = "present"
    UNDO = "undo"


class Source(StrEnum):
    """Where the entry's knowledge comes from."""

    SCAN = "scan"
    MANUAL = "manual"
    WALK_IN = "walk_in"
    JOIN = "join"
    ONLINE_REPORT = "online_report"
    ORGANIZER = "organizer"


class AttendanceEntry(Base):
    """One line of the ledger; lines are added, never changed. The last line of a person and session counts."""

    __tablename__ = "attendance_entry"
    __table_args__ = (
        # Two entries written at once for the same person and session cannot both be the next one.
        UniqueConstraint("registration_id", "session_id", "ordinal"),
        CheckConstraint("source <> 'organizer' OR reason <> ''", name="organizer_gives_reason"),
    )

    id: Mapped[PrimaryKey]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"), index=True)
    ordinal: Mapped[int]  # 1, 2, … within the person and session
    kind: Mapped[EntryKind] = mapped_column(words(EntryKind))
    source: Mapped[Source] = mapped_column(words(Source))
    occurred_at: Mapped[Instant]  # when it happened
    recorded_at: Mapped[Instant]  # when we learned of it
    recorded_by: Mapped[str] = mapped_column(text(254))
    reason: Mapped[str] = mapped_column(text(500), default="")

    registration: Mapped[Registration] = relationship()
    session: Mapped[Session] = relationship()
