"""A file with people while it waits to be confirmed, and the fact that it was."""

from datetime import timedelta
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registration.core.db import Base, Instant, PrimaryKey, text
from registration.events.models import Event

KEPT_FOR = timedelta(hours=24)


class Import(Base):
    """A table of people somebody has sent, as text, until it is confirmed or a day has passed.

    Then only the fact stays: who, when, how many, and what the columns meant, so that the next file is understood.
    """

    __tablename__ = "registration_import"
    __table_args__ = (
        CheckConstraint("imported_count >= 0 AND left_out_count >= 0", name="not_negative"),
        Index("ix_registration_import_by", "uploaded_by", "id"),
    )

    id: Mapped[PrimaryKey]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    uploaded_at: Mapped[Instant] = mapped_column(index=True)
    uploaded_by: Mapped[str] = mapped_column(text(254))
    file_name: Mapped[str] = mapped_column(text(200))
    header: Mapped[list[str]] = mapped_column(JSON)
    rows: Mapped[list[list[str]]] = mapped_column(JSON)
    numbers: Mapped[list[int]] = mapped_column(JSON)  # of the rows in the file
    columns: Mapped[list[str]] = mapped_column(JSON)  # what each means, see `registration.signups.importing.columns`
    ticket_type: Mapped[str] = mapped_column(text(20), default="")  # the code for rows that do not say
    is_mapped: Mapped[bool] = mapped_column(default=False)  # somebody has looked at the columns
    finished_at: Mapped[Instant | None]
    imported_count: Mapped[int] = mapped_column(default=0)
    waiting_count: Mapped[int] = mapped_column(default=0)  # of those imported
    left_out_count: Mapped[int] = mapped_column(default=0)
    faults: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)  # why rows were left out

    event: Mapped[Event] = relationship()

    @property
    def names(self) -> dict[str, str]:
        """Return what the columns are called in the file by what they mean."""
        return {meaning: name for name, meaning in zip(self.header, self.columns, strict=True) if meaning}
