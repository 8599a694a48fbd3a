"""Messages are rows written beside the fact they tell of; the worker hears of them after the commit only."""

import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from registration.core import clock
from registration.core.db import db, transaction
from registration.mail import outbox
from registration.mail.models import MessageState, OutboxMessage


@pytest.fixture
def hints(app: Flask) -> Iterator["Hints"]:
    hints = Hints(app)
    hints.forget()
    yield hints
    hints.forget()


class Hints:
    """What waits in the application's real queue."""

    def __init__(self, app: Flask) -> None:
        self._huey = app.extensions["queue"].huey

    def count(self) -> int:
        """Return how many tasks wait."""
        count: int = self._huey.pending_count()
        return count

    def forget(self) -> None:
        """Empty the queue."""
        self._huey.flush()


def enqueue(to: str = "ada@hornilhota.example", *, dedupe_key: str | None = None) -> OutboxMessage | None:
    return outbox.enqueue(
        "note", to=to, subject="Pozvánka", text="Dobrý den,\n", html="<p>Dobrý den,</p>", dedupe_key=dedupe_key
    )


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(OutboxMessage)) or 0


def test_message_waits_from_now_with_its_id(app: Flask) -> None:
    with transaction():
        message = outbox.enqueue(
            "note",
            to="ada@hornilhota.example",
            subject="Pozvánka",
            text="Dobrý den,\n",
            html="<p>Dobrý den,</p>",
            attachments=[{"kind": "ticket", "id": 17}],
            reply_to="sekce@sdruk.example",
        )
    assert message is not None
    db.session.refresh(message)
    assert message.state is MessageState.QUEUED
    assert message.attempts == 0
    assert message.attachments == [{"kind": "ticket", "id": 17}]
    assert message.message_id.endswith("@localhost>")
    assert len(message.message_id) == len("<@localhost>") + 32
    assert message.next_attempt_at <= clock.system_now()


def test_commit_hints_the_worker_once(app: Flask, hints: Hints) -> None:
    with transaction():
        enqueue()
        enqueue()
        assert hints.count() == 0
    assert hints.count() == 1


def test_inner_commit_does_not_hint_yet(app: Flask, hints: Hints) -> None:
    with transaction():
        with transaction():
            enqueue()
        assert hints.count() == 0
    assert hints.count() == 1


def test_commit_without_mail_does_not_hint(app: Flask, hints: Hints) -> None:
    with transaction():
        pass
    assert hints.count() == 0


def test_rollback_of_the_fact_leaves_no_row_and_no_hint(app: Flask, hints: Hints) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        enqueue()
        1 / 0  # noqa: B018 - the fact fails
    with transaction():
        pass
    assert (count(), hints.count()) == (0, 0)


def test_rollback_of_a_part_keeps_the_hint_of_the_rest(app: Flask, hints: Hints) -> None:
    with transaction():
        enqueue()
        with pytest.raises(ZeroDivisionError), transaction():
            enqueue()
            1 / 0  # noqa: B018 - the inner fact fails
    assert (count(), hints.count()) == (1, 1)


def test_second_message_with_the_same_key_is_not_written(app: Flask, hints: Hints) -> None:
    with transaction():
        assert enqueue(dedupe_key="reminder:1") is not None
    hints.forget()
    with transaction():
        assert enqueue(dedupe_key="reminder:1") is None
        assert enqueue("bob@dolnilhota.example") is not None
    assert count() == 2
    assert hints.count() == 1


@pytest.mark.parametrize("first_fails", [False, True])
def test_two_writers_of_one_key_write_it_once(app: Flask, *, first_fails: bool) -> None:
    """The second waits for the first, and keeps the rest of its own transaction whatever comes of it."""
    has_written = threading.Event()
    results: dict[str, bool] = {}

    def write_first() -> None:
        with app.app_context(), transaction():
            results["first"] = enqueue(dedupe_key="reminder:1") is not None
            has_written.set()
            time.sleep(0.3)  # by then the second writer waits
            if first_fails:
                db.session.rollback()

    def write_second() -> None:
        has_written.wait()
        with app.app_context(), transaction():
            enqueue("bob@dolnilhota.example")
            results["second"] = enqueue(dedupe_key="reminder:1") is not None

    threads = [threading.Thread(target=target) for target in (write_first, write_second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {"first": True, "second": first_fails}
    keys = sorted(db.session.scalars(select(func.coalesce(OutboxMessage.dedupe_key, ""))))
    assert keys == ["", "reminder:1"]


@pytest.mark.parametrize(
    ("language", "address"), [("cs", "http://localhost/p/abc"), ("en", "http://localhost/en/p/abc")]
)
def test_address_leads_to_the_page_in_the_readers_language(app: Flask, language: str, address: str) -> None:
    assert outbox.address("/p/abc", language=language) == address
