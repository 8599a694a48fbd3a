"""The ways this room can say no."""

from http import HTTPStatus

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


class WrongSigla(Refusal):
    """What was typed cannot be a sigla."""

    @property
    def message(self) -> str:
        return gettext("A sigla is three letters and three digits, for instance ABA001.")


class WrongDic(Refusal):
    """What was typed cannot be a tax number."""

    @property
    def message(self) -> str:
        return gettext("A DIČ is CZ and 8 to 10 digits.")


class WrongDataBox(Refusal):
    """What was typed cannot be the mark of a data box."""

    @property
    def message(self) -> str:
        return gettext("The mark of a data box is seven letters and digits.")


class WrongEmail(Refusal):
    """What was typed cannot be an e-mail address."""

    @property
    def message(self) -> str:
        return gettext("This is not an e-mail address. The right form is, for instance, name@library.cz.")


class WrongPostcode(Refusal):
    """What was typed cannot be a postcode."""

    @property
    def message(self) -> str:
        return gettext("A postcode is five digits.")


class SiglaTaken(Refusal):
    """The sigla belongs to another organisation of the directory."""

    def __init__(self, organisation: Organisation) -> None:
        super().__init__()
        self.organisation = organisation

    @property
    def message(self) -> str:
        return gettext(
            "Another organisation in the directory has this sigla: %(label)s.", label=self.organisation.label
        )


class MergedAlready(Refusal):
    """One of two organisations to be merged was merged meanwhile."""

    @property
    def message(self) -> str:
        return gettext("These organisations were merged meanwhile.")


class MergedIntoItself(Refusal):
    """An organisation cannot be its own duplicate."""

    @property
    def message(self) -> str:
        return gettext("Please choose another library: this is the same one.")


class MembershipOverlaps(Refusal):
    """A time of membership would have days in common with another one."""

    @property
    def message(self) -> str:
        return gettext("The library is a member on some of these days already.")


class MembershipEndsTooSoon(Refusal):
    """A membership cannot end before it has begun."""

    @property
    def message(self) -> str:
        return gettext("The membership began later than this.")


class NotMember(Refusal):
    """There is no membership that could end."""

    @property
    def message(self) -> str:
        return gettext("The library is not a member any more.")


class ApplicationNotFound(NotFound):
    """There is no such application for membership."""

    @property
    def message(self) -> str:
        return gettext("There is no such application; perhaps it was not confirmed in time, or it has been erased.")


class AlreadyDecided(Refusal):
    """Somebody has decided about the application meanwhile."""

    @property
    def message(self) -> str:
        return gettext("This application has been decided already.")


class ImportNotFound(NotFound):
    """The uploaded list is gone: it was taken over, thrown away, or waited too long."""

    @property
    def message(self) -> str:
        return gettext("This list is not here any more. It was taken over or thrown away; lists are kept for one day.")


class UnreadableDirectory(Refusal):
    """A file that is not the National Library's directory in MARCXML."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    @property
    def message(self) -> str:
        return gettext("This is not a directory in the MARCXML format, or the file is damaged.")


class DirectoryTooLong(Refusal):
    """A file with more libraries than there are."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    @property
    def message(self) -> str:
        return gettext("The file has more than 20,000 libraries. Please split it up.")


class NameMissing(Refusal):
    """A row of a list does not say which library it is about."""

    @property
    def message(self) -> str:
        return gettext("The name of the library is missing.")


class ValueTooLong(Refusal):
    """A cell of a list holds more than the directory does."""

    @property
    def message(self) -> str:
        return gettext("Something in this row is too long.")


class WrongDay(Refusal):
    """A cell of a list should be a day, and is not."""

    @property
    def message(self) -> str:
        return gettext("The day of the membership cannot be read; write it as 1. 3. 2020.")


class TwiceInList(Refusal):
    """Two rows of a list mean the same library."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    @property
    def message(self) -> str:
        return gettext("The same library is in row %(number)d already.", number=self.number)
