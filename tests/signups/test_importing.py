"""People of a file come in all at once, or nobody does; capacity holds, whoever waits is not overtaken."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from registration.core import clock
from registration.core.audit import AuditEntry
from registration.core.db import db, transaction
from registration.events.models import Event, QuestionKind, QuestionScope, WaitingListMode
from registration.events.operations import cancel_event
from registration.events.queries import get_event
from registration.mail.models import OutboxMessage
from registration.organisations.operations import add_organisation
from registration.privacy.operations import erase
from registration.signups.annotations import Note
from registration.signups.errors import SignUpNotOpen
from registration.signups.importing.errors import (
    ColumnsMissing,
    ImportChanged,
    ImportFinished,
    ImportNotFound,
    NothingToSignUpFor,
)
from registration.signups.importing.models import Import
from registration.signups.importing.queries import get_import, list_imports, remembered_columns
from registration.signups.models import Answer, Order, Registration, RegistrationStatus
from registration.signups.operations import cancel, importing, serve
from registration.signups.queries import get_order, get_person, list_by_code
from tests import factories
from tests.signups.imports import bring_in, keep, plan, read, table, wrong
from tests.signups.sign_up_forms import ask, count_orders

THREE = ("Ada;Nová;ada@x.example", "Bob;Starý;bob@x.example", "Cyril;Malý;cyril@x.example")


@pytest.fixture
def workshop(app: Flask, at_demo_day: None) -> Event:
    """Give an event with two places."""
    return factories.workshop(capacity=2)


def statuses() -> dict[str, str]:
    """Return how everybody stands, by given name."""
    db.session.rollback()
    return {each.given_name: each.status.value for each in db.session.scalars(select(Registration))}


def test_everybody_gets_an_order_of_their_own_like_one_sent_by_a_form(workshop: Event) -> None:
    add_organisation(name="Městská knihovna Lhota", ico="00089605", is_member=True, by="x")
    with transaction():
        for ticket_type in get_event("workshop").ticket_types:
            ticket_type.price_member_haler, ticket_type.price_other_haler = 100, 200
    header = "Titul;Jméno;Příjmení;E-mail;Knihovna;IČO;Poznámka"
    lines = ("Ing.;Ada;Nová;ada@x.example;;89605;hovoří anglicky", ";Bob;Starý;bob@x.example;Nikde;;")
    done = bring_in(keep(workshop, *lines, header=header))
    ada, bob = db.session.scalars(select(Registration).order_by(Registration.id))
    assert [ada.name, ada.organisation_name, ada.price_haler, ada.order.number] == [
        "Ing.\u00a0Ada Nová",
        "Městská knihovna Lhota",
        100,
        1,
    ]
    assert [bob.name, bob.organisation_name, bob.price_haler, bob.order.number] == ["Bob Starý", "Nikde", 200, 2]
    assert [ada.order.orderer_name, ada.order.orderer_email] == ["Ada Nová", "ada@x.example"]
    assert get_order(ada.order.link_token).id == ada.order_id
    assert get_person(bob.link_token).id == bob.id
    assert [code.registration_id for code in list_by_code(ada.ticket_code)] == [ada.id]
    assert [note.text for note in db.session.scalars(select(Note))] == ["hovoří anglicky"]
    assert [done.imported_count, done.waiting_count, done.left_out_count, done.rows] == [2, 0, 0, []]
    assert (get_event("workshop").order_count, ada.sort_key < bob.sort_key) == (2, True)


def test_nothing_is_stored_until_it_is_confirmed(workshop: Event) -> None:
    kept = keep(workshop, *THREE)
    assert [each.person.given_name for each in plan(kept).placed] == ["Ada", "Bob", "Cyril"]
    assert (count_orders(), get_event("workshop").sessions[0].taken) == (0, 0)


def test_who_finds_no_place_joins_the_waiting_list_in_the_order_of_the_file(workshop: Event) -> None:
    kept = keep(workshop, *THREE)
    assert plan(kept).waiting_count == 1
    assert bring_in(kept).waiting_count == 1
    assert statuses() == {"Ada": "confirmed", "Bob": "confirmed", "Cyril": "waiting"}
    event = get_event("workshop")
    assert [event.sessions[0].taken, event.ticket_types[0].taken, event.ticket_types[0].waiting, event.waiting] == [
        2,
        2,
        1,
        1,
    ]
    cancel([db.session.scalars(select(Registration)).first()], by="x")  # type: ignore[list-item]  # there is one
    assert statuses()["Cyril"] == "confirmed"


def test_nobody_overtakes_those_who_wait(workshop: Event) -> None:
    factories.crowd(workshop, 3)
    with transaction():
        get_event("workshop").sessions[0].capacity = 3
    bring_in(keep(workshop, THREE[0]))
    assert statuses()["Ada"] == "waiting"
    serve(workshop.id)
    assert statuses() == {"Osoba": "confirmed", "Ada": "waiting"}


def test_without_a_waiting_list_those_without_a_place_are_left_out(app: Flask, at_demo_day: None) -> None:
    kept = keep(factories.workshop(capacity=2, waiting_list=WaitingListMode.NONE), *THREE)
    assert [len(plan(kept).placed), wrong(plan(kept).faults)] == [2, [(4, "", "UCAST")]]
    assert bring_in(kept).left_out_count == 1
    assert statuses() == {"Ada": "confirmed", "Bob": "confirmed"}


def test_who_is_there_already_or_twice_in_the_file_is_left_out(workshop: Event) -> None:
    known = factories.order(workshop, factories.person(1)).registrations[0]
    line = f"{known.given_name.upper()};{known.family_name};{known.email}"
    found = plan(keep(workshop, line, THREE[0], THREE[1], "ADA;Nova;ADA@x.example"))
    assert [each.person.given_name for each in found.placed] == ["Ada", "Bob"]
    assert wrong(found.faults) == [(2, "E-mail", known.email), (5, "E-mail", "ADA@x.example")]
    assert "3" in found.faults[1].sentence


def test_who_has_cancelled_can_come_again(workshop: Event) -> None:
    known = factories.order(workshop, factories.person(1)).registrations[0]
    cancel([known], by="x")
    assert len(plan(keep(workshop, f"{known.given_name};{known.family_name};{known.email}")).placed) == 1


def test_faults_stand_in_the_order_of_the_file(workshop: Event) -> None:
    found = plan(keep(workshop, THREE[0], THREE[0], ";;x", THREE[0]))
    assert [fault.number for fault in found.faults] == [3, 4, 4, 4, 5]
    assert found.left_out_count == 3


def test_ticket_type_that_is_gone_meanwhile_leaves_the_row_out(workshop: Event) -> None:
    kept = keep(workshop, THREE[0])
    people, faults = read(kept)
    with transaction():
        get_event("workshop").ticket_types[0].code = "JINAK"
    found = importing.plan_import(kept, people=people, faults=faults)
    assert (found.placed, wrong(found.faults)) == ([], [(2, "", "UCAST")])


def test_answers_are_stored_and_limited_choices_taken(workshop: Event) -> None:
    ask(workshop.id, "soup", QuestionKind.CHOICE, ("leek", 1), position=1)
    ask(workshop.id, "table", QuestionKind.CHOICE, ("window", 2), ("door", None), position=2, scope=QuestionScope.ORDER)
    kept = keep(
        workshop,
        "Ada;Nová;ada@x.example;leek;window",
        "Bob;Starý;bob@x.example;leek;",
        "Cyril;Malý;cyril@x.example;;door",
        "Dan;Zlý;dan@x.example;leek;window",
        "Eva;Zlá;eva@x.example;;window",
        header="Jméno;Příjmení;E-mail;soup;table",
    )
    found = plan(kept)
    assert wrong(found.faults) == [(3, "soup", "LEEK"), (6, "table", "WINDOW")]
    bring_in(kept)
    # Who waits takes their soup only once they have a place.
    assert statuses() == {"Ada": "confirmed", "Cyril": "confirmed", "Dan": "waiting"}
    shown = [(answer.registration_id is None, answer.shown) for answer in db.session.scalars(select(Answer))]
    assert sorted(shown) == [(False, "LEEK"), (False, "LEEK"), (True, "DOOR"), (True, "WINDOW"), (True, "WINDOW")]
    taken = {choice.code: choice.taken for each in get_event("workshop").questions for choice in each.choices}
    assert taken == {"leek": 1, "window": 2, "door": 1}


def test_messages_go_out_only_when_asked_for(workshop: Event) -> None:
    bring_in(keep(workshop, THREE[0]))
    assert db.session.scalars(select(OutboxMessage)).all() == []
    bring_in(keep(workshop, *THREE[1:]), tells=True)
    sent = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert [(each.kind, each.recipient) for each in sent] == [
        ("order_received", "bob@x.example"),
        ("order_received", "cyril@x.example"),
    ]


def test_confirming_twice_imports_once(workshop: Event) -> None:
    kept = keep(workshop, THREE[0])
    people, faults = read(kept)
    for is_first in (True, False):
        if is_first:
            importing.import_people(kept, people=people, faults=faults, expected_count=1, tells=False, by="x")
        else:
            with pytest.raises(ImportFinished):
                importing.import_people(kept, people=people, faults=faults, expected_count=1, tells=False, by="x")
    assert count_orders() == 1


def test_nothing_is_imported_when_it_would_not_be_what_the_preview_said(workshop: Event) -> None:
    kept = keep(workshop, *THREE)
    factories.order(workshop, factories.person(1))
    with pytest.raises(ImportChanged) as caught:
        bring_in(kept, expected=2)
    assert caught.value.message
    assert (count_orders(), kept.finished_at) == (1, None)


def test_file_without_a_good_row_is_finished_with_nobody(workshop: Event) -> None:
    done = bring_in(keep(workshop, ";;x"))
    assert [done.imported_count, done.left_out_count, count_orders()] == [0, 1, 0]


def test_nobody_is_imported_into_a_cancelled_event(workshop: Event) -> None:
    kept = keep(workshop, THREE[0])
    cancel_event(workshop, by="x")
    with pytest.raises(SignUpNotOpen):
        plan(kept)
    assert count_orders() == 0


def test_organizer_imports_whatever_is_set_for_others(workshop: Event) -> None:
    with transaction():
        event = get_event("workshop")
        event.sign_up_closes_at = clock.now() - timedelta(days=1)
        event.needs_approval = True
        event.organisation_limit = 1
    header = "Jméno;Příjmení;E-mail;Knihovna"
    bring_in(keep(workshop, "Ada;Nová;ada@x.example;Lhota", "Bob;Starý;bob@x.example;Lhota", header=header))
    assert statuses() == {"Ada": "confirmed", "Bob": "confirmed"}


def test_import_leaves_one_entry_in_the_audit_log(workshop: Event) -> None:
    bring_in(keep(workshop, THREE[0], ";;x"))
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "imported")).all()
    assert [(each.by, each.subject_kind, each.event_id, each.after) for each in entries] == [
        (factories.OLGA_EMAIL, "event", workshop.id, {"file_name": "lide.csv", "imported": 1, "left_out": 1})
    ]


def test_event_without_ticket_types_takes_nobody(academy: Event) -> None:
    bare = Event(slug="bare", code="BAR", series_year=2025, title="B", kind=academy.kind, sign_up=academy.sign_up)
    with transaction() as session:
        session.add(bare)
    with pytest.raises(NothingToSignUpFor) as caught:
        importing.keep_file(get_event("bare"), table=table(*THREE), file_name="x", columns=["", "", ""], by="x")
    assert caught.value.message


def test_columns_are_checked_before_they_are_noted(workshop: Event) -> None:
    kept = keep(workshop, *THREE)
    with pytest.raises(ColumnsMissing):
        importing.map_columns(kept, columns=["given_name", "", "email"], ticket_type="")
    bring_in(kept)
    with pytest.raises(ImportFinished) as caught:
        importing.map_columns(kept, columns=kept.columns, ticket_type="")
    assert caught.value.message


def test_file_can_be_thrown_away_until_it_is_imported(workshop: Event) -> None:
    kept = keep(workshop, *THREE)
    importing.discard(kept)
    with pytest.raises(ImportNotFound):
        get_import(workshop, kept.id)
    with pytest.raises(ImportNotFound):
        importing.discard(kept)
    with pytest.raises(ImportFinished):
        importing.discard(bring_in(keep(workshop, *THREE)))


def test_import_belongs_to_its_event(workshop: Event) -> None:
    kept = keep(workshop, *THREE)
    with pytest.raises(ImportNotFound) as caught:
        get_import(factories.workshop(slug="other", code="OTH"), kept.id)
    assert caught.value.message


def test_file_waits_for_a_day(workshop: Event) -> None:
    waiting, done = keep(workshop, *THREE), bring_in(keep(workshop, ";;x", THREE[0]))
    assert importing.forget_files() == 0
    assert [each.id for each in list_imports(workshop)] == [done.id, waiting.id]
    clock.shift(timedelta(hours=24))
    with pytest.raises(ImportNotFound):
        get_import(workshop, waiting.id)
    assert [each.id for each in list_imports(workshop)] == [done.id]
    assert importing.forget_files() == 2
    assert importing.forget_files() == 0
    (left,) = db.session.scalars(select(Import)).all()
    assert [left.id, left.faults, left.imported_count, left.left_out_count] == [done.id, [], 1, 1]
    assert db.session.scalar(select(func.count()).select_from(Order)) == 1


def test_erased_person_leaves_the_files_too(workshop: Event) -> None:
    done = bring_in(keep(workshop, THREE[0], ";Nová;ADA@x.example", "Ada;Nová;ada@x.example", ";;x"))
    waiting = keep(workshop, *THREE)
    ada = db.session.scalars(select(Registration)).one()
    erase(ada, by="x")
    kept = {each.id: each for each in db.session.scalars(select(Import))}
    assert [row[0] for row in kept[waiting.id].rows] == ["Bob", "Cyril"]
    assert kept[waiting.id].numbers == [3, 4]
    assert {fault["number"] for fault in kept[done.id].faults} == {3, 5}


def test_columns_of_earlier_files_are_remembered_the_latest_first(workshop: Event) -> None:
    first = keep(workshop, "Ada;Nová;a@x.example;x", header="Jméno;Příjmení;E-mail;Kdo")
    importing.map_columns(first, columns=["given_name", "family_name", "email", "note"], ticket_type="UCAST")
    read = table("Ada;Nová;a@x.example", header="Jméno;Příjmení;Kdo")
    second = importing.keep_file(workshop, table=read, file_name="x", columns=["", "", ""], by=factories.OLGA_EMAIL)
    importing.map_columns(second, columns=["given_name", "family_name", "email"], ticket_type="UCAST")
    assert remembered_columns(factories.OLGA_EMAIL) == {
        "Jméno": "given_name",
        "Příjmení": "family_name",
        "E-mail": "email",
        "Kdo": "email",
    }
    assert remembered_columns("eve@x.example") == {}


def test_status_of_the_imported_is_one_of_two(workshop: Event) -> None:
    assert {each.status for each in plan(keep(workshop, *THREE)).placed} == {
        RegistrationStatus.CONFIRMED,
        RegistrationStatus.WAITING,
    }
