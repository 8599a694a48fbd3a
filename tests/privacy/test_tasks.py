"""Promise I9: what has had its time goes by itself, once, and nothing else goes with it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from registration.app import create_app
from registration.core import settings
from registration.core.clock import PRAGUE
from registration.core.db import db, transaction
from registration.events.models import Event, Question, QuestionKind, QuestionScope, WaitingListMode
from registration.mail.models import MessageState, OutboxMessage
from registration.mail.tasks import deliver
from registration.privacy import tasks
from registration.signups.models import Answer, Order, Registration
from registration.signups.operations import Orderer, Wishes, approve, cancel, lapse_offers, refuse
from tests import factories
from tests.conftest import make_settings
from tests.failing import database_fails_on
from tests.privacy import world
from tests.queries import count_queries

Travel = Callable[[datetime], None]
DAY = timedelta(days=1)
WORKSHOP_DAY = datetime(2025, 4, 23, 9, 0, tzinfo=PRAGUE)


def answers_left() -> list[str]:
    db.session.rollback()
    return [each.question.code for each in db.session.scalars(select(Answer).order_by(Answer.id))]


def known() -> list[str]:
    """Return the addresses of people who are not erased."""
    db.session.rollback()
    known_ones = select(Registration.email).where(Registration.erased_at.is_(None)).order_by(Registration.id)
    return list(db.session.scalars(known_ones))


def erased_ids() -> list[int]:
    db.session.rollback()
    gone = select(Registration.id).where(Registration.erased_at.is_not(None)).order_by(Registration.id)
    return list(db.session.scalars(gone))


def test_diet_is_gone_fourteen_days_after_the_event_and_other_answers_stay(
    app: Flask, academy: Event, travel: Travel
) -> None:
    world.ada(academy)
    last_moment = datetime(2025, 4, 29, 23, 59, tzinfo=PRAGUE)
    travel(last_moment)
    tasks.clear_away()
    assert answers_left() == ["strava", "strava_jina", "ocekavani"]
    travel(last_moment + timedelta(minutes=1))
    tasks.clear_away()
    tasks.clear_away()
    assert answers_left() == ["ocekavani"]


def test_diet_of_an_event_put_off_is_not_deleted_before_it(app: Flask, academy: Event, travel: Travel) -> None:
    world.ada(academy)
    with transaction() as session:
        session.execute(update(Event).where(Event.id == academy.id).values(last_on=datetime(2025, 6, 2).date()))
    travel(datetime(2025, 6, 2, 20, 0, tzinfo=PRAGUE))
    tasks.clear_away()
    assert len(answers_left()) == 3
    travel(datetime(2025, 6, 3, 0, 1, tzinfo=PRAGUE))
    tasks.clear_away()
    assert answers_left() == ["ocekavani"]


def test_sensitive_answer_of_an_order_goes_too(app: Flask, at_demo_day: None, travel: Travel) -> None:
    event = factories.workshop()
    with transaction() as session:
        session.add(
            Question(
                event_id=event.id,
                code="spz",
                kind=QuestionKind.TEXT,
                label="SPZ",
                scope=QuestionScope.ORDER,
                delete_after_days=14,
            )
        )
    orderer = Orderer(name="Ada", email="ada@x.example", answers={"spz": "1A2 3456"})
    factories.order(event, factories.person(1), orderer=orderer)
    assert answers_left() == ["spz"]
    travel(WORKSHOP_DAY + 14 * DAY)
    tasks.clear_away()
    assert answers_left() == []


def test_more_than_a_batch_is_deleted_in_one_run(app: Flask, academy: Event, travel: Travel) -> None:
    ada = world.ada(academy)
    question = db.session.scalars(select(Question).where(Question.code == "strava")).first()
    assert question
    with transaction() as session:
        session.add_all(
            [
                Answer(
                    order_id=ada.order_id,
                    question_id=question.id,
                    question_label="?",
                    value="x",
                    shown="x",
                    delete_on=world.LAST_DAY,
                )
                for _ in range(1200)
            ]
        )
    travel(world.AFTER_ALL)
    tasks.clear_away()
    assert len(answers_left()) == 3


@pytest.mark.slow
def test_messages_go_ninety_days_after_they_were_sent_with_their_files(
    app: Flask, academy: Event, travel: Travel
) -> None:
    ada = world.ada(academy)
    deliver()
    sent_at = db.session.scalars(select(OutboxMessage.sent_at)).one()
    assert sent_at
    assert world.written_down(app)
    travel(sent_at + 90 * DAY - timedelta(minutes=5))
    tasks.clear_away()
    assert world.written_down(app)
    travel(sent_at + 90 * DAY + timedelta(minutes=1))
    tasks.clear_away()
    assert db.session.scalars(select(OutboxMessage)).all() == []
    assert world.written_down(app) == ""
    assert known() == [ada.email]


@pytest.mark.parametrize(
    ("state", "goes"),
    [
        (MessageState.QUEUED, False),
        (MessageState.SENT, True),
        (MessageState.FAILED, True),
        (MessageState.WITHDRAWN, True),
    ],
)
def test_message_that_still_waits_stays_however_old(
    app: Flask, academy: Event, travel: Travel, state: MessageState, goes: bool
) -> None:
    world.ada(academy)
    with transaction() as session:
        session.execute(update(OutboxMessage).values(state=state))
    travel(world.AFTER_ALL + 90 * DAY)
    tasks.clear_away()
    assert (db.session.scalars(select(OutboxMessage)).all() == []) is goes


def test_those_who_never_had_a_place_are_erased_thirty_days_after_the_event(
    app: Flask, at_demo_day: None, travel: Travel
) -> None:
    event = factories.workshop(capacity=1, waiting_list=WaitingListMode.OFFER)
    confirmed, lapsed, waiting, gave_up = factories.crowd(event, 4)
    cancel([gave_up], by="t")
    cancel([confirmed], by="t")  # had a place
    travel(datetime(2025, 3, 20, 9, 0, tzinfo=PRAGUE))
    lapse_offers(event.id)
    travel(WORKSHOP_DAY + 30 * DAY - timedelta(hours=9, minutes=1))
    tasks.clear_away()
    assert erased_ids() == []
    travel(WORKSHOP_DAY + 30 * DAY - timedelta(hours=9))
    tasks.clear_away()
    tasks.clear_away()
    assert erased_ids() == [lapsed.id, waiting.id, gave_up.id]
    assert known() == [confirmed.email]
    orderers = db.session.scalars(select(Order.orderer_email).order_by(Order.id)).all()
    assert orderers == [confirmed.email, "", "", ""]


def test_applicants_without_a_place_are_erased_whatever_became_of_them(
    app: Flask, at_demo_day: None, travel: Travel
) -> None:
    event = factories.workshop()
    with transaction() as session:
        session.get_one(Event, event.id).needs_approval = True
    approved, refused, forgotten, gave_up = factories.crowd(event, 4)
    approve(approved, by=factories.OLGA_EMAIL)
    refuse(refused, by=factories.OLGA_EMAIL, reason="Osoba Číslo 2 patří jinam")
    cancel([gave_up], by="t")
    travel(WORKSHOP_DAY + 30 * DAY)
    tasks.clear_away()
    assert erased_ids() == [refused.id, forgotten.id, gave_up.id]
    assert known() == [approved.email]
    assert "patří jinam" not in world.stored()


def test_registrations_older_than_the_time_of_confirmation_stay(app: Flask, at_demo_day: None, travel: Travel) -> None:
    event = factories.workshop()
    people = factories.crowd(event, 2)
    cancel(people[1:], by="t")
    with transaction() as session:
        session.execute(update(Registration).values(confirmed_at=None))
    travel(WORKSHOP_DAY + 300 * DAY)
    tasks.clear_away()
    assert erased_ids() == []


def test_group_that_took_fewer_loses_only_those_without_a_place(app: Flask, at_demo_day: None, travel: Travel) -> None:
    event = factories.workshop(capacity=1)
    orderer = Orderer(name="Ada", email="ada@x.example")
    people = [factories.person(1), factories.person(2)]
    order = factories.order(event, *people, orderer=orderer, wishes=Wishes(takes_fewer=True))
    travel(WORKSHOP_DAY + 30 * DAY)
    tasks.clear_away()
    assert known() == [people[0].email]
    assert db.session.get_one(Order, order.id).orderer_name == "Ada"


def test_one_person_who_cannot_be_erased_does_not_hold_up_the_others(
    app: Flask, at_demo_day: None, travel: Travel, caplog: pytest.LogCaptureFixture
) -> None:
    event = factories.workshop(capacity=1)
    _confirmed, bad, good = factories.crowd(event, 3)
    travel(WORKSHOP_DAY + 30 * DAY)
    with database_fails_on(bad.email):
        tasks.clear_away()
    assert erased_ids() == [good.id]
    tasks.clear_away()
    assert erased_ids() == [bad.id, good.id]
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        f"Registration {bad.id} could not be erased"
    ]


@pytest.mark.slow
def test_answers_that_cannot_be_deleted_do_not_keep_messages_and_people(
    app: Flask, academy: Event, travel: Travel, caplog: pytest.LogCaptureFixture
) -> None:
    world.ada(academy)
    deliver()
    travel(world.AFTER_ALL + 100 * DAY)
    with database_fails_on("DELETE FROM answer"):
        tasks.clear_away()
    assert len(answers_left()) == 3
    assert db.session.scalars(select(OutboxMessage.id)).all() == []
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "delete_sensitive_answers failed"
    ]


def test_clearing_away_nothing_costs_the_same_with_many_people(app: Flask, academy: Event) -> None:
    with count_queries() as none:
        tasks.clear_away()
    world.with_bob(academy)
    with count_queries() as two:
        tasks.clear_away()
    assert none.count == two.count


def test_worker_that_is_to_stop_begins_nothing_more(app: Flask, at_demo_day: None, travel: Travel) -> None:
    factories.crowd(factories.workshop(capacity=1), 2)
    travel(WORKSHOP_DAY + 100 * DAY)
    stopping = app.extensions["queue"].stopping
    stopping.set()
    tasks.clear_away()
    stopping.clear()
    assert erased_ids() == []


def test_demo_clears_away_every_minute_and_an_installation_every_hour(app: Flask) -> None:
    chosen = settings.current()
    in_demo = create_app(make_settings(chosen.database_url, chosen.instance_path, demo=True))
    for each, minutes in ((app, [7]), (in_demo, list(range(60)))):
        hour = [datetime(2025, 3, 10, 12, minute) for minute in range(60)]
        task = each.extensions["queue"].tasks["clear_away"]
        assert [moment.minute for moment in hour if task.task_class().validate_datetime(moment)] == minutes
