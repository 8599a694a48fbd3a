"""The ways this room can say no."""

from registration.core.errors import NotFound, Refusal
from registration.core.i18n import gettext


class SessionNotFound(NotFound):
    """The event has no such session."""

    @property
    def message(self) -> str:
        return gettext("The event has no such session.")


class EntryNotFound(NotFound):
    """The ledger has no such entry of this event."""

    @property
    def message(self) -> str:
        return gettext("The attendance ledger has no such entry.")


class NothingToUndo(Refusal):
    """The person is not marked as present."""

    @property
    def message(self) -> str:
        return gettext("This entry was already undone.")


class ReasonMissing(Refusal):
    """An organizer's own entry needs a reason, so that hours on a certificate can be explained."""

    @property
    def message(self) -> str:
        return gettext("Please give a reason; it stays in the ledger.")


class NobodyChosen(Refusal):
    """Nobody was chosen for the entry."""

    @property
    def message(self) -> str:
        return gettext("Please choose at least one person.")
