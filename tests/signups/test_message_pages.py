"""The back office's pages of messages to groups, and the delivery board of an event."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from registration.core.db import db, transaction
from registration.events.models import Event
from registration.mail import operations as post
from registration.mail.bounces import Bounce
from registration.mail.delivery import post_office
from registration.mail.models import MessageState, OutboxMessage
from registration.mail.rules import Verdict
from registration.signups.messaging import GroupMessage, GroupMessageKind
from registration.signups.models import Order
from registration.signups.operations import messaging as operations
from tests import factories
from tests.conftest import ACADEMY
from tests.mail import world
from tests.queries import count_queries
from tests.reviewing import ReviewingClient

PAGES = f"/sprava/akce/{ACADEMY}/zpravy"
BOARD = f"/sprava/akce/{ACADEMY}/posta"
WORDS = {"kind": "information", "subject": "Sraz", "body": "Sejdeme se v 9 hodin, {jmeno}."}


@pytest.fixture
def order(academy: Event) -> Order:
    """Ada has a place, Bob waits."""
    return world.order(academy, world.ada(), world.bob(world.WAITING))


def draft(event: Event, **changes: Any) -> GroupMessage:
    values = {"kind": GroupMessageKind.INFORMATION, "subject": "Sraz", "body": "{jmeno}", "recipients": {}}
    return operations.write_draft(event, **{**values, **changes}, by=factories.OLGA_EMAIL)


def only_message() -> GroupMessage:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(GroupMessage)).one()


def words(page: TestResponse) -> str:
    """Return what a page says, its spaces as they are read."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.get_data(as_text=True)).replace("\u00a0", " ").split())


def outbox() -> list[OutboxMessage]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


@pytest.mark.slow
def test_first_visit_says_what_it_is_for(academy: Event, olga: ReviewingClient) -> None:
    assert olga.get(PAGES).status_code == 200
    assert olga.get(BOARD).status_code == 200
    assert f'href="{PAGES}"' in olga.get(f"/sprava/akce/{ACADEMY}").get_data(as_text=True)


def test_message_is_written_looked_at_and_sent(academy: Event, order: Order, olga: ReviewingClient) -> None:
    answer = olga.submit(PAGES, page=f"{PAGES}/nova", **WORDS, stav=["confirmed"])
    message = only_message()
    assert (answer.status_code, answer.location) == (303, f"{PAGES}/{message.id}")
    assert message.recipients == {"stav": ["confirmed"]}
    page = olga.get(answer.location)
    assert "Sejdeme se v 9 hodin, Ing. Ada" not in page.get_data(as_text=True)
    assert "Sejdeme se v 9 hodin, Ada Žďárská." in words(page)
    asked = olga.get(f"{PAGES}/{message.id}/odeslani")
    assert asked.status_code == 200
    answer = olga.submit(f"{PAGES}/{message.id}/odeslani", page=f"{PAGES}/{message.id}/odeslani")
    assert answer.status_code == 303
    assert [row.recipient for row in outbox()] == [world.ADA]
    assert only_message().sent_by == factories.OLGA_EMAIL
    assert olga.get(f"{PAGES}/{message.id}").status_code == 200
    assert olga.get(PAGES).status_code == 200


def test_people_can_be_brought_along_from_the_list(academy: Event, order: Order, olga: ReviewingClient) -> None:
    page = olga.get(f"{PAGES}/nova?stav=waiting&clen=ano").get_data(as_text=True)
    assert re.search(r'name="stav"\s+value="waiting"\s+checked', page)
    assert re.search(r'<option value="ano" selected>', page)


def test_number_of_people_is_said_while_one_fills_the_form_in(
    academy: Event, order: Order, olga: ReviewingClient
) -> None:
    counted = olga.get(f"{PAGES}/pocet?stav=waiting&stav=confirmed")
    assert counted.mimetype == "text/plain"
    assert re.match(r"\D*2\D", counted.get_data(as_text=True))
    assert not re.search(r"\d", olga.get(f"{PAGES}/pocet?stav=applied").get_data(as_text=True))
    post.opt_out(post.invite(world.ADA))
    assert "1" in olga.get(f"{PAGES}/pocet?kind=invitation").get_data(as_text=True)


