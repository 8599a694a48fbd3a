"""What is filled in about doors: at the desk what a phone may do, at the phone who it is and who has come."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import Form, IntegerField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, NumberRange

from registration.accounts.forms import Checkboxes
from registration.checkin.models import MOST_DOORS
from registration.checkin.operations.pairing import LABEL_LENGTH
from registration.checkin.rules import Right
from registration.core.i18n import gettext, lazy_gettext
from registration.events.models import TicketType
from registration.signups.forms.fields import at_most, name_field, plain_words, tidy

RIGHT_WORDS = {
    Right.SCAN: lazy_gettext("scan codes"),
    Right.SEARCH: lazy_gettext("search people by name"),
    Right.WALK_IN: lazy_gettext("sign people up on the spot"),
    Right.UNDO: lazy_gettext("take a check-in back"),
    Right.LEAVE: lazy_gettext("record who leaves"),
}
# Enough to let people in; who may also add people to the event, the organizer says each time.
_USUAL = [Right.SCAN, Right.SEARCH, Right.UNDO]
_MOST_CHARACTERS = 500  # of a link that is pasted whole
_HOW_MANY = lazy_gettext("Please enter a number from 1 to 10.")


class PairingForm(FlaskForm):
    """What the phones may do that an organizer lets in."""

    rights = Checkboxes(
        lazy_gettext("The phone may"),
        [DataRequired(lazy_gettext("Please choose what the phone may do."))],
        choices=[SelectChoice(right.value, words) for right, words in RIGHT_WORDS.items()],
        default=[right.value for right in _USUAL],
    )
    most_doors = IntegerField(
        lazy_gettext("For how many phones"),
        [InputRequired(_HOW_MANY), NumberRange(1, MOST_DOORS, _HOW_MANY)],
        default=1,
    )

    def granted(self) -> frozenset[Right]:
        """Return the chosen rights."""
        return frozenset(map(Right, self.rights.data or []))


class DoorForm(Form):
    """A phone pairs itself and says what it is called."""

    code = StringField(
        lazy_gettext("Code or link"),
        [DataRequired(lazy_gettext("Please enter the code.")), at_most(_MOST_CHARACTERS)],
        filters=[tidy],
    )
    label = StringField(
        lazy_gettext("Name of this phone"),
        [DataRequired(lazy_gettext("Please give the phone a name.")), at_most(LABEL_LENGTH), plain_words],
        filters=[tidy],
    )

    def secret(self) -> str:
        """Return the code, also of a link that was pasted whole."""
        return (self.code.data or "").rpartition("#p=")[2]


class WalkInForm(Form):
    """Somebody who has come without a registration."""

    given_name = name_field(lazy_gettext("Given name"), lazy_gettext("Please enter the given name."), longest=100)
    family_name = name_field(lazy_gettext("Surname"), lazy_gettext("Please enter the surname."), longest=100)
    organisation = StringField(
        lazy_gettext("Library or another organisation"), [at_most(200), plain_words], filters=[tidy]
    )
    ticket_type = SelectField(lazy_gettext("Ticket type"), coerce=int)

    def offer(self, ticket_types: Sequence[TicketType]) -> "WalkInForm":
        """Let one of these be chosen."""
        self.ticket_type.choices = [SelectChoice(each.id, each.title) for each in ticket_types]
        return self


def error_list(form: Form) -> list[tuple[str, str]]:
    """Return (field id, sentence) of everything that is wrong, in the order of the page."""
    return [(field.id, f"{field.label.text}: {field.errors[0]}") for field in form if field.errors]


def rights_in_words(rights: frozenset[Right]) -> list[str]:
    """Return what a phone may do, in the order of the form."""
    return [str(words) for right, words in RIGHT_WORDS.items() if right in rights] or [gettext("nothing")]
