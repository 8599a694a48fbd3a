from datetime import UTC, datetime, timedelta

from registration.signups.rules import can_join, places_needed, price


def test_places_are_counted_by_ticket_type_and_by_session() -> None:
    ticket_types, sessions = places_needed([(1, [10, 20]), (1, [10, 20]), (2, [20, 30])])
    assert ticket_types == {1: 2, 2: 1}
    assert sessions == {10: 2, 20: 3, 30: 1}


def test_price_depends_on_membership() -> None:
    assert price(member_haler=165000, other_haler=195000, is_member=True) == 165000
    assert price(member_haler=165000, other_haler=195000, is_member=False) == 195000


def test_meeting_opens_half_an_hour_before_and_closes_when_it_ends() -> None:
    starts_at, ends_at = datetime(2025, 4, 2, 7, 0, tzinfo=UTC), datetime(2025, 4, 2, 9, 0, tzinfo=UTC)
    half_an_hour, second = timedelta(minutes=30), timedelta(seconds=1)

    def is_open(now: datetime) -> bool:
        return can_join(now=now, starts_at=starts_at, ends_at=ends_at)

    assert not is_open(starts_at - half_an_hour - second)
    assert is_open(starts_at - half_an_hour)
    assert is_open(ends_at - second)
    assert not is_open(ends_at)
