"""Promise I3 at the door: whatever phones send, in whatever order, a presence counts once, and the earliest."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from registration.checkin import queries
from registration.checkin.errors import NotPaired, RightMissing
from registration.checkin.models import AttendanceEntry, EntryKind, Scan, Source
from registration.checkin.operations import Contact, leave, mark_present, revoke, take_scans
from registration.checkin.operations.reviewing import accept_held_scan, discard_held_scan
from registration.checkin.rules import Right, ScanKind, Verdict
from registration.core import clock, tokens
from registration.core.clock import PRAGUE
from registration.core.db import db
from registration.core.errors import NotFound
from registration.events.models import Event, Session
from registration.events.queries import get_event
from registration.privacy.operations import erase
from registration.signups.models import Registration
from registration.signups.operations import cancel, substitute
from tests import factories
from tests.checkin.phones import Phone

OLGA = factories.OLGA_EMAIL


def eight(minute: int) -> datetime:
    """Return a moment of the morning in Brno: `eight(47)` is 8:47."""
    return datetime(2025, 3, 26, 8, 0, tzinfo=PRAGUE) + timedelta(minutes=minute)


@pytest.fixture
def phone(academy: Event) -> Phone:
    return Phone(academy)


@pytest.fixture
def at_nine(phone: Phone, travel: Callable[[datetime], None]) -> None:
    """Let it be the morning of the event, the phone having been paired before."""
    travel(datetime(2025, 3, 26, 9, 30, tzinfo=PRAGUE))


def ledger(registration: Registration) -> list[tuple[str, str]]:
    """Return what the ledger says of a person, line by line, with Prague times."""
    db.session.rollback()
    lines = queries.list_entries(registration)
    return [(line.kind, clock.to_local(line.occurred_at).strftime("%H:%M")) for line in lines]


@pytest.mark.parametrize("known_by", ["token", "hash", "person"])
def test_person_is_admitted_by_code_hash_or_name(phone: Phone, brno: Session, ada: Registration, known_by: str) -> None:
    whose = {"token": ada.ticket_code, "hash": tokens.scan_hash(ada.ticket_code), "person": ada.id}
    result = phone.send(phone.sees(brno, **{known_by: whose[known_by]}))  # type: ignore[arg-type]  # each its own
    assert (result.verdict, result.person_id) == (Verdict.ADMITTED, ada.id)
    (entry,) = queries.list_entries(ada)
    source = Source.MANUAL if known_by == "person" else Source.SCAN
    assert (entry.kind, entry.source, entry.recorded_by, entry.door_id) == (
        EntryKind.PRESENT,
        source,
        "Hlavní vchod",
        phone.door.id,
    )


def test_second_scan_says_since_when_and_where(phone: Phone, academy: Event, brno: Session, ada: Registration) -> None:
    other = Phone(academy, "Boční vchod")
    phone.send(phone.sees(brno, token=ada.ticket_code))
    (entry,) = queries.list_entries(ada)
    again = other.send(other.sees(brno, token=ada.ticket_code))
    assert (again.verdict, again.since, again.door) == (Verdict.ALREADY_IN, entry.occurred_at, "Hlavní vchod")
    assert len(queries.list_entries(ada)) == 1
    assert db.session.scalar(select(func.count()).select_from(Scan)) == 2


def test_whom_the_desk_let_in_is_in_for_the_door(phone: Phone, brno: Session, ada: Registration) -> None:
    mark_present(brno, [ada], reason="ze seznamu", by=OLGA, minutes=90)
    result = phone.send(phone.sees(brno, token=ada.ticket_code))
    assert (result.verdict, result.door) == (Verdict.ALREADY_IN, "")


def test_unknown_and_forged_codes_are_kept_and_count_for_nothing(phone: Phone, brno: Session) -> None:
    scans = [phone.sees(brno, token="0" * 20), phone.sees(brno, hash="0" * 32), phone.sees(brno, person=99)]
    assert [result.verdict for result in phone.sends(*scans).results] == [Verdict.UNKNOWN] * 3
    assert db.session.scalar(select(func.count()).select_from(Scan)) == 3


def test_code_of_another_event_is_named_as_such_and_tells_nothing_more(phone: Phone, brno: Session) -> None:
    other = factories.registration(factories.workshop(), "UCAST")
    result = phone.send(phone.sees(brno, token=other.ticket_code))
    assert (result.verdict, result.person_id) == (Verdict.WRONG_EVENT, None)


def test_each_reason_to_refuse_has_its_verdict(academy: Event, phone: Phone, brno: Session, ada: Registration) -> None:
    assembly = queries.get_session(brno.event, "setkani")
    cancelled = factories.registration(academy, email="c@x.example")
    cancel([cancelled], by=OLGA)
    old = ada.ticket_code
    substitute(ada, person=factories.BOB, by=OLGA)
    factories.take(brno, 29)
    (bob,) = factories.crowd(academy, 1, "AI")
    asked = [
        phone.sees(assembly, person=ada.id),
        phone.sees(brno, token=cancelled.ticket_code),
        phone.sees(brno, token=old),
        phone.sees(brno, token=bob.ticket_code),
    ]
    assert [result.verdict for result in phone.sends(*asked).results] == [
        Verdict.WRONG_SESSION,
        Verdict.CANCELLED,
        Verdict.REPLACED,
        Verdict.WAITING,
    ]
    assert db.session.scalar(select(func.count()).select_from(AttendanceEntry)) == 0


def test_session_that_is_not_the_event_s_is_refused_and_not_remembered(phone: Phone, ada: Registration) -> None:
    other = factories.workshop().sessions[0]
    scans = [phone.sees(other, token=ada.ticket_code), phone.sees(Session(id=999), person=ada.id, kind=ScanKind.OUT)]
    assert [result.verdict for result in phone.sends(*scans).results] == [Verdict.WRONG_SESSION] * 2
    assert set(db.session.scalars(select(Scan.session_id))) == {None}


def test_nonce_sent_again_gets_its_first_answer_and_writes_nothing(
    phone: Phone, brno: Session, ada: Registration
) -> None:
    scan = phone.sees(brno, token=ada.ticket_code)
    first = phone.send(scan)
    phone.send(phone.sees(brno, person=ada.id, kind=ScanKind.UNDO))
    again = phone.send(scan)
    assert again == first
    assert [kind for kind, _ in ledger(ada)] == [EntryKind.PRESENT, EntryKind.UNDO]


def test_same_nonce_twice_in_one_batch_is_one_scan(phone: Phone, brno: Session, ada: Registration) -> None:
    scan = phone.sees(brno, token=ada.ticket_code)
    assert [each.verdict for each in phone.sends(scan, scan).results] == [Verdict.ADMITTED] * 2
    assert len(ledger(ada)) == 1


def test_earlier_scan_that_comes_later_counts_and_the_other_door_is_told(
    academy: Event, phone: Phone, brno: Session, ada: Registration, at_nine: None
) -> None:
    """Two phones without a signal, their clocks ten minutes apart."""
    other = Phone(academy, "Boční vchod", ahead=timedelta(minutes=10))
    other.door.paired_at = phone.door.paired_at
    db.session.commit()
    late, early = other.sees(brno, at=eight(50), token=ada.ticket_code), phone.sees(brno, at=eight(45), person=ada.id)
    assert other.send(late).verdict is Verdict.ADMITTED
    assert phone.send(early).verdict is Verdict.ADMITTED
    assert ledger(ada) == [("present", "08:50"), ("present", "08:45")]
    assert queries.attended_session_ids(ada) == {brno.id}
    for _ in range(2):  # told again, should the answer be lost
        (told,) = other.sends().corrections
        assert told["since"].startswith("2025-03-26T07:45:00.")
        assert (told["nonce"], told["verdict"], told["door"]) == (late.nonce, "already_in", "Hlavní vchod")
    assert phone.sends().corrections == []


def test_scan_is_put_right_by_the_phone_s_clock_and_never_into_the_future(
    phone: Phone, brno: Session, ada: Registration, at_nine: None
) -> None:
    phone.ahead = timedelta(hours=2)
    phone.send(phone.sees(brno, at=eight(47), token=ada.ticket_code))
    assert ledger(ada) == [("present", "08:47")]
    phone.send(phone.sees(brno, at=eight(47) + timedelta(days=1), person=ada.id, kind=ScanKind.OUT))
    assert ledger(ada)[1:] == [("left", "09:30")]


def test_what_one_phone_has_seen_stays_in_its_order_when_a_message_takes_long(
    phone: Phone, brno: Session, ada: Registration, at_nine: None
) -> None:
    def ago(seconds: int) -> datetime:
        return clock.now() - timedelta(seconds=seconds)

    phone.send(phone.sees(brno, at=ago(60), token=ada.ticket_code))
    undone = phone.sees(brno, at=ago(4), person=ada.id, kind=ScanKind.UNDO)
    again = phone.sees(brno, at=ago(2), token=ada.ticket_code)
    slow = Contact(now=ago(3), list_age_s=None, waiting=0)
    take_scans(phone.token, slow, [undone])
    assert phone.send(again).verdict is Verdict.ADMITTED
    assert [kind for kind, _ in ledger(ada)] == ["present", "undo", "present"]


def test_clock_of_a_phone_is_known_before_it_scans(
    phone: Phone, brno: Session, ada: Registration, at_nine: None
) -> None:
    phone.sends(waiting=1)
    seen = phone.sees(brno, at=clock.now() - timedelta(seconds=70), token=ada.ticket_code)
    slow = Contact(now=clock.now() - timedelta(seconds=25), list_age_s=None, waiting=0)
    take_scans(phone.token, slow, [seen])
    assert ledger(ada) == [("present", "09:28")]


def test_who_leaves_has_attended_and_is_no_longer_in(phone: Phone, brno: Session, ada: Registration) -> None:
    phone.send(phone.sees(brno, token=ada.ticket_code))
    assert phone.send(phone.sees(brno, person=ada.id, kind=ScanKind.OUT)).verdict is Verdict.ADMITTED
    db.session.rollback()
    assert queries.list_present(brno) == {}
    assert queries.attended_session_ids(ada) == {brno.id}
    assert phone.send(phone.sees(brno, person=ada.id, kind=ScanKind.OUT)).verdict is Verdict.ALREADY_IN
    assert phone.send(phone.sees(brno, token=ada.ticket_code)).verdict is Verdict.ADMITTED
    assert set(queries.list_present(brno)) == {ada.id}


def test_undo_of_an_arrival_another_door_has_seen_again_leaves_the_person_in(
    academy: Event, phone: Phone, brno: Session, ada: Registration, at_nine: None
) -> None:
    other = Phone(academy, "Boční vchod")
    other.door.paired_at = phone.door.paired_at
    db.session.commit()
    other.send(other.sees(brno, at=eight(30), token=ada.ticket_code))
    phone.sends(
        phone.sees(brno, at=eight(5), person=ada.id, kind=ScanKind.UNDO),
        phone.sees(brno, at=eight(0), token=ada.ticket_code),
    )
    assert ledger(ada) == [("present", "08:30"), ("present", "08:00"), ("undo", "08:05"), ("present", "08:30")]


def test_minutes_that_are_known_stay_known_when_an_earlier_scan_comes(
    phone: Phone, brno: Session, ada: Registration, at_nine: None
) -> None:
    mark_present(brno, [ada], reason="podle seznamu", by=OLGA, minutes=90)
    phone.send(phone.sees(brno, at=eight(47), token=ada.ticket_code))
    assert queries.minutes_by_registration(get_event(brno.event.slug)) == {ada.id: {brno.id: 90}}


def test_scans_without_the_right_are_refused_together(academy: Event, brno: Session, ada: Registration) -> None:
    helper = Phone(academy, rights=[Right.SCAN])
    scans = [
        helper.sees(brno, token=ada.ticket_code),
        helper.sees(brno, person=ada.id),
    ]
    with pytest.raises(RightMissing):
        helper.sends(*scans)
    assert ledger(ada) == []
    assert helper.send(scans[0]).verdict is Verdict.ADMITTED
    for kind in (ScanKind.UNDO, ScanKind.OUT):
        with pytest.raises(RightMissing):
            helper.send(helper.sees(brno, token=ada.ticket_code, kind=kind))


def test_contact_is_noted_with_scans_and_now_and_then_without(
    phone: Phone, brno: Session, ada: Registration, travel: Callable[[datetime], None]
) -> None:
    start = clock.now()
    phone.sends(waiting=2, list_age_s=60)
    db.session.refresh(phone.door)
    assert phone.door.waiting_scans == 2
    assert phone.door.list_at is not None
    assert phone.door.last_seen_at - phone.door.list_at == timedelta(seconds=60)
    noted = phone.door.last_seen_at
    phone.sends(waiting=2)
    db.session.refresh(phone.door)
    assert phone.door.last_seen_at == noted
    travel(start + timedelta(seconds=30))
    phone.sends(waiting=2)
    db.session.refresh(phone.door)
    assert phone.door.last_seen_at > noted


def test_phone_is_heard_no_more_once_it_has_left_or_its_time_is_over(
    academy: Event, phone: Phone, brno: Session, ada: Registration, travel: Callable[[datetime], None]
) -> None:
    gone = Phone(academy)
    leave(gone.door)
    scan = gone.sees(brno, token=ada.ticket_code)
    travel(phone.door.expires_at)
    for silenced in (gone, phone):
        for scans in ([], [scan]):
            with pytest.raises(NotPaired):
                silenced.sends(*scans)
    assert ledger(ada) == []


@pytest.fixture
def held(phone: Phone, brno: Session, ada: Registration, at_nine: None) -> Scan:
    """Give a scan of 8:47 that came after the phone was revoked."""
    revoke(phone.door, by=OLGA)
    assert phone.send(phone.sees(brno, at=eight(47), token=ada.ticket_code)).verdict is Verdict.REVOKED_DOOR
    (scan,) = queries.list_held_scans(brno.event)
    return scan


def test_revoked_phone_s_scan_is_held_until_it_is_accepted(held: Scan, brno: Session, ada: Registration) -> None:
    assert ledger(ada) == []
    assert [each.registration_id for each in queries.list_held_scans(brno.event)] == [ada.id]
    assert accept_held_scan(held, by=OLGA).verdict is Verdict.ADMITTED
    assert ledger(ada) == [("present", "08:47")]
    assert queries.list_entries(ada)[0].recorded_by == OLGA
    assert queries.list_held_scans(brno.event) == []
    with pytest.raises(NotFound):
        discard_held_scan(held, by=OLGA)


def test_held_scan_counts_for_nothing_once_discarded(held: Scan, brno: Session, ada: Registration) -> None:
    discard_held_scan(held, by=OLGA)
    assert ledger(ada) == []
    with pytest.raises(NotFound):
        accept_held_scan(held, by=OLGA)
    assert queries.list_held_scans(brno.event) == []


def test_held_scan_of_nobody_is_unknown_when_accepted(phone: Phone, brno: Session) -> None:
    revoke(phone.door, by=OLGA)
    revoke(phone.door, by="somebody else")
    assert phone.door.revoked_by == OLGA
    phone.send(phone.sees(brno, token="0" * 20))
    (scan,) = queries.list_held_scans(brno.event)
    assert accept_held_scan(scan, by=OLGA).verdict is Verdict.UNKNOWN


def test_erased_person_s_code_is_unknown_and_the_person_not_let_in(
    phone: Phone, brno: Session, ada: Registration
) -> None:
    code = ada.ticket_code
    erase(ada, by="")
    scans = [phone.sees(brno, token=code), phone.sees(brno, person=ada.id)]
    assert [each.verdict for each in phone.sends(*scans).results] == [Verdict.UNKNOWN, Verdict.CANCELLED]
