"""Decisions about delivery, on plain values."""

from datetime import timedelta

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
