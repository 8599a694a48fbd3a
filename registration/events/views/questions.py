"""What people are asked: the list, a question, its place in the row."""

from http import HTTPStatus

from flask import render_template, request
from flask_security import current_user

from registration.core.errors import Refusal
from registration.core.i18n import gettext
from registration.events import facts, operations, queries, references
from registration.events.errors import (
    AnswersGiven,
    ChangedMeanwhile,
    NoChoices,
    QuestionLeadsToAnother,
    QuestionNotFound,
)
from registration.events.forms import QUESTION_KINDS, QuestionForm
from registration.events.models import Event, Question
from registration.events.views.desk import Answer, blueprint, done, not_done, seen

_PAGE = ".questions"
_STEPS = {"vys": -1, "niz": 1}


@blueprint.get("/akce/<slug>/otazky")
def questions(slug: str) -> str:
    """List what people are asked."""
    event = queries.get_event(slug)
    return render_template("events/questions.html", event=event, kinds=QUESTION_KINDS)


@blueprint.get("/akce/<slug>/otazky/nova")
def new_question(slug: str) -> str:
    """Ask for a question to be added."""
    event = queries.get_event(slug)
    return _page(event, None, QuestionForm.new(event))


@blueprint.post("/akce/<slug>/otazky/nova")
def add_question(slug: str) -> Answer:
    """Add a question."""
    event = queries.get_event(slug)
    form = QuestionForm.asking(event)
    if not form.validate():
        return _page(event, None, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        operations.add_question(event, form.wording(), by=current_user.email)
    except NoChoices as refusal:
        form.further.errors = [refusal.message]
        return _page(event, None, form), refusal.status
    return done(slug, gettext("The question is added."), page=_PAGE)


@blueprint.get("/akce/<slug>/otazky/<int:question_id>")
def question_form(slug: str, question_id: int) -> str:
    """Show a question to be changed."""
    question = _get(queries.get_event(slug), question_id)
    return _page(question.event, question, QuestionForm.of(question))


@blueprint.post("/akce/<slug>/otazky/<int:question_id>")
def change_question(slug: str, question_id: int) -> Answer:
    """Word a question differently."""
    event = queries.get_event(slug)
    question = _get(event, question_id)
    form = QuestionForm.asking(event, question)
    if not form.validate():
        return _page(event, question, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with operations.as_seen(event, seen(form), lambda: facts.of_question(question)):
            operations.change_question(question, form.wording(), by=current_user.email)
    except ChangedMeanwhile as refusal:
        question = _get(queries.get_event(slug), question_id)
        form.compare(QuestionForm.of(question))
        return _page(question.event, question, form), refusal.status
    except (NoChoices, AnswersGiven, QuestionLeadsToAnother) as refusal:
        field = form.further if isinstance(refusal, NoChoices) else form.label
        field.errors = [refusal.message]
        return _page(event, question, form), refusal.status
    return done(slug, gettext("The question is changed."), page=_PAGE)


@blueprint.post("/akce/<slug>/otazky/<int:question_id>/poradi")
def move_question(slug: str, question_id: int) -> Answer:
    """Ask something sooner or later."""
    question = _get(queries.get_event(slug), question_id)
    try:
        step = _STEPS.get(request.form.get("kam", ""), 0)
        operations.move_question(question, by_places=step, by=current_user.email)
    except QuestionLeadsToAnother as refusal:
        return not_done(slug, refusal, page=_PAGE)
    return done(slug, gettext("The order of the questions is changed."), page=_PAGE)


@blueprint.post("/akce/<slug>/otazky/<int:question_id>/odebrani")
def remove_question(slug: str, question_id: int) -> Answer:
    """Ask something no more."""
    question = _get(queries.get_event(slug), question_id)
    try:
        operations.remove_question(question, by=current_user.email)
    except Refusal as refusal:
        return not_done(slug, refusal, page=_PAGE)
    return done(slug, gettext("The question is gone."), page=_PAGE)


def _get(event: Event, question_id: int) -> Question:
    for each in event.questions:
        if each.id == question_id:
            return each
    raise QuestionNotFound


def _page(event: Event, question: Question | None, form: QuestionForm) -> str:
    return render_template(
        "events/question.html",
        event=event,
        question=question,
        is_answered=question is not None and bool(references.referring_tables(question)),
        form=form,
        error_list=form.error_list(),
    )
