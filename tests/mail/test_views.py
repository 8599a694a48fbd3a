"""The mail log: who may see it, what it shows, what can be done."""

import re
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from registration.core.db import db, transaction
from registration.events.models import Event
from registration.mail import outbox
from registration.mail.delivery import post_office
from registration.mail.models import MessageState, OutboxMessage
from tests.mail import notes, world
from tests.queries import count_queries
from tests.reviewing import ReviewingClient, csrf_token

LOG = "/sprava/posta"


def write(count: int = 1, **changes: object) -> OutboxMessage:
    for number in range(count):
        note = notes.write(
            f"person-{number}@ukazka.example",
            subject=f"Zpráva {number}",
            text_body="Dobrý den,\n<script>nic</script>\n",
            **changes,
        )
    return note


def post(event: Event, **changes: Any) -> OutboxMessage:
    """Write to Bob, who waits for a place; the worker has not come to it yet."""
    bob = world.order(event, world.bob(world.WAITING)).registrations[0]
    with transaction() as session:
        outbox.post("place_waiting", to=world.BOB, language="cs", **{"registration": bob.id, "version": 1, **changes})
        session.flush()
    return world.message("place_waiting")


def address(message: OutboxMessage, rest: str = "") -> str:
    return f"{LOG}/{message.id}{rest}"


@pytest.mark.parametrize("rest", ["", "/html", ".eml"])
def test_strangers_are_sent_to_sign_in(client: ReviewingClient, rest: str) -> None:
    response = client.get(address(write(), rest))
    assert response.status_code == 303
    assert response.location.startswith("/prihlaseni")


def test_stranger_cannot_send_again(client: ReviewingClient) -> None:
    message = write(state=MessageState.FAILED)
    assert client.post(address(message, "/odeslani")).status_code in {303, 400}
    db.session.refresh(message)
    assert message.state is MessageState.FAILED


@pytest.mark.parametrize("rest", ["", "/html", ".eml"])
def test_message_that_is_gone_is_not_found(olga: ReviewingClient, rest: str) -> None:
    assert olga.get(f"{LOG}/999{rest}").status_code == 404


def test_sending_again_is_a_post(olga: ReviewingClient) -> None:
    assert olga.get(address(write(), "/odeslani")).status_code == 405


def test_empty_log_says_so(olga: ReviewingClient) -> None:
    assert "Zatím tu nic není." in olga.get(LOG).text.replace("\u00a0", " ")


def test_log_shows_the_newest_first_with_its_state(olga: ReviewingClient) -> None:
    write(2)
    with transaction() as session:
        first = update(OutboxMessage).where(OutboxMessage.subject == "Zpráva 0")
        session.execute(first.values(state=MessageState.SENT))
    page = olga.get(LOG).text
    assert page.index("person-1@") < page.index("person-0@")
    assert page.index("čeká") < page.index("odesláno")


def test_log_is_paged_by_fifty(olga: ReviewingClient) -> None:
    write(51)
    first, second = olga.get(LOG), olga.get(f"{LOG}?strana=2")
    assert first.text.count("<tr>") == 1 + 50
    assert second.text.count("<tr>") == 1 + 1
    assert "strana=2" in first.text
    assert "strana=1" in second.text
    assert olga.get(f"{LOG}?strana=3").status_code == 200
    assert olga.get(f"{LOG}?strana=-1").text.count("<tr>") == 1 + 50


def test_log_costs_the_same_whatever_its_length(olga: ReviewingClient) -> None:
    write(1)
    few = cost_of_log(olga)
    write(20)
    assert cost_of_log(olga) == few


def cost_of_log(client: ReviewingClient) -> int:
    with count_queries() as counter:
        client.get(LOG)
    assert not [statement for statement, _ in counter.asked if "html_body" in statement]
    return counter.count


def test_message_shows_its_text_and_its_error(olga: ReviewingClient) -> None:
    message = write(state=MessageState.FAILED, last_error="550 5.1.1 no such person", attempts=1)
    page = olga.get(address(message)).text
    assert "&lt;script&gt;nic&lt;/script&gt;" in page
    assert "550 5.1.1 no such person" in page
    assert "nedoručeno" in page
    assert message.message_id.strip("<>") in page


