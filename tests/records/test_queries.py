"""What a year's record says, of one person, one library and all of them."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from registration.certificates.models import Certificate, CertificateRule, Revocation
from registration.checkin.models import EntryKind
from registration.core import clock
from registration.core.db import db, transaction
from registration.events.models import Event
from registration.organisations.models import Organisation
from registration.organisations.operations import change_organisation, merge
from registration.privacy import operations as privacy
from registration.records import operations, queries
from registration.records.errors import RecordNotFound
from registration.records.queries import Record
from registration.records.rules import FormRows
from registration.signups.models import Registration
from registration.signups.operations import Person, cancel
from tests import factories
from tests.queries import count_queries
from tests.records import world
from tests.records.world import ADA, BOB, EVA, YEAR

Travel = Callable[[datetime], None]


@pytest.fixture
def lhota(app: Flask, at_demo_day: None) -> Organisation:
    return world.library()


def read(library: Organisation, year: int = YEAR) -> Record:
    world.fresh()
    return queries.read_library(library, year)


def titles(record: Record) -> list[str]:
    return [line.title for person in record.people for line in person.lines]


def certify(registration: Registration, number: str) -> Certificate:
    with transaction() as session:
        rule = CertificateRule(event_id=registration.event_id, title="Osvědčení", minimum_sessions=1)
        certificate = Certificate(
            number=number,
            rule=rule,
            registration_id=registration.id,
            issued_at=clock.now(),
            issued_on=date(2025, 4, 30),
            issued_by=world.BY,
            content={},
            minutes=360,
        )
        session.add_all([rule, certificate])
    return certificate


def test_three_people_make_the_three_numbers_of_the_form(lhota: Organisation) -> None:
    for person, hours in ((ADA, 50), (BOB, 48), (EVA, 12)):
        world.attend(world.event(f"akce-{hours}", hours), person, of=lhota)
    assert read(lhota).rows == FormRows(people=3, minutes=110 * 60, reached=2)
    operations.set_small(lhota, is_small=True, by=world.BY)
    assert read(lhota).rows.reached == 3


def test_only_attended_training_of_the_year_counts(lhota: Organisation) -> None:
    world.attend(world.event("skoleni", 6), ADA, of=lhota)
    world.sign_up(world.event("nepritomna", 6), ADA, of=lhota)
    world.attend(world.event("valna-hromada", 0), ADA, of=lhota)
    [long_ago] = world.attend(world.event("loni", 6), ADA, of=lhota)
    world.put_off(long_ago.event, datetime(2024, 12, 31, 9, 0))
    [undone] = world.attend(world.event("omyl", 6), ADA, of=lhota)
    world.write(undone, EntryKind.UNDO)
    assert titles(read(lhota)) == ["Akce skoleni"]
    assert titles(read(lhota, 2024)) == ["Akce loni"]
    assert queries.years_of_library(lhota.id, date(2025, 5, 1)) == [2025, 2024]


def test_place_given_up_counts_no_more(lhota: Organisation) -> None:
    [given_up] = world.attend(world.event("skoleni", 6), ADA, of=lhota)
    cancel([given_up], by=world.BY)
    assert read(lhota).people == []


def test_library_sees_its_own_people_only(lhota: Organisation) -> None:
    next_door = world.library("Knihovna Dolní Lhota", "")
    first, second = world.event("prvni", 6), world.event("druha", 4)
    world.attend(first, ADA, of=lhota)
    world.attend(first, BOB, of=next_door)
    world.attend(first, EVA, of="Knihovna, kterou nikdo nezná")
    world.attend(second, ADA, of=next_door)
    assert titles(read(lhota)) == ["Akce prvni"]
    assert titles(read(next_door)) == ["Akce druha", "Akce prvni"]


def test_colleague_from_elsewhere_is_not_of_the_library_that_sent_the_order(lhota: Organisation) -> None:
    own, guest = world.attend(world.event("skoleni", 6), ADA, BOB, of=lhota)
    with transaction():
        db.session.get_one(Registration, guest.id).organisation_name = "Muzeum"
    assert [person.name for person in read(lhota).people] == [own.name]


def test_same_person_is_joined_over_events_and_somebody_else_with_the_address_is_not(lhota: Organisation) -> None:
    shared = Person(given_name="Jan", family_name="Dvořák", email=ADA.email, ticket_type="UCAST")
    first = world.event("prvni", 6)
    [ada] = world.attend(first, ADA, of=lhota)
    [jan] = world.attend(first, shared, of=lhota)
    spelled = Person(**{**ADA.__dict__, "family_name": ADA.family_name.upper(), "title_before": "Mgr."})
    world.attend(world.event("druha", 4), spelled, of=lhota)
    assert [(each.list_name, each.minutes) for each in read(lhota).people] == [
        ("ČÍSLO 1 Osoba, Mgr.", 600),
        ("Dvořák Jan", 360),
    ]
    assert titles(queries.read_person(jan, YEAR)) == ["Akce prvni"]
    assert titles(queries.read_person(ada, YEAR)) == ["Akce prvni", "Akce druha"]


def test_people_stand_in_czech_order(lhota: Organisation) -> None:
    names = ("Chalupa", "Ivan", "Hrubá", "Šimek", "Smahlová", "Cibulka", "Čermák")
    people = [
        Person(given_name="A", family_name=name, email=f"{number}@x.example", ticket_type="UCAST")
        for number, name in enumerate(names)
    ]
    world.attend(world.event("skoleni", 6), *people, of=lhota)
    listed = [person.list_name.split()[0] for person in read(lhota).people]
    assert listed == ["Cibulka", "Čermák", "Hrubá", "Chalupa", "Ivan", "Smahlová", "Šimek"]


def test_line_says_days_towns_hours_and_certificates_that_hold(academy: Event, lhota: Organisation) -> None:
    [ada] = world.attend(academy, factories.ADA, of=lhota)
    certify(ada, "2025/SAI/0002")
    certify(ada, "2025/SAI/0001")
    revoked = certify(ada, "2025/SAI/0000")
    with transaction() as session:
        session.add(Revocation(certificate_id=revoked.id, revoked_at=clock.now(), revoked_by="x", reason="překlep"))
    [line] = read(lhota).people[0].lines
    assert line.when.replace("\u00a0", " ") == "25., 26. 3., 2. a 16. 4. 2025"
    assert (line.place, line.minutes) == ("Brno, online", 900)
    assert list(line.numbers) == ["2025/SAI/0001", "2025/SAI/0002"]


def test_declared_training_is_marked_and_in_the_sum(lhota: Organisation) -> None:
    [ada] = world.attend(world.event("skoleni", 6), ADA, of=lhota)
    world.declare(ada, hours=42)
    record = read(lhota)
    [person] = record.people
    assert [(line.title, line.is_declared, line.minutes) for line in person.lines] == [
        ("Kurz katalogizace", True, 42 * 60),
        ("Akce skoleni", False, 6 * 60),
    ]
    assert (person.minutes, person.credited_minutes, person.declared_minutes) == (48 * 60, 6 * 60, 42 * 60)
    assert (record.rows.reached, record.declared_minutes) == (1, 42 * 60)


def test_declared_training_alone_shows_nobody_to_a_library(lhota: Organisation) -> None:
    [ada] = world.sign_up(world.event("skoleni", 6), ADA, of=lhota)
    world.declare(ada)
    assert read(lhota).people == []
    assert len(queries.read_person(ada, YEAR).people[0].lines) == 1


def test_declared_training_belongs_to_the_library_attended_for_last(lhota: Organisation) -> None:
    next_door = world.library("Knihovna Dolní Lhota", "")
    world.attend(world.event("jaro", 6, starts_at=datetime(2025, 4, 1, 9, 0)), ADA, of=lhota)
    [ada] = world.attend(world.event("podzim", 6, starts_at=datetime(2025, 10, 1, 9, 0)), ADA, of=next_door)
    world.declare(ada)
    assert read(lhota).declared_minutes == 0
    assert read(next_door).declared_minutes == 240
    year = queries.read_association(YEAR)
    assert {each.library.name: each.rows.minutes for each in year.libraries} == {
        "Knihovna Dolní Lhota": 600,
        "Knihovna Horní Lhota": 360,
    }
    assert year.total == FormRows(people=1, minutes=960, reached=0)


def test_association_adds_up_libraries_and_those_of_none(lhota: Organisation) -> None:
    school = world.event("skoleni", 50)
    world.attend(school, ADA, of=lhota)
    world.attend(school, BOB, of="Neznámá")
    world.attend(world.event("dalsi", 1), ADA, of="Neznámá")
    operations.send_record(lhota, year=YEAR, by=world.BY)
    world.fresh()
    year = queries.read_association(YEAR)
    [own] = year.libraries
    assert (own.library.id, own.rows, own.is_written_to) == (lhota.id, FormRows(1, 3000, 1), True)
    assert year.others == FormRows(people=2, minutes=3060, reached=1)
    assert year.total == FormRows(people=2, minutes=6060, reached=2)
    assert not queries.read_association(2024).libraries


def test_threshold_of_a_person_is_their_librarys(lhota: Organisation) -> None:
    [ada] = world.attend(world.event("skoleni", 6), ADA, of=lhota)
    assert queries.read_person(ada, YEAR).threshold_hours == 48
    operations.set_small(lhota, is_small=True, by=world.BY)
    assert queries.read_person(ada, YEAR).threshold_hours == 8
    with transaction():
        db.session.get_one(Registration, ada.id).organisation_name = "Muzeum"
    assert queries.read_person(ada, YEAR).threshold_hours == 48


def test_erased_person_is_in_no_record(lhota: Organisation) -> None:
    [ada] = world.attend(world.event("skoleni", 6), ADA, of=lhota)
    privacy.erase(ada, by="")
    assert read(lhota).people == []


@pytest.mark.slow
def test_record_costs_the_same_for_three_and_for_many(lhota: Organisation) -> None:
    def cost() -> tuple[int, int]:
        world.fresh()
        lhota_now = db.session.get_one(Organisation, lhota.id)
        with count_queries() as of_library:
            queries.read_library(lhota_now, YEAR)
        world.fresh()
        with count_queries() as of_all:
            queries.read_association(YEAR)
        return of_library.count, of_all.count

    school = world.event("skoleni", 6)
    world.attend(school, *[factories.person(number) for number in range(3)], of=lhota)
    before = cost()
    [ada] = world.attend(world.event("dalsi", 6), factories.person(1), of=lhota)
    world.declare(ada)
    world.attend(school, *[factories.person(number) for number in range(10, 20)], of=lhota)
    world.attend(school, factories.person(30), of=world.library("Jiná", ""))
    assert cost() == before


def test_link_leads_to_its_library_until_the_address_changes(lhota: Organisation) -> None:
    old = queries.link_token(lhota)
    with pytest.raises(RecordNotFound):
        queries.get_library(old)
    operations.send_record(lhota, year=YEAR, by=world.BY)
    assert queries.get_library(old).id == lhota.id
    change_organisation(lhota, name=lhota.name, contact_email="nova@hornilhota.example", by=world.BY)
    with pytest.raises(RecordNotFound):
        queries.get_library(old)


def test_link_of_a_merged_duplicate_leads_nowhere(lhota: Organisation) -> None:
    duplicate = world.library("Knihovna H. Lhota", "jina@x.example")
    operations.send_record(duplicate, year=YEAR, by=world.BY)
    token = queries.link_token(duplicate)
    merge(duplicate, into=lhota, by=world.BY)
    with pytest.raises(RecordNotFound):
        queries.get_library(token)
    assert [each.sent_at.tzinfo for each in queries.list_letters(lhota.id, YEAR)] == [UTC]
