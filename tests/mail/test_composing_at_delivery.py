"""The worker makes the words when a message's turn comes, and then sticks to them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from registration.core import clock
from registration.core.db import db, transaction
from registration.events.models import Event
from registration.mail import outbox
from registration.mail.composition import Content
from registration.mail.delivery import post_office
from registration.mail.models import MessageState, OutboxMessage
from registration.signups.letters.to_person import place_waiting
from registration.signups.models import Registration
from tests.mail import mail_server, world
from tests.mail.mail_server import MailServer
from tests.mail.notes import ADA, BOB, EVE

Travel = Callable[[datetime], None]


def states() -> list[MessageState]:
    return list(db.session.scalars(select(OutboxMessage.state).order_by(OutboxMessage.id)))


def wait_of(message: OutboxMessage) -> timedelta:
    """Return how long it is till the next attempt, in whole seconds."""
    db.session.refresh(message)
    return timedelta(seconds=round((message.next_attempt_at - clock.system_now()).total_seconds()))


@pytest.fixture
def bob(academy: Event, smtp: MailServer) -> Registration:
    """Bob, who waits for a place and is told so."""
    registration = world.order(academy, world.bob(world.WAITING)).registrations[0]
    tell(registration)
    return registration


def tell(registration: Registration, to: str = BOB, version: int = 1) -> None:
    with transaction():
        outbox.post("place_waiting", to=to, language="cs", registration=registration.id, version=version)


def test_message_is_sent_in_the_words_of_its_time_and_keeps_them(
    bob: Registration, smtp: MailServer, academy: Event
) -> None:
    with transaction():
        academy.title = "Setkání, jak se jmenuje teď"
    assert post_office.deliver_due() == 1
    [(_, received)] = smtp.received
    assert received["Subject"].endswith(": Setkání, jak se jmenuje teď")
    message = world.message("place_waiting")
    assert message.subject == received["Subject"]
    assert mail_server.plain_text(received) == message.text_body.replace("\n", "\r\n")
    assert message.reply_to == received["Reply-To"] == "sekce@sdruk.example"


def test_every_further_attempt_says_the_same_under_the_same_id(
    bob: Registration, smtp: MailServer, academy: Event, travel: Travel
) -> None:
    smtp.content_answer = "451 4.3.0 try again"
    post_office.deliver_due()
    before = world.message("place_waiting")
    assert (before.state, before.is_composed) == (MessageState.QUEUED, True)
    text, message_id = before.text_body, before.message_id
    with transaction():
        academy.title = "Něco úplně jiného"
    smtp.content_answer = "250 OK"
    travel(clock.system_now() + timedelta(minutes=2))
    post_office.deliver_due()
    [(_, received)] = smtp.received
    assert received["Message-ID"] == message_id
    assert mail_server.plain_text(received) == text.replace("\n", "\r\n")


def test_words_are_written_down_before_the_message_is_handed_over(bob: Registration, smtp: MailServer) -> None:
    """Whoever is killed in between leaves them to the next worker."""
    known: list[bool] = []

    def look(number: int) -> None:
        known.append(world.message("place_waiting").is_composed)

    post_office.register_attachment("look", look)
    try:
        post_office.register_letter("place_waiting", lambda **facts: with_attachment(place_waiting(**facts)))
        post_office.deliver_due()
    finally:
        post_office.register_letter("place_waiting", place_waiting)
    assert known == [True]


def test_message_that_is_no_longer_true_is_withdrawn(bob: Registration, smtp: MailServer) -> None:
    world.pass_on(bob, world.Who("Cyril", "Ivan", EVE))
    tell(bob, to=EVE, version=2)
    assert post_office.deliver_due() == 2
    assert states() == [MessageState.WITHDRAWN, MessageState.SENT]
    assert [recipient for recipient, _ in smtp.received] == [EVE]
    withdrawn = world.messages()[0]
    assert (withdrawn.is_composed, withdrawn.sent_at, withdrawn.leased_until) == (False, None, None)
    assert post_office.deliver_due() == 0


def test_writer_that_fails_delays_its_own_message_only(bob: Registration, smtp: MailServer) -> None:
    with transaction():
        outbox.post("place_waiting", to=EVE, language="cs", nonsense=1)
        outbox.post("of_a_later_version", to=EVE, language="cs")
    tell(bob, to=ADA)
    assert post_office.deliver_due() == 4
    assert states() == [MessageState.SENT, MessageState.QUEUED, MessageState.QUEUED, MessageState.SENT]
    _, broken, unknown, _ = world.messages()
    assert broken.last_error is not None
    assert broken.last_error.startswith("TypeError: place_waiting() got an unexpected keyword argument 'nonsense'")
    assert unknown.last_error == "KeyError: 'of_a_later_version'"
    assert wait_of(broken) == timedelta(minutes=1)


def test_writer_whose_query_fails_leaves_the_others_their_transaction(bob: Registration, smtp: MailServer) -> None:
    with transaction():
        outbox.post("place_waiting", to=EVE, language="cs", registration=2**70, version=1)
    tell(bob, to=ADA)
    assert post_office.deliver_due() == 3
    assert states() == [MessageState.SENT, MessageState.QUEUED, MessageState.SENT]


def with_attachment(content: Content | None) -> Content | None:
    return content and replace(content, attachments=[{"kind": "look", "id": 1}])
