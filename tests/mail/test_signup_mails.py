"""Who hears of what: every person of their own place, the orderer of the order and of colleagues' places."""

from datetime import datetime

import pytest

from registration.core.db import transaction
from registration.events.models import Event
from registration.signups import mails
from registration.signups.mails import SessionBefore, Told
from registration.signups.models import CancellationKind, Order
from tests.mail import world
from tests.mail.world import ADA, APPLIED, BOB, CANCELLED, CONFIRMED, EVE, OFFERED, WAITING, messages
from tests.queries import count_queries


def told() -> list[tuple[str, str]]:
    """Return (kind, recipient) of everything in the outbox."""
    return [(message.kind, message.recipient) for message in messages()]


@pytest.fixture
def order(academy: Event) -> Order:
    """Ada orders for herself and Bob."""
    return world.order(academy, world.ada(), world.bob(), language="en")


def test_orderer_hears_of_the_order_and_each_colleague_of_their_own_place(academy: Event) -> None:
    people = [
        Told(1, 1, ADA, CONFIRMED),
        Told(2, 1, BOB, CONFIRMED),
        Told(3, 1, EVE, WAITING),
        Told(4, 1, "cyril@ukazka.example", APPLIED),
    ]
    with transaction(), count_queries() as queries:
        mails.signed_up(event_id=5, order_id=17, orderer_email=ADA, language="en", people=people)
    assert queries.count == 1  # and that one writes
    assert told() == [
        ("order_received", ADA),
        ("place_confirmed", BOB),
        ("place_waiting", EVE),
        ("place_applied", "cyril@ukazka.example"),
    ]
    orderers, *others = messages()
    assert orderers.facts == {"order": 17}
    assert [message.facts for message in others] == [{"registration": number, "version": 1} for number in (2, 3, 4)]
    assert {message.language for message in messages()} == {"en"}


def test_address_in_capitals_is_the_same_address(app: object) -> None:
    with transaction():
        mails.signed_up(
            event_id=5, order_id=1, orderer_email=ADA, language="cs", people=[Told(1, 1, ADA.upper(), CONFIRMED)]
        )
    assert told() == [("order_received", ADA)]


@pytest.mark.parametrize(
    ("tell", "kind", "news"),
    [
        (mails.promoted, "place_promoted", "promoted"),
        (mails.offered, "place_offered", "offered"),
        (mails.lapsed, "place_lapsed", "lapsed"),
        (mails.refused, "place_refused", "refused"),
        (mails.cancelled, "place_cancelled", "cancelled"),
    ],
)
def test_everybody_hears_of_their_own_and_the_orderer_of_colleagues(
    order: Order, tell: object, kind: str, news: str
) -> None:
    with transaction():
        _, bob = people = [*order.registrations]
        assert [each.ticket_version for each in people] == [1, 1]  # all is read, as by whoever calls this
        with count_queries() as queries:
            tell(order, people)  # type: ignore[operator]  # one of the functions above
    assert queries.count == 1
    assert told() == [(kind, ADA), (kind, BOB), ("order_news", ADA)]
    assert messages()[1].facts == {"registration": bob.id, "version": 1}
    assert messages()[2].facts == {"order": order.id, "registrations": [bob.id], "news": news}


def test_orderer_hears_nothing_twice(order: Order) -> None:
    with transaction():
        mails.promoted(order, [order.registrations[0]])
    assert told() == [("place_promoted", ADA)]


def test_orderer_who_does_not_come_hears_of_everybody(academy: Event) -> None:
    order = world.order(academy, world.ada(), world.bob(), orderer_email="library@hornilhota.example")
    with transaction():
        mails.cancelled(order, order.registrations)
    assert told()[2:] == [("order_news", "library@hornilhota.example")]
    assert messages()[2].facts["registrations"] == [each.id for each in order.registrations]


def test_lost_choices_are_told_to_whom_they_concern(order: Order) -> None:
    ada, bob = order.registrations
    with transaction():
        mails.promoted(order, [ada, bob], lost={bob.id: ["oběd"]})
    assert [message.facts.get("lost") for message in messages()] == [None, ["oběd"], None]


def test_reason_of_a_refusal_goes_along(order: Order) -> None:
    with transaction():
        mails.refused(order, [order.registrations[1]], reason="jen pro vedoucí")
    assert messages()[0].facts["reason"] == "jen pro vedoucí"


