"""The public form that asks for membership, and what the back office does with it."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from registration.core.db import db
from registration.core.limits import limiter
from registration.mail.models import OutboxMessage
from registration.organisations import queries
from registration.organisations.models import MembershipApplication
from registration.organisations.operations import add_organisation, confirm_application
from tests.queries import count_queries
from tests.reviewing import ReviewingClient

FORM = "/clenstvi"
STAFF = "/sprava/clenstvi"
ADA = {
    "applicant_name": "Ada Žďárská",
    "applicant_email": "ada@hornilhota.example",
    "position": "ředitelka",
    "organisation": "Městská knihovna Horní Lhota",
    "note": "Těším se.\r\nAda",
    "may_be_listed": "y",
}


@pytest.fixture(autouse=True)
def without_limits(app: Flask) -> None:
    limiter.reset()


def applied() -> list[MembershipApplication]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(MembershipApplication).order_by(MembershipApplication.id)))


def confirmed(client: ReviewingClient, **changes: str) -> MembershipApplication:
    client.post(FORM, data=ADA | changes)
    application = applied()[-1]
    confirm_application(application)
    return application


def test_form_is_sent_and_confirmed_by_the_link(client: ReviewingClient) -> None:
    assert client.get(FORM).status_code == 200
    response = client.post(FORM, data=ADA)
    assert (response.status_code, response.location) == (303, f"{FORM}?hotovo=odeslano")
    assert client.get(response.location).status_code == 200
    [application] = applied()
    link = f"{FORM}/{queries.application_token(application)}"
    page = client.get(link)
    assert "Ada Žďárská" in page.text
    assert applied()[0].confirmed_at is None  # a GET changes nothing: mail scanners open links
    for header, value in (("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer")):
        assert page.headers[header] == value
    response = client.post(link)
    assert (response.status_code, response.location) == (303, link)
    assert applied()[0].confirmed_at is not None
    assert "<form" not in client.get(link).text.partition("<main")[2]
    assert client.post(link).status_code == 303


def test_answer_is_the_same_for_the_known_and_the_unknown(client: ReviewingClient) -> None:
    answers = []
    for _ in range(2):
        response = client.post(FORM, data=ADA)
        answers.append((response.status_code, response.location, response.text))
        confirm_application(applied()[0])
        limiter.reset()
    assert answers[0] == answers[1]


@pytest.mark.parametrize("token", ["x", "A" * 24, "%2E%2E", "ž" * 24])
def test_link_that_leads_nowhere_is_not_found(client: ReviewingClient, token: str) -> None:
    assert client.get(f"{FORM}/{token}").status_code == 404
    assert client.post(f"{FORM}/{token}").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"applicant_name": ""}, "applicant_name"),
        ({"applicant_name": "<a href=x>"}, "applicant_name"),
        ({"applicant_email": "ada"}, "applicant_email"),
        ({"organisation": " "}, "organisation"),
        ({"organisation": "http://spam.example"}, "organisation"),
        ({"ico": "70282171"}, "ico"),
        ({"note": "x" * 1001}, "note"),
        ({"position": "x" * 201}, "position"),
    ],
)
def test_wrong_form_comes_back_with_everything_kept(client: ReviewingClient, wrong: dict[str, str], field: str) -> None:
    response = client.post(FORM, data={**ADA, "town": "Lhota <x>", **wrong})
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text
    assert f'href="#{field}"' in response.text
    assert "Lhota &lt;x&gt;" in response.text
    assert applied() == []


def test_robots_are_kept_away(client: ReviewingClient) -> None:
    assert client.post(FORM, data={**ADA, "website": "http://x"}).status_code == 422
    found = re.search(r'name="form_token" value="([^"]+)"', client.get(FORM).text)
    assert found
    assert client.post(FORM, data={**ADA, "form_token": found[1]}).status_code == 422  # in no time
    assert applied() == []


def test_one_address_gets_three_messages_an_hour(client: ReviewingClient) -> None:
    answers = [client.post(FORM, data={**ADA, "note": str(number)}).status_code for number in range(4)]
    assert answers == [303, 303, 303, 429]
    assert client.post(FORM, data={**ADA, "applicant_email": "bob@lhota.example"}).status_code == 303


def test_pages_are_whole_in_english(client: ReviewingClient, olga: ReviewingClient) -> None:
    application = confirmed(client)
    client.post(f"/en{FORM}", data={**ADA, "applicant_email": "bob@lhota.example"})
    row = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert row
    assert row.language == "en"
    link = queries.application_token(applied()[-1])
    for address in (FORM, f"{FORM}?hotovo=odeslano", f"{FORM}/{link}"):
        assert client.get(f"/en{address}").status_code == 200
    for address in (STAFF, f"{STAFF}/{application.id}", f"{STAFF}?stav=schvalene", f"{STAFF}?stav=zamitnute"):
        assert olga.get(f"/en{address}").status_code == 200


def test_anonymous_visitors_get_no_cookie(client: ReviewingClient) -> None:
    assert "Set-Cookie" not in client.get(FORM).headers
    assert "Set-Cookie" not in client.post(FORM, data=ADA).headers


def test_library_is_chosen_and_approved(client: ReviewingClient, olga: ReviewingClient) -> None:
    library = add_organisation(name="Městská knihovna", town="Horní Lhota", by="olga")
    application = confirmed(client)
    page = f"{STAFF}/{application.id}"
    assert page in olga.get(STAFF).text
    assert "Těším se.\r\nAda" in olga.get(page).text
    unknown = olga.submit(f"{page}/schvaleni", page=page, organisation="Nikde")
    assert unknown.status_code == 422
    assert 'id="organisation-error"' in unknown.text
    response = olga.submit(f"{page}/schvaleni", page=page, organisation="Městská knihovna, Horní Lhota")
    assert (response.status_code, response.location) == (303, STAFF)
    db.session.expire_all()
    assert library.is_member
    assert page in olga.get(f"{STAFF}?stav=schvalene").text
    assert "/schvaleni" not in olga.get(page).text
    assert olga.submit(f"{page}/schvaleni", page=page, organisation="Městská knihovna").status_code == 409


def test_new_library_is_added(client: ReviewingClient, olga: ReviewingClient) -> None:
    application = confirmed(client, town="Horní Lhota", ico="19")
    page = f"{STAFF}/{application.id}"
    assert olga.submit(f"{page}/schvaleni", page=page, organisation="", add="1").status_code == 303
    assert [each.ico for each in queries.list_all_organisations()] == ["00000019"]
    again = confirmed(client, applicant_email="bob@lhota.example", organisation="Jiná")
    add_organisation(name="Jiná", by="olga")
    page = f"{STAFF}/{again.id}"
    assert olga.submit(f"{page}/schvaleni", page=page, organisation="", add="1").status_code == 409


def test_application_is_refused_with_a_reason(client: ReviewingClient, olga: ReviewingClient) -> None:
    application = confirmed(client)
    page = f"{STAFF}/{application.id}"
    assert olga.submit(f"{page}/zamitnuti", page=page, reason="").status_code == 422
    assert olga.submit(f"{page}/zamitnuti", page=page, reason="Není to knihovna.").status_code == 303
    assert page in olga.get(f"{STAFF}?stav=zamitnute").text
    assert "Není to knihovna." in olga.get(page).text.replace("\u00a0", " ")


def test_application_is_erased(client: ReviewingClient, olga: ReviewingClient) -> None:
    page = f"{STAFF}/{confirmed(client).id}"
    assert olga.submit(f"{page}/vymaz", page=page).status_code == 303
    assert applied() == []
    assert olga.get(page).status_code == 404


def test_people_who_joined_are_taken_away_as_a_table(client: ReviewingClient, olga: ReviewingClient) -> None:
    for name, email in (("=Ada", "ada@x.example"), ("Bob", "bob@x.example")):
        page = f"{STAFF}/{confirmed(client, applicant_name=name, applicant_email=email, organisation=name).id}"
        if name == "=Ada":
            olga.submit(f"{page}/schvaleni", page=page, organisation="", add="1")
    lines = olga.get(f"/en{STAFF}/kontakty.csv").get_data().decode("utf-8-sig").splitlines()
    assert len([line for line in lines if "@" in line]) == 1
    assert lines[1].startswith("'=Ada;ada@x.example;ředitelka;'=Ada;;;yes;")
    assert olga.get(f"{STAFF}/kontakty.xlsx").get_data().startswith(b"PK")


def test_list_costs_the_same_whatever_its_length(client: ReviewingClient, olga: ReviewingClient) -> None:
    def queries_for_list() -> int:
        with count_queries() as counter:
            olga.get(STAFF)
        return counter.count

    library = add_organisation(name="Knihovna", by="olga")
    confirmed(client, organisation=library.name)
    before = queries_for_list()
    for number in (1, 2):
        other = add_organisation(name=f"Knihovna {number}", by="olga")
        confirmed(client, organisation=other.name, applicant_email=f"osoba{number}@x.example")
    assert queries_for_list() == before


@pytest.mark.parametrize("address", [STAFF, f"{STAFF}/1", f"{STAFF}/kontakty.csv"])
def test_strangers_are_sent_to_sign_in(client: ReviewingClient, address: str) -> None:
    assert client.get(address).location.startswith("/prihlaseni")
