"""The one box of whoever has lost their links."""

from wtforms import Form
from wtforms.validators import DataRequired

from registration.core.i18n import lazy_gettext
from registration.signups.forms.fields import LONGEST_EMAIL, EmailField, at_most, email_address, tidy


class AddressForm(Form):
    """Where links are to be sent."""

    email = EmailField(
        lazy_gettext("E-mail"),
        [DataRequired(lazy_gettext("Please enter an e-mail address.")), at_most(LONGEST_EMAIL), email_address],
        filters=[tidy],
    )
