"""Decisions about personal data, on plain values: how long what is kept."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import Enum, auto
from typing import Any

MESSAGE_DAYS = 90  # after a message was sent, or given up
WITHOUT_PLACE_DAYS = 30  # after the event, of whoever never had a place in it


def newest_message_to_go(now: datetime) -> datetime:
    """Return the instant up to which messages have been kept long enough."""
    return now - timedelta(days=MESSAGE_DAYS)


def latest_event_to_forget(today: date) -> date:
    """Return the last day of events whose people without a place have been kept long enough."""
    return today - timedelta(days=WITHOUT_PLACE_DAYS)


class MessageFate(Enum):
    """What becomes of a message when one person is erased."""

    STAYS = auto()
    GOES = auto()
    IS_REWORDED = auto()  # it tells of others too


def message_fate(
    facts: dict[str, Any],
    *,
    registration_id: int,
    certificate_ids: Sequence[int],
    order_id: int,
    is_last_of_order: bool,
    is_to_them: bool,
) -> MessageFate:
    """Decide by a message's facts. `is_to_them` says that it went to the person's own address."""
    if facts.get("registration") == registration_id or facts.get("certificate") in certificate_ids:
        return MessageFate.GOES
    if "email" in facts and is_to_them:
        return MessageFate.GOES  # all links that belong to their address
    if facts.get("order") != order_id:
        return MessageFate.STAYS
    people = facts.get("registrations")  # the whole order without them
    if is_last_of_order or people == [registration_id]:
        return MessageFate.GOES
    return MessageFate.IS_REWORDED if people is None or registration_id in people else MessageFate.STAYS