def test_without_javascript_a_button_counts_and_keeps_what_was_written(
    academy: Event, order: Order, olga: ReviewingClient
) -> None:
    page = olga.submit(PAGES, page=f"{PAGES}/nova", **WORDS, stav=["waiting"], count="1")
    assert page.status_code == 200
    assert "Sejdeme se v 9 hodin" in page.get_data(as_text=True)
    assert db.session.scalar(select(GroupMessage.id)) is None
    message = draft(academy)
    page = olga.submit(f"{PAGES}/{message.id}/uprava", page=f"{PAGES}/{message.id}/uprava", **WORDS, count="1")
    assert "Sejdeme se v 9 hodin" in page.get_data(as_text=True)
    assert only_message().body == "{jmeno}"


@pytest.mark.parametrize("field", ["subject", "body"])
def test_unknown_placeholder_is_named_beside_its_field(academy: Event, olga: ReviewingClient, field: str) -> None:
    page = olga.submit(PAGES, page=f"{PAGES}/nova", **{**WORDS, field: "Pro {jmenno}"})
    assert page.status_code == 422
    box = re.search(rf'id="{field}-error">(.*?)</div>', page.get_data(as_text=True), re.DOTALL)
    assert box is not None
    assert "{jmenno}" in box[1]
    assert db.session.scalar(select(GroupMessage.id)) is None
    message = draft(academy)
    address = f"{PAGES}/{message.id}/uprava"
    assert olga.submit(address, page=address, **{**WORDS, field: "{jmenno}"}).status_code == 422


@pytest.mark.parametrize(
    "wrong", [{"subject": ""}, {"body": " "}, {"subject": "a" * 151}, {"kind": "spam"}, {"body": "a" * 20_001}]
)
def test_what_is_missing_or_too_long_is_said(academy: Event, olga: ReviewingClient, wrong: dict[str, str]) -> None:
    page = olga.submit(PAGES, page=f"{PAGES}/nova", **{**WORDS, **wrong})
    assert page.status_code == 422
    assert 'class="errsum"' in page.get_data(as_text=True)


def test_draft_is_changed(academy: Event, order: Order, olga: ReviewingClient) -> None:
    message = draft(academy, recipients={"q": "Řehák"})
    address = f"{PAGES}/{message.id}/uprava"
    assert 'value="Řehák"' in olga.get(address).get_data(as_text=True)
    assert olga.submit(address, page=address, **{**WORDS, "kind": "invitation"}).status_code == 303
    assert (only_message().kind, only_message().recipients) == (GroupMessageKind.INVITATION, {})
    assert olga.submit(address, page=address, **{**WORDS, "subject": ""}).status_code == 422


def test_sent_message_cannot_be_changed_or_deleted(academy: Event, order: Order, olga: ReviewingClient) -> None:
    message = draft(academy)
    operations.send(message, by="olga")
    for part in ("uprava", "odeslani"):
        assert olga.get(f"{PAGES}/{message.id}/{part}").status_code == 303
    assert olga.submit(f"{PAGES}/{message.id}/smazani", page=f"{PAGES}/nova").status_code == 303
    assert olga.submit(f"{PAGES}/{message.id}/uprava", page=f"{PAGES}/nova", **WORDS).status_code == 409
    assert only_message().subject == "Sraz"


def test_draft_is_deleted(academy: Event, olga: ReviewingClient) -> None:
    message = draft(academy)
    answer = olga.submit(f"{PAGES}/{message.id}/smazani", page=f"{PAGES}/{message.id}")
    assert answer.location == PAGES
    assert db.session.scalar(select(GroupMessage.id)) is None


def test_preview_is_as_the_chosen_person_gets_it(academy: Event, order: Order, olga: ReviewingClient) -> None:
    ada, bob = order.registrations
    message = draft(academy)
    assert "Bob Řehák" in words(olga.get(f"{PAGES}/{message.id}"))  # who comes first by surname
    page = olga.get(f"{PAGES}/{message.id}?osoba={ada.id}").get_data(as_text=True)
    assert f"{PAGES}/{message.id}/nahled/{ada.id}" in page
    html = olga.get(f"{PAGES}/{message.id}/nahled/{ada.id}")
    assert "Ada Žďárská" in html.get_data(as_text=True)
    assert "sandbox" in html.headers["Content-Security-Policy"]
    assert olga.get(f"{PAGES}/{message.id}/nahled/999999").status_code == 404
    assert olga.get(f"{PAGES}/{message.id}?osoba=999999").status_code == 404
    assert outbox() == []
    assert f"{PAGES}/{message.id}/nahled/{bob.id}" not in page


