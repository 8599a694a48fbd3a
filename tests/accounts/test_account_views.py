"""What people do to their own ways in: password, second factor, recovery codes, signing out everywhere."""

import re
from datetime import datetime

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select

from registration.accounts.models import SignIn, User, WebAuthn
from registration.core.audit import AuditEntry
from registration.core.db import db, transaction
from registration.mail.delivery import post_office
from registration.mail.models import OutboxMessage
from tests import factories
from tests.reviewing import ReviewingClient, csrf_token

NEW_PASSWORD = "olga-likes-archives-too"


def me() -> User:
    db.session.expire_all()
    return db.session.scalars(select(User).where(User.email == factories.OLGA_EMAIL)).one()


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def text(response_text: str) -> str:
    return response_text.replace("\u00a0", " ")


def turn_on(client: ReviewingClient) -> str:
    """Set up an authenticator as a person does, and return what it keeps."""
    page = client.submit("/sprava/ucet/druhy-faktor", page="/sprava/ucet/druhy-faktor", setup="authenticator")
    html = page.get_data(as_text=True)
    action = re.search(r'action="(/sprava/ucet/druhy-faktor/[^"]+)"', html)
    assert action
    assert 'src="data:image/svg+xml' in html
    with client.session_transaction() as cookie:
        secret = str(cookie["tf_totp_secret"])
    response = client.post(action[1], data={"code": code(secret), "csrf_token": csrf_token(page)})
    assert (response.status_code, response.location) == (302, "/sprava/ucet")
    return secret


def code(secret: str) -> str:
    """Return what the authenticator shows now."""
    return str(current_app.extensions["security"].totp_factory.generate_totp_password(secret))


def recovery_codes(client: ReviewingClient) -> list[str]:
    page = client.submit("/sprava/ucet/zalozni-kody", page="/sprava/ucet/zalozni-kody")
    found = re.search(r'<ul class="codes">(.*?)</ul>', page.get_data(as_text=True), re.DOTALL)
    assert found
    return re.findall(r"<li>([^<]+)</li>", found[1])


def test_account_says_how_it_is_guarded(olga: ReviewingClient) -> None:
    page = text(olga.get("/sprava/ucet").get_data(as_text=True))
    assert factories.OLGA_EMAIL in page
    assert "127.0.0.1" in page
    assert page.count('class="notice"') == 1


def test_every_page_of_the_account_is_well_made(olga: ReviewingClient) -> None:
    for page in ("", "/heslo", "/druhy-faktor", "/zalozni-kody", "/zalozni-kody?show_codes=1", "/klice"):
        for language in ("", "/en"):
            assert olga.get(f"{language}/sprava/ucet{page}").status_code == 200


def test_name_is_changed(olga: ReviewingClient) -> None:
    response = olga.submit("/sprava/ucet/jmeno", page="/sprava/ucet", name="Olga Nováková")
    assert response.status_code == 303
    assert me().name == "Olga Nováková"
    olga.submit("/sprava/ucet/jmeno", page="/sprava/ucet", name="Olga Nováková")
    assert actions() == ["created", "changed"]


def test_empty_name_is_refused(olga: ReviewingClient) -> None:
    assert olga.submit("/sprava/ucet/jmeno", page="/sprava/ucet", name=" ").status_code == 422


def test_changed_password_ends_other_sign_ins_and_is_told_by_mail(app: Flask, olga: ReviewingClient) -> None:
    elsewhere = app.test_client()
    assert isinstance(elsewhere, ReviewingClient)
    elsewhere.sign_in(factories.OLGA_EMAIL, factories.OLGA_PASSWORD)
    response = olga.submit(
        "/sprava/ucet/heslo",
        page="/sprava/ucet/heslo",
        password=factories.OLGA_PASSWORD,
        new_password=NEW_PASSWORD,
        new_password_confirm=NEW_PASSWORD,
    )
    assert (response.status_code, response.location) == (302, "/sprava/ucet")
    assert olga.get("/sprava").status_code == 200
    assert elsewhere.get("/sprava").status_code == 303
    assert actions() == ["created", "password_changed"]
    assert db.session.scalars(select(OutboxMessage.kind)).all() == ["password_changed"]


