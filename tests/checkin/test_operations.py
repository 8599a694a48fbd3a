import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from registration.checkin import queries
from registration.checkin.errors import NobodyChosen, NothingToUndo, ReasonMissing
from registration.checkin.models import AttendanceEntry, EntryKind, Source
from registration.checkin.operations import Answer, admit_code, admit_person, mark_present, record_join, undo
from registration.checkin.rules import Verdict
from registration.core.clock import PRAGUE, to_local
from registration.core.db import db
from registration.events.models import Event, Session
from registration.events.queries import get_event
from registration.signups.models import Registration
from registration.signups.operations import cancel
from tests import factories

OLGA = factories.OLGA_EMAIL


def session_of(event: Event, code: str) -> Session:
    return queries.get_session(get_event(event.slug), code)


@pytest.fixture
def brno(academy: Event, travel: Callable[[datetime], None]) -> Session:
    return session_of(academy, "ai-brno")


def test_valid_code_is_admitted_and_written_down(
    brno: Session, ada: Registration, travel: Callable[[datetime], None]
) -> None:
    travel(datetime(2025, 3, 26, 8, 47, tzinfo=PRAGUE))
    answer = admit_code(brno, ada.ticket_code, by=OLGA)
    assert answer.verdict is Verdict.ADMITTED
    entry = queries.list_entries(ada)[0]
    assert (entry.kind, entry.source, entry.recorded_by, entry.ordinal) == (
        EntryKind.PRESENT,
        Source.SCAN,
        OLGA,
        1,
    )
    assert to_local(entry.occurred_at).strftime("%d.%m. %H:%M") == "26.03. 08:47"


def test_second_scan_says_since_when_and_writes_nothing(brno: Session, ada: Registration) -> None:
    first = admit_code(brno, ada.ticket_code, by=OLGA)
    second = admit_code(brno, ada.ticket_code, by=OLGA)
    assert second.verdict is Verdict.ALREADY_IN
    assert second.since == first.since
    assert len(queries.list_entries(ada)) == 1


@pytest.mark.parametrize("change", [str.lower, lambda code: f" {code[:4]}-{code[4:8]} ", lambda code: code[:8]])
def test_code_is_taken_as_people_and_scanners_type_it(
    brno: Session, ada: Registration, change: Callable[[str], str]
) -> None:
    assert admit_code(brno, change(ada.ticket_code), by=OLGA).verdict is Verdict.ADMITTED


@pytest.mark.parametrize("typed", ["", "ABCD", "00000000", "0" * 20, "ř" * 8, "x" * 100])
def test_code_of_nobody_is_unknown(brno: Session, ada: Registration, typed: str) -> None:
    assert admit_code(brno, typed, by=OLGA) == Answer(Verdict.UNKNOWN)


def test_code_is_refused_at_a_session_the_ticket_type_does_not_admit_to(academy: Event, ada: Registration) -> None:
    assert admit_code(session_of(academy, "setkani"), ada.ticket_code, by=OLGA).verdict is Verdict.WRONG_SESSION


@pytest.mark.parametrize("length", [8, 20])
def test_code_of_another_event_is_named_as_such(brno: Session, ada: Registration, length: int) -> None:
    other = factories.registration(factories.workshop(), "UCAST")
    answer = admit_code(brno, other.ticket_code[:length], by=OLGA)
    assert answer.verdict is Verdict.WRONG_EVENT
    assert answer.registration is not None
    assert answer.registration.event.slug == "workshop"


def test_cancelled_place_is_refused(brno: Session, ada: Registration) -> None:
    cancel([ada], by=OLGA)
    assert admit_code(brno, ada.ticket_code, by=OLGA).verdict is Verdict.CANCELLED
    assert admit_person(brno, ada, by=OLGA).verdict is Verdict.CANCELLED


def test_whoever_has_no_place_yet_is_told_to_wait(academy: Event, brno: Session) -> None:
    factories.take(brno, 30)
    (bob,) = factories.crowd(academy, 1, "AI")
    answer = admit_code(brno, bob.ticket_code, by=OLGA)
    assert (answer.verdict, answer.is_refusal) == (Verdict.WAITING, True)
    assert queries.list_entries(bob) == []


