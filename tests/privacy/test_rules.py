from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from registration.privacy import rules
from registration.privacy.rules import MessageFate

GOES, STAYS, IS_REWORDED = MessageFate.GOES, MessageFate.STAYS, MessageFate.IS_REWORDED


def test_messages_are_kept_for_ninety_days() -> None:
    now = datetime(2025, 6, 24, 8, 0, tzinfo=UTC)
    assert rules.newest_message_to_go(now) == now - timedelta(days=90)


def test_people_without_a_place_are_kept_for_thirty_days_after_the_event() -> None:
    assert rules.latest_event_to_forget(date(2025, 5, 23)) == date(2025, 4, 23)


@pytest.mark.parametrize(
    ("facts", "is_last", "fate"),
    [
        ({"registration": 1, "version": 2}, False, GOES),
        ({"registration": 2, "version": 1}, True, STAYS),
        ({"certificate": 7}, False, GOES),
        ({"certificate": 9}, True, STAYS),
        ({"email": "ada@x.example"}, False, GOES),
        ({}, True, STAYS),
        ({"order": 5}, False, IS_REWORDED),
        ({"order": 5}, True, GOES),
        ({"order": 6}, True, STAYS),
        ({"order": 5, "registrations": [1]}, False, GOES),
        ({"order": 5, "registrations": [1, 2]}, False, IS_REWORDED),
        ({"order": 5, "registrations": [2]}, False, STAYS),
        ({"order": 5, "registrations": [2]}, True, GOES),
    ],
)
def test_message_goes_when_it_tells_of_nobody_else(facts: dict[str, Any], is_last: bool, fate: MessageFate) -> None:
    decided = rules.message_fate(
        facts, registration_id=1, certificate_ids=[7], order_id=5, is_last_of_order=is_last, is_to_them=True
    )
    assert decided is fate


def test_links_that_were_sent_to_another_address_stay() -> None:
    decided = rules.message_fate(
        {"email": "bob@x.example"},
        registration_id=1,
        certificate_ids=[],
        order_id=5,
        is_last_of_order=True,
        is_to_them=False,
    )
    assert decided is STAYS
