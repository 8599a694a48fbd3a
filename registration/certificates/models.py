"""Certificates of attendance: the rules of an event, and the frozen papers issued by them."""

from datetime import date
from typing import TypedDict

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registration.core import tokens
from registration.core.db import Base, Instant, PrimaryKey, text
from registration.events.models import Event, Session
from registration.signups.models import Registration


class AttendedSession(TypedDict):
    """One line of a certificate: a part that was attended."""

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
    language: str


class CertificateRule(Base):
    """What one must attend to get which certificate."""

    __tablename__ = "certificate_rule"
    __table_args__ = (CheckConstraint("minimum_sessions >= 1", name="asks_for_something"),)

    id: Mapped[PrimaryKey]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    title: Mapped[str] = mapped_column(text(200))  # the programme as the paper names it
    position: Mapped[int] = mapped_column(default=0)
    minimum_sessions: Mapped[int]

    event: Mapped[Event] = relationship()
    sessions: Mapped[list["CertificateRuleSession"]] = relationship(back_populates="rule")

    @property
    def minutes_by_session(self) -> dict[int, int]:
        """Return the credited minutes of the sessions that count, by session id."""
        return {each.session_id: each.session.credited_minutes for each in self.sessions}


class CertificateRuleSession(Base):
    """A session that counts towards a certificate, perhaps one that must not be missed."""

    __tablename__ = "certificate_rule_session"

    rule_id: Mapped[int] = mapped_column(ForeignKey("certificate_rule.id", ondelete="CASCADE"), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"), primary_key=True)
    is_required: Mapped[bool] = mapped_column(default=False)

    rule: Mapped[CertificateRule] = relationship(back_populates="sessions")
    session: Mapped[Session] = relationship()


class Certificate(Base):
    """An issued paper. What it says is a snapshot; it is never edited, only revoked and replaced, or erased."""

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint(
            "(pdf IS NULL) = (pdf_sha256 IS NULL) OR (pdf IS NULL AND erased_at IS NOT NULL)", name="hash_of_pdf"
        ),
    )

    id: Mapped[PrimaryKey]
    number: Mapped[str] = mapped_column(text(40), unique=True)  # 2025/SAI/0042
    rule_id: Mapped[int] = mapped_column(ForeignKey("certificate_rule.id"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    code_hash: Mapped[str | None] = mapped_column(text(64), unique=True)  # none only until the id is known
    issued_at: Mapped[Instant]
    issued_on: Mapped[date]  # the local day printed on it
    issued_by: Mapped[str] = mapped_column(text(254))
    content: Mapped[Content] = mapped_column(JSON)
    minutes: Mapped[int]  # credited, à 60 to the hour
    # Rendered once, by the worker or at the first download; from then on these bytes are the certificate.
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    pdf_sha256: Mapped[str | None] = mapped_column(text(64))
    erased_at: Mapped[Instant | None]  # the holder asked for it: no name and no PDF any more, the hash stays

    rule: Mapped[CertificateRule] = relationship()
    registration: Mapped[Registration] = relationship()
    revocation: Mapped["Revocation | None"] = relationship(
        back_populates="certificate", foreign_keys="Revocation.certificate_id"
    )

    @property
    def code(self) -> str:
        """Return the verification code, 16 characters."""
        return tokens.certificate_code(self.id)


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
