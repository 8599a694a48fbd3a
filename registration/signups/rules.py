"""Decisions about orders, on plain values."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

JOINING_OPENS_BEFORE = timedelta(minutes=30)


def places_needed(admitted: Iterable[tuple[int, Sequence[int]]]) -> tuple[Counter[int], Counter[int]]:
    """Return places by ticket type id and by session id, from one (ticket type, its sessions) per person."""
    ticket_types: Counter[int] = Counter()
    sessions: Counter[int] = Counter()
    for ticket_type_id, session_ids in admitted:
        ticket_types[ticket_type_id] += 1
        sessions.update(session_ids)
    return ticket_types, sessions


def can_join(*, now: datetime, starts_at: datetime, ends_at: datetime) -> bool:
    """Say whether the way to an online meeting is open: from half an hour before its start to its end."""
    return starts_at - JOINING_OPENS_BEFORE <= now < ends_at


def price(*, member_haler: int, other_haler: int, is_member: bool) -> int:
    """Return a person's price in haléře; what counts is whether the organisation is a member."""
    return member_haler if is_member else other_haler
