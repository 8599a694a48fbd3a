"""The ways this room can say no."""

from registration.core.errors import NotFound, Refusal
from registration.core.i18n import gettext


class NotFailed(Refusal):
    """Only a message that failed can be sent again; one that waits goes by itself."""

    @property
    def message(self) -> str:
        return gettext("Only a message that was not delivered can be sent again.")


class AddressIsSuppressed(Refusal):
    """Nothing goes to an address that messages came back from."""

    @property
    def message(self) -> str:
        return gettext("Messages to this address come back. Release the address first.")


class AddressNotFound(NotFound):
    """The link does not lead to an address of ours."""

    @property
    def message(self) -> str:
        return gettext("This link is not valid. Perhaps its end was cut off.")
