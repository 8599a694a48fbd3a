"""Registrations leave as a file: what the list shows and more, sensitive answers only when asked for."""

import csv
import io

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from registration.core.db import db
from registration.core.i18n import in_language
from registration.core.sheets import Cell
from registration.events.models import Event, QuestionKind, QuestionScope
from registration.events.queries import get_event
from registration.organisations.operations import add_organisation
from registration.privacy.operations import erase
from registration.signups.exporting import Scope, export
from registration.signups.filtering import Filter
from registration.signups.models import Registration
from registration.signups.operations import Person, cancel
from tests import factories
from tests.queries import count_queries
from tests.reviewing import ReviewingClient
from tests.signups.imports import bring_in, keep
from tests.signups.sign_up_forms import ask

PAGE = "/sprava/akce/workshop/prihlasky/export"
HEADER = "Titul;Jméno;Příjmení;Titul za;E-mail;Knihovna;Poznámka;lunch;pages;diet;bill"


@pytest.fixture
def workshop(app: Flask, at_demo_day: None) -> Event:
    """Give an event with two people, one of them with everything that can be known."""
    event = factories.workshop(capacity=1)
    add_organisation(name="Knihovna Lhota", ico="00089605", is_member=True, by="x")
    ask(event.id, "lunch", QuestionKind.CHOICES, ("soup", None), ("cake", None), position=1)
    ask(event.id, "pages", QuestionKind.NUMBER, position=2)
    ask(event.id, "diet", QuestionKind.TEXT, position=3, delete_after_days=14)
    ask(event.id, "bill", QuestionKind.TEXT, position=4, scope=QuestionScope.ORDER)
    first = "Ing.;Žofie;=Řeháková;Ph.D.;zofie@x.example;Knihovna Lhota;mluví nahlas;soup, cake;2,5;bez lepku;č. 7"
    bring_in(keep(event, first.replace("=", ""), ";Ivan;Chalupa;;ivan@x.example;;;;;;", header=HEADER))
    return get_event("workshop")


def rows_of(event: Event, scope: Scope = Scope.ALL_BUT_SENSITIVE, **args: str) -> list[dict[str, Cell]]:
    """Return the rows of an export by the names of their columns."""
    with in_language("en"):
        found = export(event, Filter.from_args(args), scope=scope)
    return [dict(zip(found.header, row, strict=True)) for row in found.rows]


def test_everything_that_is_known_stands_in_the_row(workshop: Event) -> None:
    ivan, zofie = rows_of(workshop)
    moment = zofie.pop("Signed up")
    assert zofie.pop("Place confirmed") == moment
    assert zofie == {
        "Number": "2025/WRK/P-0001/1",
        "State": "Confirmed",
        "Surname": "Řeháková",
        "Given name": "Žofie",
        "Title before": "Ing.",
        "Title after": "Ph.D.",
        "E-mail": "zofie@x.example",
        "Library": "Knihovna Lhota",
        "IČO": "00089605",
        "Member": "yes",
        "Ticket type": "Účast",
        "Price (CZK)": 0,
        "Who sent the order": "Žofie Řeháková",
        "E-mail of the order": "zofie@x.example",
        "Tags": "",
        "Notes": "mluví nahlas",
        "Otázka lunch": "SOUP, CAKE",
        "Otázka pages": 2.5,
        "Otázka bill": "č. 7",
    }
    assert [ivan["State"], ivan["Place confirmed"], ivan["Member"], ivan["Otázka lunch"], ivan["Otázka bill"]] == [
        "In the waiting list", None, "no", "", "",
    ]  # fmt: skip


def test_people_stand_in_the_order_of_the_list_and_the_filter_holds(workshop: Event) -> None:
    assert [row["Surname"] for row in rows_of(workshop)] == ["Chalupa", "Řeháková"]
    assert [row["Surname"] for row in rows_of(workshop, razeni="nejstarsi")] == ["Řeháková", "Chalupa"]
    assert [row["Surname"] for row in rows_of(workshop, q="rehak")] == ["Řeháková"]
    assert [row["Surname"] for row in rows_of(workshop, stav="waiting")] == ["Chalupa"]
    cancel(list(db.session.scalars(select(Registration).where(Registration.family_name == "Chalupa"))), by="x")
    assert [row["State"] for row in rows_of(workshop)] == ["Cancelled", "Confirmed"]


