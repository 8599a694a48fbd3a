"""Who of the staff hears about their account."""

from registration.accounts.models import Invitation, User
from registration.mail import outbox


def staff_invitation(invitation: Invitation, *, language: str) -> None:
    """Send somebody the link that makes their account."""
    outbox.post("staff_invitation", to=invitation.user.email, language=language, invitation=invitation.id)


def password_reset(user: User, *, language: str) -> None:
    """Send somebody the link to a new password; the link itself is made when the message goes out."""
    outbox.post("password_reset", to=user.email, language=language, user=user.id)


def password_changed(user: User, *, language: str) -> None:
    """Tell somebody that their password was changed, in case it was not they."""
    outbox.post("password_changed", to=user.email, language=language, user=user.id)
