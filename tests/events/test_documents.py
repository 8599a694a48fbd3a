"""Calendar files: what other programs read in them is what the programme says."""

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from flask import Flask

from registration.core.clock import PRAGUE
from registration.core.db import transaction
from registration.events.documents import (
    cancelled_sessions_calendar,
    event_calendar,
    programme_calendar,
    sessions_calendar,
)
from registration.events.models import Event, Format, Session
from registration.events.queries import get_event, list_programme
from registration.organisations.models import Association
from registration.organisations.queries import get_association
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


def session(starts_at: datetime, hours: float = 2, *, title: str = "Workshop", venue: str = "Sál") -> Session:
    """Return a session of an event of its own, at this wall time."""
    return Session(
        event=Event(slug="akce", title=title, city="Brno"),
        code=f"{starts_at:%m-%d-%H%M}",
        title=title,
        format=Format.IN_PERSON,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours),
        venue=venue,
        zone="Europe/Prague",
        sequence=0,
    )


# Summer time began on 30 March 2025 at 2:00 and ended on 26 October at 3:00.
AROUND_BOTH_CHANGES = [
    datetime(2025, month, day, hour, 0)
    for month, days in ((3, (28, 29, 30, 31)), (10, (24, 25, 26, 27)))
    for day in days
    for hour in (1, 9, 22)
]


@pytest.mark.parametrize("calendar", [sessions_calendar, cancelled_sessions_calendar])
def test_sessions_around_both_changes_of_time_are_read_back_as_they_are(app: Flask, calendar: type) -> None:
    sessions = [session(starts_at) for starts_at in AROUND_BOTH_CHANGES]
    read = calendar_events(calendar(sessions, name="x"))
    assert [each.start for each in read] == [each.starts_at.replace(tzinfo=PRAGUE) for each in sessions]
    assert [each.end for each in read] == [each.ends_at.replace(tzinfo=PRAGUE) for each in sessions]
    assert starts(read) == [each.starts_at_utc for each in sessions]


def test_session_that_lasts_over_the_change_is_an_hour_shorter_or_longer(app: Flask) -> None:
    nights = [session(datetime(2025, 3, 29, 23), hours=6), session(datetime(2025, 10, 25, 23), hours=6)]
    read = calendar_events(sessions_calendar(nights, name="x"))
    ends = [each.end.astimezone(UTC) for each in read if isinstance(each.end, datetime)]
    assert [end - start for start, end in zip(starts(read), ends, strict=True)] == [
        timedelta(hours=5),
        timedelta(hours=7),
    ]


@pytest.mark.parametrize(
    "words",
    [
        "Jana, Eva; Ada: kdo učí koho?",
        r"Cesta C:\knihovna\nová",
        'Uvozovky „české“ a "rovné"',
        "První řádek\nDruhý řádek",
        "Konsolidace služeb, otevřené vzdělávání; žluťoučký kůň úpěl ďábelské ódy. " * 2,
        "ž" * 200,
        "📚" * 60,
    ],
    ids=["commas", "backslashes", "quotes", "lines", "long", "two-bytes", "four-bytes"],
)
def test_words_of_all_kinds_are_read_back_unharmed(app: Flask, words: str) -> None:
    content = sessions_calendar([session(datetime(2025, 5, 13, 9), title=words, venue=words)], name=words)
    [read] = calendar_events(content)
    assert str(read["SUMMARY"]) == words
    assert str(read["LOCATION"]) == f"{words}, Brno"
    name = icalendar.Calendar.from_ical(content)["X-WR-CALNAME"]  # left escaped by whoever does not know the word
    assert str(name) == icalendar.vText(words).to_ical().decode()
    # RFC 5545 3.1: no line is longer than 75 bytes, and none is broken inside of a letter.
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert all(line.decode() is not None for line in content.split(b"\r\n"))


def test_cancellation_takes_out_what_was_put_in(academy: Event) -> None:
    academy.sessions[0].sequence = 3
    put_in = sessions_calendar(academy.sessions, name=academy.title)
    take_out = cancelled_sessions_calendar(academy.sessions, name=academy.title)
    assert icalendar.Calendar.from_ical(put_in)["METHOD"] == "PUBLISH"
    assert icalendar.Calendar.from_ical(take_out)["METHOD"] == "CANCEL"
    before, after = calendar_events(put_in), calendar_events(take_out)
    assert [each["UID"] for each in after] == [each["UID"] for each in before]
    assert [each["SEQUENCE"] for each in before] == [3, 0, 0, 0]
    assert [each["SEQUENCE"] for each in after] == [4, 1, 1, 1]
    assert {each.get("STATUS") for each in before} == {None}
    assert {each.get("STATUS") for each in after} == {"CANCELLED"}
    assert starts(after) == starts(before)


def test_file_for_one_person_says_who_sends_it(academy: Event) -> None:
    for content in (
        sessions_calendar(academy.sessions, name="x"),
        cancelled_sessions_calendar(academy.sessions, name="x"),
    ):
        organizers = [each["ORGANIZER"] for each in calendar_events(content)]
        assert set(organizers) == {"mailto:sekce@sdruk.example"}
        assert organizers[0].params["CN"] == "Sekce městských knihoven SDRUK"
    assert not [each for each in calendar_events(event_calendar(academy)) if "ORGANIZER" in each]


def test_association_without_an_address_organizes_nothing(academy: Event) -> None:
    with transaction() as database:
        association: Association = get_association()
        association.contact_email = ""
        database.add(association)
    assert not [each for each in calendar_events(sessions_calendar(academy.sessions, name="x")) if "ORGANIZER" in each]


def test_called_off_event_is_struck_out_for_whoever_subscribes(academy: Event) -> None:
    academy.cancelled_at = datetime(2025, 3, 1, tzinfo=UTC)
    assert {each["STATUS"] for each in calendar_events(event_calendar(academy))} == {"CANCELLED"}
    undated = get_event("elektronicke-sluzby-knihoven")
    undated.cancelled_at = academy.cancelled_at
    [struck_out] = calendar_events(event_calendar(undated))
    assert (struck_out["STATUS"], struck_out["SEQUENCE"]) == ("CANCELLED", 1)
