"""Promise I8: whoever does not hold a role gets nowhere in the back office, at every address and method."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import IntegerConverter, Rule

from registration.accounts.models import Role, User
from registration.core.db import db, transaction
from registration.events.models import Event
from registration.signups.models import Cancellation
from tests import factories
from tests.reviewing import ReviewingClient, csrf_token

PUBLIC = {
    "events.archive", "events.programme_calendar", "events.event", "events.event_calendar", "events.programme",
    "signups.form", "signups.join",
    "signups.order", "signups.order_calendar", "signups.person", "signups.person_calendar",
    "signups.submit", "signups.ticket",
    "signups.answer_offer", "signups.answers", "signups.change_answers", "signups.links", "signups.offer",
    "signups.send_links", "signups.substitute", "signups.substitution", "signups.switch", "signups.switching",
    "signups.withdraw", "signups.withdrawal",
    "certificates.download", "certificates.verification", "certificates.verification_form",
    "organisations.suggestions",
    "pages.accessibility", "pages.health", "pages.privacy", "pages.security_contact",
    "privacy.my_data", "privacy.my_data_file", "privacy.erasure", "privacy.erase", "privacy.erased",
    "security.login", "security.logout", "security.static", "static",
}  # fmt: skip
STAFF = {
    "events_staff.index", "events_staff.overview", "events_staff.answers", "events_staff.changes",
    "events_staff.change_capacity", "events_staff.change_waiting_list", "events_staff.change_reminders",
    "events_staff.change_sign_up_rules",
    "events_staff.session_form", "events_staff.move_session", "events_staff.cancellation", "events_staff.cancel",
    "signups_staff.registrations", "signups_staff.registration", "signups_staff.cancel",
    "signups_staff.approve", "signups_staff.refuse",
    "checkin.sessions", "checkin.session_page", "checkin.admit", "checkin.mark", "checkin.undo",
    "certificates_staff.overview", "certificates_staff.issue", "certificates_staff.revoke",
    "certificates_staff.replace",
    "organisations_staff.directory", "organisations_staff.new", "organisations_staff.add",
    "organisations_staff.organisation", "organisations_staff.change",
    "mail.log", "mail.message", "mail.preview", "mail.download", "mail.send_again",
}  # fmt: skip


def addresses(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Give (rule, method, address) of everything in the back office, with values that exist."""
    values = {"slug": "setkani-sekce-ai-v-praxi-manazera", "code": "ai-brno"}
    for rule in app.url_map.iter_rules():
        if rule.endpoint in STAFF:
            address = rule.rule
            for name, converter in rule._converters.items():
                value = "1" if isinstance(converter, IntegerConverter) else values.get(name, "x")
                address = address.replace(f"<int:{name}>", value).replace(f"<{name}>", value)
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                yield rule, method, address


def test_every_address_is_known_to_be_public_or_for_the_staff(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == PUBLIC | STAFF


def test_strangers_are_sent_to_sign_in_everywhere(app: Flask, academy: Event, client: ReviewingClient) -> None:
    ada = factories.registration(academy)
    tried = 0
    for _rule, method, address in addresses(app):
        response = client.open(address, method=method)
        if method == "GET":
            assert (response.status_code, response.location.split("?")[0]) == (303, "/prihlaseni"), address
        else:
            assert response.status_code == 400, address  # without a token nothing is even looked at
        tried += 1
    assert tried >= len(STAFF)
    assert db.session.scalar(select(func.count()).select_from(Cancellation)) == 0
    assert ada.is_confirmed


def test_account_without_the_role_is_refused_everywhere(app: Flask, academy: Event, olga: ReviewingClient) -> None:
    token = csrf_token(olga.get("/sprava"))
    with transaction() as session:
        user = session.execute(select(User)).scalar_one()
        user.roles = []
    for _rule, method, address in addresses(app):
        data = {"csrf_token": token} if method == "POST" else None
        assert olga.open(address, method=method, data=data).status_code == 403, address


def test_posts_without_a_token_change_nothing(app: Flask, academy: Event, olga: ReviewingClient) -> None:
    for _rule, method, address in addresses(app):
        if method == "POST":
            assert olga.open(address, method=method).status_code == 400, address


def test_wrong_method_is_refused(app: Flask, academy: Event, olga: ReviewingClient) -> None:
    pages = {address for _rule, method, address in addresses(app) if method == "GET"}
    for _rule, _method, address in addresses(app):
        if address not in pages:
            assert olga.get(address).status_code == 405, address


def test_organizer_reaches_where_she_wanted_after_signing_in(
    app: Flask, academy: Event, client: ReviewingClient
) -> None:
    factories.olga()
    wanted = "/sprava/akce/setkani-sekce-ai-v-praxi-manazera"
    sign_in = client.get(wanted).location
    response = client.post(
        sign_in,
        data={
            "email": factories.OLGA_EMAIL,
            "password": factories.OLGA_PASSWORD,
            "next": wanted,
            "csrf_token": csrf_token(client.get(sign_in)),
        },
    )
    assert response.location == wanted
    assert client.get(wanted).status_code == 200


@pytest.mark.parametrize(
    ("email", "password"),
    [(factories.OLGA_EMAIL, "wrong-password"), ("eve@x.example", factories.OLGA_PASSWORD), ("", "")],
)
def test_failed_sign_in_says_the_same_whatever_was_wrong(
    app: Flask, client: ReviewingClient, email: str, password: str
) -> None:
    factories.olga()
    response = client.sign_in(email, password)
    html = response.get_data(as_text=True).replace("\u00a0", " ")
    assert "E-mail nebo heslo" in html
    assert client.get("/sprava").status_code == 303


def test_signing_in_does_not_lead_to_another_site(app: Flask, client: ReviewingClient) -> None:
    factories.olga()
    page = client.get("/prihlaseni?next=https://evil.example/")
    response = client.post(
        "/prihlaseni?next=https://evil.example/",
        data={
            "email": factories.OLGA_EMAIL,
            "password": factories.OLGA_PASSWORD,
            "csrf_token": csrf_token(page),
        },
    )
    assert response.status_code == 200  # refused, the form is shown again
    assert client.get("/sprava").status_code == 303


def test_guessing_passwords_is_limited(app: Flask, client: ReviewingClient) -> None:
    factories.olga()
    answers = [client.sign_in(factories.OLGA_EMAIL, f"guess-{number}").status_code for number in range(10)]
    page = client.get("/prihlaseni")
    last = client.post("/prihlaseni", data={"email": "x", "password": "y", "csrf_token": csrf_token(page)})
    assert 429 not in answers
    assert last.status_code == 429


def test_signing_out_ends_it(app: Flask, olga: ReviewingClient) -> None:
    assert olga.get("/sprava").status_code == 200
    olga.submit("/odhlaseni", page="/sprava")
    assert olga.get("/sprava").status_code == 303


def test_cookie_is_for_this_site_only(app: Flask, client: ReviewingClient) -> None:
    factories.olga()
    page = client.get("/prihlaseni")
    response = client.post(
        "/prihlaseni",
        data={
            "email": factories.OLGA_EMAIL,
            "password": factories.OLGA_PASSWORD,
            "remember": "y",
            "csrf_token": csrf_token(page),
        },
    )
    cookies = response.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


def test_role_is_made_once(app: Flask) -> None:
    factories.olga()
    assert db.session.scalar(select(func.count()).select_from(Role)) == 1
