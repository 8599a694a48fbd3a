"""What an event's people are asked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager

from registration.core.db import db
from registration.core.prepared import Prepared
from registration.events.models import Event, Question, QuestionChoice
from registration.events.questions import Asked, Choice

# Built once: every sign-up asks for them.
_questions = Prepared(
    select(*(Question.__table__.c[field.name] for field in fields(Asked) if field.name != "choices"))
    .where(Question.event_id == bindparam("event_id"))
    .order_by(Question.position, Question.id)
)
_choices = Prepared(
    select(QuestionChoice.question_id, *(QuestionChoice.__table__.c[field.name] for field in fields(Choice)))
    .join(QuestionChoice.question)
    .where(Question.event_id == bindparam("event_id"))
    .order_by(QuestionChoice.position, QuestionChoice.id)
)


def list_choices(event: Event) -> Sequence[QuestionChoice]:
    """Return the answers to choose from that have their own places, with their questions."""
    return db.session.scalars(
        select(QuestionChoice)
        .join(QuestionChoice.question)
        .where(Question.event_id == event.id, QuestionChoice.capacity.is_not(None))
        .options(contains_eager(QuestionChoice.question))
        .order_by(Question.position, Question.id, QuestionChoice.position)
    ).all()


def list_questions(event_id: int) -> list[Asked]:
    """Return what an event's people are asked, in order, as it is now."""
    questions = _questions.rows({"event_id": event_id})
    if not questions:
        return []
    choices = defaultdict[int, list[Choice]](list)
    for row in _choices.rows({"event_id": event_id}):
        choices[row.question_id].append(Choice(row.id, row.code, row.label, row.capacity, row.taken))
    return [Asked(**row._asdict(), choices=tuple(choices[row.id])) for row in questions]
