from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.checkin.rules import (
    Line,
    Right,
    ScanKind,
    Standing,
    Verdict,
    clock_lag_ms,
    corrected,
    door_expires_at,
    is_silent,
    judge,
    needed_right,
    rule_on_arrival,
    rule_on_leaving,
    rule_on_undoing,
)

FACTS = {
    "is_this_event": True,
    "is_current_code": True,
    "is_cancelled": False,
    "is_waiting": False,
    "session_id": 1,
    "admitted_session_ids": {1, 2},
    "is_present": False,
}


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, Verdict.ADMITTED),
        ({"is_present": True}, Verdict.ALREADY_IN),
        ({"session_id": 3}, Verdict.WRONG_SESSION),
        ({"is_cancelled": True}, Verdict.CANCELLED),
        ({"is_waiting": True}, Verdict.WAITING),
        ({"is_waiting": True, "session_id": 3}, Verdict.WAITING),
        ({"is_waiting": True, "is_cancelled": True}, Verdict.CANCELLED),
        ({"is_waiting": True, "is_current_code": False}, Verdict.REPLACED),
        ({"is_current_code": False}, Verdict.REPLACED),
        ({"is_this_event": False}, Verdict.WRONG_EVENT),
        ({"is_this_event": False, "is_cancelled": True}, Verdict.WRONG_EVENT),
        ({"is_current_code": False, "is_cancelled": True}, Verdict.REPLACED),
        ({"is_cancelled": True, "is_present": True}, Verdict.CANCELLED),
    ],
)
def test_first_reason_to_refuse_decides(changes: dict[str, object], verdict: Verdict) -> None:
    assert judge(**{**FACTS, **changes}) is verdict  # type: ignore[arg-type]  # the test's own keywords


EIGHT = datetime(2025, 3, 26, 8, 0, tzinfo=UTC)
IN, OUT, NOTHING = Standing


def at(minute: int) -> datetime:
    return EIGHT + timedelta(minutes=minute)


def history(*lines: tuple[Standing, int]) -> list[Line]:
    return [Line(standing, at(minute)) for standing, minute in lines]


@pytest.mark.parametrize(
    ("before", "minute", "added", "since"),
    [
        ([], 5, [(IN, 5)], None),
        ([(IN, 5)], 5, [], 5),
        ([(IN, 5)], 6, [], 5),
        ([(IN, 5)], 4, [(IN, 4)], None),  # the earliest counts
        ([(IN, 5), (NOTHING, 7)], 8, [(IN, 8)], None),
        ([(IN, 5), (NOTHING, 7)], 7, [], 5),  # what was undone later stays undone
        ([(IN, 5), (NOTHING, 7)], 4, [], 5),
        ([(IN, 5), (OUT, 7)], 6, [], 5),
        ([(IN, 5), (OUT, 7)], 8, [(IN, 8)], None),
        ([(OUT, 7)], 6, [(IN, 6), (OUT, 7)], None),  # who left had come before
        ([(OUT, 7)], 8, [(IN, 8)], None),
        ([(NOTHING, 7)], 6, [], 7),
        ([(IN, 5), (OUT, 7), (IN, 9)], 8, [(IN, 8)], None),
        ([(IN, 5), (OUT, 7), (IN, 9)], 6, [], 9),
    ],
)
def test_arrival_counts_from_its_earliest_scan(
    before: list[tuple[Standing, int]], minute: int, added: list[tuple[Standing, int]], since: int | None
) -> None:
    ruling = rule_on_arrival(history(*before), at(minute))
    assert ruling.lines == history(*added)
    assert ruling.since == (None if since is None else at(since))
    assert ruling.verdict is (Verdict.ADMITTED if added else Verdict.ALREADY_IN)


def test_only_an_arrival_before_one_that_counted_beats_it() -> None:
    assert rule_on_arrival(history((IN, 5)), at(4)).is_earlier
    assert not rule_on_arrival([], at(4)).is_earlier
    assert not rule_on_arrival(history((IN, 5), (OUT, 6)), at(7)).is_earlier


@given(st.permutations(range(6)))
def test_in_whatever_order_arrivals_are_told_the_earliest_counts(minutes: list[int]) -> None:
    told: list[Line] = []
    for minute in minutes:
        told += rule_on_arrival(told, at(minute)).lines
    assert told[-1] == Line(IN, at(0))


