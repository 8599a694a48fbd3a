"""What the forms of the back office share: fields that read what people type, and what was stored meanwhile."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Self
from urllib.parse import urlsplit

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Field,
    Form,
    HiddenField,
    IntegerField,
    SelectFieldBase,
    StringField,
    TimeField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from registration.core.i18n import gettext, lazy_gettext, show_date, show_time
from registration.events.facts import Facts, fingerprint

MOST_PLACES = 100_000
DAYS = ["%Y-%m-%d", "%d. %m. %Y", "%d.%m.%Y"]
TIMES = ["%H:%M", "%H:%M:%S"]
MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d. %m. %Y %H:%M", "%d.%m.%Y %H:%M"]
TOO_LONG = lazy_gettext("This is too long.")
CHOOSE = lazy_gettext("Please choose one of these.")
_FIRST_YEAR, _LAST_YEAR = 2000, 2199
_DEAREST_HALER = 100_000_00
_PRICE = re.compile(r"[0-9]{1,3}(?:\s?[0-9]{3})*(?:[.,][0-9]{1,2})?|[0-9]+(?:[.,][0-9]{1,2})?")


def tidy(value: str | None) -> str:
    """Return the value without spaces around it and with single ones inside."""
    return " ".join((value or "").split())


def tidy_lines(value: str | None) -> str:
    """Return a text of several lines without spaces around it, its lines ended as on this machine."""
    return "\n".join((value or "").strip().splitlines())


def length(most: int) -> Length:
    """Refuse what is longer."""
    return Length(max=most, message=TOO_LONG)


def filled(sentence: str) -> InputRequired:
    """Refuse an empty box for a number or a day, with a sentence."""
    return InputRequired(sentence)


def worded(sentence: str) -> DataRequired:
    """Refuse a box without words, with a sentence; blanks are none."""
    return DataRequired(sentence)


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
    """A form of the back office. It carries what was stored when it was opened, as fingerprints.

    `seen` is that of the facts behind the form, `was` those of its fields.
    """

    seen = HiddenField()
    was = HiddenField()
    meanwhile: list[tuple[str, str, str]] | None = None  # (id, label, value) of what somebody else has stored

    def error_list(self) -> list[tuple[str, str]]:
        """Return (field id, sentence) of everything that is wrong, in the order of the page."""
        return [(field.id, f"{field.label.text}: {field.errors[0]}") for field in self if field.errors]

    def watching(self, facts: Facts) -> Self:
        """Note what the form was filled in with."""
        self.seen.data = fingerprint(facts)
        self.was.data = " ".join(f"{name}={mark}" for name, mark in self._marks().items())
        return self

    def compare(self, stored: "StaffForm") -> None:
        """Note beside each field what somebody else has stored in it meanwhile.

        Fields nobody has touched here take it over; sent once more, the form overwrites the others.
        """
        was = dict(pair.partition("=")[::2] for pair in (self.was.data or "").split())
        mine, theirs = self._marks(), stored._marks()
        self.meanwhile = []
        for name, field in self._fields.items():
            before = was.get(name)
            if name not in theirs or theirs[name] in {before, mine.get(name)}:
                continue
            other = stored._fields[name]
            if mine[name] == before:
                field.data, field.raw_data = other.data, None
            field.meanwhile = shown(other)
            self.meanwhile.append((field.id, str(field.label.text), field.meanwhile))
        self.seen.data, self.was.data = stored.seen.data, stored.was.data

    def _marks(self) -> dict[str, str]:
        """Return a short text for the value of each field that people see."""
        return {name: _mark(field.data) for name, field in self._fields.items() if not isinstance(field, HiddenField)}


def shown(field: Field) -> str:
    """Return the value of a field as people read it."""
    value = field.data
    if isinstance(field, BooleanField):
        return gettext("yes") if value else gettext("no")
    if isinstance(field, SelectFieldBase):
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(label for each, label in _offered(field) if each in chosen) or "–"
    if isinstance(value, datetime):
        return f"{show_date(value.date())} {show_time(value)}"
    if isinstance(value, date):
        return show_date(value)
    if isinstance(value, time):
        return show_time(value)
    return str(field._value() if hasattr(field, "_value") else value or "") or "–"


def _offered(field: SelectFieldBase) -> list[tuple[str, str]]:
    return [
        (each.value, str(each.label)) if isinstance(each, SelectChoice) else (each[0], str(each[1]))
        for each in field.choices or ()
    ]


def _mark(value: object) -> str:
    said = sorted(map(str, value)) if isinstance(value, list) else str(value or "")
    return fingerprint({"value": said})[:8]


class _Plainly:
    """Lets a field say in our own words that what was typed cannot be read."""

    complaint: str

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed."""
        try:
            super().process_formdata(valuelist)  # type: ignore[misc]  # of the field it is mixed into
        except ValueError:
            raise ValueError(self.complaint) from None


class NumberField(_Plainly, IntegerField):
    """A whole number."""

    complaint = lazy_gettext("Please enter a whole number.")


class DayField(_Plainly, DateField):
    """A day."""

    complaint = lazy_gettext("Please enter a date, for instance 2 April 2025 as 2. 4. 2025.")


class ClockField(_Plainly, TimeField):
    """A time of the day."""

    complaint = lazy_gettext("Please enter a time, for instance 9:00.")


class MomentField(_Plainly, DateTimeLocalField):
    """A day and a time."""

    complaint = lazy_gettext("Please enter a day and a time, for instance 2 April 2025 at nine as 2. 4. 2025 9:00.")


class PriceField(StringField):
    """A price in crowns, kept in haléře; empty is free of charge."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read `1500`, `1 500` or `1500,50`."""
        typed = tidy(valuelist[0] if valuelist else "").removesuffix("Kč").strip()
        self.data = 0
        if not typed:
            return
        try:
            crowns = Decimal("".join(typed.split()).replace(",", ".")) if _PRICE.fullmatch(typed) else Decimal("NaN")
            haler = crowns * 100
        except InvalidOperation:
            haler = Decimal("NaN")
        if haler.is_nan() or haler > _DEAREST_HALER:
            raise ValueError(gettext("Please enter a price in crowns, for instance 1500."))
        self.data = int(haler)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        crowns, rest = divmod(self.data or 0, 100)
        return f"{crowns},{rest:02}" if rest else str(crowns)
