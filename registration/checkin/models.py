"""The attendance ledger, and the paired phones that write into it: doors, their scans, what changed on their list."""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registration.checkin.rules import Right, ScanKind, Verdict
from registration.core import tokens
from registration.core.db import Base, BigId, Instant, PrimaryKey, text, words
from registration.events.models import Event, Session
from registration.signups.models import Registration

MOST_MINUTES = 24 * 60
MOST_DOORS = 10  # that one pairing code lets in


class EntryKind(StrEnum):
    """What a ledger entry says."""

    PRESENT = "present"
    LEFT = "left"  # has been there, and is there no more
    UNDO = "undo"

    @property
    def is_attended(self) -> bool:
        """Say whether somebody whose last entry this is took part."""
        return self is not EntryKind.UNDO


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
        # With the person, so that a last line is found by it even where the database has no statistics yet.
        Index("ix_attendance_entry_session", "session_id", "registration_id", "ordinal"),
        CheckConstraint("source <> 'organizer' OR reason <> ''", name="organizer_gives_reason"),
        CheckConstraint(f"minutes BETWEEN 0 AND {MOST_MINUTES}", name="minutes_of_one_day"),
    )

    id: Mapped[PrimaryKey]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"))
    ordinal: Mapped[int]  # 1, 2, … within the person and session
    kind: Mapped[EntryKind] = mapped_column(words(EntryKind))
    source: Mapped[Source] = mapped_column(words(Source))
    occurred_at: Mapped[Instant]  # when it happened
    recorded_at: Mapped[Instant]  # when we learned of it
    recorded_by: Mapped[str] = mapped_column(text(254))
    reason: Mapped[str] = mapped_column(text(500), default="")
    minutes: Mapped[int | None]  # how long somebody took part, where that is known
    door_id: Mapped[int | None] = mapped_column(ForeignKey("door.id", ondelete="SET NULL"))

    registration: Mapped[Registration] = relationship()
    session: Mapped[Session] = relationship()


class PairingCode(Base):
    """A secret that makes phones doors of an event, for a quarter of an hour and a few phones."""

    __tablename__ = "pairing_code"
    __table_args__ = (
        CheckConstraint(f"most_doors BETWEEN 1 AND {MOST_DOORS}", name="for_a_few"),
        CheckConstraint("door_count BETWEEN 0 AND most_doors", name="not_used_more"),
    )

    id: Mapped[PrimaryKey]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(text(64), unique=True)
    rights: Mapped[str] = mapped_column(text(60))  # in words, see `Right.of`
    most_doors: Mapped[int]
    door_count: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[Instant]
    made_by: Mapped[str] = mapped_column(text(254))
    expires_at: Mapped[Instant]

    event: Mapped[Event] = relationship()


class Door(Base):
    """A phone that may check people in at one event, until the event is over or somebody takes it back."""

    __tablename__ = "door"
    __table_args__ = (CheckConstraint("waiting_scans >= 0", name="counts_scans"),)

    id: Mapped[PrimaryKey]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    label: Mapped[str] = mapped_column(text(60))
    rights: Mapped[str] = mapped_column(text(60))
    token_hash: Mapped[str | None] = mapped_column(text(64), unique=True)  # none once the phone has left
    paired_at: Mapped[Instant]
    paired_by: Mapped[str] = mapped_column(text(254))  # who had made the code
    expires_at: Mapped[Instant]
    last_seen_at: Mapped[Instant]
    list_at: Mapped[Instant | None]  # as of when its list of people is
    waiting_scans: Mapped[int] = mapped_column(default=0)  # on the phone, as it last said
    clock_lag_ms: Mapped[int | None] = mapped_column(BigId)  # behind our clock; none until it has sent a scan
    revoked_at: Mapped[Instant | None]
    revoked_by: Mapped[str] = mapped_column(text(254), default="")

    event: Mapped[Event] = relationship()

    @property
    def token(self) -> str:
        """Return the secret in the phone's cookie."""
        return tokens.link_token("door", self.id, 1)

    @property
    def granted(self) -> frozenset[Right]:
        """Return what the phone may do."""
        return Right.of(self.rights)


class Scan(Base):
    """What a door has sent, each once, with the answer it got; what a revoked door sends is held for review."""

    __tablename__ = "scan"
    __table_args__ = (
        UniqueConstraint("door_id", "nonce"),
        Index("ix_scan_person", "registration_id", "session_id"),
        Index(
            "ix_scan_corrected",
            "door_id",
            "corrected_at",
            sqlite_where=sql("corrected_at IS NOT NULL"),
            postgresql_where=sql("corrected_at IS NOT NULL"),
        ),
    )

    id: Mapped[PrimaryKey]
    door_id: Mapped[int] = mapped_column(ForeignKey("door.id"))
    nonce: Mapped[str] = mapped_column(text(36))  # the phone's own, so that a scan sent twice counts once
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("session.id"), index=True)
    kind: Mapped[ScanKind] = mapped_column(words(ScanKind))
    source: Mapped[Source] = mapped_column(words(Source))
    scanned_at: Mapped[Instant]  # by our clock
    received_at: Mapped[Instant]
    verdict: Mapped[Verdict] = mapped_column(words(Verdict))
    since: Mapped[Instant | None]  # of the presence that counted then
    since_door: Mapped[str] = mapped_column(text(60), default="")
    # An earlier scan of another door came later: what the door is told then.
    corrected_at: Mapped[Instant | None]
    corrected_since: Mapped[Instant | None]
    corrected_door: Mapped[str] = mapped_column(text(60), default="")
    reviewed_at: Mapped[Instant | None]
    reviewed_by: Mapped[str] = mapped_column(text(254), default="")
    is_accepted: Mapped[bool | None]  # of a held scan, once reviewed
    # Whom a revoked door let in who had not signed up: names, organisation, ticket type; until that is reviewed.
    walk_in: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    door: Mapped[Door] = relationship()
    registration: Mapped[Registration | None] = relationship()
    session: Mapped[Session | None] = relationship()


class RosterChange(Base):
    """When a person last changed on the lists of doors; written by triggers, see the migration and `roster`.

    Numbers grow with each writing transaction, whatever any clock says.
    """

    __tablename__ = "roster_change"

    registration_id: Mapped[int] = mapped_column(BigId, ForeignKey("registration.id"), primary_key=True)
    change: Mapped[int] = mapped_column(BigInteger, index=True)
