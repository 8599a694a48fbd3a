"""What people read when a place passes on to somebody else, or comes to its end."""

from collections.abc import Callable

import pytest

from registration.core import clock
from registration.core.db import transaction
from registration.events.models import Event
from registration.mail.delivery import post_office
from registration.mail.models import MessageState
from registration.signups import mails
from registration.signups.models import CancellationKind, Order, Registration, RegistrationStatus
from tests.mail import world
from tests.mail.world import (
    APPLIED,
    BOB,
    CONFIRMED,
    EVE,
    OFFERED,
    WAITING,
    both,
    is_withdrawn,
    said,
    words,
)

CYRIL = world.Who("Cyril", "Ivan", EVE)


class TestEnd:
    """A place or the wait for one has come to its end."""

    def end(self, order: Order, kind: CancellationKind, *, status: RegistrationStatus = CONFIRMED) -> None:
        bob = order.registrations[1]
        if status is not CONFIRMED:
            with transaction():
                bob.confirmed_at = None
        world.cancel(bob, kind)

    def test_given_up_place_is_free_for_others(self, order: Order, bob: Registration) -> None:
        self.end(order, CancellationKind.CANCELLED)
        with transaction():
            mails.cancelled(order, [bob])
        composed = said("place_cancelled")
        assert "The place is free for others and its QR code is no longer valid." in words(composed.text)
        assert composed.attachments == [{"kind": "cancelled_calendar", "id": bob.id}]
        assert "http://localhost/en/akce/setkani-sekce-ai-v-praxi-manazera" in composed.text

    def test_declined_offer_is_thanked_for(self, order: Order, bob: Registration) -> None:
        self.end(order, CancellationKind.DECLINED, status=OFFERED)
        with transaction():
            mails.cancelled(order, [bob])
        composed = said("place_cancelled")
        assert "Thank you for letting us know." in words(composed.text)
        assert composed.attachments == []

    def test_end_of_waiting_speaks_of_no_place(self, order: Order, bob: Registration) -> None:
        self.end(order, CancellationKind.CANCELLED, status=WAITING)
        with transaction():
            mails.cancelled(order, [bob])
        assert "QR" not in said("place_cancelled").text

    def test_lapsed_offer_leads_back_to_the_event(self, order: Order, bob: Registration) -> None:
        self.end(order, CancellationKind.LAPSED, status=OFFERED)
        with transaction():
            mails.lapsed(order, [bob])
        assert "sign up again on the page of the event" in words(said("place_lapsed").text)
        assert "http://localhost/en/akce/" in said("place_lapsed").text

    @pytest.mark.parametrize("reason", ["", "Jen pro vedoucí"])
    def test_refusal_gives_the_reason_if_there_is_one(self, order: Order, bob: Registration, reason: str) -> None:
        self.end(order, CancellationKind.REFUSED, status=APPLIED)
        with transaction():
            mails.refused(order, [bob], reason=reason)
        text = said("place_refused").text
        assert ("Reason: Jen pro vedoucí" in text) == bool(reason)
        assert "Reason" not in text.replace("Reason: Jen pro vedoucí", "")

    @pytest.mark.parametrize("tell", [mails.cancelled, mails.lapsed, mails.refused])
    def test_nothing_is_told_of_the_end_of_what_goes_on(
        self, order: Order, bob: Registration, tell: Callable[..., None]
    ) -> None:
        with transaction():
            tell(order, [bob])
        post_office.deliver_due()
        assert {message.state for message in world.messages()} == {MessageState.WITHDRAWN}

    def test_cancelled_event_says_why_and_that_is_all(self, order: Order, academy: Event) -> None:
        with transaction():
            academy.cancelled_at = clock.now()
            mails.event_cancelled([order], reason="Nemoc lektora")
        letters = [post_office.compose(message) for message in world.messages()]
        for letter in letters:
            assert letter is not None
            assert letter.subject.startswith("Event cancelled: ")
            assert "Reason: Nemoc lektora" in letter.text
        assert [len(letter.attachments) for letter in letters if letter] == [1, 1, 0]

    def test_event_that_is_on_again_is_not_called_off(self, order: Order) -> None:
        with transaction():
            mails.event_cancelled([order])
        post_office.deliver_due()
        assert [message.state for message in world.messages()][:2] == [MessageState.WITHDRAWN] * 2


class TestSubstitution:
    @pytest.fixture
    def substituted(self, order: Order, bob: Registration) -> Registration:
        self.link_before = bob.link_token
        world.pass_on(bob, CYRIL)
        with transaction():
            mails.substituted(order, bob, previous_name="Bob Řehák", previous_email=BOB, previous_version=1)
        return bob

    def test_new_person_gets_the_place_and_the_notice(self, substituted: Registration) -> None:
        text = said("place_confirmed").text
        assert "Cyril Ivan" in text
        assert substituted.link_token in text
        assert "/soukromi" in text

    def test_previous_person_hears_that_it_is_over_and_nothing_of_the_new_one(self, substituted: Registration) -> None:
        composed = said("place_passed_on")
        for body in both(composed):
            assert "Bob Řehák" in body
            assert "Cyril" not in body
            assert EVE not in body
            assert substituted.link_token not in body
            assert self.link_before not in body
            assert substituted.ticket_code not in body
            assert substituted.short_code not in body
        assert "The earlier QR code is no longer valid." in words(composed.text)
        assert composed.attachments == [{"kind": "cancelled_calendar", "id": substituted.id}]

    def test_orderer_reads_of_both(self, substituted: Registration) -> None:
        text = words(said("order_news").text)
        assert "Somebody else comes instead of Bob Řehák." in text
        assert "* Cyril Ivan: Confirmed" in text

    def test_person_in_between_is_told_of_nothing_but_the_end(self, order: Order, substituted: Registration) -> None:
        world.pass_on(substituted, world.Who("Dana", "Hora", "dana@ukazka.example"))
        with transaction():
            mails.substituted(order, substituted, previous_name="Cyril Ivan", previous_email=EVE, previous_version=2)
        post_office.deliver_due()
        sent = [(each.kind, each.recipient) for each in world.messages() if each.state is MessageState.SENT]
        assert ("place_confirmed", EVE) not in sent
        assert ("place_passed_on", BOB) in sent
        assert ("place_passed_on", EVE) in sent
        assert ("place_confirmed", "dana@ukazka.example") in sent

    def test_place_that_was_only_waited_for_has_no_code_and_no_dates(self, academy: Event) -> None:
        order = world.order(academy, world.bob(WAITING), language="en")
        world.pass_on(order.registrations[0], CYRIL)
        with transaction():
            mails.substituted(
                order, order.registrations[0], previous_name="Bob Řehák", previous_email=BOB, previous_version=1
            )
        composed = said("place_passed_on")
        assert "QR" not in composed.text
        assert list(composed.attachments) == []

    def test_substitution_that_did_not_happen_is_not_told(self, order: Order, bob: Registration) -> None:
        with transaction():
            mails.substituted(order, bob, previous_name="Bob Řehák", previous_email=BOB, previous_version=1)
        assert is_withdrawn("place_passed_on")
