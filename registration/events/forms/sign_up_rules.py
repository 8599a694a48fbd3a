"""The forms that change how people sign up: places, times, the waiting list, reminders; and calling it all off."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional

from registration.core import clock
from registration.core.i18n import lazy_gettext, ngettext
from registration.events import facts
from registration.events.forms.base import (
    CHOOSE,
    MOMENTS,
    MOST_PLACES,
    TOO_LONG,
    MomentField,
    NumberField,
    StaffForm,
    sensible_year,
    tidy,
)
from registration.events.models import Audience, Event, QuestionChoice, Session, TicketType, WaitingListMode

LONGEST_OFFER_HOURS = 14 * 24
MOST_OF_ONE_ORGANISATION = 1000
LONGEST_REASON = 500
_HOUR, _DAY = 60, 24 * 60
USUAL_REMINDERS = (7 * _DAY, 3 * _DAY, 2 * _DAY, _DAY, 3 * _HOUR, _HOUR, 15)  # minutes before a session
_AUDIENCE = "audience-"
AUDIENCES = {
    Audience.EVERYONE: lazy_gettext("everyone"),
    Audience.MEMBERS: lazy_gettext("member libraries"),
    Audience.INVITED: lazy_gettext("whoever has the invitation link"),
    Audience.STUDENTS: lazy_gettext("students"),
}
WAITING_LIST_MODES = {
    WaitingListMode.CONFIRM: lazy_gettext("the first in line has it"),
    WaitingListMode.OFFER: lazy_gettext("the first in line is asked"),
    WaitingListMode.NONE: lazy_gettext("nobody waits"),
}


class CapacityForm(StaffForm):
    """How many places there are; empty means that nothing limits them."""

    capacity = NumberField(
        lazy_gettext("Places"),
        [
            Optional(),
            NumberRange(0, MOST_PLACES, lazy_gettext("Please enter a number from 0 to 100,000.")),
        ],
    )

    @classmethod
    def of(cls, counted: Session | TicketType | QuestionChoice, *, prefix: str) -> "CapacityForm":
        """Return the form filled in with what holds now."""
        form = cls(formdata=None, prefix=prefix, capacity=counted.capacity)
        form.watching(facts.of_capacity(counted))
        return form


class SignUpRulesForm(StaffForm):
    """When sign-up is open, to whom, and who is let in; empty times mean that the event itself sets them."""

    opens_at = MomentField(lazy_gettext("Sign-up opens"), [Optional(), sensible_year], format=MOMENTS)
    closes_at = MomentField(lazy_gettext("Sign-up closes"), [Optional(), sensible_year], format=MOMENTS)
    changes_close_at = MomentField(
        lazy_gettext("Answers can be changed until"), [Optional(), sensible_year], format=MOMENTS
    )
    needs_approval = BooleanField(lazy_gettext("The organizer decides about each person"))
    organisation_limit = NumberField(
        lazy_gettext("The most people of one organisation"),
        [
            Optional(),
            NumberRange(1, MOST_OF_ONE_ORGANISATION, lazy_gettext("Please enter a number from 1 to 1,000.")),
        ],
    )

    @classmethod
    def asking(cls, event: Event, **values: Any) -> "SignUpRulesForm":
        """Return the form as it was sent, with a box for each of the event's ticket types."""
        boxes = {f"{_AUDIENCE}{each.id}": _audience_field(each) for each in event.ticket_types}
        form: SignUpRulesForm = type(cls.__name__, (cls,), boxes)(**values)
        return form

    @classmethod
    def of(cls, event: Event) -> "SignUpRulesForm":
        """Return the form filled in with what holds now."""
        form = cls.asking(
            event,
            formdata=None,
            opens_at=_wall_time(event.sign_up_opens_at),
            closes_at=_wall_time(event.sign_up_closes_at),
            changes_close_at=_wall_time(event.changes_close_at),
            needs_approval=event.needs_approval,
            organisation_limit=event.organisation_limit,
            **{f"{_AUDIENCE}{each.id}": each.audience.value for each in event.ticket_types},
        )
        return form.watching(facts.of_sign_up_rules(event))

    @property
    def audiences(self) -> list[SelectField]:
        """Return the boxes of the ticket types."""
        return [field for field in self if field.name.startswith(_AUDIENCE)]

    def rules(self) -> dict[str, Any]:
        """Return what shall hold."""
        return {
            "opens_at": _instant(self.opens_at.data),
            "closes_at": _instant(self.closes_at.data),
            "changes_close_at": _instant(self.changes_close_at.data),
            "needs_approval": self.needs_approval.data,
            "organisation_limit": self.organisation_limit.data,
            "audiences": {int(field.name.removeprefix(_AUDIENCE)): Audience(field.data) for field in self.audiences},
        }


