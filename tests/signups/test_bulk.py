"""The same done to many people at once, and taken back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from registration.core import clock
from registration.core.audit import AuditEntry
from registration.core.db import db
from registration.events.models import Event, QuestionKind, QuestionScope, WaitingListMode
from registration.events.queries import list_questions
from registration.mail.delivery import post_office
from registration.mail.models import MessageState, OutboxMessage
from registration.privacy.operations import erase
from registration.signups.annotations import BulkAction, BulkKind, Tag
from registration.signups.errors import (
    AlreadyCancelled,
    AlreadySignedUp,
    CannotBeUndone,
    ChangedMeanwhile,
    NobodyChosen,
    NotApplied,
    OfferOver,
    TagNotAWord,
    TicketTypeFull,
    TooManyAtOnce,
)
from registration.signups.models import Registration, RegistrationStatus
from registration.signups.operations import Orderer, Person, Wishes, accept_offers, bulk, cancel, undoing
from registration.signups.operations.bulk import Outcome, Wanted
from tests import factories
from tests.conftest import DEMO_DAY
from tests.factories import OLGA_EMAIL, crowd, order, person
from tests.signups.places import kinds, statuses
from tests.signups.sign_up_forms import ask

Travel = Callable[[datetime], None]
CONFIRMED, WAITING, CANCELLED, APPLIED, OFFERED = (
    RegistrationStatus.CONFIRMED,
    RegistrationStatus.WAITING,
    RegistrationStatus.CANCELLED,
    RegistrationStatus.APPLIED,
    RegistrationStatus.OFFERED,
)


def do(event: Event, kind: BulkKind, *people: Registration, **details: str) -> Outcome:
    return bulk.do_to_many(event, Wanted(kind=kind, **details), ids=[each.id for each in people], by=OLGA_EMAIL)


def undo(outcome: Outcome) -> Outcome:
    return undoing.undo(outcome.action, by=OLGA_EMAIL)


def refusals(outcome: Outcome) -> list[tuple[int, type[Exception]]]:
    return [(registration.id, type(refusal)) for registration, refusal in outcome.left]


def counters(event: Event) -> list[int]:
    """Return (taken of the session, taken of the ticket type, waiting) as they are now."""
    db.session.rollback()
    db.session.expire_all()
    return [event.sessions[0].taken, event.ticket_types[0].taken, event.waiting]


@pytest.mark.slow
def test_many_are_cancelled_and_come_back_before_anybody_reads_of_it(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    people = crowd(event, 3)
    post_office.deliver_due()
    outcome = do(event, BulkKind.CANCEL, *people[:2], reason="omyl")
    assert (outcome.done_count, outcome.left) == (2, [])
    assert statuses(*people) == [CANCELLED, CANCELLED, CONFIRMED]
    assert counters(event) == [1, 1, 0]
    assert kinds()[3:] == ["place_cancelled", "place_cancelled"]
    post_office.deliver_due()
    assert states("place_cancelled") == [MessageState.QUEUED] * 2
    assert undo(outcome).done_count == 2
    assert statuses(*people) == [CONFIRMED] * 3
    assert counters(event) == [3, 3, 0]


def test_letters_of_those_who_came_back_are_never_sent_and_the_others_are(
    app: Flask, at_demo_day: None, travel: Travel
) -> None:
    event = factories.workshop()
    ada, bob = crowd(event, 2)
    outcome = do(event, BulkKind.CANCEL, ada, bob)
    erase(bob, by=OLGA_EMAIL)
    assert refusals(undo(outcome)) == [(bob.id, ChangedMeanwhile)]
    travel(DEMO_DAY + timedelta(minutes=16))
    post_office.deliver_due()
    assert states("place_cancelled") == [MessageState.WITHDRAWN]


def states(kind: str) -> list[MessageState]:
    db.session.rollback()
    of_kind = select(OutboxMessage.state).where(OutboxMessage.kind == kind)
    return list(db.session.scalars(of_kind.order_by(OutboxMessage.id)))


def test_after_a_quarter_of_an_hour_the_letters_go_and_nothing_comes_back(
    app: Flask, at_demo_day: None, travel: Travel
) -> None:
    event = factories.workshop()
    outcome = do(event, BulkKind.CANCEL, *crowd(event, 1))
    travel(DEMO_DAY + timedelta(minutes=16))
    post_office.deliver_due()
    assert states("place_cancelled") == [MessageState.SENT]
    with pytest.raises(CannotBeUndone):
        undo(outcome)


def test_nothing_is_taken_back_twice(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    outcome = do(event, BulkKind.CANCEL, *crowd(event, 1))
    undo(outcome)
    with pytest.raises(CannotBeUndone):
        undo(outcome)


def test_place_given_to_whoever_waited_is_not_taken_from_them(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop(capacity=1)
    ada, bob = crowd(event, 2)
    outcome = do(event, BulkKind.CANCEL, ada)
    assert statuses(ada, bob) == [CANCELLED, CONFIRMED]
    assert refusals(undo(outcome)) == [(ada.id, TicketTypeFull)]
    assert statuses(ada, bob) == [CANCELLED, CONFIRMED]


def test_place_nobody_could_take_comes_back_before_those_who_wait(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop(capacity=2)
    ada = crowd(event, 2)[0]
    group = order(event, person(50), person(51)).registrations
    outcome = do(event, BulkKind.CANCEL, ada)
    assert refusals(undo(outcome)) == []
    assert statuses(ada, *group) == [CONFIRMED, WAITING, WAITING]
    assert counters(event) == [2, 2, 2]


def test_those_who_waited_wait_where_they_stood(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop(capacity=1)
    there, ada, bob = crowd(event, 3)
    outcome = do(event, BulkKind.CANCEL, ada)
    undo(outcome)
    assert counters(event)[2] == 2
    cancel([there], by=OLGA_EMAIL)
    assert statuses(ada, bob) == [CONFIRMED, WAITING]


def test_applicants_come_back_as_applicants(app: Flask, at_demo_day: None) -> None:
    event = approving()
    people = crowd(event, 1)
    undo(do(event, BulkKind.CANCEL, *people))
    assert statuses(*people) == [APPLIED]


def approving(capacity: int = 20) -> Event:
    event = factories.workshop(capacity=capacity)
    event.needs_approval = True
    db.session.commit()
    return event


def test_offered_place_comes_back_while_the_offer_is_good(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop(capacity=1, waiting_list=WaitingListMode.OFFER)
    there, ada = crowd(event, 2)
    cancel([there], by=OLGA_EMAIL)
    assert statuses(ada) == [OFFERED]
    outcome = do(event, BulkKind.CANCEL, ada)
    undo(outcome)
    assert statuses(ada) == [OFFERED]
    assert ada.confirmed_at is None
    accept_offers([ada], by=ada.email)
    assert statuses(ada) == [CONFIRMED]


def test_offer_that_is_over_does_not_come_back(app: Flask, at_demo_day: None, travel: Travel) -> None:
    event = factories.workshop(capacity=1, waiting_list=WaitingListMode.OFFER)
    there, ada = crowd(event, 2)
    cancel([there], by=OLGA_EMAIL)
    travel(DEMO_DAY + timedelta(hours=47, minutes=55))
    outcome = do(event, BulkKind.CANCEL, ada)
    travel(DEMO_DAY + timedelta(hours=48, minutes=5))
    assert refusals(undo(outcome)) == [(ada.id, OfferOver)]


def test_whoever_has_signed_up_again_is_left_alone(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    (ada,) = crowd(event, 1)
    outcome = do(event, BulkKind.CANCEL, ada)
    order(event, person(1))
    assert refusals(undo(outcome)) == [(ada.id, AlreadySignedUp)]


def test_limited_answers_come_back_of_people_and_of_their_order(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    ask(event.id, "lunch", QuestionKind.CHOICE, ("soup", 5))
    ask(event.id, "bus", QuestionKind.CHOICE, ("yes", 5), position=2, scope=QuestionScope.ORDER)
    eater = Person(given_name="A", family_name="B", email="a@x.example", ticket_type="UCAST", answers={"lunch": "soup"})
    orderer = Orderer(name="A B", email="a@x.example", answers={"bus": "yes"})
    people = order(event, eater, orderer=orderer).registrations
    outcome = do(event, BulkKind.CANCEL, *people)
    assert taken(event) == [0, 0]
    undo(outcome)
    assert taken(event) == [1, 1]


def taken(event: Event) -> list[int]:
    db.session.rollback()
    return [question.choices[0].taken for question in list_questions(event.id)]


def test_many_are_moved_and_moved_back_at_their_price(academy: Event) -> None:
    people = crowd(academy, 2, "AI")
    outcome = do(academy, BulkKind.MOVE, *people, ticket_type="SETKANI")
    assert [each.ticket_type.code for each in people] == ["SETKANI"] * 2
    assert kinds()[2:] == ["place_changed"] * 2
    undo(outcome)
    db.session.expire_all()
    assert [each.ticket_type.code for each in people] == ["AI"] * 2
    assert kinds()[2:] == []


def test_whoever_finds_no_place_is_not_moved_and_named(academy: Event) -> None:
    wanted = next(each for each in academy.ticket_types if each.code == "SETKANI")
    wanted.capacity = 1
    db.session.commit()
    people = crowd(academy, 2, "AI")
    outcome = do(academy, BulkKind.MOVE, *people, ticket_type="SETKANI")
    assert outcome.done_count == 1
    assert refusals(outcome) == [(people[1].id, TicketTypeFull)]
    assert [each["id"] for each in outcome.action.before] == [people[0].id]


def test_whoever_waited_waits_again_after_moving_back(academy: Event) -> None:
    full = next(each for each in academy.ticket_types if each.code == "AI")
    full.capacity = 0
    db.session.commit()
    (ada,) = crowd(academy, 1, "AI")
    assert statuses(ada) == [WAITING]
    outcome = do(academy, BulkKind.MOVE, ada, ticket_type="SETKANI")
    assert statuses(ada) == [CONFIRMED]
    undo(outcome)
    assert statuses(ada) == [WAITING]
    db.session.expire_all()
    assert (full.waiting, ada.ticket_type.code, ada.confirmed_at) == (1, "AI", None)


def test_applicants_are_moved_and_moved_back(academy: Event) -> None:
    academy.needs_approval = True
    db.session.commit()
    (ada,) = crowd(academy, 1, "AI")
    outcome = do(academy, BulkKind.MOVE, ada, ticket_type="SETKANI")
    undo(outcome)
    db.session.expire_all()
    assert (ada.status, ada.ticket_type.code) == (APPLIED, "AI")


def test_nobody_is_moved_back_where_it_is_full_meanwhile(academy: Event) -> None:
    full = next(each for each in academy.ticket_types if each.code == "AI")
    full.capacity = 1
    db.session.commit()
    (ada,) = crowd(academy, 1, "AI")
    outcome = do(academy, BulkKind.MOVE, ada, ticket_type="SETKANI")
    crowd(academy, 1, "AI", first=20)
    assert refusals(undo(outcome)) == [(ada.id, TicketTypeFull)]
    db.session.expire_all()
    assert ada.ticket_type.code == "SETKANI"


def test_applicants_are_approved_in_the_order_they_came_and_again_wait_for_it(app: Flask, at_demo_day: None) -> None:
    event = approving(capacity=1)
    people = crowd(event, 2)
    outcome = do(event, BulkKind.APPROVE, *reversed(people))
    assert statuses(*people) == [CONFIRMED, WAITING]
    assert kinds()[2:] == ["place_confirmed", "place_waiting"]
    undo(outcome)
    assert statuses(*people) == [APPLIED, APPLIED]
    assert counters(event) == [0, 0, 0]
    assert kinds()[2:] == []


def test_colleagues_of_one_order_are_approved_into_one_line(app: Flask, at_demo_day: None) -> None:
    event = approving(capacity=0)
    people = order(event, person(1), person(2)).registrations
    do(event, BulkKind.APPROVE, *people)
    assert statuses(*people) == [WAITING, WAITING]
    assert counters(event)[2] == 2


def test_only_applicants_are_approved(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    (ada,) = crowd(event, 1)
    assert refusals(do(event, BulkKind.APPROVE, ada)) == [(ada.id, NotApplied)]


def test_tags_are_put_on_and_off_and_back(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    ada, bob = crowd(event, 2)
    do(event, BulkKind.TAG, ada, tag="host")
    outcome = do(event, BulkKind.TAG, ada, bob, tag="host")
    assert outcome.done_count == 1
    undo(outcome)
    assert tagged() == [ada.id]
    outcome = do(event, BulkKind.UNTAG, ada, bob, tag="host")
    assert tagged() == []
    undo(outcome)
    assert tagged() == [ada.id]
    with pytest.raises(TagNotAWord):
        do(event, BulkKind.TAG, ada, tag="")


def tagged() -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(Tag.registration_id)))


def test_tag_that_was_on_everybody_already_changes_nothing(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    (ada,) = crowd(event, 1)
    do(event, BulkKind.TAG, ada, tag="host")
    outcome = do(event, BulkKind.TAG, ada, tag="host")
    assert (outcome.done_count, undo(outcome).done_count) == (0, 0)
    assert tagged() == [ada.id]


def test_letters_are_sent_again_to_those_who_come_and_cannot_be_taken_back(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    ada, bob = crowd(event, 2)
    cancel([bob], by=OLGA_EMAIL)
    outcome = do(event, BulkKind.RESEND, ada, bob)
    assert refusals(outcome) == [(bob.id, AlreadyCancelled)]
    assert kinds()[-1] == "place_confirmed"
    with pytest.raises(CannotBeUndone):
        undo(outcome)
    assert do(event, BulkKind.RESEND, bob).done_count == 0


def test_cancelled_people_are_not_cancelled_again(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    (ada,) = crowd(event, 1)
    cancel([ada], by=OLGA_EMAIL)
    assert refusals(do(event, BulkKind.CANCEL, ada)) == [(ada.id, AlreadyCancelled)]


def test_people_of_other_events_and_the_erased_are_not_touched(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    (stranger,) = crowd(factories.workshop(slug="jiny", code="JIN"), 1)
    (ada,) = crowd(event, 1)
    erase(ada, by=OLGA_EMAIL)
    for kind in BulkKind:
        assert do(event, kind, stranger, ada, tag="host", ticket_type="UCAST").done_count == 0
    assert statuses(stranger) == [CONFIRMED]


def test_nobody_and_too_many_are_refused(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    with pytest.raises(NobodyChosen):
        do(event, BulkKind.CANCEL)
    with pytest.raises(TooManyAtOnce):
        bulk.do_to_many(event, Wanted(kind=BulkKind.CANCEL), ids=range(501), by=OLGA_EMAIL)


def test_records_say_who_did_what_to_whom(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    (ada,) = crowd(event, 1)
    undo(do(event, BulkKind.CANCEL, ada, reason="omyl"))
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_id == ada.id).order_by(AuditEntry.id))
    assert [(each.action, each.by, each.before, each.after) for each in entries] == [
        (
            "cancelled",
            OLGA_EMAIL,
            {"status": "confirmed"},
            {"status": "cancelled", "kind": "cancelled", "reason": "omyl"},
        ),
        ("restored", OLGA_EMAIL, {"status": "cancelled"}, {"status": "confirmed"}),
    ]


def test_order_of_colleagues_is_restored_whole(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    people = order(event, person(1), person(2), wishes=Wishes(takes_fewer=True)).registrations
    outcome = do(event, BulkKind.CANCEL, *people)
    assert undo(outcome).done_count == 2
    assert statuses(*people) == [CONFIRMED, CONFIRMED]


def test_undo_has_its_time_on_the_machines_clock(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    action = do(event, BulkKind.CANCEL, *crowd(event, 1)).action
    clock.shift(timedelta(days=30))  # the demo travels
    assert action.can_be_undone()
    assert db.session.get_one(BulkAction, action.id).letters_key == f"bulk:{action.id}:"
