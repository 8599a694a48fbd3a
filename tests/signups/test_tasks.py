"""The clockwork: offers lapse, people are reminded; run twice, at once or by a restarted worker it does no more."""

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, insert, select, update

from registration.app import create_app
from registration.core import clock
from registration.core.clock import PRAGUE
from registration.core.db import db, transaction
from registration.core.settings import Settings
from registration.events.models import Event, Format, Session, TicketType, WaitingListMode
from registration.events.operations import cancel_event, move_session, set_reminders
from registration.mail.models import MessageState, OutboxMessage
from registration.mail.tasks import deliver
from registration.signups import tasks
from registration.signups.models import CancellationKind, Order, PlaceOffer, Registration, RegistrationStatus
from registration.signups.operations import cancel, substitute, switch_ticket_type
from tests import factories
from tests.failing import database_fails_on
from tests.queries import count_queries

pytestmark = pytest.mark.slow

START = datetime(2025, 4, 23, 9, 0, tzinfo=PRAGUE)
MINUTE = timedelta(minutes=1)
Travel = Callable[[datetime], None]


@pytest.fixture
def workshop(app: Flask, at_demo_day: None) -> Event:
    """Give a workshop on 23 April at 9:00 in Brno."""
    return factories.workshop()


def reminded() -> list[str]:
    """Return who was written a reminder, in the order of the letters."""
    db.session.rollback()
    statement = select(OutboxMessage.recipient).where(OutboxMessage.kind == "session_reminder")
    return list(db.session.scalars(statement.order_by(OutboxMessage.id)))


def make_online(event: Event) -> None:
    with transaction() as session:
        session.execute(
            update(Session)
            .where(Session.event_id == event.id)
            .values(format=Format.ONLINE, join_url="https://meeting.example/1")
        )


def test_people_are_reminded_three_days_and_one_day_before_a_session_in_person(workshop: Event, travel: Travel) -> None:
    [ada] = factories.crowd(workshop, 1)
    for moment, count in [
        (START - timedelta(days=3) - MINUTE, 0),
        (START - timedelta(days=3), 1),
        (START - timedelta(days=2), 1),
        (START - timedelta(days=1), 2),
        (START - timedelta(hours=1), 2),
        (START, 2),
    ]:
        travel(moment)
        tasks.remind()
        tasks.remind()
        assert reminded() == [ada.email] * count


def test_people_are_reminded_an_hour_before_an_online_session(workshop: Event, travel: Travel) -> None:
    make_online(workshop)
    [ada] = factories.crowd(workshop, 1)
    travel(START - timedelta(hours=1) - MINUTE)
    tasks.remind()
    assert reminded() == []
    travel(START - timedelta(hours=1))
    tasks.remind()
    assert reminded() == [ada.email]


def test_reminder_says_when_and_brings_the_ticket(workshop: Event, travel: Travel) -> None:
    factories.crowd(workshop, 1)
    deliver()
    travel(START - timedelta(days=1))
    tasks.remind()
    deliver()
    letter = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "session_reminder")).one()
    assert letter.state is MessageState.SENT
    assert "9:00" in letter.text_body
    assert [each["kind"] for each in letter.attachments] == ["ticket"]


def test_event_has_reminders_of_its_own(workshop: Event, travel: Travel) -> None:
    set_reminders(workshop, in_person=[120], online=[], by="olga@sekce.example")
    [ada] = factories.crowd(workshop, 1)
    travel(START - timedelta(days=1))
    tasks.remind()
    assert reminded() == []
    travel(START - timedelta(hours=2))
    tasks.remind()
    assert reminded() == [ada.email]


def test_only_people_with_a_place_are_reminded(app: Flask, at_demo_day: None, travel: Travel) -> None:
    event = factories.workshop(capacity=3)
    ada, cancelled, erased, waiting = factories.crowd(event, 4)
    with transaction() as session:
        session.execute(
            update(Registration).where(Registration.id == erased.id).values(erased_at=clock.now(), email="")
        )
        session.execute(update(Event).where(Event.id == event.id).values(waiting_list=WaitingListMode.NONE))
    cancel([cancelled], by="t")
    assert waiting.status is RegistrationStatus.WAITING
    travel(START - timedelta(days=1))
    tasks.remind()
    assert reminded() == [ada.email]


