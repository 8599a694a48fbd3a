"""The event itself, the addresses it once had, and its picture."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registration.core.db import Base, Instant, PrimaryKey, text, words
from registration.events.models.words import EventKind, SignUp, Visibility, WaitingListMode

if TYPE_CHECKING:
    from registration.events.models.parts import Session, TicketType
    from registration.events.models.questions import Question

# How long before a session people are reminded, in minutes.
REMINDERS_IN_PERSON = (3 * 24 * 60, 24 * 60)
REMINDERS_ONLINE = (60,)


def _first_slug(context: Any) -> str:
    return str(context.get_current_parameters()["slug"])


class Event(Base):
    """Something on the programme; what happens when is in its sessions."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("series_year", "code"),
        CheckConstraint("sign_up <> 'elsewhere' OR external_url IS NOT NULL", name="elsewhere_has_address"),
        CheckConstraint("last_on >= first_on", name="ends_after_start"),
        CheckConstraint("waiting >= 0", name="nobody_less_waits"),
    )

    id: Mapped[PrimaryKey]
    slug: Mapped[str] = mapped_column(text(120), unique=True)
    code: Mapped[str] = mapped_column(text(8))  # the shelf mark's middle: SAI in 2025/SAI/0042
    series_year: Mapped[int]
    title: Mapped[str] = mapped_column(text(200))
    kind: Mapped[EventKind] = mapped_column(words(EventKind))
    lead: Mapped[str] = mapped_column(text(1000), default="")  # one or two sentences under the title
    city: Mapped[str] = mapped_column(text(100), default="")
    platform: Mapped[str] = mapped_column(text(100), default="")  # Zoom, where the event has no city
    first_on: Mapped[date | None]  # unknown for some events of the archive
    last_on: Mapped[date | None]
    sign_up: Mapped[SignUp] = mapped_column(words(SignUp))
    external_url: Mapped[str | None] = mapped_column(text(500))
    sign_up_opens_at: Mapped[Instant | None]
    sign_up_closes_at: Mapped[Instant | None]
    published_at: Mapped[Instant | None]
    is_invented: Mapped[bool] = mapped_column(default=False)  # carries demo values; pages say so
    cancelled_at: Mapped[Instant | None]
    waiting_list: Mapped[WaitingListMode] = mapped_column(words(WaitingListMode), default=WaitingListMode.CONFIRM)
    offer_hours: Mapped[int] = mapped_column(default=48)  # how long an offered place is held
    needs_approval: Mapped[bool] = mapped_column(default=False)  # the organizer decides about each person
    organisation_limit: Mapped[int | None]  # the most people of one organisation
    changes_close_at: Mapped[Instant | None]  # until when people change answers; without it, until the event starts
    reminders_in_person: Mapped[list[int]] = mapped_column(JSON, default=lambda: list(REMINDERS_IN_PERSON))
    reminders_online: Mapped[list[int]] = mapped_column(JSON, default=lambda: list(REMINDERS_ONLINE))
    waiting: Mapped[int] = mapped_column(default=0)  # people in all its waiting lists together
    order_count: Mapped[int] = mapped_column(default=0)  # the last order number given
    certificate_count: Mapped[int] = mapped_column(default=0)  # the last certificate number given
    description: Mapped[str] = mapped_column(Text, default="", deferred=True)  # Markdown
    visibility: Mapped[Visibility] = mapped_column(words(Visibility), default=Visibility.LISTED)
    # What its UIDs in calendars begin with: the slug of its first day, whatever the address is now (RFC 5545 3.8.4.7).
    calendar_key: Mapped[str] = mapped_column(text(120), default=_first_slug)

    sessions: Mapped[list[Session]] = relationship(back_populates="event", order_by="Session.starts_at")
    ticket_types: Mapped[list[TicketType]] = relationship(back_populates="event", order_by="TicketType.position")
    questions: Mapped[list[Question]] = relationship(back_populates="event", order_by="Question.position")

    @property
    def is_draft(self) -> bool:
        """Say whether only the staff sees it."""
        return self.published_at is None

    @property
    def shelf_mark(self) -> str:
        """Return `2025/SAI`."""
        return f"{self.series_year}/{self.code}"


class OldSlug(Base):
    """An address an event once had; it leads to the present one."""

    __tablename__ = "event_old_slug"

    id: Mapped[PrimaryKey]
    slug: Mapped[str] = mapped_column(text(120), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)

    event: Mapped[Event] = relationship()


class Picture(Base):
    """The picture on an event's page, drawn anew from what was uploaded, without what cameras note in it."""

    __tablename__ = "event_picture"
    __table_args__ = (CheckConstraint("width > 0 AND height > 0", name="has_a_size"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    alt: Mapped[str] = mapped_column(text(300))  # what it shows, for those who do not see it
    width: Mapped[int]  # pixels
    height: Mapped[int]
    sha256: Mapped[str] = mapped_column(text(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # JPEG
    uploaded_at: Mapped[Instant]
    uploaded_by: Mapped[str] = mapped_column(text(254))

    @property
    def version(self) -> str:
        """Return what tells it from the picture that was there before."""
        return self.sha256[:12]
