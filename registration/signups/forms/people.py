"""The boxes of one person."""

from dataclasses import replace

from wtforms import Form, StringField

from registration.core.i18n import gettext, lazy_gettext
from registration.signups.forms.fields import email_field, name_field, tidy, title_field
from registration.signups.forms.questions import Questionnaire
from registration.signups.operations import Person


class PersonDetails(Form):
    """Who somebody is."""

    title_before = title_field(lazy_gettext("Title before"))
    given_name = name_field(lazy_gettext("Given name"), lazy_gettext("Please enter the given name."), longest=100)
    family_name = name_field(lazy_gettext("Surname"), lazy_gettext("Please enter the surname."), longest=100)
    title_after = title_field(lazy_gettext("Title after"))
    email = email_field(lazy_gettext("E-mail"))

    def person(self) -> Person:
        """Return who was filled in, of no ticket type."""
        return Person(
            title_before=self.title_before.data or "",
            given_name=self.given_name.data,
            family_name=self.family_name.data,
            title_after=self.title_after.data or "",
            email=self.email.data,
            ticket_type="",
        )


class PersonForm(PersonDetails):
    """One of the people an order is for: who they are, what they sign up for, what they answer."""

    # What is offered is the operation's to know, and so whether there is anything to choose from.
    ticket_type = StringField(lazy_gettext("Ticket type"), filters=[tidy])
    questionnaire = Questionnaire(())

    def require_ticket_type(self) -> bool:
        """Say beside the ticket types when none is chosen."""
        if not self.ticket_type.data:
            self.ticket_type.errors = [gettext("Please choose what to sign up for.")]
        return bool(self.ticket_type.data)

    def person(self) -> Person:
        """Return what was filled in."""
        answers = self.questionnaire.answers
        return replace(super().person(), ticket_type=self.ticket_type.data or "", answers=answers)
