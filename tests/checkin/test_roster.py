import threading
import time
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import text, update

from registration.checkin import queries
from registration.checkin.operations import admit_code, undo
from registration.checkin.queries import roster
from registration.checkin.rules import ScanKind
from registration.core import tokens
from registration.core.clock import PRAGUE
from registration.core.db import db, transaction
from registration.events.models import Event, Session
from registration.events.queries import get_event
from registration.privacy.operations import erase
from registration.signups.models import Registration
from registration.signups.operations import cancel, substitute
from tests import factories
from tests.checkin.phones import Phone
from tests.queries import count_queries

OLGA = factories.OLGA_EMAIL


def changed(event: Event, cursor: str) -> list[int]:
    """Return the ids of whom a phone with this cursor hears of."""
    db.session.rollback()
    found = roster.read(event.id, since=cursor)
    assert not found.is_full
    return [each["id"] for each in found.people]


def settle(event: Event) -> str:
    """Return a cursor after which nothing has changed yet, once nobody else on the same server is writing."""
    for _ in range(1000):
        db.session.rollback()
        cursor = roster.read(event.id, since=None).cursor
        if changed(event, cursor) == []:
            break
        time.sleep(0.01)
    return cursor


def test_person_is_listed_with_hashes_and_without_anything_that_opens_doors(
    academy: Event, brno: Session, ada: Registration, travel: Callable[[datetime], None]
) -> None:
    travel(datetime(2025, 3, 26, 8, 47, tzinfo=PRAGUE))
    phone = Phone(academy)
    phone.send(phone.sees(brno, token=ada.ticket_code))
    (person,) = roster.read(academy.id, since=None).people
    at = person["in"][brno.id].pop("at")
    assert at.startswith("2025-03-26T07:47:")
    assert at.endswith("Z")
    assert person == {
        "id": ada.id,
        "codes": [tokens.scan_hash(ada.ticket_code)],
        "old_codes": [],
        "prefixes": [tokens.scan_prefix(ada.ticket_code)],
        "name": "Ing.\u00a0Ada Žďárská, Ph.D.",
        "list_name": "Žďárská Ada, Ing., Ph.D.",
        "organisation": "Městská knihovna Horní Lhota",
        "ticket_type": ada.ticket_type_id,
        "state": "confirmed",
        "in": {brno.id: {"door": "Hlavní vchod"}},
    }
    assert roster.person(ada.id)["in"][brno.id]["at"] == at


def test_hashes_are_the_ones_a_phone_makes_of_a_code() -> None:
    """By `printf 0123456789ABCDEFGHJK | sha256sum` and `printf prefix:01234567 | sha256sum`."""
    assert tokens.scan_hash("0123456789ABCDEFGHJK") == "a6b239e79989fa88083024f6fa3518b4"
    assert tokens.scan_prefix("0123456789ABCDEFGHJK") == "37eef2"


def test_leaving_and_undoing_are_seen_on_the_list(academy: Event, brno: Session, ada: Registration) -> None:
    phone = Phone(academy)
    phone.send(phone.sees(brno, token=ada.ticket_code))
    phone.send(phone.sees(brno, person=ada.id, kind=ScanKind.OUT))
    assert set(roster.person(ada.id)["in"][brno.id]) == {"at", "door", "out"}
    phone.send(phone.sees(brno, person=ada.id, kind=ScanKind.UNDO))
    assert set(roster.person(ada.id)["in"][brno.id]) == {"at", "door"}
    phone.send(phone.sees(brno, person=ada.id, kind=ScanKind.UNDO))
    assert roster.person(ada.id)["in"] == {}


def test_states_are_three(academy: Event, brno: Session, ada: Registration) -> None:
    cancelled = factories.registration(academy, email="c@x.example")
    cancel([cancelled], by=OLGA)
    factories.take(brno, 29)
    (bob,) = factories.crowd(academy, 1, "AI")
    people = roster.read(academy.id, since=None).people
    assert {each["id"]: each["state"] for each in people} == {
        ada.id: "confirmed",
        cancelled.id: "cancelled",
        bob.id: "waiting",
    }


