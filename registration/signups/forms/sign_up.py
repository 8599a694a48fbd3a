"""The sign-up form: shape only; whether there is room is the operation's to say."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FieldList, FormField, StringField
from wtforms.validators import StopValidation

from registration.core.i18n import gettext, lazy_gettext
from registration.events.models import QuestionScope
from registration.events.queries import EventOffer
from registration.events.questions import Asked
from registration.signups.forms import guards
from registration.signups.forms.fields import EmailField, at_most, email_field, name_field, plain_words, tidy
from registration.signups.forms.people import PersonForm
from registration.signups.forms.questions import Questionnaire, typed_answers
from registration.signups.forms.sent import CHECKED_FIELD, INVITATION_FIELD, MOST_PEOPLE
from registration.signups.operations import Orderer, Person, Wishes

SEND_ID = "odeslat"  # where an error leads that is about no field


def _organisation_unless_without(form: "SignUpForm", field: StringField) -> None:
    """Ask for a library, unless whoever sends the form has said that there is none."""
    if form.without_organisation.data:
        raise StopValidation
    if not field.data:
        raise StopValidation(gettext("Please enter the library or another organisation."))


class SignUpForm(FlaskForm):
    """An order for one or more people. It rides on no cookie, so it has no CSRF token."""

    class Meta:
        csrf = False

    orderer_name = name_field(
        lazy_gettext("Who sends the order"),
        lazy_gettext("Please enter the name of whoever sends this."),
        longest=200,
    )
    orderer_email = email_field(lazy_gettext("E-mail for the confirmation"))
    organisation = StringField(
        lazy_gettext("Library or another organisation"),
        [_organisation_unless_without, at_most(200), plain_words],
        filters=[tidy],
    )
    without_organisation = BooleanField()
    people = FieldList(FormField(PersonForm), min_entries=1, max_entries=MOST_PEOPLE + 1)
    takes_fewer = BooleanField()
    no_waiting = BooleanField()

    def __init__(
        self,
        sent: MultiDict[str, str] | None = None,
        *,
        questions: Sequence[Asked] = (),
        must_choose: bool = True,
        invitation: str = "",
        token_text: str = "",
    ) -> None:
        """Fill the form in with what was sent; `must_choose` where there are several ticket types.

        Without a token of its own, sent or given, the form gets a new one.
        """
        super().__init__(formdata=sent)
        self.sent = sent or MultiDict()
        self.must_choose = must_choose
        self.token = guards.read_token(self.sent.get(guards.TOKEN_FIELD, ""))
        self.token_text = token_text or (self.token or guards.make_token()).text
        self.invitation = self.sent.get(INVITATION_FIELD, invitation)
        self.checked_emails = self.sent.getlist(CHECKED_FIELD)
        self.corrected_email = ""
        self.general_errors: list[str] = []
        self._questions = questions
        self._typed = typed_answers(self.sent)
        self.questionnaire = self._ask(QuestionScope.ORDER, "")
        for position, person in enumerate(self.each_person()):
            person.questionnaire = self._ask(QuestionScope.PERSON, f"people-{position}-")

    def each_person(self) -> Iterator[PersonForm]:
        """Give the boxes of one person after another."""
        return (entry.form for entry in self.people)

    def offer(self, offer: EventOffer) -> None:
        """Take from the offer what need not be asked: where there is only one ticket type, it is chosen."""
        codes = [each.ticket_type.code for each in offer.ticket_types]
        for person in self.each_person():
            if len(codes) == 1 and not person.ticket_type.data:
                person.ticket_type.data = codes[0]

    def add_person(self) -> None:
        """Offer boxes for one more person, up to the most."""
        if len(self.people) < MOST_PEOPLE:
            entry = self.people.append_entry()
            entry.form.questionnaire = self._ask(QuestionScope.PERSON, f"{entry.name}-")

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape of everything; each thing that is wrong gets a sentence beside it."""
        return all(
            [
                super().validate(extra_validators),
                *(questionnaire.validate() for questionnaire in self._questionnaires()),
                *(person.require_ticket_type() for person in self.each_person() if self.must_choose),
                self._trusts_emails(),
                self._is_in_order(),
            ]
        )

    def orderer(self) -> Orderer:
        """Return who sends the order."""
        return Orderer(
            name=self.orderer_name.data,
            email=self.orderer_email.data,
            organisation="" if self.without_organisation.data else self.organisation.data,
            answers=self.questionnaire.answers,
        )

    def all_people(self) -> list[Person]:
        """Return the people the order is for."""
        return [person.person() for person in self.each_person()]

    def wishes(self) -> Wishes:
        """Return what shall happen where there is not room for all."""
        return Wishes(takes_fewer=self.takes_fewer.data, may_wait=not self.no_waiting.data, invitation=self.invitation)

    @property
    def has_optional_questions(self) -> bool:
        """Say whether there is something besides titles that may stay empty."""
        return any(not question.is_required for question in self._questions)

    def may_run_short(self, offer: EventOffer) -> bool:
        """Say whether to ask what shall happen where there is not room for all."""
        limits = [each.free for each in offer.ticket_types if each.free is not None]
        return offer.has_waiting_list and (0 in limits or (bool(limits) and len(self.people) > 1))

    def error_list(self) -> list[tuple[str, str]]:
        """Return (field id, sentence) of everything that is wrong, in the order of the page."""
        found = [(SEND_ID, sentence) for sentence in self.general_errors]
        found += _errors(self.orderer_name, self.orderer_email, self.organisation)
        for number, person in enumerate(self.each_person(), start=1):
            found += [
                (id_, gettext("Person %(number)s: %(sentence)s", number=number, sentence=sentence))
                for id_, sentence in [*_errors(*person), *_question_errors(person.questionnaire)]
            ]
        return found + _question_errors(self.questionnaire)

    def _ask(self, scope: QuestionScope, prefix: str) -> Questionnaire:
        asked = [question for question in self._questions if question.scope == scope]
        return Questionnaire(asked, prefix=prefix, typed=self._typed.get(prefix))

    def _questionnaires(self) -> Iterator[Questionnaire]:
        yield from (person.questionnaire for person in self.each_person())
        yield self.questionnaire

    def _trusts_emails(self) -> bool:
        """Ask about addresses that look mistyped, each only once; say whether there was none."""
        emails: list[EmailField] = [self.orderer_email, *(person.email for person in self.each_person())]
        doubted = {field.data for field in emails if field.data not in self.checked_emails and field.doubt()}
        self.checked_emails += sorted(doubted)
        return not doubted

    def _is_in_order(self) -> bool:
        """Check what is about no single field; say whether nothing is wrong."""
        if len(self.people) > MOST_PEOPLE:
            self.general_errors.append(gettext("One order takes 20 people at most."))
        if any(questionnaire.has_strangers for questionnaire in self._questionnaires()):
            self.general_errors.append(
                gettext("The questions have changed since the form was opened; please look through the answers.")
            )
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
        return not self.general_errors


def _errors(*fields: Any) -> list[tuple[str, str]]:
    return [(field.id, f"{field.label.text}: {field.errors[0]}") for field in fields if field.errors]


def _question_errors(questionnaire: Questionnaire) -> list[tuple[str, str]]:
    return [(field.id, f"{field.asked.label}: {field.errors[0]}") for field in questionnaire if field.errors]