def test_trial_goes_to_whoever_is_signed_in(academy: Event, order: Order, olga: ReviewingClient) -> None:
    message = draft(academy)
    answer = olga.submit(
        f"{PAGES}/{message.id}/zkouska", page=f"{PAGES}/{message.id}", person=order.registrations[1].id
    )
    assert answer.status_code == 303
    assert [row.recipient for row in outbox()] == [factories.OLGA_EMAIL]
    assert olga.submit(f"{PAGES}/{message.id}/zkouska", page=f"{PAGES}/{message.id}").status_code == 404


def test_empty_group_has_nothing_to_send(academy: Event, olga: ReviewingClient) -> None:
    message = draft(academy)
    assert olga.get(f"{PAGES}/{message.id}").status_code == 200
    assert olga.get(f"{PAGES}/{message.id}/odeslani").status_code == 303
    assert olga.submit(f"{PAGES}/{message.id}/odeslani", page=f"{PAGES}/nova").status_code == 303
    assert not only_message().is_sent


def test_confirmation_says_what_differs_from_the_number_of_people(academy: Event, olga: ReviewingClient) -> None:
    world.order(academy, world.ada(), world.bob(email=world.ADA), world.bob(given_name="Eva", email=world.EVE))
    give_back(world.EVE)
    message = draft(academy, body="Všem stejně.")
    said = words(olga.get(f"{PAGES}/{message.id}/odeslani"))
    assert re.search(r"\b3\b", said)
    assert re.search(r"\b2\b", said)
    assert re.search(r"\b1\b", said)


def test_all_ways_to_choose_people_are_said_in_words(academy: Event, order: Order, olga: ReviewingClient) -> None:
    session, ticket_type = academy.sessions[0], academy.ticket_types[0]
    everything = {
        "q": "knihovna", "stav": ["confirmed"], "varianta": [ticket_type.id], "cast": session.id,
        "odpoved": "1:yes", "clen": "ano", "stitek": "host", "ucast": "ne",
    }  # fmt: skip
    assert olga.submit(PAGES, page=f"{PAGES}/nova", **WORDS, **everything).status_code == 303
    message = only_message()
    said = words(olga.get(f"{PAGES}/{message.id}"))
    for word in (ticket_type.title, session.title, "host", "knihovna"):
        assert word in said
    assert olga.get(f"{PAGES}/{message.id}/uprava").status_code == 200


def give_back(address: str) -> OutboxMessage:
    """Let a message about the academy that was sent to an address come back."""
    with transaction() as session:
        row = OutboxMessage(
            kind="place_waiting", recipient=address, subject="Pořadník", text_body="x", html_body="<p>x</p>",
            event_id=session.scalar(select(Event.id).where(Event.slug == ACADEMY)),
            message_id=f"<{address}>", created_at=world.SIGNED_UP_AT, next_attempt_at=world.SIGNED_UP_AT,
            state=MessageState.SENT, sent_at=world.SIGNED_UP_AT,
        )  # fmt: skip
        session.add(row)
    post.record_bounce(Bounce(address, Verdict.REFUSED, "5.1.1", "550 5.1.1 User unknown", row.message_id))
    return row


def test_board_counts_by_kind_and_state_and_lists_what_is_chosen(
    academy: Event, order: Order, olga: ReviewingClient
) -> None:
    operations.send(draft(academy), by="olga")
    post_office.deliver_due()
    give_back(world.EVE)
    page = olga.get(BOARD).get_data(as_text=True)
    for address in (world.ADA, world.BOB, world.EVE):
        assert address in page
    chosen = olga.get(f"{BOARD}?druh=group_message&stav=sent").get_data(as_text=True)
    assert world.ADA in chosen
    assert world.EVE not in chosen
    bounced = olga.get(f"{BOARD}?stav=bounced").get_data(as_text=True)
    assert world.EVE in bounced
    assert world.ADA not in bounced
    assert olga.get(f"{BOARD}?stav=nonsense&druh=nonsense&strana=x").status_code == 200
    listed = olga.get(PAGES)
    assert "2" in words(listed)


