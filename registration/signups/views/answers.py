"""People change what they have answered, a person for themselves, the orderer for all."""

from dataclasses import dataclass, replace
from http import HTTPStatus

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from registration.core.errors import Refusal
from registration.core.i18n import gettext
from registration.events.questions import Asked, Value, chosen, form_values
from registration.signups import operations, self_service
from registration.signups.errors import AlreadyCancelled, ChangesClosed, ChoiceFull
from registration.signups.forms import Questionnaire, typed_answers
from registration.signups.models import Order, Registration
from registration.signups.views.party import Party, find_party
from registration.signups.views.sign_up import blueprint

Page = tuple[str, int]
_OWN = "/u/<token>/zmena"
_ONE = "/p/<token>/<int:number>/zmena"
_ORDER = "/p/<token>/odpovedi"


@dataclass(frozen=True)
class _Subject:
    """Whoever answers: what they are asked, and have said so far."""

    of: Registration | Order
    questions: list[Asked]
    values: dict[str, Value]
    refusal: Refusal | None


@blueprint.get(_OWN)
@blueprint.get(_ONE, defaults={"kind": "p"})
@blueprint.get(_ORDER, defaults={"kind": "p"})
def answers(token: str, kind: str = "u", number: int | None = None) -> Page:
    """Show the questions with the answers as they are."""
    party = find_party(token, kind, number)
    subject = _subject(party)
    typed = {code: form_values(value) for code, value in subject.values.items()}
    return _page(party, Questionnaire(subject.questions, typed=typed), refusal=subject.refusal)


@blueprint.post(_OWN)
@blueprint.post(_ONE, defaults={"kind": "p"})
@blueprint.post(_ORDER, defaults={"kind": "p"})
def change_answers(token: str, kind: str = "u", number: int | None = None) -> Response | Page:
    """Keep other answers, or show the form again with what is wrong."""
    party = find_party(token, kind, number)
    subject = _subject(party)
    questionnaire = Questionnaire(subject.questions, typed=typed_answers(request.form).get(""))
    if subject.refusal:
        return _page(party, questionnaire, refusal=subject.refusal)
    if not questionnaire.validate() or questionnaire.has_strangers:
        return _page(party, questionnaire, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        if questionnaire.answers != subject.values:  # else it is a second click, or there is nothing to change
            operations.change_answers(subject.of, questionnaire.answers, by=party.by)
    except ChoiceFull as refusal:
        questionnaire.refuse(refusal.code, refusal.message)
        return _page(party, questionnaire, refusal.status)
    except (AlreadyCancelled, ChangesClosed) as refusal:
        return _page(party, questionnaire, refusal=refusal)
    return party.done("odpovedi")


def _subject(party: Party) -> _Subject:
    of = party.order if party.is_order else party.person
    answered = self_service.answered(of)
    if answered is None:
        abort(HTTPStatus.NOT_FOUND)  # nothing is asked
    refusal = None if answered.can_change else ChangesClosed() if party.still_in else AlreadyCancelled()
    values = answered.values
    holds_choices = party.is_order or party.person.status.holds_place
    questions = [_with_own_choices(each, values.get(each.code)) for each in answered.questions]
    return _Subject(of, questions if holds_choices else answered.questions, values, refusal)


def _with_own_choices(question: Asked, value: Value | None) -> Asked:
    """Return a question whose choices have a place more where it is one's own, so that it can be kept."""
    own = chosen(question, value)
    choices = (replace(each, taken=each.taken - 1) if each in own else each for each in question.choices)
    return replace(question, choices=tuple(choices))


def _page(
    party: Party,
    questionnaire: Questionnaire,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    refusal: Refusal | None = None,
) -> Page:
    error_list = [(field.id, f"{field.asked.label}: {field.errors[0]}") for field in questionnaire if field.errors]
    if questionnaire.has_strangers:
        stale = gettext("The questions have changed since the form was opened; please look through the answers.")
        error_list.insert(0, ("odeslat", stale))
    page = render_template(
        "signups/answers.html", party=party, questionnaire=questionnaire, error_list=error_list, refusal=refusal
    )
    return page, refusal.status if refusal else status
