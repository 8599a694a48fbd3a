"""The ways this room can say no."""

from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING

from registration.core.errors import NotFound, Refusal
from registration.core.i18n import gettext, ngettext

if TYPE_CHECKING:
    from registration.events.questions import Asked


class EventNotFound(NotFound):
    """No such event, or not published."""

    @property
    def message(self) -> str:
        return gettext("There is no such event here.")


class CapacityBelowTaken(Refusal):
    """More places are taken than there would be."""

    def __init__(self, taken: int) -> None:
        super().__init__()
        self.taken = taken

    @property
    def message(self) -> str:
        return ngettext(
            "%(num)d place is already taken; there cannot be fewer.",
            "%(num)d places are already taken; there cannot be fewer.",
            self.taken,
        )


class EventAlreadyCancelled(Refusal):
    """The event was called off before."""

    @property
    def message(self) -> str:
        return gettext("This event is already cancelled.")


class EventHasBegun(Refusal):
    """Part of the event is behind us, so that it cannot be called off as a whole."""

    @property
    def message(self) -> str:
        return gettext("This event has already begun; it can no longer be cancelled as a whole.")


class SessionEndsBeforeStart(Refusal):
    """A session would end before it starts, or the very moment."""

    @property
    def message(self) -> str:
        return gettext("The end has to be later than the start.")


class SignUpClosesBeforeOpening(Refusal):
    """Sign-up would close before it opens, or the very moment, so that nobody could ever sign up."""

    @property
    def message(self) -> str:
        return gettext("Sign-up has to close later than it opens; if this is left empty, it closes at the start.")


class PeopleAreWaiting(Refusal):
    """A waiting list cannot be closed over the heads of those in it."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    @property
    def message(self) -> str:
        return ngettext(
            "%(num)d person is waiting; the waiting list can be closed once nobody is.",
            "%(num)d people are waiting; the waiting list can be closed once nobody is.",
            self.count,
        )


class AnswerFault(StrEnum):
    """What is wrong with an answer."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    NOT_OFFERED = "not_offered"
    NOT_A_NUMBER = "not_a_number"
    TOO_LARGE = "too_large"
    NOT_A_DATE = "not_a_date"


class AnswerRefused(Refusal):
    """What was sent for a question cannot be its answer."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, question: "Asked", fault: AnswerFault) -> None:
        super().__init__()
        self.question = question
        self.fault = fault

    @property
    def message(self) -> str:
        if self.fault is AnswerFault.TOO_LONG:
            return gettext("This is too long; at most %(number)d characters fit here.", number=self.question.longest)
        return {
            AnswerFault.MISSING: gettext("Please answer this question."),
            AnswerFault.NOT_OFFERED: gettext("This answer is not on offer; please choose from the list."),
            AnswerFault.NOT_A_NUMBER: gettext("Please enter a number, for instance 3 or 2.5."),
            AnswerFault.TOO_LARGE: gettext("This number is too large."),
            AnswerFault.NOT_A_DATE: gettext("Please enter a date, for instance 2 April 2025 as 2. 4. 2025."),
        }[self.fault]
