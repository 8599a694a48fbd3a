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
from registration.mail.outbox import Letter
from tests.queries import count_queries

ADA, BOB = "ada@hornilhota.example", "bob@dolnilhota.example"


@pytest.fixture
def hints(app: Flask) -> Iterator["Hints"]:
    hints = Hints(app)
    hints.forget()
    yield hints
    hints.forget()


class Hints:
    """What waits in the application's real queue."""

    def __init__(self, app: Flask) -> None:
        self._queue = app.extensions["queue"]

    def count(self) -> int:
        """Return how many tasks wait."""
        count: int = self._queue.huey.pending_count()
        return count

    def forget(self) -> None:
        """Empty the queue, and let the next hint through at once."""
        self._queue.huey.flush()
        self._queue.sparing_until.clear()


def post(to: str = ADA, *, dedupe_key: str | None = None) -> None:
    outbox.post("invitation", to=to, language="cs", dedupe_key=dedupe_key, event=17)


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(OutboxMessage)) or 0


def test_message_waits_from_now_with_its_id_its_facts_and_no_words(app: Flask) -> None:
    with transaction():
        outbox.post("invitation", to=ADA, language="en", event=17, choices=["oběd"])
    message = db.session.scalars(select(OutboxMessage)).one()
    assert (message.kind, message.recipient, message.language) == ("invitation", ADA, "en")
    assert message.facts == {"event": 17, "choices": ["oběd"]}
    assert message.state is MessageState.QUEUED
    assert message.attempts == 0
    assert (message.subject, message.text_body, message.html_body, message.attachments) == ("", "", "", [])
    assert not message.is_composed
    assert message.message_id.endswith("@localhost>")
    assert len(message.message_id) == len("<@localhost>") + 32
    assert message.next_attempt_at <= clock.system_now()
    assert message.created_at <= clock.now()


def test_all_letters_of_a_fact_are_one_statement_and_keep_their_order(app: Flask) -> None:
    letters = [Letter("invitation", f"{number}@ukazka.example", "cs", {"event": number}) for number in range(20)]
    with transaction(), count_queries() as queries:
        outbox.post_all(letters)
    assert queries.count == 1
    written = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert [message.recipient for message in written] == [letter.to for letter in letters]
    assert len({message.message_id for message in written}) == 20


def test_nothing_to_post_is_nothing_done(app: Flask, hints: Hints) -> None:
    with transaction(), count_queries() as queries:
        outbox.post_all([])
    assert (queries.count, hints.count()) == (0, 0)


def test_letter_to_nobody_is_not_posted(app: Flask, hints: Hints) -> None:
    """Who came to the door without signing up was not asked for an address."""
    with transaction():
        post(to="")
    assert (count(), hints.count()) == (0, 0)


def test_commit_hints_the_worker_once(app: Flask, hints: Hints) -> None:
    with transaction():
        post()
        post()
        assert hints.count() == 0
    assert hints.count() == 1


def test_many_commits_in_a_second_hint_once(app: Flask, hints: Hints) -> None:
    for _ in range(5):
        with transaction():
            post()
    assert (count(), hints.count()) == (5, 1)


def test_inner_commit_does_not_hint_yet(app: Flask, hints: Hints) -> None:
    with transaction():
        with transaction():
            post()
        assert hints.count() == 0
    assert hints.count() == 1


def test_commit_without_mail_does_not_hint(app: Flask, hints: Hints) -> None:
    with transaction():
        pass
    assert hints.count() == 0


def test_rollback_of_the_fact_leaves_no_row_and_no_hint(app: Flask, hints: Hints) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        post()
        1 / 0  # noqa: B018 - the fact fails
    with transaction():
        pass
    assert (count(), hints.count()) == (0, 0)


def test_rollback_of_a_part_keeps_the_hint_of_the_rest(app: Flask, hints: Hints) -> None:
    with transaction():
        post()
        with pytest.raises(ZeroDivisionError), transaction():
            post()
            1 / 0  # noqa: B018 - the inner fact fails
    assert (count(), hints.count()) == (1, 1)


def test_second_message_with_the_same_key_is_not_written(app: Flask) -> None:
    with transaction():
        post(dedupe_key="reminder:1")
    with transaction():
        post(dedupe_key="reminder:1")
        post(BOB)
        post(BOB)
    assert db.session.scalars(select(OutboxMessage.recipient).order_by(OutboxMessage.id)).all() == [ADA, BOB, BOB]


@pytest.mark.parametrize("first_fails", [False, True])
def test_two_writers_of_one_key_write_it_once(app: Flask, *, first_fails: bool) -> None:
    """The second waits for the first, and keeps the rest of its own transaction whatever comes of it."""
    has_written = threading.Event()

    def write_first() -> None:
        with app.app_context(), transaction():
            post(dedupe_key="reminder:1")
            has_written.set()
            time.sleep(0.3)  # by then the second writer waits
            if first_fails:
                db.session.rollback()

    def write_second() -> None:
        has_written.wait()
        with app.app_context(), transaction():
            post(BOB)
            post(BOB, dedupe_key="reminder:1")

    threads = [threading.Thread(target=target) for target in (write_first, write_second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys = select(func.coalesce(OutboxMessage.dedupe_key, ""), OutboxMessage.recipient)
    written = sorted((key, to) for key, to in db.session.execute(keys))
    assert written == [("", BOB), ("reminder:1", BOB if first_fails else ADA)]
