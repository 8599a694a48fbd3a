"""The way to an online meeting: when it is open, for whom, and what the ledger says of it."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from registration.checkin import operations as attendance
from registration.checkin import queries
from registration.checkin.models import Source
from registration.core.clock import PRAGUE
from registration.core.db import transaction
from registration.events.models import Event, Session
from registration.signups.models import Registration
from registration.signups.operations import cancel
from tests import factories
from tests.reviewing import ReviewingClient
from tests.signups.places import text_of

START = datetime(2025, 4, 2, 9, 0, tzinfo=PRAGUE)
END = datetime(2025, 4, 2, 11, 0, tzinfo=PRAGUE)

Travel = Callable[[datetime], None]


@pytest.fixture
def ada(academy: Event) -> Registration:
    return factories.registration(academy)


def address(registration: Registration) -> str:
    return f"/u/{registration.link_token}/pripojit/ai-online-1"


def test_way_opens_half_an_hour_before_and_leads_to_the_meeting(
    ada: Registration, client: ReviewingClient, travel: Travel
) -> None:
    own_page = f"/u/{ada.link_token}"
    early = client.get(address(ada))
    assert early.status_code == 200
    assert "meeting.example" not in early.get_data(as_text=True)
    assert f'href="{own_page}/kalendar.ics"' in early.get_data(as_text=True)
    travel(START - timedelta(minutes=30))
    response = client.get(address(ada))
    assert (response.status_code, response.location) == (303, "https://meeting.example/ai-1")
    assert response.headers["Cache-Control"] == "no-store"
    travel(END)
    late = client.get(address(ada).replace("/u/", "/en/u/"))
    assert late.status_code == 200
    assert "The meeting is over." in text_of(late)
    assert "meeting.example" not in late.get_data(as_text=True)


def test_joining_is_written_once_however_often_one_clicks(
    ada: Registration, client: ReviewingClient, travel: Travel
) -> None:
    client.get(address(ada))
    assert queries.list_entries(ada) == []
    travel(START)
    for _ in range(3):
        assert client.get(address(ada)).status_code == 303
    (entry,) = queries.list_entries(ada)
    assert (entry.source, entry.recorded_by, entry.session.code) == (Source.JOIN, ada.shelf_mark, "ai-online-1")
    assert "ttendance recorded" in text_of(client.get(f"/en/u/{ada.link_token}"))


def test_joining_again_does_not_undo_an_organizers_correction(
    ada: Registration, client: ReviewingClient, travel: Travel
) -> None:
    travel(START)
    client.get(address(ada))
    attendance.undo(queries.list_entries(ada)[0], by=factories.OLGA_EMAIL, reason="jen zkouška")
    assert client.get(address(ada)).status_code == 303
    assert len(queries.list_entries(ada)) == 2


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Purpose": "preview"}, {"X-Moz": "prefetch"}],
)
def test_browser_that_reads_ahead_gets_a_page_with_a_button(
    ada: Registration, client: ReviewingClient, travel: Travel, headers: dict[str, str]
) -> None:
    travel(START)
    response = client.get(address(ada), headers=headers)
    assert response.status_code == 200
    assert f'href="{address(ada)}"' in response.get_data(as_text=True)
    assert "meeting.example" not in response.get_data(as_text=True)
    assert queries.list_entries(ada) == []


def test_head_and_a_page_that_has_waited_write_nothing(
    ada: Registration, client: ReviewingClient, travel: Travel
) -> None:
    travel(START)
    head = client.head(address(ada))
    assert (head.status_code, head.headers.get("Location")) == (200, None)
    assert client.get(f"{address(ada)}?cekani=1").status_code == 200
    assert queries.list_entries(ada) == []


def test_nobody_without_a_place_is_led_to_the_meeting(
    academy: Event, ada: Registration, client: ReviewingClient, travel: Travel
) -> None:
    bob = factories.registration(academy, "SETKANI", email="bob@x.example")
    factories.take(academy.sessions[1], 29)
    (waiting,) = factories.crowd(academy, 1, "AI")
    cancel([ada], by=factories.OLGA_EMAIL)
    travel(START)
    for person in (ada, bob, waiting):
        if not person.is_confirmed or person is bob:
            assert client.get(address(person)).status_code == 404
            assert queries.list_entries(person) == []
    assert client.get(f"/u/{bob.link_token}/pripojit/setkani").status_code == 404
    assert client.post(address(bob)).status_code == 405


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=2, hours=3), "in 2 days and 3 hours"),
        (timedelta(days=1), "in 1 day"),
        (timedelta(hours=5, minutes=1), "in 5 hours and 1 minute"),
        (timedelta(hours=1), "in 1 hour"),
        (timedelta(minutes=59), "in 59 minutes"),
        (timedelta(seconds=30), "in 1 minute"),
    ],
)
def test_page_says_how_long_it_will_take(
    ada: Registration, client: ReviewingClient, travel: Travel, left: timedelta, words: str
) -> None:
    travel(START - timedelta(minutes=30) - left + timedelta(seconds=5))
    html = client.get(f"/en{address(ada)}").get_data(as_text=True)
    found = re.search(r'data-seconds="(\d+)"[^>]*>([^<]+)<', html)
    assert found
    assert found[2].strip() == words
    assert 0 <= left.total_seconds() - int(found[1]) <= 30


def test_days_are_counted_over_the_change_to_summer_time(
    ada: Registration, client: ReviewingClient, travel: Travel
) -> None:
    travel(datetime(2025, 3, 29, 8, 30, tzinfo=PRAGUE))  # 2 April at 8:30 is four days and not quite an hour less
    assert "in 3 days and 23 hours" in text_of(client.get(f"/en{address(ada)}"))


def test_script_gets_the_words_in_all_plural_forms(ada: Registration, client: ReviewingClient) -> None:
    html = client.get(address(ada)).get_data(as_text=True)
    found = re.search(r'data-words="([^"]+)"', html)
    assert found
    words = json.loads(found[1].replace("&#34;", '"').replace("&quot;", '"'))
    assert set(words) == {"days", "hours", "minutes", "and_hours", "and_minutes"}
    assert all(set(forms) == {"one", "few", "other"} for forms in words.values())
    assert all("#" in phrase for forms in words.values() for phrase in forms.values())


def test_place_lost_between_looking_and_joining_leads_nowhere(
    academy: Event, ada: Registration, travel: Travel
) -> None:
    travel(START)
    workshop = next(session for session in academy.sessions if session.code == "ai-online-1")
    cancel([ada], by=factories.OLGA_EMAIL)
    assert attendance.record_join(workshop, ada).is_refusal
    assert queries.list_entries(ada) == []


def test_session_without_an_address_has_no_way_in(
    academy: Event, ada: Registration, client: ReviewingClient, travel: Travel
) -> None:
    workshop = next(session for session in academy.sessions if session.code == "ai-online-1")
    with transaction() as session:
        session.get_one(Session, workshop.id).join_url = None
    travel(START)
    assert client.get(address(ada)).status_code == 404
