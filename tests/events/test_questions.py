from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from registration.events import questions
from registration.events.errors import AnswerFault, AnswerRefused
from registration.events.models import QuestionKind
from registration.events.questions import Asked, Choice, Tally, Value

NBSP = "\u00a0"
CHOICES = (
    Choice(1, "bezna", "běžná", None, 7),
    Choice(2, "vege", "vegetariánská", 20, 20),
    Choice(3, "jina", "jiná", 20, 18),
)


def asked(kind: str, **changes: Any) -> Asked:
    choices = CHOICES if kind in {"choice", "choices"} else ()
    return replace(Asked(1, kind, "person", kind, f"Otázka ({kind})", choices=choices), **changes)


def fault_of(question: Asked, sent: Sequence[str]) -> AnswerFault | None:
    """Return what is wrong with what was sent, None when nothing is."""
    try:
        questions.read(question, sent)
    except AnswerRefused as refusal:
        return refusal.fault
    return None


@pytest.mark.parametrize(
    ("kind", "sent", "value"),
    [
        ("text", ["  dvě \t slova\n"], "dvě slova"),
        ("text", ["", "druhé"], "druhé"),
        ("text", ["\ufeff\u202ezpátky\u0007 👩‍🏫"], "zpátky 👩‍🏫"),
        ("long_text", ["  první  \r\n\r\n  druhý "], "první\n\ndruhý"),
        ("choice", ["jina"], "jina"),
        ("choices", ["jina", "bezna", "", "jina"], ["bezna", "jina"]),
        ("yes_no", ["yes"], True),
        ("yes_no", ["no"], False),
        ("number", ["0"], 0),
        ("number", ["-3"], -3),
        ("number", ["\u22123"], -3),
        ("number", ["+3"], 3),
        ("number", [f"1{NBSP}950,50"], 1950.5),
        ("number", ["2.5"], 2.5),
        ("number", ["3,000"], 3),
        ("number", ["007"], 7),
        ("number", ["999999999999"], 999_999_999_999),
        ("date", ["2025-04-02"], "2025-04-02"),
        ("date", ["2. 4. 2025"], "2025-04-02"),
        ("date", [f"02.{NBSP}04.2025"], "2025-04-02"),
        ("date", ["29. 2. 2024"], "2024-02-29"),
    ],
)
def test_answer_is_read_as_it_is_stored(kind: str, sent: list[str], value: Value) -> None:
    read = questions.read(asked(kind), sent)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize("kind", QuestionKind)
@pytest.mark.parametrize("sent", [[], [""], [" \u200b\n "], ["", " "]])
def test_nothing_is_no_answer_and_missing_only_where_one_is_required(kind: QuestionKind, sent: list[str]) -> None:
    assert questions.read(asked(kind), sent) is None
    assert fault_of(asked(kind, is_required=True), sent) is AnswerFault.MISSING


def test_no_is_an_answer_to_a_required_question() -> None:
    assert questions.read(asked("yes_no", is_required=True), ["no"]) is False
    assert questions.read(asked("number", is_required=True), ["0"]) == 0


