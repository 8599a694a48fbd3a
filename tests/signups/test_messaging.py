"""Messages to groups: drafts, whom they reach, what each person reads, and that each is sent once."""

from typing import Any

import pytest
from sqlalchemy import select

from registration.core.audit import AuditEntry
from registration.core.db import db, transaction
from registration.events.models import Event
from registration.mail import operations as post
from registration.mail.delivery import post_office
from registration.mail.models import InvitedAddress, MessageState, OutboxMessage
from registration.signups import messaging
from registration.signups.annotations import Tag
from registration.signups.errors import (
    GroupMessageNotFound,
    GroupMessageSent,
    NobodyToWriteTo,
    UnknownPlaceholder,
)
from registration.signups.messaging import GroupMessage, GroupMessageKind
from registration.signups.models import Order
from registration.signups.operations import messaging as operations
from tests import factories
from tests.mail import world
from tests.mail.mail_server import plain_text
from tests.mail.test_every_message import read

OLGA = factories.OLGA_EMAIL
BODY = "Milá kolegyně {jmeno},\n\nvaše stránka: {odkaz}"
INVITATION = GroupMessageKind.INVITATION


def draft(event: Event, subject: str = "Na {akce}", body: str = BODY, **changes: Any) -> GroupMessage:
    values = {"kind": GroupMessageKind.INFORMATION, "recipients": {}, "by": OLGA, **changes}
    return operations.write_draft(event, subject=subject, body=body, **values)


def outbox() -> list[OutboxMessage]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def told() -> list[str]:
    return [row.recipient for row in outbox()]


@pytest.fixture
def order(academy: Event) -> Order:
    """Ada and Bob have places."""
    return world.order(academy, world.ada(), world.bob())


def test_everybody_who_has_not_cancelled_gets_a_message_of_their_own(academy: Event, order: Order) -> None:
    world.order(academy, world.ada(world.CANCELLED, email=world.EVE))
    message = draft(academy)
    assert operations.send(message, by=OLGA) == 2
    ada, bob = outbox()
    assert (ada.recipient, bob.recipient) == (world.ADA, world.BOB)
    assert ada.event_id == academy.id
    letter = read(bob)
    assert letter["Subject"] == "Na Setkání sekce a AI v praxi manažera"
    assert letter["To"] == world.BOB
    assert "Milá kolegyně Bob Řehák," in plain_text(letter)
    assert f"http://localhost/u/{order.registrations[1].link_token}" in plain_text(letter)
    assert order.registrations[0].link_token not in plain_text(letter)


def test_second_click_sends_nothing_more(academy: Event, order: Order) -> None:
    message = draft(academy)
    assert operations.send(message, by=OLGA) == 2
    assert operations.send(message, by="eve@jinde.example") == 2
    assert len(outbox()) == 2
    assert message.sent_by == OLGA
    assert message.is_sent


def test_message_goes_only_to_the_chosen_group(academy: Event) -> None:
    waiting = world.order(academy, world.ada(), world.bob(world.WAITING)).registrations[1]
    assert operations.send(draft(academy, recipients={"stav": ["waiting"]}), by=OLGA) == 1
    with transaction() as session:
        session.add(Tag(registration_id=waiting.id, word="host", added_at=world.SIGNED_UP_AT, added_by=OLGA))
    assert operations.send(draft(academy, recipients={"stitek": "host"}), by=OLGA) == 1
    assert told() == [world.BOB, world.BOB]


def test_whoever_cancelled_is_written_to_when_asked_for(academy: Event) -> None:
    world.order(academy, world.ada(world.CANCELLED))
    operations.send(draft(academy, recipients={"stav": ["cancelled"]}), by=OLGA)
    [row] = outbox()
    assert post_office.compose(row) is not None


def test_whoever_cancels_before_it_is_sent_gets_nothing(academy: Event, order: Order) -> None:
    operations.send(draft(academy), by=OLGA)
    world.cancel(order.registrations[0])
    post_office.deliver_due()
    assert [row.state for row in outbox()] == [MessageState.WITHDRAWN, MessageState.SENT]


def test_colleagues_with_one_address_get_one_message_when_it_says_the_same(academy: Event) -> None:
    world.order(academy, world.ada(), world.bob(email=world.ADA.upper()))
    assert operations.send(draft(academy, body="Sraz je v {misto}."), by=OLGA) == 1
    assert operations.send(draft(academy, body="Dobrý den, {jmeno}"), by=OLGA) == 2
    assert operations.send(draft(academy, body="{odkaz}"), by=OLGA) == 2


def test_nobody_is_no_group(academy: Event) -> None:
    message = draft(academy)
    with pytest.raises(NobodyToWriteTo):
        operations.send(message, by=OLGA)
    assert not message.is_sent
    assert NobodyToWriteTo().message


def test_erased_person_gets_nothing(academy: Event, order: Order) -> None:
    with transaction():
        bob = db.session.merge(order.registrations[1])
        bob.email, bob.erased_at = "", world.SIGNED_UP_AT
    operations.send(draft(academy), by=OLGA)
    assert told() == [world.ADA]


@pytest.mark.parametrize("where", ["subject", "body"])
def test_unknown_placeholder_is_refused_by_name(academy: Event, where: str) -> None:
    with pytest.raises(UnknownPlaceholder) as refused:
        draft(academy, **{where: "Dobrý den, {jmenno}"})
    assert "{jmenno}" in refused.value.message
    message = draft(academy)
    with pytest.raises(UnknownPlaceholder):
        operations.change_draft(message, kind=INVITATION, subject="x", body="{nic}", recipients={}, by=OLGA)


