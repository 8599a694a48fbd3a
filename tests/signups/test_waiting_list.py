from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from registration.core import clock
from registration.core.db import db, transaction
from registration.events.models import Event, TicketType, WaitingListMode
from registration.events.queries import get_event
from registration.mail.models import OutboxMessage
from registration.signups import queries
from registration.signups.errors import AlreadyCancelled, NotApplied, OfferOver, TicketTypeFull
from registration.signups.models import CancellationKind, Registration, RegistrationStatus
from registration.signups.operations import (
    Orderer,
    Wishes,
    accept_offers,
    approve,
    cancel,
    decline_offers,
    lapse_offers,
    refuse,
    serve,
)
from tests import factories

OLGA = factories.OLGA_EMAIL
START = datetime(2025, 4, 23, 7, 0, tzinfo=UTC)  # 9:00 in Prague


@pytest.fixture
def small(app: Flask, at_demo_day: None) -> Event:
    """Give a workshop with two places."""
    return factories.workshop(capacity=2)


@pytest.fixture
def offering(app: Flask, at_demo_day: None) -> Event:
    """Give a workshop with two places that offers those which become free."""
    return factories.workshop(capacity=2, waiting_list=WaitingListMode.OFFER)


def statuses(people: list[Registration]) -> list[str]:
    db.session.expire_all()
    return [each.status.value for each in people]


def set_capacity(event: Event, capacity: int) -> None:
    with transaction() as session:
        session.get_one(Event, event.id).sessions[0].capacity = capacity
    serve(event.id)


def kinds_to(registration: Registration) -> list[str]:
    statement = select(OutboxMessage.kind).where(OutboxMessage.recipient == registration.email)
    return list(db.session.scalars(statement.order_by(OutboxMessage.id)))


def test_whoever_comes_too_late_waits_and_sees_their_position(small: Event) -> None:
    people = factories.crowd(small, 5)
    assert statuses(people) == ["confirmed"] * 2 + ["waiting"] * 3
    assert queries.positions(people) == {people[2].id: 1, people[3].id: 2, people[4].id: 3}
    assert get_event(small.slug).waiting == 3


def test_freed_place_goes_to_the_first_in_line_at_once(small: Event) -> None:
    people = factories.crowd(small, 5)
    cancel([people[0]], by="ada")
    assert statuses(people) == ["cancelled", "confirmed", "confirmed", "waiting", "waiting"]
    assert queries.positions(people) == {people[3].id: 1, people[4].id: 2}
    assert kinds_to(people[2]) == ["order_received", "place_promoted"]
    assert people[2].confirmed_at == clock.now() or people[2].confirmed_at


def test_added_places_go_to_the_waiting_list(small: Event) -> None:
    people = factories.crowd(small, 5)
    set_capacity(small, 4)
    assert statuses(people) == ["confirmed"] * 4 + ["waiting"]


def test_newcomer_never_overtakes_a_group_that_waits_for_more_places(small: Event) -> None:
    first, _ = factories.crowd(small, 2)
    group = factories.order(small, factories.person(10), factories.person(11)).registrations
    cancel([first], by="ada")
    assert statuses(group) == ["waiting", "waiting"]
    newcomer = factories.crowd(small, 1, first=20)
    assert statuses(newcomer) == ["waiting"]
    assert queries.positions(group + newcomer) == {group[0].id: 1, group[1].id: 2, newcomer[0].id: 3}
    with pytest.raises(TicketTypeFull):
        factories.order(small, factories.person(30), wishes=Wishes(may_wait=False))


def test_group_that_needs_fewer_after_a_cancellation_is_served_at_once(small: Event) -> None:
    first, _ = factories.crowd(small, 2)
    group = factories.order(small, factories.person(10), factories.person(11)).registrations
    cancel([first], by="ada")
    cancel([group[1]], by="ada")
    assert statuses(group) == ["confirmed", "cancelled"]


