from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from registration.accounts.queries import find_person
from registration.checkin import operations as door
from registration.checkin.queries import list_entries
from registration.core.clock import PRAGUE
from registration.core.db import db, transaction
from registration.events.models import Event
from registration.events.queries import get_event
from registration.insight.queries.overview import Overview, overview
from registration.signups.models import Registration
from registration.signups.operations import cancel
from tests import factories
from tests.queries import count_queries
from tests.reviewing import ReviewingClient

Travel = Callable[[datetime], None]
OLGA = factories.OLGA_EMAIL
DAY = datetime(2025, 4, 23, 9, 0, tzinfo=PRAGUE)


@pytest.fixture
def workshop(app: Flask, at_demo_day: None) -> Event:
    """A workshop of one part with twenty places, published on 10 March."""
    return factories.workshop(ticket_capacity=15)


def charts(event: Event) -> Overview:
    db.session.rollback()
    db.session.expire_all()
    return overview(get_event(event.slug))


def arrive(event: Event, people: list[Registration], at: datetime, travel: Travel) -> None:
    travel(at)
    for person in people:
        door.admit_person(get_event(event.slug).sessions[0], person, by=OLGA)


def signed_in(app: Flask) -> ReviewingClient:
    """Give Olga's browser, in which she signs in now: days have passed."""
    if find_person(OLGA) is None:
        factories.olga()
    client = app.test_client()
    assert isinstance(client, ReviewingClient)
    client.sign_in(OLGA, factories.OLGA_PASSWORD)
    return client


def test_sign_ups_add_up_day_by_day_and_cancellations_take_away(workshop: Event, travel: Travel) -> None:
    first = factories.crowd(workshop, 3)
    travel(datetime(2025, 3, 12, 23, 30, tzinfo=PRAGUE))  # still the 12th in Prague, and in UTC
    factories.crowd(workshop, 2, first=4)
    travel(datetime(2025, 3, 14, 0, 30, tzinfo=PRAGUE))  # already the 14th in Prague, still the 13th in UTC
    cancel([first[0]], by=OLGA)
    found = charts(workshop).sign_ups
    assert found is not None
    (line,) = found.lines
    assert list(line.steps) == [(date(2025, 3, 10), 3), (date(2025, 3, 12), 5), (date(2025, 3, 14), 4)]
    assert (found.first, found.last) == (date(2025, 3, 10), date(2025, 4, 23))
    assert (line.capacity, line.name) == (15, "")
    assert found.days[-1] == (date(2025, 3, 14), [4])


