import csv
import io
from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask import Flask
from openpyxl import load_workbook

from registration.accounts.queries import find_person
from registration.checkin import operations as door
from registration.core.clock import PRAGUE
from registration.core.db import db, transaction
from registration.events.models import Event
from registration.events.queries import get_event
from registration.insight.queries import year as years
from registration.insight.queries.year import Sums, Year
from registration.organisations.models import Organisation
from registration.organisations.operations import add_organisation
from registration.privacy import operations as privacy
from registration.signups.models import Registration
from registration.signups.operations import Orderer, Person, cancel
from tests import factories
from tests.queries import count_queries
from tests.reviewing import ReviewingClient

Travel = Callable[[datetime], None]
OLGA = factories.OLGA_EMAIL
ADA = factories.person(1)
BOB = factories.person(2)
EVA = factories.person(3)
AFTER = datetime(2025, 9, 1, 9, 0, tzinfo=PRAGUE)


@pytest.fixture
def members(app: Flask, at_demo_day: None) -> Organisation:
    """A library that became a member in April 2025."""
    return add_organisation(
        by=OLGA, name="Knihovna Členská", town="Lhota", is_member=True, member_since=date(2025, 4, 1)
    )


def come(event: Event, *people: Person, of: Organisation | str) -> list[Registration]:
    """Sign people up in one order and let them come to all parts."""
    name = of if isinstance(of, str) else of.label
    orderer = Orderer(name="Kdo", email=people[0].email, organisation=name)
    registrations = list(factories.order(event, *people, orderer=orderer).registrations)
    for session in get_event(event.slug).sessions:
        door.mark_present(session, registrations, reason="byli tam", by=OLGA)
    return registrations


def read(number: int = 2025) -> Year:
    db.session.rollback()
    db.session.expire_all()
    return years.read_year(number)


def signed_in(app: Flask, email: str = OLGA) -> ReviewingClient:
    """Give the browser of somebody who signs in now: days have passed."""
    if email == OLGA and find_person(OLGA) is None:
        factories.olga()
    client = app.test_client()
    assert isinstance(client, ReviewingClient)
    client.sign_in(email, factories.OLGA_PASSWORD)
    return client


@pytest.fixture
def two_workshops(members: Organisation) -> list[Event]:
    """In March Ada and Bob came, in May Ada and Eva, from three libraries, of which one is a member since April."""
    march = factories.workshop(slug="brezen", code="BRE", starts_at=datetime(2025, 3, 20, 9, 0))
    may = factories.workshop(slug="kveten", code="KVE", starts_at=datetime(2025, 5, 20, 9, 0))
    come(march, ADA, of=members)
    come(march, BOB, of="Knihovna Horní")
    come(may, ADA, of=members)
    come(may, EVA, of="Knihovna Chlumec")
    return [march, may]


def test_year_adds_up_events_people_hours_and_libraries(two_workshops: list[Event], travel: Travel) -> None:
    factories.crowd(two_workshops[0], 2, first=50)  # who did not come
    travel(AFTER)
    year = read()
    assert [(each.event.code, each.confirmed, each.is_over) for each in year.events] == [
        ("BRE", 4, True),
        ("KVE", 2, True),
    ]
    assert [each.sums for each in year.events] == [
        Sums(people=2, members=0, minutes=720, libraries=2, member_libraries=0),
        Sums(people=2, members=1, minutes=720, libraries=2, member_libraries=1),
    ]
    assert year.total == Sums(people=3, members=1, minutes=1440, libraries=3, member_libraries=1)
    assert (year.held, year.confirmed, year.attendances) == (2, 6, 4)
    assert (year.total.members_percent, year.total.member_libraries_percent) == (33, 33)


def test_libraries_stand_in_czech_order_with_what_their_people_attended(two_workshops: list[Event]) -> None:
    assert [(each.name, each.is_member, each.people, each.attendances, each.minutes) for each in read().libraries] == [
        ("Knihovna Členská, Lhota", True, 1, 2, 720),
        ("Knihovna Horní", False, 1, 1, 360),
        ("Knihovna Chlumec", False, 1, 1, 360),
    ]


def test_event_that_is_still_to_come_is_listed_and_not_held(members: Organisation) -> None:
    factories.workshop()
    year = read()
    assert [each.is_over for each in year.events] == [False]
    assert (year.held, year.total, list(year.libraries)) == (0, Sums(), [])
    assert year.total.members_percent is None


