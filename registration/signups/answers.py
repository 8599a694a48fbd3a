"""Answers as they are stored: with the question's wording of that day, and with the places of limited choices.

Whoever has a place in the event holds the choices they made; whoever waits takes them on promotion, as far as they are
still there. The event must be locked for everything here that writes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select

from registration.core.db import db
from registration.events import offered as places
from registration.events.offered import Offered
from registration.events.queries import list_questions
from registration.events.questions import Asked, Choice, Value, chosen, shown_value
from registration.signups import rows
from registration.signups.errors import ChoiceFull
from registration.signups.models import Answer, Order, Registration


@dataclass(frozen=True)
class Given:
    """What one person, or the orderer for all, has answered; `position` in the form, None for the order."""

    order_id: int
    registration_id: int | None
    position: int | None
    values: Mapping[str, Value]
    holds_place: bool


def write(offered: Offered, given: Sequence[Given]) -> None:
    """Write answers and take the limited choices of whoever has a place.

    Raises ChoiceFull. Answers to what is not asked any more are left out.
    """
    if not given:
        return
    asked = {question.code: question for question in list_questions(offered.id)}
    _take_choices(asked, [each for each in given if each.holds_place])
    rows.insert_answers(
        [
            _row(each, asked[code], value, offered.event.last_on)
            for each in given
            for code, value in each.values.items()
            if code in asked
        ]
    )


def replace(offered: Offered, subject: Registration | Order, values: Mapping[str, Value]) -> None:
    """Write other answers in the place of those a person or an order has given. Raises ChoiceFull."""
    registration = subject if isinstance(subject, Registration) else None
    holds_place = registration is None or registration.status.holds_place
    found = list(db.session.scalars(_of(subject)))
    if holds_place:
        _release(offered, found)
    db.session.execute(delete(Answer).where(Answer.id.in_([answer.id for answer in found])))
    order_id = subject.order_id if isinstance(subject, Registration) else subject.id
    position = registration.position - 1 if registration else None
    registration_id = registration.id if registration else None
    write(offered, [Given(order_id, registration_id, position, values, holds_place)])


def take_held(offered: Offered, registrations: Iterable[Registration]) -> dict[int, list[str]]:
    """Take the limited choices of people who have just got a place.

    Returns by registration id the labels of choices that are full meanwhile; these answers are taken out.
    """
    return _take_again(offered, list_by_registrations(registrations))


def take_of_order(offered: Offered, order: Order) -> None:
    """Take the limited choices of an order somebody of which takes part again, as far as they are still there."""
    _take_again(offered, list(db.session.scalars(_of(order))))


def release_held(offered: Offered, registrations: Iterable[Registration]) -> None:
    """Give back the limited choices of people who lose their place."""
    _release(offered, list_by_registrations(registrations))


def release_of_order(offered: Offered, order: Order) -> None:
    """Give back the limited choices of an order nobody of which takes part any more."""
    _release(offered, list(db.session.scalars(_of(order))))


def list_by_registrations(registrations: Iterable[Registration]) -> list[Answer]:
    """Return the answers of these people."""
    ids = [registration.id for registration in registrations]
    return list(db.session.scalars(select(Answer).where(Answer.registration_id.in_(ids)).order_by(Answer.id)))


def list_given(subject: Registration | Order) -> list[Answer]:
    """Return the answers of a person, or of the orderer for all, in the order of the questions."""
    return list(db.session.scalars(_of(subject)))


def values_of(subject: Registration | Order) -> dict[str, Value]:
    """Return by question code what a person, or the orderer for all, has answered."""
    statement = _of(subject).join(Answer.question)
    return {answer.question.code: answer.value for answer in db.session.scalars(statement)}


def _of(subject: Registration | Order) -> Any:
    if isinstance(subject, Registration):
        return select(Answer).where(Answer.registration_id == subject.id).order_by(Answer.id)
    return select(Answer).where(Answer.order_id == subject.id, Answer.registration_id.is_(None)).order_by(Answer.id)


def _take_choices(asked: Mapping[str, Asked], given: Sequence[Given]) -> None:
    wanted: dict[int, list[int | None]] = defaultdict(list)
    known: dict[int, tuple[str, Choice]] = {}
    for each in given:
        for code, value in each.values.items():
            for choice in chosen(asked[code], value) if code in asked else ():
                wanted[choice.id].append(each.position)
                known[choice.id] = code, choice
    for id_, positions in wanted.items():
        code, choice = known[id_]
        if choice.left is not None and choice.left < len(positions):
            raise ChoiceFull(code, choice.label, positions)
    places.book({("question_choice", id_): len(positions) for id_, positions in wanted.items()})


def _take_again(offered: Offered, found: Sequence[Answer]) -> dict[int, list[str]]:
    asked = {question.id: question for question in list_questions(offered.id)} if found else {}
    left = {choice.id: choice.left for question in asked.values() for choice in question.choices}
    lost: dict[int, list[str]] = defaultdict(list)
    taken: Counter[int] = Counter()
    for answer in found:
        for choice in chosen(asked[answer.question_id], answer.value):
            remaining = left[choice.id]
            if remaining is None:
                continue
            if remaining > 0:
                left[choice.id] = remaining - 1
                taken[choice.id] += 1
            else:
                lost[answer.registration_id or 0].append(choice.label)
                _take_out(answer, asked[answer.question_id], choice)
    places.book({("question_choice", id_): count for id_, count in taken.items()})
    return dict(lost)


def _release(offered: Offered, found: Sequence[Answer]) -> None:
    asked = {question.id: question for question in list_questions(offered.id)} if found else {}
    freed = Counter(choice.id for answer in found for choice in chosen(asked[answer.question_id], answer.value))
    places.book({("question_choice", id_): -count for id_, count in freed.items()})


def _take_out(answer: Answer, question: Asked, choice: Choice) -> None:
    if isinstance(answer.value, list) and len(answer.value) > 1:
        answer.value = [code for code in answer.value if code != choice.code]
        answer.shown = shown_value(question, answer.value)
    else:
        db.session.delete(answer)


def _row(given: Given, question: Asked, value: Value, last_on: date | None) -> dict[str, object]:
    days = question.delete_after_days
    return {
        "order_id": given.order_id,
        "registration_id": given.registration_id,
        "question_id": question.id,
        "question_label": question.label,
        "value": value,
        "shown": shown_value(question, value),
        "delete_on": last_on + timedelta(days=days) if days is not None and last_on else None,
    }