def test_preview_is_styled_and_may_do_nothing(olga: ReviewingClient) -> None:
    response = olga.get(address(write(), "/html"))
    assert response.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
    )
    assert '<p class="mark" style="' in response.text


def test_download_is_the_message_with_its_attachments(academy: Event, olga: ReviewingClient) -> None:
    order = world.order(academy, world.ada())
    with transaction():
        outbox.post("order_received", to=world.ADA, language="cs", order=order.id)
    message = world.message("order_received")
    response = olga.get(address(message, ".eml"))
    assert response.mimetype == "message/rfc822"
    assert response.headers["Content-Disposition"] == f"attachment; filename={message.id}-order_received.eml"
    parsed = message_from_bytes(response.data, policy=default)
    assert parsed["Message-ID"] == message.message_id
    assert [part.get_content_type() for part in parsed.iter_attachments()] == ["text/calendar", "application/pdf"]


def test_message_that_waits_is_shown_as_it_would_be_and_stays_as_it_is(academy: Event, olga: ReviewingClient) -> None:
    message = post(academy)
    subject = post_office.compose(message).subject  # type: ignore[union-attr]  # it is true
    assert subject in world.words(olga.get(address(message)).text)
    assert "Bob Řehák" in olga.get(address(message, "/html")).text
    parsed = message_from_bytes(olga.get(address(message, ".eml")).data, policy=default)
    assert parsed["Subject"] == subject
    assert not world.message("place_waiting").is_composed


def test_log_names_the_kind_of_what_has_no_subject_yet(academy: Event, olga: ReviewingClient) -> None:
    post(academy)
    [kind] = re.findall(r'posta/\d+">([^<]*)</a>', olga.get(LOG).text)
    assert kind not in {"", "place_waiting"}


def test_every_kind_has_a_name(app: Flask) -> None:
    name = app.jinja_env.get_template("mail/_kinds.html").module.kind_name  # type: ignore[attr-defined]
    with app.test_request_context():
        names = {kind: str(name(kind)) for kind in post_office.kinds}
    assert [kind for kind, name in names.items() if name == kind] == []


def test_message_that_is_not_true_any_more_says_so(academy: Event, olga: ReviewingClient) -> None:
    message = post(academy, version=2)
    page = olga.get(address(message)).text
    assert "<iframe" not in page
    assert address(message, ".eml") not in page
    assert olga.get(address(message, "/html")).status_code == 404
    assert olga.get(address(message, ".eml")).status_code == 404
    assert post_office.deliver_due() == 1
    assert world.message("place_waiting").state is MessageState.WITHDRAWN
    assert "<iframe" not in olga.get(address(message)).text
    assert 'class="state state--quiet"' in olga.get(LOG).text


def test_message_that_cannot_be_composed_shows_why(academy: Event, olga: ReviewingClient) -> None:
    message = post(academy, nonsense=1)
    post_office.deliver_due()
    page = olga.get(address(message)).text
    assert "TypeError: place_waiting() got an unexpected keyword argument &#39;nonsense&#39;" in page
    assert "<iframe" not in page


def test_failed_message_can_be_sent_again(olga: ReviewingClient) -> None:
    message = write(state=MessageState.FAILED)
    response = olga.submit(address(message, "/odeslani"), page=address(message))
    assert response.status_code == 303
    assert response.location == address(message)
    db.session.refresh(message)
    assert message.state is MessageState.QUEUED
    assert "Zpráva je znovu na cestě." in olga.get(address(message)).text


def test_sent_message_is_not_sent_again(olga: ReviewingClient) -> None:
    token = csrf_token(olga.get(address(write(state=MessageState.FAILED))))
    message = write(state=MessageState.SENT)
    response = olga.post(address(message, "/odeslani"), data={"csrf_token": token})
    assert response.status_code == 409
    assert "Znovu odeslat jde jen zpráva, která nebyla doručena." in response.text.replace("\u00a0", " ")
