"""The worlds the harness measures in."""

import tomllib
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from bench.crowding import crowd
from bench.worlds import ACADEMY, moved_programme
from registration.core.db import db
from registration.events.models import Event
from registration.events.queries import get_event
from registration.mail.models import MessageState, OutboxMessage
from registration.programme import PROGRAMME_2025
from registration.signups.models import Registration, TicketCode


@pytest.mark.parametrize("today", [date(2024, 12, 31), date(2025, 3, 25), date(2030, 2, 28)])
def test_programme_begins_weeks_ahead_and_keeps_its_weekdays(today: date) -> None:
    text = PROGRAMME_2025.read_text()
    before, after = tomllib.loads(text)["event"], tomllib.loads(moved_programme(text, today=today))["event"]
    moves = {new["first_day"] - old["first_day"] for old, new in zip(before, after, strict=True)}
    assert len(moves) == 1
    assert moves.pop() % timedelta(weeks=1) == timedelta(0)
    assert timedelta(weeks=7) < after[0]["demo"]["sign_up_until"] - today < timedelta(weeks=10)
    assert {session["demo"]["capacity"] for session in after[0]["session"]} == {10_000_000}


def test_crowd_has_signed_up_long_ago_and_the_counters_agree(app: Flask, academy: Event) -> None:
    crowd(db.engine, ACADEMY, "SETKANI", 12)
    db.session.rollback()  # the transaction that read the event before would read it again
    event = get_event(ACADEMY)
    assert event.order_count == 12
    assert {each.code: each.taken for each in event.ticket_types} == {"SETKANI": 12, "AI": 0, "OBOJI": 0}
    assert [each.taken for each in event.sessions] == [12, 0, 0, 0]
    assert count(Registration) == count(TicketCode) == count(OutboxMessage) == 12
    assert db.session.scalars(select(OutboxMessage.state).distinct()).all() == [MessageState.SENT]


def count(table: type[Registration | TicketCode | OutboxMessage]) -> int | None:
    return db.session.scalar(select(func.count()).select_from(table))