@pytest.mark.parametrize(
    ("kind", "sent", "fault"),
    [
        ("text", "a" * 1001, AnswerFault.TOO_LONG),
        ("long_text", "a" * 5001, AnswerFault.TOO_LONG),
        ("choice", "vzdusna", AnswerFault.NOT_OFFERED),
        ("choices", "vzdusna", AnswerFault.NOT_OFFERED),
        ("yes_no", "maybe", AnswerFault.NOT_OFFERED),
        ("number", "mnoho", AnswerFault.NOT_A_NUMBER),
        ("number", "1 2", AnswerFault.NOT_A_NUMBER),
        ("number", "1,2,3", AnswerFault.NOT_A_NUMBER),
        ("number", "nan", AnswerFault.NOT_A_NUMBER),
        ("number", "inf", AnswerFault.NOT_A_NUMBER),
        ("number", "1e9", AnswerFault.NOT_A_NUMBER),
        ("number", "٣", AnswerFault.NOT_A_NUMBER),
        ("number", "1000000000000", AnswerFault.TOO_LARGE),
        ("number", "9" * 5000, AnswerFault.TOO_LARGE),
        ("date", "zítra", AnswerFault.NOT_A_DATE),
        ("date", "30. 2. 2025", AnswerFault.NOT_A_DATE),
        ("date", "2025-13-01", AnswerFault.NOT_A_DATE),
        ("date", "20250402", AnswerFault.NOT_A_DATE),
        ("date", "1. 1. 1899", AnswerFault.NOT_A_DATE),
        ("date", "2200-01-01", AnswerFault.NOT_A_DATE),
    ],
)
def test_what_cannot_be_an_answer_is_refused_for_a_reason(kind: str, sent: str, fault: AnswerFault) -> None:
    assert fault_of(asked(kind), [sent]) is fault


@pytest.mark.parametrize("kind", ["text", "long_text"])
def test_text_may_be_as_long_as_the_box_says(kind: str) -> None:
    question = asked(kind)
    assert question.longest
    assert fault_of(question, ["á" * question.longest]) is None
    assert asked("number").longest is None


@given(st.sampled_from(QuestionKind), st.lists(st.text(st.characters(exclude_categories=()))), st.booleans())
def test_whatever_is_sent_is_read_or_refused(kind: QuestionKind, sent: list[str], is_required: bool) -> None:
    question = asked(kind, is_required=is_required)
    try:
        value = questions.read(question, sent)
    except AnswerRefused:
        return
    questions.shown_value(question, value).encode()
    assert questions.read(question, questions.form_values(value)) == value


_VALUES: dict[str, st.SearchStrategy[Value]] = {
    "choice": st.sampled_from([choice.code for choice in CHOICES]),
    "choices": st.lists(st.sampled_from([choice.code for choice in CHOICES]), unique=True, min_size=1),
    "yes_no": st.booleans(),
    "number": st.integers(1 - 10**12, 10**12 - 1)
    | st.decimals(-(10**11), 10**11, places=4, allow_nan=False).map(float),
    "date": st.dates().filter(lambda day: 1900 <= day.year < 2200).map(lambda day: day.isoformat()),
}


@given(st.sampled_from(sorted(_VALUES)).flatmap(lambda kind: st.tuples(st.just(kind), _VALUES[kind])))
def test_answer_shown_in_its_form_again_is_read_as_the_same(kind_and_value: tuple[str, Value]) -> None:
    kind, value = kind_and_value
    in_order = sorted(value, key=[choice.code for choice in CHOICES].index) if isinstance(value, list) else value
    assert questions.read(asked(kind), questions.form_values(value)) == in_order


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("text", "slovo", "slovo"),
        ("choice", "vege", "vegetariánská"),
        ("choice", "dropped", "dropped"),
        ("choices", ["bezna", "jina"], "běžná, jiná"),
        ("yes_no", True, "ano"),
        ("yes_no", False, "ne"),
        ("number", 1950, "1950"),
        ("number", 2.5, "2,5"),
        ("number", 0.000001, "0,000001"),
        ("date", "2025-04-02", f"2.{NBSP}4.{NBSP}2025"),
        ("number", None, ""),
    ],
)
def test_answer_is_shown_in_czech(kind: str, value: Value | None, shown: str) -> None:
    assert questions.shown_value(asked(kind), value) == shown


