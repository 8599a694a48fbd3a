"""Workers that are killed, and workers that run side by side: nothing is lost, and next to nothing comes twice."""

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
from registration.mail import outbox
from registration.mail.models import MessageState, OutboxMessage
from tests.mail import mail_server, worker
from tests.mail.mail_server import MailServer

pytestmark = pytest.mark.processes

LEASE_IS_OVER = timedelta(minutes=6)
KILLS = 4


@pytest.fixture
def smtp(app: Flask) -> Iterator[MailServer]:
    with mail_server.running() as server:
        yield server


def settings_for(app: Flask, server: MailServer, folder: Path) -> Settings:
    """Return the application's settings with this mail server and a folder of its own."""
    settings: Settings = app.extensions["settings"]
    return replace(settings, mail_server="127.0.0.1", mail_port=server.port, instance_path=folder)


def enqueue(count: int) -> set[str]:
    with transaction():
        messages = [
            outbox.enqueue("note", to=f"person-{number}@ukazka.example", subject="S", text="T\n", html="<p>T</p>")
            for number in range(count)
        ]
    return {message.message_id for message in messages if message}


def wait_for_message(server: MailServer, number: int) -> None:
    until = time.monotonic() + 60
    while len(server.received) < number and time.monotonic() < until:
        time.sleep(0.002)
    assert len(server.received) >= number


def states() -> set[MessageState]:
    db.session.rollback()
    return set(db.session.scalars(select(OutboxMessage.state)))


def test_killed_workers_lose_nothing_and_repeat_one_message_each_at_most(
    app: Flask, smtp: MailServer, tmp_path: Path
) -> None:
    smtp.seconds_per_message = 0.01
    settings = settings_for(app, smtp, tmp_path)
    written = enqueue(120)
    for kill in range(KILLS):
        killed = worker.start(settings, ahead=kill * LEASE_IS_OVER)
        wait_for_message(smtp, len(smtp.received) + 7)
        killed.kill()
        killed.join()
        assert states() == {MessageState.QUEUED, MessageState.SENT}
    last = worker.start(settings, ahead=KILLS * LEASE_IS_OVER)
    last.join()
    copies = Counter(smtp.message_ids)
    assert set(copies) == written
    assert max(copies.values()) <= 2
    assert copies.total() - len(written) <= KILLS
    assert states() == {MessageState.SENT}


def test_two_workers_at_once_send_everything_exactly_once(app: Flask, smtp: MailServer, tmp_path: Path) -> None:
    smtp.seconds_per_message = 0.002
    written = enqueue(150)
    workers = [worker.start(settings_for(app, smtp, tmp_path)) for _ in range(2)]
    for each in workers:
        each.join()
    assert Counter(smtp.message_ids) == dict.fromkeys(written, 1)
    assert smtp.connections >= 8  # batches of 20
    assert states() == {MessageState.SENT}
