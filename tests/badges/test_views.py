"""The pages badges are printed from, and who may."""

from collections.abc import Iterator

import pytest
from flask import Flask

from registration.badges.queries import get_pile
from registration.core.db import db
from registration.events.models import Event
from registration.printing.queries import list_jobs
from registration.printing.tasks import print_waiting
from registration.signups.operations import cancel
from tests import factories
from tests.badges.world import sign_up
from tests.factories import OLGA_EMAIL, OLGA_PASSWORD
from tests.papers import text_of
from tests.reviewing import ReviewingClient

BADGES = "/sprava/akce/workshop/jmenovky"
EIGHT_BY_SURNAME = {"format": "a4-8", "order": "prijmeni"}


@pytest.fixture
def workshop(app: Flask, at_demo_day: None) -> Iterator[Event]:
    yield factories.workshop(capacity=None)
    db.session.rollback()


def test_badges_are_chosen_counted_and_printed(workshop: Event, olga: ReviewingClient) -> None:
    sign_up(workshop, "Adamec", "Borová")
    page = olga.get(BADGES).get_data(as_text=True)
    assert "jen nové: 2" in page
    assert "všechny: 2" in page
    asked = olga.submit(BADGES, page=BADGES, **EIGHT_BY_SURNAME, who="nove")
    (job,) = list_jobs(event_id=workshop.id)
    assert (asked.status_code, asked.location) == (303, f"/sprava/akce/workshop/tisk/{job.id}")
    print_waiting()
    file = olga.get(f"/sprava/akce/workshop/tisk/{job.id}/1.pdf")
    assert (file.status_code, file.mimetype) == (200, "application/pdf")
    assert "Borová" in text_of(file.data)
    page = olga.get(BADGES).get_data(as_text=True)
    assert "jen nové: 0" in page
    assert f"/tisk/{job.id}" in page


def test_nobody_to_print_is_said_beside_the_choice(workshop: Event, olga: ReviewingClient) -> None:
    refused = olga.submit(BADGES, page=BADGES, **EIGHT_BY_SURNAME, who="vsichni")
    assert refused.status_code == 409
    assert "Není tu nikdo, komu by šlo jmenovku vytisknout." in refused.get_data(as_text=True)
    assert olga.submit(BADGES, page=BADGES, format="a0", order="x", who="nikdo").status_code == 422
    assert list_jobs(event_id=workshop.id) == []


def test_one_badge_is_printed_again_from_the_person(workshop: Event, olga: ReviewingClient) -> None:
    (ada,) = sign_up(workshop, "Adamec")
    person = f"/sprava/akce/workshop/prihlasky/{ada.id}"
    for format_ in ("stitek", "nic takového"):
        response = olga.submit(f"{person}/jmenovka", page=person, format=format_)
        assert (response.status_code, response.mimetype) == (200, "application/pdf")
        assert f'filename="jmenovka-workshop-{ada.id}.pdf"' in response.headers["Content-Disposition"]
    db.session.rollback()
    assert get_pile(workshop).new == []
    cancel([ada], by=OLGA_EMAIL)
    assert olga.submit(f"{person}/jmenovka", page=person, format="a6").status_code == 409
    assert f"{person}/jmenovka" not in olga.get(person).get_data(as_text=True)


def test_badges_are_for_whoever_runs_the_event(workshop: Event, olga: ReviewingClient, client: ReviewingClient) -> None:
    (ada,) = sign_up(workshop, "Adamec")
    assert BADGES in olga.get("/sprava/akce/workshop/prihlasky").get_data(as_text=True)
    assert client.get(BADGES).status_code == 303
    factories.doorkeeper(workshop)
    client.sign_in("dvere@sekce.example", OLGA_PASSWORD)
    assert client.get(BADGES).status_code == 403
    for address in (BADGES, f"/sprava/akce/workshop/prihlasky/{ada.id}/jmenovka"):
        assert client.submit(address, page="/sprava/akce/workshop/prezence/den-1", who="nove").status_code == 403


def test_attendance_sheet_of_several_pages_goes_to_the_print_shop(workshop: Event, olga: ReviewingClient) -> None:
    factories.crowd(workshop, 13)
    sheet = "/sprava/akce/workshop/casti/den-1/prezencni-listina"
    people = "/sprava/akce/workshop/prihlasky"
    assert f'href="{sheet}.pdf"' in olga.get(people).get_data(as_text=True)
    assert olga.get(f"{sheet}.pdf").status_code == 200
    factories.crowd(workshop, 1, first=50)
    assert f'action="{sheet}"' in olga.get(people).get_data(as_text=True)
    assert olga.get(f"{sheet}.pdf").status_code == 409
    asked = olga.submit(sheet, page=people)
    (job,) = list_jobs(event_id=workshop.id)
    assert asked.location == f"/sprava/akce/workshop/tisk/{job.id}"
    assert olga.submit(sheet.replace("den-1", "den-9"), page=people).status_code == 404
