"""The verbs of staff accounts."""

import uuid

import email_validator
from flask_security.utils import hash_password
from sqlalchemy import select

from registration.accounts.errors import EmailInvalid, PasswordTooShort, UserExists
from registration.accounts.models import ORGANIZER, Role, User
from registration.core.db import transaction

SHORTEST_PASSWORD = 12


def create_organizer(email: str, *, password: str) -> User:
    """Create an account that may run events.

    Raises EmailInvalid, UserExists, PasswordTooShort (fewer than 12 characters).
    """
    email = _normalised(email)
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort
    with transaction() as session:
        if session.scalar(select(User).where(User.email == email)) is not None:
            raise UserExists
        role = session.scalar(select(Role).where(Role.name == ORGANIZER)) or Role(name=ORGANIZER)
        user = User(
            email=email,
            password=hash_password(password),
            active=True,
            fs_uniquifier=uuid.uuid4().hex,
            roles=[role],
        )
        session.add(user)
    return user


def _normalised(email: str) -> str:
    """Return an address as sign-in looks it up, so that nobody gets two accounts by two spellings."""
    try:
        return email_validator.validate_email(email.strip().lower(), check_deliverability=False).normalized
    except email_validator.EmailNotValidError:
        raise EmailInvalid from None
