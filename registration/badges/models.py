"""Which badges were printed: when, by whom, and what they said."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from registration.core.db import Base, Instant, PrimaryKey, text


class BadgePrint(Base):
    """The fact that a person's badge was drawn; the last one is what they wear."""

    __tablename__ = "badge_print"

    id: Mapped[PrimaryKey]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    ticket_version: Mapped[int]
    said: Mapped[str] = mapped_column(text(64))  # a keyed hash of name, library, ticket type and the wish about photos
    printed_at: Mapped[Instant]
    printed_by: Mapped[str] = mapped_column(text(254))
