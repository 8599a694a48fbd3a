from datetime import UTC, datetime, timedelta

from registration.core import clock


def test_wall_time_is_utc_plus_one_before_and_plus_two_after_the_change_to_summer_time() -> None:
    assert clock.to_utc(datetime(2025, 3, 26, 9, 0)) == datetime(2025, 3, 26, 8, 0, tzinfo=UTC)
    assert clock.to_utc(datetime(2025, 4, 2, 9, 0)) == datetime(2025, 4, 2, 7, 0, tzinfo=UTC)


def test_local_time_comes_back_from_utc() -> None:
    assert clock.to_local(datetime(2025, 4, 2, 7, 0, tzinfo=UTC)).strftime("%H:%M %Z") == "09:00 CEST"


def test_shift_moves_the_present_but_not_the_machines() -> None:
    before = clock.system_now()
    try:
        clock.shift(timedelta(days=-10))
        assert clock.now() - before < timedelta(days=-9)
        assert clock.system_now() - before < timedelta(minutes=1)
    finally:
        clock.shift(timedelta(0))
