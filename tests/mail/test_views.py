"""The mail log: who may see it, what it shows, what can be done."""

from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select, update

from registration.core.db import db, transaction
from registration.events.models import Event
from registration.mail import outbox
from registration.mail.models import MessageState, OutboxMessage
from tests import factories
from tests.reviewing import ReviewingClient, csrf_token

LOG = "/sprava/posta"


def write(count: int = 1, **changes: object) -> OutboxMessage:
    with transaction() as session:
        for number in range(count):
            message = outbox.enqueue(
                "note",
                to=f"person-{number}@ukazka.example",
                subject=f"Zpráva {number}",
                text="Dobrý den,\n<script>nic</script>\n",
                html='<!doctype html><title>Zpráva</title><p class="mark">Dobrý den,</p>',
            )
        if changes:
            session.execute(update(OutboxMessage).values(**changes))
    assert message is not None
    return message


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
        session.execute(
            update(OutboxMessage).where(OutboxMessage.subject == "Zpráva 0").values(state=MessageState.SENT)
        )
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
    few = count_queries(olga)
    write(20)
    assert count_queries(olga) == few


def count_queries(client: ReviewingClient) -> int:
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    sqlalchemy_event.listen(db.engine, "before_cursor_execute", note)
    client.get(LOG)
    sqlalchemy_event.remove(db.engine, "before_cursor_execute", note)
    assert not [statement for statement in statements if "html_body" in statement]
    return len(statements)


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
    factories.order(academy)
    message = db.session.scalars(select(OutboxMessage)).one()
    response = olga.get(address(message, ".eml"))
    assert response.mimetype == "message/rfc822"
    assert response.headers["Content-Disposition"] == f"attachment; filename={message.id}-order_confirmed.eml"
    parsed = message_from_bytes(response.data, policy=default)
    assert parsed["Message-ID"] == message.message_id
    assert [part.get_content_type() for part in parsed.iter_attachments()] == ["text/calendar", "application/pdf"]


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
