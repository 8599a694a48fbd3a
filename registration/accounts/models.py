"""People of the association who run the back office. The columns of the mix-ins are Flask-Security's own."""

from datetime import datetime
from enum import StrEnum

from flask_security.models import sqla
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registration.core import tokens
from registration.core.db import Base, BigId, Instant, PrimaryKey, UtcDateTime, text

sqla.FsModels.set_db_info(base_model=Base)  # type: ignore[no-untyped-call]  # ships no types


class RoleName(StrEnum):
    """What a person of the staff is; somebody can be several."""

    ADMINISTRATOR = "administrator"  # everything, and who the others are
    ORGANIZER = "organizer"  # the events on whose team they are
    ACCOUNTANT = "accountant"  # reads all events, changes nothing
    DOOR = "door"  # lets people in at the events on whose team they are


class Role(Base, sqla.FsRoleMixin):
    """What a person of the staff may do; the names are those of `RoleName`."""

    __tablename__ = "role"


class User(Base, sqla.FsUserMixin):
    """A person of the staff; attendees have no account. Somebody invited has one without a password, inactive."""

    __tablename__ = "user"

    name: Mapped[str] = mapped_column(text(200), default="")

    @property
    def role_names(self) -> set[RoleName]:
        """Return the roles as words."""
        return {RoleName(role.name) for role in self.roles if role.name in set(RoleName)}

    @property
    def label(self) -> str:
        """Return what to call the person."""
        return self.name or str(self.email)


class WebAuthn(Base, sqla.FsWebAuthnMixin):
    """A passkey of a person of the staff."""

    __tablename__ = "webauthn"


class TeamMember(Base):
    """Somebody who works with an event: organizers and people at the door see only the events of their teams."""

    __tablename__ = "team_member"
    __table_args__ = (UniqueConstraint("user_id", "event_id"),)

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(BigId, ForeignKey("event.id", ondelete="CASCADE"), index=True)
    since: Mapped[Instant]
    by: Mapped[str] = mapped_column(text(254))


class Invitation(Base):
    """A letter with which somebody invited makes their account; there may be several, only the latest counts."""

    __tablename__ = "staff_invitation"

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    # Found by it; set once the id is known.
    token_hash: Mapped[str | None] = mapped_column(text(64), unique=True)
    invited_at: Mapped[Instant]
    by: Mapped[str] = mapped_column(text(254))
    expires_at: Mapped[Instant]
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user: Mapped[User] = relationship()

    @property
    def token(self) -> str:
        """Return the secret part of its link, which dies with the person's other sign-ins."""
        return tokens.link_token(f"staff-invitation:{self.user.fs_uniquifier}", self.id, 1)


class SignIn(Base):
    """One time somebody signed in."""

    __tablename__ = "sign_in"

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    at: Mapped[Instant]
    address: Mapped[str] = mapped_column(text(64))  # of the network; empty when it is not known
    means: Mapped[str] = mapped_column(text(64))  # Flask-Security's words: `password`, `authenticator`, `webauthn`…
