"""The pages of the import, from the file to the directory."""

import io
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from registration.core.db import db
from registration.core.sheets import write_xlsx
from registration.organisations import queries
from registration.organisations.models import DirectoryImport, Organisation
from registration.organisations.operations import add_organisation
from tests.reviewing import ReviewingClient

IMPORT = "/sprava/knihovny/import"
ADR = Path(__file__).with_name("adr.xml").read_bytes()
CSV = "Název;Město;IČO;Člen od\r\nKnihovna Žďár;Žďár;89605;1. 3. 2020\r\nKnihovna <b>;;70282171;\r\n".encode("cp1250")


def upload(olga: ReviewingClient, content: bytes, name: str = "knihovny.csv") -> str:
    """Send a file and return where it leads."""
    response = olga.submit(IMPORT, page=IMPORT, file=(io.BytesIO(content), name))
    assert response.status_code == 303, response.text
    return response.location


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Organisation)) or 0


def test_table_is_looked_through_and_taken_over(olga: ReviewingClient) -> None:
    address = upload(olga, CSV)
    assert count() == 0
    wrong = olga.get(address).text
    assert "Knihovna &lt;b&gt;" in wrong
    assert "Knihovna Žďár" in olga.get(f"{address}?druh=new").text.replace("\u00a0", " ")
    response = olga.submit(address, page=address)
    assert (response.status_code, response.location) == (303, "/sprava/knihovny")
    [added] = queries.list_all_organisations()
    assert (added.label, added.ico, added.is_member) == ("Knihovna Žďár", "00089605", True)
    assert olga.get(address).status_code == 404


def test_workbook_is_read_too(olga: ReviewingClient) -> None:
    address = upload(olga, write_xlsx(["Název", "Sigla"], [["Knihovna", "LHG001"]]), "knihovny.xlsx")
    olga.submit(address, page=address)
    assert [each.sigla for each in queries.list_all_organisations()] == ["LHG001"]


def test_directory_of_the_national_library_is_taken_over(olga: ReviewingClient) -> None:
    add_organisation(name="Městská knihovna Horní Lhota", ico="19", is_member=True, by="olga")
    address = upload(olga, ADR, "adr.xml")
    changed = olga.get(f"{address}?druh=changed").text
    assert "LHG001" in changed
    assert "Osobová" not in changed
    olga.submit(address, page=address)
    by_sigla = {each.sigla: each for each in queries.list_all_organisations()}
    assert set(by_sigla) == {"LHG001", "LHG002"}  # the third has a wrong IČO
    assert by_sigla["LHG001"].is_member
    assert (by_sigla["LHG001"].street, by_sigla["LHG001"].postcode) == ("Náměstí 1", "123 45")
    stored = " ".join(str(row.__dict__) for row in by_sigla.values())
    assert "Osobová" not in stored


def test_directory_that_was_taken_away_comes_back_the_same(olga: ReviewingClient) -> None:
    add_organisation(
        name="Knihovna", town="Lhota", ico="19", sigla="LHG001", kind="prispevkova", is_member=True, by="olga"
    )
    for kind in ("csv", "xlsx"):
        content = olga.get(f"/en/sprava/knihovny/adresar.{kind}").get_data()
        [line] = queries.plan_import(queries.get_import(int(upload(olga, content).rpartition("/")[2])))
        assert line.outcome == "same"


def test_columns_are_told(olga: ReviewingClient) -> None:
    address = upload(olga, b"Co;Kde\r\nKnihovna;Lhota\r\n")
    assert olga.submit(f"{address}/sloupce", page=address, town="1").status_code == 409
    response = olga.submit(f"{address}/sloupce", page=address, name="0", town="1", ico="")
    assert (response.status_code, response.location) == (303, address)
    assert "Knihovna, Lhota" in olga.get(address).text


def test_list_is_thrown_away(olga: ReviewingClient) -> None:
    address = upload(olga, CSV)
    response = olga.submit(f"{address}/zahozeni", page=address)
    assert (response.status_code, response.location) == (303, IMPORT)
    assert count() == 0
    assert olga.submit(f"{address}/zahozeni", page=IMPORT).status_code == 404


def test_long_list_is_shown_page_by_page(olga: ReviewingClient) -> None:
    rows = "".join(f"Knihovna {number}\r\n" for number in range(60))
    address = upload(olga, f"Název\r\n{rows}".encode())
    first, second = olga.get(address).text, olga.get(f"{address}?druh=new&strana=2").text
    assert (first.count('<th scope="row"'), second.count('<th scope="row"')) == (50, 10)
    assert f"{address}?druh=new&amp;strana=2" in first


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 422), (b"%PDF-1.7", 422), (b"<collection/>", 422), (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", 422)],
)
def test_file_that_cannot_be_read_says_why(olga: ReviewingClient, content: bytes, status: int) -> None:
    response = olga.submit(IMPORT, page=IMPORT, file=(io.BytesIO(content), "x.csv"))
    assert response.status_code == status
    assert 'id="file-error"' in response.text
    assert db.session.scalar(select(func.count()).select_from(DirectoryImport)) == 0


def test_file_must_be_chosen(olga: ReviewingClient) -> None:
    assert olga.submit(IMPORT, page=IMPORT).status_code == 422


def test_file_beyond_fifty_megabytes_is_refused(olga: ReviewingClient) -> None:
    # Written out, since werkzeug's own client would leave so large a file open.
    head = 'Content-Disposition: form-data; name="file"; filename="adr.xml"'
    body = f"--limit\r\n{head}\r\n\r\n<collection>{' ' * 52 * 1024 * 1024}\r\n--limit--\r\n"
    response = olga.post(IMPORT, data=body.encode(), content_type="multipart/form-data; boundary=limit")
    assert response.status_code == 413
    assert "50 MB" in response.text.replace("\u00a0", " ")


def test_pages_are_whole_in_english(app: Flask, olga: ReviewingClient) -> None:
    add_organisation(name="Knihovna", town="Lhota", by="olga")
    address = upload(olga, "Název;Město;IČO;Člen\r\nKnihovna;Lhota;19;ano\r\n".encode())
    for kind in ("new", "changed", "same", "wrong", "x"):
        assert olga.get(f"/en{address}?druh={kind}").status_code == 200
    assert olga.get(f"/en{IMPORT}").status_code == 200


@pytest.mark.parametrize("address", [IMPORT, f"{IMPORT}/1"])
def test_strangers_are_sent_to_sign_in(client: ReviewingClient, address: str) -> None:
    assert client.get(address).location.startswith("/prihlaseni")