def test_whoever_waits_or_never_had_a_place_is_no_step(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop(capacity=2)
    people = factories.crowd(event, 4)
    cancel([people[3]], by=OLGA)
    found = charts(event).sign_ups
    assert found is not None
    assert [line.last for line in found.lines] == [2]


def test_place_from_the_waiting_list_counts_from_the_day_it_was_given(app: Flask, travel: Travel) -> None:
    travel(datetime(2025, 3, 10, 9, 0, tzinfo=PRAGUE))
    event = factories.workshop(capacity=1)
    people = factories.crowd(event, 2)
    travel(datetime(2025, 3, 20, 9, 0, tzinfo=PRAGUE))
    cancel([people[0]], by=OLGA)
    found = charts(event).sign_ups
    assert found is not None
    assert [line.steps for line in found.lines] == [[(date(2025, 3, 10), 1)]]  # one went, one came
    assert found.lines[0].last == 1


def test_parts_with_other_people_get_lines_of_their_own(academy: Event) -> None:
    for number, ticket_type in enumerate(["SETKANI", "OBOJI", "OBOJI", "AI"]):
        factories.order(academy, factories.person(number, ticket_type))
    found = charts(academy).sign_ups
    assert found is not None
    assert [(line.name, line.last, line.capacity) for line in found.lines] == [
        ("25.\u00a03.", 3, 40),
        ("26.\u00a03.", 3, 30),
    ]
    assert "kapacita" in found.description or "capacity" in found.description


def test_event_nobody_has_signed_up_for_has_no_line(workshop: Event) -> None:
    found = charts(workshop)
    assert found.sign_ups is None
    assert (found.arrivals, found.absences) == ([], [])
    assert [(fill.taken, fill.capacity) for fill in found.fills] == [(0, 15)]


def test_ticket_type_without_its_own_places_is_limited_by_its_parts(academy: Event) -> None:
    factories.order(academy)
    fills = {fill.ticket_type.code: (fill.taken, fill.capacity) for fill in charts(academy).fills}
    assert fills["AI"] == (1, 30)


def test_arrivals_are_counted_by_five_minutes(workshop: Event, travel: Travel) -> None:
    people = factories.crowd(workshop, 5)
    arrive(workshop, people[:2], DAY - timedelta(minutes=10), travel)
    arrive(workshop, people[2:3], DAY - timedelta(minutes=5, seconds=2), travel)
    arrive(workshop, people[3:4], DAY + timedelta(minutes=5), travel)
    (arrivals,) = charts(workshop).arrivals
    by_time = {f"{at:%H:%M}": count for at, count in arrivals.counts.items()}
    assert by_time == {"08:50": 3, "09:05": 1}
    assert (arrivals.total, arrivals.most, f"{arrivals.busiest:%H:%M}") == (4, 3, "08:50")


def test_who_was_taken_back_or_written_in_later_has_not_arrived(workshop: Event, travel: Travel) -> None:
    people = factories.crowd(workshop, 4)
    arrive(workshop, people[:2], DAY, travel)
    door.undo(list_entries(people[0])[0], by=OLGA)
    door.mark_present(get_event(workshop.slug).sessions[0], [people[2]], reason="byla tam", by=OLGA)
    arrive(workshop, people[3:], DAY + timedelta(days=1), travel)  # at the computer, the day after
    (arrivals,) = charts(workshop).arrivals
    assert (arrivals.total, arrivals.noted) == (1, 2)


def test_no_show_rate_is_known_once_the_part_is_over(workshop: Event, travel: Travel) -> None:
    people = factories.crowd(workshop, 4)
    cancel([people[3]], by=OLGA)
    arrive(workshop, people[:2], DAY, travel)
    assert charts(workshop).absences == []
    travel(datetime(2025, 4, 23, 16, 0, tzinfo=PRAGUE))
    (absence,) = charts(workshop).absences
    assert (absence.expected, absence.present, absence.absent, absence.percent) == (3, 2, 1, 33)
    assert absence.is_known


def test_no_show_rate_of_a_part_without_any_attendance_is_not_known(workshop: Event, travel: Travel) -> None:
    factories.crowd(workshop, 2)
    travel(DAY + timedelta(days=1))
    (absence,) = charts(workshop).absences
    assert not absence.is_known


def test_event_without_a_date_or_an_opening_is_drawn_to_today(workshop: Event) -> None:
    factories.crowd(workshop, 1)
    with transaction():
        event = get_event(workshop.slug)
        event.first_on = event.last_on = event.published_at = None
    found = charts(workshop).sign_ups
    assert found is not None
    assert (found.first, found.last) == (date(2025, 3, 10), date(2025, 3, 10))


def test_page_shows_charts_with_words_and_the_same_numbers_as_tables(
    app: Flask, workshop: Event, travel: Travel
) -> None:
    people = factories.crowd(workshop, 4)
    arrive(workshop, people[:3], DAY, travel)
    travel(DAY + timedelta(days=1))
    page = signed_in(app).get(f"/en/sprava/akce/{workshop.slug}").get_data(as_text=True)
    assert page.count('role="img"') == 4
    assert "4 people, capacity 15</desc>" in page
    assert "3 people came" in page
    assert "beginning 9:00" in page
    assert "25&nbsp;%" in page
    assert page.count("The same in numbers") == 2
    assert "style=" not in page


def test_overview_costs_the_same_for_one_and_for_many(app: Flask, workshop: Event, travel: Travel) -> None:
    address, counts = f"/sprava/akce/{workshop.slug}", []
    arrive(workshop, factories.crowd(workshop, 1), DAY, travel)
    for crowd in (range(0), range(2, 6)):
        travel(datetime(2025, 3, 10, 9, 0, tzinfo=PRAGUE))
        people = [each for number in crowd for each in factories.crowd(workshop, 1, first=number)]
        arrive(workshop, people, DAY, travel)
        olga = signed_in(app)
        with count_queries() as counter:
            assert olga.get(address).status_code == 200
        counts.append(counter.count)
    assert counts[0] == counts[1]