def test_draft_is_changed_and_deleted_and_the_log_says_so(academy: Event) -> None:
    message = draft(academy, subject="Sraz")
    operations.change_draft(
        message, kind=INVITATION, subject="Nový sraz", body=BODY, recipients={"clen": "ano"}, by=OLGA
    )
    operations.delete_draft(message, by=OLGA)
    assert list(messaging.list_group_messages(academy)) == []
    entries = list(db.session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "group_message")))
    assert [entry.action for entry in entries] == ["drafted", "changed", "deleted"]
    assert {entry.event_id for entry in entries} == {academy.id}
    assert (entries[1].before["subject"], entries[1].after["subject"]) == ("Sraz", "Nový sraz")
    assert "body" not in entries[1].after


def test_sent_message_stays_as_it_is(academy: Event, order: Order) -> None:
    message = draft(academy)
    operations.send(message, by=OLGA)
    with pytest.raises(GroupMessageSent) as refused:
        operations.change_draft(message, kind=INVITATION, subject="x", body="x", recipients={}, by=OLGA)
    assert refused.value.message
    with pytest.raises(GroupMessageSent):
        operations.delete_draft(message, by=OLGA)


def test_message_of_another_event_is_not_found(academy: Event) -> None:
    message = draft(academy)
    with pytest.raises(GroupMessageNotFound) as refused:
        messaging.get_group_message(factories.workshop(), message.id)
    assert refused.value.message
    assert messaging.get_group_message(academy, message.id) is message


def test_names_cannot_smuggle_markup_in(academy: Event) -> None:
    name = "*Bob* [x](https://zly.example) <b>"
    world.order(academy, world.bob(given_name=name))
    operations.send(draft(academy, body="Dobrý den, {krestni}."), by=OLGA)
    [row] = outbox()
    composed = post_office.compose(row)
    assert composed is not None
    assert name in composed.text
    assert "zly.example" not in [part.split('"')[0] for part in composed.html.split('href="https://')[1:]]
    assert "<em>" not in composed.html


def test_frame_speaks_the_persons_language(academy: Event) -> None:
    world.order(academy, world.ada(), language="en")
    operations.send(draft(academy), by=OLGA)
    [row] = outbox()
    composed = post_office.compose(row)
    assert composed is not None
    assert "Hello,\n" in composed.text
    assert "/en/u/" in composed.text


def test_trial_goes_to_the_organizer_without_the_persons_link(academy: Event, order: Order) -> None:
    message = draft(academy)
    operations.try_out(message, order.registrations[1], to=OLGA, language="cs")
    [row] = outbox()
    assert (row.recipient, row.event_id, message.is_sent) == (OLGA, None, False)
    letter = read(row)
    assert "Na Setkání sekce a AI v praxi manažera" in letter["Subject"]
    assert "Bob Řehák" in plain_text(letter)
    assert "/u/" not in plain_text(letter)
    assert operations.send(message, by=OLGA) == 2


def test_only_an_invitation_can_be_declined(academy: Event, order: Order) -> None:
    operations.send(draft(academy), by=OLGA)
    operations.send(draft(academy, kind=INVITATION), by=OLGA)
    *information, to_ada, to_bob = outbox()
    for row in information:
        assert not [name for name in read(row) if name.lower().startswith("list-")]
    addresses = {each.address: each for each in db.session.scalars(select(InvitedAddress))}
    for row in (to_ada, to_bob):
        page = f"http://localhost/odhlaseni-zprav/{addresses[row.recipient].link_token}"
        letter = read(row)
        assert letter["List-Unsubscribe"] == f"<{page}>"
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"  # RFC 8058 3.1
        assert page in plain_text(letter)
    assert addresses[world.ADA].link_token != addresses[world.BOB].link_token


def test_whoever_declined_is_left_out_of_invitations_only(academy: Event, order: Order) -> None:
    post.opt_out(post.invite(world.ADA.upper()))
    assert messaging.count_group(academy, {}, INVITATION) == 1
    operations.send(draft(academy, kind=INVITATION), by=OLGA)
    assert told() == [world.BOB]
    assert operations.send(draft(academy), by=OLGA) == 2


def test_trial_of_an_invitation_can_be_declined_too(academy: Event, order: Order) -> None:
    operations.try_out(draft(academy, kind=INVITATION), order.registrations[0], to=OLGA, language="cs")
    [row] = outbox()
    assert "List-Unsubscribe" in read(row)


def test_message_about_nothing_is_not_written(academy: Event, order: Order) -> None:
    message = draft(academy)
    operations.send(message, by=OLGA)
    with transaction() as session:
        session.delete(db.session.merge(message))
    assert post_office.compose(outbox()[0]) is None


def test_fates_are_counted_by_message(academy: Event, order: Order) -> None:
    first, second = draft(academy), draft(academy, recipients={"q": "Řehák"})
    operations.send(first, by=OLGA)
    post_office.deliver_due()
    operations.send(second, by=OLGA)
    assert messaging.fates(academy) == {
        first.id: {MessageState.SENT: 2},
        second.id: {MessageState.QUEUED: 1},
    }
