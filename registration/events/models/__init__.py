"""What is offered: events, their sessions, the ticket types people sign up for, the questions they are asked."""

from registration.events.models.event import REMINDERS_IN_PERSON, REMINDERS_ONLINE, Event, OldSlug, Picture
from registration.events.models.parts import Session, TicketType, ticket_type_session
from registration.events.models.questions import Question, QuestionChoice
from registration.events.models.words import (
    Audience,
    EventKind,
    Format,
    QuestionKind,
    QuestionScope,
    SignUp,
    Visibility,
    WaitingListMode,
)

__all__ = [
    "REMINDERS_IN_PERSON", "REMINDERS_ONLINE", "Audience", "Event", "EventKind", "Format", "OldSlug", "Picture",
    "Question", "QuestionChoice", "QuestionKind", "QuestionScope", "Session", "SignUp", "TicketType", "Visibility",
    "WaitingListMode", "ticket_type_session",
]  # fmt: skip
