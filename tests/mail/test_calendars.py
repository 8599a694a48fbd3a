"""The calendar files that messages carry: what goes into a calendar, and what comes out of it again."""

from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import pytest

from registration.core.db import transaction
from registration.events.models import Event
from registration.mail.delivery import post_office
from registration.signups import mails
from registration.signups.models import Order
from tests.mail import world
from tests.papers import calendar_events

AI = ["ai-brno", "ai-online-1", "ai-online-2"]


def files_of(kind: str) -> list[tuple[str, list[str]]]:
    """Return (method, codes of sessions) of the calendar files of the one message of this kind."""
    row = world.message(kind)
    composed = post_office.compose(row)
    assert composed is not None
    message = BytesParser(policy=default).parsebytes(post_office.as_bytes(row, composed))
    return [method_and_codes(part) for part in message.iter_attachments() if part.get_content_type() == "text/calendar"]


def method_and_codes(part: EmailMessage) -> tuple[str, list[str]]:
    content = part.get_content()
    method: str = part["Content-Type"].params["method"]
    assert f"METHOD:{method}\r\n" in content  # RFC 6047 2.4: the header says the same
    codes = [str(event["UID"]).split("@")[0].split(".")[1] for event in calendar_events(content)]
    return method, codes


@pytest.fixture
def order(academy: Event) -> Order:
    """Ada goes to the academy, Bob to the meeting and the academy."""
    return world.order(academy, world.ada(), world.bob(ticket_type="OBOJI"))


def test_confirmed_place_goes_into_the_calendar(order: Order) -> None:
    with transaction():
        mails.promoted(order, [order.registrations[1]])
    assert files_of("place_promoted") == [("PUBLISH", ["setkani", *AI])]


def test_order_brings_the_dates_of_everybody_with_a_place(academy: Event) -> None:
    order = world.order(academy, world.ada(), world.bob(world.WAITING, ticket_type="OBOJI"))
    with transaction():
        mails.signed_up(event_id=order.event_id, order_id=order.id, orderer_email=world.ADA, language="cs", people=[])
    assert files_of("order_received") == [("PUBLISH", AI)]


def test_cancelled_place_takes_its_dates_out(order: Order) -> None:
    ada = order.registrations[0]
    world.cancel(ada)
    with transaction():
        mails.cancelled(order, [ada])
    assert files_of("place_cancelled") == [("CANCEL", AI)]


def test_whoever_only_waited_has_no_dates_to_take_out(academy: Event) -> None:
    order = world.order(academy, world.ada(world.WAITING))
    world.cancel(order.registrations[0])
    with transaction():
        mails.cancelled(order, order.registrations)
    assert files_of("place_cancelled") == []


def test_other_ticket_type_brings_its_dates_and_takes_the_others_out(order: Order) -> None:
    with transaction():
        mails.moved(order, order.registrations[0])
    assert files_of("place_changed") == [("PUBLISH", AI), ("CANCEL", ["setkani"])]


def test_type_that_admits_to_everything_takes_nothing_out(order: Order) -> None:
    with transaction():
        mails.moved(order, order.registrations[1])
    assert files_of("place_changed") == [("PUBLISH", ["setkani", *AI])]


def test_other_answers_bring_the_same_dates_once_more(order: Order) -> None:
    with transaction():
        mails.answers_changed(order, order.registrations[0])
    assert files_of("place_changed") == [("PUBLISH", AI)]


def test_place_passed_on_takes_the_dates_out(order: Order) -> None:
    ada = order.registrations[0]
    world.pass_on(ada, world.Who("Cyril", "Ivan", world.EVE))
    with transaction():
        mails.substituted(order, ada, previous_name="Ada Žďárská", previous_email=world.ADA, previous_version=1)
    assert files_of("place_passed_on") == [("CANCEL", AI)]
    assert files_of("place_confirmed") == [("PUBLISH", AI)]


def test_dates_stay_in_a_mailbox_that_colleagues_share(order: Order) -> None:
    ada = order.registrations[0]
    world.pass_on(ada, world.Who("Cyril", "Ivan", world.ADA.upper()))
    with transaction():
        mails.substituted(order, ada, previous_name="Ada Žďárská", previous_email=world.ADA, previous_version=1)
    assert files_of("place_passed_on") == []


def test_cancelled_event_takes_its_dates_out(order: Order, academy: Event) -> None:
    world.cancel(order.registrations[1])
    with transaction():
        academy.cancelled_at = world.SIGNED_UP_AT
        mails.event_cancelled([order])
    assert files_of("event_cancelled") == [("CANCEL", AI)]


def test_changed_session_comes_with_a_higher_sequence(order: Order, academy: Event) -> None:
    session = world.session_of(academy, "ai-brno")
    before = mails.SessionBefore(session.starts_at, session.ends_at, session.venue)
    with transaction():
        session.venue, session.sequence = "Moravská zemská knihovna", 1
        mails.session_changed(session, order.registrations[:1], before=before)
    assert files_of("session_changed") == [("PUBLISH", AI)]
    row = world.message("session_changed")
    message = BytesParser(policy=default).parsebytes(post_office.as_bytes(row, world.said("session_changed")))
    [calendar] = [part for part in message.iter_attachments() if part.get_content_type() == "text/calendar"]
    changed = calendar_events(calendar.get_content())[0]
    assert (changed["SEQUENCE"], str(changed["LOCATION"])) == (1, "Moravská zemská knihovna, Brno")


def test_place_given_up_between_two_attempts_takes_no_files_along(order: Order) -> None:
    with transaction():
        mails.promoted(order, [order.registrations[0]])
    composed = world.said("place_promoted")
    world.cancel(order.registrations[0])
    sent = post_office.as_bytes(world.message("place_promoted"), composed)
    assert list(BytesParser(policy=default).parsebytes(sent).iter_attachments()) == []
