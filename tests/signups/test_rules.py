from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.signups import rules
from registration.signups.rules import Group, Place, Room, can_join, price

HALL, ROOM_A, ROOM_B = ("session", 1), ("session", 2), ("session", 3)
START = datetime(2025, 4, 2, 7, 0, tzinfo=UTC)
NOW = datetime(2025, 3, 10, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def group(ticket_type: int, *places: Place, size: int = 1, takes_fewer: bool = False) -> Group:
    return Group(ticket_type, places, size, takes_fewer)


def test_group_gets_places_while_every_counter_has_enough() -> None:
    room = Room({HALL: 3, ROOM_A: 2, ROOM_B: None})
    assert room.allot(group(1, HALL, ROOM_A, ROOM_B, size=2)) == 2
    assert room.allot(group(1, HALL, ROOM_A)) == 0
    assert room.allot(group(2, HALL, ROOM_B)) == 1


def test_group_waits_for_as_many_places_as_it_needs() -> None:
    assert Room({HALL: 2}).allot(group(1, HALL, size=3)) == 0


def test_group_that_takes_fewer_gets_what_is_there() -> None:
    assert Room({HALL: 2}).allot(group(1, HALL, size=3, takes_fewer=True)) == 2
    assert Room({HALL: 0}).allot(group(1, HALL, size=3, takes_fewer=True)) == 0


def test_nobody_overtakes_a_larger_group_of_the_same_ticket_type() -> None:
    room = Room({HALL: 2})
    assert room.allot(group(1, HALL, size=3)) == 0
    assert room.allot(group(1, HALL)) == 0


def test_nobody_takes_by_another_ticket_type_what_a_group_waits_for() -> None:
    room = Room({HALL: 10, ROOM_A: 1})
    assert room.allot(group(1, HALL, ROOM_A, size=2)) == 0
    assert room.allot(group(2, ROOM_A)) == 0


def test_what_a_group_does_not_lack_stays_open_to_others() -> None:
    room = Room({HALL: 10, ROOM_A: 0})
    assert room.allot(group(1, HALL, ROOM_A)) == 0
    assert room.allot(group(2, HALL, size=10)) == 10


def test_only_the_first_in_a_line_holds_anything_back() -> None:
    room = Room({HALL: 0, ROOM_A: 1})
    assert room.allot(group(1, HALL, ROOM_A)) == 0
    assert room.allot(group(1, HALL, ROOM_A, size=2)) == 0
    assert room.allot(group(2, ROOM_A)) == 1


def test_rest_of_a_group_stays_first_in_line() -> None:
    room = Room({HALL: 2})
    room.allot(group(1, HALL, size=3, takes_fewer=True))
    assert room.allot(group(2, HALL)) == 0


places = st.lists(st.sampled_from([HALL, ROOM_A, ROOM_B]), min_size=1, max_size=3, unique=True).map(tuple)
groups = st.lists(
    st.builds(Group, st.integers(1, 3), places, st.integers(1, 4), st.booleans()), min_size=1, max_size=20
)
counters = st.fixed_dictionaries(dict.fromkeys([HALL, ROOM_A, ROOM_B], st.none() | st.integers(0, 8)))


@given(counters, groups)
def test_room_is_never_overdrawn_and_each_ticket_type_is_served_in_order(
    free: dict[Place, int | None], line: list[Group]
) -> None:
    room = Room(free)
    waits: set[int] = set()
    for each in line:
        count = room.allot(each)
        assert count in {0, each.size} or (each.takes_fewer and 0 < count < each.size)
        assert not (count and each.ticket_type in waits)
        if count < each.size:
            waits.add(each.ticket_type)
        for place in each.places:
            left = free[place]
            if left is not None:
                free[place] = left - count
                assert left - count >= 0


def test_offer_is_held_for_its_hours_but_at_most_half_of_the_time_left() -> None:
    def deadline(now: datetime, starts_at: datetime | None = START) -> datetime:
        return rules.offer_deadline(now=now, starts_at=starts_at, hours=48)

    assert deadline(NOW) == NOW + timedelta(hours=48)
    assert deadline(NOW, None) == NOW + timedelta(hours=48)
    assert deadline(START - timedelta(hours=96)) == START - timedelta(hours=48)
    assert deadline(START - timedelta(hours=10)) == START - timedelta(hours=5)


def test_nobody_is_served_once_the_programme_has_begun() -> None:
    assert rules.can_be_served(now=START - SECOND, starts_at=START)
    assert not rules.can_be_served(now=START, starts_at=START)
    assert rules.can_be_served(now=START, starts_at=None)


def test_changes_are_possible_until_their_date_and_at_most_until_the_start() -> None:
    def can_change(now: datetime, closes_at: datetime | None) -> bool:
        return rules.can_change(now=now, starts_at=START, closes_at=closes_at)

    day_before = START - timedelta(days=1)
    assert can_change(day_before - SECOND, day_before)
    assert not can_change(day_before, day_before)
    assert can_change(START - SECOND, None)
    assert not can_change(START, START + timedelta(days=1))
    assert rules.can_change(now=START, starts_at=None)


def test_price_depends_on_membership() -> None:
    assert price(member_haler=165000, other_haler=195000, is_member=True) == 165000
    assert price(member_haler=165000, other_haler=195000, is_member=False) == 195000


def test_meeting_opens_half_an_hour_before_and_closes_when_it_ends() -> None:
    ends_at = datetime(2025, 4, 2, 9, 0, tzinfo=UTC)
    half_an_hour = timedelta(minutes=30)

    def is_open(now: datetime) -> bool:
        return can_join(now=now, starts_at=START, ends_at=ends_at)

    assert not is_open(START - half_an_hour - SECOND)
    assert is_open(START - half_an_hour)
    assert is_open(ends_at - SECOND)
    assert not is_open(ends_at)


DAY, THREE_DAYS, HOUR = 24 * 60, 3 * 24 * 60, 60


def minutes_of_reminder(now: datetime, *minutes_before: int) -> int | None:
    reminder = rules.due_reminder(
        now=now, starts_at=datetime(2025, 4, 2, 9), zone="Europe/Prague", minutes_before=minutes_before
    )
    return reminder.minutes_before if reminder else None


def test_reminder_is_due_from_its_time_for_half_of_its_lead() -> None:
    assert minutes_of_reminder(START - timedelta(minutes=60) - SECOND, HOUR) is None
    assert minutes_of_reminder(START - timedelta(minutes=60), HOUR) == HOUR
    assert minutes_of_reminder(START - timedelta(minutes=30), HOUR) == HOUR
    assert minutes_of_reminder(START - timedelta(minutes=30) + SECOND, HOUR) is None


def test_reminder_is_at_most_half_a_day_late() -> None:
    due_at = START - timedelta(days=1)
    assert minutes_of_reminder(due_at - SECOND, DAY) is None
    assert minutes_of_reminder(due_at, DAY) == DAY
    assert minutes_of_reminder(due_at + timedelta(hours=12), DAY) == DAY
    assert minutes_of_reminder(due_at + timedelta(hours=12) + SECOND, DAY) is None


def test_nobody_is_reminded_of_what_has_begun() -> None:
    assert minutes_of_reminder(START - SECOND, 1) is None
    assert minutes_of_reminder(START, 0) is None
    assert minutes_of_reminder(START + timedelta(minutes=10), HOUR, -10) is None
    assert minutes_of_reminder(START - timedelta(minutes=1)) is None


def test_only_the_last_of_the_reminders_that_were_missed_is_due() -> None:
    assert minutes_of_reminder(START - timedelta(minutes=70), 60, 90) == 90
    assert minutes_of_reminder(START - timedelta(minutes=58), 60, 90) == 60
    # What the last one has to say is too late, so nothing is said, though the one before would still be in time.
    assert minutes_of_reminder(START - timedelta(minutes=50), 60, 90, 1) == 60
    assert minutes_of_reminder(START - timedelta(minutes=28), 60, 90) is None


def test_days_before_are_counted_by_the_calendar_when_the_clocks_change() -> None:
    # Summer time began on 30 March 2025 at 2:00, winter time on 26 October at 3:00.
    def due_at(starts_at: datetime, minutes: int) -> datetime:
        return rules.reminder_due_at(starts_at=starts_at, zone="Europe/Prague", minutes_before=minutes)

    assert due_at(datetime(2025, 3, 31, 9), DAY) == datetime(2025, 3, 30, 7, tzinfo=UTC)
    assert due_at(datetime(2025, 3, 31, 9), THREE_DAYS) == datetime(2025, 3, 28, 8, tzinfo=UTC)  # 9:00 in winter
    assert due_at(datetime(2025, 3, 30, 9), DAY) == datetime(2025, 3, 29, 8, tzinfo=UTC)
    assert due_at(datetime(2025, 3, 30, 3, 30), HOUR) == datetime(2025, 3, 30, 0, 30, tzinfo=UTC)  # 1:30, not 2:30
    assert due_at(datetime(2025, 3, 31, 9), DAY + HOUR) == datetime(2025, 3, 30, 6, tzinfo=UTC)
    assert due_at(datetime(2025, 10, 27, 9), DAY) == datetime(2025, 10, 26, 8, tzinfo=UTC)
    assert due_at(datetime(2025, 10, 27, 9), THREE_DAYS) == datetime(2025, 10, 24, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("meant", "typed"),
    [
        ("gmail.com", "gmial.com gmai.com gmaill.com gmail.con gmail.co gnail.com gmail.cz GMIAL.COM"),
        ("seznam.cz", "sezanm.cz seznm.cz seznam.com"),
        ("centrum.cz", "cetrum.cz centrun.cz"),
        ("email.cz", "emial.cz emaill.cz"),
        ("post.cz", "postt.cz pots.cz"),
        ("volny.cz", "vonly.cz"),
        ("atlas.cz", "altas.cz"),
        ("yahoo.com", "yaho.com yahooo.com"),
        ("outlook.com", "outlok.com"),
        ("hotmail.com", "hotmial.com"),
        ("icloud.com", "iclod.com"),
    ],
)
def test_mistyped_provider_is_recognised(meant: str, typed: str) -> None:
    for domain in typed.split():
        assert rules.likely_email(f"ada@{domain}") == f"ada@{meant}"


@pytest.mark.parametrize(
    "domains",
    [
        "gmail.com seznam.cz email.cz yahoo.com",
        "mail.com email.com ymail.com gail.com outlook.cz hotmail.co.uk yahoo.co.uk",
        "sezam.cz most.cz cpost.cz posta.cz host.cz volna.cz centrum.sk",
        "hornilhota.example x",
    ],
)
def test_real_neighbours_of_providers_raise_no_alarm(domains: str) -> None:
    for domain in domains.split():
        assert rules.likely_email(f"ada@{domain}") is None


def test_what_is_no_address_has_no_likely_one() -> None:
    assert rules.likely_email("") is None
    assert rules.likely_email("gmial.com") is None
