"""Import of people through the pages: file, columns, preview, confirmation; and what people send by mistake."""

import io
import re

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from registration.core.db import db, transaction
from registration.core.sheets import write_xlsx
from registration.events.models import Event, QuestionKind
from registration.events.operations import cancel_event
from registration.events.queries import get_event
from registration.mail.models import OutboxMessage
from registration.signups.importing.models import Import
from registration.signups.models import Registration, RegistrationStatus
from tests import factories
from tests.queries import count_queries
from tests.reviewing import ReviewingClient, csrf_token
from tests.signups.sign_up_forms import ask, count_orders

PAGE = "/en/sprava/akce/workshop/prihlasky/import"
FILE = (
    "Jméno;Příjmení;E-mail;Knihovna;Oddělení\n"
    "Žofie;Řeháková;zofie@x.example;Lhota;dětské\n"
    "Jan;;jan@x.example;Lhota;dospělé\n"
)


@pytest.fixture
def workshop(app: Flask, at_demo_day: None) -> Event:
    """Give an event with twenty places."""
    return factories.workshop()


def send(client: ReviewingClient, content: bytes | str, *, name: str = "lide.csv", page: str = PAGE) -> str:
    """Send a file and return where its columns are asked about."""
    data = content.encode() if isinstance(content, str) else content
    response = post_file(client, data, name=name, page=page)
    assert response.status_code == 303, words(response.get_data(as_text=True))
    return str(response.location)


def post_file(client: ReviewingClient, content: bytes, *, name: str = "x.csv", page: str = PAGE) -> TestResponse:
    """Post a file the way a browser does; werkzeug itself would leave a large one open."""
    token = csrf_token(client.get(page))
    parts = {
        'name="csrf_token"': token.encode(),
        f'name="table"; filename="{name}"\r\nContent-Type: application/octet-stream': content,
    }
    body = b"".join(
        b"--limit\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (head.encode(), part)
        for head, part in parts.items()
    )
    return client.post(page, data=body + b"--limit--\r\n", content_type="multipart/form-data; boundary=limit")


def map_as_guessed(client: ReviewingClient, page: str, **changes: str) -> str:
    """Send the form about columns as it stands and return where the preview is."""
    html = client.get(page).get_data(as_text=True)
    chosen = {
        name: (re.search(r'value="(\w+)"\s+selected', options) or ["", ""])[1]
        for name, options in re.findall(r'<select[^>]*name="([\w-]+)"[^>]*>(.*?)</select>', html, re.DOTALL)
    }
    response = client.submit(page, page=page, **{**chosen, **changes})
    assert response.status_code == 303, words(response.get_data(as_text=True))
    return str(response.location)


def words(html: str) -> str:
    """Return what a page says between its tags."""
    main = html.partition("<main")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("\u00a0", " ").split())


def said(client: ReviewingClient, address: str) -> str:
    """Return what a page says."""
    return words(client.get(address).get_data(as_text=True))


def test_people_come_in_three_steps(workshop: Event, olga: ReviewingClient) -> None:
    at = send(olga, FILE)
    columns = said(olga, at)
    assert "step 2 of 3" in columns
    assert "Oddělení dětské · dospělé leave out" in columns
    preview = map_as_guessed(olga, at)
    shown = said(olga, preview)
    assert "1 person can be imported 1 row is left out" in shown
    assert "3 Please enter the surname. Příjmení" in shown
    assert "Řeháková Žofie" in shown
    assert count_orders() == 0
    done = olga.submit(preview, page=preview, expected="1")
    assert (done.status_code, done.location) == (303, preview)
    assert "1 person imported 1 row was left out" in said(olga, preview)
    (zofie,) = db.session.scalars(select(Registration))
    assert [zofie.family_name, zofie.organisation_name, zofie.status] == [
        "Řeháková", "Lhota", RegistrationStatus.CONFIRMED,
    ]  # fmt: skip
    assert "lide.csv" in said(olga, PAGE)
    assert "1 person imported" in said(olga, PAGE)


def test_what_is_wrong_can_be_taken_away_before_and_after(workshop: Event, olga: ReviewingClient) -> None:
    preview = map_as_guessed(olga, send(olga, FILE.replace("Jan;;jan@", "=cmd;Nový;jan@")))
    expected = "\ufeffRow;Column;Value;What is wrong\r\n3;Jméno;'=cmd;This is a formula, or what is left of one.\r\n"
    for _ in ("before", "after"):
        response = olga.get(f"{preview}/chyby.csv")
        assert response.get_data(as_text=True) == expected
        assert response.headers["Content-Disposition"] == 'attachment; filename="import-workshop-chyby.csv"'
        olga.submit(preview, page=PAGE, expected="1")


def test_messages_go_only_with_the_box_ticked(workshop: Event, olga: ReviewingClient) -> None:
    preview = map_as_guessed(olga, send(olga, FILE))
    olga.submit(preview, page=preview, expected="1", tells="1")
    assert db.session.scalars(select(OutboxMessage.recipient)).all() == ["zofie@x.example"]


