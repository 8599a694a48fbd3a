"""The forms of the directory and of membership: shape only; whether something is there already operations say."""

from typing import Any, cast

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, Form, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from registration.core.errors import Refusal
from registration.core.i18n import gettext, lazy_gettext
from registration.organisations import rules
from registration.organisations.entries import Entry
from registration.organisations.errors import (
    IcoTaken,
    SiglaTaken,
    WrongDataBox,
    WrongDic,
    WrongEmail,
    WrongIco,
    WrongPostcode,
    WrongSigla,
)
from registration.organisations.models import AddressForm, OrganisationKind
from registration.organisations.operations import Applicant
from registration.signups.forms import guards
from registration.signups.forms.fields import at_most, email_field, name_field, plain_words, tidy

_TOO_LONG = lazy_gettext("This is too long.")
_WRONG_DAY = lazy_gettext("Please enter a day.")
_LONGEST_REASON = 500
_LONGEST_NOTE = 1000
SEND_ID = "odeslat"  # where an error leads that is about no field

_KINDS = (
    SelectChoice(OrganisationKind.OTHER, lazy_gettext("another, or not known")),
    SelectChoice(OrganisationKind.OWN_BODY, lazy_gettext("a body of its own (příspěvková organizace)")),
    SelectChoice(OrganisationKind.DEPARTMENT, lazy_gettext("a department of its town (organizační složka)")),
)


def ico_with_check_digit(_form: Form, field: StringField) -> None:
    """Refuse an IČO with a typing error."""
    _check(rules.read_ico, field, WrongIco)


def _sigla(_form: Form, field: StringField) -> None:
    _check(rules.read_sigla, field, WrongSigla)


def _dic(_form: Form, field: StringField) -> None:
    _check(rules.read_dic, field, WrongDic)


def _data_box(_form: Form, field: StringField) -> None:
    _check(rules.read_data_box, field, WrongDataBox)


def _postcode(_form: Form, field: StringField) -> None:
    _check(rules.read_postcode, field, WrongPostcode)


def _email(_form: Form, field: StringField) -> None:
    _check(rules.read_email, field, WrongEmail)


def _check(read: Any, field: StringField, refusal: type[Refusal]) -> None:
    try:
        read(field.data or "")
    except ValueError:
        raise ValidationError(refusal().message) from None


class _StaffForm(FlaskForm):
    """A form of the back office that can list what is wrong with it."""

    def error_list(self) -> list[tuple[str, str]]:
        """Return (field id, sentence) of everything that is wrong, in the order of the page."""
        return [(field.id, f"{field.label.text}: {field.errors[0]}") for field in self if field.errors]


class OrganisationForm(_StaffForm):
    """What the directory says of an organisation."""

    name = StringField(
        lazy_gettext("Name of the organisation"),
        [DataRequired(lazy_gettext("Please enter the name of the library.")), Length(max=200, message=_TOO_LONG)],
    )
    town = StringField(lazy_gettext("Town"), [Length(max=100, message=_TOO_LONG)])
    street = StringField(lazy_gettext("Street and number"), [Length(max=200, message=_TOO_LONG)])
    postcode = StringField(lazy_gettext("Postcode"), [_postcode])
    sigla = StringField(lazy_gettext("Sigla"), [_sigla])
    ico = StringField(lazy_gettext("IČO"), [ico_with_check_digit])
    dic = StringField(lazy_gettext("DIČ"), [_dic])
    data_box = StringField(lazy_gettext("Data box"), [_data_box])
    contact_email = StringField(lazy_gettext("E-mail of the library"), [Length(max=254, message=_TOO_LONG), _email])
    kind = SelectField(lazy_gettext("Legal form"), choices=_KINDS, default=OrganisationKind.OTHER)
    founder = StringField(lazy_gettext("Founder"), [Length(max=200, message=_TOO_LONG)])
    payer_name = StringField(lazy_gettext("Name of the payer"), [Length(max=200, message=_TOO_LONG)])
    payer_ico = StringField(lazy_gettext("IČO of the payer"), [ico_with_check_digit])

    def entry(self) -> Entry:
        """Return what was filled in."""
        return cast(Entry, {field: self[field].data or "" for field in Entry.__annotations__})

    def say(self, refusal: Refusal) -> None:
        """Show a refusal beside the field it is about."""
        field = {IcoTaken: self.ico, SiglaTaken: self.sigla}.get(type(refusal), self.name)
        field.errors = [*field.errors, refusal.message]


