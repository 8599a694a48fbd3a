"""The ways this room can say no."""

from registration.core.errors import Refusal
from registration.core.i18n import gettext


class NotFailed(Refusal):
    """Only a message that failed can be sent again; one that waits goes by itself."""

    @property
    def message(self) -> str:
        return gettext("Only a message that was not delivered can be sent again.")
