"""The ways this room can say no."""

from registration.core.errors import NotFound, Refusal
from registration.core.i18n import gettext


class SessionNotFound(NotFound):
    """The event has no such session."""

    @property
    def message(self) -> str:
        return gettext("The event has no such part.")


class NobodyToPrint(Refusal):
    """There is nobody with a place, or nobody new."""

    @property
    def message(self) -> str:
        return gettext("There is nobody here whose badge could be printed.")


class NoBadge(Refusal):
    """Only whoever has a place gets a badge."""

    @property
    def message(self) -> str:
        return gettext("A badge is only for those who have a place.")


class SheetTooLong(Refusal):
    """An attendance sheet of several pages is drawn in the background."""

    @property
    def message(self) -> str:
        return gettext("This attendance sheet has several pages. Have it printed from the list of registrations.")
