"""What the orderer reads: of everybody in the order, and of what happens to colleagues."""

from typing import Any

import pytest

from registration.core import clock
from registration.core.db import transaction
from registration.events.models import Event, WaitingListMode
from registration.mail import outbox
from registration.mail.delivery import post_office
from registration.mail.models import MessageState
from registration.organisations.queries import get_association
from registration.signups import mails
from registration.signups.models import Order, Registration, RegistrationStatus
from tests.mail import world
from tests.mail.world import (
    APPLIED,
    CANCELLED,
    CONFIRMED,
    EVE,
    OFFERED,
    WAITING,
    both,
    is_withdrawn,
    receive,
    said,
    words,
)

CYRIL = world.Who("Cyril", "Ivan", EVE)


class TestOrder:
    """The orderer reads of everybody, under a heading that is true."""

    def test_orderer_reads_of_everybody(self, order: Order) -> None:
        receive(order)
        composed = said("order_received")
        assert composed.subject == "Order confirmed: Setkání sekce a AI v praxi manažera"
        for body in both(composed):
            assert "2025/SAI/P-0001" in body
            assert "2 places are confirmed" in body
            assert "Ada Žďárská" in body
            assert "Bob Řehák" in body
            assert f"http://localhost/en/p/{order.link_token}" in body
            assert "26 March 2025" in body
            assert "9:00–16:00" in body

    def test_orderer_gets_the_calendar_and_every_ticket(self, order: Order) -> None:
        receive(order)
        ada, bob = order.registrations
        assert said("order_received").attachments == [
            {"kind": "calendar", "id": order.id},
            {"kind": "ticket", "id": ada.id},
            {"kind": "ticket", "id": bob.id},
        ]

    @pytest.mark.parametrize(
        ("statuses", "subject", "heading", "files"),
        [
            ((CONFIRMED, WAITING), "Order confirmed: ", "The place is confirmed", 2),
            ((CONFIRMED, APPLIED), "Order confirmed: ", "The place is confirmed", 2),
            ((WAITING, WAITING), "On the waiting list: ", "2 registrations are on the waiting list", 0),
            ((WAITING, APPLIED), "On the waiting list: ", "The registration is on the waiting list", 0),
            ((OFFERED, CANCELLED), "On the waiting list: ", "The registration is on the waiting list", 0),
            ((APPLIED, APPLIED), "Waiting for approval: ", "2 registrations wait for approval", 0),
        ],
    )
    def test_heading_says_what_is_true(
        self, academy: Event, statuses: tuple[RegistrationStatus, ...], subject: str, heading: str, files: int
    ) -> None:
        first, second = statuses
        receive(world.order(academy, world.ada(first), world.bob(second), language="en"))
        composed = said("order_received")
        assert composed.subject.startswith(subject)
        assert f"\n{heading}\n---" in composed.text
        assert len(composed.attachments) == files

    def test_each_person_is_listed_with_how_things_stand(self, academy: Event) -> None:
        world.order(academy, CYRIL, world.Who("Dana", "Hora", "dana@ukazka.example", WAITING))
        order = world.order(
            academy,
            world.ada(),
            world.bob(WAITING),
            world.bob(WAITING, given_name="Eva"),
            world.bob(APPLIED, given_name="Filip"),
            world.bob(CANCELLED, given_name="Gita"),
            language="en",
        )
        receive(order)
        text = said("order_received").text
        assert "* Ada Žďárská: Confirmed\n  AI akademie\n" in text
        assert "* Bob Řehák: No. 2 on the waiting list\n" in text
        assert "* Eva Řehák: No. 3 on the waiting list\n" in text
        assert "* Filip Řehák: Waits for approval\n" in text
        assert "* Gita Řehák: Cancelled\n" in text
        assert "There are not enough places for everybody" in text

    def test_lines_of_other_ticket_types_do_not_count(self, academy: Event) -> None:
        world.order(academy, world.bob(WAITING, ticket_type="OBOJI"))
        receive(world.order(academy, world.ada(WAITING), language="en"))
        assert "No. 1 on the waiting list" in said("order_received").text

    @pytest.mark.parametrize(
        ("mode", "words"),
        [
            (WaitingListMode.CONFIRM, "the first in line gets it at once"),
            (WaitingListMode.OFFER, "it is offered to the first in line"),
        ],
    )
    def test_whoever_waits_reads_what_will_happen(self, academy: Event, mode: WaitingListMode, words: str) -> None:
        with transaction():
            academy.waiting_list = mode
        receive(world.order(academy, world.ada(WAITING), world.bob(WAITING), language="en"))
        for kind in ("order_received", "place_waiting"):
            assert words in world.words(said(kind).text)

    def test_erased_people_are_left_out(self, order: Order, bob: Registration) -> None:
        receive(order)
        with transaction():
            bob.erased_at = clock.now()
        assert "Bob" not in said("order_received").text
        assert is_withdrawn("place_confirmed")

    def test_order_nobody_is_left_in_is_not_written_of(self, order: Order) -> None:
        receive(order)
        for each in order.registrations:
            world.cancel(each)
        assert is_withdrawn("order_received")

    def test_answers_go_to_the_association(self, order: Order) -> None:
        receive(order)
        assert said("order_received").reply_to == get_association().contact_email == "sekce@sdruk.example"
        assert "Replies to this message reach the organizer." in said("order_received").text

    def test_without_an_address_of_the_association_nothing_is_promised(self, order: Order) -> None:
        with transaction():
            get_association().contact_email = ""
        receive(order)
        assert said("order_received").reply_to is None
        assert "reach the organizer" not in said("order_received").text

    def test_days_lead_and_online_days_follow(self, academy: Event) -> None:
        receive(world.order(academy, world.ada()))
        text = said("order_received").text.replace("\u00a0", " ")
        assert "26. března 2025\nBrno, Knihovna v Brně (ukázkové místo)\n+ online 2. a 16. 4. 2025\n" in text
        assert "* st 2. 4. 2025, 9:00–11:00\n  AI akademie – 1. online workshop\n  online\n" in text

    @pytest.mark.parametrize(
        ("ticket_type", "days"), [("SETKANI", "25. března 2025"), ("OBOJI", "25.–26. března 2025")]
    )
    def test_leading_days_are_those_of_the_people(self, academy: Event, ticket_type: str, days: str) -> None:
        receive(world.order(academy, world.ada(ticket_type=ticket_type)))
        assert f"\n{days}\nBrno" in said("order_received").text.replace("\u00a0", " ")


