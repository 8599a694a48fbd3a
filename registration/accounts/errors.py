"""The ways this room can say no."""

from registration.core.errors import Refusal
from registration.core.i18n import gettext


class UserExists(Refusal):
    """The e-mail address already has an account."""

    @property
    def message(self) -> str:
        return gettext("There is already an account with this e-mail address.")


class PasswordTooShort(Refusal):
    """The password is shorter than what we accept."""

    @property
    def message(self) -> str:
        return gettext("The password must have at least 12 characters.")


class EmailInvalid(Refusal):
    """This cannot be an e-mail address."""

    @property
    def message(self) -> str:
        return gettext("This is not an e-mail address.")
