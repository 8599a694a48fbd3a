"""What people declare, which libraries are written to, and the settings."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from registration.core.audit import AuditEntry
from registration.core.clock import PRAGUE
from registration.core.db import db
from registration.mail.delivery import post_office
from registration.mail.models import OutboxMessage
from registration.organisations.models import Organisation
from registration.organisations.operations import change_organisation
from registration.printing.models import PrintJob
from registration.printing.tasks import print_waiting
from registration.privacy import operations as privacy
from registration.privacy import queries as personal_data
from registration.privacy.documents import personal_data_file
from registration.records import letters, operations, queries, rules
from registration.records.errors import LineNotFound, NoAddress, NotConfirmed, NotYet, TooLongAgo, TooManyLines
from registration.records.models import DeclaredTraining
from registration.signups.models import Registration
from registration.signups.operations import cancel, substitute
from tests.records import world
from tests.records.world import ADA, BOB, EVA, YEAR

Travel = Callable[[datetime], None]


@pytest.fixture
def lhota(app: Flask, at_demo_day: None) -> Organisation:
    return world.library()


@pytest.fixture
def ada(lhota: Organisation) -> Registration:
    [ada] = world.attend(world.event("skoleni", 6), ADA, of=lhota)
    return ada


def declared() -> list[DeclaredTraining]:
    world.fresh()
    return list(db.session.scalars(select(DeclaredTraining).order_by(DeclaredTraining.id)))


def letters_to(address: str = "knihovna@hornilhota.example") -> list[OutboxMessage]:
    world.fresh()
    of_records = OutboxMessage.kind.in_(["record_asked", "record_of_year"])
    found = select(OutboxMessage).where(OutboxMessage.recipient == address, of_records)
    return list(db.session.scalars(found.order_by(OutboxMessage.id)))


def text_of(message: OutboxMessage) -> str:
    composed = post_office.compose(message)
    assert composed
    return composed.text.replace("\u00a0", " ")


def test_training_elsewhere_is_declared_and_taken_out(ada: Registration) -> None:
    line = world.declare(ada, hours=1.5)
    [stored] = queries.list_declared(ada)
    assert (stored.title, stored.organizer, stored.minutes) == ("Kurz katalogizace", "Krajská knihovna", 90)
    assert operations.withdraw(ada, line) == 2025
    assert declared() == []
    with pytest.raises(LineNotFound):
        operations.withdraw(ada, line)


def test_nobody_takes_out_what_somebody_else_declared(ada: Registration) -> None:
    [bob] = world.sign_up(ada.event, BOB, of="Jinde")
    line = world.declare(bob)
    with pytest.raises(LineNotFound):
        operations.withdraw(ada, line)
    assert len(declared()) == 1


def test_day_must_be_past_and_not_too_long_ago(ada: Registration) -> None:
    world.declare(ada, held_on=date(2025, 3, 10))
    world.declare(ada, held_on=date(2022, 1, 1))
    with pytest.raises(NotYet):
        world.declare(ada, held_on=date(2025, 3, 11))
    with pytest.raises(TooLongAgo):
        world.declare(ada, held_on=date(2021, 12, 31))


def test_only_so_much_can_be_declared_in_a_year(ada: Registration) -> None:
    for _ in range(rules.MOST_LINES):
        world.declare(ada)
    with pytest.raises(TooManyLines):
        world.declare(ada)
    world.declare(ada, held_on=date(2024, 5, 5))


def test_who_gave_the_place_up_cannot_add_anything(ada: Registration) -> None:
    cancel([ada], by=world.BY)
    with pytest.raises(NotConfirmed):
        world.declare(ada)


def test_erasure_takes_declared_training_with_the_last_registration(ada: Registration, lhota: Organisation) -> None:
    [again] = world.sign_up(world.event("dalsi", 4), ADA, of=lhota)
    [bob] = world.sign_up(again.event, BOB, of=lhota)
    world.declare(ada)
    world.declare(bob)
    privacy.erase(ada, by="")
    assert len(queries.list_declared(again)) == 1
    privacy.erase(again, by="")
    assert [each.person_key for each in declared()] == [bob.person_key]


def test_declared_training_goes_in_time_and_with_its_person(ada: Registration, travel: Travel) -> None:
    world.declare(ada, held_on=date(2024, 12, 31))
    [bob] = world.sign_up(ada.event, BOB, of="Jinde")
    world.declare(bob)
    assert operations.forget_declared() == 0
    substitute(bob, person=EVA, by=world.BY)  # nobody has Bob's name and address any more
    assert operations.forget_declared() == 1
    travel(datetime(2027, 12, 31, 9, 0, tzinfo=PRAGUE))
    assert operations.forget_declared() == 0
    travel(datetime(2028, 1, 1, 9, 0, tzinfo=PRAGUE))
    assert operations.forget_declared() == 1
    assert declared() == []


def test_declared_training_is_among_personal_data(ada: Registration) -> None:
    world.declare(ada)
    data = personal_data.personal_data(ada)
    assert [each.title for each in data.declared] == ["Kurz katalogizace"]
    assert "Kurz katalogizace" in personal_data_file(data).decode()


def test_link_is_sent_to_the_address_in_the_directory(ada: Registration, lhota: Organisation) -> None:
    operations.ask_for_record("knihovna horni lhota", year=YEAR, language="cs")
    operations.ask_for_record("Nikde", year=YEAR, language="cs")
    operations.ask_for_record(world.library("Bez adresy", "").name, year=YEAR, language="cs")
    [message] = letters_to()
    assert f"/vzdelavani/{queries.link_token(lhota)}?rok=2025" in text_of(message)
    assert db.session.scalars(select(OutboxMessage).where(OutboxMessage.recipient == "")).all() == []


def test_link_that_was_replaced_before_it_was_sent_is_not_sent(ada: Registration, lhota: Organisation) -> None:
    operations.send_record(lhota, year=YEAR, by=world.BY)
    [message] = letters_to()
    assert letters.record_of_year(lhota.id, 1, YEAR) is not None
    assert letters.record_asked(lhota.id, 1, YEAR) is not None
    operations.renew_link(lhota, by=world.BY)
    world.fresh()
    assert post_office.compose(message) is None
    assert letters.record_asked(0, 1, YEAR) is None


def test_libraries_are_written_to_once_a_year(ada: Registration, lhota: Organisation) -> None:
    silent = world.library("Bez adresy", "")
    world.library("Bez lidí", "nikdo@x.example")
    world.attend(ada.event, BOB, of=silent)
    with_address, without = operations.list_to_write_to(YEAR)
    assert ([each.id for each in with_address], [each.id for each in without]) == ([lhota.id], [silent.id])
    assert operations.send_records(YEAR, by=world.BY) == 1
    assert operations.send_records(YEAR, by=world.BY) == 0
    change_organisation(silent, name=silent.name, contact_email="uz@x.example", by=world.BY)
    assert operations.send_records(YEAR, by=world.BY) == 1
    assert [len(letters_to(address)) for address in (lhota.contact_email, "uz@x.example", "nikdo@x.example")] == [
        1,
        1,
        0,
    ]


def test_single_library_is_written_to_again_only_where_it_has_an_address(lhota: Organisation) -> None:
    for _ in range(2):
        operations.send_record(lhota, year=YEAR, by=world.BY)
    assert len(letters_to()) == 2
    with pytest.raises(NoAddress):
        operations.send_record(world.library("Bez adresy", ""), year=YEAR, by=world.BY)


def test_settings_change_what_is_asked_and_how_it_is_called(ada: Registration, lhota: Organisation) -> None:
    wanted = {"threshold_hours": 6, "small_threshold_hours": 2, "labels": ["Lidé", "", "Splnili"]}
    for _ in range(2):
        operations.change_settings(**wanted, by=world.BY)  # type: ignore[arg-type]  # each has its type
    people, hours, reached = queries.labels(queries.get_settings())
    assert (people, reached) == ("Lidé", "Splnili")
    assert "413" in hours
    assert queries.read_library(lhota, YEAR).rows.reached == 1
    logged = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "training_settings")).all()
    assert [(each.before["threshold_hours"], each.after["threshold_hours"]) for each in logged] == [(48, 6)]


def test_small_library_is_written_down_once(lhota: Organisation) -> None:
    for _ in range(2):
        operations.set_small(lhota, is_small=True, by=world.BY)
    logged = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "changed")).all()
    assert [each.after for each in logged] == [{"is_small": True}]


def test_who_asks_again_while_it_is_printed_gets_the_same_print(ada: Registration, lhota: Organisation) -> None:
    record = queries.read_library(lhota, YEAR)
    parameters = {"library": lhota.id, "year": YEAR, "language": "cs"}
    job = operations.print_record(record, parameters=parameters)
    assert operations.print_record(record, parameters=parameters).id == job.id
    assert operations.print_record(record, parameters=parameters | {"language": "en"}).id != job.id
    print_waiting()
    world.fresh()
    assert [each.name for each in db.session.get_one(PrintJob, job.id).files] == ["vzdelavani-2025.pdf"]
    assert operations.print_record(record, parameters=parameters).id != job.id
