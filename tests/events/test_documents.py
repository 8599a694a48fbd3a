from datetime import UTC, date, datetime

from flask import Flask

from registration.events.documents import event_calendar, programme_calendar, sessions_calendar
from registration.events.models import Event
from registration.events.queries import get_event, list_programme
from tests.papers import calendar_events, starts

SLUG = "setkani-sekce-ai-v-praxi-manazera"


def test_academy_has_one_event_per_session_with_right_times_on_both_sides_of_summer_time(academy: Event) -> None:
    assert starts(calendar_events(event_calendar(academy))) == [
        datetime(2025, 3, 25, 9, 0, tzinfo=UTC),
        datetime(2025, 3, 26, 8, 0, tzinfo=UTC),
        datetime(2025, 4, 2, 7, 0, tzinfo=UTC),
        datetime(2025, 4, 16, 7, 0, tzinfo=UTC),
    ]


def test_times_carry_their_zone_and_the_file_defines_it(academy: Event) -> None:
    text = event_calendar(academy).decode()
    assert "DTSTART;TZID=Europe/Prague:20250402T090000" in text
    assert "BEGIN:VTIMEZONE" in text
    assert len(text) < 4000


def test_uid_is_stable_and_the_same_in_every_calendar(academy: Event) -> None:
    of_event = [str(event["UID"]) for event in calendar_events(event_calendar(academy))]
    of_person = [str(event["UID"]) for event in calendar_events(sessions_calendar(academy.sessions, name="x"))]
    assert of_event == of_person
    assert of_event[0] == f"{SLUG}.setkani@localhost"


def test_sequence_follows_the_session(academy: Event) -> None:
    academy.sessions[0].sequence = 3
    assert [event["SEQUENCE"] for event in calendar_events(event_calendar(academy))] == [3, 0, 0, 0]


def test_place_is_the_venue_or_online(academy: Event) -> None:
    places = [str(event["LOCATION"]) for event in calendar_events(event_calendar(academy))]
    assert places[1:3] == ["Knihovna v Brně (ukázkové místo), Brno", "online"]


def test_event_without_times_is_on_whole_days(academy: Event) -> None:
    (event,) = calendar_events(event_calendar(get_event("elektronicke-sluzby-knihoven")))
    assert (event.start, event.end) == (date(2025, 5, 13), date(2025, 5, 15))


def test_programme_has_every_event(academy: Event) -> None:
    calendar = programme_calendar([offer.event for offer in list_programme()], name="Program")
    uids = {str(event["UID"]).split("@")[0].split(".")[0] for event in calendar_events(calendar)}
    assert uids == {offer.event.slug for offer in list_programme()}


def test_calendar_of_nothing_is_still_a_calendar(app: Flask) -> None:
    assert calendar_events(sessions_calendar([], name="nic")) == []