class WaitingListForm(StaffForm):
    """What happens when a place becomes free."""

    mode = RadioField(
        lazy_gettext("When a place becomes free"),
        [AnyOf([mode.value for mode in WaitingListMode], CHOOSE)],
        validate_choice=False,
    )
    offer_hours = NumberField(
        lazy_gettext("Hours an offered place is held"),
        [
            InputRequired(lazy_gettext("Please enter a number from 1 to 336.")),
            NumberRange(1, LONGEST_OFFER_HOURS, lazy_gettext("Please enter a number from 1 to 336.")),
        ],
    )

    @classmethod
    def of(cls, event: Event) -> "WaitingListForm":
        """Return the form filled in with what holds now."""
        form = cls(formdata=None, mode=event.waiting_list.value, offer_hours=event.offer_hours)
        form.mode.choices = [(mode.value, word) for mode, word in WAITING_LIST_MODES.items()]
        return form.watching(facts.of_waiting_list(event))


class RemindersForm(StaffForm):
    """How long before a session people are reminded; times that are in force already can be kept."""

    in_person = SelectMultipleField(lazy_gettext("Before parts in person"), validate_choice=False)
    online = SelectMultipleField(lazy_gettext("Before online parts"), validate_choice=False)

    @classmethod
    def of(cls, event: Event) -> "RemindersForm":
        """Return the form filled in with what holds now."""
        current = {"in_person": event.reminders_in_person, "online": event.reminders_online}
        form = cls(formdata=None, **{name: list(map(str, minutes)) for name, minutes in current.items()})
        form.offer(**current)
        return form.watching(facts.of_reminders(event))

    def offer(self, *, in_person: Iterable[int], online: Iterable[int]) -> None:
        """Fill in the choice: the usual times and those in force."""
        for field, current in ((self.in_person, in_person), (self.online, online)):
            field.choices = [
                (str(minutes), before(minutes)) for minutes in sorted({*USUAL_REMINDERS, *current}, reverse=True)
            ]

    def minutes(self) -> dict[str, list[int]]:
        """Return what was chosen of what was offered."""
        return {
            field.name: [int(value) for value, _label in field.choices if value in (field.data or ())]
            for field in (self.in_person, self.online)
        }


class CancellationForm(StaffForm):
    """Why an event does not take place; people are told."""

    reason = StringField(lazy_gettext("Reason"), [Length(max=LONGEST_REASON, message=TOO_LONG)], filters=[tidy])


def before(minutes: int) -> str:
    """Return how long before something: `3 days before`."""
    if minutes % _DAY == 0:
        return ngettext("%(num)d day before", "%(num)d days before", minutes // _DAY)
    if minutes % _HOUR == 0:
        return ngettext("%(num)d hour before", "%(num)d hours before", minutes // _HOUR)
    return ngettext("%(num)d minute before", "%(num)d minutes before", minutes)


def _audience_field(ticket_type: TicketType) -> SelectField:
    return SelectField(
        ticket_type.title,
        [AnyOf([each.value for each in Audience], CHOOSE)],
        choices=[SelectChoice(audience.value, word) for audience, word in AUDIENCES.items()],
        validate_choice=False,
    )


def _wall_time(instant: datetime | None) -> datetime | None:
    return clock.to_local(instant).replace(tzinfo=None) if instant else None


def _instant(wall_time: datetime | None) -> datetime | None:
    return clock.to_utc(wall_time) if wall_time else None
