from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.certificates.rules import Decision, Demand, Part, decide, has_attended, possible_minutes

BRNO = Part(1, credited_minutes=360, length=420, is_required=True)
FIRST = Part(2, credited_minutes=120, length=120, is_online=True)
SECOND = Part(3, credited_minutes=120, length=120, is_online=True)
MEETING = Part(4, credited_minutes=300, length=300)
ACADEMY = Demand([BRNO, FIRST, SECOND], minimum_sessions=2, online_share=75)
NOBODY_REQUIRED = [replace(BRNO, is_required=False), FIRST, SECOND]


def present(*parts: Part, minutes: int | None = None) -> dict[int, int | None]:
    return {part.id: minutes for part in parts}


def test_brno_and_one_workshop_earn_the_academy() -> None:
    assert decide(ACADEMY, present(BRNO, SECOND)) == Decision(
        is_earned=True,
        attended=frozenset({BRNO.id, SECOND.id}),
        minutes=480,
        missed_required=frozenset(),
        missing_count=0,
        missing_minutes=0,
        cut_short=frozenset(),
    )


def test_workshops_alone_do_not_and_say_what_was_missed() -> None:
    decision = decide(ACADEMY, present(FIRST, SECOND))
    assert (decision.is_earned, set(decision.missed_required), decision.missing_count) == (False, {BRNO.id}, 0)


def test_brno_alone_lacks_one_session() -> None:
    decision = decide(ACADEMY, present(BRNO))
    assert (decision.is_earned, set(decision.missed_required), decision.missing_count) == (False, set(), 1)


def test_other_sessions_neither_help_nor_credit() -> None:
    decision = decide(ACADEMY, present(BRNO, MEETING))
    assert (decision.is_earned, set(decision.attended), decision.minutes) == (False, {BRNO.id}, 360)


@pytest.mark.parametrize(("minimum", "missing"), [(479, 0), (480, 0), (481, 1)])
def test_hours_are_enough_from_the_very_minute(minimum: int, missing: int) -> None:
    demand = Demand(NOBODY_REQUIRED, minimum_sessions=1, minimum_minutes=minimum)
    decision = decide(demand, present(BRNO, FIRST))
    assert (decision.is_earned, decision.missing_minutes) == (not missing, missing)


@pytest.mark.parametrize(("minutes", "is_enough"), [(89, False), (90, True), (120, True), (None, True)])
def test_online_the_share_of_the_length_makes_attendance(minutes: int | None, is_enough: bool) -> None:
    assert has_attended(FIRST, minutes, share=75) is is_enough
    decision = decide(ACADEMY, present(BRNO) | present(FIRST, minutes=minutes))
    assert decision.is_earned is is_enough
    assert decision.minutes == (480 if is_enough else 360)  # whoever reaches the share has all of it
    assert decision.cut_short == (set() if is_enough else {FIRST.id})


def test_in_person_minutes_do_not_matter() -> None:
    assert has_attended(BRNO, 1, share=75)


def test_possible_minutes_are_what_attendance_can_come_to() -> None:
    assert possible_minutes(ACADEMY) == [480, 600]
    assert possible_minutes(Demand([replace(MEETING, is_required=True)], 1)) == [300]
    assert possible_minutes(Demand(NOBODY_REQUIRED, 1)) == [120, 240, 360, 480, 600]
    assert possible_minutes(Demand(NOBODY_REQUIRED, 1, minimum_minutes=361)) == [480, 600]


@given(st.sets(st.integers(1, 6)), st.sets(st.integers(1, 6), min_size=1), st.integers(1, 6), st.integers(0, 600))
def test_earned_credit_is_always_one_of_the_possible(
    attended: set[int], counting: set[int], sessions: int, minutes: int
) -> None:
    demand = Demand([Part(id_, 60 * id_, 60 * id_) for id_ in counting], sessions, minutes)
    decision = decide(demand, dict.fromkeys(attended))
    if decision.is_earned:
        assert decision.minutes in possible_minutes(demand)
