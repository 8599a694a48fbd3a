"""The signed attendance sheet comes back: one form, the numbers of the paper, entries that can be explained."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from registration.badges.documents import attendance_sheet
from registration.checkin.models import AttendanceEntry, Source
from registration.checkin.operations import admit_person, undo
from registration.core.db import db
from registration.events.models import Event
from registration.signups.models import Registration
from registration.signups.operations import cancel
from tests import factories
from tests.badges.world import sign_up
from tests.factories import OLGA_EMAIL, OLGA_PASSWORD
from tests.papers import text_of
from tests.reviewing import ReviewingClient

SHEET = "/sprava/akce/workshop/prezence/den-1/listina"
REASON = "podle podepsané prezenční listiny"
RECORDED = "účast zapsána"


@pytest.fixture
def people(app: Flask, at_demo_day: None) -> Iterator[list[Registration]]:
    yield sign_up(factories.workshop(capacity=None), "Chalupa", "Ivan", "Hrubá")
    db.session.rollback()


def event_of(people: list[Registration]) -> Event:
    return people[0].event


def entries() -> list[tuple[int, Source, str, str]]:
    db.session.rollback()
    found = db.session.scalars(select(AttendanceEntry).order_by(AttendanceEntry.id))
    return [(each.registration_id, each.source, each.reason, each.recorded_by) for each in found]


def test_page_has_the_numbers_and_the_mark_of_the_paper(people: list[Registration], olga: ReviewingClient) -> None:
    paper = text_of(attendance_sheet(event_of(people).sessions[0]))
    page = olga.get(SHEET).get_data(as_text=True)
    mark = paper.partition("Značka této listiny: ")[2][:4]
    assert f"se značkou {mark}" in page.replace("\u00a0", " ")
    for number, name in ((1, "Hrubá"), (2, "Chalupa"), (3, "Ivan")):
        assert f"{number} {name} Osoba" in paper
        assert f'<td class="num">{number}</td>' in page
    assert page.index("Hrubá") < page.index("Chalupa") < page.index("Ivan")
    assert REASON in page
    cancel([people[1]], by=OLGA_EMAIL)
    assert f"se značkou {mark}" not in olga.get(SHEET).get_data(as_text=True).replace("\u00a0", " ")


def test_whole_sheet_is_ticked_off_at_once_and_only_once(people: list[Registration], olga: ReviewingClient) -> None:
    chalupa, ivan, hruba = people
    admit_person(event_of(people).sessions[0], ivan, by="dvere")
    ticked = {"registration": [hruba.id, chalupa.id], "reason": REASON}
    for _ in range(2):
        response = olga.submit(SHEET, page=SHEET, **ticked)
        assert (response.status_code, response.location) == (303, SHEET)
    assert entries() == [
        (ivan.id, Source.MANUAL, "", "dvere"),
        (chalupa.id, Source.ORGANIZER, REASON, OLGA_EMAIL),
        (hruba.id, Source.ORGANIZER, REASON, OLGA_EMAIL),
    ]
    page = olga.get(SHEET).get_data(as_text=True)
    assert page.count(RECORDED) == 3
    assert 'name="registration"' not in page


def test_everybody_signed(people: list[Registration], olga: ReviewingClient) -> None:
    entry = admit_person(event_of(people).sessions[0], people[0], by="dvere").entry
    assert entry
    undo(entry, by="dvere")
    olga.submit(SHEET, page=SHEET, everybody="1", reason=REASON)
    assert [each[0] for each in entries()[2:]] == sorted(each.id for each in people)


def test_nobody_ticked_or_no_reason_is_said_beside_the_field(people: list[Registration], olga: ReviewingClient) -> None:
    refused = olga.submit(SHEET, page=SHEET, reason=REASON)
    assert refused.status_code == 422
    assert 'href="#nobody"' in refused.get_data(as_text=True)
    refused = olga.submit(SHEET, page=SHEET, registration=str(people[0].id), reason=" ")
    assert refused.status_code == 422
    assert 'href="#reason"' in refused.get_data(as_text=True)
    assert f'value="{people[0].id}" checked' in " ".join(refused.get_data(as_text=True).split())
    assert entries() == []


def test_whoever_cancelled_meanwhile_is_named_and_left_out(people: list[Registration], olga: ReviewingClient) -> None:
    cancel([people[1]], by=OLGA_EMAIL)
    page = olga.submit(SHEET, page=SHEET, registration=[each.id for each in people], reason=REASON)
    assert page.status_code == 303
    assert "Osoba Ivan" in olga.get(SHEET).get_data(as_text=True)
    assert [each[0] for each in entries()] == [people[0].id, people[2].id]


def test_sheet_is_for_the_door_and_the_desk(people: list[Registration], client: ReviewingClient) -> None:
    assert client.get(SHEET).status_code == 303
    factories.accountant()
    client.sign_in("ucetni@sekce.example", OLGA_PASSWORD)
    assert client.get(SHEET).status_code == 403


def test_sheet_of_nobody_has_nothing_to_tick(app: Flask, at_demo_day: None, olga: ReviewingClient) -> None:
    factories.workshop()
    page = olga.get(SHEET).get_data(as_text=True)
    assert 'name="registration"' not in page
    assert olga.get(SHEET.replace("den-1", "den-9")).status_code == 404
