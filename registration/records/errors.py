"""The ways this room can say no."""

from http import HTTPStatus

from registration.core.errors import NotFound, Refusal
from registration.core.i18n import gettext, ngettext
from registration.records import rules


class RecordNotFound(NotFound):
    """The link of a library is not known, was replaced, or leads to a duplicate."""

    @property
    def message(self) -> str:
        return gettext("This link does not lead anywhere. A new one can be sent to the library.")


class LineNotFound(NotFound):
    """The person has declared no such training."""

    @property
    def message(self) -> str:
        return gettext("This training is not in the record any more.")


class NotConfirmed(Refusal):
    """Only who has, or had, a place at an event has a record to add to."""

    @property
    def message(self) -> str:
        return gettext("Training elsewhere can be added by people who have a place at an event.")


class NotYet(Refusal):
    """The training is still ahead."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    @property
    def message(self) -> str:
        return gettext("This day is still ahead.")


class TooLongAgo(Refusal):
    """The training was so long ago that it would not be kept."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    @property
    def message(self) -> str:
        return ngettext(
            "Only training of this year and of %(num)d year before it is kept.",
            "Only training of this year and of %(num)d years before it is kept.",
            rules.KEPT_YEARS,
        )


class TooManyLines(Refusal):
    """The person has declared as much as anybody may in one year."""

    @property
    def message(self) -> str:
        return ngettext(
            "At most %(num)d training can be added in one year.",
            "At most %(num)d trainings can be added in one year.",
            rules.MOST_LINES,
        )


class NoAddress(Refusal):
    """The directory has no e-mail address of the library."""

    @property
    def message(self) -> str:
        return gettext("The directory has no e-mail address of this library.")
