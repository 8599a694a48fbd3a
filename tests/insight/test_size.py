"""Twenty thousand people: pages that add up ask the database as often as for one, and answer soon."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import insert

from registration.checkin.models import AttendanceEntry, EntryKind, Source
from registration.core.clock import PRAGUE
from registration.core.db import db, transaction
from registration.events.models import Event
from registration.events.queries import get_event
from registration.insight.queries.overview import overview
from registration.insight.queries.year import read_year
from registration.signups.models import Order, Registration, RegistrationStatus
from tests import factories
from tests.queries import count_queries

pytestmark = pytest.mark.slow

PEOPLE = 20_000
OPENED = datetime(2025, 1, 1, 9, 0, tzinfo=PRAGUE)
BEGINS = datetime(2025, 4, 23, 9, 0, tzinfo=PRAGUE)


def fill(event: Event) -> None:
    """Sign up twenty thousand people over a hundred days, of whom all but every tenth come within two hours."""
    ticket_type, session = event.ticket_types[0], event.sessions[0]
    ordered = [OPENED + timedelta(minutes=7 * number) for number in range(PEOPLE)]
    orders = [
        {
            "id": number, "event_id": event.id, "number": number, "orderer_name": "Osoba", "orderer_email": "o@x.ex",
            "organisation_name": f"Knihovna {number % 900}", "language": "cs", "created_at": at,
        }
        for number, at in enumerate(ordered, start=1)
    ]  # fmt: skip
    people = [
        {
            "id": number, "order_id": number, "event_id": event.id, "ticket_type_id": ticket_type.id, "position": 1,
            "status": RegistrationStatus.CONFIRMED, "given_name": "Osoba", "family_name": str(number),
            "email": f"{number}@x.example", "organisation_name": f"Knihovna {number % 900}", "person_key": str(number),
            "price_haler": 0, "confirmed_at": at, "sort_key": str(number), "search_text": str(number),
        }
        for number, at in enumerate(ordered, start=1)
    ]  # fmt: skip
    entries = [
        {
            "registration_id": number, "session_id": session.id, "ordinal": 1, "kind": EntryKind.PRESENT,
            "source": Source.SCAN, "occurred_at": BEGINS + timedelta(seconds=number % 7200 - 3600),
            "recorded_at": BEGINS, "recorded_by": "x", "reason": "",
        }
        for number in range(1, PEOPLE + 1) if number % 10
    ]  # fmt: skip
    with transaction() as database:
        for table, rows in ((Order, orders), (Registration, people), (AttendanceEntry, entries)):
            database.execute(insert(table), rows)


def test_charts_and_the_year_of_twenty_thousand_people(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop(capacity=None)
    fill(event)
    db.session.expire_all()
    with count_queries() as counter:
        found = overview(get_event(event.slug))
        year = read_year(2025)
    assert found.sign_ups is not None
    assert found.sign_ups.lines[0].last == PEOPLE
    assert found.arrivals[0].total == PEOPLE * 9 // 10
    assert len(found.arrivals[0].counts) == 24
    assert year.total.people == PEOPLE * 9 // 10
    assert len(year.libraries) == 810
    assert counter.count <= 14
