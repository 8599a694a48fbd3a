"""Making an account, and the teams of events."""

import uuid
from collections.abc import Collection, Iterable

import email_validator
from flask_security.utils import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from registration.accounts.errors import EmailInvalid, PasswordTooShort, UserExists
from registration.accounts.models import Role, RoleName, TeamMember, User
from registration.core import audit, clock
from registration.core.db import transaction

SHORTEST_PASSWORD = 12


def create_account(email: str, *, password: str, roles: Iterable[RoleName], by: str, name: str = "") -> User:
    """Create an account that can sign in at once.

    Raises EmailInvalid, UserExists, PasswordTooShort (fewer than 12 characters).
    """
    email = normalised(email)
    check_password(password)
    with transaction() as session:
        if session.scalar(select(User).where(User.email == email)) is not None:
            raise UserExists
        user = User(
            email=email,
            name=name,
            password=hash_password(password),
            active=True,
            fs_uniquifier=uuid.uuid4().hex,
            roles=roles_of(session, roles),
        )
        session.add(user)
        session.flush()
        audit.record(user, "created", by=by, after={"email": email, "roles": sorted(roles)})
    return user


def join_team(email: str, *, event_id: int, by: str) -> None:
    """Let a person of the staff work with an event; who is on its team already stays, an unknown address joins not."""
    with transaction() as session:
        user = session.scalar(select(User).where(User.email == email))
        if user is None:
            return
        ours = (TeamMember.user_id == user.id, TeamMember.event_id == event_id)
        if session.scalar(select(TeamMember.id).where(*ours)) is not None:
            return
        session.add(TeamMember(user_id=user.id, event_id=event_id, since=clock.now(), by=by))
        audit.record(user, "joined_team", by=by, event_id=event_id)


def set_team(session: Session, user: User, event_ids: Collection[int], *, by: str) -> None:
    """Let somebody work with these events and no others, within the current transaction."""
    ours = {each.event_id: each for each in session.scalars(select(TeamMember).where(TeamMember.user_id == user.id))}
    for event_id, member in ours.items():
        if event_id not in event_ids:
            session.delete(member)
    for event_id in set(event_ids) - set(ours):
        session.add(TeamMember(user_id=user.id, event_id=event_id, since=clock.now(), by=by))


def check_password(password: str) -> None:
    """Raise PasswordTooShort for fewer than 12 characters."""
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort


def roles_of(session: Session, names: Iterable[RoleName]) -> list[Role]:
    """Return the rows of these roles, made at their first use."""
    known = {role.name: role for role in session.scalars(select(Role))}
    return [known.get(name) or Role(name=name) for name in sorted(set(names))]


def normalised(email: str) -> str:
    """Return an address as sign-in looks it up, so that nobody gets two accounts by two spellings."""
    try:
        return email_validator.validate_email(email.strip().lower(), check_deliverability=False).normalized
    except email_validator.EmailNotValidError:
        raise EmailInvalid from None
