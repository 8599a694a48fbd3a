"""A person's own record, a library's by its link, and the back office."""

import csv
import io
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from registration.core.db import db
from registration.core.limits import limiter
from registration.mail.models import OutboxMessage
from registration.organisations.models import Organisation
from registration.organisations.operations import change_organisation
from registration.printing.models import PrintJob
from registration.printing.tasks import print_waiting
from registration.records import operations, queries
from registration.records.models import DeclaredTraining
from registration.signups.models import Registration
from tests import factories
from tests.queries import count_queries
from tests.records import world
from tests.records.world import ADA, BOB, EVA, YEAR
from tests.reviewing import ReviewingClient

STAFF = "/sprava/vzdelavani"
KURZ = {"title": "Kurz katalogizace", "organizer": "Krajská knihovna", "held_on": "2025-02-03", "hours": "1,5"}

Travel = Callable[[datetime], None]


@pytest.fixture
def lhota(app: Flask, at_demo_day: None) -> Organisation:
    limiter.reset()
    return world.library()


@pytest.fixture
def ada(lhota: Organisation) -> Registration:
    [ada] = world.attend(world.event("skoleni", 6), ADA, of=lhota)
    return ada


@pytest.fixture
def person(ada: Registration) -> str:
    return f"/u/{ada.link_token}/vzdelavani"


@pytest.fixture
def link(lhota: Organisation, ada: Registration) -> str:
    """The link the library was sent."""
    operations.send_record(lhota, year=YEAR, by=world.BY)
    return f"/vzdelavani/{queries.link_token(lhota)}"


def words(text: str) -> str:
    return text.replace("\u00a0", " ")


def crowd(library: Organisation, count: int = 60) -> None:
    """Let more people attend than fit on a page."""
    people = [factories.person(number) for number in range(100, 100 + count)]
    world.attend(world.event("plny-sal", 3), *people, of=library)


def printed(client: ReviewingClient, pages: str, **token: str) -> str:
    """Ask for a PDF, let the worker print it, and return the address of its page."""
    job = client.post(f"{pages}/tisk?rok={YEAR}", data=token)
    assert job.status_code == 303
    assert client.get(job.location).headers["Refresh"] == "3"
    print_waiting()
    return str(job.location)


def test_person_sees_hours_and_what_is_missing(client: ReviewingClient, person: str) -> None:
    page = client.get(person)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    for said in ("Akce skoleni", "6 hodin", "chybí 42 hodin", "nemusí být úplný"):
        assert said in words(page.text)
    assert "Akce skoleni" not in client.get(f"{person}?rok=2024").text
    assert client.get(f"/en{person}").status_code == 200
    assert f'href="{person}"' in client.get(person.removesuffix("/vzdelavani")).text


def test_person_adds_training_elsewhere_and_takes_it_out(client: ReviewingClient, person: str) -> None:
    added = client.post(f"{person}/radky", data=KURZ)
    assert (added.status_code, added.location) == (303, f"{person}?rok=2025&hotovo=pridano")
    page = words(client.get(added.location).text)
    for said in ("Kurz katalogizace", "vlastní údaj bez ověření", "7,5 hodiny", "z toho vlastní údaje 1,5"):
        assert said in page
    line = db.session.scalars(select(DeclaredTraining.id)).one()
    gone = client.post(f"{person}/radky/{line}/odebrani")
    assert (gone.status_code, gone.location) == (303, f"{person}?rok=2025&hotovo=odebrano")
    assert "Kurz katalogizace" not in client.get(gone.location).text
    assert client.post(f"{person}/radky/{line}/odebrani").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field", "status"),
    [
        ({"title": ""}, "title", 422),
        ({"title": "https://spam.example"}, "title", 422),
        ({"organizer": "x" * 201}, "organizer", 422),
        ({"held_on": "vloni"}, "held_on", 422),
        ({"held_on": "2025-12-24"}, "held_on", 422),
        ({"held_on": "2021-12-31"}, "held_on", 422),
        ({"hours": "dvě"}, "hours", 422),
        ({"hours": "401"}, "hours", 422),
    ],
)
def test_wrong_line_comes_back_with_everything_kept(
    client: ReviewingClient, person: str, wrong: dict[str, str], field: str, status: int
) -> None:
    answer = client.post(f"{person}/radky", data=KURZ | wrong)
    assert answer.status_code == status
    assert f'id="{field}-error"' in answer.text
    assert "Kurz katalogizace" in answer.text or field == "title"
    assert db.session.scalars(select(DeclaredTraining)).all() == []


