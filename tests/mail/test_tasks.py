"""The worker delivers when it is hinted at and every minute."""

from typing import Any

from flask import Flask
from sqlalchemy import func, select

from registration.core.db import db, transaction
from registration.mail import outbox
from registration.mail.models import MessageState, OutboxMessage


def write(count: int) -> None:
    with transaction():
        for number in range(count):
            outbox.enqueue("note", to=f"{number}@ukazka.example", subject="S", text="T\n", html="<p>T</p>")


def count_sent() -> int:
    db.session.rollback()
    sent = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state == MessageState.SENT)
    return db.session.scalar(sent) or 0


def test_committed_messages_are_delivered_by_the_hint(app: Flask) -> None:
    huey: Any = app.extensions["queue"].huey
    huey.flush()
    write(count=45)  # more than two batches
    assert huey.pending_count() == 1
    huey.execute(huey.dequeue())
    assert count_sent() == 45


def test_delivery_is_due_every_minute(app: Flask) -> None:
    assert outbox.DELIVERY in [task.name for task in app.extensions["queue"].huey.read_periodic(None)]


def test_worker_that_is_to_stop_stops_after_a_batch(app: Flask) -> None:
    huey: Any = app.extensions["queue"].huey
    huey.flush()
    write(count=45)
    stopping = app.extensions["queue"].stopping
    stopping.set()
    try:
        huey.execute(huey.dequeue())
    finally:
        stopping.clear()
    assert count_sent() == 20
