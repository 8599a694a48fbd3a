"""When and where a part is held, and what it is worth."""

from datetime import datetime, timedelta
from typing import Any

from wtforms import Form, RadioField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import AnyOf, NumberRange, Optional

from registration.core.i18n import gettext, lazy_gettext
from registration.events import facts
from registration.events.forms.base import (
    CHOOSE,
    DAYS,
    MOST_PLACES,
    TIMES,
    ClockField,
    DayField,
    NumberField,
    StaffForm,
    filled,
    length,
    sensible_year,
    tidy,
    web_address,
    worded,
)
from registration.events.models import Event, Format, Session

MOST_MINUTES = 10_000
MOST_NIGHTS = 30


def _named_if_sent(_form: Form, field: StringField) -> None:
    if field.raw_data and not field.data:
        raise ValidationError(gettext("Please enter the name."))


class SessionForm(StaffForm):
    """When and where a session is held."""

    title = StringField(lazy_gettext("Name of the part"), [_named_if_sent, length(200)], filters=[tidy])
    day = DayField(
        lazy_gettext("Day"),
        [filled(lazy_gettext("Please enter the day.")), sensible_year],
        format=DAYS,
    )
    start = ClockField(lazy_gettext("Starts at"), [filled(lazy_gettext("Please enter the start."))], format=TIMES)
    end = ClockField(lazy_gettext("Ends at"), [filled(lazy_gettext("Please enter the end."))], format=TIMES)
    nights = NumberField(
        lazy_gettext("Ends how many days later"),
        [Optional(), NumberRange(0, MOST_NIGHTS, lazy_gettext("Please enter a number from 0 to 30."))],
    )
    venue = StringField(lazy_gettext("Venue"), [length(200)], filters=[tidy])
    join_url = StringField(lazy_gettext("Address of the online meeting"), [length(500), web_address], filters=[tidy])
    credited_minutes = NumberField(
        lazy_gettext("Minutes on the certificate"),
        [Optional(), NumberRange(0, MOST_MINUTES, lazy_gettext("Please enter a number from 0 to 10,000."))],
    )

    @classmethod
    def of(cls, session: Session) -> "SessionForm":
        """Return the form filled in with what holds now."""
        form = cls(
            formdata=None,
            title=session.title,
            day=session.day,
            start=session.start_time,
            end=session.end_time,
            nights=_nights(session),
            venue=session.venue,
            join_url=session.join_url or "",
            credited_minutes=session.credited_minutes,
        )
        return form.watching(facts.of_session(session))

    def change(self, session: Session) -> dict[str, Any]:
        """Return what the session shall be; what the form did not ask stays."""
        nights = _nights(session) if self.nights.data is None else self.nights.data
        return {
            "title": self.title.data or None,
            "starts_at": datetime.combine(self.day.data, self.start.data),
            "ends_at": datetime.combine(self.day.data + timedelta(days=nights), self.end.data),
            "venue": session.venue if session.is_online else self.venue.data,
            "join_url": (self.join_url.data or None) if session.is_online else session.join_url,
            "credited_minutes": self.credited_minutes.data,
        }


class NewSessionForm(SessionForm):
    """A part that is added."""

    title = StringField(
        lazy_gettext("Name of the part"),
        [worded(lazy_gettext("Please enter the name.")), length(200)],
        filters=[tidy],
    )
    format = RadioField(
        lazy_gettext("How people take part"),
        [AnyOf([each.value for each in Format], CHOOSE)],
        choices=[
            SelectChoice(Format.IN_PERSON.value, lazy_gettext("in person")),
            SelectChoice(Format.ONLINE.value, lazy_gettext("online")),
        ],
        default=Format.IN_PERSON.value,
        validate_choice=False,
    )
    capacity = NumberField(
        lazy_gettext("Places"),
        [Optional(), NumberRange(0, MOST_PLACES, lazy_gettext("Please enter a number from 0 to 100,000."))],
    )

    @classmethod
    def after(cls, event: Event) -> "NewSessionForm":
        """Return the form for a part on the event's last day, in the place of the part before."""
        last = event.sessions[-1] if event.sessions else None
        return cls(
            formdata=None,
            day=event.last_on,
            venue=last.venue if last else "",
            format=(last.format if last else Format.IN_PERSON).value,
        )

    def draft(self) -> dict[str, Any]:
        """Return what shall be added."""
        is_online = self.format.data == Format.ONLINE
        last_day = self.day.data + timedelta(days=self.nights.data or 0)
        return {
            "title": self.title.data,
            "format": Format(self.format.data),
            "starts_at": datetime.combine(self.day.data, self.start.data),
            "ends_at": datetime.combine(last_day, self.end.data),
            "venue": "" if is_online else self.venue.data,
            "join_url": (self.join_url.data or None) if is_online else None,
            "capacity": self.capacity.data,
            "credited_minutes": self.credited_minutes.data or 0,
        }


def _nights(session: Session) -> int:
    return (session.ends_at.date() - session.starts_at.date()).days