def test_board_costs_the_same_for_one_message_and_for_many(academy: Event, olga: ReviewingClient) -> None:
    people = [world.bob(email=f"{number}@ukazka.example", given_name=f"B{number}") for number in range(60)]
    world.order(academy, *people)
    operations.send(draft(academy, recipients={"q": "B17"}), by="olga")
    few = [cost(olga, BOARD), cost(olga, PAGES)]
    operations.send(draft(academy), by="olga")
    assert [cost(olga, BOARD), cost(olga, PAGES)] == few
    assert "strana=2" in olga.get(BOARD).get_data(as_text=True)
    assert 'rel="prev"' in olga.get(f"{BOARD}?strana=2").get_data(as_text=True)


def cost(browser: ReviewingClient, address: str) -> int:
    """Return how many statements a page costs when nothing is remembered."""
    with count_queries() as counter:
        browser.get(address)
    return counter.count


def test_returned_message_shows_why_and_is_sent_again_after_release(academy: Event, olga: ReviewingClient) -> None:
    row = give_back(world.EVE)
    address = f"{BOARD}/{row.id}"
    page = olga.get(address).get_data(as_text=True)
    assert "550 5.1.1 User unknown" in page
    assert f"{address}/odeslani" not in page
    assert olga.submit(f"{address}/odeslani", page=address).status_code == 303
    assert outbox()[0].state is MessageState.BOUNCED
    assert olga.submit(f"{address}/uvolneni", page=address).status_code == 303
    assert olga.submit(f"{address}/uvolneni", page=address).status_code == 303
    assert f"{address}/odeslani" in olga.get(address).get_data(as_text=True)
    assert olga.submit(f"{address}/odeslani", page=address).status_code == 303
    assert outbox()[0].state is MessageState.QUEUED
    assert "<p" in olga.get(f"{address}/html").get_data(as_text=True)


def test_message_that_cannot_be_composed_is_shown_without_its_words(academy: Event, olga: ReviewingClient) -> None:
    row = give_back(world.EVE)
    post.forget_words(row)
    assert olga.get(f"{BOARD}/{row.id}").status_code == 200
    assert olga.get(f"{BOARD}/{row.id}/html").status_code == 404


def test_messages_of_other_events_are_not_here(academy: Event, order: Order, olga: ReviewingClient) -> None:
    factories.workshop()
    message, row = draft(academy), give_back(world.EVE)
    assert olga.get(f"/sprava/akce/workshop/zpravy/{message.id}").status_code == 404
    assert olga.get(f"/sprava/akce/workshop/posta/{row.id}").status_code == 404
    assert world.EVE not in olga.get("/sprava/akce/workshop/posta").get_data(as_text=True)


def test_only_the_desk_of_the_event_gets_in(academy: Event, app: Flask, client: ReviewingClient) -> None:
    other = factories.workshop()
    factories.organizer("jina@sekce.example", other)
    factories.accountant()
    for address in (PAGES, f"{PAGES}/nova", BOARD):
        assert client.get(address).status_code in {302, 303}
        for email in ("jina@sekce.example", "ucetni@sekce.example"):
            signed_in = app.test_client()
            assert isinstance(signed_in, ReviewingClient)
            signed_in.sign_in(email, factories.OLGA_PASSWORD)
            assert signed_in.get(address).status_code in {403, 404}


def test_page_of_a_person_says_that_nothing_is_delivered_to_them(
    academy: Event, order: Order, olga: ReviewingClient
) -> None:
    pages = [f"/sprava/akce/{ACADEMY}/prihlasky/{person.id}" for person in order.registrations]
    give_back(world.BOB)
    assert ["User unknown" in olga.get(page).get_data(as_text=True) for page in pages] == [False, True]


def test_list_of_registrations_leads_to_a_message_to_those_it_shows(
    academy: Event, order: Order, olga: ReviewingClient
) -> None:
    page = olga.get(f"/sprava/akce/{ACADEMY}/prihlasky?stav=waiting").get_data(as_text=True)
    assert f'href="{PAGES}/nova?stav=waiting"' in page
