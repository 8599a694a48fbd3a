"""Doors that send at the same time, and phones that never get their answer: nothing is lost, nothing counts twice."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from registration.checkin import queries
from registration.checkin.models import AttendanceEntry, Scan
from registration.checkin.operations import Answers, SentScan, judging
from registration.checkin.rules import Verdict
from registration.core.db import db
from registration.events.models import Event, Session
from registration.events.queries import get_event
from tests import factories
from tests.checkin.phones import Phone


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def send_together(app: Flask, batches: list[tuple[Phone, list[SentScan]]]) -> list[Answers]:
    """Send all batches at the same moment, each with a connection of its own."""
    start = threading.Barrier(len(batches), timeout=20)

    def send(batch: tuple[Phone, list[SentScan]]) -> Answers:
        phone, scans = batch
        with app.app_context():
            start.wait()
            return phone.sends(*scans)

    db.session.rollback()
    with ThreadPoolExecutor(len(batches)) as pool:
        return list(pool.map(send, batches))


def test_doors_that_send_the_same_people_in_any_order_write_each_once(
    app: Flask, academy: Event, brno: Session
) -> None:
    """Also when each locks many people, none waits for another that waits for it."""
    people = factories.crowd(academy, 12, "AI")
    phones = [Phone(academy, f"Vchod {number}") for number in range(4)]
    dice = random.Random(7)  # noqa: S311 - a fixed order
    batches = [
        (phone, [phone.sees(brno, token=each.ticket_code) for each in dice.sample(people, len(people))])
        for phone in phones
    ]
    answers = send_together(app, batches)
    assert count(Scan) == 48
    assert {len(each.results) for each in answers} == {12}
    attended = queries.attended_by_registration(get_event(academy.slug))
    assert attended == {each.id: {brno.id} for each in people}
    for person in people:
        entries = queries.list_entries(person)
        assert entries[-1].occurred_at == min(entry.occurred_at for entry in entries)


def test_same_batch_sent_twice_at_once_is_written_once(app: Flask, academy: Event, brno: Session) -> None:
    """A phone whose first request hangs sends it again."""
    people = factories.crowd(academy, 3, "AI")
    phone = Phone(academy)
    scans = [phone.sees(brno, token=each.ticket_code) for each in people]
    first, second = send_together(app, [(phone, scans), (phone, scans)])
    assert first.results == second.results
    assert (count(Scan), count(AttendanceEntry)) == (3, 3)


class Killed(BaseException):
    """The server's end, in the middle of its work."""


def test_server_killed_before_it_wrote_everything_has_written_nothing(
    academy: Event, brno: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = factories.crowd(academy, 2, "AI")
    phone = Phone(academy)
    scans = [phone.sees(brno, token=each.ticket_code) for each in people]
    keep: Callable[..., Any] = judging._keep
    kept = 0

    def die_at_the_second(*args: Any) -> Any:
        nonlocal kept
        kept += 1
        if kept == 2:
            raise Killed
        return keep(*args)

    monkeypatch.setattr(judging, "_keep", die_at_the_second)
    with pytest.raises(Killed):
        phone.sends(*scans)
    assert (count(Scan), count(AttendanceEntry)) == (0, 0)
    monkeypatch.undo()
    assert [each.verdict for each in phone.sends(*scans).results] == [Verdict.ADMITTED] * 2


def test_answer_that_was_lost_is_given_again(academy: Event, brno: Session) -> None:
    """The server has committed and died before it could answer."""
    people = factories.crowd(academy, 2, "AI")
    phone = Phone(academy)
    scans = [phone.sees(brno, token=each.ticket_code) for each in people]
    lost = phone.sends(*scans)
    again = phone.sends(*scans, phone.sees(brno, token="0" * 20))
    assert again.results[:2] == lost.results
    assert again.results[2].verdict is Verdict.UNKNOWN
    assert (count(Scan), count(AttendanceEntry)) == (3, 2)
