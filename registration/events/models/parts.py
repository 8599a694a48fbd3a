"""The dated parts of an event, and the ticket types that admit to them."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registration.core import clock, tokens
from registration.core.db import Base, BigId, PrimaryKey, text, words
from registration.events.models.event import Event
from registration.events.models.words import Audience, Format

ticket_type_session = Table(
    "ticket_type_session",
    Base.metadata,
    Column("ticket_type_id", BigId, ForeignKey("ticket_type.id", ondelete="CASCADE"), primary_key=True),
    Column("session_id", BigId, ForeignKey("session.id", ondelete="CASCADE"), primary_key=True),
)


class Session(Base):
    """One dated part of an event, with its own place or link, capacity and credited minutes."""

    __tablename__ = "session"
    __table_args__ = (
        UniqueConstraint("event_id", "code"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("taken >= 0 AND (capacity IS NULL OR taken <= capacity)", name="never_oversold"),
        CheckConstraint("credited_minutes >= 0", name="credits_time"),
    )

    id: Mapped[PrimaryKey]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    code: Mapped[str] = mapped_column(text(40))
    title: Mapped[str] = mapped_column(text(200))
    format: Mapped[Format] = mapped_column(words(Format))
    # Wall time in `zone`: a planned 9:00 stays 9:00 should the law on summer time change.
    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    zone: Mapped[str] = mapped_column(text(40), default="Europe/Prague")
    venue: Mapped[str] = mapped_column(text(200), default="")
    join_url: Mapped[str | None] = mapped_column(text(500))
    capacity: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)  # changed by guarded updates only
    credited_minutes: Mapped[int] = mapped_column(default=0)
    sequence: Mapped[int] = mapped_column(default=0)  # RFC 5545 3.8.7.4, grows when time or place changes

    event: Mapped[Event] = relationship(back_populates="sessions")

    @property
    def day(self) -> date:
        """Return the local day it is held on."""
        return self.starts_at.date()

    @property
    def start_time(self) -> time:
        """Return the local time it starts at."""
        return self.starts_at.time()

    @property
    def end_time(self) -> time:
        """Return the local time it ends at."""
        return self.ends_at.time()

    @property
    def starts_at_utc(self) -> datetime:
        """Return the start as an aware UTC instant."""
        return clock.to_utc(self.starts_at, self.zone)

    @property
    def ends_at_utc(self) -> datetime:
        """Return the end as an aware UTC instant."""
        return clock.to_utc(self.ends_at, self.zone)

    @property
    def is_online(self) -> bool:
        """Say whether one takes part from afar."""
        return self.format is Format.ONLINE


class TicketType(Base):
    """What one signs up for; admits to a set of the event's sessions."""

    __tablename__ = "ticket_type"
    __table_args__ = (
        UniqueConstraint("event_id", "code"),
        CheckConstraint("taken >= 0 AND (capacity IS NULL OR taken <= capacity)", name="never_oversold"),
        CheckConstraint("price_member_haler >= 0 AND price_other_haler >= 0", name="not_negative"),
        CheckConstraint("waiting >= 0", name="nobody_less_waits"),
    )

    id: Mapped[PrimaryKey]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    code: Mapped[str] = mapped_column(text(20))
    title: Mapped[str] = mapped_column(text(200))
    position: Mapped[int] = mapped_column(default=0)
    capacity: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)  # confirmed and offered; changed by guarded updates only
    waiting: Mapped[int] = mapped_column(default=0)  # people in its waiting list
    audience: Mapped[Audience] = mapped_column(words(Audience), default=Audience.EVERYONE)
    price_member_haler: Mapped[int] = mapped_column(default=0)
    price_other_haler: Mapped[int] = mapped_column(default=0)

    event: Mapped[Event] = relationship(back_populates="ticket_types")
    sessions: Mapped[list[Session]] = relationship(secondary=ticket_type_session, order_by=Session.starts_at)

    @property
    def invitation_token(self) -> str:
        """Return the secret part of the link that invites to it: `/akce/<slug>/prihlaska?pozvanka=<token>`."""
        return tokens.invitation_token(self.id)
