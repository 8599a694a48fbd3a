"""The ways this room can say no."""

from collections.abc import Sequence
from datetime import datetime

from registration.core.clock import to_local
from registration.core.errors import NotFound, Refusal
from registration.core.i18n import gettext, ngettext, show_date, show_time
from registration.events.rules import SignUpState


class LinkNotFound(NotFound):
    """The link of an order or a person is not known, or was replaced."""

    @property
    def message(self) -> str:
        return gettext(
            "This link does not lead anywhere. Perhaps it was replaced by a newer one; the latest e-mail has it."
        )


class RegistrationNotFound(NotFound):
    """The event has no such registration."""

    @property
    def message(self) -> str:
        return gettext("There is no such registration here.")


class SignUpNotOpen(Refusal):
    """The event does not accept orders now."""

    def __init__(self, state: SignUpState, opens_at: datetime | None = None) -> None:
        super().__init__()
        self.state = state
        self.opens_at = opens_at

    @property
    def message(self) -> str:
        if self.state is SignUpState.CANCELLED:
            return gettext("This event is cancelled.")
        if self.state is SignUpState.NOT_YET and self.opens_at:
            opens_at = to_local(self.opens_at)
            return gettext("Sign-up opens on %(day)s at %(time)s.", day=show_date(opens_at), time=show_time(opens_at))
        if self.state is SignUpState.ELSEWHERE:
            return gettext("Sign-up for this event is on another website.")
        if self.state is SignUpState.INFO_ONLY:
            return gettext("This event is listed for information only; there is no sign-up.")
        if self.state is SignUpState.FULL:
            return gettext("All places are taken. If one becomes free, it will appear on the page of the event.")
        if self.state is SignUpState.OVER:
            return gettext("This event is over.")
        return gettext("Sign-up for this event is closed.")


class PeopleRefused(Refusal):
    """Something about some people of an order; `people` are their positions in it, from 0."""

    def __init__(self, people: Sequence[int] = ()) -> None:
        super().__init__()
        self.people = list(people)


class UnknownTicketType(PeopleRefused):
    """The event does not offer what was asked for."""

    @property
    def message(self) -> str:
        return gettext("The event does not offer this; please choose from the list.")


class TicketTypeFull(PeopleRefused):
    """There are fewer places left than the order needs, and it does not want to wait or cannot."""

    @property
    def message(self) -> str:
        return gettext(
            "There are not enough places left here. Nothing was sent; please choose something else or fewer people."
        )


class AlreadySignedUp(PeopleRefused):
    """A person of this name and e-mail address is in the event already."""

    @property
    def message(self) -> str:
        return gettext(
            "A person of this name with this e-mail address is already signed up here. "
            "The link to their registration can be sent again."
        )


class AlreadyComing(Refusal):
    """Somebody was to come instead of themselves."""

    @property
    def message(self) -> str:
        return gettext("This is who comes already; nothing has changed.")


class TwiceInOrder(PeopleRefused):
    """One person is in the order twice."""

    @property
    def message(self) -> str:
        return gettext("This person is in the form twice.")


class MembersOnly(PeopleRefused):
    """The ticket type is for people of member organisations."""

    @property
    def message(self) -> str:
        return gettext(
            "This is for people of member libraries only. "
            "Please choose your library from the list, or another ticket type."
        )


class InvitationNeeded(PeopleRefused):
    """The ticket type is for whoever holds its invitation."""

    @property
    def message(self) -> str:
        return gettext("This is by invitation only; please use the link from the invitation.")


class OrganisationLimitReached(Refusal):
    """More people of one organisation than the organizer lets in."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    @property
    def message(self) -> str:
        return ngettext(
            "Only %(num)d person of one organisation can take part.",
            "Only %(num)d people of one organisation can take part.",
            self.limit,
        )


class ChoiceFull(Refusal):
    """One of the limited answers is taken; `people` as in PeopleRefused, None for the order as a whole."""

    def __init__(self, code: str, label: str, people: Sequence[int | None]) -> None:
        super().__init__()
        self.code = code
        self.label = label
        self.people = list(people)

    @property
    def message(self) -> str:
        return gettext("“%(choice)s” is already full; please choose something else.", choice=self.label)


class OfferOver(Refusal):
    """The offered place was accepted, declined or given to somebody else before."""

    @property
    def message(self) -> str:
        return gettext("This offer of a place is over.")


class ChangesClosed(Refusal):
    """It is too late for people to change this themselves."""

    @property
    def message(self) -> str:
        return gettext("This can no longer be changed here. Please write to the organizer.")


class NotApplied(Refusal):
    """Nobody waits for approval here."""

    @property
    def message(self) -> str:
        return gettext("This has been decided already.")


class NoTicketYet(Refusal):
    """Whoever has no confirmed place has nothing to show at the door."""

    @property
    def message(self) -> str:
        return gettext("The QR code comes once the place is confirmed.")


class AlreadyCancelled(Refusal):
    """The place was given up before."""

    @property
    def message(self) -> str:
        return gettext("This place is already cancelled.")


class ReasonNeeded(Refusal):
    """More people are let in than there are places, and nobody said why."""

    @property
    def message(self) -> str:
        return gettext("Please say why more people are let in than there are places; it stays in the records.")


class NoteNotFound(NotFound):
    """The registration has no such note."""

    @property
    def message(self) -> str:
        return gettext("There is no such note here.")


class TagNotAWord(Refusal):
    """A tag is too long, or nothing at all."""

    def __init__(self, longest: int) -> None:
        super().__init__()
        self.longest = longest

    @property
    def message(self) -> str:
        return ngettext(
            "A tag is a word or a few, of at most %(num)d character.",
            "A tag is a word or a few, of at most %(num)d characters.",
            self.longest,
        )


class NobodyChosen(Refusal):
    """Something was to be done to nobody."""

    @property
    def message(self) -> str:
        return gettext("Nobody is chosen. Please tick some people in the list first.")


class TooManyAtOnce(Refusal):
    """So many people at once would keep everybody else waiting."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    @property
    def message(self) -> str:
        return ngettext(
            "This can be done to %(num)d person at once; please narrow the list down.",
            "This can be done to %(num)d people at once; please narrow the list down.",
            self.most,
        )


class BulkActionNotFound(NotFound):
    """The event has no such bulk action."""

    @property
    def message(self) -> str:
        return gettext("There is nothing here to take back.")


class CannotBeUndone(Refusal):
    """It was taken back before, or it is too late for that."""

    @property
    def message(self) -> str:
        return gettext("This can no longer be taken back: it is too late, or it has been done already.")


class ChangedMeanwhile(Refusal):
    """Somebody's registration is not as it was left, so that there is nothing to take back."""

    @property
    def message(self) -> str:
        return gettext("the registration has changed meanwhile")


class UnknownPlaceholder(Refusal):
    """A message to a group has a word in braces that nothing stands for."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    @property
    def message(self) -> str:
        return gettext("Nothing stands for {%(name)s}. Please choose one of the words listed below.", name=self.name)


class GroupMessageSent(Refusal):
    """A message to a group that is on its way cannot be changed any more."""

    @property
    def message(self) -> str:
        return gettext("This message has been sent already.")


class NobodyToWriteTo(Refusal):
    """Nobody belongs to the chosen group, or everybody in it has declined such messages."""

    @property
    def message(self) -> str:
        return gettext("Nobody would get this message. Please choose other people.")


class GroupMessageNotFound(NotFound):
    """There is no such message of this event."""

    @property
    def message(self) -> str:
        return gettext("There is no such message.")
