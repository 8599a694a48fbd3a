from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from registration.core.clock import PRAGUE
from registration.core.db import db
from registration.events.models import Audience, Event, Question, WaitingListMode
from registration.events.queries import get_event, list_questions
from registration.events.questions import read_all
from registration.programme import PROGRAMME_2025, load_programme

MADE_UP = """
[association]
name = "Sekce"

[[event]]
slug = "kurz"
title = "Kurz"
kind = "workshop"
first_day = 2025-05-05
last_day = 2025-05-05
demo = { start = 09:00:00, end = 12:00:00, needs_approval = true, organisation_limit = 2, changes_until = 2025-03-29 }
[[event.offer]]
code = "CLEN"
sessions = ["den-1"]
demo = { title = "Pro členy", price_member = 900, price_other = 1400, audience = "members", capacity = 10 }
[[event.question]]
code = "obed"
kind = "choice"
scope = "order"
demo = { label = "Oběd", is_required = true, choices = [{ code = "ano", label = "Ano", capacity = 3 }] }

[[event]]
slug = "setkani"
title = "Setkání"
kind = "meeting"
first_day = 2025-05-06
last_day = 2025-05-06
demo = { start = 09:00:00, end = 12:00:00, waiting_list = "none" }
"""


@pytest.fixture
def made_up(app: Flask, tmp_path: Path) -> Path:
    path = tmp_path / "programme.toml"
    path.write_text(MADE_UP, encoding="utf-8")
    load_programme(path)
    return path


def test_ticket_types_have_prices_audience_and_capacity(made_up: Path) -> None:
    (ticket_type,) = get_event("kurz").ticket_types
    assert (ticket_type.price_member_haler, ticket_type.price_other_haler) == (90_000, 140_000)
    assert (ticket_type.audience, ticket_type.capacity) == (Audience.MEMBERS, 10)


def test_rules_of_signing_up_are_read_and_the_last_day_of_changes_is_a_whole_one(made_up: Path) -> None:
    event = get_event("kurz")
    assert (event.needs_approval, event.organisation_limit) == (True, 2)
    assert event.changes_close_at == datetime(2025, 3, 30, tzinfo=PRAGUE)
    event = get_event("setkani")
    assert (event.needs_approval, event.organisation_limit, event.changes_close_at) == (False, None, None)


def test_place_that_costs_something_is_offered_and_not_simply_given(made_up: Path) -> None:
    assert get_event("kurz").waiting_list is WaitingListMode.OFFER
    assert get_event("setkani").waiting_list is WaitingListMode.NONE


def test_place_free_of_charge_is_simply_given(academy: Event) -> None:
    assert academy.waiting_list is WaitingListMode.CONFIRM


def test_questions_are_loaded_once(made_up: Path) -> None:
    load_programme(made_up)
    (question,) = list_questions(get_event("kurz").id)
    assert (question.code, question.scope, question.kind, question.is_required) == ("obed", "order", "choice", True)
    assert [(choice.code, choice.left) for choice in question.choices] == [("ano", 3)]


def test_real_programme_asks_nothing_that_must_be_answered(academy: Event) -> None:
    assert db.session.scalar(select(func.count()).where(Question.is_required)) == 0
    for slug in (academy.slug, "knihovny-soucasnosti"):
        questions = list_questions(get_event(slug).id)
        assert questions
        assert read_all(questions, {}) == ({}, {})


def test_real_programme_deletes_what_people_eat_two_weeks_after_the_event(academy: Event) -> None:
    sensitive = {question.code: question.delete_after_days for question in list_questions(academy.id)}
    assert sensitive == {"strava": 14, "strava_jina": 14, "ocekavani": None}


def test_questions_that_depend_on_another_name_one_asked_before(academy: Event) -> None:
    for slug in (academy.slug, "knihovny-soucasnosti"):
        questions = list_questions(get_event(slug).id)
        for position, question in enumerate(questions):
            if question.shown_if_code:
                (other,) = [each for each in questions[:position] if each.code == question.shown_if_code]
                assert question.shown_if_value in {choice.code for choice in other.choices}


def test_loading_the_real_programme_twice_asks_once(academy: Event) -> None:
    before = db.session.scalar(select(func.count(Question.id)))
    load_programme(PROGRAMME_2025)
    assert db.session.scalar(select(func.count(Question.id))) == before
