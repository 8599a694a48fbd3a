"""What people fill in to sign up: the whole form, and its parts that other forms are made of."""

from registration.signups.forms.people import PersonDetails, PersonForm
from registration.signups.forms.questions import Questionnaire, typed_answers
from registration.signups.forms.refusals import SHOWN, show_refusal
from registration.signups.forms.sent import count_people, read_sent, with_likely_email, without_person
from registration.signups.forms.sign_up import SignUpForm

__all__ = [
    "SHOWN", "PersonDetails", "PersonForm", "Questionnaire", "SignUpForm", "count_people", "read_sent",
    "show_refusal", "typed_answers", "with_likely_email", "without_person",
]  # fmt: skip
