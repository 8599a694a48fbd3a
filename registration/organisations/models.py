"""Libraries and other organisations, their membership, and the association that runs the events."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registration.core.db import Base, Instant, PrimaryKey, UtcDateTime, text, words
from registration.organisations import rules

_LIVE = sql("merged_into_id IS NULL")
_OPEN = sql("until_on IS NULL")


class OrganisationKind(StrEnum):
    """What an organisation is before the law, in the words of its own papers."""

    OWN_BODY = "prispevkova"  # a body of its own that a town or a region has founded
    DEPARTMENT = "organizacni_slozka"  # a part of its town, without an IČO of its own
    OTHER = "jina"  # or nobody has said


class Decision(StrEnum):
    """What became of an application."""

    APPROVED = "approved"
    REFUSED = "refused"


class AddressForm(StrEnum):
    """How the association addresses people in Czech."""

    VYKANI = "vykani"  # politely
    TYKANI = "tykani"  # familiarly, as colleagues do


class Organisation(Base):
    """A library or another organisation; a member of the association is an organisation, never a person.

    What was entered twice is merged: the row of the duplicate stays for ever and leads to the one that is kept.
    """

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("(merged_into_id IS NULL) = (merged_at IS NULL)", name="merged_at_a_time"),
        CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
        Index("uq_organisation_name_town", "name", "town", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("uq_organisation_sigla", "sigla", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        UniqueConstraint("training_link_hash"),
    )

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(text(200))
    town: Mapped[str] = mapped_column(text(100), default="")
    folded_name: Mapped[str] = mapped_column(text(200), index=True)  # as it is searched, see rules.folded
    folded_town: Mapped[str] = mapped_column(text(100), default="")
    sort_key: Mapped[str] = mapped_column(text(1000), default="", index=True, deferred=True)  # see core.czech
    ico: Mapped[str | None] = mapped_column(text(8), index=True)
    dic: Mapped[str | None] = mapped_column(text(12))
    sigla: Mapped[str | None] = mapped_column(text(10))  # its mark in the National Library's directory
    data_box: Mapped[str | None] = mapped_column(text(7))
    street: Mapped[str] = mapped_column(text(200), default="")
    postcode: Mapped[str] = mapped_column(text(10), default="")
    kind: Mapped[OrganisationKind] = mapped_column(words(OrganisationKind), default=OrganisationKind.OTHER)
    founder: Mapped[str] = mapped_column(text(200), default="")
    is_member: Mapped[bool] = mapped_column(default=False)  # today, kept in step with its memberships
    payer_name: Mapped[str | None] = mapped_column(text(200))  # the town, where the library is only its department
    payer_ico: Mapped[str | None] = mapped_column(text(8))
    contact_email: Mapped[str] = mapped_column(text(254), default="")  # of the library, not of a person
    is_small: Mapped[bool] = mapped_column(default=False)  # less training is asked of its people
    training_link_version: Mapped[int] = mapped_column(default=1)
    training_link_hash: Mapped[str | None] = mapped_column(text(64))  # none until a link was sent
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    merged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    merged_by: Mapped[str | None] = mapped_column(text(254))

    merged_into: Mapped["Organisation | None"] = relationship(remote_side="Organisation.id")

    @property
    def label(self) -> str:
        """Return the name as it is chosen from a list, with the town where the name does not say it."""
        return rules.label(self.name, self.town)

    def kill_training_link(self) -> None:
        """Let the link of its training record lead nowhere from now on."""
        self.training_link_version += 1
        self.training_link_hash = None


class Membership(Base):
    """A time for which an organisation is a member: from a day to a day, both included, or until further notice."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("until_on >= since_on", name="ends_after_it_begins"),
        Index("uq_membership_open", "organisation_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[PrimaryKey]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    since_on: Mapped[date | None]  # None where nobody has written it down
    until_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(text(500), default="")  # why it ended

    organisation: Mapped[Organisation] = relationship()


class MembershipApplication(Base):
    """Somebody asks for their library to be a member, and to be in touch with the others themselves.

    It counts once it was confirmed by the link that went to their address.
    """

    __tablename__ = "membership_application"
    __table_args__ = (
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided_at_a_time"),
        CheckConstraint("decision IS NULL OR confirmed_at IS NOT NULL", name="decided_once_confirmed"),
        UniqueConstraint("link_hash"),
        UniqueConstraint("submission_key"),
        # A link is made of the id, so a number that was given out once must not come again to somebody else.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(text(200))
    email: Mapped[str] = mapped_column(text(254), index=True)
    position: Mapped[str] = mapped_column(text(200), default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation_name: Mapped[str] = mapped_column(text(200))  # as typed
    town: Mapped[str] = mapped_column(text(100), default="")
    ico: Mapped[str | None] = mapped_column(text(8))
    may_be_listed: Mapped[bool] = mapped_column(default=False)  # in the list of contacts that members see
    note: Mapped[str] = mapped_column(text(1000), default="")
    language: Mapped[str] = mapped_column(text(2), default="cs")
    sent_at: Mapped[Instant]
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision: Mapped[Decision | None] = mapped_column(words(Decision))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(text(254))
    reason: Mapped[str] = mapped_column(text(500), default="")  # of a refusal
    link_hash: Mapped[str | None] = mapped_column(text(64))
    submission_key: Mapped[str | None] = mapped_column(text(64))  # the same only for the same form sent again

    organisation: Mapped[Organisation | None] = relationship()


class DirectoryImport(Base):
    """A list of libraries that was uploaded and waits to be looked through; the directory knows nothing of it yet."""

    __tablename__ = "directory_import"

    id: Mapped[PrimaryKey]
    made_at: Mapped[Instant]
    made_by: Mapped[str] = mapped_column(text(254))
    file_name: Mapped[str] = mapped_column(text(200))
    header: Mapped[list[str]] = mapped_column(JSON)
    rows: Mapped[list[list[Any]]] = mapped_column(JSON)  # [number in the file, [cells]]
    columns: Mapped[dict[str, int]] = mapped_column(JSON)  # which of an entry's fields stands in which column


class PaperPicture(Base):
    """A signature or a logo, drawn anew from what was uploaded; never changed, since issued papers show it."""

    __tablename__ = "paper_picture"
    __table_args__ = (CheckConstraint("width > 0 AND height > 0", name="has_a_size"),)

    sha256: Mapped[str] = mapped_column(text(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # PNG
    width: Mapped[int]  # pixels
    height: Mapped[int]
    uploaded_at: Mapped[Instant]
    uploaded_by: Mapped[str] = mapped_column(text(254))


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
    address_form: Mapped[AddressForm] = mapped_column(words(AddressForm), default=AddressForm.VYKANI)
    signature_sha256: Mapped[str | None] = mapped_column(ForeignKey("paper_picture.sha256"))
    logo_sha256: Mapped[str | None] = mapped_column(ForeignKey("paper_picture.sha256"))
    paper_note: Mapped[str] = mapped_column(text(500), default="")  # on certificates, for instance of a grant
    says_unaccredited: Mapped[bool] = mapped_column(default=True)  # that training has no accreditation
    shows_lessons: Mapped[bool] = mapped_column(default=True)  # lessons of 45 minutes beside hours
