"""What the organizer wants to know of those who sign up."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registration.core.db import Base, PrimaryKey, text, words
from registration.events.models.event import Event
from registration.events.models.words import QuestionKind, QuestionScope


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
