"""What is written down of signing in, and of changes people make to their own ways in."""

from datetime import timedelta

from sqlalchemy import delete

from registration.accounts.models import SignIn, User
from registration.core import audit, clock
from registration.core.db import transaction

KEPT_FOR = timedelta(days=180)


def note_sign_in(user: User, *, address: str, means: str) -> None:
    """Write down that somebody signed in, from where and by what; what is older than half a year goes."""
    with transaction() as session:
        now = clock.now()
        session.execute(delete(SignIn).where(SignIn.user_id == user.id, SignIn.at < now - KEPT_FOR))
        session.add(SignIn(user_id=user.id, at=now, address=address[:64], means=means[:64]))


def note_use(user: User, action: str, **after: str) -> None:
    """Write into the audit log what somebody changed of their own password, second factor or passkeys."""
    audit.record(user, action, by=user.email, after=after)