def test_group_that_takes_fewer_gets_what_is_there_and_waits_for_the_rest(small: Event) -> None:
    people = [factories.person(number) for number in range(3)]
    group = factories.order(small, *people, wishes=Wishes(takes_fewer=True)).registrations
    assert statuses(group) == ["confirmed", "confirmed", "waiting"]
    set_capacity(small, 3)
    assert statuses(group) == ["confirmed"] * 3


def test_group_is_served_together(small: Event) -> None:
    crowd = factories.crowd(small, 2)
    group = factories.order(small, factories.person(10), factories.person(11)).registrations
    cancel(crowd, by="ada")
    assert statuses(group) == ["confirmed", "confirmed"]
    assert get_event(small.slug).waiting == 0


def test_order_may_be_confirmed_in_part_and_wait_in_part(academy: Event) -> None:
    factories.crowd(academy, 30, "AI")
    order = factories.order(academy, factories.person(50, "AI"), factories.person(51, "SETKANI"))
    assert statuses(order.registrations) == ["waiting", "confirmed"]


def test_ticket_types_that_share_a_full_session_are_served_by_who_came_first(academy: Event) -> None:
    holders = factories.crowd(academy, 30, "AI")
    both, academy_only = factories.crowd(academy, 1, "OBOJI", first=40) + factories.crowd(academy, 1, "AI", first=41)
    cancel([holders[0]], by="ada")
    assert statuses([both, academy_only]) == ["confirmed", "waiting"]


def test_newcomer_takes_nothing_a_waiting_group_of_another_ticket_type_lacks(academy: Event) -> None:
    holders = factories.crowd(academy, 30, "AI")
    group = factories.order(academy, factories.person(40, "OBOJI"), factories.person(41, "OBOJI")).registrations
    cancel([holders[0]], by="ada")
    assert statuses(factories.crowd(academy, 1, "AI", first=50)) == ["waiting"]
    assert statuses(factories.crowd(academy, 1, "SETKANI", first=51)) == ["confirmed"]
    cancel([holders[1]], by="ada")
    assert statuses(group) == ["confirmed", "confirmed"]


def test_nobody_is_served_after_the_programme_has_begun(small: Event, travel: Callable[[datetime], None]) -> None:
    people = factories.crowd(small, 3)
    travel(START)
    cancel([people[0]], by=OLGA)
    assert statuses(people) == ["cancelled", "confirmed", "waiting"]


def test_nobody_is_served_in_a_cancelled_event(small: Event) -> None:
    people = factories.crowd(small, 3)
    with transaction() as session:
        session.get_one(Event, small.id).cancelled_at = clock.now()
    cancel([people[0]], by=OLGA)
    assert statuses(people)[2] == "waiting"


def test_freed_place_is_offered_where_the_event_says_so(offering: Event) -> None:
    people = factories.crowd(offering, 4)
    cancel([people[0]], by="ada")
    assert statuses(people) == ["cancelled", "confirmed", "offered", "waiting"]
    offer = people[2].offer
    assert offer
    assert offer.expires_at - offer.offered_at == timedelta(hours=48)
    assert kinds_to(people[2]) == ["order_received", "place_offered"]


def test_offered_place_is_held(offering: Event) -> None:
    people = factories.crowd(offering, 3)
    cancel([people[0]], by="ada")
    assert statuses(factories.crowd(offering, 1, first=20)) == ["waiting"]


def test_accepted_offer_is_a_place(offering: Event) -> None:
    people = factories.crowd(offering, 3)
    cancel([people[0]], by="ada")
    accept_offers([people[2]], by="bob")
    assert statuses(people) == ["cancelled", "confirmed", "confirmed"]
    assert people[2].offer
    assert people[2].offer.accepted_at
    with pytest.raises(OfferOver):
        accept_offers([people[2]], by="bob")
    with pytest.raises(OfferOver):
        decline_offers([people[2]], by="bob")


def test_declined_offer_goes_to_the_next_and_is_not_made_again(offering: Event) -> None:
    people = factories.crowd(offering, 4)
    cancel([people[0]], by="ada")
    (cancellation,) = decline_offers([people[2]], by="bob")
    assert cancellation.kind is CancellationKind.DECLINED
    assert statuses(people) == ["cancelled", "confirmed", "cancelled", "offered"]


