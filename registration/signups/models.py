"""Who is coming: an order, the people in it, their ticket codes and cancellations."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registration.core import czech, tokens
from registration.core.db import Base, Instant, PrimaryKey, text, words
from registration.events.models import Event, TicketType
from registration.organisations.models import Organisation


class RegistrationStatus(StrEnum):
    """Where one person's place stands."""

    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Order(Base):
    """What one orderer sent, for one or more people."""

    __tablename__ = "order"
    __table_args__ = (UniqueConstraint("event_id", "number"),)

    id: Mapped[PrimaryKey]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    number: Mapped[int]  # within the event
    orderer_name: Mapped[str] = mapped_column(text(200))
    orderer_email: Mapped[str] = mapped_column(text(254), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation_name: Mapped[str] = mapped_column(text(200))  # as typed, or as the directory said that day
    language: Mapped[str] = mapped_column(text(2))
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
    )

    id: Mapped[PrimaryKey]
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    ticket_type_id: Mapped[int] = mapped_column(ForeignKey("ticket_type.id"), index=True)
    position: Mapped[int]  # within the order, from 1
    status: Mapped[RegistrationStatus] = mapped_column(words(RegistrationStatus))
    title_before: Mapped[str] = mapped_column(text(40), default="")
    given_name: Mapped[str] = mapped_column(text(100))
    family_name: Mapped[str] = mapped_column(text(100))
    title_after: Mapped[str] = mapped_column(text(40), default="")
    email: Mapped[str] = mapped_column(text(254), index=True)
    organisation_name: Mapped[str] = mapped_column(text(200))
    price_haler: Mapped[int]  # as it was when ordered
    ticket_version: Mapped[int] = mapped_column(default=1)
    link_version: Mapped[int] = mapped_column(default=1)
    link_hash: Mapped[str | None] = mapped_column(text(64), unique=True)  # none only until the id is known

    order: Mapped[Order] = relationship(back_populates="registrations")
    event: Mapped[Event] = relationship()
    ticket_type: Mapped[TicketType] = relationship()
    cancellation: Mapped["Cancellation | None"] = relationship(back_populates="registration")

    @property
    def name(self) -> str:
        """Return the name with titles: `Ing. Jan Žďárský, Ph.D.`"""
        return czech.person_name(self.title_before, self.given_name, self.family_name, self.title_after)

    @property
    def list_name(self) -> str:
        """Return the name as it stands in lists: `Žďárský Jan, Ing., Ph.D.`"""
        titles = [title for title in (self.title_before, self.title_after) if title]
        return ", ".join([f"{self.family_name} {self.given_name}", *titles])

    @property
    def shelf_mark(self) -> str:
        """Return `2025/SAI/P-0017/2`; needs the order and its event."""
        return f"{self.order.shelf_mark}/{self.position}"

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

    registration: Mapped[Registration] = relationship()


class Cancellation(Base):
    """The fact that a person's place was given up: when, by whom, why."""

    __tablename__ = "cancellation"

    id: Mapped[PrimaryKey]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), unique=True)
    cancelled_at: Mapped[Instant]
    cancelled_by: Mapped[str] = mapped_column(text(254))
    reason: Mapped[str] = mapped_column(text(500), default="")

    registration: Mapped[Registration] = relationship(back_populates="cancellation")
