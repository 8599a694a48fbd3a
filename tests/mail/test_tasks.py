"""The worker delivers when it is hinted at and every minute, and looks twice, since not every message is hinted at."""

import threading
import time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from registration.core.db import db
from registration.mail import outbox, tasks
from registration.mail.models import MessageState, OutboxMessage
from tests.mail import notes


@pytest.fixture
def queue(app: Flask) -> Any:
    """Give the application's queue, empty, as if nothing had been hinted at for long."""
    queue = app.extensions["queue"]
    queue.huey.flush()
    queue.sparing_until.clear()
    return queue


def work(queue: Any) -> None:
    """Do what a worker does with the next task."""
    queue.huey.execute(queue.huey.dequeue())


def count_sent() -> int:
    db.session.rollback()
    sent = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state == MessageState.SENT)
    return db.session.scalar(sent) or 0


def wait_for_sent(count: int) -> float:
    """Wait until so many are sent; return how many seconds it took."""
    started = time.monotonic()
    while count_sent() < count and time.monotonic() < started + 20:
        time.sleep(0.02)
    assert count_sent() == count
    return time.monotonic() - started


@pytest.mark.slow
def test_committed_messages_are_delivered_by_the_hint(queue: Any) -> None:
    notes.write_many(45)  # more than two batches
    assert queue.huey.pending_count() == 1
    work(queue)
    assert count_sent() == 45


@pytest.mark.slow
def test_message_without_a_hint_of_its_own_goes_with_the_one_before(queue: Any) -> None:
    """Two commits within a second: one hint, and the second look finds what the first could not see yet."""
    notes.write()
    worker = threading.Thread(target=work, args=[queue])
    worker.start()
    wait_for_sent(1)
    notes.write()
    assert queue.huey.pending_count() == 0
    assert wait_for_sent(2) < 2
    worker.join()


@pytest.mark.slow
def test_second_look_does_not_keep_a_hinted_message_waiting(queue: Any) -> None:
    notes.write()
    worker = threading.Thread(target=work, args=[queue])
    worker.start()
    wait_for_sent(1)
    queue.sparing_until.clear()
    notes.write()
    started = time.monotonic()
    work(queue)  # the other thread delivers; this one only tells it
    assert time.monotonic() - started < 0.5
    assert wait_for_sent(2) < 1
    worker.join()


def test_delivery_is_due_every_minute(queue: Any) -> None:
    assert outbox.DELIVERY in [task.name for task in queue.huey.read_periodic(None)]


def test_worker_that_is_to_stop_stops_after_a_batch_and_does_not_linger(
    queue: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_SECOND_LOOK_AFTER_S", 60)
    notes.write_many(45)
    queue.stopping.set()
    started = time.monotonic()
    try:
        tasks.deliver()
    finally:
        queue.stopping.clear()
    assert count_sent() == 20
    assert time.monotonic() - started < 30  # however slow the machine, it did not wait for more
