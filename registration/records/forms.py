"""The forms of training records: shape only; whether a day is possible operations say."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, Form, IntegerField, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, NumberRange

from registration.core.i18n import gettext, lazy_gettext
from registration.records import rules
from registration.records.models import TrainingSettings
from registration.signups.forms.fields import at_most, name_field, plain_words, tidy

_MOST_HOURS_A_YEAR = 1000


def hours_of_training(_form: Form, field: StringField) -> None:
    """Refuse what is no number of hours."""
    try:
        rules.read_hours(field.data or "")
    except ValueError:
        raise ValidationError(gettext("Please enter hours as a number, for instance 1.5.")) from None


class _ListingForm(FlaskForm):
    """A form that can list what is wrong with it."""

    def error_list(self) -> list[tuple[str, str]]:
        """Return (field id, sentence) of everything that is wrong, in the order of the page."""
        return [(field.id, f"{field.label.text}: {field.errors[0]}") for field in self if field.errors]


class DeclarationForm(_ListingForm):
    """What somebody attended elsewhere. It rides on no cookie, so it has no CSRF token."""

    class Meta:
        csrf = False

    title = name_field(
        lazy_gettext("Training"), lazy_gettext("Please enter what the training was called."), longest=200
    )
    organizer = name_field(lazy_gettext("Organizer"), lazy_gettext("Please enter who organized it."), longest=200)
    held_on = DateField(lazy_gettext("Day"), [DataRequired(lazy_gettext("Please enter a day."))])
    hours = StringField(
        lazy_gettext("Number of hours"), [DataRequired(lazy_gettext("Please enter the hours.")), hours_of_training]
    )

    def wanted(self) -> dict[str, Any]:
        """Return what was filled in."""
        return {
            "title": self.title.data,
            "organizer": self.organizer.data,
            "held_on": self.held_on.data,
            "minutes": rules.read_hours(self.hours.data),
        }


class AskingForm(_ListingForm):
    """Which library the link is to be sent to."""

    class Meta:
        csrf = False

    organisation = StringField(
        lazy_gettext("Library"),
        [DataRequired(lazy_gettext("Please enter the library.")), at_most(200), plain_words],
        filters=[tidy],
    )


def _hours_field(label: str) -> IntegerField:
    wrong = lazy_gettext("Please enter whole hours from 1 to 1000.")
    checks = [InputRequired(wrong), NumberRange(min=1, max=_MOST_HOURS_A_YEAR, message=wrong)]
    return IntegerField(label, checks)


def _label_field(label: str) -> StringField:
    return StringField(label, [at_most(200), plain_words], filters=[tidy])


class SettingsForm(_ListingForm):
    """What the yearly form asks for."""

    threshold_hours = _hours_field(lazy_gettext("Threshold in hours"))
    small_threshold_hours = _hours_field(lazy_gettext("Threshold of small libraries"))
    people_label = _label_field(lazy_gettext("Wording of the row with people"))
    hours_label = _label_field(lazy_gettext("Wording of the row with hours"))
    reached_label = _label_field(lazy_gettext("Wording of the row with people who reached the threshold"))

    @classmethod
    def of(cls, settings: TrainingSettings) -> "SettingsForm":
        """Return the form as it is filled in now."""
        return cls(obj=settings)

    def wanted(self) -> dict[str, Any]:
        """Return what was filled in."""
        return {
            "threshold_hours": self.threshold_hours.data,
            "small_threshold_hours": self.small_threshold_hours.data,
            "labels": [field.data or "" for field in (self.people_label, self.hours_label, self.reached_label)],
        }
