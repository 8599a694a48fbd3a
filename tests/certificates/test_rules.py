from hypothesis import given
from hypothesis import strategies as st

from registration.certificates.rules import Decision, credited_minutes, decide, possible_minutes

BRNO, FIRST, SECOND, MEETING = 1, 2, 3, 4
MINUTES = {BRNO: 360, FIRST: 120, SECOND: 120}


def academy(*attended: int) -> Decision:
    return decide(attended=attended, counting={BRNO, FIRST, SECOND}, required={BRNO}, minimum=2)


def test_brno_and_one_workshop_earn_the_academy() -> None:
    decision = academy(BRNO, SECOND)
    assert decision == Decision(True, frozenset({BRNO, SECOND}), frozenset(), 0)
    assert credited_minutes(decision, MINUTES) == 480


def test_workshops_alone_do_not_and_say_what_was_missed() -> None:
    assert academy(FIRST, SECOND) == Decision(False, frozenset({FIRST, SECOND}), frozenset({BRNO}), 0)


def test_brno_alone_lacks_one_session() -> None:
    assert academy(BRNO) == Decision(False, frozenset({BRNO}), frozenset(), 1)


def test_other_sessions_neither_help_nor_credit() -> None:
    decision = academy(BRNO, MEETING)
    assert not decision.is_earned
    assert decision.attended == {BRNO}


def test_possible_minutes_are_what_attendance_can_come_to() -> None:
    assert possible_minutes(minutes=MINUTES, required={BRNO}, minimum=2) == [480, 600]
    assert possible_minutes(minutes={MEETING: 300}, required={MEETING}, minimum=1) == [300]
    assert possible_minutes(minutes=MINUTES, required=set(), minimum=1) == [120, 240, 360, 480, 600]


@given(st.sets(st.integers(1, 6)), st.sets(st.integers(1, 6), min_size=1), st.integers(1, 6))
def test_earned_credit_is_always_one_of_the_possible(attended: set[int], counting: set[int], minimum: int) -> None:
    minutes = {session: 60 * session for session in counting}
    decision = decide(attended=attended, counting=counting, required=set(), minimum=minimum)
    if decision.is_earned:
        assert credited_minutes(decision, minutes) in possible_minutes(minutes=minutes, required=set(), minimum=minimum)