@pytest.mark.slow
def test_lines_are_limited(client: ReviewingClient, person: str) -> None:
    answers = [client.post(f"{person}/radky", data={}).status_code for _ in range(61)]
    assert answers[-2:] == [422, 429]


def test_whoever_has_no_place_has_no_form(client: ReviewingClient, ada: Registration, person: str) -> None:
    client.post(f"/u/{ada.link_token}/vymazani")
    assert client.get(person).status_code == 404
    assert client.post(f"{person}/radky", data=KURZ).status_code == 404


def test_files_of_a_person_open_in_excel_and_as_pdf(client: ReviewingClient, person: str) -> None:
    client.post(f"{person}/radky", data=KURZ)
    rows = list(csv.reader(io.StringIO(client.get(f"{person}/prehled.csv").data.decode("utf-8-sig")), delimiter=";"))
    assert rows[1][:6] == ["Číslo 1 Osoba", "Kurz katalogizace", "3.2.2025", "3.2.2025", "", "1,5"]
    assert rows[1][7] == "vlastní údaj, pořadatel: Krajská knihovna"
    assert rows[3][1:6] == ["Celkem", "", "", "", "7,5"]
    sheet = load_workbook(io.BytesIO(client.get(f"{person}/prehled.xlsx").data)).active
    assert sheet is not None
    assert sheet["F3"].value == 6
    paper = client.get(f"{person}/prehled.pdf")
    assert paper.mimetype == "application/pdf"
    assert paper.data.startswith(b"%PDF")


def test_library_sees_the_three_numbers_and_its_people(client: ReviewingClient, link: str) -> None:
    page = client.get(f"{link}?rok=2025")
    for header, value in (
        ("Cache-Control", "no-store"),
        ("X-Robots-Tag", "noindex"),
        ("Referrer-Policy", "no-referrer"),
    ):
        assert page.headers[header] == value
    assert "Set-Cookie" not in page.headers
    for said in ("Řádek 412", "Číslo 1 Osoba", "Akce skoleni", "chybí 42 hodin"):
        assert said in words(page.text)
    assert "Číslo 1 Osoba" not in client.get(f"{link}?rok=2024").text
    assert client.get(f"/en{link}").status_code == 200


def test_library_takes_its_year_away(client: ReviewingClient, link: str) -> None:
    rows = list(csv.reader(io.StringIO(client.get(f"{link}/prehled.csv").data.decode("utf-8-sig")), delimiter=";"))
    assert [row[5] for row in rows[1:]] == ["6", "6", "1", "6", "0"]
    assert [row[0][:10] for row in rows[3:]] == ["Řádek 412:", "Řádek 413:", "Řádek 414:"]
    assert client.get(f"{link}/prehled.xlsx").data.startswith(b"PK")
    assert client.get(f"{link}/prehled.pdf").data.startswith(b"%PDF")


@pytest.mark.slow
def test_longer_record_is_printed_by_the_worker(client: ReviewingClient, link: str, lhota: Organisation) -> None:
    crowd(lhota)
    assert "Připravit PDF" in client.get(link).text
    assert client.get(f"{link}/prehled.pdf?rok=2025").status_code == 303
    job = printed(client, link)
    page = client.get(job)
    assert "vzdelavani-2025.pdf" in page.text
    address = f"{job.partition('?')[0]}/1.pdf"
    assert client.get(address).data.startswith(b"%PDF")
    assert client.get(address.replace("/1.pdf", "/2.pdf")).status_code == 404


@pytest.mark.slow
def test_print_of_somebody_else_is_not_found(
    client: ReviewingClient, link: str, lhota: Organisation, person: str
) -> None:
    crowd(lhota)
    job = printed(client, link).partition("?")[0].rpartition("/")[2]
    next_door = world.library("Knihovna Dolní Lhota", "dolni@x.example")
    operations.send_record(next_door, year=YEAR, by=world.BY)
    for pages in (f"/vzdelavani/{queries.link_token(next_door)}", person):
        assert client.get(f"{pages}/tisk/{job}").status_code == 404
        assert client.get(f"{pages}/tisk/{job}/1.pdf").status_code == 404


