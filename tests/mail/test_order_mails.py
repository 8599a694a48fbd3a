"""Who hears about an order, and what: the orderer of everything, each colleague of their own place."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from registration.core.db import db, transaction
from registration.events.models import Event
from registration.mail.delivery import post_office
from registration.mail.models import OutboxMessage
from registration.organisations.queries import get_association
from registration.signups.models import Order
from tests import factories
from tests.factories import ADA, BOB


def messages() -> list[OutboxMessage]:
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


@pytest.fixture
def order(academy: Event) -> Order:
    """Ada orders for herself and Bob."""
    return factories.order(academy, ADA, BOB)


def test_orderer_gets_one_message_and_each_colleague_one(order: Order) -> None:
    assert [(message.kind, message.recipient) for message in messages()] == [
        ("order_confirmed", ADA.email),
        ("place_confirmed", BOB.email),
    ]


def test_address_in_capitals_is_the_same_address(academy: Event) -> None:
    factories.order(academy, replace(ADA, email=ADA.email.upper()))
    assert [message.kind for message in messages()] == ["order_confirmed"]


def test_orderer_reads_of_everybody(order: Order) -> None:
    message = messages()[0]
    for body in (message.text_body, message.html_body):
        assert "2025/SAI/P-0001" in body
        assert "2\u00a0místa jsou potvrzená" in body
        assert "Ing.\u00a0Ada Žďárská, Ph.D." in body
        assert "Bob Řehák" in body
        assert f"http://localhost/p/{order.link_token}" in body
        assert "26.\u00a03.\u00a02025" in body
        assert "9:00–16:00" in body


def test_orderer_gets_the_calendar_and_every_ticket(order: Order) -> None:
    ada, bob = order.registrations
    assert messages()[0].attachments == [
        {"kind": "calendar", "id": order.id},
        {"kind": "ticket", "id": ada.id},
        {"kind": "ticket", "id": bob.id},
    ]


def test_colleague_reads_of_nobody_else(order: Order) -> None:
    bob = order.registrations[1]
    message = messages()[1]
    for body in (message.text_body, message.html_body):
        assert "Bob Řehák" in body
        assert f"http://localhost/u/{bob.link_token}" in body
        assert order.link_token not in body
        assert "Ada" not in body
        assert ADA.email not in body
    assert message.attachments == [{"kind": "ticket", "id": bob.id}, {"kind": "person_calendar", "id": bob.id}]


def test_colleague_gets_the_privacy_notice_and_the_orderer_not(order: Order) -> None:
    orderers, colleagues = messages()
    for body in (colleagues.text_body, colleagues.html_body):
        words = " ".join(body.split())
        assert "Údaje pocházejí z přihlášky, kterou poslal někdo jiný." in words
        assert "Podrobnosti a vaše práva" in words
        assert "http://localhost/soukromi" in words
    assert "/soukromi" not in orderers.text_body


def test_subjects_name_the_event_and_no_person(order: Order) -> None:
    assert [message.subject for message in messages()] == [
        "Potvrzení přihlášky: Setkání sekce a AI v praxi manažera",
        "Potvrzené místo: Setkání sekce a AI v praxi manažera",
    ]


def test_answers_go_to_the_association(order: Order) -> None:
    association = get_association()
    assert {message.reply_to for message in messages()} == {association.contact_email}
    assert "Odpověď na tuto zprávu dojde pořadateli" in messages()[0].text_body.replace("\u00a0", " ")


def test_without_an_address_of_the_association_nothing_is_promised(academy: Event) -> None:
    with transaction():
        get_association().contact_email = ""
    factories.order(academy)
    (message,) = messages()
    assert message.reply_to is None
    assert "dojde pořadateli" not in message.text_body


def test_english_order_gets_english_messages_and_addresses(academy: Event) -> None:
    order = factories.order(academy, ADA, BOB, language="en")
    for message, path in zip(
        messages(), (f"/p/{order.link_token}", f"/u/{order.registrations[1].link_token}"), strict=True
    ):
        assert "Hello," in message.text_body
        assert f"http://localhost/en{path}" in message.text_body
        assert '<html lang="en">' in message.html_body
        assert "Dobrý den" not in message.text_body + message.html_body


def test_plain_text_is_wrapped_and_nothing_in_it_is_escaped(academy: Event) -> None:
    factories.order(academy, replace(ADA, given_name="Ada & <b>"))
    (message,) = messages()
    assert "Ada & <b>" in message.text_body
    assert "Ada &amp; &lt;b&gt;" in message.html_body
    assert max(map(len, message.text_body.splitlines())) <= 78
    assert "\n\n\n" not in message.text_body


def test_days_lead_and_online_days_follow(order: Order) -> None:
    text = messages()[0].text_body.replace("\u00a0", " ")
    assert "26. března 2025\nBrno, Knihovna v Brně (ukázkové místo)\n+ online 2. a 16. 4. 2025\n" in text
    assert "* st 2. 4. 2025, 9:00–11:00\n  AI akademie – 1. online workshop\n  online\n" in text


@pytest.mark.parametrize(("ticket_type", "days"), [("SETKANI", "25. března 2025"), ("OBOJI", "25.–26. března 2025")])
def test_leading_days_are_those_of_the_people(academy: Event, ticket_type: str, days: str) -> None:
    factories.order(academy, replace(ADA, ticket_type=ticket_type))
    assert f"\n{days}\nBrno" in messages()[0].text_body.replace("\u00a0", " ")


def test_everything_they_carry_can_be_rendered(order: Order) -> None:
    assert post_office.deliver_due() == 2
    assert [message.last_error for message in messages()] == [None, None]
