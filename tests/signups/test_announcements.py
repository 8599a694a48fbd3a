from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from registration.core.clock import PRAGUE
from registration.core.db import db, transaction
from registration.events.errors import CapacityBelowTaken, EventAlreadyCancelled, EventHasBegun, SessionEndsBeforeStart
from registration.events.models import Event, Question, QuestionChoice, QuestionKind, WaitingListMode
from registration.events.queries import get_event
from registration.events.questions import Value
from registration.mail.models import OutboxMessage
from registration.signups import queries
from registration.signups.models import CancellationKind, Registration, RegistrationStatus, WaitingListEntry
from registration.signups.operations import Orderer, announcements, cancel
from tests import factories
from tests.factories import ADA, BOB

OLGA = factories.OLGA_EMAIL
MOVED = {"starts_at": datetime(2025, 4, 24, 10, 0), "ends_at": datetime(2025, 4, 24, 15, 0), "venue": "Jiný sál"}


@pytest.fixture
def workshop(app: Flask, at_demo_day: None) -> Event:
    """Give a workshop with two places."""
    return factories.workshop(capacity=2)


def statuses(people: list[Registration]) -> list[str]:
    db.session.expire_all()
    return [each.status.value for each in people]


def kinds_to(email: str) -> list[str]:
    statement = select(OutboxMessage.kind).where(OutboxMessage.recipient == email).order_by(OutboxMessage.id)
    return list(db.session.scalars(statement))


def counters(event: Event) -> list[int]:
    """Return everything that is counted of an event: what is taken, who waits."""
    db.session.expire_all()
    found = get_event(event.slug)
    taken = [*(each.taken for each in found.sessions), *(each.taken for each in found.ticket_types)]
    choices = db.session.scalars(select(QuestionChoice.taken))
    return [*taken, *choices, *(each.waiting for each in found.ticket_types), found.waiting]


def test_added_places_go_to_those_who_wait_in_their_order(workshop: Event) -> None:
    people = factories.crowd(workshop, 5)
    announcements.change_capacity(workshop, workshop.sessions[0], 4, by=OLGA)
    assert statuses(people) == ["confirmed"] * 4 + ["waiting"]
    assert kinds_to(people[2].email)[-1] == "place_promoted"
    announcements.change_capacity(workshop, workshop.sessions[0], None, by=OLGA)
    assert statuses(people) == ["confirmed"] * 5


def test_fewer_places_than_taken_change_nothing(workshop: Event) -> None:
    people = factories.crowd(workshop, 3)
    with pytest.raises(CapacityBelowTaken):
        announcements.change_capacity(workshop, workshop.sessions[0], 1, by=OLGA)
    assert statuses(people) == ["confirmed", "confirmed", "waiting"]


def test_cancelled_event_ends_everything_and_everybody_hears_of_it_once(workshop: Event) -> None:
    with transaction() as session:
        soup = QuestionChoice(code="soup", label="Polévka", capacity=5)
        question = Question(event_id=workshop.id, code="lunch", kind=QuestionKind.CHOICE, label="Oběd", choices=[soup])
        session.add(question)
    ada = replace(ADA, ticket_type="UCAST", answers={"lunch": "soup"})
    order = factories.order(workshop, ada, replace(BOB, ticket_type="UCAST"))
    (waiting,) = factories.crowd(workshop, 1)
    assert counters(workshop) == [2, 2, 1, 1, 1]

    told = announcements.cancel_event(workshop, by=OLGA, reason="Lektorka onemocněla.")

    assert len(told) == 3
    assert counters(workshop) == [0, 0, 0, 0, 0]
    assert statuses([*order.registrations, waiting]) == ["cancelled"] * 3
    for each in (*order.registrations, waiting):
        assert each.cancellation
        assert (each.cancellation.kind, each.cancellation.cancelled_by) == (CancellationKind.EVENT_CANCELLED, OLGA)
        assert each.cancellation.reason == "Lektorka onemocněla."
        assert kinds_to(each.email).count("event_cancelled") == 1
        assert "place_cancelled" not in kinds_to(each.email)
    assert kinds_to(order.orderer_email).count("order_news") == 1  # of her colleague
    assert set(db.session.scalars(select(WaitingListEntry.is_over))) == {True}


def test_whoever_had_cancelled_before_hears_nothing(workshop: Event) -> None:
    gone, there = factories.crowd(workshop, 2)
    cancel([gone], by=OLGA)
    announcements.cancel_event(workshop, by=OLGA)
    db.session.expire_all()
    assert "event_cancelled" not in kinds_to(gone.email)
    assert gone.cancellation
    assert gone.cancellation.kind is CancellationKind.CANCELLED
    assert "event_cancelled" in kinds_to(there.email)


def test_offered_places_and_applications_end_with_the_event(workshop: Event) -> None:
    with transaction():
        get_event(workshop.slug).waiting_list = WaitingListMode.OFFER
    people = factories.crowd(workshop, 3)
    cancel([people[0]], by=OLGA)
    assert statuses(people) == ["cancelled", "confirmed", "offered"]
    with transaction():
        get_event(workshop.slug).needs_approval = True
    (applicant,) = factories.crowd(workshop, 1, first=9)
    announcements.cancel_event(workshop, by=OLGA)
    assert statuses([*people, applicant]) == ["cancelled"] * 4
    assert counters(workshop) == [0, 0, 0, 0]
    assert "event_cancelled" in kinds_to(applicant.email)