def test_whoever_got_a_place_after_the_reminder_was_due_is_not_reminded(workshop: Event, travel: Travel) -> None:
    [early] = factories.crowd(workshop, 1)
    due_at = START - timedelta(days=1)
    travel(due_at + MINUTE)
    [late] = factories.crowd(workshop, 1, first=2)
    [exactly] = factories.crowd(workshop, 1, first=3)
    [unknown] = factories.crowd(workshop, 1, first=4)
    with transaction() as session:
        for id_, confirmed_at in ((exactly.id, due_at), (unknown.id, None)):
            session.execute(update(Registration).where(Registration.id == id_).values(confirmed_at=confirmed_at))
    tasks.remind()
    assert reminded() == [early.email, unknown.email]
    assert late.email not in reminded()


def test_substitute_is_reminded_and_the_person_before_is_not(workshop: Event, travel: Travel) -> None:
    [ada] = factories.crowd(workshop, 1)
    substitute(ada, person=factories.BOB, by="t")
    travel(START - timedelta(days=1))
    tasks.remind()
    assert reminded() == [factories.BOB.email]


def test_only_sessions_of_the_ticket_type_count(academy: Event, travel: Travel) -> None:
    meeting = factories.registration(academy, "SETKANI", given_name="Bob", email="bob@x.example")
    travel(datetime(2025, 3, 25, 9, 0, tzinfo=PRAGUE))  # a day before the academy
    tasks.remind()
    assert reminded() == []
    switch_ticket_type(meeting, code="AI", by="t")
    tasks.remind()
    assert reminded() == ["bob@x.example"]


def test_nobody_is_reminded_of_what_is_not_announced_or_cancelled(workshop: Event, travel: Travel) -> None:
    factories.crowd(workshop, 1)
    draft = factories.workshop(slug="draft", code="DRF")
    factories.crowd(draft, 1)
    with transaction() as session:
        session.execute(update(Event).where(Event.id == draft.id).values(published_at=None))
    cancel_event(workshop, by="olga@sekce.example")
    travel(START - timedelta(days=1))
    tasks.remind()
    assert reminded() == []


def test_session_that_was_moved_is_reminded_of_anew(workshop: Event, travel: Travel) -> None:
    [ada] = factories.crowd(workshop, 1)
    travel(START - timedelta(days=3))
    tasks.remind()
    later = datetime(2025, 4, 24, 9, 0)
    session = db.session.scalars(select(Session)).one()
    move_session(
        session, starts_at=later, ends_at=later.replace(hour=12), venue="Sál", join_url=None, by="olga@sekce.example"
    )
    travel(START - timedelta(days=2))
    tasks.remind()
    tasks.remind()
    assert reminded() == [ada.email] * 2


def test_worker_that_was_down_for_a_night_reminds_and_one_down_for_days_keeps_silent(
    workshop: Event, travel: Travel
) -> None:
    [ada] = factories.crowd(workshop, 1)
    travel(START - timedelta(days=3) + timedelta(hours=12, minutes=1))
    tasks.remind()
    assert reminded() == []
    travel(START - timedelta(days=1) + timedelta(hours=11))
    tasks.remind()
    assert reminded() == [ada.email]


def test_clock_that_jumps_leaves_no_heap_of_reminders(academy: Event, travel: Travel) -> None:
    factories.registration(academy, "OBOJI")
    for moment in ((2025, 3, 26, 8, 30), (2025, 4, 9, 9, 0), (2025, 4, 17, 9, 0)):
        clock.shift(datetime(*moment, tzinfo=PRAGUE) - clock.system_now())
        tasks.remind()
    assert reminded() == []