def test_price_is_a_number_of_crowns(workshop: Event) -> None:
    zofie = db.session.scalars(select(Registration).where(Registration.family_name == "Řeháková")).one()
    for haler, crowns in ((150_000, 1500), (150_050, 1500.5), (0, 0)):
        zofie.price_haler = haler
        db.session.commit()
        assert rows_of(workshop, q="rehak")[0]["Price (CZK)"] == crowns


def test_sensitive_answers_are_there_only_when_asked_for(workshop: Event) -> None:
    assert [row["Otázka diet"] for row in rows_of(workshop, Scope.ALL)] == ["", "bez lepku"]
    assert "Otázka diet" not in rows_of(workshop)[0]


def test_accounting_hears_nothing_of_what_people_answered(workshop: Event) -> None:
    row = rows_of(workshop, Scope.ACCOUNTING)[1]
    assert [name for name in row if name.startswith("Otázka")] == ["Otázka bill"]
    assert not {"Tags", "Notes"} & set(row)
    assert row["Price (CZK)"] == 0


def test_erased_person_is_only_counted(workshop: Event) -> None:
    zofie = db.session.scalars(select(Registration).where(Registration.family_name == "Řeháková")).one()
    erase(zofie, by="x")
    row = next(row for row in rows_of(workshop) if row["Surname"] == "erased")
    assert [row["Given name"], row["E-mail"], row["Otázka lunch"]] == ["", "", ""]


def test_export_costs_the_same_number_of_queries_for_one_person_and_for_three(workshop: Event) -> None:
    counts = []
    for first in (1, 2):
        factories.crowd(workshop, 1, first=first)
        db.session.expire_all()
        event = get_event("workshop")
        with count_queries() as queries:
            export(event, Filter(), scope=Scope.ALL)
        counts.append(queries.count)
    assert counts == [6, 6]


def test_files_are_what_czech_excel_opens(workshop: Event, olga: ReviewingClient) -> None:
    response = olga.get(f"{PAGE}.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="prihlasky-workshop.csv"'
    assert response.headers["Cache-Control"] == "no-store"
    assert response.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[2][:4] == ["2025/WRK/P-0001/1", "Potvrzeno", "Řeháková", "Žofie"]
    assert response.data.count(b"\r\n") == 3
    response = olga.get(f"{PAGE}.xlsx?q=rehak")
    assert response.headers["Content-Disposition"] == 'attachment; filename="prihlasky-workshop.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(response.data)).active
    assert sheet
    assert [sheet.max_row, sheet["C2"].value, sheet["L2"].data_type, sheet["M2"].is_date] == [2, "Řeháková", "n", True]


def test_formula_in_a_name_is_text_in_every_file(app: Flask, at_demo_day: None, olga: ReviewingClient) -> None:
    evil = Person(given_name="=1+1", family_name="@SUM(A1)", email="eve@x.example", ticket_type="UCAST")
    factories.order(factories.workshop(), evil)
    assert b";'@SUM(A1);'=1+1;" in olga.get(f"{PAGE}.csv").data
    sheet = openpyxl.load_workbook(io.BytesIO(olga.get(f"{PAGE}.xlsx").data)).active
    assert sheet
    assert [sheet["C2"].data_type, sheet["D2"].value, sheet["D2"].data_type] == ["s", "=1+1", "s"]


def test_who_is_allowed_what(workshop: Event, olga: ReviewingClient, client: ReviewingClient) -> None:
    assert "Otázka diet" in olga.get(f"{PAGE}.csv?citlive=1").get_data(as_text=True)
    assert "Otázka diet" not in olga.get(f"{PAGE}.csv").get_data(as_text=True)
    accountant = factories.accountant()
    client.sign_in(accountant.email, factories.OLGA_PASSWORD)
    shown = client.get(f"{PAGE}.csv?citlive=1").get_data(as_text=True)
    assert "Otázka bill" in shown
    assert "Otázka lunch" not in shown
    assert "Otázka diet" not in shown
    assert client.get("/sprava/akce/workshop/prihlasky/import").status_code == 403
