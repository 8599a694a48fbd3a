"""The geometry of charts, on plain values: where lines, bars and words stand. Units are those of the drawing.

Two drawings are made of each chart, one for a desk and one for a phone, so that words are readable on both.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

SLOT = timedelta(minutes=5)
_LABEL_GAP = 20  # between the baselines of two words
_TICK_GAP = 52  # between the middles of two days or times
_NEAR_EDGE = 96  # the room a word needs beside the end of its line
_SHORTEST_WINDOW = 12  # slots: an hour
_BAR_WIDTH = 0.6  # of a slot
_DAYS_APART = (1, 2, 3, 7, 14, 28, 56, 91, 182, 364)
_MINUTES_APART = (15, 30, 60, 120, 240, 480)


@dataclass(frozen=True)
class Frame:
    """The room of a drawing: the lines fill it from the left to `right` and from `top` to `bottom`."""

    width: int
    height: int
    right: int
    top: int
    bottom: int

    @property
    def has_margin(self) -> bool:
        """Say whether words have a column of their own beside the lines."""
        return self.width - self.right >= _NEAR_EDGE


STEPS_WIDE = Frame(width=720, height=264, right=515, top=24, bottom=230)
STEPS_NARROW = Frame(width=350, height=260, right=300, top=24, bottom=226)
BARS_WIDE = Frame(width=720, height=204, right=720, top=48, bottom=170)
BARS_NARROW = Frame(width=350, height=204, right=350, top=48, bottom=170)


@dataclass(frozen=True)
class Line:
    """How many there were at the end of which days, by date, and how many there can be."""

    name: str  # of several
    label: str  # at its end
    steps: Sequence[tuple[date, int]]
    capacity: int | None = None
    capacity_label: str = ""

    @property
    def last(self) -> int:
        """Return how many there are in the end."""
        return self.steps[-1][1] if self.steps else 0


@dataclass(frozen=True)
class Word:
    """A word in a drawing; `anchor` is SVG's: start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True)
class DrawnLine:
    """A line as SVG draws it, its end and its word."""

    path: str
    x: float
    y: float
    word: Word


@dataclass(frozen=True)
class Limit:
    """A dotted line no other may cross, and its word."""

    y: float
    word: Word


@dataclass(frozen=True)
class Tick:
    """A day or time under the axis; `is_now` for today."""

    x: float
    at: datetime | date
    anchor: str = "middle"
    is_now: bool = False


@dataclass(frozen=True)
class StepChart:
    """Lines that climb by steps."""

    frame: Frame
    lines: list[DrawnLine]
    limits: list[Limit]
    ticks: list[Tick]


@dataclass(frozen=True)
class Bar:
    """How many came within one slot."""

    x: float
    y: float
    width: float
    height: float
    count: int


@dataclass(frozen=True)
class BarChart:
    """Bars beside one another, the word of the tallest, and where the beginning is."""

    frame: Frame
    bars: list[Bar]
    ticks: list[Tick]
    tallest: Word
    begin_x: float | None


def cumulated(changes: Mapping[date, int]) -> list[tuple[date, int]]:
    """Return how many there were at the end of each day on which the number changed."""
    total, steps = 0, list[tuple[date, int]]()
    for day in sorted(changes):
        total += changes[day]
        if changes[day]:
            steps.append((day, total))
    return steps


def step_chart(lines: Sequence[Line], *, first: date, last: date, today: date, frame: Frame) -> StepChart:
    """Draw lines from `first` to `last`; a line goes on until today, where the chart reaches so far."""
    until = min(max(today, first), last)
    top = max([1, *(each.capacity or 0 for each in lines), *(count for each in lines for _, count in each.steps)])

    def x_of(day: date) -> float:
        return _between(day.toordinal(), first.toordinal(), max(last, first + timedelta(1)).toordinal(), 0, frame.right)

    def y_of(count: int) -> float:
        return _between(count, 0, top, frame.bottom, frame.top)

    heights = [y_of(each.last) for each in lines]
    limited = [each for each in lines if each.capacity is not None]
    limits = [y_of(each.capacity or 0) for each in limited]
    end = x_of(until)
    end_ys, limit_ys = _label_heights(heights, limits, end, frame)
    drawn = [
        DrawnLine(_steps(line, first, x_of, y_of, end), end, height, _end_word(line.label, end, y, frame))
        for line, height, y in zip(lines, heights, end_ys, strict=True)
    ]
    limit_x = frame.right + 10 if frame.has_margin else 0
    return StepChart(
        frame=frame,
        lines=drawn,
        limits=[
            Limit(height, Word(limit_x, y, line.capacity_label))
            for line, height, y in zip(limited, limits, limit_ys, strict=True)
        ],
        ticks=_day_ticks(first, last, today, x_of),
    )