def test_joining_is_written_once_and_stays_undone(academy: Event, ada: Registration) -> None:
    workshop = session_of(academy, "ai-online-1")
    first = record_join(workshop, ada)
    again = record_join(workshop, ada)
    assert (first.verdict, again.verdict) == (Verdict.ADMITTED, Verdict.ALREADY_IN)
    (entry,) = queries.list_entries(ada)
    assert (entry.source, entry.recorded_by) == (Source.JOIN, "2025/SAI/P-0001/1")
    undo(entry, by=OLGA)
    assert not record_join(workshop, ada).is_refusal
    assert queries.attended_session_ids(ada) == set()


def test_nobody_joins_without_a_place(academy: Event, ada: Registration) -> None:
    workshop = session_of(academy, "ai-online-1")
    record_join(workshop, ada)
    cancel([ada], by=OLGA)
    assert record_join(workshop, ada).verdict is Verdict.CANCELLED
    assert record_join(session_of(academy, "setkani"), ada).verdict is Verdict.CANCELLED


def test_old_code_is_refused_as_replaced(brno: Session, ada: Registration) -> None:
    old = ada.ticket_code
    ada.ticket_version = 2
    db.session.commit()
    assert admit_code(brno, old, by=OLGA).verdict is Verdict.REPLACED


def test_undo_adds_an_entry_and_the_person_can_come_again(brno: Session, ada: Registration) -> None:
    entry = admit_code(brno, ada.ticket_code, by=OLGA).entry
    assert entry is not None
    undo(entry, by=OLGA, reason="překlep")
    assert queries.attended_session_ids(ada) == set()
    assert admit_person(brno, ada, by=OLGA).verdict is Verdict.ADMITTED
    assert [each.kind for each in queries.list_entries(ada)] == [
        EntryKind.PRESENT,
        EntryKind.UNDO,
        EntryKind.PRESENT,
    ]
    assert queries.attended_session_ids(ada) == {brno.id}


def test_entry_is_undone_once(brno: Session, ada: Registration) -> None:
    entry = admit_code(brno, ada.ticket_code, by=OLGA).entry
    assert entry is not None
    undone = undo(entry, by=OLGA)
    for each in (entry, undone):
        with pytest.raises(NothingToUndo):
            undo(each, by=OLGA)


def test_organizer_marks_online_attendance_with_a_reason(academy: Event, ada: Registration) -> None:
    workshop = session_of(academy, "ai-online-1")
    bob = factories.registration(academy, email="bob@x.example")
    answers = mark_present(workshop, [ada, bob], reason=" ze seznamu Zoomu ", by=OLGA)
    assert [answer.verdict for answer in answers] == [Verdict.ADMITTED, Verdict.ADMITTED]
    entry = queries.list_entries(ada)[0]
    assert (entry.source, entry.reason) == (Source.ORGANIZER, "ze seznamu Zoomu")
    again = mark_present(workshop, [ada], reason="znovu", by=OLGA)
    assert [answer.verdict for answer in again] == [Verdict.ALREADY_IN]


def test_marking_needs_a_reason_and_somebody(academy: Event, ada: Registration) -> None:
    workshop = session_of(academy, "ai-online-1")
    with pytest.raises(ReasonMissing):
        mark_present(workshop, [ada], reason="  ", by=OLGA)
    with pytest.raises(NobodyChosen):
        mark_present(workshop, [], reason="ze seznamu", by=OLGA)
    assert queries.list_entries(ada) == []


def test_two_doors_at_once_write_one_entry(app: Flask, brno: Session, ada: Registration) -> None:
    """Promise I3, with threads that each have a connection of their own."""
    code, slug = ada.ticket_code, brno.event.slug
    verdicts: list[Verdict] = []
    start = threading.Barrier(6, timeout=10)

    def scan() -> None:
        with app.app_context():
            session = queries.get_session(get_event(slug), "ai-brno")
            start.wait()
            verdicts.append(admit_code(session, code, by=OLGA).verdict)

    threads = [threading.Thread(target=scan) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()  # what the threads wrote shall be seen
    assert sorted(verdicts) == [Verdict.ADMITTED, *[Verdict.ALREADY_IN] * 5]
    assert db.session.scalar(select(func.count()).select_from(AttendanceEntry)) == 1


def test_expected_present_and_attended_agree(academy: Event, brno: Session, ada: Registration) -> None:
    admit_code(brno, ada.ticket_code, by=OLGA)
    assert set(queries.list_present(brno)) == {ada.id}
    assert queries.attended_by_registration(get_event(academy.slug)) == {ada.id: {brno.id}}