@pytest.mark.parametrize(
    ("answer", "wanted", "is_asked"),
    [
        ("jina", "jina", True),
        ("bezna", "jina", False),
        (["bezna", "jina"], "jina", True),
        (["bezna"], "jina", False),
        (True, "yes", True),
        (False, "yes", False),
        (False, "no", True),
        (2, "2", True),
        (2.5, "2,5", True),
        ("cokoli", None, True),
        (None, None, False),
        (None, "no", False),
    ],
)
def test_question_is_asked_depending_on_another_answer(
    answer: Value | None, wanted: str | None, is_asked: bool
) -> None:
    answers = {} if answer is None else {"other": answer}
    question = asked("text", shown_if_code="other", shown_if_value=wanted)
    assert questions.is_asked(question, answers) is is_asked


CHAIN = [
    asked("yes_no", code="comes"),
    asked("choice", code="diet", is_required=True, shown_if_code="comes", shown_if_value="yes"),
    asked("text", code="which", is_required=True, shown_if_code="diet", shown_if_value="jina"),
]


def test_chain_of_questions_is_followed(app: Flask) -> None:
    sent = {"comes": ["yes"], "diet": ["jina"], "which": ["bez lepku"]}
    assert questions.read_all(CHAIN, sent) == ({"comes": True, "diet": "jina", "which": "bez lepku"}, {})


def test_what_is_not_asked_has_no_answer_and_is_not_missing(app: Flask) -> None:
    sent = {"comes": ["no"], "diet": ["jina"], "which": ["bez lepku"]}
    assert questions.read_all(CHAIN, sent) == ({"comes": False}, {})
    assert questions.read_all(CHAIN, {}) == ({}, {})


def test_every_refused_answer_gets_its_sentence(app: Flask) -> None:
    values, faults = questions.read_all([*CHAIN, asked("number")], {"comes": ["yes"], "number": ["mnoho"]})
    assert values == {"comes": True}
    assert sorted(faults) == ["diet", "number"]
    assert len(set(faults.values())) == 2


@pytest.mark.parametrize("fault", AnswerFault)
def test_every_fault_has_a_sentence(app: Flask, fault: AnswerFault) -> None:
    assert AnswerRefused(asked("text"), fault).message.endswith(".")


def test_choices_tell_what_is_left() -> None:
    assert [choice.left for choice in CHOICES] == [None, 0, 2]
    assert [choice.is_full for choice in CHOICES] == [False, True, False]
    assert replace(CHOICES[1], taken=25).left == 0


def test_answer_takes_places_of_its_choices_only() -> None:
    assert questions.chosen(asked("choices"), ["bezna", "jina"]) == [CHOICES[0], CHOICES[2]]
    assert questions.chosen(asked("choice"), "vege") == [CHOICES[1]]
    assert questions.chosen(asked("choice"), None) == []
    assert questions.chosen(asked("text"), "vege") == []


def test_question_whose_answers_are_deleted_is_sensitive() -> None:
    assert asked("choice", delete_after_days=0).is_sensitive
    assert not asked("choice").is_sensitive


@pytest.mark.parametrize(
    ("kind", "values", "counts", "texts"),
    [
        ("choice", ["jina", "bezna", "jina"], [("běžná", 1), ("vegetariánská", 0), ("jiná", 2)], []),
        ("choices", [["bezna", "jina"], ["jina"]], [("běžná", 1), ("vegetariánská", 0), ("jiná", 2)], []),
        ("yes_no", [True, False, True], [("ano", 2), ("ne", 1)], []),
        ("number", [10, 2.5, 10], [("2,5", 1), ("10", 2)], []),
        ("date", ["2025-04-02", "2025-03-30"], [(f"30.{NBSP}3.{NBSP}2025", 1), (f"2.{NBSP}4.{NBSP}2025", 1)], []),
        ("text", ["chata", "Adam", "cizina"], [], ["Adam", "cizina", "chata"]),
        ("long_text", [], [], []),
        ("number", [], [], []),
    ],
)
def test_answers_are_counted(kind: str, values: list[Value], counts: list[tuple[str, int]], texts: list[str]) -> None:
    question = asked(kind)
    assert questions.tally(question, values) == Tally(question, len(values), counts, texts)
