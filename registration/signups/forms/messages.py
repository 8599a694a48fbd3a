"""What an organizer fills in to write to a group: to whom, what for, and the words."""

from collections.abc import Mapping
from typing import Any

from wtforms import RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from registration.core.i18n import lazy_gettext
from registration.events.forms.base import StaffForm
from registration.signups.errors import UnknownPlaceholder
from registration.signups.forms.fields import tidy
from registration.signups.messaging import GroupMessage, GroupMessageKind

LONGEST_SUBJECT = 150
LONGEST_BODY = 20_000
_TOO_LONG = lazy_gettext("This is too long.")


def tidy_text(value: str | None) -> str | None:
    """Return a text with line ends as we keep them, and none around it."""
    return value.replace("\r\n", "\n").strip() if value else value


class GroupMessageForm(StaffForm):
    """A message to a group; the group itself is a `Filter`."""

    kind = RadioField(
        lazy_gettext("What it is"),
        choices=[
            SelectChoice(GroupMessageKind.INFORMATION.value, lazy_gettext("Information about the event")),
            SelectChoice(GroupMessageKind.INVITATION.value, lazy_gettext("Invitation to something else")),
        ],
        default=GroupMessageKind.INFORMATION.value,
    )
    subject = StringField(
        lazy_gettext("Subject"),
        [DataRequired(lazy_gettext("Please write a subject.")), Length(max=LONGEST_SUBJECT, message=_TOO_LONG)],
        filters=[tidy],
    )
    body = TextAreaField(
        lazy_gettext("Text"),
        [DataRequired(lazy_gettext("Please write the text.")), Length(max=LONGEST_BODY, message=_TOO_LONG)],
        filters=[tidy_text],
    )

    @property
    def values(self) -> dict[str, Any]:
        """Return what an operation needs of it."""
        return {"kind": GroupMessageKind(self.kind.data), "subject": self.subject.data, "body": self.body.data}

    def show_refusal(self, refusal: UnknownPlaceholder) -> None:
        """Put a refusal beside the field that it is about."""
        is_in_subject = f"{{{refusal.name}}}" in (self.subject.data or "")
        field = self.subject if is_in_subject else self.body
        field.errors = [*field.errors, refusal.message]


def form_of(message: GroupMessage) -> GroupMessageForm:
    """Return the form of a draft, filled in."""
    return GroupMessageForm(obj=message)


def kind_of(sent: Mapping[str, str], name: str = "kind") -> GroupMessageKind:
    """Return the kind a form asks for; what cannot be read is information."""
    return next((each for each in GroupMessageKind if each == sent.get(name)), GroupMessageKind.INFORMATION)
