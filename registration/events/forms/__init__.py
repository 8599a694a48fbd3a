"""The forms an organizer changes an event with: shape only; what is possible is the operations' to say."""

from registration.events.forms.base import StaffForm
from registration.events.forms.event import BasicsForm, CopyForm, CreationForm, PictureForm, PublicationForm
from registration.events.forms.questions import QUESTION_KINDS, QuestionForm
from registration.events.forms.sessions import NewSessionForm, SessionForm
from registration.events.forms.sign_up_rules import (
    CancellationForm,
    CapacityForm,
    RemindersForm,
    SignUpRulesForm,
    WaitingListForm,
    before,
)
from registration.events.forms.ticket_types import TicketTypeForm

__all__ = [
    "QUESTION_KINDS", "BasicsForm", "CancellationForm", "CapacityForm", "CopyForm", "CreationForm",
    "NewSessionForm", "PictureForm", "PublicationForm", "QuestionForm", "RemindersForm", "SessionForm",
    "SignUpRulesForm", "StaffForm", "TicketTypeForm", "WaitingListForm", "before",
]  # fmt: skip
