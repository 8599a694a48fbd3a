"""The administrator's pages about people, and the page behind an invitation."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from registration.accounts.models import RoleName, User
from registration.accounts.queries import event_ids_of
from registration.core import clock
from registration.core.audit import AuditEntry
from registration.core.db import db, transaction
from registration.events.models import Event
from registration.mail.delivery import post_office
from registration.mail.models import OutboxMessage
from tests import factories
from tests.queries import count_queries
from tests.reviewing import ReviewingClient, csrf_token

PAVEL = "pavel@sekce.example"
PASSWORD = "pavel-counts-libraries"
NEW = "/sprava/lide/pozvanka"


def person(email: str = PAVEL) -> User:
    db.session.expire_all()
    return db.session.scalars(select(User).where(User.email == email)).one()


def invite(client: ReviewingClient, *events: Event, role: str = "organizer", email: str = PAVEL) -> str:
    """Invite somebody as the administrator does, and return the address in the message."""
    events_chosen = [event.id for event in events]
    response = client.submit(NEW, page=NEW, email=email, name="Pavel Hora", roles=[role], events=events_chosen)
    assert (response.status_code, response.location) == (303, "/sprava/lide")
    return link_of_latest_message()


def link_of_latest_message() -> str:
    row = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert row
    composed = post_office.compose(row)
    assert composed
    found = re.search(r"http://localhost(/pozvanka/\S+)", composed.text)
    assert found
    return found[1]


def accept(client: ReviewingClient, link: str, password: str = PASSWORD, again: str = PASSWORD) -> int:
    page = client.get(link)
    sent = {"name": "Pavel Hora", "password": password, "password_again": again, "csrf_token": csrf_token(page)}
    return client.post(link, data=sent).status_code


def actions(user_id: int) -> list[str]:
    entries = select(AuditEntry.action).where(AuditEntry.subject_kind == "user", AuditEntry.subject_id == user_id)
    return list(db.session.scalars(entries.order_by(AuditEntry.id)))


def test_invited_person_chooses_a_password_and_works_with_their_events(
    academy: Event, olga: ReviewingClient, client: ReviewingClient
) -> None:
    link = invite(olga, academy)
    assert (person().active, person().password) == (False, None)
    assert accept(client, link) == 303
    client.sign_in(PAVEL, PASSWORD)
    assert client.get(f"/sprava/akce/{academy.slug}").status_code == 200
    assert client.get("/sprava/akce/library-advocacy-v-praxi").status_code == 404
    assert client.get("/sprava/lide").status_code == 403
    assert actions(person().id) == ["invited", "invitation_accepted"]


def test_invitation_works_once(academy: Event, olga: ReviewingClient, client: ReviewingClient) -> None:
    link = invite(olga)
    accept(client, link)
    assert client.get(link).status_code == 410
    assert client.post(link, data={"csrf_token": csrf_token(client.get("/prihlaseni"))}).status_code == 410


def test_invitation_works_for_a_week(
    academy: Event, olga: ReviewingClient, client: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    link = invite(olga)
    travel(clock.now() + timedelta(days=7, minutes=-1))
    assert client.get(link).status_code == 200
    travel(clock.now() + timedelta(days=7, minutes=1))
    assert client.get(link).status_code == 410


def test_invitation_page_keeps_its_link_to_itself(academy: Event, olga: ReviewingClient) -> None:
    page = olga.get(invite(olga))
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("password", "again"), [("short", "short"), (PASSWORD, "something-else-instead")])
def test_invited_person_needs_a_good_password(
    academy: Event, olga: ReviewingClient, client: ReviewingClient, password: str, again: str
) -> None:
    link = invite(olga)
    assert accept(client, link, password, again) == 422
    assert person().password is None


def test_guessing_links_of_invitations_is_limited(app: Flask, client: ReviewingClient) -> None:
    token = csrf_token(client.get("/prihlaseni"))
    statuses = [client.post("/pozvanka/guess", data={"csrf_token": token}).status_code for _ in range(11)]
    assert statuses == [410] * 10 + [429]


def test_new_invitation_replaces_the_earlier_one(
    academy: Event, olga: ReviewingClient, client: ReviewingClient
) -> None:
    first = invite(olga)
    page = f"/sprava/lide/{person().id}"
    olga.submit(f"{page}/pozvanka", page=page)
    second = link_of_latest_message()
    assert [client.get(link).status_code for link in (first, second)] == [410, 200]


def test_withdrawn_invitation_leaves_nothing_of_the_person(
    academy: Event, olga: ReviewingClient, client: ReviewingClient
) -> None:
    link = invite(olga, academy)
    page = f"/sprava/lide/{person().id}"
    assert olga.submit(f"{page}/odvolani", page=page).location == "/sprava/lide"
    assert client.get(link).status_code == 410
    assert olga.get(page).status_code == 404
    assert db.session.scalar(select(func.count()).select_from(User)) == 1
    row = db.session.scalars(select(OutboxMessage)).one()
    assert post_office.compose(row) is None


def test_accepted_invitation_can_neither_be_sent_again_nor_withdrawn(
    academy: Event, olga: ReviewingClient, client: ReviewingClient
) -> None:
    accept(client, invite(olga))
    page = f"/sprava/lide/{person().id}"
    olga.submit(f"{page}/pozvanka", page=page)
    assert olga.submit(f"{page}/odvolani", page=page).status_code == 409
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 1


@pytest.mark.parametrize(
    ("sent", "id_"),
    [
        ({"email": factories.OLGA_EMAIL, "name": "X", "roles": ["organizer"]}, "email"),
        ({"email": "no address", "name": "X", "roles": ["organizer"]}, "email"),
        ({"email": PAVEL, "name": "", "roles": ["organizer"]}, "name"),
        ({"email": PAVEL, "name": "X"}, "roles"),
    ],
)
def test_mistake_in_an_invitation_is_shown_beside_its_field(
    app: Flask, olga: ReviewingClient, sent: dict[str, object], id_: str
) -> None:
    page = olga.submit(NEW, page=NEW, **sent)
    assert page.status_code in {409, 422}
    assert f'id="{id_}-error"' in page.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(User)) == 1


def test_invited_person_cannot_sign_in_or_ask_for_a_password_before(
    academy: Event, olga: ReviewingClient, client: ReviewingClient
) -> None:
    invite(olga)
    client.sign_in(PAVEL, "")
    client.submit("/zapomenute-heslo", page="/zapomenute-heslo", email=PAVEL)
    assert client.get("/sprava").status_code == 303
    assert db.session.scalars(select(OutboxMessage.kind)).all() == ["staff_invitation"]


def test_list_says_who_is_who(academy: Event, olga: ReviewingClient) -> None:
    factories.organizer("olena@sekce.example", academy)
    factories.accountant()
    invite(olga)
    html = olga.get("/sprava/lide").get_data(as_text=True)
    for email in (factories.OLGA_EMAIL, "olena@sekce.example", "ucetni@sekce.example", PAVEL):
        assert email in html


def test_list_costs_the_same_for_one_and_for_more(academy: Event, olga: ReviewingClient) -> None:
    olga.get("/sprava/lide")
    with count_queries() as for_one:
        olga.get("/sprava/lide")
    factories.organizer("olena@sekce.example", academy)
    invite(olga, academy)
    with count_queries() as for_three:
        olga.get("/sprava/lide")
    assert for_one.count == for_three.count


def test_roles_and_events_are_changed(academy: Event, olga: ReviewingClient) -> None:
    olena = factories.organizer("olena@sekce.example")
    page = f"/sprava/lide/{olena.id}"
    response = olga.submit(page, page=page, name="Olena", roles=["organizer", "door"], events=[academy.id])
    assert response.location == page
    changed = person("olena@sekce.example")
    assert changed.role_names == {RoleName.ORGANIZER, RoleName.DOOR}
    assert event_ids_of(changed) == {academy.id}
    olga.submit(page, page=page, name="Olena", roles=["door"], events=[academy.id])
    assert event_ids_of(person("olena@sekce.example")) == {academy.id}
    olga.submit(page, page=page, name="Olena", roles=["door"], events=[])
    changed = person("olena@sekce.example")
    assert (changed.role_names, event_ids_of(changed)) == ({RoleName.DOOR}, set())
    assert actions(olena.id) == ["created", "changed", "changed", "changed"]


def test_person_without_a_role_or_name_is_refused(academy: Event, olga: ReviewingClient) -> None:
    olena = factories.organizer("olena@sekce.example")
    page = f"/sprava/lide/{olena.id}"
    assert olga.submit(page, page=page, name="Olena").status_code == 422


def test_only_administrator_stays_one(app: Flask, olga: ReviewingClient) -> None:
    page = f"/sprava/lide/{person(factories.OLGA_EMAIL).id}"
    refused = olga.submit(page, page=page, name="Olga", roles=["organizer"])
    assert refused.status_code == 409
    assert 'id="roles-error"' in refused.get_data(as_text=True)
    olga.submit(f"{page}/zablokovani", page=page)
    assert person(factories.OLGA_EMAIL).active


def test_blocked_person_is_out_at_once_until_unblocked(app: Flask, olga: ReviewingClient) -> None:
    olena = factories.organizer("olena@sekce.example")
    hers = app.test_client()
    assert isinstance(hers, ReviewingClient)
    hers.sign_in("olena@sekce.example", factories.OLGA_PASSWORD)
    page = f"/sprava/lide/{olena.id}"
    olga.submit(f"{page}/zablokovani", page=page)
    assert hers.get("/sprava").status_code == 303
    hers.sign_in("olena@sekce.example", factories.OLGA_PASSWORD)
    assert hers.get("/sprava").status_code == 303
    olga.submit(f"{page}/obnoveni", page=page)
    hers.sign_in("olena@sekce.example", factories.OLGA_PASSWORD)
    assert hers.get("/sprava").status_code == 200
    assert actions(olena.id) == ["created", "deactivated", "reactivated"]


def test_administrator_signs_somebody_out_everywhere(app: Flask, olga: ReviewingClient) -> None:
    olena = factories.organizer("olena@sekce.example")
    hers = app.test_client()
    assert isinstance(hers, ReviewingClient)
    hers.sign_in("olena@sekce.example", factories.OLGA_PASSWORD)
    page = f"/sprava/lide/{olena.id}"
    olga.submit(f"{page}/odhlaseni", page=page)
    assert hers.get("/sprava").status_code == 303


def test_administrator_lets_somebody_in_who_has_lost_the_phone(app: Flask, olga: ReviewingClient) -> None:
    olena = factories.organizer("olena@sekce.example")
    with transaction():
        olena.tf_primary_method, olena.tf_totp_secret = "authenticator", "secret"
    page = f"/sprava/lide/{olena.id}"
    olga.submit(f"{page}/druhy-faktor", page=page)
    hers = app.test_client()
    assert isinstance(hers, ReviewingClient)
    hers.sign_in("olena@sekce.example", factories.OLGA_PASSWORD)
    assert hers.get("/sprava").status_code == 200


def test_unknown_person_is_not_found(app: Flask, olga: ReviewingClient) -> None:
    assert olga.get("/sprava/lide/4711").status_code == 404