def test_long_record_of_a_person_is_printed_too(client: ReviewingClient, ada: Registration, person: str) -> None:
    for _ in range(30):
        world.declare(ada)
    assert client.get(f"{person}/prehled.pdf").location == f"{person}?rok=2025"
    job = printed(client, person)
    assert client.get(job.partition("?")[0] + "/1.pdf").mimetype == "application/pdf"


def test_print_that_failed_says_so(client: ReviewingClient, link: str, lhota: Organisation) -> None:
    crowd(lhota)
    page = client.post(f"{link}/tisk?rok=2025").location
    job = db.session.scalars(select(PrintJob)).one()
    job.failed_at = job.requested_at
    db.session.commit()
    assert (
        "nepovedlo" in client.get(page).text or "nešl" in client.get(page).text or "nepodařilo" in client.get(page).text
    )


@pytest.mark.parametrize("token", ["x", "A" * 24, "ž" * 24])
@pytest.mark.parametrize("page", ["", "/prehled.csv", "/prehled.pdf", "/tisk/1", "/tisk/1/1.pdf"])
def test_stranger_finds_nothing(client: ReviewingClient, lhota: Organisation, token: str, page: str) -> None:
    assert client.get(f"/vzdelavani/{token}{page}").status_code == 404
    assert client.get(f"/u/{token}/vzdelavani{page}").status_code == 404
    assert client.post(f"/vzdelavani/{token}/tisk").status_code == 404


def test_old_link_leads_nowhere(client: ReviewingClient, link: str, lhota: Organisation) -> None:
    assert client.get(link).status_code == 200
    operations.renew_link(lhota, by=world.BY)
    assert client.get(link).status_code == 404
    operations.send_record(lhota, year=YEAR, by=world.BY)
    assert client.get(link).status_code == 404
    change_organisation(lhota, name=lhota.name, contact_email="jina@x.example", by=world.BY)
    assert client.get(f"/vzdelavani/{queries.link_token(lhota)}").status_code == 404


def test_answer_is_the_same_for_the_known_and_the_unknown_library(client: ReviewingClient, lhota: Organisation) -> None:
    world.library("Bez adresy", "")
    answers = set()
    for name in (lhota.name, "Bez adresy", "Nikde"):
        response = client.post("/vzdelavani", data={"organisation": name})
        answers.add((response.status_code, response.location, response.text))
    assert len(answers) == 1
    assert client.get("/vzdelavani?hotovo=odeslano").status_code == 200
    kinds = [message.kind for message in db.session.scalars(select(OutboxMessage))]
    assert kinds == ["record_asked"]


def test_asking_is_limited_and_refuses_robots(client: ReviewingClient, lhota: Organisation) -> None:
    assert 'name="organisation"' in client.get("/vzdelavani").text
    assert client.post("/vzdelavani", data={"organisation": ""}).status_code == 422
    robot = client.post("/vzdelavani", data={"organisation": lhota.name, "website": "http://x"})
    assert robot.status_code == 303
    assert db.session.scalars(select(OutboxMessage)).all() == []
    spellings = ("Knihovna Horní Lhota", "knihovna horni lhota", "KNIHOVNA HORNÍ LHOTA")
    answers = [client.post("/vzdelavani", data={"organisation": name}).status_code for name in spellings]
    assert answers == [303, 303, 429]


def test_desk_sees_all_libraries_and_each(ada: Registration, lhota: Organisation, olga: ReviewingClient) -> None:
    world.attend(ada.event, BOB, of=world.library("Bez adresy", ""))
    world.attend(ada.event, EVA, of="Neznámá")
    operations.set_small(lhota, is_small=True, by=world.BY)
    page = words(olga.get(f"{STAFF}?rok=2025").text)
    for said in (lhota.label, "hranice 8 hodin", "chybí e-mail", "zatím neodesláno", "Bez knihovny z adresáře"):
        assert said in page
    assert "nikdo neúčastnil" in words(olga.get(f"{STAFF}?rok=2024").text)
    table = words(olga.get(f"{STAFF}/prehled.csv?rok=2025").data.decode("utf-8-sig")).splitlines()
    names = [line.split(";")[0] for line in table[1:]]
    assert names == ["Bez adresy", lhota.label, "Bez knihovny z adresáře", "Celkem"]
    own = f"{STAFF}/{lhota.id}"
    assert "Číslo 1 Osoba" in olga.get(f"{own}?rok=2025").text
    for kind in ("csv", "xlsx", "pdf"):
        assert olga.get(f"{own}/prehled.{kind}?rok=2025").status_code == 200
    assert olga.get(f"/en{own}").status_code == 200
    assert olga.get(f"/en{STAFF}?rok=2025").status_code == 200
    assert f'href="{STAFF}?rok=2025"' in olga.get("/sprava/rok/2025").text


