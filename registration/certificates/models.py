"""Certificates: the rules of an event, its speakers, how its papers look, and the frozen papers themselves."""

from datetime import date
from enum import StrEnum
from typing import NotRequired, TypedDict

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registration.core import tokens
from registration.core.db import Base, Instant, PrimaryKey, text, words
from registration.events.models import Event, Session
from registration.signups.models import Registration


class PaperName(StrEnum):
    """What the paper is called."""

    AUTOMATIC = "automatic"  # by the kind of the event
    CERTIFICATE = "certificate"
    CONFIRMATION = "confirmation"


class PaperLanguage(StrEnum):
    """The language of a paper."""

    CZECH = "cs"
    ENGLISH = "en"
    BOTH = "both"


class AttendedSession(TypedDict):
    """One line of a certificate: a part that was attended, or taught."""

    day: str  # ISO
    title: str
    format: str  # in_person or online
    place: str  # empty online
    minutes: int


class Content(TypedDict):
    """Everything a certificate says, frozen on the day of issue; serialisable as JSON."""

    heading: str
    number: str  # 2025/SAI/0042
    holder: str  # with titles
    organisation: str
    programme: str
    sessions: list[AttendedSession]
    minutes: int  # their sum
    issued_on: str  # ISO
    place: str  # of issue
    issuer: str
    issuer_seat: str
    issuer_ico: str
    signatory_name: str
    signatory_function: str
    is_invented: bool  # the paper says so beside the issuer and the signatory
    note: str  # on accreditation, may be empty
    language: str  # cs or en
    # Papers from before these were there lack them.
    is_of_speaker: NotRequired[bool]  # the sessions are those somebody taught
    second_language: NotRequired[str]  # the words of the paper stand in it too
    second_heading: NotRequired[str]
    second_programme: NotRequired[str]
    second_note: NotRequired[str]
    outcomes: NotRequired[str]  # what those who attended can do now
    remark: NotRequired[str]  # for instance of a grant
    shows_lessons: NotRequired[bool]
    signature: NotRequired[str]  # the hash of a `PaperPicture`, empty without one
    logo: NotRequired[str]


class CertificateRule(Base):
    """What one must attend to get which certificate."""

    __tablename__ = "certificate_rule"
    __table_args__ = (
        CheckConstraint("minimum_sessions >= 1", name="asks_for_something"),
        CheckConstraint("minimum_minutes >= 0", name="minutes_not_negative"),
        CheckConstraint("online_share BETWEEN 1 AND 100", name="share_is_percentage"),
    )

    id: Mapped[PrimaryKey]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    title: Mapped[str] = mapped_column(text(200))  # the programme as the paper names it
    position: Mapped[int] = mapped_column(default=0)
    minimum_sessions: Mapped[int]
    minimum_minutes: Mapped[int] = mapped_column(default=0)  # credited, of the attended sessions together
    online_share: Mapped[int] = mapped_column(default=75)  # % of an online session's length that make it attended
    paper_name: Mapped[PaperName] = mapped_column(words(PaperName), default=PaperName.AUTOMATIC)
    language: Mapped[PaperLanguage] = mapped_column(words(PaperLanguage), default=PaperLanguage.CZECH)
    title_english: Mapped[str] = mapped_column(text(200), default="")
    outcomes: Mapped[str] = mapped_column(text(500), default="")

    event: Mapped[Event] = relationship()
    sessions: Mapped[list["CertificateRuleSession"]] = relationship(back_populates="rule")


