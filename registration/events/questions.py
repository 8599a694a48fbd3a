"""Questions and their answers, on plain values: which are asked, what a form has sent, how an answer reads.

An answer's value is what is stored: text, a choice's code, a list of codes, true or false, a number, an ISO date.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from registration.core import czech
from registration.events.errors import AnswerFault, AnswerRefused

Value = str | list[str] | bool | int | float

YES, NO = "yes", "no"
_LONGEST = {"text": 1000, "long_text": 5000}
_YEARS = range(1900, 2200)
_NUMBER = re.compile(r"([+-]?)([0-9]+|[0-9]{1,3}(?: [0-9]{3})+)(?:[.,]([0-9]+))?")
_DIGITS, _DECIMALS = 12, 6  # together what a float holds exactly enough to be shown as it was typed
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_CZECH_DATE = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})")
_JOINERS = "\u200c\u200d"  # some scripts spell words with them, and so do emoji
_INVISIBLE = {"Cc", "Cf", "Co", "Cs"}


@dataclass(frozen=True)
class Choice:
    """One of the answers to choose from, with its places."""

    id: int
    code: str
    label: str
    capacity: int | None
    taken: int

    @property
    def left(self) -> int | None:
        """Return how many more people can choose it; None when nothing limits them."""
        return None if self.capacity is None else max(self.capacity - self.taken, 0)

    @property
    def is_full(self) -> bool:
        """Say whether nobody more can choose it."""
        return self.left == 0


@dataclass(frozen=True)
class Asked:
    """A question as people are asked it."""

    id: int
    code: str
    scope: str
    kind: str
    label: str
    help: str = ""
    is_required: bool = False
    delete_after_days: int | None = None
    shown_if_code: str | None = None
    shown_if_value: str | None = None
    choices: tuple[Choice, ...] = ()

    @property
    def is_sensitive(self) -> bool:
        """Say whether the answers are deleted soon after the event."""
        return self.delete_after_days is not None

    @property
    def longest(self) -> int | None:
        """Return how many characters an answer may have; None when that is not what limits it."""
        return _LONGEST.get(self.kind)


@dataclass(frozen=True)
class Tally:
    """What many people answered to one question."""

    question: Asked
    answered_count: int
    counts: list[tuple[str, int]]  # of each choice, of yes and no, of each number or date
    texts: list[str]


def read_all(questions: Iterable[Asked], sent: Mapping[str, Sequence[str]]) -> tuple[dict[str, Value], dict[str, str]]:
    """Return the answers to questions of one scope by code, and a sentence for each that cannot be taken.

    `sent` holds what a form sent under each code. What is not asked has no answer, whatever was sent for it.
    """
    values: dict[str, Value] = {}
    faults: dict[str, str] = {}
    for question in questions:
        if not is_asked(question, values):
            continue
        try:
            value = read(question, sent.get(question.code, ()))
        except AnswerRefused as refusal:
            faults[question.code] = refusal.message
            continue
        if value is not None:
            values[question.code] = value
    return values, faults


def is_asked(question: Asked, answers: Mapping[str, Value]) -> bool:
    """Say whether a question is asked of somebody with these answers to the questions before it.

    Without a value to compare with, any answer to the other question will do.
    """
    if question.shown_if_code is None:
        return True
    answer = answers.get(question.shown_if_code)
    if answer is None:
        return False
    return question.shown_if_value is None or question.shown_if_value in form_values(answer)


def read(question: Asked, sent: Sequence[str]) -> Value | None:
    """Return the value of what a form sent for a question, None when that is nothing. Raises AnswerRefused."""
    given = [text for text in map(_tidy_lines, sent) if text]
    value = _READERS[question.kind](question, given) if given else None
    if value is None and question.is_required:
        raise AnswerRefused(question, AnswerFault.MISSING)
    return value


def form_values(value: Value | None) -> list[str]:
    """Return what a form would send for an answer, for filling it in again."""
    if value is None:
        return []
    if isinstance(value, list):
        return value
    return [_word(value, yes=YES, no=NO)]


def shown_value(question: Asked, value: Value | None) -> str:
    """Return an answer as people read it, in Czech, since that is what is stored with it."""
    if value is None:
        return ""
    if question.kind in {"choice", "choices"}:
        labels = {choice.code: choice.label for choice in question.choices}
        return ", ".join(labels.get(code, code) for code in form_values(value))
    if question.kind == "date":
        return czech.short_date(date.fromisoformat(str(value)))
    return _word(value, yes="ano", no="ne")


def chosen(question: Asked, value: Value | None) -> list[Choice]:
    """Return the choices an answer consists of; each takes one of its places."""
    if question.kind not in {"choice", "choices"}:
        return []
    codes = form_values(value)
    return [choice for choice in question.choices if choice.code in codes]


def tally(question: Asked, values: Sequence[Value]) -> Tally:
    """Return how often each answer was given, and the texts by the Czech alphabet."""
    if question.kind in _LONGEST:
        return Tally(question, len(values), [], sorted(map(str, values), key=czech.sort_key))
    words = [word for value in values for word in form_values(value)]
    known = _known_answers(question) or {word: shown_value(question, value) for word, value in _by_size(values)}
    return Tally(question, len(values), [(label, words.count(word)) for word, label in known.items()], [])


def _read_text(question: Asked, given: list[str]) -> Value:
    return _at_most_longest(question, " ".join(given[0].split()))


def _read_long_text(question: Asked, given: list[str]) -> Value:
    return _at_most_longest(question, given[0])


def _read_choice(question: Asked, given: list[str]) -> Value:
    return _offered(question, given[:1])[0]


def _read_choices(question: Asked, given: list[str]) -> Value:
    return _offered(question, given)


def _read_yes_no(question: Asked, given: list[str]) -> Value:
    if given[0] not in {YES, NO}:
        raise AnswerRefused(question, AnswerFault.NOT_OFFERED)
    return given[0] == YES


def _read_number(question: Asked, given: list[str]) -> Value:
    """Return a number typed the Czech way or the computers': `1 950,5`, `-3`, `2.5`."""
    found = _NUMBER.fullmatch(" ".join(given[0].split()).replace("\u2212", "-"))
    if found is None:
        raise AnswerRefused(question, AnswerFault.NOT_A_NUMBER)
    sign, whole = found[1], found[2].replace(" ", "").lstrip("0") or "0"
    decimals = (found[3] or "")[:_DECIMALS].rstrip("0")
    if len(whole) > _DIGITS:
        raise AnswerRefused(question, AnswerFault.TOO_LARGE)
    return float(f"{sign}{whole}.{decimals}") if decimals else int(sign + whole)


