"""What people read of a session that changes or comes near, and how they find their links again."""

from collections.abc import Callable
from datetime import datetime

import pytest

from registration.core import clock
from registration.core.clock import PRAGUE
from registration.core.db import db, transaction
from registration.events.models import Event, Session
from registration.signups import mails
from registration.signups.mails import SessionBefore
from registration.signups.models import Order, Registration
from tests.mail import world
from tests.mail.world import (
    ADA,
    BOB,
    EVE,
    both,
    is_withdrawn,
    said,
    words,
)

Travel = Callable[[datetime], None]


class TestSession:
    @pytest.fixture
    def changed(self, order: Order, academy: Event) -> Session:
        session = world.session_of(academy, "ai-brno")
        before = SessionBefore(session.starts_at, session.ends_at, session.venue)
        with transaction():
            session.starts_at, session.ends_at = datetime(2025, 3, 27, 10, 0), datetime(2025, 3, 27, 17, 0)
            session.venue = "Moravská zemská knihovna"
            mails.session_changed(session, [order.registrations[1]], before=before)
        return session

    def test_change_says_what_was_and_what_is(self, changed: Session) -> None:
        text = said("session_changed").text
        assert "* Before: Wed 26 March 2025, 9:00–16:00\n  Knihovna v Brně (ukázkové místo)\n" in text
        assert "* Now: Thu 27 March 2025, 10:00–17:00\n  Moravská zemská knihovna\n" in text

    def test_change_that_was_taken_back_is_not_told(self, changed: Session) -> None:
        with transaction():
            changed.starts_at, changed.ends_at = datetime(2025, 3, 26, 9, 0), datetime(2025, 3, 26, 16, 0)
            changed.venue = "Knihovna v Brně (ukázkové místo)"
        assert is_withdrawn("session_changed")

    def test_change_is_not_told_to_whoever_does_not_go_there_any_more(
        self, changed: Session, bob: Registration, academy: Event
    ) -> None:
        with transaction():
            bob.ticket_type_id = next(each.id for each in academy.ticket_types if each.code == "SETKANI")
        assert is_withdrawn("session_changed")

    def remind(self, order: Order, code: str) -> Session:
        session = world.session_of(order.event, code)
        with transaction():
            mails.reminders(session, [order.registrations[1]], minutes_before=1440)
        return session

    def test_reminder_in_person_says_when_and_where_and_brings_the_ticket(
        self, order: Order, bob: Registration
    ) -> None:
        self.remind(order, "ai-brno")
        composed = said("session_reminder")
        assert composed.subject == "Reminder, 26 March 2025: Setkání sekce a AI v praxi manažera"
        assert composed.attachments == [{"kind": "ticket", "id": bob.id}]
        for body in both(composed):
            assert "Wednesday 26 March 2025 at 9:00" in body
            assert "Knihovna v Brně" in words(body)
            assert f"http://localhost/en/u/{bob.link_token}" in body
            assert f"http://localhost/en/u/{bob.link_token}/odhlaseni" in body
            assert "workshop" not in body  # the other sessions are not now

    def test_reminder_online_brings_the_way_in_and_not_the_meeting_itself(
        self, order: Order, bob: Registration
    ) -> None:
        with transaction():
            world.session_of(order.event, "ai-online-1").join_url = "https://zoom.example/j/1"
        self.remind(order, "ai-online-1")
        composed = said("session_reminder")
        assert list(composed.attachments) == []
        for body in both(composed):
            assert f"http://localhost/en/u/{bob.link_token}/pripojit/ai-online-1" in body
            assert "opens half an hour before the start, at 8:30" in words(body)
            assert "zoom.example" not in body
            assert "Brno" not in body

    def test_reminder_online_without_a_meeting_yet_leads_to_the_page(self, order: Order, bob: Registration) -> None:
        with transaction():
            world.session_of(order.event, "ai-online-1").join_url = None
        self.remind(order, "ai-online-1")
        assert "/pripojit/" not in said("session_reminder").text
        assert f"http://localhost/en/u/{bob.link_token}\n" in said("session_reminder").text

    def test_reminder_of_what_has_begun_is_not_told(self, order: Order, travel: Travel) -> None:
        self.remind(order, "ai-brno")
        travel(datetime(2025, 3, 26, 9, 0, tzinfo=PRAGUE))
        assert is_withdrawn("session_reminder")

    def test_reminder_is_not_for_whoever_does_not_come(self, order: Order, bob: Registration) -> None:
        self.remind(order, "ai-brno")
        world.cancel(bob)
        assert is_withdrawn("session_reminder")


class TestLinks:
    def ask(self, email: str) -> None:
        with transaction():
            mails.links(email, language="en")

    def test_all_that_belongs_to_an_address_is_found_whatever_its_case(self, order: Order, academy: Event) -> None:
        other = world.order(academy, world.Who("Ada", "Žďárská", "ADA@HorniLhota.example"), orderer_email=EVE)
        self.ask("Ada@hornilhota.EXAMPLE")
        for body in both(said("links")):
            assert f"http://localhost/en/p/{order.link_token}" in body
            assert f"http://localhost/en/u/{order.registrations[0].link_token}" in body
            assert f"http://localhost/en/u/{other.registrations[0].link_token}" in body
            assert order.registrations[1].link_token not in body
            assert other.link_token not in body

    def test_each_event_stands_once_with_its_date_the_nearest_first(self, order: Order, app: object) -> None:
        later = db.session.query(Event).filter_by(slug="knihovny-soucasnosti").one()
        world.order(later, world.ada(ticket_type=later.ticket_types[0].code))
        self.ask(ADA)
        text = said("links").text
        assert text.count(order.event.title) == 1
        assert text.index(order.event.title) < text.index(later.title)
        assert "25–26 March 2025" in text

    def test_events_that_are_over_are_left_out(self, order: Order, travel: Travel) -> None:
        self.ask(ADA)
        travel(datetime(2025, 4, 16, 23, 59, tzinfo=PRAGUE))
        assert order.link_token in said("links").text
        travel(datetime(2025, 4, 17, 0, 1, tzinfo=PRAGUE))
        assert is_withdrawn("links")

    def test_erased_people_have_no_links(self, order: Order, bob: Registration) -> None:
        with transaction():
            bob.erased_at = clock.now()
        self.ask(BOB)
        assert is_withdrawn("links")

    def test_address_nobody_knows_gets_nothing(self, order: Order) -> None:
        self.ask(EVE)
        assert is_withdrawn("links")
