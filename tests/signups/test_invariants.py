"""Promises I1 and I2 under random storms: hypothesis in one process, and eight threads at once."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from registration.core import clock
from registration.core.db import db, transaction
from registration.core.errors import Refusal
from registration.events.models import Event, EventKind, Format, Session, SignUp, TicketType, WaitingListMode
from registration.events.offered import lock_offered
from registration.signups.errors import TicketTypeFull
from registration.signups.models import Order, Registration, RegistrationStatus, WaitingListEntry
from registration.signups.operations import (
    Orderer,
    Wishes,
    accept_offers,
    cancel,
    decline_offers,
    lapse_offers,
    serve,
    sign_up,
    switch_ticket_type,
)
from registration.signups.operations.waiting_list import heads
from registration.signups.rules import Room
from tests import factories

pytestmark = pytest.mark.slow

CODES = ["MORNING", "AFTERNOON", "DAY"]
START = datetime(2025, 4, 23, 9, 0)
_numbers = count(1)


def two_part_event(capacities: tuple[int | None, ...], *, mode: WaitingListMode) -> int:
    """Make an event of two sessions and three ticket types that share them; return its id."""
    number = next(_numbers)
    sessions = [
        Session(
            code=code,
            title=code,
            format=Format.IN_PERSON,
            starts_at=START + timedelta(hours=4 * position),
            ends_at=START + timedelta(hours=4 * position + 3),
            capacity=capacities[position],
        )
        for position, code in enumerate(("morning", "afternoon"))
    ]
    admitted = dict(zip(CODES, (sessions[:1], sessions[1:], sessions), strict=True))
    event = Event(
        slug=f"boure-{number}",
        code=f"B{number}",
        series_year=2025,
        title="Bouře",
        kind=EventKind.WORKSHOP,
        first_on=START.date(),
        last_on=START.date(),
        sign_up=SignUp.HERE,
        published_at=clock.now(),
        waiting_list=mode,
        sessions=sessions,
        ticket_types=[
            TicketType(code=code, title=code, position=position, capacity=capacities[2 + position], sessions=parts)
            for position, (code, parts) in enumerate(admitted.items())
        ],
    )
    with transaction() as database:
        database.add(event)
    return event.id


def check_counters(event_id: int) -> None:
    """Compare every counter with the people it counts, and with its capacity (I1)."""
    db.session.expire_all()
    event = db.session.get_one(Event, event_id)
    people = db.session.scalars(select(Registration).where(Registration.event_id == event_id)).all()
    holding = [each for each in people if each.status.holds_place]
    waiting = Counter(each.ticket_type_id for each in people if each.status is RegistrationStatus.WAITING)
    for ticket_type in event.ticket_types:
        assert ticket_type.taken == sum(each.ticket_type_id == ticket_type.id for each in holding)
        assert ticket_type.waiting == waiting[ticket_type.id]
        assert ticket_type.capacity is None or ticket_type.taken <= ticket_type.capacity
    for session in event.sessions:
        assert session.taken == sum(session in each.ticket_type.sessions for each in holding)
        assert session.capacity is None or session.taken <= session.capacity
    assert event.waiting == waiting.total()
    with_people = set(
        db.session.scalars(
            select(Registration.waiting_entry_id).where(
                Registration.event_id == event_id, Registration.status == RegistrationStatus.WAITING
            )
        )
    )
    entries = db.session.scalars(
        select(WaitingListEntry).join(Order, Order.id == WaitingListEntry.order_id).where(Order.event_id == event_id)
    )
    assert {entry.id for entry in entries if not entry.is_over} == with_people


def check_nobody_waits_for_nothing(event_id: int) -> None:
    """See that no free place is left to somebody who waits, in the order of the line (I2)."""
    with transaction():
        offered = lock_offered(event_id)
        room = Room(offered.free)
        assert [room.allot(group) for _, group in heads(offered)] == [0] * len(heads(offered))


def line(event_id: int) -> dict[int, list[int]]:
    """Return the entries that still wait by ticket type, in order."""
    found: dict[int, list[int]] = {}
    statement = (
        select(Registration.ticket_type_id, Registration.waiting_entry_id)
        .where(Registration.event_id == event_id, Registration.status == RegistrationStatus.WAITING)
        .distinct()
        .order_by(Registration.waiting_entry_id)
    )
    for ticket_type_id, entry_id in db.session.execute(statement):
        found.setdefault(ticket_type_id, []).append(entry_id or 0)
    return found


class Storm(RuleBasedStateMachine):
    """People sign up, cancel, answer offers or let them lapse; the organizer changes rooms."""

    app: Flask
    orders = Bundle("orders")

    @initialize(
        target=orders,
        sessions=st.tuples(st.integers(1, 3), st.integers(1, 3)),
        ticket_types=st.tuples(*[st.none() | st.integers(1, 3)] * 3),
        mode=st.sampled_from([WaitingListMode.CONFIRM, WaitingListMode.OFFER]),
        crowd=st.lists(st.lists(st.sampled_from(CODES), min_size=1, max_size=3), min_size=6, max_size=9),
    )
    def open_event(
        self,
        sessions: tuple[int, int],
        ticket_types: tuple[int | None, ...],
        mode: WaitingListMode,
        crowd: list[list[str]],
    ) -> object:
        self.event_id = two_part_event((*sessions, *ticket_types), mode=mode)
        self.elapsed = timedelta(0)
        return multiple(*[self.send(codes, Wishes()) for codes in crowd])

    @rule(
        target=orders,
        codes=st.lists(st.sampled_from(CODES), min_size=1, max_size=4),
        takes_fewer=st.booleans(),
        may_wait=st.booleans(),
    )
    def sign_up(self, codes: list[str], takes_fewer: bool, may_wait: bool) -> object:
        before = line(self.event_id)
        try:
            order = self.send(codes, Wishes(takes_fewer=takes_fewer, may_wait=may_wait))
        except TicketTypeFull:
            assert not may_wait
            return multiple()
        # Nobody overtakes: who came now has no place of a ticket type that others waited for.
        for each in self.people(order):
            assert not (each.status.holds_place and each.ticket_type_id in before)
        return order

    @rule(order=orders, position=st.integers(0, 3), everybody=st.booleans())
    def cancel(self, order: int, position: int, everybody: bool) -> None:
        people = self.people(order)
        self.watch(lambda: cancel(people if everybody else people[position : position + 1] or people[:1], by="t"))

    @rule(order=orders)
    def accept(self, order: int) -> None:
        self.watch(lambda: accept_offers(self.people(order), by="t"))

    @rule(order=orders)
    def decline(self, order: int) -> None:
        self.watch(lambda: decline_offers(self.people(order), by="t"))

    @rule(order=orders, position=st.integers(0, 3), code=st.sampled_from(CODES))
    def switch(self, order: int, position: int, code: str) -> None:
        people = self.people(order)
        self.watch(lambda: switch_ticket_type(people[position % len(people)], code=code, by="t"))

    @precondition(lambda self: self.elapsed < timedelta(days=35))
    @rule(hours=st.sampled_from([1, 24, 49]))
    def let_time_pass(self, hours: int) -> None:
        self.elapsed += timedelta(hours=hours)
        clock.shift(self.elapsed)
        self.watch(lambda: lapse_offers(self.event_id))

    @rule(part=st.integers(0, 1), places=st.integers(1, 3))
    def add_places(self, part: int, places: int) -> None:
        with transaction() as session:
            found = session.get_one(Event, self.event_id).sessions[part]
            found.capacity = (found.capacity or 0) + places
        self.watch(lambda: serve(self.event_id))

    @invariant()
    def holds(self) -> None:
        check_counters(self.event_id)
        check_nobody_waits_for_nothing(self.event_id)

    def send(self, codes: list[str], wishes: Wishes) -> int:
        people = [factories.person(next(_numbers), code) for code in codes]
        orderer = factories.ADAS_ORDERER
        return sign_up(self.event_id, orderer=orderer, people=people, language="cs", wishes=wishes).order_id

    def people(self, order_id: int) -> list[Registration]:
        db.session.expire_all()
        return list(db.session.get_one(Order, order_id).registrations)

    def watch(self, change: Callable[[], object]) -> None:
        """Do something, and see that whoever was served stood before all who still wait for the same."""
        before = line(self.event_id)
        served_before = self.holding()
        with suppress(Refusal):
            change()
        after = line(self.event_id)
        for each in self.holding() - served_before:
            registration = db.session.get_one(Registration, each)
            entry, type_ = registration.waiting_entry_id, registration.ticket_type_id
            if entry in before.get(type_, []):
                assert all(other >= entry for other in after.get(type_, []) if entry is not None)

    def holding(self) -> set[int]:
        db.session.rollback()
        statement = select(Registration.id, Registration.status).where(Registration.event_id == self.event_id)
        return {id_ for id_, status in db.session.execute(statement) if status.holds_place}

    def teardown(self) -> None:
        clock.shift(timedelta(0))


def test_random_storms_keep_every_promise(app: Flask, at_demo_day: None) -> None:
    run_state_machine_as_test(
        Storm,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_eight_threads_keep_every_promise(app: Flask, at_demo_day: None) -> None:
    event_id = two_part_event((12, 10, None, 9, 8), mode=WaitingListMode.OFFER)

    def storm(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - a storm, not a secret
        mine: list[int] = []
        with app.app_context():
            for _ in range(14):
                with suppress(Refusal):
                    play(chance, mine)

    def play(chance: random.Random, mine: list[int]) -> None:
        if not mine or chance.random() < 0.5:
            people = [factories.person(next(_numbers), chance.choice(CODES)) for _ in range(chance.randint(1, 3))]
            wishes = Wishes(takes_fewer=chance.random() < 0.5)
            receipt = sign_up(event_id, orderer=Orderer(name="T", email="t@x.example"), people=people,
                              language="cs", wishes=wishes)  # fmt: skip
            mine.append(receipt.order_id)
            return
        order = db.session.get_one(Order, chance.choice(mine), populate_existing=True)
        people_of = list(order.registrations)
        changes: list[Callable[[], object]] = [
            lambda: cancel(people_of[:1], by="t"),
            lambda: cancel(people_of, by="t"),
            lambda: accept_offers(people_of, by="t"),
            lambda: decline_offers(people_of, by="t"),
            lambda: switch_ticket_type(people_of[0], code=chance.choice(CODES), by="t"),
        ]
        chance.choice(changes)()

    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(storm, seed) for seed in range(8)]:
            future.result()
    db.session.rollback()
    check_counters(event_id)
    check_nobody_waits_for_nothing(event_id)
    assert db.session.scalar(select(func.count()).select_from(Registration))
