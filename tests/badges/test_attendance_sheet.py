"""The attendance sheet: everybody expected, the Czech way, with room to sign and for walk-ins."""

from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from pypdf import PdfReader

from registration.badges.documents import attendance_sheet
from registration.core import i18n
from registration.events.models import Event
from registration.signups.operations import cancel
from tests import factories
from tests.factories import OLGA_EMAIL, order, person
from tests.papers import catalogue_of, overlapping, text_of, title_of
from tests.reviewing import ReviewingClient

SHEET = "/sprava/akce/workshop/casti/den-1/prezencni-listina.pdf"


def sheet(event: Event, language: str = "cs") -> bytes:
    with i18n.in_language(language):
        return attendance_sheet(event.sessions[0])


def test_sheet_names_the_part_and_its_people_by_the_alphabet(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    for number, name in enumerate(("Chalupa", "Ivan", "Hrubá")):
        order(event, replace(person(number), family_name=name, title_before="Mgr."))
    long = "Nejedlá-Vondráčková z Rožmberka nad Vltavou"
    order(event, replace(person(8), family_name=long, title_after="Ph.D., MBA"))
    gone = factories.crowd(event, 1, first=9)
    cancel(gone, by=OLGA_EMAIL)
    paper = sheet(event, "en")
    words = text_of(paper)
    for expected in ("Attendance sheet", "Workshop WRK", "2025/WRK", "23 April 2025", "Sál, Brno", "Signature"):
        assert expected in words
    assert words.index("1 Hrubá Osoba, Mgr.") < words.index("2 Chalupa") < words.index("3 Ivan")
    assert "Číslo 9" not in words
    assert "14" in words.split()  # the last of the lines for whoever comes unannounced
    assert title_of(paper) == "Attendance sheet – Workshop"
    assert catalogue_of(paper)["/Lang"] == "en"
    assert overlapping(paper) == []


@pytest.mark.slow
def test_long_sheet_repeats_its_head_and_loses_nobody(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop(capacity=None)
    factories.crowd(event, 60)
    paper = sheet(event, "en")
    pages = [page.extract_text() for page in PdfReader(BytesIO(paper)).pages]
    assert len(pages) == 3
    assert all("Surname and given name" in page for page in pages)
    words = text_of(paper)
    assert all(f"Číslo {number} Osoba" in words for number in range(1, 61))
    assert "60 people are expected" in words
    assert "1 / 3" in words


def test_sheet_is_for_whoever_reads_the_event(app: Flask, olga: ReviewingClient, client: ReviewingClient) -> None:
    event = factories.workshop()
    response = olga.get(SHEET)
    assert (response.status_code, response.mimetype) == (200, "application/pdf")
    assert 'filename="prezencni-listina-workshop-den-1.pdf"' in response.headers["Content-Disposition"]
    assert olga.get(SHEET.replace("den-1", "den-9")).status_code == 404
    assert client.get(SHEET).status_code == 303
    factories.doorkeeper(event)
    client.sign_in("dvere@sekce.example", factories.OLGA_PASSWORD)
    assert client.get(SHEET).status_code == 403
    assert "prezencni-listina.pdf" in olga.get("/sprava/akce/workshop/prihlasky").get_data(as_text=True)