@pytest.mark.parametrize(
    ("status", "kind"),
    [(CONFIRMED, "place_confirmed"), (WAITING, "place_waiting")],
)
def test_approved_person_hears_what_they_have_got(academy: Event, status: object, kind: str) -> None:
    order = world.order(academy, world.bob(status))  # type: ignore[arg-type]  # a status
    with transaction():
        mails.approved(order, order.registrations[0])
    assert told() == [(kind, BOB), ("order_news", ADA)]
    assert messages()[1].facts["news"] == "approved"


def test_other_ticket_type_is_news_for_both(order: Order) -> None:
    with transaction():
        mails.moved(order, order.registrations[1])
    assert told() == [("place_changed", BOB), ("order_news", ADA)]
    assert messages()[0].facts["is_moved"] is True
    assert messages()[1].facts["news"] == "moved"


def test_other_answers_are_between_the_person_and_the_organizer(order: Order) -> None:
    with transaction():
        mails.answers_changed(order, order.registrations[1])
    assert told() == [("place_changed", BOB)]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (CONFIRMED, "place_confirmed"),
        (WAITING, "place_waiting"),
        (APPLIED, "place_applied"),
        (OFFERED, "place_offered"),
    ],
)
def test_of_a_substitution_hear_the_new_the_previous_and_the_orderer(academy: Event, status: object, kind: str) -> None:
    order = world.order(academy, world.bob(status))  # type: ignore[arg-type]  # a status
    registration = order.registrations[0]
    world.pass_on(registration, world.Who("Cyril", "Ivan", EVE))
    with transaction():
        mails.substituted(order, registration, previous_name="Bob Řehák", previous_email=BOB, previous_version=1)
    assert told() == [(kind, EVE), ("place_passed_on", BOB), ("order_news", ADA)]
    new, previous, news = messages()
    assert new.facts == {"registration": registration.id, "version": 2}
    assert previous.facts == {
        "registration": registration.id,
        "previous_name": "Bob Řehák",
        "version_before": 1,
        "keeps_dates": False,
    }
    assert news.facts["previous_name"] == "Bob Řehák"


def test_of_a_cancelled_event_hears_everybody_but_who_had_left(academy: Event) -> None:
    first = world.order(
        academy,
        world.ada(),
        world.bob(CANCELLED),
        world.Who("Cyril", "Ivan", EVE, CANCELLED, cancelled=CancellationKind.EVENT_CANCELLED),
    )
    second = world.order(academy, world.bob(WAITING), orderer_email=BOB)
    with transaction():
        mails.event_cancelled([first, second], reason="nemoc lektora")
    assert told() == [
        ("event_cancelled", ADA),
        ("event_cancelled", EVE),
        ("order_news", ADA),
        ("event_cancelled", BOB),
    ]
    assert {message.facts["reason"] for message in messages()} == {"nemoc lektora"}


def test_of_a_changed_session_hear_those_who_go_there_and_what_it_was(order: Order) -> None:
    session = world.session_of(order.event, "ai-brno")
    before = SessionBefore(datetime(2025, 3, 25, 9, 0), datetime(2025, 3, 25, 16, 30), "Sál")
    with transaction():
        mails.session_changed(session, order.registrations, before=before)
    assert told() == [("session_changed", ADA), ("session_changed", BOB)]
    assert messages()[0].facts == {
        "registration": order.registrations[0].id,
        "version": 1,
        "session": session.id,
        "day_before": "2025-03-25",
        "start_before": "09:00:00",
        "end_before": "16:30:00",
        "venue_before": "Sál",
    }


def test_reminder_is_written_once_for_each_start_and_distance(order: Order) -> None:
    session = world.session_of(order.event, "ai-brno")

    def remind(minutes_before: int) -> int:
        with transaction():
            mails.reminders(session, order.registrations, minutes_before=minutes_before)
        return len(messages())

    assert [remind(4320), remind(4320), remind(1440), remind(4320)] == [2, 2, 4, 4]
    with transaction():
        session.starts_at = datetime(2025, 3, 26, 10, 0)
    assert remind(1440) == 6
    ada, _ = order.registrations
    assert messages()[0].dedupe_key == f"reminder:{ada.id}:{session.id}:2025-03-26T09:00:00:4320"


def test_links_go_to_the_address_they_were_asked_for(app: object) -> None:
    with transaction():
        mails.links(ADA, language="en")
    [message] = messages()
    assert (message.kind, message.recipient, message.language, message.facts) == ("links", ADA, "en", {"email": ADA})
