"""The ways an import can say no."""

from http import HTTPStatus

from registration.core.errors import NotFound, Refusal
from registration.core.i18n import gettext


class ImportNotFound(NotFound):
    """The event has no such import; perhaps its day has passed."""

    @property
    def message(self) -> str:
        return gettext("This import is no longer here; a file waits for a day. Please send it again.")


class ImportFinished(Refusal):
    """The people of this file were imported before."""

    @property
    def message(self) -> str:
        return gettext("This file has been imported already.")


class ImportChanged(Refusal):
    """Between the preview and the confirmation it has changed who can be imported."""

    @property
    def message(self) -> str:
        return gettext(
            "Something has changed meanwhile, so nobody has been imported yet. Please look at the preview again."
        )


class NothingToSignUpFor(Refusal):
    """The event has no ticket types, so nobody can be put anywhere."""

    @property
    def message(self) -> str:
        return gettext("The event has no ticket type yet; people can be imported once it has one.")


class ColumnsRefused(Refusal):
    """What was said about the columns does not make people; `column` is what it is about."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column


class ColumnTwice(ColumnsRefused):
    """Two columns cannot mean the same."""

    @property
    def message(self) -> str:
        return gettext("Two columns mean the same. Please leave one of them out.")


class ColumnsMissing(ColumnsRefused):
    """Without a name and an e-mail address there is nobody."""

    @property
    def message(self) -> str:
        if self.column == "email":
            return gettext("Please choose the column with e-mail addresses.")
        return gettext("Please choose the columns with names: given name and surname, or both in one.")
