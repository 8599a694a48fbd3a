from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from registration.core import clock
from registration.core.clock import PRAGUE
from registration.core.db import db, transaction
from registration.events import operations
from registration.events.errors import (
    CapacityBelowTaken,
    EventAlreadyCancelled,
    EventHasBegun,
    PeopleAreWaiting,
    SessionEndsBeforeStart,
    SignUpClosesBeforeOpening,
)
from registration.events.models import (
    Audience,
    Event,
    EventKind,
    Question,
    QuestionChoice,
    QuestionKind,
    Session,
    SignUp,
    TicketType,
    WaitingListMode,
)
from registration.events.queries import get_event, list_questions
from tests import factories
from tests.queries import count_queries

OLGA = factories.OLGA_EMAIL


@pytest.fixture
def workshop(app: Flask, at_demo_day: None) -> Event:
    return factories.workshop(capacity=20)


@pytest.fixture
def lunch(workshop: Event) -> QuestionChoice:
    """Ask for lunch, of which there are sixty."""
    choice = QuestionChoice(code="soup", label="Polévka", position=2, capacity=60)
    none = QuestionChoice(code="none", label="Žádný", position=1)
    question = Question(
        event_id=workshop.id, code="lunch", kind=QuestionKind.CHOICE, label="Oběd", choices=[choice, none]
    )
    with transaction() as session:
        session.add_all([question, Question(event_id=workshop.id, code="diet", kind=QuestionKind.TEXT, label="Strava")])
    return choice


def again(thing: Event | Session | TicketType | QuestionChoice) -> None:
    db.session.rollback()
    db.session.refresh(thing)


@pytest.mark.parametrize("capacity", [7, 8, 0, None])
def test_capacity_is_what_it_is_set_to(workshop: Event, capacity: int | None) -> None:
    (session,) = workshop.sessions
    factories.take(session, min(capacity or 0, 7))
    operations.set_capacity(session, capacity, by=OLGA)
    again(session)
    assert session.capacity == capacity


def test_capacity_of_a_ticket_type_and_of_a_choice_is_set_too(workshop: Event, lunch: QuestionChoice) -> None:
    for counted in (workshop.ticket_types[0], lunch):
        operations.set_capacity(counted, 5, by=OLGA)
        again(counted)
        assert counted.capacity == 5


def test_capacity_never_falls_below_what_is_taken(workshop: Event) -> None:
    (session,) = workshop.sessions
    factories.take(session, 7)
    with pytest.raises(CapacityBelowTaken) as refused:
        operations.set_capacity(session, 6, by=OLGA)
    assert refused.value.taken == 7
    assert "7" in refused.value.message
    again(session)
    assert session.capacity == 20


def test_cancelled_event_keeps_its_page_and_calendars_hear_of_it(workshop: Event) -> None:
    operations.cancel_event(workshop, by=OLGA)
    again(workshop)
    assert workshop.cancelled_at == pytest.approx(clock.now(), abs=timedelta(minutes=1))
    assert workshop.sessions[0].sequence == 1
    assert get_event(workshop.slug).published_at is not None


def test_event_is_cancelled_once(workshop: Event) -> None:
    operations.cancel_event(workshop, by=OLGA)
    with pytest.raises(EventAlreadyCancelled) as refused:
        operations.cancel_event(workshop, by=OLGA)
    assert refused.value.message
    assert workshop.sessions[0].sequence == 1


def test_event_that_has_begun_cannot_be_cancelled_as_a_whole(
    workshop: Event, travel: Callable[[datetime], None]
) -> None:
    start = datetime(2025, 4, 23, 9, 0, tzinfo=PRAGUE)
    travel(start)
    with pytest.raises(EventHasBegun) as refused:
        operations.cancel_event(workshop, by=OLGA)
    assert refused.value.message
    travel(start - timedelta(minutes=1))
    operations.cancel_event(workshop, by=OLGA)


def test_event_without_a_known_date_can_be_cancelled(workshop: Event) -> None:
    with transaction():
        archived = Event(
            slug="archived", code="ARC", series_year=2024, title="Kdysi", kind=workshop.kind, sign_up=workshop.sign_up
        )
        db.session.add(archived)
    operations.cancel_event(archived, by=OLGA)
    assert archived.cancelled_at is not None


