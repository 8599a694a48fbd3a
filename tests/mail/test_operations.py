"""A message that failed can be sent again by hand."""

import pytest
from flask import Flask
from sqlalchemy import update

from registration.core import clock
from registration.core.db import db, transaction
from registration.mail.delivery import post_office
from registration.mail.errors import NotFailed
from registration.mail.models import MessageState, OutboxMessage
from registration.mail.operations import send_again
from tests import factories
from tests.mail import notes


def write(state: MessageState) -> OutboxMessage:
    with transaction() as session:
        message = notes.write()
        session.execute(update(OutboxMessage).values(state=state, attempts=23, last_error="550 no such person"))
    db.session.refresh(message)
    return message


def test_failed_message_goes_back_with_all_its_attempts(app: Flask) -> None:
    message = write(MessageState.FAILED)
    queue = app.extensions["queue"]
    queue.huey.flush()
    queue.sparing_until.clear()
    assert send_again(message, by=factories.OLGA_EMAIL) is message
    db.session.refresh(message)
    assert (message.state, message.attempts) == (MessageState.QUEUED, 0)
    assert message.next_attempt_at <= clock.system_now()
    assert queue.huey.pending_count() == 1
    assert post_office.deliver_due() == 1


def test_message_sent_again_keeps_its_id(app: Flask) -> None:
    message = write(MessageState.FAILED)
    message_id = message.message_id
    assert send_again(message, by=factories.OLGA_EMAIL).message_id == message_id


@pytest.mark.parametrize("state", [MessageState.QUEUED, MessageState.SENT, MessageState.WITHDRAWN])
def test_other_messages_are_not_sent_again(app: Flask, state: MessageState) -> None:
    message = write(state)
    with pytest.raises(NotFailed):
        send_again(message, by=factories.OLGA_EMAIL)
    db.session.refresh(message)
    assert message.state is state


def test_second_organizer_finds_it_sent_already(app: Flask) -> None:
    message = write(MessageState.FAILED)
    send_again(message, by=factories.OLGA_EMAIL)
    with pytest.raises(NotFailed):
        send_again(message, by="petr@sekce.example")
