"""What people are asked: added, reworded, put in order, taken away. Answers that were given keep their meaning."""

from collections.abc import Sequence
from dataclasses import dataclass

from registration.core import audit
from registration.core.db import db, transaction
from registration.events import facts, references, rules
from registration.events.errors import AnswersGiven, NoChoices, QuestionLeadsToAnother
from registration.events.models import Event, Question, QuestionChoice, QuestionKind, QuestionScope
from registration.events.operations.locking import lock_event

WITH_CHOICES = frozenset({QuestionKind.CHOICE, QuestionKind.CHOICES})


@dataclass(frozen=True)
class WantedChoice:
    """An answer to choose from as it shall be."""

    label: str
    capacity: int | None = None
    id: int | None = None  # of the one it is now; None for a new one


@dataclass(frozen=True)
class Wording:
    """A question as it shall be. `kind` and `scope` can change only until somebody has answered."""

    label: str
    kind: QuestionKind
    scope: QuestionScope = QuestionScope.PERSON
    help: str = ""
    is_required: bool = False
    delete_after_days: int | None = None
    shown_if_code: str | None = None
    shown_if_value: str | None = None
    choices: Sequence[WantedChoice] = ()


def add_question(event: Event, wording: Wording, *, by: str) -> Question:
    """Ask something more, behind the other questions. Raises NoChoices. Locks the event."""
    with transaction() as session:
        lock_event(event.id)
        session.refresh(event)
        question = Question(
            event_id=event.id,
            code=rules.next_code("otazka", {each.code for each in event.questions}, joint="_"),
            position=max((each.position for each in event.questions), default=0) + 1,
            kind=wording.kind,
            label=wording.label,
            scope=wording.scope,
        )
        session.add(question)
        _word(question, wording)
        _set_choices(question, wording)
        session.flush()
        session.expire(event, ["questions"])
        audit.record(question, "added", by=by, event_id=event.id, after=facts.of_question(question))
    return question


def change_question(question: Question, wording: Wording, *, by: str) -> None:
    """Word a question differently, add answers to choose from.

    Raises NoChoices; AnswersGiven when somebody has answered and the kind, the scope, the number of places would be
    another, or an answer would go. Locks the event.
    """
    with transaction() as session:
        lock_event(question.event_id)
        session.refresh(question)
        before = facts.of_question(question)
        is_answered = bool(references.referring_tables(question))
        if is_answered and (question.kind, question.scope) != (wording.kind, wording.scope):
            raise AnswersGiven
        if is_answered and not _keeps_choices(question, wording):
            raise AnswersGiven
        question.kind, question.scope = wording.kind, wording.scope
        _word(question, wording)
        _set_choices(question, wording)
        session.flush()
        after = facts.of_question(question)
        audit.record(question, "changed", by=by, event_id=question.event_id, before=before, after=after)


def remove_question(question: Question, *, by: str) -> None:
    """Ask something no more. Raises AnswersGiven, QuestionLeadsToAnother. Locks the event."""
    with transaction() as session:
        lock_event(question.event_id)
        session.refresh(question)
        event = question.event
        if references.referring_tables(question):
            raise AnswersGiven
        if any(each.shown_if_code == question.code for each in event.questions):
            raise QuestionLeadsToAnother
        audit.record(question, "removed", by=by, event_id=event.id, before=facts.of_question(question))
        for choice in question.choices:
            session.delete(choice)
        session.flush()
        session.delete(question)
        session.flush()
        session.expire(event, ["questions"])


def move_question(question: Question, *, by_places: int, by: str) -> None:
    """Ask something sooner (-1) or later (+1); at the end of the row nothing happens.

    Raises QuestionLeadsToAnother when it would pass the one its own asking depends on. Locks the event.
    """
    with transaction() as session:
        lock_event(question.event_id)
        event = question.event
        session.refresh(event)
        order = list(event.questions)
        place = order.index(question)
        before = {"order": [each.code for each in order]}
        order.insert(max(place + by_places, 0), order.pop(place))
        codes = [each.code for each in order]
        if any(each.shown_if_code in codes[codes.index(each.code) :] for each in order):
            raise QuestionLeadsToAnother
        for position, each in enumerate(order, start=1):
            each.position = position
        session.flush()
        session.expire(event, ["questions"])
        after = {"order": [each.code for each in order]}
        audit.record(event, "changed", by=by, event_id=event.id, before=before, after=after)


def _word(question: Question, wording: Wording) -> None:
    question.label, question.help = wording.label, wording.help
    question.is_required = wording.is_required
    question.delete_after_days = wording.delete_after_days
    question.shown_if_code, question.shown_if_value = wording.shown_if_code, wording.shown_if_value


def _keeps_choices(question: Question, wording: Wording) -> bool:
    """Say whether all answers to choose from stay, with as many places as they had."""
    wanted = {each.id: each for each in wording.choices}
    return all(each.id in wanted and wanted[each.id].capacity == each.capacity for each in question.choices)


def _set_choices(question: Question, wording: Wording) -> None:
    """Let the choices be the wanted ones in their order; what is not among them goes."""
    wanted = wording.choices if wording.kind in WITH_CHOICES else ()
    if wording.kind in WITH_CHOICES and not wanted:
        raise NoChoices
    present = {each.id: each for each in question.choices}
    codes = {each.code for each in question.choices}
    kept = {each.id for each in wanted}
    for id_, surplus in present.items():
        if id_ not in kept:
            _check_nothing_depends(question, surplus)
            question.choices.remove(surplus)
            db.session.delete(surplus)
    for position, choice in enumerate(wanted, start=1):
        if choice.id in present:
            stays = present[choice.id]
            stays.label, stays.capacity, stays.position = choice.label, choice.capacity, position
            continue
        code = rules.next_code("volba", codes, joint="_")
        codes.add(code)
        question.choices.append(
            QuestionChoice(code=code, label=choice.label, position=position, capacity=choice.capacity)
        )


def _check_nothing_depends(question: Question, choice: QuestionChoice) -> None:
    for each in question.event.questions:
        if (each.shown_if_code, each.shown_if_value) == (question.code, choice.code):
            raise QuestionLeadsToAnother
