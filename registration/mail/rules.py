"""Decisions about delivery, on plain values."""

from datetime import timedelta
from enum import StrEnum

# Little by little, then six times a day. The last attempt comes after three days and an hour, so that a mail
# server that broke down on Friday evening has until Monday evening.
_DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=60),
    *[timedelta(hours=4)] * 18,
)


def retry_delay(attempts: int) -> timedelta | None:
    """Return how long to wait after this many failed attempts (1 or more); None means to give up."""
    return _DELAYS[attempts - 1] if attempts <= len(_DELAYS) else None


def is_permanent(smtp_code: int) -> bool:
    """Say whether a mail server's answer is final (RFC 5321 4.2.1: 5yz), so that asking again is no use."""
    return smtp_code >= 500


class Verdict(StrEnum):
    """What a returned message means for the address it was sent to."""

    REFUSED = "refused"  # it never got there and never will
    EXPIRED = "expired"  # it was given up; the next one may get there
    DELAYED = "delayed"  # it may still get there


def verdict(*, action: str, status: str) -> Verdict | None:
    """Judge a report by its action and status (RFC 3464 2.3.3, RFC 3463 3); None when it is of no trouble."""
    if action == "delayed":
        return Verdict.DELAYED
    if action != "failed":
        return None
    return Verdict.REFUSED if status.startswith("5") else Verdict.EXPIRED