def test_offer_nobody_answers_lapses_and_goes_to_the_next(offering: Event, travel: Callable[[datetime], None]) -> None:
    people = factories.crowd(offering, 4)
    cancel([people[0]], by="ada")
    assert lapse_offers(offering.id) == 0
    travel(clock.now() + timedelta(hours=48, seconds=1))
    with pytest.raises(OfferOver):
        accept_offers([people[2]], by="bob")
    assert lapse_offers(offering.id) == 1
    assert statuses(people) == ["cancelled", "confirmed", "cancelled", "offered"]
    assert people[2].cancellation
    assert people[2].cancellation.kind is CancellationKind.LAPSED
    assert lapse_offers(offering.id) == 0


def test_offer_near_the_start_is_shorter_and_never_lasts_beyond_it(
    offering: Event, travel: Callable[[datetime], None]
) -> None:
    people = factories.crowd(offering, 3)
    travel(START - timedelta(hours=10))
    cancel([people[0]], by=OLGA)
    db.session.expire_all()
    offer = people[2].offer
    assert offer
    assert timedelta(hours=4, minutes=59) < offer.expires_at - offer.offered_at <= timedelta(hours=5)


def test_applicant_is_approved_into_a_place_or_to_the_end_of_the_line(small: Event) -> None:
    with transaction() as session:
        session.get_one(Event, small.id).needs_approval = True
    people = factories.crowd(small, 4)
    for each in people[:3]:
        approve(each, by=OLGA)
    assert statuses(people) == ["confirmed", "confirmed", "waiting", "applied"]
    with pytest.raises(NotApplied):
        approve(people[0], by=OLGA)
    refuse(people[3], by=OLGA, reason="jen pro ředitele")
    assert people[3].cancellation
    assert people[3].cancellation.kind is CancellationKind.REFUSED
    with pytest.raises(NotApplied):
        refuse(people[3], by=OLGA)
    cancel([people[0]], by="ada")
    assert statuses(people)[2] == "confirmed"


def test_applicant_is_not_approved_where_nobody_can_wait(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop(capacity=0, waiting_list=WaitingListMode.NONE)
    with transaction() as session:
        session.get_one(Event, event.id).needs_approval = True
    (ada,) = factories.crowd(event, 1)
    with pytest.raises(TicketTypeFull):
        approve(ada, by=OLGA)
    assert statuses([ada]) == ["applied"]


def test_cancelling_is_a_fact_with_a_time_and_an_actor_and_happens_once(small: Event) -> None:
    ada, bob = factories.crowd(small, 2)
    (cancellation,) = cancel([ada], by=OLGA, reason="nemoc")
    assert (cancellation.cancelled_by, cancellation.reason) == (OLGA, "nemoc")
    assert cancellation.cancelled_at.tzinfo is UTC
    with pytest.raises(AlreadyCancelled):
        cancel([ada], by=OLGA)
    assert [each.registration_id for each in cancel([ada, bob], by=OLGA)] == [bob.id]
    assert db.session.scalars(select(TicketType.taken)).all() == [0]


def test_orderer_hears_of_colleagues_and_each_of_their_own(small: Event) -> None:
    factories.crowd(small, 1)
    orderer = Orderer(name="Olga", email="objednatel@ukazka.example")
    ada, bob = factories.order(small, factories.person(10), factories.person(11), orderer=orderer).registrations
    cancel([ada], by="objednatel")
    assert kinds_to(ada) == ["place_waiting", "place_cancelled"]
    assert kinds_to(bob) == ["place_waiting", "place_promoted"]
    statement = select(OutboxMessage).where(OutboxMessage.recipient == orderer.email).order_by(OutboxMessage.id)
    told = [(each.kind, each.facts.get("news")) for each in db.session.scalars(statement)]
    assert told == [("order_received", None), ("order_news", "cancelled"), ("order_news", "promoted")]
    assert RegistrationStatus.WAITING.holds_place is False
