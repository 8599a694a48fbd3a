import pytest

from registration.checkin.rules import Verdict, judge

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
