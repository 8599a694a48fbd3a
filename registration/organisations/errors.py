"""The ways this room can say no."""

from registration.core.errors import NotFound, Refusal
from registration.core.i18n import gettext
from registration.organisations.models import Organisation


class WrongIco(Refusal):
    """What was typed cannot be an IČO."""

    @property
    def message(self) -> str:
        return gettext("The IČO does not have a valid check digit. Please look at its eight digits again.")


class OrganisationExists(Refusal):
    """The directory has an organisation of this name in this town, however it was spelled."""

    def __init__(self, organisation: Organisation) -> None:
        super().__init__()
        self.organisation = organisation

    @property
    def message(self) -> str:
        return gettext("The directory has it already: %(label)s.", label=self.organisation.label)


class IcoTaken(Refusal):
    """The IČO belongs to another organisation of the directory."""

    def __init__(self, organisation: Organisation) -> None:
        super().__init__()
        self.organisation = organisation

    @property
    def message(self) -> str:
        return gettext("Another organisation in the directory has this IČO: %(label)s.", label=self.organisation.label)


class OrganisationNotFound(NotFound):
    """The directory has no such organisation."""

    @property
    def message(self) -> str:
        return gettext("There is no such library in the directory.")