class CertificateRuleSession(Base):
    """A session that counts towards a certificate, perhaps one that must not be missed."""

    __tablename__ = "certificate_rule_session"

    rule_id: Mapped[int] = mapped_column(ForeignKey("certificate_rule.id", ondelete="CASCADE"), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"), primary_key=True)
    is_required: Mapped[bool] = mapped_column(default=False)

    rule: Mapped[CertificateRule] = relationship(back_populates="sessions")
    session: Mapped[Session] = relationship()


class PaperStyle(Base):
    """What stands on the papers of one event instead of what stands on the association's; empty is as there."""

    __tablename__ = "paper_style"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    signatory_name: Mapped[str] = mapped_column(text(200), default="")
    signatory_function: Mapped[str] = mapped_column(text(200), default="")
    paper_note: Mapped[str] = mapped_column(text(500), default="")
    says_unaccredited: Mapped[bool | None]
    shows_lessons: Mapped[bool | None]
    signature_sha256: Mapped[str | None] = mapped_column(ForeignKey("paper_picture.sha256"))
    logo_sha256: Mapped[str | None] = mapped_column(ForeignKey("paper_picture.sha256"))


class Speaker(Base):
    """Somebody who teaches at an event; they need not sign up for it."""

    __tablename__ = "speaker"
    # A link is made of the id, so a number that was given out once must not come again to somebody else.
    __table_args__ = (UniqueConstraint("link_hash"), {"sqlite_autoincrement": True})

    id: Mapped[PrimaryKey]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    name: Mapped[str] = mapped_column(text(200))  # with titles
    organisation: Mapped[str] = mapped_column(text(200), default="")
    email: Mapped[str] = mapped_column(text(254), default="")
    language: Mapped[PaperLanguage] = mapped_column(words(PaperLanguage), default=PaperLanguage.CZECH)
    link_hash: Mapped[str | None] = mapped_column(text(64))  # none only until the id is known, and after erasure
    erased_at: Mapped[Instant | None]

    event: Mapped[Event] = relationship()
    sessions: Mapped[list["SpeakerSession"]] = relationship(back_populates="speaker", cascade="all, delete-orphan")

    @property
    def link_token(self) -> str:
        """Return the secret part of `/lektor/<token>`."""
        return tokens.link_token("speaker", self.id, 1)


class SpeakerSession(Base):
    """A session somebody taught, and how long."""

    __tablename__ = "speaker_session"
    __table_args__ = (CheckConstraint("minutes > 0", name="takes_time"),)

    speaker_id: Mapped[int] = mapped_column(ForeignKey("speaker.id", ondelete="CASCADE"), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"), primary_key=True)
    minutes: Mapped[int]

    speaker: Mapped[Speaker] = relationship(back_populates="sessions")
    session: Mapped[Session] = relationship()


class Certificate(Base):
    """An issued paper. What it says is a snapshot; it is never edited, only revoked and replaced, or erased."""

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint(
            "(pdf IS NULL) = (pdf_sha256 IS NULL) OR (pdf IS NULL AND erased_at IS NOT NULL)", name="hash_of_pdf"
        ),
        CheckConstraint(
            "(rule_id IS NULL) = (registration_id IS NULL) AND (registration_id IS NULL) <> (speaker_id IS NULL)",
            name="of_one",
        ),
    )

    id: Mapped[PrimaryKey]
    number: Mapped[str] = mapped_column(text(40), unique=True)  # 2025/SAI/0042
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("certificate_rule.id"), index=True)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"), index=True)
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("speaker.id"), index=True)
    code_hash: Mapped[str | None] = mapped_column(text(64), unique=True)  # none only until the id is known
    issued_at: Mapped[Instant]
    issued_on: Mapped[date]  # the local day printed on it
    issued_by: Mapped[str] = mapped_column(text(254))
    content: Mapped[Content] = mapped_column(JSON)
    minutes: Mapped[int]  # credited, à 60 to the hour
    # Rendered once, by the worker or at the first download; from then on these bytes are the certificate.
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    pdf_sha256: Mapped[str | None] = mapped_column(text(64), index=True)
    erased_at: Mapped[Instant | None]  # the holder asked for it: no name and no PDF any more, the hash stays

    # Of an attendee's paper the first two are there, of a speaker's the third.
    rule: Mapped[CertificateRule] = relationship()
    registration: Mapped[Registration] = relationship()
    speaker: Mapped[Speaker | None] = relationship()
    revocation: Mapped["Revocation | None"] = relationship(
        back_populates="certificate", foreign_keys="Revocation.certificate_id"
    )

    @property
    def code(self) -> str:
        """Return the verification code, 16 characters."""
        return tokens.certificate_code(self.id)

    @property
    def event(self) -> Event:
        """Return the event it was issued for."""
        return self.speaker.event if self.speaker else self.rule.event

    @property
    def holder(self) -> Registration | Speaker:
        """Return whom it was issued to."""
        return self.speaker or self.registration


class Revocation(Base):
    """The fact that a certificate no longer holds; a replaced one names its successor."""

    __tablename__ = "revocation"

    id: Mapped[PrimaryKey]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), unique=True)
    revoked_at: Mapped[Instant]
    revoked_by: Mapped[str] = mapped_column(text(254))
    reason: Mapped[str] = mapped_column(text(500))
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), unique=True)

    certificate: Mapped[Certificate] = relationship(back_populates="revocation", foreign_keys=[certificate_id])
    replaced_by: Mapped[Certificate | None] = relationship(foreign_keys=[replaced_by_id])