def test_confirming_twice_imports_once(workshop: Event, olga: ReviewingClient) -> None:
    preview = map_as_guessed(olga, send(olga, FILE))
    for _ in range(2):
        assert olga.submit(preview, page=PAGE, expected="1").status_code == 303
    assert count_orders() == 1
    assert "has been imported already" in olga.get("/en/sprava").get_data(as_text=True)


def test_preview_that_no_longer_holds_is_shown_again(workshop: Event, olga: ReviewingClient) -> None:
    preview = map_as_guessed(olga, send(olga, FILE))
    for expected in ("2", "x", ""):
        assert olga.submit(preview, page=PAGE, expected=expected).location == preview
        assert "changed meanwhile" in olga.get(preview).get_data(as_text=True)
    assert count_orders() == 0


def test_nobody_is_imported_before_the_columns_are_named(workshop: Event, olga: ReviewingClient) -> None:
    columns = send(olga, FILE)
    preview = columns.removesuffix("/sloupce")
    assert olga.get(preview).location == columns
    assert olga.submit(preview, page=PAGE, expected="1").location == columns
    assert count_orders() == 0


def test_columns_that_make_nobody_are_asked_about_again(workshop: Event, olga: ReviewingClient) -> None:
    at = send(olga, FILE)
    response = olga.submit(at, page=at, **{"column-0": "given_name", "column-1": "given_name", "column-2": "<x>"})
    assert response.status_code == 422
    html = response.get_data(as_text=True)
    assert "Two columns mean the same" in html
    assert "<title>Error: " in html
    assert len(re.findall(r'value="given_name" selected', html)) == 2
    assert db.session.scalars(select(Import)).one().columns == [
        "given_name",
        "family_name",
        "email",
        "organisation",
        "",
    ]


def test_ticket_type_is_asked_for_where_there_are_several(academy: Event, olga: ReviewingClient) -> None:
    page = PAGE.replace("workshop", academy.slug)
    at = send(olga, FILE, page=page)
    preview = map_as_guessed(olga, at, ticket_type="nic")
    assert "2 The ticket type is missing." in said(olga, preview)
    preview = map_as_guessed(olga, at, ticket_type="AI")
    assert "1 person can be imported" in said(olga, preview)
    olga.submit(preview, page=preview, expected="1")
    assert db.session.scalars(select(Registration)).one().ticket_type.code == "AI"
    assert olga.get(at).location == preview


def test_columns_are_remembered_for_the_next_file(workshop: Event, olga: ReviewingClient) -> None:
    map_as_guessed(olga, send(olga, FILE), **{"column-4": "note"})
    html = olga.get(send(olga, FILE)).get_data(as_text=True)
    assert re.search(r'name="column-4".*?value="note" selected', html, re.DOTALL)


def test_file_is_thrown_away(workshop: Event, olga: ReviewingClient) -> None:
    preview = map_as_guessed(olga, send(olga, FILE))
    assert olga.submit(f"{preview}/zahozeni", page=preview).location == PAGE
    assert olga.get(preview).status_code == 404
    finished = map_as_guessed(olga, send(olga, FILE))
    olga.submit(finished, page=finished, expected="1")
    assert olga.submit(f"{finished}/zahozeni", page=PAGE).location == finished


def test_full_event_says_beforehand_who_will_wait(app: Flask, at_demo_day: None, olga: ReviewingClient) -> None:
    factories.workshop(capacity=1)
    preview = map_as_guessed(olga, send(olga, FILE.replace("Jan;;", "Jan;Nový;")))
    assert "1 of them joins the waiting list: there is no place left" in said(olga, preview)
    olga.submit(preview, page=preview, expected="2")
    assert "1 of them is in the waiting list" in said(olga, preview)


def test_cancelled_event_takes_nobody(workshop: Event, olga: ReviewingClient) -> None:
    preview = map_as_guessed(olga, send(olga, FILE))
    cancel_event(workshop, by="x")
    assert olga.get(preview).status_code == 409
    assert olga.submit(preview, page=PAGE, expected="1").status_code == 303
    assert count_orders() == 0


def test_file_without_a_good_row_offers_nothing_to_confirm(workshop: Event, olga: ReviewingClient) -> None:
    preview = map_as_guessed(olga, send(olga, "Jméno;Příjmení;E-mail\n;;x\n"))
    html = olga.get(preview).get_data(as_text=True)
    assert "0 people can be imported" in words(html)
    assert 'name="expected"' not in html


