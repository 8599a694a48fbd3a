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


class TicketTypeNotFound(NotFound):
    """The event has no such ticket type."""

    @property
    def message(self) -> str:
        return gettext("The event has no such ticket type.")


class QuestionNotFound(NotFound):
    """The event asks no such question."""

    @property
    def message(self) -> str:
        return gettext("The event asks no such question.")


class PictureNotFound(NotFound):
    """The event has no picture."""

    @property
    def message(self) -> str:
        return gettext("The event has no picture.")


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


class ChangedMeanwhile(Refusal):
    """Somebody else has stored other values since the form was opened."""

    @property
    def message(self) -> str:
        return gettext("Somebody else has changed this meanwhile. Please compare, and send it once more.")


class SlugTaken(Refusal):
    """Another event has this address, or once had it."""

    @property
    def message(self) -> str:
        return gettext("Another event has this address, or had it before; please choose a different one.")


class CodeTaken(Refusal):
    """Another event of the year has this shelf mark."""

    @property
    def message(self) -> str:
        return gettext("Another event of the same year has this mark; please choose a different one.")


class NotReady(Refusal):
    """An event lacks what its page cannot do without."""

    @property
    def message(self) -> str:
        return gettext("The event cannot be published yet: it needs a part, and a ticket type that admits to one.")


class AddressMissing(Refusal):
    """People shall sign up elsewhere, but nobody has said where."""

    @property
    def message(self) -> str:
        return gettext("Please enter where people sign up.")


class PeopleSignedUp(Refusal):
    """An event with people cannot become a draft again: they have its address."""

    @property
    def message(self) -> str:
        return gettext("Somebody has signed up already, so the page has to stay; the event can be cancelled.")


class OpenToOthers(Refusal):
    """An event for members would let in others too."""

    @property
    def message(self) -> str:
        return gettext("This event is for members: its ticket types can be for member libraries or by invitation.")


class NoSessions(Refusal):
    """A ticket type would admit to nothing."""

    @property
    def message(self) -> str:
        return gettext("Please choose at least one part.")


class PartsPromised(Refusal):
    """Somebody has signed up for a part that would be taken from their ticket type."""

    @property
    def message(self) -> str:
        return gettext(
            "Somebody has signed up for this ticket type, so parts can only be added to it. "
            "Make a new ticket type and move the people there."
        )


class NotEnoughPlaces(Refusal):
    """Those who hold a place in a ticket type do not all fit into a part that would be added to it."""

    def __init__(self, session: str, *, free: int, needed: int) -> None:
        super().__init__()
        self.session = session
        self.free = free
        self.needed = needed

    @property
    def message(self) -> str:
        return ngettext(
            "%(num)d person has a place in this ticket type, but “%(session)s” has only %(free)d free.",
            "%(num)d people have a place in this ticket type, but “%(session)s” has only %(free)d free.",
            self.needed,
            session=self.session,
            free=self.free,
        )


class SomebodySignedUp(Refusal):
    """A part or a ticket type is in somebody's registration."""

    @property
    def message(self) -> str:
        return gettext("Somebody has signed up for this, perhaps has cancelled since; it cannot be taken away.")


class CertificateCountsIt(Refusal):
    """A certificate asks for a part."""

    @property
    def message(self) -> str:
        return gettext("A certificate counts this part; please change the certificate first.")


class SpeakerTeachesIt(Refusal):
    """A speaker is written down for a part."""

    @property
    def message(self) -> str:
        return gettext("A speaker teaches in this part; please change or remove the speaker first.")


class AnswersGiven(Refusal):
    """Somebody has answered a question."""

    @property
    def message(self) -> str:
        return gettext(
            "Somebody has answered already: the question can be reworded and get more answers to choose from."
        )


class QuestionLeadsToAnother(Refusal):
    """Another question is asked only after this one."""

    @property
    def message(self) -> str:
        return gettext("Another question depends on the answer to this one and has to stand behind it.")


class NoChoices(Refusal):
    """There is nothing to choose from."""

    @property
    def message(self) -> str:
        return gettext("Please enter at least one answer to choose from.")


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
