"""The form of an entry in the directory: shape only; whether it is there already is the operation's to say."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, Form, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from registration.core.i18n import lazy_gettext
from registration.organisations import rules
from registration.organisations.errors import IcoTaken, OrganisationExists, WrongIco
from registration.organisations.operations import Entry

_TOO_LONG = lazy_gettext("This is too long.")


def ico_with_check_digit(_form: Form, field: StringField) -> None:
    """Refuse an IČO with a typing error."""
    try:
        rules.read_ico(field.data or "")
    except ValueError:
        raise ValidationError(WrongIco().message) from None


class OrganisationForm(FlaskForm):
    """What the directory says of an organisation."""

    name = StringField(
        lazy_gettext("Name of the organisation"),
        [DataRequired(lazy_gettext("Please enter the name of the library.")), Length(max=200, message=_TOO_LONG)],
    )
    town = StringField(lazy_gettext("Town"), [Length(max=100, message=_TOO_LONG)])
    ico = StringField(lazy_gettext("IČO"), [ico_with_check_digit])
    is_member = BooleanField(lazy_gettext("Member of the association"))
    payer_name = StringField(lazy_gettext("Name of the payer"), [Length(max=200, message=_TOO_LONG)])
    payer_ico = StringField(lazy_gettext("IČO of the payer"), [ico_with_check_digit])

    def entry(self) -> Entry:
        """Return what was filled in."""
        return Entry(
            name=self.name.data,
            town=self.town.data or "",
            ico=self.ico.data or "",
            is_member=self.is_member.data,
            payer_name=self.payer_name.data or "",
            payer_ico=self.payer_ico.data or "",
        )

    def say(self, refusal: OrganisationExists | IcoTaken) -> None:
        """Show a refusal beside the field it is about."""
        field = self.ico if isinstance(refusal, IcoTaken) else self.name
        field.errors = [*field.errors, refusal.message]

    def error_list(self) -> list[tuple[str, str]]:
        """Return (field id, sentence) of everything that is wrong, in the order of the page."""
        return [(field.id, f"{field.label.text}: {field.errors[0]}") for field in self if field.errors]
