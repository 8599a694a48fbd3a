"""The ways this room can say no."""

from http import HTTPStatus

from registration.core.errors import NotFound, Refusal
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


class NoRole(Refusal):
    """A person of the staff has at least one role."""

    @property
    def message(self) -> str:
        return gettext("Please choose at least one role.")


class LastAdministrator(Refusal):
    """Without an administrator nobody could ever invite one."""

    status = HTTPStatus.CONFLICT

    @property
    def message(self) -> str:
        return gettext("This is the only administrator. Give the role to somebody else first.")


class InvitationAccepted(Refusal):
    """The person has an account already, there is nothing to invite to or to withdraw."""

    status = HTTPStatus.CONFLICT

    @property
    def message(self) -> str:
        return gettext("This person has accepted the invitation already.")


class InvitationOver(Refusal):
    """The link was used, is older than a week, was replaced by a newer one or withdrawn."""

    status = HTTPStatus.GONE

    @property
    def message(self) -> str:
        return gettext("This invitation is no longer valid. Please ask for a new one.")


class PersonNotFound(NotFound):
    """There is nobody of this number."""

    @property
    def message(self) -> str:
        return gettext("There is no such person.")
