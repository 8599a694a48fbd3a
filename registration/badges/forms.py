"""What the organizer chooses to have badges printed."""

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice

from registration.badges.queries import Order
from registration.badges.rules import Format
from registration.core.i18n import gettext, lazy_gettext

FORMATS = [
    SelectChoice(Format.EIGHT.value, lazy_gettext("Eight on an A4, 105 × 74 mm each")),
    SelectChoice(Format.TEN.value, lazy_gettext("Ten on an A4, 90 × 54 mm each")),
    SelectChoice(Format.A6.value, lazy_gettext("One on an A6, 105 × 148 mm")),
    SelectChoice(Format.LABEL.value, lazy_gettext("Label from a 62 mm roll, 100 × 62 mm")),
]
NEW, EVERYBODY = "nove", "vsichni"


class BadgeForm(FlaskForm):
    """On what, in which order, and whose."""

    format = RadioField(lazy_gettext("Size and paper"), choices=FORMATS, default=Format.EIGHT.value)
    order = RadioField(
        lazy_gettext("In which order"),
        choices=[
            SelectChoice(Order.SURNAME.value, lazy_gettext("by surname")),
            SelectChoice(Order.LIBRARY.value, lazy_gettext("by library")),
        ],
        default=Order.SURNAME.value,
    )
    who = RadioField(lazy_gettext("Whose badges"), default=NEW)

    def count(self, *, new: int, everybody: int) -> None:
        """Say beside each choice how many badges it would be."""
        self.who.choices = [
            SelectChoice(NEW, gettext("only the new ones: %(num)d", num=new)),
            SelectChoice(EVERYBODY, gettext("all: %(num)d", num=everybody)),
        ]
