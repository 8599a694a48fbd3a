"""The form that says what a certificate asks for, and what its paper is called."""

from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from wtforms import Form, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional, StopValidation

from registration.certificates.models import CertificateRule, PaperLanguage, PaperName
from registration.certificates.setting_rules import Terms, facts_of, terms_of
from registration.core.i18n import gettext, lazy_gettext, show_day, show_number
from registration.events.forms.base import NumberField, StaffForm, filled, length, tidy, tidy_lines, worded
from registration.events.models import Event

_MOST_SESSIONS = 1000
_MOST_HOURS = 1000

LANGUAGES = [
    SelectChoice(PaperLanguage.CZECH.value, lazy_gettext("Czech")),
    SelectChoice(PaperLanguage.ENGLISH.value, lazy_gettext("English")),
    SelectChoice(PaperLanguage.BOTH.value, lazy_gettext("Czech and English")),
]


class Enough(StrEnum):
    """In what it is said how much is enough."""

    ALL = "all"
    PARTS = "parts"
    HOURS = "hours"


class HoursField(StringField):
    """Hours as people write them, kept in minutes."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read `8` or `7,5`."""
        typed = tidy(valuelist[0] if valuelist else "")
        self.data = None
        if not typed:
            return
        try:
            minutes = Decimal(typed.replace(",", ".")) * 60
        except InvalidOperation:
            minutes = Decimal("NaN")
        if not (minutes.is_finite() and 0 <= minutes <= _MOST_HOURS * 60 and minutes == int(minutes)):
            raise ValueError(gettext("Please enter hours, for instance 8 or 7.5."))
        self.data = int(minutes)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return show_number(self.data / 60) if self.data else ""


def _if_parts(form: Form, field: NumberField) -> None:
    if form.enough.data == Enough.PARTS and field.data is None:
        raise StopValidation(None if field.errors else gettext("Please enter a whole number."))


def _if_hours(form: Form, field: HoursField) -> None:
    if form.enough.data == Enough.HOURS and not field.data:
        raise StopValidation(None if field.errors else gettext("Please enter hours, for instance 8 or 7.5."))


class RuleForm(StaffForm):
    """Which parts count, which must not be missed, how much is enough, and what the paper is called."""

    title = StringField(
        lazy_gettext("Programme as the paper names it"),
        [worded(lazy_gettext("Please enter the name.")), length(200)],
        filters=[tidy],
    )
    counting = SelectMultipleField(lazy_gettext("Parts that count"), validate_choice=False)
    required = SelectMultipleField(lazy_gettext("Parts that must not be missed"), validate_choice=False)
    enough = RadioField(
        lazy_gettext("How much is enough"),
        choices=[
            SelectChoice(Enough.ALL.value, lazy_gettext("all parts that count")),
            SelectChoice(Enough.PARTS.value, lazy_gettext("so many parts")),
            SelectChoice(Enough.HOURS.value, lazy_gettext("so many hours")),
        ],
        default=Enough.ALL.value,
    )
    minimum = NumberField(
        lazy_gettext("How many parts are enough"),
        [_if_parts, Optional(), NumberRange(1, _MOST_SESSIONS, lazy_gettext("Please enter a whole number."))],
    )
    minimum_minutes = HoursField(lazy_gettext("How many hours are enough"), [_if_hours])
    online_share = NumberField(
        lazy_gettext("Share of an online part in percent"),
        [
            filled(lazy_gettext("Please enter a whole number.")),
            NumberRange(1, 100, lazy_gettext("Please enter a number from 1 to 100.")),
        ],
    )
    paper_name = RadioField(
        lazy_gettext("Name of the paper"),
        choices=[
            SelectChoice(PaperName.AUTOMATIC.value, lazy_gettext("by the kind of the event")),
            SelectChoice(PaperName.CERTIFICATE.value, lazy_gettext("Certificate of attendance")),
            SelectChoice(PaperName.CONFIRMATION.value, lazy_gettext("Confirmation of attendance")),
        ],
    )
    language = RadioField(lazy_gettext("Language of the paper"), choices=LANGUAGES)
    title_english = StringField(lazy_gettext("Programme in English"), [length(200)], filters=[tidy])
    outcomes = TextAreaField(lazy_gettext("What one has learnt"), [length(500)], filters=[tidy_lines])

    @classmethod
    def sent(cls, event: Event) -> "RuleForm":
        """Return the form as it was sent."""
        return cls()._offering(event)

    @classmethod
    def new(cls, event: Event) -> "RuleForm":
        """Return the form for one more certificate, which asks for everything."""
        ids = [str(each.id) for each in event.sessions]
        filled_in = asdict(Terms()) | {"title": event.title, "counting": ids, "required": [], "minimum": len(ids) or 1}
        return cls(formdata=None, enough=Enough.ALL.value, **filled_in)._offering(event)

    @classmethod
    def of(cls, rule: CertificateRule) -> "RuleForm":
        """Return the form filled in with what holds now."""
        form = cls(
            formdata=None,
            title=rule.title,
            counting=[str(each.session_id) for each in rule.sessions],
            required=[str(each.session_id) for each in rule.sessions if each.is_required],
            enough=_enough(rule).value,
            minimum=rule.minimum_sessions,
            **asdict(terms_of(rule)),
        )
        return form._offering(rule.event).watching(facts_of(rule))

    def wanted(self) -> dict[str, Any]:
        """Return what the certificate shall ask for; of what was sent only parts of the event."""
        offered = {each.value for each in self.counting.choices}
        counting = {int(each) for each in self.counting.data or () if each in offered}
        required = {int(each) for each in self.required.data or () if each in offered}
        all_parts = len(counting | required) or 1
        enough = Enough(self.enough.data)
        return {
            "title": self.title.data,
            "counting": counting,
            "required": required,
            "minimum": {Enough.ALL: all_parts, Enough.PARTS: self.minimum.data, Enough.HOURS: 1}[enough],
            "terms": Terms(
                minimum_minutes=(self.minimum_minutes.data or 0) if enough is Enough.HOURS else 0,
                online_share=self.online_share.data,
                paper_name=PaperName(self.paper_name.data),
                language=PaperLanguage(self.language.data),
                title_english=self.title_english.data,
                outcomes=self.outcomes.data,
            ),
        }

    def _offering(self, event: Event) -> "RuleForm":
        for field in (self.counting, self.required):
            field.choices = [
                SelectChoice(str(each.id), f"{each.title} ({show_day(each.day)})") for each in event.sessions
            ]
        return self


def _enough(rule: CertificateRule) -> Enough:
    if rule.minimum_minutes:
        return Enough.HOURS
    return Enough.ALL if rule.minimum_sessions == len(rule.sessions) else Enough.PARTS