class NewOrganisationForm(OrganisationForm):
    """An entry and, of a member, since when."""

    is_member = BooleanField(lazy_gettext("Member of the association"))
    member_since = DateField(lazy_gettext("Member since"), [Optional()])


class MembershipBeginsForm(_StaffForm):
    """Since when an organisation is a member."""

    since_on = DateField(lazy_gettext("Member since"), [DataRequired(_WRONG_DAY)])


class MembershipEndsForm(_StaffForm):
    """Until when an organisation is a member, and why not longer."""

    until_on = DateField(lazy_gettext("Last day of the membership"), [DataRequired(_WRONG_DAY)])
    reason = StringField(lazy_gettext("Reason"), [Length(max=_LONGEST_REASON, message=_TOO_LONG)])


class UploadForm(_StaffForm):
    """A list of libraries."""

    file = FileField(lazy_gettext("File"), [FileRequired(lazy_gettext("Please choose a file."))])


class RefusalForm(_StaffForm):
    """Why an application is refused."""

    reason = TextAreaField(
        lazy_gettext("Reason"),
        [
            DataRequired(lazy_gettext("Please enter the reason; it goes to whoever applied.")),
            Length(max=_LONGEST_REASON, message=_TOO_LONG),
        ],
    )


class SettingsForm(_StaffForm):
    """How people are addressed."""

    address_form = RadioField(
        lazy_gettext("How people are addressed in Czech"),
        choices=[
            SelectChoice(AddressForm.VYKANI.value, lazy_gettext("politely (vykání)")),
            SelectChoice(AddressForm.TYKANI.value, lazy_gettext("as colleagues (tykání)")),
        ],
    )


class ApplicationForm(FlaskForm):
    """An application for membership. It rides on no cookie, so it has no CSRF token."""

    class Meta:
        csrf = False

    applicant_name = name_field(lazy_gettext("Name and surname"), lazy_gettext("Please enter a name."), longest=200)
    applicant_email = email_field(lazy_gettext("E-mail"))
    position = StringField(lazy_gettext("Position"), [at_most(200), plain_words], filters=[tidy])
    organisation = StringField(
        lazy_gettext("Library"),
        [DataRequired(lazy_gettext("Please enter the library.")), at_most(200), plain_words],
        filters=[tidy],
    )
    town = StringField(lazy_gettext("Town"), [at_most(100), plain_words], filters=[tidy])
    ico = StringField(lazy_gettext("IČO"), [at_most(20), ico_with_check_digit], filters=[tidy])
    note = TextAreaField(lazy_gettext("Note"), [at_most(_LONGEST_NOTE)])
    may_be_listed = BooleanField()

    def __init__(self, sent: Any = None) -> None:
        """Fill the form in with what was sent; without a token of its own it gets a new one."""
        super().__init__(formdata=sent)
        self.sent = sent or {}
        self.token = guards.read_token(self.sent.get(guards.TOKEN_FIELD, ""))
        self.token_text = (self.token or guards.make_token()).text
        self.general_errors: list[str] = []

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape of everything, and what only robots do."""
        is_filled_in = super().validate(extra_validators)
        if self.sent.get(guards.HONEYPOT_FIELD):
            self.general_errors.append(
                gettext(
                    "A box that has to stay empty was filled in. It is empty again; please send the form once more."
                )
            )
        if self.token and self.token.is_too_young:
            self.general_errors.append(
                gettext("The form came back sooner than a person can fill it in. Please send it once more.")
            )
        return is_filled_in and not self.general_errors

    def applicant(self) -> Applicant:
        """Return what was filled in."""
        return Applicant(
            name=self.applicant_name.data,
            email=self.applicant_email.data,
            position=self.position.data or "",
            organisation=self.organisation.data,
            town=self.town.data or "",
            ico=self.ico.data or "",
            may_be_listed=self.may_be_listed.data,
            note=(self.note.data or "").strip(),
        )

    def error_list(self) -> list[tuple[str, str]]:
        """Return (field id, sentence) of everything that is wrong, in the order of the page."""
        general = [(SEND_ID, sentence) for sentence in self.general_errors]
        return general + [(field.id, f"{field.label.text}: {field.errors[0]}") for field in self if field.errors]
