"""The ways this room can say no."""

from registration.core.errors import Refusal
from registration.core.i18n import gettext


class UserExists(Refusal):
    """The e-mail address already has an account."""

    @property
    def message(self) -> str:
        return gettext("There already is an account with this e-mail address.")


class PasswordTooShort(Refusal):
    """The password is shorter than what we accept."""

    @property
    def message(self) -> str:
        return gettext("The password must have at least 12 characters.")
