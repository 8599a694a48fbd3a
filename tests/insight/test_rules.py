from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.core.clock import PRAGUE
from registration.insight import rules
from registration.insight.rules import BARS_NARROW, BARS_WIDE, STEPS_NARROW, STEPS_WIDE, Frame, Line

FIRST = date(2025, 2, 1)
NINE = datetime(2025, 3, 26, 9, 0, tzinfo=PRAGUE)
steps_frames = pytest.mark.parametrize("frame", [STEPS_WIDE, STEPS_NARROW], ids=["wide", "narrow"])
bars_frames = pytest.mark.parametrize("frame", [BARS_WIDE, BARS_NARROW], ids=["wide", "narrow"])
days = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def line(*counts: int, capacity: int | None = None) -> Line:
    """Return a line that changes every other day from the first on."""
    steps = [(FIRST + timedelta(days=2 * number), count) for number, count in enumerate(counts)]
    return Line("", "5 lidí", steps, capacity, "kapacita")


def test_changes_add_up_in_the_order_of_days() -> None:
    changes = {FIRST + timedelta(2): -1, FIRST: 3, FIRST + timedelta(1): 0}
    assert rules.cumulated(changes) == [(FIRST, 3), (FIRST + timedelta(2), 2)]
    assert rules.cumulated({}) == []


def test_line_without_steps_has_nobody_in_the_end() -> None:
    assert (line().last, line(3, 5).last) == (0, 5)


def test_line_steps_up_on_each_day_and_goes_on_until_today() -> None:
    frame = Frame(width=200, height=110, right=100, top=0, bottom=100)
    last = FIRST + timedelta(10)
    chart = rules.step_chart([line(5, 10)], first=FIRST, last=last, today=FIRST + timedelta(5), frame=frame)
    (drawn,) = chart.lines
    assert drawn.path == "M0.0 100.0H0.0V50.0H20.0V0.0H50.0"
    assert (drawn.x, drawn.y) == (50.0, 0.0)
    assert chart.limits == []


def test_line_ends_with_the_event_when_that_is_over() -> None:
    last = FIRST + timedelta(1)
    chart = rules.step_chart([line(5, 6)], first=FIRST, last=last, today=FIRST + timedelta(90), frame=STEPS_WIDE)
    assert chart.lines[0].x == STEPS_WIDE.right
    assert [tick.is_now for tick in chart.ticks] == [False, False]


def test_chart_of_one_day_has_its_day_and_no_division_by_nothing() -> None:
    chart = rules.step_chart([line(5)], first=FIRST, last=FIRST, today=FIRST, frame=STEPS_NARROW)
    assert [(tick.at, tick.is_now) for tick in chart.ticks] == [(FIRST, True)]


def test_before_anybody_came_the_line_lies_on_the_bottom() -> None:
    chart = rules.step_chart(
        [line(capacity=40)], first=FIRST, last=FIRST + timedelta(9), today=FIRST, frame=STEPS_NARROW
    )
    assert chart.lines[0].y == STEPS_NARROW.bottom
    assert chart.limits[0].y == STEPS_NARROW.top


@steps_frames
def test_word_of_a_line_stands_behind_its_end_or_where_there_is_room(frame: Frame) -> None:
    last = FIRST + timedelta(10)
    early, late = (
        rules.step_chart([line(5)], first=FIRST, last=last, today=FIRST + timedelta(day), frame=frame).lines[0]
        for day in (4, 9)
    )
    assert (early.word.x, early.word.anchor) == (early.x + 10, "start")
    if frame.has_margin:
        assert (late.word.x, late.word.anchor) == (frame.right + 10, "start")
    else:
        assert (late.word.x, late.word.anchor) == (late.x - 10, "end")


def test_words_beside_lines_that_fill_the_drawing_lie_above_the_upper_and_below_the_lower() -> None:
    last = FIRST + timedelta(10)
    chart = rules.step_chart([line(20), line(10)], first=FIRST, last=last, today=last, frame=STEPS_NARROW)
    upper, lower = chart.lines
    assert upper.word.y < upper.y < lower.y < lower.word.y


