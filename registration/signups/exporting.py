"""The registrations of an event as a table to be taken away: all that is known, as numbers, times and words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from registration.core.db import db
from registration.core.i18n import gettext
from registration.core.sheets import Cell
from registration.events.models import Event, QuestionScope
from registration.events.queries import list_questions
from registration.events.questions import Asked
from registration.signups.annotations import Note, Tag
from registration.signups.filtering import Filter, select_registrations
from registration.signups.models import Answer, Order, Registration, RegistrationStatus

_Answers = Mapping[tuple[int | None, int, int], Answer]  # by registration, None for all of the order; order; question


class Scope(Enum):
    """How much of what people have told is in the table."""

    ACCOUNTING = "accounting"  # no answers of people, nor what the desk has noted of them
    ALL_BUT_SENSITIVE = "all_but_sensitive"
    ALL = "all"


@dataclass(frozen=True)
class Export:
    """A table with as many cells in each row as there are names of columns."""

    header: list[str]
    rows: list[list[Cell]]


def export(event: Event, chosen: Filter, *, scope: Scope) -> Export:
    """Return these registrations of an event in the order of their list; six statements, however many there are."""
    questions = [question for question in list_questions(event.id) if _is_told(question, scope)]
    answers = _answers(event, questions)
    has_notes = scope is not Scope.ACCOUNTING
    tags = _words(event, Tag.registration_id, Tag.word) if has_notes else {}
    notes = _words(event, Note.registration_id, Note.text) if has_notes else {}
    loaded = select_registrations(event, chosen).options(
        joinedload(Registration.order).joinedload(Order.organisation), joinedload(Registration.ticket_type)
    )
    rows = []
    for registration in db.session.scalars(loaded):
        row = [f"{event.shelf_mark}/P-{registration.order.number:04}/{registration.position}", *_details(registration)]
        if has_notes:
            row += ["; ".join(tags.get(registration.id, ())), "\n".join(notes.get(registration.id, ()))]
        rows.append([*row, *(_answer(answers, registration, question) for question in questions)])
    return Export([*_header(has_notes=has_notes), *(question.label for question in questions)], rows)


def _header(*, has_notes: bool) -> list[str]:
    header = [
        gettext("Number"),
        gettext("State"),
        gettext("Surname"),
        gettext("Given name"),
        gettext("Title before"),
        gettext("Title after"),
        gettext("E-mail"),
        gettext("Library"),
        gettext("IČO"),
        gettext("Member"),
        gettext("Ticket type"),
        gettext("Price (CZK)"),
        gettext("Signed up"),
        gettext("Place confirmed"),
        gettext("Who sent the order"),
        gettext("E-mail of the order"),
    ]
    return [*header, gettext("Tags"), gettext("Notes")] if has_notes else header


def _details(registration: Registration) -> list[Cell]:
    order = registration.order
    organisation = order.organisation
    return [
        _status(registration.status),
        registration.family_name or gettext("erased"),
        registration.given_name,
        registration.title_before,
        registration.title_after,
        registration.email,
        registration.organisation_name,
        (organisation.ico or "") if organisation else "",
        gettext("yes") if organisation and organisation.is_member else gettext("no"),
        registration.ticket_type.title,
        _crowns(registration.price_haler),
        order.created_at,
        registration.confirmed_at,
        order.orderer_name,
        order.orderer_email,
    ]


def _status(status: RegistrationStatus) -> str:
    return {
        RegistrationStatus.APPLIED: gettext("Waiting for approval"),
        RegistrationStatus.WAITING: gettext("In the waiting list"),
        RegistrationStatus.OFFERED: gettext("Offered a place"),
        RegistrationStatus.CONFIRMED: gettext("Confirmed"),
        RegistrationStatus.CANCELLED: gettext("Cancelled"),
    }[status]


def _crowns(haler: int) -> Cell:
    return haler / 100 if haler % 100 else haler // 100


def _is_told(question: Asked, scope: Scope) -> bool:
    if scope is Scope.ACCOUNTING:
        return question.scope == QuestionScope.ORDER and not question.is_sensitive
    return scope is Scope.ALL or not question.is_sensitive


def _answers(event: Event, questions: Sequence[Asked]) -> _Answers:
    if not questions:
        return {}
    of_event = select(Order.id).where(Order.event_id == event.id)
    statement = select(Answer).where(
        Answer.order_id.in_(of_event), Answer.question_id.in_([question.id for question in questions])
    )
    return {(each.registration_id, each.order_id, each.question_id): each for each in db.session.scalars(statement)}


def _answer(answers: _Answers, registration: Registration, question: Asked) -> Cell:
    whose = None if question.scope == QuestionScope.ORDER else registration.id
    answer = answers.get((whose, registration.order_id, question.id))
    if answer is None:
        return ""
    return cast(Cell, answer.value) if question.kind == "number" else answer.shown


def _words(event: Event, registration_id: Any, words: Any) -> dict[int, list[str]]:
    statement = (
        select(registration_id, words)
        .join(Registration, Registration.id == registration_id)
        .where(Registration.event_id == event.id)
        .order_by(registration_id, words)
    )
    found: dict[int, list[str]] = {}
    for id_, word in db.session.execute(statement):
        found.setdefault(id_, []).append(word)
    return found