class TestApproval:
    @pytest.mark.parametrize(
        ("status", "subject", "sentence"),
        [
            (CONFIRMED, "Place confirmed: ", "* Bob Řehák: Confirmed"),
            (WAITING, "On the waiting list: ", "the first in line gets it at once"),
        ],
    )
    def test_orderer_reads_that_the_colleague_is_approved_and_what_for(
        self, academy: Event, status: RegistrationStatus, subject: str, sentence: str
    ) -> None:
        order = world.order(academy, world.bob(status), language="en")
        with transaction():
            mails.approved(order, order.registrations[0])
        composed = said("order_news")
        assert composed.subject.startswith(subject)
        assert "The organizer has approved the registration." in composed.text
        assert sentence in words(composed.text)


def test_facts_that_lead_to_nothing_any_more_are_withdrawn(order: Order, academy: Event) -> None:
    gone: list[tuple[str, dict[str, Any]]] = [
        ("order_received", {"order": 999}),
        ("order_news", {"order": 999, "registrations": [1], "news": "promoted"}),
        ("place_confirmed", {"registration": 999, "version": 1}),
        ("place_passed_on", {"registration": 999, "previous_name": "X", "version_before": 1, "keeps_dates": False}),
    ]
    with transaction():
        for kind, facts in gone:
            outbox.post(kind, to=EVE, language="cs", **facts)
    post_office.deliver_due()
    assert {message.state for message in world.messages()} == {MessageState.WITHDRAWN}
