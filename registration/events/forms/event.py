"""The event itself: how it begins, what it is called, what its page says, who sees it, its picture."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import Form, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import AnyOf, NumberRange, Regexp

from registration.core.i18n import gettext, lazy_gettext
from registration.events import facts
from registration.events.forms.base import (
    CHOOSE,
    DAYS,
    DayField,
    NumberField,
    StaffForm,
    filled,
    length,
    sensible_year,
    tidy,
    tidy_lines,
    web_address,
    worded,
)
from registration.events.models import Event, EventKind, Picture, SignUp, Visibility

LONGEST_DESCRIPTION = 20_000
MOST_WEEKS = 520
_NAME = lazy_gettext("Please enter the name.")

KINDS = {
    EventKind.MEETING: lazy_gettext("meeting"),
    EventKind.PROGRAMME: lazy_gettext("training programme"),
    EventKind.WORKSHOP: lazy_gettext("workshop"),
    EventKind.CONFERENCE: lazy_gettext("conference"),
    EventKind.ASSEMBLY: lazy_gettext("general assembly"),
}
SIGN_UPS = {
    SignUp.HERE: lazy_gettext("here"),
    SignUp.ELSEWHERE: lazy_gettext("on another website"),
    SignUp.INFO_ONLY: lazy_gettext("nowhere, the event is for information only"),
}
VISIBILITIES = {
    Visibility.LISTED: lazy_gettext("everyone finds it in the programme"),
    Visibility.LINK_ONLY: lazy_gettext("only whoever has its address; it is not in the programme, calendar or feed"),
    Visibility.MEMBERS: lazy_gettext("everyone finds it with a mark; only people of member libraries sign up"),
}


def _not_reserved(_form: Form, field: StringField) -> None:
    if field.data == "nova":
        raise ValidationError(gettext("This word cannot be an address; please choose another."))


class CreationForm(StaffForm):
    """What a new event cannot be made without."""

    title = StringField(lazy_gettext("Name of the event"), [worded(_NAME), length(200)], filters=[tidy])
    first_on = DayField(
        lazy_gettext("First day"), [filled(lazy_gettext("Please enter the day.")), sensible_year], format=DAYS
    )
    city = StringField(lazy_gettext("Town"), [length(100)], filters=[tidy])
    platform = StringField(lazy_gettext("Where online"), [length(100)], filters=[tidy])

    def draft(self) -> dict[str, Any]:
        """Return what the event begins with."""
        return {
            "title": self.title.data,
            "first_on": self.first_on.data,
            "city": self.city.data,
            "platform": self.platform.data,
        }


class CopyForm(StaffForm):
    """How much later the same event is held again."""

    title = StringField(lazy_gettext("Name of the event"), [worded(_NAME), length(200)], filters=[tidy])
    weeks = NumberField(
        lazy_gettext("How many weeks later"),
        [
            filled(lazy_gettext("Please enter a number from 1 to 520.")),
            NumberRange(1, MOST_WEEKS, lazy_gettext("Please enter a number from 1 to 520.")),
        ],
    )


class BasicsForm(StaffForm):
    """What an event is called, where it is, what its page says."""

    title = StringField(lazy_gettext("Name of the event"), [worded(_NAME), length(200)], filters=[tidy])
    kind = SelectField(
        lazy_gettext("Kind"),
        [AnyOf([each.value for each in EventKind], CHOOSE)],
        choices=[SelectChoice(kind.value, word) for kind, word in KINDS.items()],
        validate_choice=False,
    )
    slug = StringField(
        lazy_gettext("Address of the page"),
        [
            worded(lazy_gettext("Please enter the address.")),
            length(120),
            Regexp(
                r"[a-z0-9]+(-[a-z0-9]+)*\Z",
                message=lazy_gettext("Please use small letters without accents, digits and hyphens only."),
            ),
            _not_reserved,
        ],
        filters=[tidy],
    )
    code = StringField(
        lazy_gettext("Mark"),
        [
            worded(lazy_gettext("Please enter one to eight letters or digits.")),
            Regexp(r"[A-Z0-9]{1,8}\Z", message=lazy_gettext("Please enter one to eight letters or digits.")),
        ],
        filters=[tidy, str.upper],
    )
    lead = TextAreaField(lazy_gettext("One or two sentences under the name"), [length(1000)], filters=[tidy])
    description = TextAreaField(lazy_gettext("Text of the page"), [length(LONGEST_DESCRIPTION)], filters=[tidy_lines])
    city = StringField(lazy_gettext("Town"), [length(100)], filters=[tidy])
    platform = StringField(lazy_gettext("Where online"), [length(100)], filters=[tidy])
    sign_up = RadioField(
        lazy_gettext("Where people sign up"),
        [AnyOf([each.value for each in SignUp], CHOOSE)],
        choices=[SelectChoice(each.value, word) for each, word in SIGN_UPS.items()],
        validate_choice=False,
    )
    external_url = StringField(lazy_gettext("Address where people sign up"), [length(500), web_address], filters=[tidy])

    @classmethod
    def of(cls, event: Event) -> "BasicsForm":
        """Return the form filled in with what holds now."""
        form = cls(
            formdata=None,
            title=event.title,
            kind=event.kind.value,
            slug=event.slug,
            code=event.code,
            lead=event.lead,
            description=event.description,
            city=event.city,
            platform=event.platform,
            sign_up=event.sign_up.value,
            external_url=event.external_url or "",
        )
        return form.watching(facts.of_basics(event))

    def change(self) -> dict[str, Any]:
        """Return what the event shall be."""
        return {
            "title": self.title.data,
            "kind": EventKind(self.kind.data),
            "slug": self.slug.data,
            "code": self.code.data,
            "lead": self.lead.data,
            "description": self.description.data,
            "city": self.city.data,
            "platform": self.platform.data,
            "sign_up": SignUp(self.sign_up.data),
            "external_url": self.external_url.data or None,
        }


class PublicationForm(StaffForm):
    """Who sees an event."""

    visibility = RadioField(
        lazy_gettext("Who sees the event"),
        [AnyOf([each.value for each in Visibility], CHOOSE)],
        choices=[SelectChoice(each.value, word) for each, word in VISIBILITIES.items()],
        validate_choice=False,
    )

    @classmethod
    def of(cls, event: Event) -> "PublicationForm":
        """Return the form filled in with what holds now."""
        form = cls(formdata=None, visibility=event.visibility.value)
        return form.watching(facts.of_publication(event))


class PictureForm(StaffForm):
    """A picture and what it shows; without a file only the words change."""

    picture = FileField(lazy_gettext("Picture"))
    alt = StringField(
        lazy_gettext("What the picture shows"),
        [worded(lazy_gettext("Please say what the picture shows.")), length(300)],
        filters=[tidy],
    )

    @classmethod
    def of(cls, picture: Picture | None) -> "PictureForm":
        """Return the form filled in with what holds now."""
        return cls(formdata=None, alt=picture.alt if picture else "")