def test_moved_session_takes_the_days_of_its_event_along(academy: Event) -> None:
    last = academy.sessions[-1]
    operations.move_session(
        last,
        starts_at=datetime(2025, 5, 7, 9, 0),
        ends_at=datetime(2025, 5, 7, 11, 0),
        venue="",
        join_url="https://meeting.example/new",
        by=OLGA,
    )
    again(academy)
    assert (academy.first_on, academy.last_on) == (date(2025, 3, 25), date(2025, 5, 7))
    assert (last.starts_at, last.ends_at, last.join_url) == (
        datetime(2025, 5, 7, 9, 0),
        datetime(2025, 5, 7, 11, 0),
        "https://meeting.example/new",
    )


def test_session_over_midnight_ends_the_event_on_the_day_after(workshop: Event) -> None:
    (session,) = workshop.sessions
    night = {"starts_at": datetime(2025, 4, 23, 20, 0), "ends_at": datetime(2025, 4, 24, 1, 0)}
    operations.move_session(session, **night, venue="Sál", join_url=None, by=OLGA)  # type: ignore[arg-type]
    assert (workshop.first_on, workshop.last_on) == (date(2025, 4, 23), date(2025, 4, 24))


NOW = {"starts_at": datetime(2025, 4, 23, 9, 0), "ends_at": datetime(2025, 4, 23, 16, 0), "venue": "Sál"}


@pytest.mark.parametrize(
    ("change", "sequence"),
    [
        ({}, 0),
        ({"join_url": "https://meeting.example/1"}, 0),
        ({"venue": "Jiný sál"}, 1),
        ({"starts_at": datetime(2025, 4, 23, 10, 0)}, 1),
        ({"ends_at": datetime(2025, 4, 23, 15, 0)}, 1),
    ],
)
def test_sequence_grows_when_time_or_place_changes(workshop: Event, change: dict[str, object], sequence: int) -> None:
    (session,) = workshop.sessions
    moved = operations.move_session(session, **{**NOW, "join_url": None, **change}, by=OLGA)  # type: ignore[arg-type]
    again(session)
    assert moved.sequence == sequence


@pytest.mark.parametrize("end", [datetime(2025, 4, 23, 9, 0), datetime(2025, 4, 23, 8, 0)])
def test_session_must_end_after_its_start(workshop: Event, end: datetime) -> None:
    (session,) = workshop.sessions
    with pytest.raises(SessionEndsBeforeStart) as refused:
        operations.move_session(
            session, starts_at=datetime(2025, 4, 23, 9, 0), ends_at=end, venue="", join_url=None, by=OLGA
        )
    assert refused.value.message
    again(session)
    assert (session.starts_at, session.venue) == (NOW["starts_at"], "Sál")


OPENING = datetime(2025, 3, 12, 9, 0, tzinfo=PRAGUE)
RULES: dict[str, Any] = {
    "opens_at": OPENING,
    "closes_at": OPENING + timedelta(days=7),
    "changes_close_at": OPENING + timedelta(days=14),
    "needs_approval": True,
    "organisation_limit": 2,
}
OPEN: dict[str, Any] = {**dict.fromkeys(RULES), "needs_approval": False}


def audiences(event: Event, audience: Audience = Audience.EVERYONE) -> dict[int, Audience]:
    return dict.fromkeys((each.id for each in event.ticket_types), audience)


def rules_of(event: Event) -> dict[str, Any]:
    again(event)
    return {
        "opens_at": event.sign_up_opens_at,
        "closes_at": event.sign_up_closes_at,
        "changes_close_at": event.changes_close_at,
        "needs_approval": event.needs_approval,
        "organisation_limit": event.organisation_limit,
    }


def test_rules_of_signing_up_are_set_and_taken_back(workshop: Event) -> None:
    operations.set_sign_up_rules(workshop, **RULES, audiences=audiences(workshop, Audience.STUDENTS), by=OLGA)
    assert rules_of(workshop) == RULES
    assert get_event(workshop.slug).ticket_types[0].audience is Audience.STUDENTS
    operations.set_sign_up_rules(workshop, **OPEN, audiences=audiences(workshop), by=OLGA)
    assert rules_of(workshop) == OPEN
    assert get_event(workshop.slug).ticket_types[0].audience is Audience.EVERYONE


