"""The ways this room can say no."""

from registration.core.errors import NotFound, Refusal
from registration.core.i18n import gettext


class EventNotFound(NotFound):
    """No such event, or not published."""

    @property
    def message(self) -> str:
        return gettext("There is no such event here.")


class NoPlaceLeft(Refusal):
    """A ticket type or a session has fewer free places than wanted."""

    def __init__(self, table: type, id_: int) -> None:
        super().__init__()
        self.table = table
        self.id = id_

    @property
    def message(self) -> str:
        return gettext("There are not enough free places left.")
