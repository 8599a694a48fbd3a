"""The questions of an event as they stand in a form, with what was sent for them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from werkzeug.datastructures import MultiDict

from registration.core.i18n import gettext
from registration.events.questions import NO, YES, Asked, Value, read_all
from registration.signups.forms.fields import is_unreadable


class QuestionField:
    """One question in a form: its box, what was typed, what is wrong with it."""

    def __init__(self, asked: Asked, prefix: str, typed: Sequence[str] = ()) -> None:
        self.asked = asked
        self.prefix = prefix
        self.name = self.id = f"{prefix}q_{asked.code}"
        self.typed = list(typed)
        self.errors: list[str] = []

    @property
    def text(self) -> str:
        """Return what stands in the box."""
        return self.typed[0] if self.typed else ""

    @property
    def is_conditional(self) -> bool:
        """Say whether it is asked only of who has answered another question in a certain way."""
        return self.asked.shown_if_code is not None

    @property
    def shown_if_name(self) -> str:
        """Return the name of the field that decides whether this one is asked."""
        return f"{self.prefix}q_{self.asked.shown_if_code}"


class Questionnaire:
    """The questions one person, or the orderer for all, is asked."""

    def __init__(
        self, asked: Iterable[Asked], *, prefix: str = "", typed: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """Ask these questions; `typed` holds what stands in the boxes by question code."""
        given = dict(typed or {})
        self.fields = [QuestionField(each, prefix, given.pop(each.code, ())) for each in asked]
        self.answers: dict[str, Value] = {}
        self.has_strangers = any(map(any, given.values()))  # answers to what is not, or no longer, asked

    def __iter__(self) -> Iterator[QuestionField]:
        return iter(self.fields)

    def validate(self) -> bool:
        """Read the answers; what cannot be taken gets a sentence beside it."""
        if not self.fields:
            return True
        self.answers, faults = read_all(
            [field.asked for field in self.fields], {field.asked.code: field.typed for field in self.fields}
        )
        for field in self.fields:
            if any(map(is_unreadable, field.typed)):
                faults[field.asked.code] = gettext("Some letters could not be read; please write this once more.")
            field.errors = [faults[field.asked.code]] if field.asked.code in faults else []
        return not faults

    def condition(self, field: QuestionField) -> str:
        """Return in words when a question that depends on another one is to be answered."""
        other = next((each.asked for each in self.fields if each.asked.code == field.asked.shown_if_code), None)
        wanted = field.asked.shown_if_value
        if other is None or wanted is None:
            return gettext("Only if you have answered “%(question)s”.", question=other.label if other else "")
        labels = {YES: gettext("yes"), NO: gettext("no"), **{each.code: each.label for each in other.choices}}
        return gettext(
            "Only if the answer to “%(question)s” is “%(answer)s”.",
            question=other.label,
            answer=labels.get(wanted, wanted),
        )

    def refuse(self, code: str, sentence: str) -> None:
        """Show a sentence beside one question."""
        for field in self.fields:
            if field.asked.code == code:
                field.errors = [sentence]


def typed_answers(sent: MultiDict[str, str]) -> dict[str, dict[str, list[str]]]:
    """Return what a form sent for questions: by the prefix of the names, and then by question code."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, values in sent.lists():
        prefix, is_answer, code = name.partition("q_")
        if is_answer:
            found.setdefault(prefix, {})[code] = values
    return found
