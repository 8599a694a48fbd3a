"""Who is coming and who waits: orders, the people in them, their answers, ticket codes, offers, cancellations."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registration.core import czech, tokens
from registration.core.db import Base, Instant, PrimaryKey, text, words
from registration.core.i18n import gettext
from registration.events.models import Event, Question, TicketType
from registration.organisations.models import Organisation

_LONGEST_SEARCH_TEXT = 700


class RegistrationStatus(StrEnum):
    """Where one person's place stands."""

    APPLIED = "applied"  # the organizer has yet to approve
    WAITING = "waiting"
    OFFERED = "offered"  # a place is held until the person answers
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"

    @property
    def holds_place(self) -> bool:
        """Say whether a place is taken by somebody in this state."""
        return self in {RegistrationStatus.OFFERED, RegistrationStatus.CONFIRMED}


class CancellationKind(StrEnum):
    """How a place or the wait for one came to its end."""

    CANCELLED = "cancelled"
    DECLINED = "declined"  # the offered place was not wanted
    LAPSED = "lapsed"  # the offer was not answered in time
    REFUSED = "refused"  # the organizer did not approve
    EVENT_CANCELLED = "event_cancelled"


def _sort_key(context: DefaultExecutionContext) -> str:
    return list_keys(context.current_parameters or {})["sort_key"]


def _search_text(context: DefaultExecutionContext) -> str:
    return list_keys(context.current_parameters or {})["search_text"]


def list_keys(person: Mapping[str, Any]) -> dict[str, str]:
    """Return by what somebody is sorted in lists, and found in them without diacritics and case.

    A new person of the session gets them by itself; whoever changes a name later, or inserts rows, writes them.
    """
    family_name, given_name, email, organisation = (
        person.get(name) or "" for name in ("family_name", "given_name", "email", "organisation_name")
    )
    return {
        "sort_key": czech.stored_sort_key(f"{family_name} {given_name}"),
        "search_text": czech.fold(f"{family_name} {given_name} {email} {organisation}")[:_LONGEST_SEARCH_TEXT],
    }


# In the words of the index of people, which PostgreSQL uses for a prepared statement only when it says the same.
IS_ACTIVE = sql("status <> 'cancelled'")


class Order(Base):
    """What one orderer sent, for one or more people."""

    __tablename__ = "order"
    __table_args__ = (UniqueConstraint("event_id", "number"),)

    id: Mapped[PrimaryKey]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    number: Mapped[int]  # within the event
    orderer_name: Mapped[str] = mapped_column(text(200))
    orderer_email: Mapped[str] = mapped_column(text(254), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation_name: Mapped[str] = mapped_column(text(200))  # as typed, or as the directory said that day
    language: Mapped[str] = mapped_column(text(2))
    submission_key: Mapped[str | None] = mapped_column(text(64), unique=True)  # of the form, so that it counts once
    created_at: Mapped[Instant]
    link_version: Mapped[int] = mapped_column(default=1)
    link_hash: Mapped[str | None] = mapped_column(text(64), unique=True)  # none only until the id is known

    event: Mapped[Event] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    registrations: Mapped[list["Registration"]] = relationship(back_populates="order", order_by="Registration.position")

    @property
    def shelf_mark(self) -> str:
        """Return `2025/SAI/P-0017`; needs the event."""
        return f"{self.event.shelf_mark}/P-{self.number:04}"

    @property
    def link_token(self) -> str:
        """Return the secret part of `/p/<token>`."""
        return tokens.link_token("order", self.id, self.link_version)


class Registration(Base):
    """One person's place in an order."""

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint("price_haler >= 0", name="not_negative"),
        # The same person is once in an event.
        Index(
            "uq_registration_person",
            "event_id",
            "person_key",
            unique=True,
            sqlite_where=IS_ACTIVE,
            postgresql_where=IS_ACTIVE,
        ),
        Index(
            "ix_registration_waiting",
            "waiting_entry_id",
            "status",
            sqlite_where=sql("waiting_entry_id IS NOT NULL"),
            postgresql_where=sql("waiting_entry_id IS NOT NULL"),
        ),
        Index("ix_registration_list", "event_id", "sort_key", "id"),
    )

    id: Mapped[PrimaryKey]
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    ticket_type_id: Mapped[int] = mapped_column(ForeignKey("ticket_type.id"), index=True)
    position: Mapped[int]  # within the order, from 1
    status: Mapped[RegistrationStatus] = mapped_column(words(RegistrationStatus))
    title_before: Mapped[str] = mapped_column(text(40), default="")
    given_name: Mapped[str] = mapped_column(text(100))
    family_name: Mapped[str] = mapped_column(text(100))
    title_after: Mapped[str] = mapped_column(text(40), default="")
    email: Mapped[str] = mapped_column(text(254), index=True)
    organisation_name: Mapped[str] = mapped_column(text(200))
    person_key: Mapped[str | None] = mapped_column(text(64))  # a keyed hash of name and e-mail
    sort_key: Mapped[str] = mapped_column(text(1000), default=_sort_key)
    search_text: Mapped[str] = mapped_column(text(_LONGEST_SEARCH_TEXT), default=_search_text)
    price_haler: Mapped[int]  # as it was when ordered
    no_photo: Mapped[bool] = mapped_column(default=False)  # asked not to be photographed, which the badge says
    confirmed_at: Mapped[Instant | None]
    waiting_entry_id: Mapped[int | None] = mapped_column(ForeignKey("waiting_list_entry.id"))
    erased_at: Mapped[Instant | None]
    ticket_version: Mapped[int] = mapped_column(default=1)
    link_version: Mapped[int] = mapped_column(default=1)
    link_hash: Mapped[str | None] = mapped_column(text(64), unique=True)  # none only until the id is known

    order: Mapped[Order] = relationship(back_populates="registrations")
    event: Mapped[Event] = relationship()
    ticket_type: Mapped[TicketType] = relationship()
    cancellation: Mapped["Cancellation | None"] = relationship(back_populates="registration")
    offer: Mapped["PlaceOffer | None"] = relationship(back_populates="registration")

    def renew_list_keys(self) -> None:
        """Put a changed name where it belongs in lists, and let it be found."""
        names = ("family_name", "given_name", "email", "organisation_name")
        for key, value in list_keys({name: getattr(self, name) for name in names}).items():
            setattr(self, key, value)

    @property
    def name(self) -> str:
        """Return the name with titles, `Ing. Jan Žďárský, Ph.D.`, or that it was erased."""
        if self.is_erased:
            return gettext("erased")
        return czech.person_name(self.title_before, self.given_name, self.family_name, self.title_after)

    @property
    def list_name(self) -> str:
        """Return the name as it stands in lists: `Žďárský Jan, Ing., Ph.D.`; or that it was erased."""
        if self.is_erased:
            return gettext("erased")
        titles = [title for title in (self.title_before, self.title_after) if title]
        return ", ".join([f"{self.family_name} {self.given_name}", *titles])

    @property
    def shelf_mark(self) -> str:
        """Return `2025/SAI/P-0017/2`; needs the order and its event."""
        return f"{self.order.shelf_mark}/{self.position}"

    @property
    def is_erased(self) -> bool:
        """Say whether all that was known of the person is gone."""
        return self.erased_at is not None

    @property
    def is_confirmed(self) -> bool:
        """Say whether the person has a place."""
        return self.status is RegistrationStatus.CONFIRMED

    @property
    def ticket_code(self) -> str:
        """Return the 20 characters in the person's QR code."""
        return tokens.ticket_code(self.id, self.ticket_version)

    @property
    def short_code(self) -> str:
        """Return the part of the ticket code that is enough to type at the door: `4Q7M 2XKD`."""
        code = self.ticket_code
        return f"{code[:4]} {code[4:8]}"

    @property
    def link_token(self) -> str:
        """Return the secret part of `/u/<token>`."""
        return tokens.link_token("registration", self.id, self.link_version)