@steps_frames
@given(
    first=days,
    length=st.integers(0, 900),
    until=st.integers(-30, 1200),
    counts=st.lists(st.lists(st.integers(0, 30_000), max_size=30), max_size=2),
    capacities=st.lists(st.none() | st.integers(0, 30_000), min_size=2, max_size=2),
)
def test_everything_stays_inside_of_the_drawing(
    frame: Frame, first: date, length: int, until: int, counts: list[list[int]], capacities: list[int | None]
) -> None:
    lines = [
        Line(
            "", "x", [(first + timedelta(days=number), count) for number, count in enumerate(one)], capacity, "kapacita"
        )
        for one, capacity in zip(counts, capacities, strict=False)
    ]
    last, today = first + timedelta(days=length), first + timedelta(days=until)
    chart = rules.step_chart(lines, first=first, last=last, today=today, frame=frame)
    for drawn in chart.lines:
        assert 0 <= drawn.x <= frame.right
        assert frame.top <= drawn.y <= frame.bottom
    words = [*(each.word for each in chart.lines), *(each.word for each in chart.limits)]
    assert all(14 <= word.y <= frame.bottom and 0 <= word.x <= frame.width for word in words)
    xs = [tick.x for tick in chart.ticks]
    assert all(later - sooner >= 52 for sooner, later in pairwise(xs))
    assert first <= chart.ticks[0].at <= chart.ticks[-1].at <= last


@given(st.lists(st.floats(0, 300), max_size=10), st.integers(1, 20))
def test_words_are_spread_without_touching_and_keep_their_order(wanted: list[float], gap: int) -> None:
    placed = rules.spread(wanted, gap=gap, low=0, high=300)
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    in_order = [placed[index] for index in order]
    assert all(below - above >= gap - 1e-9 for above, below in pairwise(in_order))
    assert all(-1e-9 <= each <= 300 for each in placed)


def test_words_with_room_stay_where_they_want_to_be() -> None:
    assert rules.spread([100, 50], gap=20, low=0, high=200) == [100, 50]
    assert rules.spread([100, 95], gap=20, low=0, high=200) == [115, 95]
    assert rules.spread([200, 195], gap=20, low=0, high=200) == [200, 180]


@bars_frames
def test_bars_stand_in_their_slots_and_the_tallest_bears_its_number(frame: Frame) -> None:
    counts = {NINE - 6 * rules.SLOT: 2, NINE: 8, NINE + 5 * rules.SLOT: 4}
    chart = rules.bar_chart(counts, begin=NINE, frame=frame)
    slot = frame.right / 12
    assert [int(bar.x / slot) for bar in chart.bars] == [0, 6, 11]
    assert [bar.count for bar in chart.bars] == [2, 8, 4]
    assert chart.bars[1].y == frame.top
    assert chart.bars[0].height == pytest.approx((frame.bottom - frame.top) / 4, abs=0.1)
    assert (chart.tallest.text, chart.tallest.y) == ("8", frame.top - 6)
    assert chart.begin_x == frame.right / 2
    assert [f"{tick.at:%H:%M}" for tick in chart.ticks][:2] == ["08:30", "08:45"]


def test_beginning_that_is_not_in_the_drawing_has_no_place_in_it() -> None:
    for begin in (NINE - timedelta(minutes=1), NINE + timedelta(minutes=61)):
        assert rules.bar_chart({NINE: 1}, begin=begin, frame=BARS_WIDE).begin_x is None
    assert rules.bar_chart({NINE: 1}, begin=NINE, frame=BARS_WIDE).begin_x == 0


@bars_frames
@given(st.dictionaries(st.integers(0, 287), st.integers(1, 20_000), min_size=1, max_size=50))
def test_bars_and_times_stay_inside_of_the_drawing(frame: Frame, by_slot: dict[int, int]) -> None:
    midnight = NINE.replace(hour=0)
    chart = rules.bar_chart({midnight + slot * rules.SLOT: n for slot, n in by_slot.items()}, begin=NINE, frame=frame)
    for bar in chart.bars:
        assert -0.1 <= bar.x <= frame.right
        assert bar.x + bar.width <= frame.right + 0.1
        assert frame.top - 0.1 <= bar.y <= frame.bottom
        assert bar.width > 0
    assert 1 <= len(chart.ticks) <= frame.right // 52
    assert all(0 <= tick.x <= frame.right for tick in chart.ticks)


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [(0, 0, None), (0, 5, 0), (1, 3, 33), (2, 3, 67), (999, 1000, 99), (1000, 1000, 100)],
    ids=lambda value: str(value),
)
def test_share_is_in_whole_percent_and_all_only_when_it_is_all(part: int, whole: int, percent: int | None) -> None:
    assert rules.share(part, whole) == percent
