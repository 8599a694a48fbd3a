from datetime import UTC, date, datetime, timedelta

import pytest

from registration.events.rules import (
    EventFormat,
    SignUpState,
    days_of,
    event_format,
    free_places,
    initials_of,
    is_short_notice,
    leading_days,
    next_code,
    scarcest,
    sign_up_state,
    slug_of,
    unused,
    weeks_to_next_time,
)

NOW = datetime(2025, 3, 10, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("counters", "free"),
    [
        ([], None),
        ([(None, 7)], None),
        ([(30, 23)], 7),
        ([(None, 99), (40, 28), (30, 23), (60, 23)], 7),
        ([(30, 30), (60, 0)], 0),
        ([(20, 25)], 0),
    ],
)
def test_free_places_are_the_least_over_all_that_limit(
    counters: list[tuple[int | None, int]], free: int | None
) -> None:
    assert free_places(counters) == free


@pytest.mark.parametrize(
    ("free", "announced"),
    [
        ([12, 7, 7], 7),
        ([12, 0, 0], 12),
        ([0, 0], 0),
        ([None, 5], 5),
        ([None, 0], None),
        ([None], None),
        ([], None),
    ],
)
def test_event_announces_the_scarcest_that_is_left(free: list[int | None], announced: int | None) -> None:
    assert scarcest(free) == announced


def state(**changes: object) -> SignUpState:
    values: dict[str, object] = {
        "kind": "here",
        "now": NOW,
        "opens_at": None,
        "closes_at": None,
        "starts_at": NOW + 24 * HOUR,
        "ends_at": NOW + 30 * HOUR,
        "free": 5,
    }
    return sign_up_state(**{**values, **changes})  # type: ignore[arg-type]  # the test's own keywords


def test_sign_up_is_open_by_default() -> None:
    assert state() is SignUpState.OPEN
    assert state(free=None) is SignUpState.OPEN
    assert state(starts_at=None, ends_at=None) is SignUpState.OPEN


def test_sign_up_opens_and_closes_to_the_second() -> None:
    second = timedelta(seconds=1)
    assert state(opens_at=NOW + second) is SignUpState.NOT_YET
    assert state(opens_at=NOW) is SignUpState.OPEN
    assert state(closes_at=NOW + second) is SignUpState.OPEN
    assert state(closes_at=NOW) is SignUpState.CLOSED


def test_sign_up_without_a_closing_time_ends_when_the_event_starts() -> None:
    assert state(starts_at=NOW) is SignUpState.CLOSED
    assert state(starts_at=NOW, closes_at=NOW + HOUR) is SignUpState.OPEN


def test_full_event_says_so_only_while_sign_up_is_open() -> None:
    assert state(free=0) is SignUpState.FULL
    assert state(free=0, closes_at=NOW) is SignUpState.CLOSED


def test_event_that_is_over_says_so_first() -> None:
    assert state(ends_at=NOW) is SignUpState.OVER
    assert state(kind="elsewhere", ends_at=NOW) is SignUpState.OVER


def test_sign_up_elsewhere_or_none_is_said() -> None:
    assert state(kind="elsewhere") is SignUpState.ELSEWHERE
    assert state(kind="info_only") is SignUpState.INFO_ONLY


@pytest.mark.parametrize(
    ("formats", "has_city", "format_"),
    [
        (["in_person", "online"], True, EventFormat.HYBRID),
        (["online", "online"], False, EventFormat.ONLINE),
        (["in_person"], True, EventFormat.IN_PERSON),
        ([], True, EventFormat.IN_PERSON),
        ([], False, EventFormat.ONLINE),
    ],
)
def test_event_format_follows_from_its_sessions(formats: list[str], has_city: bool, format_: EventFormat) -> None:
    assert event_format(formats, has_city=has_city) is format_


def test_live_days_lead_a_hybrid_event() -> None:
    sessions = [
        (date(2025, 3, 25), False),
        (date(2025, 3, 26), False),
        (date(2025, 4, 2), True),
        (date(2025, 4, 16), True),
    ]
    assert leading_days(sessions, date(2025, 3, 25), date(2025, 4, 16)) == (
        date(2025, 3, 25),
        date(2025, 3, 26),
        [date(2025, 4, 2), date(2025, 4, 16)],
    )


def test_days_of_one_format_are_all_leading() -> None:
    days = (date(2025, 9, 9), date(2025, 9, 11))
    assert leading_days([(days[0], False), (days[1], False)], *days) == (*days, [])
    assert leading_days([(days[0], True)], *days) == (*days, [])


# Addresses, marks, codes.


@pytest.mark.parametrize(
    ("title", "slug", "initials"),
    [
        ("Setkání sekce a AI v praxi", "setkani-sekce-a-ai-v-praxi", "SSAAVP"),
        ("  Žďár – říká: „Ahoj!“ ", "zdar-rika-ahoj", "ZRA"),
        ("Knihovny 2027", "knihovny-2027", "K2"),
        ("???", "akce", "A"),
        ("x" * 300, "x" * 100, "X"),
        ("a" * 99 + " b", "a" * 99, "AB"),
    ],
)
def test_title_becomes_an_address_and_a_mark(title: str, slug: str, initials: str) -> None:
    assert slug_of(title) == slug
    assert initials_of(title) == initials


def test_first_number_nobody_has_makes_it_unused() -> None:
    assert unused("a", {"b"}) == "a"
    assert unused("a", {"a", "a-2", "a-4"}) == "a-3"
    assert unused("SAI", {"SAI"}, joint="") == "SAI2"
    assert next_code("cast", set()) == "cast-1"
    assert next_code("cast", {"cast-1", "cast-3"}) == "cast-2"
    assert next_code("V", {"V1", "UCAST"}, joint="") == "V2"


@pytest.mark.parametrize(
    ("first_on", "today", "weeks"),
    [
        (date(2025, 3, 25), date(2025, 3, 10), 52),
        (date(2026, 3, 24), date(2026, 4, 1), 53),  # 2026 has 53 weeks
        (date(2026, 12, 31), date(2026, 4, 1), 52),  # the 53rd week, which 2027 has not
        (date(2025, 3, 25), date(2026, 3, 24), 105),  # next year's day is today: the year after
        (date(2025, 3, 25), date(2026, 3, 23), 52),
        (date(2022, 6, 1), date(2025, 3, 10), 156),
    ],
)
def test_event_is_held_again_in_the_same_week_of_the_year(first_on: date, today: date, weeks: int) -> None:
    assert weeks_to_next_time(first_on, today=today) == weeks


@pytest.mark.parametrize(
    ("kind", "first_on", "is_short"),
    [
        ("assembly", date(2025, 4, 9), False),
        ("assembly", date(2025, 4, 8), True),
        ("meeting", date(2025, 4, 8), False),
        ("assembly", None, False),
    ],
)
def test_assembly_is_called_thirty_days_before(kind: str, first_on: date | None, is_short: bool) -> None:
    assert is_short_notice(kind, first_on=first_on, today=date(2025, 3, 10)) == is_short


def test_days_are_those_of_the_sessions_else_of_the_event() -> None:
    first, last = date(2025, 4, 1), date(2025, 4, 3)
    assert days_of([], first, last) == {first, date(2025, 4, 2), last}
    assert days_of([(last, last)], first, last) == {last}
    assert days_of([], None, None) == set()