@pytest.mark.parametrize(
    ("present", "new", "again"),
    [
        ("wrong-password-this", NEW_PASSWORD, NEW_PASSWORD),
        (factories.OLGA_PASSWORD, "short", "short"),
        (factories.OLGA_PASSWORD, NEW_PASSWORD, "something-else-altogether"),
        (factories.OLGA_PASSWORD, factories.OLGA_PASSWORD, factories.OLGA_PASSWORD),
    ],
)
def test_password_is_changed_only_by_who_knows_it_to_a_good_one(
    olga: ReviewingClient, present: str, new: str, again: str
) -> None:
    before = me().password
    page = olga.submit(
        "/sprava/ucet/heslo", page="/sprava/ucet/heslo", password=present, new_password=new, new_password_confirm=again
    )
    assert page.status_code == 200
    assert 'class="err"' in page.get_data(as_text=True)
    assert me().password == before


def test_second_factor_is_asked_for_once_it_is_on(app: Flask, olga: ReviewingClient) -> None:
    secret = turn_on(olga)
    assert "second_factor_on" in actions()
    fresh = app.test_client()
    assert isinstance(fresh, ReviewingClient)
    assert fresh.sign_in(factories.OLGA_EMAIL, factories.OLGA_PASSWORD).location.startswith("/prihlaseni/kod?")
    assert fresh.get("/sprava").status_code == 303
    page = fresh.get("/prihlaseni/kod")
    wrong = fresh.post("/prihlaseni/kod", data={"code": "000000", "csrf_token": csrf_token(page)})
    assert (wrong.status_code, fresh.get("/sprava").status_code) == (200, 303)
    right = fresh.post("/prihlaseni/kod", data={"code": code(secret), "csrf_token": csrf_token(page)})
    assert right.location == "/sprava"
    assert fresh.get("/sprava").status_code == 200
    assert db.session.scalars(select(SignIn.means).order_by(SignIn.id)).all() == ["password", "second_factor"]


def test_wrong_code_does_not_turn_the_second_factor_on(olga: ReviewingClient) -> None:
    page = olga.submit("/sprava/ucet/druhy-faktor", page="/sprava/ucet/druhy-faktor", setup="authenticator")
    action = re.search(r'action="(/sprava/ucet/druhy-faktor/[^"]+)"', page.get_data(as_text=True))
    assert action
    olga.post(action[1], data={"code": "000000", "csrf_token": csrf_token(page)})
    assert me().tf_primary_method is None


def test_guessing_codes_is_limited_wherever_one_guesses_from(app: Flask, olga: ReviewingClient) -> None:
    turn_on(olga)
    statuses = []
    for number in range(8):
        thief = app.test_client()
        assert isinstance(thief, ReviewingClient)
        thief.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        thief.sign_in(factories.OLGA_EMAIL, factories.OLGA_PASSWORD)
        page = thief.get("/prihlaseni/kod")
        sent = {"code": f"00000{number}", "csrf_token": csrf_token(page)}
        statuses.append(thief.post("/prihlaseni/kod", data=sent).status_code)
    assert statuses[:6] == [200] * 6
    assert statuses[6:] == [429] * 2


def test_recovery_code_opens_once(app: Flask, olga: ReviewingClient) -> None:
    turn_on(olga)
    kept = recovery_codes(olga)
    assert len(kept) == 10
    assert kept[0] not in str(me().mf_recovery_codes)  # encrypted, of no use to who steals the database
    statuses = []
    for _ in range(2):
        client = app.test_client()
        assert isinstance(client, ReviewingClient)
        client.sign_in(factories.OLGA_EMAIL, factories.OLGA_PASSWORD)
        page = client.get("/prihlaseni/zalozni-kod")
        client.post("/prihlaseni/zalozni-kod", data={"code": kept[0], "csrf_token": csrf_token(page)})
        statuses.append(client.get("/sprava").status_code)
    assert statuses == [200, 303]
    assert len(me().mf_recovery_codes or []) == 9


