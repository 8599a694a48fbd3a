"""The ways this room can say no."""

from registration.core.clock import to_local
from registration.core.errors import NotFound, Refusal
from registration.core.i18n import gettext, show_date, show_time
from registration.events.models import Event, Session, TicketType
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

    def __init__(self, event: Event, state: SignUpState) -> None:
        super().__init__()
        self.event = event
        self.state = state

    @property
    def message(self) -> str:
        if self.state is SignUpState.NOT_YET and self.event.sign_up_opens_at:
            opens_at = to_local(self.event.sign_up_opens_at)
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


class UnknownTicketType(Refusal):
    """The event does not offer what was asked for."""

    @property
    def message(self) -> str:
        return gettext("The event does not offer this; please choose from the list.")


class TicketTypeFull(Refusal):
    """There are fewer places left than the order needs."""

    def __init__(self, ticket_types: list[TicketType]) -> None:
        super().__init__()
        self.ticket_types = ticket_types

    @property
    def message(self) -> str:
        return gettext(
            "There are not enough places left here. Nothing was sent; please choose something else or fewer people."
        )


class MeetingClosed(Refusal):
    """The online session is not open for joining now."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    @property
    def message(self) -> str:
        return gettext(
            "You can join from half an hour before the start until the end: %(day)s, %(start)s–%(end)s.",
            day=show_date(self.session.day),
            start=show_time(self.session.start_time),
            end=show_time(self.session.end_time),
        )


class AlreadyCancelled(Refusal):
    """The place was given up before."""

    @property
    def message(self) -> str:
        return gettext("This place is already cancelled.")
