"""Workers that are killed, and workers that run side by side: nothing is lost, and next to nothing comes twice."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from registration.core.db import db, transaction
from registration.core.settings import Settings
from registration.events.models import Event
from registration.mail import outbox
from registration.mail.models import MessageState, OutboxMessage
from registration.mail.outbox import Letter
from registration.mail.tasks import deliver
from registration.signups import mails
from tests import worker
from tests.mail import mail_server, notes, world
from tests.mail.mail_server import MailServer

pytestmark = pytest.mark.processes

LEASE_IS_OVER = timedelta(minutes=6)
KILLS = 10


@pytest.fixture
def smtp(app: Flask) -> Iterator[MailServer]:
    with mail_server.running() as server:
        yield server


def settings_for(app: Flask, server: MailServer, folder: Path) -> Settings:
    """Return the application's settings with this mail server and a folder of its own."""
    settings: Settings = app.extensions["settings"]
    return replace(settings, mail_server="127.0.0.1", mail_port=server.port, instance_path=folder)


def post(event: Event, count: int) -> set[str]:
    """Write to so many people, each time the same: how Bob waits; return the Message-IDs."""
    bob = world.order(event, world.bob(world.WAITING)).registrations[0]
    facts = {"registration": bob.id, "version": 1}
    with transaction():
        outbox.post_all(
            [Letter("place_waiting", f"person-{number}@ukazka.example", "cs", facts) for number in range(count)]
        )
    return set(notes.all_ids())


def wait_for_message(server: MailServer, number: int) -> None:
    until = time.monotonic() + 60
    while len(server.received) < number and time.monotonic() < until:
        time.sleep(0.002)
    assert len(server.received) >= number


def states() -> set[MessageState]:
    db.session.rollback()
    return set(db.session.scalars(select(OutboxMessage.state)))


def test_killed_workers_lose_nothing_and_repeat_one_message_each_at_most(
    academy: Event, app: Flask, smtp: MailServer, tmp_path: Path
) -> None:
    smtp.seconds_per_message = 0.01
    settings = settings_for(app, smtp, tmp_path)
    written = post(academy, 150)
    for kill in range(KILLS):
        killed = worker.start(settings, deliver, ahead=kill * LEASE_IS_OVER)
        wait_for_message(smtp, len(smtp.received) + 7)
        killed.kill()
        killed.join()
        assert states() == {MessageState.QUEUED, MessageState.SENT}
    last = worker.start(settings, deliver, ahead=KILLS * LEASE_IS_OVER)
    last.join()
    copies = Counter(smtp.message_ids)
    assert set(copies) == written
    assert max(copies.values()) <= 2
    assert copies.total() - len(written) <= KILLS
    assert states() == {MessageState.SENT}
    said = {(message["Message-ID"], mail_server.plain_text(message)) for _, message in smtp.received}
    assert len(said) == len(written)  # the second copy says what the first one did


def test_two_workers_at_once_send_everything_exactly_once(
    academy: Event, app: Flask, smtp: MailServer, tmp_path: Path
) -> None:
    smtp.seconds_per_message = 0.002
    written = post(academy, 150)
    workers = [worker.start(settings_for(app, smtp, tmp_path), deliver) for _ in range(2)]
    for each in workers:
        each.join()
    assert Counter(smtp.message_ids) == dict.fromkeys(written, 1)
    assert smtp.connections >= 8  # batches of 20
    assert states() == {MessageState.SENT}


def test_two_workers_who_remind_at_once_write_each_reminder_once(academy: Event, app: Flask) -> None:
    """Every worker has a clock, and all clocks strike at the same time."""
    people = world.order(academy, *[world.bob(email=f"person-{number}@ukazka.example") for number in range(40)])
    session_id = world.session_of(academy, "ai-brno").id
    ready = threading.Barrier(4)

    def remind(*, backwards: bool) -> None:
        with app.app_context(), transaction() as session:
            order = session.get_one(type(people), people.id)
            registrations = order.registrations[::-1] if backwards else order.registrations
            academy_session = session.get_one(type(academy.sessions[0]), session_id)
            if db.engine.dialect.name == "postgresql":  # SQLite lets one writer in at a time anyway
                ready.wait(timeout=20)
            mails.reminders(academy_session, registrations, minutes_before=1440)

    workers = [threading.Thread(target=remind, kwargs={"backwards": bool(number % 2)}) for number in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    reminded = [message.recipient for message in world.messages() if message.kind == "session_reminder"]
    assert sorted(reminded) == sorted(f"person-{number}@ukazka.example" for number in range(40))