def test_second_factor_is_turned_off(app: Flask, olga: ReviewingClient) -> None:
    turn_on(olga)
    olga.submit("/sprava/ucet/druhy-faktor", page="/sprava/ucet/druhy-faktor", setup="disable")
    assert me().tf_primary_method is None
    assert actions() == ["created", "second_factor_on", "second_factor_off"]


def test_account_reminds_of_recovery_codes(olga: ReviewingClient) -> None:
    turn_on(olga)
    assert "/sprava/ucet/zalozni-kody" in olga.get("/sprava/ucet").get_data(as_text=True)


def test_page_that_changes_a_way_in_asks_for_the_password_after_a_while(olga: ReviewingClient) -> None:
    with olga.session_transaction() as cookie:
        cookie["fs_paa"] -= 31 * 60
    response = olga.get("/sprava/ucet/druhy-faktor")
    assert response.location.startswith("/prihlaseni/heslo?next=")
    page = olga.get(response.location)
    wrong = olga.post(response.location, data={"password": "no-such-password", "csrf_token": csrf_token(page)})
    assert wrong.status_code == 200
    right = olga.post(response.location, data={"password": factories.OLGA_PASSWORD, "csrf_token": csrf_token(page)})
    assert right.location == "/sprava/ucet/druhy-faktor"
    assert olga.get(right.location).status_code == 200


def test_signing_out_everywhere_ends_every_sign_in(app: Flask, olga: ReviewingClient) -> None:
    elsewhere = app.test_client()
    assert isinstance(elsewhere, ReviewingClient)
    elsewhere.sign_in(factories.OLGA_EMAIL, factories.OLGA_PASSWORD)
    response = olga.submit("/sprava/ucet/odhlaseni", page="/sprava/ucet")
    assert (response.status_code, response.location) == (303, "/prihlaseni")
    assert [client.get("/sprava").status_code for client in (olga, elsewhere)] == [303, 303]
    assert actions() == ["created", "signed_out_everywhere"]