def test_empty_workbook_has_the_columns_of_the_event(workshop: Event, olga: ReviewingClient) -> None:
    ask(workshop.id, "lunch", QuestionKind.TEXT, label="Oběd")
    response = olga.get(f"{PAGE}/vzor.xlsx")
    assert response.headers["Content-Disposition"] == 'attachment; filename="import-workshop.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(response.data)).active
    assert sheet
    assert [cell.value for cell in sheet["1"]] == [
        "Title before", "Given name", "Surname", "Title after", "E-mail", "Library", "IČO", "Note", "Oběd",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "status", "sentence"),
    [
        (b"", 422, "The file is empty"),
        (b"Jmeno;E-mail\n", 422, "there is no row"),
        (b"A;A\n1;2\n", 422, "Two columns are called"),
        (b"A\nP\x98\n", 422, "letters in the file cannot be read"),
        (b"%PDF-1.4", 422, "This is not a table"),
        (b"PK\x03\x04", 422, "workbook is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 422, ".xls"),
        (b"A\n" + b"1\n" * 20_001, 422, "20000 rows"),
        (b"x" * (10 * 1024 * 1024 + 1), 413, "at most 10 MB"),
    ],
)
def test_file_that_cannot_be_read_is_refused_with_the_reason(
    workshop: Event, olga: ReviewingClient, content: bytes, status: int, sentence: str
) -> None:
    response = post_file(olga, content)
    assert response.status_code == status
    assert sentence in words(response.get_data(as_text=True))
    assert db.session.scalars(select(Import)).all() == []


def test_form_without_a_file_asks_for_one(workshop: Event, olga: ReviewingClient) -> None:
    for response in (olga.submit(PAGE, page=PAGE), post_file(olga, b"", name="")):
        assert response.status_code == 422
        assert "Please choose a file" in response.get_data(as_text=True)


def test_upload_of_fifty_megabytes_gets_a_page_that_says_how_much_is_possible(
    workshop: Event, olga: ReviewingClient
) -> None:
    response = post_file(olga, bytes(50 * 1024 * 1024))
    assert response.status_code == 413
    assert "A file can have at most 10 MB here" in words(response.get_data(as_text=True))
    elsewhere = olga.post("/prihlaseni", data={"x": "y" * 2_000_000})
    assert elsewhere.status_code == 413


def test_event_without_ticket_types_says_so(academy: Event, olga: ReviewingClient) -> None:
    bare = Event(slug="workshop", code="BAR", series_year=2025, title="B", kind=academy.kind, sign_up=academy.sign_up)
    with transaction() as session:
        session.add(bare)
    response = post_file(olga, FILE.encode())
    assert response.status_code == 409
    assert "no ticket type" in words(response.get_data(as_text=True))


def test_windows_1250_from_excel_is_read(workshop: Event, olga: ReviewingClient) -> None:
    preview = map_as_guessed(olga, send(olga, FILE.encode("cp1250")))
    assert "Řeháková Žofie" in said(olga, preview)


def test_name_of_a_file_is_kept_without_what_cannot_be_shown(workshop: Event, olga: ReviewingClient) -> None:
    send(olga, FILE, name=f"{'x' * 300}\x1b\u202e<b>.csv")
    assert db.session.scalars(select(Import)).one().file_name == "x" * 193 + "<b>.csv"


def test_import_of_another_event_is_not_found(workshop: Event, olga: ReviewingClient) -> None:
    preview = map_as_guessed(olga, send(olga, FILE))
    factories.workshop(slug="other", code="OTH")
    other = preview.replace("workshop", "other")
    for address in (other, f"{other}/sloupce", f"{other}/chyby.csv"):
        assert olga.get(address).status_code == 404
    for address in (other, f"{other}/sloupce", f"{other}/zahozeni"):
        assert olga.submit(address, page=PAGE).status_code == 404


def test_preview_costs_the_same_number_of_queries_for_one_person_and_for_three(
    workshop: Event, olga: ReviewingClient
) -> None:
    rows = [f"Ada;Nová {number};ada{number}@x.example;Lhota\n" for number in range(3)]
    counts = []
    for count in (1, 3):
        preview = map_as_guessed(olga, send(olga, "Jméno;Příjmení;E-mail;Knihovna\n" + "".join(rows[:count])))
        with count_queries() as queries:
            olga.get(preview)
        counts.append(queries.count)
    assert counts[0] == counts[1]


@pytest.mark.slow
def test_five_thousand_rows_with_forty_bad_ones(app: Flask, at_demo_day: None, olga: ReviewingClient) -> None:
    factories.workshop(capacity=4_900)
    rows = [
        [
            "Ing.",
            "Jan",
            f"Žďárský {number}",
            "" if number % 125 == 0 else f"jan{number}@x.example",
            f"Lhota {number % 400}",
        ]
        for number in range(5_000)
    ]
    preview = map_as_guessed(olga, send(olga, write_xlsx(["Titul", "Jméno", "Příjmení", "E-mail", "Knihovna"], rows)))
    shown = said(olga, preview)
    assert "4960 people can be imported" in shown
    assert "60 of them join the waiting list" in shown
    assert "40 rows are left out" in shown
    assert shown.count("Please enter an e-mail address") == 40
    olga.submit(preview, page=PAGE, expected="4960")
    assert "4960 people imported" in said(olga, preview)
    assert count_orders() == 4_960
    assert get_event("workshop").sessions[0].taken == 4_900
