"""The form that says who teaches."""

from wtforms import RadioField, StringField
from wtforms.validators import NumberRange, Optional

from registration.certificates.forms.rules import LANGUAGES
from registration.certificates.models import PaperLanguage, Speaker
from registration.certificates.speaking import Teaching
from registration.core.i18n import lazy_gettext, show_day
from registration.events.forms.base import NumberField, StaffForm, length, worded
from registration.events.forms.sessions import MOST_MINUTES
from registration.events.models import Event, Session
from registration.signups.forms.fields import LONGEST_EMAIL, at_most, email_address, plain_words, tidy

_TAUGHT = "minut-"  # and the id of a session


class SpeakerForm(StaffForm):
    """Who teaches, and how long in which part."""

    name = StringField(
        lazy_gettext("Name with titles"),
        [worded(lazy_gettext("Please enter the name.")), length(200), plain_words],
        filters=[tidy],
    )
    organisation = StringField(lazy_gettext("Organisation"), [length(200), plain_words], filters=[tidy])
    email = StringField(lazy_gettext("E-mail"), [Optional(), at_most(LONGEST_EMAIL), email_address], filters=[tidy])
    language = RadioField(lazy_gettext("Language of the paper"), choices=LANGUAGES)

    @classmethod
    def asking(cls, event: Event) -> type["SpeakerForm"]:
        """Return the form with a box for the minutes of each part; an empty one is of a part they do not teach."""
        boxes = {f"{_TAUGHT}{each.id}": _minutes_of(each) for each in event.sessions}
        return type("SpeakerFormOfEvent", (cls,), boxes)

    @classmethod
    def new(cls, event: Event) -> "SpeakerForm":
        """Return the empty form."""
        return cls.asking(event)(formdata=None, language=PaperLanguage.CZECH.value)

    @classmethod
    def of(cls, speaker: Speaker) -> "SpeakerForm":
        """Return the form filled in with what holds now."""
        minutes = {f"{_TAUGHT}{each.session_id}": each.minutes for each in speaker.sessions}
        return cls.asking(speaker.event)(
            formdata=None,
            name=speaker.name,
            organisation=speaker.organisation,
            email=speaker.email,
            language=speaker.language.value,
            **minutes,
        )

    @property
    def boxes(self) -> list[NumberField]:
        """Return the boxes for minutes."""
        return [field for name, field in self._fields.items() if name.startswith(_TAUGHT)]

    def teaching(self) -> Teaching:
        """Return what was filled in."""
        taught = {int(box.name.removeprefix(_TAUGHT)): box.data for box in self.boxes if box.data}
        return Teaching(
            name=self.name.data,
            organisation=self.organisation.data or "",
            email=self.email.data or "",
            language=PaperLanguage(self.language.data),
            taught=taught,
        )


def _minutes_of(session: Session) -> NumberField:
    most = lazy_gettext("Please enter a number from 0 to 10,000.")
    label = f"{session.title} ({show_day(session.day)})"
    return NumberField(label, [Optional(), NumberRange(0, MOST_MINUTES, most)])
