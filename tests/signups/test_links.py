"""Lost links go to the address they belong to, and nobody learns which addresses are known."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from registration.core.clock import PRAGUE
from registration.core.db import db, transaction
from registration.events.models import Event
from registration.mail.models import OutboxMessage
from registration.signups.models import Registration
from tests import factories
from tests.factories import ADA, BOB
from tests.reviewing import ReviewingClient
from tests.signups.places import text_of
from tests.signups.sign_up_forms import error_beside


def links_sent() -> list[tuple[str, str]]:
    """Return (address, language) of the letters with links."""
    db.session.rollback()
    found = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "links").order_by(OutboxMessage.id))
    return [(message.recipient, message.language) for message in found]


def test_form_asks_for_an_address_and_for_nothing_else(app: Flask, client: ReviewingClient) -> None:
    page = client.get("/moje")
    html = page.get_data(as_text=True)
    assert page.status_code == 200
    assert html.partition("<main")[2].count("<input") == 1
    assert 'name="email"' in html
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in page.headers
    assert 'href="/moje"' in client.get("/").get_data(as_text=True)


@pytest.mark.parametrize("email", [ADA.email, BOB.email, "Bob@DolniLhota.example"])
def test_links_go_to_the_address_they_belong_to(academy: Event, client: ReviewingClient, email: str) -> None:
    factories.order(academy, ADA, BOB)
    response = client.post("/en/moje", data={"email": f" {email} "})
    assert (response.status_code, response.location) == (303, "/en/moje?hotovo=odeslano")
    assert "If we have registrations with this address" in text_of(client.get(response.location))
    assert links_sent() == [(email.lower(), "en")]


def test_answer_is_the_same_for_an_address_nobody_has(academy: Event, client: ReviewingClient) -> None:
    factories.order(academy)
    known, unknown = (client.post("/moje", data={"email": email}) for email in (ADA.email, "eve@x.example"))
    assert (known.status_code, known.data, known.location) == (unknown.status_code, unknown.data, unknown.location)
    assert [name for name, _ in known.headers] == [name for name, _ in unknown.headers]
    assert len(links_sent()) == 1


def test_orderer_without_a_place_gets_links_too(academy: Event, client: ReviewingClient) -> None:
    factories.order(academy, BOB)
    client.post("/moje", data={"email": factories.ADAS_ORDERER.email})
    assert links_sent() == [(factories.ADAS_ORDERER.email, "cs")]


def test_nothing_is_sent_of_events_that_are_over(
    academy: Event, client: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    factories.order(academy)
    travel(datetime(2025, 4, 16, 23, 0, tzinfo=PRAGUE))
    client.post("/moje", data={"email": ADA.email})
    travel(datetime(2025, 4, 17, 0, 30, tzinfo=PRAGUE))
    client.post("/moje", data={"email": ADA.email})
    assert len(links_sent()) == 1


def test_nothing_is_sent_to_whoever_had_their_data_erased(academy: Event, client: ReviewingClient) -> None:
    bob = factories.order(academy, BOB).registrations[0]
    with transaction() as session:
        session.get_one(Registration, bob.id).erased_at = datetime(2025, 3, 10, tzinfo=PRAGUE)
    client.post("/moje", data={"email": BOB.email})
    assert links_sent() == []


@pytest.mark.parametrize("email", ["", "ada", "ada@", "x" * 300 + "@x.example", "ada@x.example\nBcc: eve@x.example"])
def test_what_is_no_address_is_named_beside_the_box(app: Flask, client: ReviewingClient, email: str) -> None:
    response = client.post("/moje", data={"email": email})
    assert response.status_code == 422
    assert error_beside(response.get_data(as_text=True), "email")
    assert links_sent() == []


def test_one_address_is_written_three_times_an_hour(academy: Event, client: ReviewingClient) -> None:
    factories.order(academy)
    answers = [client.post("/en/moje", data={"email": ADA.email}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
    assert "three times an hour" in text_of(answers[-1])
    assert client.post("/moje", data={"email": ADA.email.upper()}).status_code == 429
    assert client.post("/moje", data={"email": "eve@x.example"}).status_code == 303
    assert len(links_sent()) == 3


def test_one_visitor_asks_ten_times_an_hour(app: Flask, client: ReviewingClient) -> None:
    statuses = [client.post("/moje", data={"email": f"ada{number}@x.example"}).status_code for number in range(11)]
    assert statuses == [*[303] * 10, 429]


def test_looking_is_not_limited_and_sends_nothing(academy: Event, client: ReviewingClient) -> None:
    factories.order(academy)
    for _ in range(12):
        assert client.get(f"/moje?email={ADA.email}").status_code == 200
    assert links_sent() == []


def test_wrong_method_and_other_sites_are_refused(app: Flask, client: ReviewingClient) -> None:
    assert client.put("/moje").status_code == 405
    response = client.post("/moje", data={"email": ADA.email}, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
