"""What can be wrong with a file that should hold a table."""

from http import HTTPStatus

from registration.core.errors import Refusal
from registration.core.i18n import gettext, ngettext


class SheetRefused(Refusal):
    """A file that cannot be read as a table; each reason is a class of its own."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NotATable(SheetRefused):
    """The file is neither a workbook nor a text with separated values."""

    @property
    def message(self) -> str:
        return gettext("This is not a table. Please save it as an Excel workbook (.xlsx) or as CSV.")


class OldWorkbook(SheetRefused):
    """A workbook as Excel kept it until 2003, or one locked by a password, which looks the same from outside."""

    @property
    def message(self) -> str:
        return gettext(
            "A workbook of the old kind (.xls), or one with a password, cannot be read. "
            "Please save it as .xlsx without a password."
        )


class BrokenWorkbook(SheetRefused):
    """The workbook is damaged, or was never a good one."""

    @property
    def message(self) -> str:
        return gettext("The workbook is damaged. Please open it in Excel, save it again and send the new file.")


class UnreadableLetters(SheetRefused):
    """The bytes of a text are letters in no encoding we know."""

    @property
    def message(self) -> str:
        return gettext("The letters in the file cannot be read. Please save it as “CSV UTF-8” or as .xlsx.")


class UnmatchedQuotes(SheetRefused):
    """The quotation marks around a value do not match, so nobody can say where it ends."""

    def __init__(self, row: int) -> None:
        super().__init__()
        self.row = row

    @property
    def message(self) -> str:
        return gettext("The quotation marks do not match around row %(row)d.", row=self.row)


class FileTooLarge(SheetRefused):
    """The file has more bytes than we take, packed or unpacked."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    def __init__(self, megabytes: int) -> None:
        super().__init__()
        self.megabytes = megabytes

    @property
    def message(self) -> str:
        return gettext(
            "The file is too large; at most %(megabytes)d MB can be taken. Please leave only the table in it.",
            megabytes=self.megabytes,
        )


class UnpacksTooLarge(SheetRefused):
    """A small workbook would unpack into something huge."""

    @property
    def message(self) -> str:
        return gettext("The workbook holds too much once it is unpacked. Please leave only the table in it.")


class TooManyRows(SheetRefused):
    """The table is longer than we take at once."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    @property
    def message(self) -> str:
        return ngettext(
            "The table is too long; %(num)d row can be taken at once.",
            "The table is too long; %(num)d rows can be taken at once.",
            self.most,
        )


class TooManyCells(SheetRefused):
    """The table is wider, or all in all larger, than we take at once."""

    @property
    def message(self) -> str:
        return gettext("The table has too many columns or cells. Please leave out what is not needed.")


class EmptyTable(SheetRefused):
    """There is nothing in the file."""

    @property
    def message(self) -> str:
        return gettext("The file is empty.")


class OnlyHeader(SheetRefused):
    """There are names of columns and nothing below."""

    @property
    def message(self) -> str:
        return gettext("Below the names of the columns there is no row.")


class DuplicateColumn(SheetRefused):
    """Two columns have one name, so nobody can say which is meant."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    @property
    def message(self) -> str:
        return gettext("Two columns are called “%(name)s”. Please name each differently.", name=self.name)