def test_event_is_cancelled_once(workshop: Event) -> None:
    (ada,) = factories.crowd(workshop, 1)
    announcements.cancel_event(workshop, by=OLGA)
    with pytest.raises(EventAlreadyCancelled):
        announcements.cancel_event(workshop, by=OLGA)
    assert kinds_to(ada.email).count("event_cancelled") == 1


def test_event_nobody_has_signed_up_for_is_cancelled_too(workshop: Event) -> None:
    assert announcements.cancel_event(workshop, by=OLGA) == []
    db.session.expire_all()
    assert get_event(workshop.slug).cancelled_at is not None


def test_event_that_has_begun_keeps_its_people(workshop: Event, travel: Callable[[datetime], None]) -> None:
    people = factories.crowd(workshop, 1)
    travel(datetime(2025, 4, 23, 9, 0, tzinfo=PRAGUE))
    with pytest.raises(EventHasBegun):
        announcements.cancel_event(workshop, by=OLGA)
    assert statuses(people) == ["confirmed"]


def test_people_who_are_to_come_hear_of_another_time_and_place(workshop: Event) -> None:
    people = factories.crowd(workshop, 3)
    told = announcements.move_session(workshop.sessions[0], **MOVED, join_url=None, by=OLGA)  # type: ignore[arg-type]
    assert {each.id for each in told} == {people[0].id, people[1].id}
    assert [kinds_to(each.email).count("session_changed") for each in people] == [1, 1, 0]
    letter = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "session_changed")).first()
    assert letter
    assert letter.facts["day_before"] == "2025-04-23"
    assert letter.facts["venue_before"] == "Sál"


def test_people_of_other_sessions_are_left_in_peace(academy: Event) -> None:
    ada = factories.registration(academy, "AI")
    bob = factories.registration(academy, "SETKANI", given_name="Bob", email=BOB.email)
    meeting = next(each for each in academy.sessions if each.code == "setkani")
    told = announcements.move_session(
        meeting, starts_at=meeting.starts_at, ends_at=meeting.ends_at, venue="Jinde", join_url=None, by=OLGA
    )
    assert [each.id for each in told] == [bob.id]
    assert "session_changed" not in kinds_to(ada.email)


def test_new_link_alone_is_nobodys_mail(workshop: Event) -> None:
    factories.crowd(workshop, 1)
    (session,) = workshop.sessions
    now = {"starts_at": session.starts_at, "ends_at": session.ends_at, "venue": session.venue}
    assert announcements.move_session(session, **now, join_url="https://meeting.example/2", by=OLGA) == []  # type: ignore[arg-type]
    db.session.expire_all()
    assert session.join_url == "https://meeting.example/2"


def test_session_that_would_end_before_its_start_stays(workshop: Event) -> None:
    people = factories.crowd(workshop, 1)
    backwards = {"starts_at": MOVED["ends_at"], "ends_at": MOVED["starts_at"], "venue": "Sál"}
    with pytest.raises(SessionEndsBeforeStart):
        announcements.move_session(workshop.sessions[0], **backwards, join_url=None, by=OLGA)  # type: ignore[arg-type]
    assert "session_changed" not in kinds_to(people[0].email)


def test_answers_are_counted_of_those_who_have_a_place(workshop: Event) -> None:
    with transaction() as session:
        choices = [
            QuestionChoice(code="soup", label="Polévka", position=1),
            QuestionChoice(code="pasta", label="Těstoviny", position=2),
        ]
        session.add_all(
            [
                Question(event_id=workshop.id, code="lunch", kind=QuestionKind.CHOICES, label="Oběd", choices=choices),
                Question(event_id=workshop.id, code="note", kind=QuestionKind.TEXT, label="Vzkaz", position=2),
            ]
        )
    answers: list[dict[str, Value]] = [
        {"lunch": ["soup", "pasta"]},
        {"lunch": ["pasta"], "note": "Přijdu dřív."},
        {"lunch": ["soup"]},
    ]
    for number, values in enumerate(answers, start=1):  # the third one waits
        factories.order(workshop, replace(factories.person(number), answers=values))
    lunch, note = queries.count_answers(workshop)
    assert (lunch.answered_count, lunch.counts) == (2, [("Polévka", 1), ("Těstoviny", 2)])
    assert note.texts == ["Přijdu dřív."]


def test_answers_of_an_order_count_while_somebody_of_it_comes(workshop: Event) -> None:
    with transaction() as session:
        question = Question(
            event_id=workshop.id, code="train", scope="order", kind=QuestionKind.YES_NO, label="Vlakem?"
        )
        session.add(question)
    orderer = Orderer(name="Ada", email="ada@x.example", answers={"train": True})
    order = factories.order(workshop, factories.person(1), factories.person(2), orderer=orderer)
    assert [each.counts for each in queries.count_answers(workshop)] == [[("ano", 1), ("ne", 0)]]
    cancel(order.registrations, by=OLGA)
    assert [each.answered_count for each in queries.count_answers(workshop)] == [0]
    assert {each.status for each in order.registrations} == {RegistrationStatus.CANCELLED}