@pytest.mark.parametrize(
    ("before", "minute", "seen_later", "added"),
    [
        ([], 5, None, [(OUT, 5)]),
        ([(IN, 4)], 5, None, [(OUT, 5)]),
        ([(IN, 5)], 5, None, [(OUT, 5)]),
        ([(IN, 6)], 5, None, []),  # came again after that
        ([(OUT, 4)], 5, None, []),
        ([(IN, 4), (NOTHING, 5)], 6, None, [(OUT, 6)]),
        ([(IN, 4)], 5, 8, [(OUT, 5), (IN, 8)]),  # a door has seen them come back
    ],
)
def test_leaving_counts_unless_they_came_back(
    before: list[tuple[Standing, int]], minute: int, seen_later: int | None, added: list[tuple[Standing, int]]
) -> None:
    later = None if seen_later is None else at(seen_later)
    ruling = rule_on_leaving(history(*before), at(minute), seen_later=later)
    assert ruling.lines == history(*added)
    assert (ruling.since is None) == bool(added)


@pytest.mark.parametrize(
    ("before", "minute", "seen_later", "added"),
    [
        ([], 5, None, []),
        ([(IN, 4)], 5, None, [(NOTHING, 5)]),
        ([(IN, 4)], 3, None, []),
        ([(IN, 4), (NOTHING, 5)], 6, None, []),
        ([(IN, 4), (OUT, 5)], 6, None, [(IN, 4)]),  # who had left is in again
        ([(OUT, 5)], 6, None, [(NOTHING, 6)]),
        ([(IN, 4)], 5, 8, [(NOTHING, 5), (IN, 8)]),
    ],
)
def test_undoing_takes_back_the_last_line(
    before: list[tuple[Standing, int]], minute: int, seen_later: int | None, added: list[tuple[Standing, int]]
) -> None:
    later = None if seen_later is None else at(seen_later)
    assert rule_on_undoing(history(*before), at(minute), seen_later=later).lines == history(*added)


@pytest.mark.parametrize(
    ("scanned", "phone_now", "true"),
    [(5, 10, 5), (15, 20, 5), (-5, 0, 5), (12, 10, 10), (-9, 10, 0)],
)
def test_clock_of_the_phone_is_put_right_between_pairing_and_now(scanned: int, phone_now: int, true: int) -> None:
    lag_ms = clock_lag_ms(None, phone_now=at(phone_now), now=at(10))
    assert corrected(at(scanned), lag_ms=lag_ms, now=at(10), not_before=at(0)) == at(true)


@pytest.mark.parametrize(
    ("known", "measured", "lag"),
    [(None, 700, 700), (700, 900, 700), (700, 200, 200), (-900, -900, -900), (200, 30_200, 200), (200, 30_201, 30_201)],
)
def test_slow_message_is_no_lag_of_the_clock(known: int | None, measured: int, lag: int) -> None:
    assert clock_lag_ms(known, phone_now=at(10) - timedelta(milliseconds=measured), now=at(10)) == lag


@pytest.mark.parametrize(
    ("kind", "source", "right"),
    [
        (ScanKind.IN, "scan", Right.SCAN),
        (ScanKind.IN, "manual", Right.SEARCH),
        (ScanKind.IN, "walk_in", Right.WALK_IN),
        (ScanKind.OUT, "scan", Right.LEAVE),
        (ScanKind.UNDO, "manual", Right.UNDO),
    ],
)
def test_each_kind_of_scan_needs_one_right(kind: ScanKind, source: str, right: Right) -> None:
    assert needed_right(kind, source) is right


def test_rights_are_stored_in_words() -> None:
    assert Right.in_words([Right.UNDO, Right.SCAN]) == "scan undo"
    assert Right.of("scan undo") == {Right.SCAN, Right.UNDO}
    assert Right.of("") == frozenset()


def test_door_is_open_until_twelve_hours_after_the_end() -> None:
    assert door_expires_at(EIGHT) == datetime(2025, 3, 26, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minute", "silent_for", "is_silent_now"),
    [(-31, 60, False), (-30, 10, True), (-30, 9, False), (0, 10, True), (59, 10, True), (60, 10, False)],
)
def test_door_is_silent_only_while_people_come_or_are_there(minute: int, silent_for: int, is_silent_now: bool) -> None:
    starts_at = datetime(2025, 3, 26, 8, tzinfo=UTC)
    now = starts_at + timedelta(minutes=minute)
    seen = now - timedelta(minutes=silent_for)
    ends_at = starts_at + timedelta(hours=1)
    assert is_silent(seen, now=now, starts_at=starts_at, ends_at=ends_at) is is_silent_now
