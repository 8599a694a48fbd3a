"""What a person reads of their own place, from the waiting list to the ticket."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from registration.core import clock
from registration.core.clock import PRAGUE
from registration.core.db import transaction
from registration.events.models import Event
from registration.organisations.queries import get_association
from registration.signups import mails
from registration.signups.models import Order, PlaceOffer, Registration, RegistrationStatus
from tests.mail import world
from tests.mail.world import (
    ADA,
    APPLIED,
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
Travel = Callable[[datetime], None]


class TestOwnPlace:
    """A person reads of their own place, and of nobody else."""

    def test_colleague_reads_of_nobody_else(self, order: Order, bob: Registration) -> None:
        receive(order)
        composed = said("place_confirmed")
        for body in both(composed):
            assert "Bob Řehák" in body
            assert f"http://localhost/en/u/{bob.link_token}" in body
            assert order.link_token not in body
            assert "Ada" not in body
            assert ADA not in body
        assert composed.attachments == [{"kind": "ticket", "id": bob.id}, {"kind": "person_calendar", "id": bob.id}]

    @pytest.mark.parametrize(
        ("status", "kind"),
        [(CONFIRMED, "place_confirmed"), (WAITING, "place_waiting"), (APPLIED, "place_applied")],
    )
    def test_colleague_gets_the_privacy_notice_and_the_orderer_not(
        self, academy: Event, status: RegistrationStatus, kind: str
    ) -> None:
        receive(world.order(academy, world.ada(status), world.bob(status), language="en"))
        for body in both(said(kind)):
            assert "The data come from an order somebody else sent." in words(body)
            assert "(IČO 00000043) processes them" in words(body)
            assert "http://localhost/en/soukromi" in body
        assert "/soukromi" not in said("order_received").text

    def test_notice_of_somebody_without_a_library_names_none(self, order: Order, bob: Registration) -> None:
        with transaction():
            bob.organisation_name = ""
        receive(order)
        assert "Somebody else sent this registration.\n" in said("place_confirmed").text

    def test_orderer_with_a_place_of_their_own_sent_their_data_themselves(self, order: Order) -> None:
        with transaction():
            mails.approved(order, order.registrations[0])
        text = said("place_confirmed").text
        assert "omebody else" not in text
        assert "/soukromi" not in text

    def test_association_without_a_number_has_none_in_the_notice(self, order: Order) -> None:
        with transaction():
            get_association().ico = ""
        receive(order)
        assert "IČO" not in said("place_confirmed").text

    @pytest.mark.parametrize("kind", ["place_confirmed", "place_waiting", "place_applied"])
    def test_pages_are_where_things_are_changed(self, academy: Event, kind: str) -> None:
        status = {"place_confirmed": CONFIRMED, "place_waiting": WAITING, "place_applied": APPLIED}[kind]
        receive(world.order(academy, world.bob(status), language="en"))
        assert "Change or cancel the registration on the page linked above" in words(said(kind).text)

    @pytest.mark.parametrize(
        ("kind", "status"),
        [("place_confirmed", CONFIRMED), ("place_waiting", WAITING), ("place_applied", APPLIED)],
    )
    def test_what_is_over_is_not_told(self, academy: Event, kind: str, status: RegistrationStatus) -> None:
        order = world.order(academy, world.bob(status))
        receive(order)
        world.cancel(order.registrations[0])
        assert is_withdrawn(kind)

    def test_whoever_was_replaced_meanwhile_is_not_told(self, order: Order, bob: Registration) -> None:
        receive(order)
        world.pass_on(bob, CYRIL)
        assert is_withdrawn("place_confirmed")


class TestOffer:
    """A held place comes with its deadline and the way to answer."""

    @pytest.fixture
    def bob(self, academy: Event) -> Registration:
        order = world.order(academy, world.bob(OFFERED), language="en")
        with transaction():
            mails.offered(order, order.registrations)
        return order.registrations[0]

    def test_offer_says_until_when_in_prague_and_where_to_answer(self, bob: Registration) -> None:
        with transaction() as session:
            offer = session.query(PlaceOffer).one()
            offer.expires_at = datetime(2025, 3, 31, 7, 30, tzinfo=PRAGUE)  # summer time by then
        for body in both(said("place_offered")):
            assert "Monday 31 March 2025 at 7:30" in body
            assert f"http://localhost/en/u/{bob.link_token}/nabidka" in body
        news = said("order_news").text
        assert "Monday 31 March 2025 at 7:30" in news
        assert f"http://localhost/en/p/{bob.order.link_token}/nabidka\n" in news

    def test_offer_that_has_run_out_is_not_told(self, bob: Registration, travel: Travel) -> None:
        travel(clock.system_now() + timedelta(hours=48, seconds=1))
        assert is_withdrawn("place_offered")

    def test_accepted_offer_is_not_told(self, bob: Registration) -> None:
        with transaction():
            bob.status = CONFIRMED
        assert is_withdrawn("place_offered")


class TestPromotion:
    def test_place_from_the_waiting_list_comes_with_ticket_and_calendar(self, order: Order, bob: Registration) -> None:
        with transaction():
            mails.promoted(order, [bob])
        composed = said("place_promoted")
        assert [each["kind"] for each in composed.attachments] == ["ticket", "person_calendar"]
        assert "/zmena" not in composed.text

    @pytest.mark.parametrize(
        ("lost", "sentence"),
        [
            (["oběd ve středu"], "taken up meanwhile: oběd ve středu. The place stays as it is; another answer"),
            (["oběd", "workshop A"], "taken up meanwhile: oběd, workshop A. The place stays as it is; other answers"),
        ],
    )
    def test_lost_choices_are_named_with_the_way_to_others(
        self, order: Order, bob: Registration, lost: list[str], sentence: str
    ) -> None:
        with transaction():
            mails.promoted(order, [bob], lost={bob.id: lost})
        for body in both(said("place_promoted")):
            assert sentence in words(body)
            assert f"http://localhost/en/u/{bob.link_token}/zmena" in body

    def test_place_given_up_again_is_not_told(self, order: Order, bob: Registration) -> None:
        with transaction():
            mails.promoted(order, [bob])
        world.cancel(bob)
        assert is_withdrawn("place_promoted")
        assert is_withdrawn("order_news")


class TestChange:
    def test_other_ticket_type_keeps_the_code(self, order: Order, bob: Registration) -> None:
        with transaction():
            mails.moved(order, bob)
        composed = said("place_changed")
        assert "The QR code stays the same" in words(composed.text)
        assert [each["kind"] for each in composed.attachments] == ["ticket", "person_calendar", "dropped_calendar"]
        assert "The registration has been changed." in said("order_news").text

    @pytest.mark.parametrize("status", [WAITING, APPLIED, OFFERED])
    @pytest.mark.parametrize("tell", [mails.moved, mails.answers_changed])
    def test_whoever_has_no_place_gets_no_files(
        self, academy: Event, status: RegistrationStatus, tell: Callable[..., None]
    ) -> None:
        order = world.order(academy, world.bob(status), language="en")
        with transaction():
            tell(order, order.registrations[0])
        composed = said("place_changed")
        assert list(composed.attachments) == []
        assert "attached" not in composed.text

    def test_other_answers_leave_the_rest_as_it_is(self, order: Order, bob: Registration) -> None:
        with transaction():
            mails.answers_changed(order, bob)
        composed = said("place_changed")
        assert "The attached QR code and dates are the same as before." in words(composed.text)
        assert [each["kind"] for each in composed.attachments] == ["ticket", "person_calendar"]

    def test_change_of_what_is_over_is_not_told(self, order: Order, bob: Registration) -> None:
        with transaction():
            mails.answers_changed(order, bob)
        world.cancel(bob)
        assert is_withdrawn("place_changed")