@pytest.mark.slow
def test_desk_prints_a_long_record(ada: Registration, lhota: Organisation, olga: ReviewingClient) -> None:
    crowd(lhota)
    own = f"{STAFF}/{lhota.id}"
    job = olga.submit(f"{own}/tisk?rok=2025", page=f"{own}?rok=2025").location
    print_waiting()
    assert "vzdelavani-2025.pdf" in olga.get(job).text
    assert olga.get(job.partition("?")[0] + "/1.pdf?rok=2025").mimetype == "application/pdf"


def test_desk_sends_the_link_kills_it_and_sets_the_threshold(
    ada: Registration, lhota: Organisation, olga: ReviewingClient
) -> None:
    own = f"{STAFF}/{lhota.id}"
    page = f"{own}?rok=2025"
    assert olga.submit(f"{own}/odeslani", page=page, rok="2025").location == page
    assert "Odesláno" in olga.get(page).text
    assert olga.submit(f"{own}/zneplatneni", page=page, rok="2025").status_code == 303
    assert lhota.training_link_version == 2
    assert olga.submit(f"{own}/hranice", page=page, rok="2025", is_small="1").status_code == 303
    assert lhota.is_small
    silent = world.library("Bez adresy", "")
    assert olga.submit(f"{STAFF}/{silent.id}/odeslani", page=page).status_code == 303
    assert "není e-mail" in words(olga.get(f"{STAFF}/{silent.id}").text)


def test_desk_looks_through_the_letters_and_sends_them_once(
    ada: Registration, lhota: Organisation, olga: ReviewingClient
) -> None:
    world.attend(ada.event, BOB, of=world.library("Bez adresy", ""))
    page = f"{STAFF}/rozeslani?rok=2025"
    shown = olga.get(page).text
    assert lhota.contact_email in shown
    assert "Bez adresy" in shown
    for _ in range(2):
        assert olga.submit(f"{STAFF}/rozeslani", page=page, rok="2025").location == f"{STAFF}?rok=2025"
    assert len(db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "record_of_year")).all()) == 1


def test_letters_in_january_are_about_the_year_before(ada: Registration, app: Flask, travel: Travel) -> None:
    travel(world.NEXT_JANUARY)
    factories.olga()
    client = app.test_client()
    assert isinstance(client, ReviewingClient)
    client.sign_in(factories.OLGA_EMAIL, factories.OLGA_PASSWORD)
    assert "knihovna@hornilhota.example" in client.get(f"{STAFF}/rozeslani").text


def test_settings_are_changed_or_come_back(lhota: Organisation, olga: ReviewingClient) -> None:
    page = f"{STAFF}/nastaveni"
    wanted = {"threshold_hours": "40", "small_threshold_hours": "6", "people_label": "ř. 412"}
    assert olga.submit(page, page=page, **wanted).status_code == 303
    assert 'value="40"' in olga.get(page).text
    assert olga.submit(page, page=page, **wanted | {"threshold_hours": "0"}).status_code == 422
    assert "ř. 412" in olga.get(f"{STAFF}/{lhota.id}").text


def test_pages_cost_the_same_for_one_and_for_many(client: ReviewingClient, link: str, lhota: Organisation) -> None:
    def cost() -> int:
        with count_queries() as counter:
            client.get(f"{link}?rok=2025")
        return counter.count

    before = cost()
    crowd(lhota, 8)
    assert cost() == before


def test_strangers_are_sent_to_sign_in(client: ReviewingClient, lhota: Organisation) -> None:
    for page in ("", "/rozeslani", "/nastaveni", f"/{lhota.id}", f"/{lhota.id}/prehled.pdf"):
        assert client.get(f"{STAFF}{page}").location.startswith("/prihlaseni")