def bar_chart(counts: Mapping[datetime, int], *, begin: datetime, frame: Frame) -> BarChart:
    """Draw how many came in which slot (by the instant it starts), for an hour at least. Needs one that is counted."""
    first, last = min(counts), max(counts)
    slots = max((last - first) // SLOT + 1, _SHORTEST_WINDOW)
    width = frame.right / slots
    top = max(counts.values())
    bars = [
        Bar(
            x=_rounded(((slot - first) // SLOT + (1 - _BAR_WIDTH) / 2) * width),
            y=_between(count, 0, top, frame.bottom, frame.top),
            width=_rounded(width * _BAR_WIDTH),
            height=_rounded(frame.bottom - _between(count, 0, top, frame.bottom, frame.top)),
            count=count,
        )
        for slot, count in sorted(counts.items())
    ]
    highest = max(bars, key=lambda bar: bar.count)
    middle = min(max(highest.x + highest.width / 2, 8), frame.right - 8)
    begin_x = _between(begin.timestamp(), first.timestamp(), (first + slots * SLOT).timestamp(), 0, frame.right)
    return BarChart(
        frame=frame,
        bars=bars,
        ticks=_time_ticks(first, slots, frame),
        tallest=Word(_rounded(middle), highest.y - 6, str(highest.count), "middle"),
        begin_x=begin_x if 0 <= begin_x <= frame.right else None,
    )


def spread(wanted: Sequence[float], *, gap: float, low: float, high: float) -> list[float]:
    """Return positions as near to the wanted ones as leaves `gap` between any two, in the same order.

    They stay between `low` and `high` where there is room for all.
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed = list[float]()
    for index in order:
        lowest = placed[-1] + gap if placed else low
        placed.append(max(wanted[index], lowest))
    ceiling = high
    for index in reversed(range(len(placed))):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - gap
    by_index = dict(zip(order, placed, strict=True))
    return [by_index[index] for index in range(len(wanted))]


def share(part: int, whole: int) -> int | None:
    """Return a part in whole percent; None of nothing. Less than everything never reads as 100."""
    if not whole:
        return None
    return min(round(100 * part / whole), 99) if part < whole else 100


def _steps(line: Line, first: date, x_of: Callable[[date], float], y_of: Callable[[int], float], end: float) -> str:
    """Return the path of a line: along the bottom, up or down on each day, and on to the end."""
    moves = [f"M{x_of(first)} {y_of(0)}"]
    moves += [f"H{min(x_of(day), end)}V{y_of(count)}" for day, count in line.steps]
    return "".join([*moves, f"H{end}"])


def _label_heights(
    ends: Sequence[float], limits: Sequence[float], end_x: float, frame: Frame
) -> tuple[list[float], list[float]]:
    """Return the baselines of the words at the ends of lines and at limits; no two that meet stand in one another."""
    room = {"gap": _LABEL_GAP, "low": 14, "high": frame.bottom - 4}
    if frame.has_margin:
        both = spread([each + 5 for each in (*ends, *limits)], **room)
        return both[: len(ends)], both[len(ends) :]
    wanted = [each + 5 for each in ends]
    if end_x + _NEAR_EDGE > frame.right:  # the words lie along their lines: the highest above its own, others below
        highest = min(ends, default=0)
        wanted = [each - 9 if each == highest else each + 22 for each in ends]
    return spread(wanted, **room), spread([each - 6 for each in limits], **room)


def _end_word(label: str, x: float, y: float, frame: Frame) -> Word:
    if x + _NEAR_EDGE <= frame.right:
        return Word(x + 10, y, label)
    return Word(frame.right + 10, y, label) if frame.has_margin else Word(x - 10, y, label, "end")


def _day_ticks(first: date, last: date, today: date, x_of: Callable[[date], float]) -> list[Tick]:
    """Return today, the last day, and regular days between them where there is room."""
    days = (last - first).days
    apart = next((each for each in _DAYS_APART if days / each <= 4), max(days // 4, 1))
    wanted = [today, last] if first <= today < last else [last]
    wanted += [first + timedelta(days=number * apart) for number in range(days // apart + 1)]
    ticks = list[Tick]()
    for day in wanted:
        x = x_of(day)
        if all(abs(x - other.x) >= _TICK_GAP for other in ticks):
            ticks.append(Tick(x, day, "start" if day == first else "middle", is_now=day == today))
    return sorted(ticks, key=lambda tick: tick.x)


def _time_ticks(first: datetime, slots: int, frame: Frame) -> list[Tick]:
    """Return full hours, or parts or multiples of them, as many as there is room for."""
    most = frame.right // _TICK_GAP - 1
    length = slots * SLOT
    apart = next((each for each in _MINUTES_APART if length / timedelta(minutes=each) <= most), _MINUTES_APART[-1])
    start_of_day = first.replace(hour=0, minute=0, second=0, microsecond=0)
    skipped = -(-(first - start_of_day) // timedelta(minutes=apart))
    ticks = list[Tick]()
    at = start_of_day + skipped * timedelta(minutes=apart)
    while at <= first + length:
        x = _between(at.timestamp(), first.timestamp(), (first + length).timestamp(), 0, frame.right)
        ticks.append(Tick(x, at, _anchor(x, frame)))
        at += timedelta(minutes=apart)
    return ticks


def _anchor(x: float, frame: Frame) -> str:
    """Return how a word under `x` stands so that it does not stick out."""
    if x < _TICK_GAP / 2:
        return "start"
    return "end" if x > frame.right - _TICK_GAP / 2 else "middle"


def _between(value: float, low: float, high: float, start: float, end: float) -> float:
    return _rounded(start + (end - start) * (value - low) / (high - low))


def _rounded(value: float) -> float:
    return round(value, 1)