def test_drafts_and_cancelled_events_are_no_part_of_the_year(two_workshops: list[Event]) -> None:
    with transaction():
        get_event("brezen").published_at = None
        get_event("kveten").cancelled_at = AFTER
    assert list(read().events) == []
    assert read().total == Sums()


def test_event_belongs_to_the_year_it_begins_in(members: Organisation) -> None:
    factories.workshop(starts_at=datetime(2025, 12, 31, 9, 0))
    assert (len(read(2025).events), len(read(2026).events)) == (1, 0)
    assert list(read(2026).years) == [2025]


def test_taken_back_attendance_and_cancelled_places_do_not_count(two_workshops: list[Event]) -> None:
    third = factories.workshop(slug="treti", code="TRE", starts_at=datetime(2025, 6, 3, 9, 0))
    (bob,) = come(third, BOB, of="Knihovna Horní")
    cancel([bob], by=OLGA)
    assert read().total.minutes == 1440


def test_erased_people_stay_counted_without_a_library(two_workshops: list[Event], travel: Travel) -> None:
    (person,) = come(two_workshops[0], factories.person(9), of="Knihovna Zapomenutá")
    travel(AFTER)
    privacy.erase(db.session.get_one(Registration, person.id), by="")
    year = read()
    assert (year.total.people, year.total.libraries, year.total.minutes) == (4, 3, 1800)
    assert "Zapomenutá" not in " ".join(each.name for each in year.libraries)


def test_page_of_a_year(app: Flask, two_workshops: list[Event], travel: Travel) -> None:
    travel(AFTER)
    page = signed_in(app).get("/en/sprava/rok/2025").get_data(as_text=True)
    assert "Knihovna Chlumec" in page
    assert "33 % of people" in page.replace("\u00a0", " ")
    assert '<a href="/en/sprava/akce/brezen"' in page


def test_year_is_this_one_unless_another_is_asked_for(app: Flask, members: Organisation) -> None:
    olga = signed_in(app)
    assert olga.get("/sprava/rok").headers["Location"] == "/sprava/rok/2025"
    assert olga.get("/sprava/rok/2031").status_code == 200
    assert olga.get("/sprava/rok/1989").status_code == 404
    assert olga.get("/sprava/rok/20250").status_code == 404


def test_organizer_is_led_only_to_events_of_their_own(app: Flask, two_workshops: list[Event]) -> None:
    factories.organizer("eva@sekce.example", two_workshops[1])
    page = signed_in(app, "eva@sekce.example").get("/sprava/rok/2025").get_data(as_text=True)
    assert '<a href="/sprava/akce/kveten"' in page
    assert '<a href="/sprava/akce/brezen"' not in page


def test_tables_are_given_for_czech_excel(app: Flask, two_workshops: list[Event]) -> None:
    olga = signed_in(app)
    content = olga.get("/sprava/rok/2025/knihovny.csv").get_data()
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert content.startswith(b"\xef\xbb\xbf")
    assert rows[1][0] == "Knihovna Členská, Lhota"
    assert rows[1][2:] == ["1", "2", "12"]
    answer = olga.get("/sprava/rok/2025/akce.xlsx")
    sheet = load_workbook(io.BytesIO(answer.get_data())).active
    assert sheet is not None
    (first,) = sheet.iter_rows(min_row=2, max_row=2, values_only=True)
    assert first[:2] == ("Workshop BRE", "2025/BRE")
    assert first[4:] == (2, 2, 0, 12, 2)
    assert 'filename="rok-2025-akce.xlsx"' in answer.headers["Content-Disposition"]
    assert olga.get("/sprava/rok/2025/lide.csv").status_code == 404


def test_year_costs_the_same_for_one_event_and_for_many(app: Flask, members: Organisation) -> None:
    olga, counts = signed_in(app), []
    for number in (1, 2, 3):
        event = factories.workshop(slug=f"w{number}", code=f"W{number}", starts_at=datetime(2025, number + 3, 3, 9, 0))
        come(event, factories.person(number), of=f"Knihovna {number}")
        with count_queries() as counter:
            olga.get("/sprava/rok/2025")
        counts.append(counter.count)
    assert len(set(counts)) == 1