def test_nothing_due_costs_one_statement_for_each_task(workshop: Event, travel: Travel) -> None:
    with count_queries() as few:
        tasks.remind()
        tasks.lapse_offers()
    assert few.count == 2
    factories.workshop(slug="second", code="SEC")
    factories.crowd(workshop, 3)
    with count_queries() as many:
        tasks.remind()
        tasks.lapse_offers()
    assert many.count == 2


def test_letters_once_written_cost_the_same_for_one_person_and_for_five(workshop: Event, travel: Travel) -> None:
    factories.crowd(workshop, 1)
    factories.crowd(workshop, 4, first=2)
    travel(START - timedelta(days=1))
    with count_queries() as first:
        tasks.remind()
    with count_queries() as second:
        tasks.remind()
    assert first.count <= 7
    assert second.count == 4


def test_many_old_registrations_cost_next_to_nothing(workshop: Event, travel: Travel) -> None:
    old = factories.workshop(slug="old", code="OLD", starts_at=datetime(2025, 3, 12, 9, 0), capacity=None)
    add_many(old, 20_000)
    travel(START - timedelta(days=1))
    tasks.remind()
    begun = time.perf_counter()
    for _ in range(5):
        tasks.remind()
        tasks.lapse_offers()
    assert (time.perf_counter() - begun) / 5 < 0.25


def add_many(event: Event, count: int) -> None:
    """Write many people with places and answered offers, straight into the tables."""
    type_id = db.session.scalars(select(TicketType.id).where(TicketType.event_id == event.id)).one()
    now = clock.now()
    with transaction() as session:
        order = Order(event_id=event.id, number=1, orderer_name="O", orderer_email="o@x.example",
                      organisation_name="", language="cs", created_at=now)  # fmt: skip
        session.add(order)
        session.flush()
        row = {"order_id": order.id, "event_id": event.id, "ticket_type_id": type_id, "given_name": "O",
               "status": RegistrationStatus.CONFIRMED, "family_name": "S", "email": "o@x.example",
               "organisation_name": "", "price_haler": 0, "confirmed_at": now}  # fmt: skip
        session.execute(insert(Registration), [{**row, "position": number} for number in range(count)])
        session.flush()
        ids = session.scalars(select(Registration.id).where(Registration.order_id == order.id)).all()
        offer = {"offered_at": now, "expires_at": now, "accepted_at": now}
        session.execute(insert(PlaceOffer), [{"registration_id": id_, **offer} for id_ in ids[: count // 10]])


def offering(code: str) -> tuple[Event, Registration, Registration]:
    """Make a full workshop whose only place was offered to the first of two who wait."""
    event = factories.workshop(slug=code, code=code, capacity=1, waiting_list=WaitingListMode.OFFER)
    first = len(db.session.scalars(select(Registration.id)).all())
    holder, offered, next_one = factories.crowd(event, 3, first=first)
    cancel([holder], by="t")
    db.session.refresh(offered)
    assert offered.status is RegistrationStatus.OFFERED
    return event, offered, next_one


def test_offer_lapses_a_minute_after_its_deadline_and_goes_to_the_next(app: Flask, at_demo_day: None) -> None:
    _event, offered, next_one = offering("OFR")
    assert offered.offer
    deadline = offered.offer.expires_at
    with time_machine.travel(deadline - timedelta(seconds=1), tick=False):
        tasks.lapse_offers()
        assert status_of(offered) is RegistrationStatus.OFFERED
    with time_machine.travel(deadline, tick=False):
        tasks.lapse_offers()
        tasks.lapse_offers()
    assert status_of(offered) is RegistrationStatus.CANCELLED
    assert offered.cancellation
    assert offered.cancellation.kind is CancellationKind.LAPSED
    assert status_of(next_one) is RegistrationStatus.OFFERED
    kinds = select(OutboxMessage.kind).where(OutboxMessage.recipient == next_one.email).order_by(OutboxMessage.id)
    assert db.session.scalars(kinds).all() == ["order_received", "place_offered"]


def status_of(registration: Registration) -> RegistrationStatus:
    db.session.rollback()
    db.session.refresh(registration)
    return registration.status


def test_event_that_cannot_be_served_does_not_hold_up_the_others(
    app: Flask, at_demo_day: None, caplog: pytest.LogCaptureFixture
) -> None:
    bad, stuck, _ = offering("BAD")
    _good, offered, next_one = offering("GOOD")
    with transaction() as session:
        session.execute(update(TicketType).where(TicketType.event_id == bad.id).values(taken=0))  # cannot be given back
    with time_machine.travel(clock.now() + timedelta(hours=49)):
        tasks.lapse_offers()
    assert status_of(stuck) is RegistrationStatus.OFFERED
    assert status_of(offered) is RegistrationStatus.CANCELLED
    assert status_of(next_one) is RegistrationStatus.OFFERED
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        f"The offers of event {bad.id} could not be taken back"
    ]


def test_session_that_cannot_be_reminded_of_does_not_hold_up_the_others(
    workshop: Event, travel: Travel, caplog: pytest.LogCaptureFixture
) -> None:
    other = factories.workshop(slug="other", code="OTH")
    [bad] = factories.crowd(workshop, 1)
    [good] = factories.crowd(other, 1, first=2)
    travel(START - timedelta(days=1))
    with database_fails_on(bad.email):
        tasks.remind()
    assert reminded() == [good.email]
    [session] = workshop.sessions
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        f"People could not be reminded of session {session.id}"
    ]


def test_worker_that_is_to_stop_begins_nothing_more(app: Flask, workshop: Event, travel: Travel) -> None:
    _event, offered, _next_one = offering("OFR")
    factories.crowd(workshop, 1, first=9)
    stopping = app.extensions["queue"].stopping
    travel(START - timedelta(days=1))
    stopping.set()
    tasks.remind()
    tasks.lapse_offers()
    stopping.clear()
    assert reminded() == []
    assert status_of(offered) is RegistrationStatus.OFFERED


def test_two_threads_at_once_remind_everybody_once(app: Flask, workshop: Event, travel: Travel) -> None:
    people = factories.crowd(workshop, 20)
    travel(START - timedelta(days=1))
    together = Barrier(2)

    def run() -> None:
        with app.app_context():
            together.wait()
            tasks.remind()

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(run) for _ in range(2)]:
            future.result()
    assert reminded() == [each.email for each in people]


