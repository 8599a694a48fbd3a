"""Forms about people of the staff: shape only."""

from flask_security.forms import TwoFactorRescueForm, TwoFactorSetupForm
from flask_security.webauthn import WebAuthnRegisterForm
from flask_wtf import FlaskForm
from wtforms import Form, PasswordField, RadioField, SelectMultipleField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, EqualTo, Length
from wtforms.widgets import CheckboxInput, ListWidget

from registration.accounts.models import RoleName, User
from registration.accounts.operations.making import SHORTEST_PASSWORD
from registration.core.i18n import lazy_gettext

_TOO_LONG = lazy_gettext("This is too long.")
_NAME_MISSING = lazy_gettext("Please enter the name.")
# Made before the others: a form keeps its fields in the order they were made in.
_EMAIL = StringField(
    lazy_gettext("E-mail"),
    [DataRequired(lazy_gettext("Please enter the e-mail address.")), Length(max=254, message=_TOO_LONG)],
)


class Checkboxes(SelectMultipleField):
    """Several of several."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class _Form(FlaskForm):
    def error_list(self) -> list[tuple[str, str]]:
        """Return (field id, sentence) of everything that is wrong, in the order of the page."""
        return [(field.id, str(field.errors[0])) for field in self if field.errors]


class NameForm(_Form):
    """How somebody is called."""

    name = StringField(
        lazy_gettext("Name and surname"), [DataRequired(_NAME_MISSING), Length(max=200, message=_TOO_LONG)]
    )


class PersonForm(NameForm):
    """Who somebody is, and which events they work with; `events` are choices of (id, title)."""

    roles = Checkboxes(
        lazy_gettext("Roles"),
        [DataRequired(lazy_gettext("Please choose at least one role."))],
        choices=[SelectChoice(role.value) for role in RoleName],
    )
    events = Checkboxes(lazy_gettext("Events"), coerce=int)

    @classmethod
    def of(cls, user: User, event_ids: set[int], choices: list[SelectChoice]) -> "PersonForm":
        """Return the form as things are."""
        form = cls(formdata=None, name=user.name, roles=sorted(user.role_names), events=sorted(event_ids))
        form.events.choices = choices
        return form

    def role_names(self) -> set[RoleName]:
        """Return the chosen roles."""
        return {RoleName(each) for each in self.roles.data}


class InvitationForm(PersonForm):
    """Whom to invite."""

    email = _EMAIL


def long_enough(_form: Form, field: PasswordField) -> None:
    """Refuse a password that is easily guessed."""
    if len(field.data or "") < SHORTEST_PASSWORD:
        raise ValidationError(lazy_gettext("The password must have at least 12 characters."))


class AcceptanceForm(NameForm):
    """What somebody invited fills in."""

    password = PasswordField(lazy_gettext("Password"), [long_enough])
    password_again = PasswordField(
        lazy_gettext("The password once more"), [EqualTo("password", lazy_gettext("The two passwords differ."))]
    )


# The library's own forms, whose choices WTForms would take no longer as they come.


class SecondFactorForm(TwoFactorSetupForm):
    """Turns the second factor on or off."""

    setup = RadioField(choices=[SelectChoice(each) for each in ("disable", "authenticator")], validate_choice=False)


class RescueForm(TwoFactorRescueForm):
    """Comes with the page that asks for a code; we offer recovery codes instead."""

    help_setup = RadioField(choices=[SelectChoice("help")])


class PasskeyForm(WebAuthnRegisterForm):
    """Names a new passkey, with which one signs in without a password."""

    usage = RadioField(choices=[SelectChoice("first")], default="first")
