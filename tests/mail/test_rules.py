"""When a message is tried again, and when it is given up."""

from datetime import timedelta

import pytest

from registration.mail.rules import is_permanent, retry_delay


@pytest.mark.parametrize(
    ("attempts", "delay"),
    [
        (1, timedelta(minutes=1)),
        (2, timedelta(minutes=5)),
        (3, timedelta(minutes=15)),
        (4, timedelta(hours=1)),
        (5, timedelta(hours=4)),
        (22, timedelta(hours=4)),
        (23, None),
        (24, None),
    ],
)
def test_delay_grows_and_ends(attempts: int, delay: timedelta | None) -> None:
    assert retry_delay(attempts) == delay


def test_last_attempt_comes_just_after_three_days() -> None:
    delays = [retry_delay(attempts) for attempts in range(1, 24)]
    waited = sum((delay for delay in delays if delay), timedelta(0))
    assert waited == timedelta(days=3, hours=1, minutes=21)


@pytest.mark.parametrize(("code", "final"), [(421, False), (499, False), (500, True), (554, True)])
def test_answer_is_final_from_500(code: int, *, final: bool) -> None:
    assert is_permanent(code) is final
