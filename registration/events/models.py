"""What is offered: events, their sessions, the ticket types people sign up for, the questions they are asked."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Column, DateTime, ForeignKey, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registration.core import clock, tokens
from registration.core.db import Base, BigId, Instant, PrimaryKey, text, words


class EventKind(StrEnum):
    """What sort of event it is; decides the wording of its papers."""

    MEETING = "meeting"
    PROGRAMME = "programme"
    WORKSHOP = "workshop"
    CONFERENCE = "conference"
    ASSEMBLY = "assembly"

    @property
    def is_training(self) -> bool:
        """Say whether its paper is a certificate; a meeting or an assembly confirms attendance."""
        return self not in {EventKind.MEETING, EventKind.ASSEMBLY}


class SignUp(StrEnum):
    """Where people sign up."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    INFO_ONLY = "info_only"


class Format(StrEnum):
    """How one takes part in a session."""

    IN_PERSON = "in_person"
    ONLINE = "online"


class WaitingListMode(StrEnum):
    """What happens when a place becomes free."""

    CONFIRM = "confirm"  # the first in line has it
    OFFER = "offer"  # the first in line is asked
    NONE = "none"  # nobody waits


class Audience(StrEnum):
    """Whom a ticket type is for."""

    EVERYONE = "everyone"
    MEMBERS = "members"  # people of member organisations
    INVITED = "invited"  # whoever holds the invitation link
    STUDENTS = "students"


class QuestionScope(StrEnum):
    """Who answers a question."""

    PERSON = "person"
    ORDER = "order"


class QuestionKind(StrEnum):
    """What an answer looks like."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    NUMBER = "number"
    DATE = "date"


# How long before a session people are reminded, in minutes.
REMINDERS_IN_PERSON = (3 * 24 * 60, 24 * 60)
REMINDERS_ONLINE = (60,)


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

    sessions: Mapped[list["Session"]] = relationship(back_populates="event", order_by="Session.starts_at")
    ticket_types: Mapped[list["TicketType"]] = relationship(back_populates="event", order_by="TicketType.position")
    questions: Mapped[list["Question"]] = relationship(back_populates="event", order_by="Question.position")

    @property
    def shelf_mark(self) -> str:
        """Return `2025/SAI`."""
        return f"{self.series_year}/{self.code}"


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


class Question(Base):
    """Something the organizer wants to know of each person, or once of each order."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("event_id", "code"),)

    id: Mapped[PrimaryKey]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    code: Mapped[str] = mapped_column(text(40))  # the form's field is `q_<code>`
    position: Mapped[int] = mapped_column(default=0)
    scope: Mapped[QuestionScope] = mapped_column(words(QuestionScope), default=QuestionScope.PERSON)
    kind: Mapped[QuestionKind] = mapped_column(words(QuestionKind))
    label: Mapped[str] = mapped_column(text(200))
    help: Mapped[str] = mapped_column(text(500), default="")
    is_required: Mapped[bool] = mapped_column(default=False)
    delete_after_days: Mapped[int | None]  # of a sensitive question: the answers go so long after the event
    # Asked only when another question before it, of the same scope, is answered like this.
    shown_if_code: Mapped[str | None] = mapped_column(text(40))
    shown_if_value: Mapped[str | None] = mapped_column(text(40))

    event: Mapped[Event] = relationship(back_populates="questions")
    choices: Mapped[list["QuestionChoice"]] = relationship(
        back_populates="question", order_by="QuestionChoice.position"
    )

    @property
    def is_sensitive(self) -> bool:
        """Say whether the answers are deleted soon after the event."""
        return self.delete_after_days is not None


class QuestionChoice(Base):
    """One of the answers to choose from; may have its own places, such as sixty lunches."""

    __tablename__ = "question_choice"
    __table_args__ = (
        UniqueConstraint("question_id", "code"),
        CheckConstraint("taken >= 0 AND (capacity IS NULL OR taken <= capacity)", name="never_oversold"),
    )

    id: Mapped[PrimaryKey]
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    code: Mapped[str] = mapped_column(text(40))
    position: Mapped[int] = mapped_column(default=0)
    label: Mapped[str] = mapped_column(text(200))
    capacity: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)  # changed by guarded updates only

    question: Mapped[Question] = relationship(back_populates="choices")
