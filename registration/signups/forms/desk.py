"""What the organizer's desk fills in about one person: to correct them, or to sign them up by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice

from registration.core.i18n import gettext, lazy_gettext
from registration.events.models import QuestionScope
from registration.events.questions import Asked, Value, form_values
from registration.signups.forms.fields import at_most, email_field, name_field, plain_words, tidy, title_field
from registration.signups.forms.questions import Questionnaire, typed_answers
from registration.signups.models import Registration
from registration.signups.operations import Orderer, Person
from registration.signups.operations.by_hand import WhenFull
from registration.signups.operations.desk import Details

LONGEST_REASON = 300
ORDER = "order-"  # what the names of questions asked once of an order begin with
_LANGUAGES = [SelectChoice("cs", lazy_gettext("Czech")), SelectChoice("en", lazy_gettext("English"))]


class DetailsForm(FlaskForm):
    """Who somebody is, and what they answer."""

    title_before = title_field(lazy_gettext("Title before"))
    given_name = name_field(lazy_gettext("Given name"), lazy_gettext("Please enter the given name."), longest=100)
    family_name = name_field(lazy_gettext("Surname"), lazy_gettext("Please enter the surname."), longest=100)
    title_after = title_field(lazy_gettext("Title after"))
    email = email_field(lazy_gettext("E-mail"))
    organisation = StringField(
        lazy_gettext("Library or another organisation"), [at_most(200), plain_words], filters=[tidy]
    )
    language = SelectField(lazy_gettext("Language of letters"), choices=_LANGUAGES, default="cs")

    def __init__(
        self,
        sent: MultiDict[str, str] | None = None,
        *,
        questions: Sequence[Asked] = (),
        order_questions: Sequence[Asked] = (),
        **values: Any,
    ) -> None:
        """Fill the form in with what was sent, else with these values."""
        super().__init__(formdata=sent, **values)
        typed = typed_answers(sent) if sent else {}
        self.questionnaire = Questionnaire(questions, typed=typed.get(""))
        self.order_questionnaire = Questionnaire(order_questions, prefix=ORDER, typed=typed.get(ORDER))

    def fill_in(self, answers: Mapping[str, Value], order_answers: Mapping[str, Value]) -> None:
        """Put answers that were given before into the boxes."""
        for questionnaire, given in ((self.questionnaire, answers), (self.order_questionnaire, order_answers)):
            for field in questionnaire:
                field.typed = form_values(given.get(field.asked.code))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape of everything."""
        questionnaires = (self.questionnaire, self.order_questionnaire)
        return all([super().validate(extra_validators), *(each.validate() for each in questionnaires)])

    def error_list(self) -> list[tuple[str, str]]:
        """Return (field id, sentence) of everything that is wrong, in the order of the page."""
        found = [(field.id, f"{field.label.text}: {field.errors[0]}") for field in self if field.errors]
        asked = [*self.questionnaire, *self.order_questionnaire]
        return found + [(field.id, f"{field.asked.label}: {field.errors[0]}") for field in asked if field.errors]

    def refuse_choice(self, code: str, sentence: str) -> None:
        """Show a sentence beside the questions of this code."""
        self.questionnaire.refuse(code, sentence)
        self.order_questionnaire.refuse(code, sentence)

    def person(self, ticket_type: str = "") -> Person:
        """Return who was filled in."""
        return Person(
            title_before=self.title_before.data or "",
            given_name=self.given_name.data,
            family_name=self.family_name.data,
            title_after=self.title_after.data or "",
            email=self.email.data,
            ticket_type=ticket_type,
            answers=self.questionnaire.answers,
        )


class CorrectionForm(DetailsForm):
    """What is corrected about somebody who is signed up."""

    no_photo = BooleanField(lazy_gettext("Do not photograph; the badge says so"))

    @classmethod
    def of(cls, registration: Registration, **questions: Sequence[Asked]) -> "CorrectionForm":
        """Return the form as things are."""
        names = ("title_before", "given_name", "family_name", "title_after", "email", "no_photo")
        values = {name: getattr(registration, name) for name in names}
        organisation, language = registration.organisation_name, registration.order.language
        return cls(None, **questions, **values, organisation=organisation, language=language)

    def details(self) -> Details:
        """Return what was filled in."""
        return Details(
            person=self.person(),
            organisation=self.organisation.data or "",
            language=self.language.data,
            order_answers=self.order_questionnaire.answers if self.order_questionnaire.fields else None,
            no_photo=self.no_photo.data,
        )


class ByHandForm(DetailsForm):
    """Somebody who is signed up by the organizer."""

    ticket_type = RadioField(lazy_gettext("Ticket type"), validate_choice=False)
    when_full = RadioField(
        lazy_gettext("If there is no place"),
        choices=[
            SelectChoice("refuse", lazy_gettext("do not sign them up")),
            SelectChoice("wait", lazy_gettext("put them on the waiting list")),
            SelectChoice("over", lazy_gettext("let them in over the capacity")),
        ],
        default="refuse",
    )
    reason = StringField(lazy_gettext("Reason"), [at_most(LONGEST_REASON)], filters=[tidy])
    is_told = BooleanField(lazy_gettext("Send them the confirmation"), default=True)

    def offer(self, codes: Sequence[str]) -> None:
        """Where there is only one ticket type, it is chosen."""
        if len(codes) == 1 and not self.ticket_type.data:
            self.ticket_type.data = codes[0]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape of everything."""
        is_valid = super().validate(extra_validators)
        if not self.ticket_type.data:
            self.ticket_type.errors = [gettext("Please choose what to sign up for.")]
            is_valid = False
        return is_valid

    def orderer(self) -> Orderer:
        """Return the person as their own orderer."""
        return Orderer(
            name=f"{self.given_name.data} {self.family_name.data}",
            email=self.email.data,
            organisation=self.organisation.data or "",
            answers=self.order_questionnaire.answers,
        )

    def wishes(self) -> WhenFull:
        """Return what is to happen where there is no place."""
        chosen = self.when_full.data
        return WhenFull(may_wait=chosen == "wait", over_capacity=chosen == "over", reason=self.reason.data or "")


def split_by_scope(questions: Sequence[Asked]) -> dict[str, list[Asked]]:
    """Return questions as the forms take them: those of each person, and those asked once."""
    return {
        "questions": [each for each in questions if each.scope == QuestionScope.PERSON],
        "order_questions": [each for each in questions if each.scope == QuestionScope.ORDER],
    }