def test_whoever_changes_comes_again(academy: Event, brno: Session, ada: Registration) -> None:
    """Whatever the way: a sign-up, a substitution, the ledger, a cancellation, a statement past all models."""
    event = get_event(academy.slug)
    bob = factories.registration(academy, email="bob@x.example")
    cursor = settle(event)
    assert changed(event, cursor) == []
    admit_code(brno, ada.ticket_code, by=OLGA)
    assert changed(event, cursor) == [ada.id]
    cursor = settle(event)
    undo(queries.list_entries(ada)[0], by=OLGA)
    assert changed(event, cursor) == [ada.id]
    cursor = settle(event)
    eve = factories.registration(academy, email="eve@x.example")
    assert changed(event, cursor) == [eve.id]
    substitute(bob, person=factories.BOB, by=OLGA)
    assert changed(event, cursor) == [bob.id, eve.id]
    assert len(roster.person(bob.id)["old_codes"]) == 1
    cursor = settle(event)
    cancel([eve], by=OLGA)
    with transaction() as session:
        session.execute(update(Registration).where(Registration.id == ada.id).values(family_name="Nová"))
    assert changed(event, cursor) == [ada.id, eve.id]


def test_erased_person_is_gone_for_phones_that_know_them_and_unheard_of_for_others(
    academy: Event, ada: Registration
) -> None:
    cursor = settle(academy)
    erase(ada, by="")
    db.session.rollback()
    assert roster.read(academy.id, since=cursor).people == [{"id": ada.id, "state": "gone"}]
    assert roster.read(academy.id, since=None).people == []


def test_change_committed_late_is_not_missed(app: Flask, academy: Event, ada: Registration) -> None:
    """A list read while somebody writes must not step over what they have not committed yet."""
    bob = factories.registration(academy, email="bob@x.example")
    cursor = settle(academy)
    has_written, may_commit = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with app.app_context(), transaction() as session:
            session.execute(update(Registration).where(Registration.id == ada.id).values(family_name="Nová"))
            has_written.set()
            may_commit.wait(10)

    thread = threading.Thread(target=write_slowly)
    thread.start()
    assert has_written.wait(10)
    if db.engine.dialect.name == "postgresql":  # where others write at the same time
        with transaction() as session:
            session.execute(update(Registration).where(Registration.id == bob.id).values(family_name="Nový"))
    meanwhile = roster.read(academy.id, since=cursor)
    assert [each["name"] for each in meanwhile.people if "Nová" in each["name"]] == []
    may_commit.set()
    thread.join()
    assert ada.id in changed(academy, meanwhile.cursor)


@pytest.mark.parametrize("cursor", ["", "x", "1-", "2-1", "1-999999999999", "1-" + "9" * 30, "1-²"])
def test_cursor_of_another_list_brings_everybody(academy: Event, ada: Registration, cursor: str) -> None:
    assert roster.read(academy.id, since=cursor).is_full


def test_people_of_other_events_are_not_on_the_list(academy: Event, ada: Registration) -> None:
    other = factories.workshop()
    cursor = settle(other)
    factories.registration(academy, email="bob@x.example")
    assert roster.read(other.id, since=None).people == []
    assert changed(other, cursor) == []


def test_list_takes_as_many_queries_for_one_person_as_for_three(
    academy: Event, brno: Session, ada: Registration
) -> None:
    event_id = academy.id
    with count_queries() as one:
        roster.read(event_id, since=None)
    for number in range(2):
        admit_code(brno, factories.registration(academy, email=f"{number}@x.example").ticket_code, by=OLGA)
    db.session.rollback()
    with count_queries() as three:
        roster.read(event_id, since=None)
    assert one.count == three.count == 4


def test_triggers_watch_every_table_a_list_is_made_of(app: Flask) -> None:
    """A migration that copies a table on SQLite loses its trigger without a word."""
    names = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    found = set(db.session.scalars(text(names[db.engine.dialect.name])))
    assert {"roster_registration", "roster_ticket_code", "roster_attendance_entry"} <= found