_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["registration.app"])


def _remind_in_a_process(settings: Settings, moment: datetime) -> None:
    app = create_app(settings)
    with app.app_context(), time_machine.travel(moment, tick=True):
        tasks.remind()


@pytest.mark.processes
def test_killed_and_restarted_workers_remind_everybody_once(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop(capacity=None)
    add_sessions(event, 25)
    people = factories.crowd(event, 12)
    settings: Settings = app.extensions["settings"]

    def start() -> multiprocessing.context.ForkServerProcess:
        process = _processes.Process(target=_remind_in_a_process, args=(settings, START - timedelta(days=1)))
        process.start()
        return process

    killed, beside = start(), start()
    until = time.monotonic() + 60
    while not reminded() and time.monotonic() < until:
        time.sleep(0.001)
    killed.kill()
    killed.join()
    beside.join()
    restarted = start()
    restarted.join()
    assert restarted.exitcode == 0
    counts = select(func.count()).where(OutboxMessage.kind == "session_reminder").group_by(OutboxMessage.recipient)
    db.session.rollback()
    assert db.session.scalars(counts).all() == [26] * len(people)


def add_sessions(event: Event, count: int) -> None:
    with transaction() as session:
        ticket_type = session.scalars(select(TicketType).where(TicketType.event_id == event.id)).one()
        for number in range(count):
            starts_at = START.replace(tzinfo=None)
            ticket_type.sessions.append(
                Session(
                    event_id=event.id,
                    code=f"dalsi-{number}",
                    title="Další",
                    format=Format.IN_PERSON,
                    starts_at=starts_at,
                    ends_at=starts_at + timedelta(hours=1),
                )
            )