@pytest.mark.parametrize("lasts", [timedelta(), timedelta(minutes=-1)])
def test_sign_up_must_close_after_it_opens(workshop: Event, lasts: timedelta) -> None:
    times = {**RULES, "closes_at": OPENING + lasts}
    with pytest.raises(SignUpClosesBeforeOpening) as refused:
        operations.set_sign_up_rules(workshop, **times, audiences=audiences(workshop, Audience.MEMBERS), by=OLGA)
    assert refused.value.message
    assert rules_of(workshop) == OPEN
    assert get_event(workshop.slug).ticket_types[0].audience is Audience.EVERYONE


def test_sign_up_that_closes_at_the_start_must_open_before_it(workshop: Event) -> None:
    start = datetime(2025, 4, 23, 9, 0, tzinfo=PRAGUE)
    with pytest.raises(SignUpClosesBeforeOpening):
        operations.set_sign_up_rules(workshop, **{**OPEN, "opens_at": start}, audiences=audiences(workshop), by=OLGA)
    times = {**OPEN, "opens_at": start - timedelta(minutes=1)}
    operations.set_sign_up_rules(workshop, **times, audiences=audiences(workshop), by=OLGA)
    assert rules_of(workshop) == times


def test_sign_up_opens_at_any_time_where_no_date_is_known(app: Flask, at_demo_day: None) -> None:
    with transaction() as session:
        archived = Event(
            slug="kdysi", code="KDY", series_year=2024, title="Kdysi", kind=EventKind.MEETING, sign_up=SignUp.HERE
        )
        session.add(archived)
    operations.set_sign_up_rules(archived, **{**OPEN, "opens_at": OPENING}, audiences={}, by=OLGA)
    assert rules_of(archived) == {**OPEN, "opens_at": OPENING}


def test_waiting_list_is_set(workshop: Event) -> None:
    operations.set_waiting_list(workshop, mode=WaitingListMode.OFFER, offer_hours=24, by=OLGA)
    again(workshop)
    assert (workshop.waiting_list, workshop.offer_hours) == (WaitingListMode.OFFER, 24)


def test_waiting_list_is_not_closed_while_somebody_waits(app: Flask, at_demo_day: None) -> None:
    workshop = factories.workshop(capacity=0)
    factories.registration(workshop, "UCAST")
    with pytest.raises(PeopleAreWaiting) as refused:
        operations.set_waiting_list(workshop, mode=WaitingListMode.NONE, offer_hours=48, by=OLGA)
    assert "1" in refused.value.message
    operations.set_waiting_list(workshop, mode=WaitingListMode.OFFER, offer_hours=48, by=OLGA)
    again(workshop)
    assert workshop.waiting_list is WaitingListMode.OFFER


def test_reminders_are_kept_once_each_the_earliest_first(workshop: Event) -> None:
    operations.set_reminders(workshop, in_person=[60, 4320, 60], online=[], by=OLGA)
    again(workshop)
    assert (workshop.reminders_in_person, workshop.reminders_online) == ([4320, 60], [])


def test_certificate_numbers_follow_each_other(workshop: Event) -> None:
    taken = [list(operations.next_certificate_numbers(workshop.id, count)) for count in (1, 3, 1)]
    assert taken == [[1], [2, 3, 4], [5]]


def test_questions_are_read_in_order_with_their_choices(workshop: Event, lunch: QuestionChoice) -> None:
    with count_queries() as some:
        questions = list_questions(workshop.id)
    assert [(question.code, question.kind, question.scope) for question in questions] == [
        ("lunch", "choice", "person"),
        ("diet", "text", "person"),
    ]
    assert [(choice.code, choice.left) for choice in questions[0].choices] == [("none", None), ("soup", 60)]
    assert questions[1].choices == ()
    assert some.count == 2


def test_event_without_questions_costs_one_query(workshop: Event) -> None:
    with count_queries() as none:
        assert list_questions(workshop.id) == []
    assert none.count == 1