@pytest.mark.slow
def test_forgotten_password_is_replaced_by_a_link_that_works_once(app: Flask, client: ReviewingClient) -> None:
    factories.olga()
    address = link_of(client)
    page = client.get(address)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    sent = {"password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD, "csrf_token": csrf_token(page)}
    assert client.post(address, data=sent).location == "/prihlaseni"
    assert client.get("/sprava").status_code == 303  # one signs in with it as always
    assert client.get(address).location == "/zapomenute-heslo"
    client.sign_in(factories.OLGA_EMAIL, NEW_PASSWORD)
    assert client.get("/sprava").status_code == 200
    assert actions() == ["created", "password_reset"]


def link_of(client: ReviewingClient) -> str:
    """Ask for the link, and take it out of the message."""
    client.submit("/zapomenute-heslo", page="/zapomenute-heslo", email=factories.OLGA_EMAIL)
    row = db.session.scalars(select(OutboxMessage)).one()
    composed = post_office.compose(row)
    assert composed
    found = re.search(r"http://localhost(/zapomenute-heslo/\S+)", composed.text)
    assert found
    return found[1]


@pytest.mark.slow
def test_link_to_a_new_password_is_a_secret_even_in_the_log_of_messages(
    app: Flask, client: ReviewingClient, olga: ReviewingClient
) -> None:
    link_of(client)
    row = db.session.scalars(select(OutboxMessage)).one()
    assert "zapomenute-heslo" not in str(row.facts)
    assert post_office.preview(row) is None
    assert post_office.deliver_due() == 1
    db.session.expire_all()
    row = db.session.scalars(select(OutboxMessage)).one()
    assert (row.state.value, row.text_body, row.html_body) == ("sent", "", "")
    page = olga.get(f"/sprava/posta/{row.id}")
    assert page.status_code == 200
    assert "zapomenute-heslo/" not in page.get_data(as_text=True)


@pytest.mark.parametrize("email", ["eve@x.example", "not an address"])
def test_asking_for_a_link_says_the_same_whether_there_is_an_account(
    app: Flask, client: ReviewingClient, email: str
) -> None:
    factories.olga()
    known = client.submit("/zapomenute-heslo", page="/zapomenute-heslo", email=factories.OLGA_EMAIL)
    unknown = client.submit("/zapomenute-heslo", page="/zapomenute-heslo", email=email)
    words = "Pokud k této adrese patří účet"
    for page in (known, unknown):
        assert words in text(page.get_data(as_text=True))
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 1


@pytest.mark.slow
def test_asking_for_links_is_limited(app: Flask, client: ReviewingClient) -> None:
    factories.olga()
    answers = [
        client.submit("/zapomenute-heslo", page="/zapomenute-heslo", email=factories.OLGA_EMAIL).status_code
        for _ in range(4)
    ]
    assert answers == [200, 200, 200, 429]


def test_broken_link_leads_to_asking_for_a_new_one(app: Flask, client: ReviewingClient) -> None:
    response = client.get("/zapomenute-heslo/nonsense")
    assert response.location == "/zapomenute-heslo"
    assert client.get(response.location).status_code == 200


def test_passkey_needs_a_name(olga: ReviewingClient) -> None:
    page = olga.submit("/sprava/ucet/klice", page="/sprava/ucet/klice", name="", usage="first")
    assert 'class="err"' in page.get_data(as_text=True)


def test_new_passkey_is_asked_of_the_browser(olga: ReviewingClient) -> None:
    page = olga.submit("/sprava/ucet/klice", page="/sprava/ucet/klice", name="telefon", usage="first")
    html = page.get_data(as_text=True)
    assert 'data-passkey="make"' in html
    assert "&#34;userVerification&#34;: &#34;required&#34;" in html


def test_forged_passkey_is_refused(olga: ReviewingClient, client: ReviewingClient) -> None:
    page = olga.submit("/sprava/ucet/klice", page="/sprava/ucet/klice", name="telefon", usage="first")
    action = re.search(r'action="(/sprava/ucet/klice/[^"]+)"', page.get_data(as_text=True))
    assert action
    olga.post(action[1], data={"credential": "{}", "csrf_token": csrf_token(page)})
    assert me().webauthn == []
    page = client.submit("/prihlaseni/klic", page="/prihlaseni")
    action = re.search(r'action="(/prihlaseni/klic/[^"]+)"', page.get_data(as_text=True))
    assert action
    client.post(action[1], data={"credential": "{}", "csrf_token": csrf_token(page)})
    assert client.get("/sprava").status_code == 303
    assert client.get("/prihlaseni/klic").status_code == 200


def test_passkey_is_removed(olga: ReviewingClient) -> None:
    with transaction() as session:
        session.add(
            WebAuthn(
                user_id=me().id,
                name="telefon",
                credential_id=b"1",
                public_key=b"2",
                backup_state=False,
                device_type="single_device",
                lastuse_datetime=datetime(2025, 3, 10, 9, 0),
                usage="first",
            )
        )
    olga.submit("/sprava/ucet/klice/odebrani", page="/sprava/ucet/klice", name="telefon")
    assert me().webauthn == []
    assert actions() == ["created", "passkey_removed"]


def test_book_instead_of_a_password_is_refused(client: ReviewingClient) -> None:
    token = csrf_token(client.get("/prihlaseni"))
    for address in ("/prihlaseni", "/zapomenute-heslo/x", "/pozvanka/x"):
        assert client.post(address, data={"password": "x" * 5000, "csrf_token": token}).status_code == 413
