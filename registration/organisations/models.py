"""Libraries and other organisations, and the association that runs the events."""

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registration.core.db import Base, PrimaryKey, text
from registration.organisations import rules


class Organisation(Base):
    """A library or another organisation; a member of the association is an organisation, never a person."""

    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("name", "town"),)

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(text(200))
    town: Mapped[str] = mapped_column(text(100), default="")
    folded_name: Mapped[str] = mapped_column(text(200), index=True)  # as it is searched, see rules.folded
    folded_town: Mapped[str] = mapped_column(text(100), default="")
    ico: Mapped[str | None] = mapped_column(text(8), index=True)
    is_member: Mapped[bool] = mapped_column(default=False)
    payer_name: Mapped[str | None] = mapped_column(text(200))  # the town, where the library is only its department
    payer_ico: Mapped[str | None] = mapped_column(text(8))

    @property
    def label(self) -> str:
        """Return the name as it is chosen from a list, with the town where the name does not say it."""
        return rules.label(self.name, self.town)


class Association(Base):
    """The one row that says who runs this installation and signs its certificates."""

    __tablename__ = "association"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(text(200))
    purpose: Mapped[str] = mapped_column(text(500), default="")  # one sentence for the foot of every page
    seat: Mapped[str] = mapped_column(text(200), default="")  # town, also the place of issue
    ico: Mapped[str] = mapped_column(text(8), default="")
    contact_email: Mapped[str] = mapped_column(text(254), default="")
    signatory_name: Mapped[str] = mapped_column(text(200), default="")
    signatory_function: Mapped[str] = mapped_column(text(200), default="")
