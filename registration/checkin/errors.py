"""The ways this room can say no. Phones know those of doors by their `code`."""

from http import HTTPStatus

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


class NoRightChosen(Refusal):
    """A door that may do nothing."""

    @property
    def message(self) -> str:
        return gettext("Please choose at least one thing the phone may do.")


class NoSessionYet(Refusal):
    """The event has no session, so there is nothing to check in to."""

    @property
    def message(self) -> str:
        return gettext("The event has no dated part yet, so there is nowhere to check people in.")


class DoorNotFound(NotFound):
    """The event has no such door."""

    @property
    def message(self) -> str:
        return gettext("The event has no such door.")


class ScanNotFound(NotFound):
    """The event has no such scan that is held for review."""

    @property
    def message(self) -> str:
        return gettext("There is no such scan to look at any more.")


class DoorRefusal(Refusal):
    """What a phone is told; `code` is the word its program understands."""

    code: str


class PairingUnknown(DoorRefusal):
    """No such pairing code, which may be a guess."""

    code = "pairing_unknown"
    status = HTTPStatus.NOT_FOUND

    @property
    def message(self) -> str:
        return gettext("This pairing code is not valid. The organizer can show a new one.")


class PairingExpired(DoorRefusal):
    """The code was good a while ago."""

    code = "pairing_expired"
    status = HTTPStatus.GONE

    @property
    def message(self) -> str:
        return gettext("The time of this pairing code is over. The organizer can show a new one.")


class PairingUsedUp(DoorRefusal):
    """As many phones as were to be are paired."""

    code = "pairing_used_up"
    status = HTTPStatus.CONFLICT

    @property
    def message(self) -> str:
        return gettext("This pairing code has been used as often as it may. The organizer can show a new one.")


class LabelMissing(DoorRefusal):
    """The phone has not said what it is to be called."""

    code = "label_missing"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    @property
    def message(self) -> str:
        return gettext("Please name the phone, for instance by its place: main entrance.")


class NotPaired(DoorRefusal):
    """No cookie of a door, or of one whose time is over."""

    code = "not_paired"
    status = HTTPStatus.UNAUTHORIZED

    @property
    def message(self) -> str:
        return gettext("This phone is not paired with an event.")


class DoorRevoked(DoorRefusal):
    """The organizer has taken the phone's access away."""

    code = "revoked"
    status = HTTPStatus.FORBIDDEN

    @property
    def message(self) -> str:
        return gettext("The organizer has taken this phone’s access away.")


class RightMissing(DoorRefusal):
    """The phone was not paired for this."""

    code = "right_missing"
    status = HTTPStatus.FORBIDDEN

    @property
    def message(self) -> str:
        return gettext("This phone was not paired for that.")


class Malformed(DoorRefusal):
    """What the phone sent is not what was agreed; nothing was stored."""

    code = "malformed"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where

    @property
    def message(self) -> str:
        return gettext("The phone has sent something unexpected (%(where)s). Nothing was stored.", where=self.where)


class WalkInRefused(DoorRefusal):
    """Somebody who came without signing up cannot be let in; why says the refusal behind."""

    code = "walk_in_refused"

    def __init__(self, reason: Refusal) -> None:
        super().__init__()
        self.reason = reason

    @property
    def message(self) -> str:
        return self.reason.message