class TicketCode(Base):
    """How a scanned code finds its registration; old ones stay, so that the door can say they were replaced."""

    __tablename__ = "ticket_code"
    __table_args__ = (UniqueConstraint("registration_id", "version"),)

    id: Mapped[PrimaryKey]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    version: Mapped[int]
    code_hash: Mapped[str] = mapped_column(text(64), unique=True)
    prefix_hash: Mapped[str] = mapped_column(text(64), index=True)
    scan_hash: Mapped[str | None] = mapped_column(text(32), index=True)  # as doors know it; see `tokens.scan_hash`

    registration: Mapped[Registration] = relationship()


class Cancellation(Base):
    """The fact that a person's place was given up: when, by whom, why."""

    __tablename__ = "cancellation"

    id: Mapped[PrimaryKey]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), unique=True)
    cancelled_at: Mapped[Instant]
    cancelled_by: Mapped[str] = mapped_column(text(254))
    kind: Mapped[CancellationKind] = mapped_column(words(CancellationKind), default=CancellationKind.CANCELLED)
    reason: Mapped[str] = mapped_column(text(500), default="")

    registration: Mapped[Registration] = relationship(back_populates="cancellation")


class WaitingListEntry(Base):
    """The people of one order who wait together for one ticket type; whoever has the smaller id comes first."""

    __tablename__ = "waiting_list_entry"
    __table_args__ = (
        UniqueConstraint("order_id", "ticket_type_id"),
        Index("ix_waiting_list_entry_line", "ticket_type_id", "is_over", "id"),
    )

    id: Mapped[PrimaryKey]
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    ticket_type_id: Mapped[int] = mapped_column(ForeignKey("ticket_type.id"))
    takes_fewer: Mapped[bool] = mapped_column(default=False)  # some of the places are better than none
    joined_at: Mapped[Instant]
    is_over: Mapped[bool] = mapped_column(default=False)  # nobody of it waits any more


class PlaceOffer(Base):
    """The fact that a person from the waiting list was offered a place, and until when it is held."""

    __tablename__ = "place_offer"

    id: Mapped[PrimaryKey]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), unique=True)
    offered_at: Mapped[Instant]
    expires_at: Mapped[Instant] = mapped_column(index=True)
    accepted_at: Mapped[Instant | None]

    registration: Mapped[Registration] = relationship(back_populates="offer")


class Substitution(Base):
    """The fact that another person came in somebody's place; who it was before."""

    __tablename__ = "substitution"

    id: Mapped[PrimaryKey]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    substituted_at: Mapped[Instant]
    substituted_by: Mapped[str] = mapped_column(text(254))
    previous_name: Mapped[str] = mapped_column(text(300))
    previous_email: Mapped[str] = mapped_column(text(254), index=True)


class Answer(Base):
    """What a person, or the orderer for all, answered, with the question as it read that day."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("order_id", "registration_id", "question_id"),)

    id: Mapped[PrimaryKey]
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"), index=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), index=True)
    question_label: Mapped[str] = mapped_column(text(200))
    value: Mapped[Any] = mapped_column(JSON)  # text, number, true or false, ISO date, code or list of codes
    shown: Mapped[str] = mapped_column(Text)  # as people read it, choices by their wording of that day
    delete_on: Mapped[date | None] = mapped_column(index=True)

    question: Mapped[Question] = relationship()