def _read_date(question: Asked, given: list[str]) -> Value:
    typed = " ".join(given[0].split())
    iso, czech_way = _ISO_DATE.fullmatch(typed), _CZECH_DATE.fullmatch(typed)
    if iso:
        year, month, day = map(int, iso.groups())
    elif czech_way:
        day, month, year = map(int, czech_way.groups())
    else:
        raise AnswerRefused(question, AnswerFault.NOT_A_DATE)
    try:
        found = date(year, month, day)
    except ValueError:
        raise AnswerRefused(question, AnswerFault.NOT_A_DATE) from None
    if year not in _YEARS:
        raise AnswerRefused(question, AnswerFault.NOT_A_DATE)
    return found.isoformat()


_READERS: dict[str, Callable[[Asked, list[str]], Value]] = {
    "text": _read_text,
    "long_text": _read_long_text,
    "choice": _read_choice,
    "choices": _read_choices,
    "yes_no": _read_yes_no,
    "number": _read_number,
    "date": _read_date,
}


def _tidy_lines(text: str) -> str:
    """Return text without invisible characters, without spaces around it and around each of its lines."""
    lines = ("".join(filter(_is_visible, line)).strip() for line in text.expandtabs(1).splitlines())
    return "\n".join(lines).strip()


def _is_visible(letter: str) -> bool:
    return unicodedata.category(letter) not in _INVISIBLE or letter in _JOINERS


def _at_most_longest(question: Asked, text: str) -> str:
    if len(text) > _LONGEST[question.kind]:
        raise AnswerRefused(question, AnswerFault.TOO_LONG)
    return text


def _offered(question: Asked, codes: list[str]) -> list[str]:
    """Return the codes, each once, in the order the question offers them."""
    offered = [choice.code for choice in question.choices]
    if not set(codes) <= set(offered):
        raise AnswerRefused(question, AnswerFault.NOT_OFFERED)
    return [code for code in offered if code in codes]


def _word(value: Value, *, yes: str, no: str) -> str:
    if isinstance(value, bool):
        return yes if value else no
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}".replace(".", ",")
    return str(value)


def _known_answers(question: Asked) -> dict[str, str]:
    if question.kind == "yes_no":
        return {YES: "ano", NO: "ne"}
    return {choice.code: choice.label for choice in question.choices}


def _by_size(values: Iterable[Value]) -> list[tuple[str, Value]]:
    """Return each number or date once, the smallest first; ISO dates sort as they are."""
    different = {form_values(value)[0]: value for value in values}
    return sorted(different.items(), key=_size)


def _size(answer: tuple[str, Value]) -> tuple[float, str]:
    word, value = answer
    return (float(value) if isinstance(value, int | float) else 0.0), word
