"""What training records need beside the ledger: settings, what people declare, which libraries were written to."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registration.core.db import Base, Instant, PrimaryKey, text
from registration.organisations.models import Organisation
from registration.records.rules import SMALL_THRESHOLD_HOURS, THRESHOLD_HOURS


class TrainingSettings(Base):
    """The one row that says what the yearly form of libraries asks for; forms change, so their rows have a wording."""

    __tablename__ = "training_settings"
    __table_args__ = (
        CheckConstraint("id = 1", name="single_row"),
        CheckConstraint("threshold_hours >= 1 AND small_threshold_hours >= 1", name="asks_for_something"),
    )

    id: Mapped[PrimaryKey]
    threshold_hours: Mapped[int] = mapped_column(default=THRESHOLD_HOURS)  # à 60 minutes, in a year
    small_threshold_hours: Mapped[int] = mapped_column(default=SMALL_THRESHOLD_HOURS)  # of small libraries
    people_label: Mapped[str] = mapped_column(text(200), default="")  # of a row of the form; empty is our own wording
    hours_label: Mapped[str] = mapped_column(text(200), default="")
    reached_label: Mapped[str] = mapped_column(text(200), default="")


class DeclaredTraining(Base):
    """Training somewhere else, as somebody declares it; nobody has checked it."""

    __tablename__ = "declared_training"
    __table_args__ = (
        CheckConstraint("minutes >= 1", name="takes_time"),
        Index("ix_declared_training_of_person", "person_key", "held_on"),
    )

    id: Mapped[PrimaryKey]
    person_key: Mapped[str] = mapped_column(text(64))  # as of registrations: a keyed hash of name and e-mail
    held_on: Mapped[date] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(text(200))
    organizer: Mapped[str] = mapped_column(text(200))
    minutes: Mapped[int]
    declared_at: Mapped[Instant]


class TrainingLetter(Base):
    """The fact that a library was sent the link of its record of a year by the association."""

    __tablename__ = "training_letter"

    id: Mapped[PrimaryKey]
    # A library can have two of one year: those of a duplicate move to the library it is merged into.
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    year: Mapped[int] = mapped_column(index=True)
    sent_at: Mapped[Instant]
    sent_by: Mapped[str] = mapped_column(text(254))

    organisation: Mapped[Organisation] = relationship()
