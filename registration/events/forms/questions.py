"""What people are asked."""

from collections.abc import Sequence
from typing import Any, Self

from wtforms import BooleanField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import AnyOf, NumberRange, Optional

from registration.core.i18n import gettext, lazy_gettext
from registration.events import facts
from registration.events.forms.base import (
    CHOOSE,
    MOST_PLACES,
    NumberField,
    StaffForm,
    length,
    tidy,
    tidy_lines,
    worded,
)
from registration.events.models import Event, Question, QuestionKind, QuestionScope
from registration.events.operations import WantedChoice, Wording
from registration.events.questions import NO, YES

MOST_CHOICES = 50
MOST_DAYS = 3650
_LABEL, _PLACES = "choice-", "places-"
QUESTION_KINDS = {
    QuestionKind.TEXT: lazy_gettext("a line of text"),
    QuestionKind.LONG_TEXT: lazy_gettext("several lines of text"),
    QuestionKind.CHOICE: lazy_gettext("one of several answers"),
    QuestionKind.CHOICES: lazy_gettext("any number of several answers"),
    QuestionKind.YES_NO: lazy_gettext("yes or no"),
    QuestionKind.NUMBER: lazy_gettext("a number"),
    QuestionKind.DATE: lazy_gettext("a day"),
}
SCOPES = {
    QuestionScope.PERSON: lazy_gettext("each person"),
    QuestionScope.ORDER: lazy_gettext("whoever signs people up, once for all"),
}


class QuestionForm(StaffForm):
    """A question; its answers to choose from have a box each, further ones a line each."""

    label = StringField(
        lazy_gettext("Question"),
        [worded(lazy_gettext("Please enter the question.")), length(200)],
        filters=[tidy],
    )
    help = StringField(lazy_gettext("Hint"), [length(500)], filters=[tidy])
    kind = SelectField(
        lazy_gettext("People answer with"),
        [AnyOf([each.value for each in QuestionKind], CHOOSE)],
        choices=[SelectChoice(kind.value, word) for kind, word in QUESTION_KINDS.items()],
        validate_choice=False,
    )
    scope = SelectField(
        lazy_gettext("Who answers"),
        [AnyOf([each.value for each in QuestionScope], CHOOSE)],
        choices=[SelectChoice(scope.value, word) for scope, word in SCOPES.items()],
        validate_choice=False,
    )
    is_required = BooleanField(lazy_gettext("It has to be answered"))
    further = TextAreaField(lazy_gettext("Answers to choose from, one on a line"), filters=[tidy_lines])
    condition = SelectField(lazy_gettext("Ask only when"), validate_choice=False)
    delete_after_days = NumberField(
        lazy_gettext("Delete the answers so many days after the event"),
        [Optional(), NumberRange(0, MOST_DAYS, lazy_gettext("Please enter a number from 0 to 3,650."))],
    )

    def validate_further(self, field: TextAreaField) -> None:
        """Refuse answers that do not fit."""
        lines = _lines(field.data)
        if any(len(line) > 200 for line in lines) or len(lines) + len(self.labels) > MOST_CHOICES:
            raise ValidationError(gettext("An answer can have 200 characters, and there can be 50 of them."))

    @classmethod
    def asking(cls, event: Event, question: Question | None = None, **values: Any) -> Self:
        """Return the form as it was sent, with a box for each answer the question has."""
        boxes: dict[str, Any] = {}
        for choice in question.choices if question else ():
            boxes[f"{_LABEL}{choice.id}"] = StringField(choice.label, [length(200)], filters=[tidy])
            boxes[f"{_PLACES}{choice.id}"] = NumberField(
                lazy_gettext("Places"),
                [Optional(), NumberRange(0, MOST_PLACES, lazy_gettext("Please enter a number from 0 to 100,000."))],
            )
        form: Self = type(cls.__name__, (cls,), boxes)(**values)
        form.condition.choices = [
            SelectChoice(value, words) for value, words in [("", gettext("always")), *_conditions(event, question)]
        ]
        return form

    @classmethod
    def new(cls, event: Event) -> Self:
        """Return the form for one more question."""
        return cls.asking(event, formdata=None)

    @classmethod
    def of(cls, question: Question) -> Self:
        """Return the form filled in with what holds now."""
        values: dict[str, Any] = {}
        for choice in question.choices:
            values |= {f"{_LABEL}{choice.id}": choice.label, f"{_PLACES}{choice.id}": choice.capacity}
        depends = question.shown_if_code is not None
        form = cls.asking(
            question.event,
            question,
            formdata=None,
            label=question.label,
            help=question.help,
            kind=question.kind.value,
            scope=question.scope.value,
            is_required=question.is_required,
            condition=f"{question.shown_if_code}={question.shown_if_value}" if depends else "",
            delete_after_days=question.delete_after_days,
            **values,
        )
        return form.watching(facts.of_question(question))

    @property
    def labels(self) -> list[StringField]:
        """Return the boxes of the answers there are."""
        return [field for field in self if field.short_name.startswith(_LABEL)]

    def places(self, label: StringField) -> NumberField:
        """Return the box for the places of an answer."""
        found: NumberField = self[label.short_name.replace(_LABEL, _PLACES)]
        return found

    def wording(self) -> Wording:
        """Return what shall be asked; an answer whose box is empty goes."""
        code, _, value = (self.condition.data or "").partition("=")
        is_known = any(self.condition.data == each.value for each in self.condition.choices)
        return Wording(
            label=self.label.data,
            kind=QuestionKind(self.kind.data),
            scope=QuestionScope(self.scope.data),
            help=self.help.data,
            is_required=self.is_required.data,
            delete_after_days=self.delete_after_days.data,
            shown_if_code=code if code and is_known else None,
            shown_if_value=value if code and is_known else None,
            choices=[
                *(
                    WantedChoice(each.data, self.places(each).data, id=int(each.short_name.removeprefix(_LABEL)))
                    for each in self.labels
                    if each.data
                ),
                *(WantedChoice(line) for line in _lines(self.further.data)),
            ],
        )


def _lines(text: str | None) -> list[str]:
    return [line for line in map(tidy, (text or "").splitlines()) if line]


def _conditions(event: Event, question: Question | None) -> list[tuple[str, str]]:
    """Return (code=value, words) of all answers of questions before this one that decide whether it is asked."""
    before: Sequence[Question] = event.questions
    if question is not None:
        before = before[: [each.id for each in before].index(question.id)]
    return [(f"{each.code}={value}", f"{each.label} – {word}") for each in before for value, word in _answers(each)]


def _answers(question: Question) -> list[tuple[str, str]]:
    if question.kind is QuestionKind.YES_NO:
        return [(YES, gettext("yes")), (NO, gettext("no"))]
    return [(choice.code, choice.label) for choice in question.choices]
