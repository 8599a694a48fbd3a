"""The forms an organizer changes an event with: shape only; what is possible is the operations' to say."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional

from registration.core import clock
from registration.core.i18n import gettext, lazy_gettext, ngettext
from registration.events.models import Audience, Event, Session, TicketType, WaitingListMode

MOST_PLACES = 100_000
LONGEST_OFFER_HOURS = 14 * 24
MOST_OF_ONE_ORGANISATION = 1000
LONGEST_REASON = 500
_HOUR, _DAY = 60, 24 * 60
USUAL_REMINDERS = (7 * _DAY, 3 * _DAY, 2 * _DAY, _DAY, 3 * _HOUR, _HOUR, 15)  # minutes before a session
_FIRST_YEAR, _LAST_YEAR = 2000, 2199
_MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d. %m. %Y %H:%M", "%d.%m.%Y %H:%M"]
_AUDIENCE = "audience-"
_AUDIENCES = {
    Audience.EVERYONE: lazy_gettext("everyone"),
    Audience.MEMBERS: lazy_gettext("member libraries"),
    Audience.INVITED: lazy_gettext("whoever has the invitation link"),
    Audience.STUDENTS: lazy_gettext("students"),
}
_TOO_LONG = lazy_gettext("This is too long.")


def tidy(value: str | None) -> str:
    """Return the value without spaces around it and with single ones inside."""
    return " ".join((value or "").split())


def web_address(_form: Form, field: StringField) -> None:
    """Refuse what a browser could not be led to."""
    try:
        parts = urlsplit(field.data or "")
    except ValueError:  # square brackets that hold no IPv6 address
        parts = urlsplit("")
    if field.data and (parts.scheme not in {"http", "https"} or not parts.netloc):
        raise ValidationError(gettext("Please enter a whole address, beginning with https://."))


def sensible_year(_form: Form, field: DateField | DateTimeLocalField) -> None:
    """Refuse days that nobody means."""
    if field.data and not _FIRST_YEAR <= field.data.year <= _LAST_YEAR:
        raise ValidationError(gettext("Please check the year."))


class StaffForm(FlaskForm):
    """A form of the back office."""

    def error_list(self) -> list[tuple[str, str]]:
        """Return (field id, sentence) of everything that is wrong, in the order of the page."""
        return [(field.id, f"{field.label.text}: {field.errors[0]}") for field in self if field.errors]


class _Plainly:
    """Lets a field say in our own words that what was typed cannot be read."""

    complaint: str

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed."""
        try:
            super().process_formdata(valuelist)  # type: ignore[misc]  # of the field it is mixed into
        except ValueError:
            raise ValueError(self.complaint) from None


class _NumberField(_Plainly, IntegerField):
    complaint = lazy_gettext("Please enter a whole number.")


class _DateField(_Plainly, DateField):
    complaint = lazy_gettext("Please enter a date, for instance 2 April 2025 as 2. 4. 2025.")


class _TimeField(_Plainly, TimeField):
    complaint = lazy_gettext("Please enter a time, for instance 9:00.")


class _MomentField(_Plainly, DateTimeLocalField):
    complaint = lazy_gettext("Please enter a day and a time, for instance 2 April 2025 at nine as 2. 4. 2025 9:00.")


class CapacityForm(StaffForm):
    """How many places there are; empty means that nothing limits them."""

    capacity = _NumberField(
        lazy_gettext("Places"),
        [
            Optional(),
            NumberRange(0, MOST_PLACES, lazy_gettext("Please enter a number from 0 to 100,000.")),
        ],
    )


class SessionForm(StaffForm):
    """When and where a session is held."""

    day = _DateField(
        lazy_gettext("Day"),
        [InputRequired(lazy_gettext("Please enter the day.")), sensible_year],
        format=["%Y-%m-%d", "%d. %m. %Y", "%d.%m.%Y"],
    )
    start = _TimeField(
        lazy_gettext("Starts at"),
        [InputRequired(lazy_gettext("Please enter the start."))],
        format=["%H:%M", "%H:%M:%S"],
    )
    end = _TimeField(
        lazy_gettext("Ends at"), [InputRequired(lazy_gettext("Please enter the end."))], format=["%H:%M", "%H:%M:%S"]
    )
    venue = StringField(lazy_gettext("Venue"), [Length(max=200, message=_TOO_LONG)], filters=[tidy])
    join_url = StringField(
        lazy_gettext("Address of the online meeting"), [Length(max=500, message=_TOO_LONG), web_address], filters=[tidy]
    )

    @classmethod
    def of(cls, session: Session) -> "SessionForm":
        """Return the form filled in with what holds now."""
        return cls(
            formdata=None,
            day=session.day,
            start=session.start_time,
            end=session.end_time,
            venue=session.venue,
            join_url=session.join_url or "",
        )

    def change(self, session: Session) -> dict[str, Any]:
        """Return what the session shall be; one that ends some days later still does."""
        lasts = session.ends_at.date() - session.starts_at.date()
        return {
            "starts_at": datetime.combine(self.day.data, self.start.data),
            "ends_at": datetime.combine(self.day.data + lasts, self.end.data),
            "venue": session.venue if session.is_online else self.venue.data,
            "join_url": (self.join_url.data or None) if session.is_online else session.join_url,
        }


class SignUpRulesForm(StaffForm):
    """When sign-up is open, to whom, and who is let in; empty times mean that the event itself sets them."""

    opens_at = _MomentField(lazy_gettext("Sign-up opens"), [Optional(), sensible_year], format=_MOMENTS)
    closes_at = _MomentField(lazy_gettext("Sign-up closes"), [Optional(), sensible_year], format=_MOMENTS)
    changes_close_at = _MomentField(
        lazy_gettext("Answers can be changed until"), [Optional(), sensible_year], format=_MOMENTS
    )
    needs_approval = BooleanField(lazy_gettext("The organizer decides about each person"))
    organisation_limit = _NumberField(
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
        return cls.asking(
            event,
            formdata=None,
            opens_at=_wall_time(event.sign_up_opens_at),
            closes_at=_wall_time(event.sign_up_closes_at),
            changes_close_at=_wall_time(event.changes_close_at),
            needs_approval=event.needs_approval,
            organisation_limit=event.organisation_limit,
            **{f"{_AUDIENCE}{each.id}": each.audience.value for each in event.ticket_types},
        )

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
        [AnyOf([mode.value for mode in WaitingListMode], lazy_gettext("Please choose one of these."))],
        validate_choice=False,
    )
    offer_hours = _NumberField(
        lazy_gettext("Hours an offered place is held"),
        [
            InputRequired(lazy_gettext("Please enter a number from 1 to 336.")),
            NumberRange(1, LONGEST_OFFER_HOURS, lazy_gettext("Please enter a number from 1 to 336.")),
        ],
    )

    @classmethod
    def of(cls, event: Event) -> "WaitingListForm":
        """Return the form filled in with what holds now."""
        return cls(formdata=None, mode=event.waiting_list.value, offer_hours=event.offer_hours)


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
        return form

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

    reason = StringField(lazy_gettext("Reason"), [Length(max=LONGEST_REASON, message=_TOO_LONG)], filters=[tidy])


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
        [AnyOf([each.value for each in Audience], lazy_gettext("Please choose one of these."))],
        choices=[SelectChoice(audience.value, word) for audience, word in _AUDIENCES.items()],
        validate_choice=False,
    )


def _wall_time(instant: datetime | None) -> datetime | None:
    return clock.to_local(instant).replace(tzinfo=None) if instant else None


def _instant(wall_time: datetime | None) -> datetime | None:
    return clock.to_utc(wall_time) if wall_time else None
