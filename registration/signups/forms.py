"""The sign-up form: shape only; whether there is room is the operation's to say."""

import re
import unicodedata
from typing import Any

import email_validator
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, RadioField, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from registration.core.i18n import gettext, lazy_gettext
from registration.events.queries import EventOffer
from registration.signups.operations import Orderer, Person

MOST_PEOPLE = 20
_LINK = re.compile(r"[<>]|://|www\.", re.IGNORECASE)
_FIELD = re.compile(r"orderer_name|orderer_email|organisation|people-(\d{1,3})-[a-z_]{1,40}", re.ASCII)
_JOINERS = "\u200c\u200d"  # some scripts spell names with them
_INVISIBLE = {"Cc", "Cf", "Cn", "Co"}


def known_fields(form: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return the fields a sign-up form has; WTForms stumbles over others that look like people."""
    return MultiDict((name, value) for name, value in form.items(multi=True) if _FIELD.fullmatch(name))


def count_people(form: MultiDict[str, str]) -> int:
    """Count the people a sent form is for, at least one."""
    return max(len({found[1] for name in form if (found := _FIELD.fullmatch(name)) and found[1]}), 1)


def tidy(value: str | None) -> str | None:
    """Return the value without spaces around it and with single ones inside."""
    return " ".join(value.split()) if value else value


def plain_words(_form: Form, field: StringField) -> None:
    """Refuse addresses and markup in names: nobody shall send advertising through our confirmations."""
    if field.data and (_LINK.search(field.data) or any(map(_is_invisible, field.data))):
        raise ValidationError(gettext("Only a name belongs here, without web addresses and signs like < >."))


def email_address(_form: Form, field: StringField) -> None:
    """Refuse what cannot be an e-mail address, and say what is wrong with it."""
    if not field.data:
        return
    if "@" not in field.data:
        raise ValidationError(gettext("The @ sign is missing. The right form is, for instance, name@library.cz."))
    try:
        # Letters with diacritics before the @ would need SMTPUTF8 all the way, which few mail servers speak.
        email_validator.validate_email(field.data, check_deliverability=False, allow_smtputf8=False)
    except email_validator.EmailNotValidError:
        raise ValidationError(
            gettext("This is not an e-mail address. The right form is, for instance, name@library.cz.")
        ) from None


def _name(label: str, missing: str, *, longest: int) -> StringField:
    return StringField(label, [DataRequired(missing), _at_most(longest), plain_words], filters=[tidy])


def _email(label: str) -> StringField:
    missing = lazy_gettext("Please enter an e-mail address; the confirmation goes there.")
    return StringField(label, [DataRequired(missing), _at_most(254), email_address], filters=[tidy])


def _title(label: str) -> StringField:
    return StringField(label, [_at_most(40), plain_words], filters=[tidy])


def _at_most(longest: int) -> Length:
    return Length(max=longest, message=lazy_gettext("This is too long."))


class PersonForm(Form):
    """One of the people the order is for."""

    title_before = _title(lazy_gettext("Title before"))
    given_name = _name(lazy_gettext("Given name"), lazy_gettext("Please enter the given name."), longest=100)
    family_name = _name(lazy_gettext("Surname"), lazy_gettext("Please enter the surname."), longest=100)
    title_after = _title(lazy_gettext("Title after"))
    email = _email(lazy_gettext("E-mail"))
    ticket_type = RadioField(
        lazy_gettext("Ticket type"),
        [DataRequired(lazy_gettext("Please choose what to sign up for."))],
        validate_choice=False,  # the operation knows what is offered
    )

    def person(self) -> Person:
        """Return what was filled in."""
        return Person(
            title_before=self.title_before.data or "",
            given_name=self.given_name.data,
            family_name=self.family_name.data,
            title_after=self.title_after.data or "",
            email=self.email.data,
            ticket_type=self.ticket_type.data,
        )


class SignUpForm(FlaskForm):
    """An order for one or more people. It rides on no cookie, so it has no CSRF token."""

    class Meta:
        csrf = False

    orderer_name = _name(
        lazy_gettext("Who sends the order"),
        lazy_gettext("Please enter the name of whoever sends this."),
        longest=200,
    )
    orderer_email = _email(lazy_gettext("E-mail for the confirmation"))
    organisation = StringField(
        lazy_gettext("Library or another organisation"),
        [
            DataRequired(lazy_gettext("Please enter the library or another organisation.")),
            _at_most(200),
            plain_words,
        ],
        filters=[tidy],
    )
    people = FieldList(
        FormField(PersonForm),
        validators=[Length(max=MOST_PEOPLE, message=lazy_gettext("One order takes 20 people at most."))],
        min_entries=1,
        max_entries=MOST_PEOPLE + 1,  # one more than allowed, so that too many are noticed and not cut off
    )

    def offer(self, offer: EventOffer) -> None:
        """Fill in the choice of ticket types; where there is only one, it is chosen."""
        codes = [each.ticket_type.code for each in offer.ticket_types]
        for entry in self.people:
            entry.ticket_type.choices = [(code, code) for code in codes]
            if len(codes) == 1 and not entry.ticket_type.data:
                entry.ticket_type.data = codes[0]

    def add_person(self) -> None:
        """Offer boxes for one more person, up to the most."""
        if len(self.people) < MOST_PEOPLE:
            self.people.append_entry()

    def remove_person(self, index: int) -> None:
        """Drop one person's boxes; the others keep what they hold."""
        kept = [entry.data for position, entry in enumerate(self.people) if position != index]
        while len(self.people):
            self.people.pop_entry()
        self.people.last_index = -1
        for data in kept or [None]:
            self.people.append_entry(data)

    def orderer(self) -> Orderer:
        """Return who sends the order."""
        return Orderer(
            name=self.orderer_name.data,
            email=self.orderer_email.data,
            organisation=self.organisation.data or "",
        )

    def all_people(self) -> list[Person]:
        """Return the people the order is for."""
        return [entry.form.person() for entry in self.people]

    def error_list(self) -> list[tuple[str, str]]:
        """Return (field id, sentence) of everything that is wrong, in the order of the page."""
        found = [(field.id, _sentence(field)) for field in self if field.name != "people" and field.errors]
        if len(self.people) > MOST_PEOPLE and self.people.errors:
            found.append((f"people-{MOST_PEOPLE}-given_name", gettext("One order takes 20 people at most.")))
        for number, entry in enumerate(self.people, start=1):
            found += [
                (
                    field.id,
                    gettext("Person %(number)s: %(sentence)s", number=number, sentence=_sentence(field)),
                )
                for field in entry.form
                if field.errors
            ]
        return found


def _is_invisible(letter: str) -> bool:
    return unicodedata.category(letter) in _INVISIBLE and letter not in _JOINERS


def _sentence(field: Any) -> str:
    return f"{field.label.text}: {field.errors[0]}"
