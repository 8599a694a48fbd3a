from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from registration.core.clock import PRAGUE
from registration.core.db import transaction
from registration.events import operations
from registration.events.models import Audience, Event, TicketType, WaitingListMode
from registration.events.queries import EventOffer, get_event, offer
from registration.events.rules import SignUpState
from tests import factories


@pytest.fixture
def workshop(app: Flask, at_demo_day: None) -> Event:
    """Give a workshop with two places."""
    return factories.workshop(capacity=2)


def offered(event: Event, *, with_invited: bool = False) -> EventOffer:
    return offer(get_event(event.slug), with_invited=with_invited)


def change(event: Event, **changes: object) -> None:
    with transaction():
        found = get_event(event.slug)
        for name, value in changes.items():
            setattr(found, name, value)


def add_ticket_type(event: Event, code: str, audience: Audience) -> None:
    with transaction() as session:
        found = get_event(event.slug)
        session.add(TicketType(event=found, code=code, title=code, position=9, audience=audience))


def test_event_with_places_takes_orders(workshop: Event) -> None:
    found = offered(workshop)
    assert (found.state, found.free, found.can_sign_up, found.has_free_places) == (SignUpState.OPEN, 2, True, True)
    assert not found.is_full


def test_full_event_with_a_waiting_list_takes_orders_all_the_same(workshop: Event) -> None:
    factories.crowd(workshop, 3)
    found = offered(workshop)
    assert (found.is_full, found.can_sign_up, found.has_free_places, found.waiting) == (True, True, False, 1)
    assert [each.waiting for each in found.ticket_types] == [1]


def test_full_event_without_a_waiting_list_takes_none(workshop: Event) -> None:
    change(workshop, waiting_list=WaitingListMode.NONE)
    factories.crowd(workshop, 2)
    found = offered(workshop)
    assert (found.is_full, found.can_sign_up, found.has_waiting_list) == (True, False, False)


def test_place_that_somebody_waits_for_is_not_free_for_newcomers(workshop: Event) -> None:
    factories.crowd(workshop, 3)
    change(workshop, waiting_list=WaitingListMode.NONE)  # nobody is served, so that a place stays empty
    operations.set_capacity(workshop.sessions[0], 3, by="olga@sekce.example")
    found = offered(workshop)
    assert (found.free, found.ticket_types[0].is_full, found.is_full) == (0, True, True)


def test_ticket_types_by_invitation_are_hidden_unless_asked_for(workshop: Event) -> None:
    add_ticket_type(workshop, "VIP", Audience.INVITED)
    assert [each.ticket_type.code for each in offered(workshop).ticket_types] == ["UCAST"]
    found = offered(workshop, with_invited=True)
    assert [each.audience for each in found.ticket_types] == [Audience.EVERYONE, Audience.INVITED]
    assert not offered(workshop).is_by_invitation


def test_event_by_invitation_only_offers_no_form(workshop: Event) -> None:
    with transaction():
        get_event(workshop.slug).ticket_types[0].audience = Audience.INVITED
    found = offered(workshop)
    assert (found.is_by_invitation, found.can_sign_up) == (True, False)
    assert offered(workshop, with_invited=True).can_sign_up


def test_invitation_opens_one_ticket_type_only(workshop: Event) -> None:
    add_ticket_type(workshop, "VIP", Audience.INVITED)
    tokens = {each.ticket_type.invitation_token for each in offered(workshop, with_invited=True).ticket_types}
    assert len(tokens) == 2


def test_cancelled_event_takes_no_orders(workshop: Event, travel: Callable[[datetime], None]) -> None:
    operations.cancel_event(workshop, by="olga@sekce.example")
    assert (offered(workshop).state, offered(workshop).can_sign_up) == (SignUpState.CANCELLED, False)
    travel(datetime(2025, 5, 1, 9, 0, tzinfo=PRAGUE))
    assert offered(workshop).state is SignUpState.CANCELLED
