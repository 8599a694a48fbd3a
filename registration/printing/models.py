"""What was asked to be printed, and the files made of it; copies, kept for a few days."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registration.core.db import Base, BigId, Instant, PrimaryKey, text


class PrintJob(Base):
    """A wish for some files of one kind, drawn in their order."""

    __tablename__ = "print_job"
    __table_args__ = (
        CheckConstraint("file_count >= 1", name="prints_something"),
        CheckConstraint("finished_at IS NULL OR failed_at IS NULL", name="ends_one_way"),
        {"sqlite_autoincrement": True},  # the address of a forgotten job must not lead to another one
    )

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(text(40))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)  # what the kind draws from: ids and small plain values
    event_id: Mapped[int | None] = mapped_column(BigId, index=True)  # which event it is about
    title: Mapped[str] = mapped_column(text(200))
    file_count: Mapped[int]
    requested_at: Mapped[Instant]
    requested_by: Mapped[str] = mapped_column(text(254))
    attempts: Mapped[int] = mapped_column(default=0)  # rounds in which a file could not be drawn
    finished_at: Mapped[Instant | None]
    failed_at: Mapped[Instant | None]  # given up

    files: Mapped[list["PrintFile"]] = relationship(
        back_populates="job", order_by="PrintFile.position", passive_deletes=True
    )

    @property
    def is_over(self) -> bool:
        """Say whether nothing more comes of it."""
        return self.finished_at is not None or self.failed_at is not None


class PrintFile(Base):
    """A file that is ready."""

    __tablename__ = "print_file"

    job_id: Mapped[int] = mapped_column(ForeignKey("print_job.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 1
    name: Mapped[str] = mapped_column(text(120))
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[Instant]

    job: Mapped[PrintJob] = relationship(back_populates="files")
