import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from registration.core.db import db
from registration.events.models import Event, Session, TicketType
from registration.events.queries import get_event, offer
from registration.events.rules import SignUpState
from registration.mail.models import OutboxMessage
from registration.signups import queries
from registration.signups.errors import (
    AlreadyCancelled,
    LinkNotFound,
    SignUpNotOpen,
    TicketTypeFull,
    UnknownTicketType,
)
from registration.signups.models import Order, Registration, RegistrationStatus, TicketCode
from registration.signups.operations import Orderer, Person, cancel_registration, sign_up
from tests import factories
from tests.factories import ADA, BOB


def taken(event: Event) -> tuple[dict[str, int], dict[str, int]]:
    db.session.expire_all()
    ticket_types = db.session.scalars(select(TicketType).where(TicketType.event_id == event.id))
    sessions = db.session.scalars(select(Session).where(Session.event_id == event.id))
    return {each.code: each.taken for each in ticket_types}, {each.code: each.taken for each in sessions}


def test_order_takes_places_in_every_session_its_ticket_types_admit_to(academy: Event) -> None:
    factories.order(academy, ADA, Person(**{**BOB.__dict__, "ticket_type": "SETKANI"}))
    assert taken(academy) == (
        {"SETKANI": 1, "AI": 1, "OBOJI": 0},
        {"setkani": 1, "ai-brno": 1, "ai-online-1": 1, "ai-online-2": 1},
    )


def test_orders_are_numbered_within_the_event(academy: Event) -> None:
    first, second = factories.order(academy), factories.order(academy, BOB)
    assert (first.shelf_mark, second.shelf_mark) == ("2025/SAI/P-0001", "2025/SAI/P-0002")
    assert second.registrations[0].shelf_mark == "2025/SAI/P-0002/1"


def test_order_and_people_are_found_by_their_links_and_codes(academy: Event) -> None:
    order = factories.order(academy)
    ada = order.registrations[0]
    assert queries.get_order(order.link_token).id == order.id
    assert queries.get_person(ada.link_token).id == ada.id
    assert [code.registration_id for code in queries.list_by_code(ada.ticket_code)] == [ada.id]
    assert [code.registration_id for code in queries.list_by_code(ada.ticket_code[:8])] == [ada.id]
    assert queries.list_by_code("AAAA") == []


def test_links_of_one_kind_do_not_open_another(academy: Event) -> None:
    order = factories.order(academy)
    with pytest.raises(LinkNotFound):
        queries.get_person(order.link_token)
    with pytest.raises(LinkNotFound):
        queries.get_order(order.registrations[0].link_token)


def test_stolen_database_holds_no_link_and_no_code(academy: Event) -> None:
    order = factories.order(academy)
    ada = order.registrations[0]
    stored = [order.link_hash, ada.link_hash]
    for code in db.session.scalars(select(TicketCode)):
        stored += [code.code_hash, code.prefix_hash]
    for secret in (order.link_token, ada.link_token, ada.ticket_code, ada.ticket_code[:8]):
        assert not any(secret in str(value) for value in stored)


def test_organisation_is_found_in_the_directory_whatever_its_diacritics(academy: Event) -> None:
    orderer = Orderer(name="Ada", email="ada@x.example", organisation="mestska  knihovna horni lhota")
    order = factories.order(academy, orderer=orderer)
    assert order.organisation is not None
    assert order.organisation_name == order.organisation.name == "Městská knihovna Horní Lhota"


def test_unknown_organisation_stays_as_typed(academy: Event) -> None:
    order = factories.order(academy, orderer=Orderer(name="Eve", email="eve@x.example", organisation="Knihovna Jinde"))
    assert (order.organisation, order.organisation_name) == (None, "Knihovna Jinde")


def test_price_is_kept_as_it_was_and_members_have_their_own(academy: Event) -> None:
    for ticket_type in db.session.scalars(select(TicketType)):
        ticket_type.price_member_haler, ticket_type.price_other_haler = 150000, 220000
    db.session.commit()
    member = factories.order(academy).registrations[0]
    other = factories.order(
        academy, BOB, orderer=Orderer(name="Bob", email="bob@x.example", organisation="Knihovna Na Kopci")
    ).registrations[0]
    for ticket_type in db.session.scalars(select(TicketType)):
        ticket_type.price_member_haler = ticket_type.price_other_haler = 999900
    db.session.commit()
    assert (member.price_haler, other.price_haler) == (150000, 220000)


def test_full_session_fills_the_ticket_types_that_need_it_and_no_other(academy: Event) -> None:
    for _ in range(30):
        factories.order(academy)
    db.session.expire_all()
    states = {each.ticket_type.code: each.free for each in offer(get_event(academy.slug)).ticket_types}
    assert states == {"SETKANI": 40, "AI": 0, "OBOJI": 0}
    with pytest.raises(TicketTypeFull) as refused:
        factories.order(academy)
    assert [each.code for each in refused.value.ticket_types] == ["AI"]


def test_order_gets_all_its_places_or_none(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop(capacity=2)
    people = [Person(**{**ADA.__dict__, "ticket_type": "UCAST"})] * 3
    with pytest.raises(TicketTypeFull):
        factories.order(event, *people)
    assert taken(event) == ({"UCAST": 0}, {"den-1": 0})
    assert db.session.scalar(select(func.count()).select_from(Order)) == 0
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


def test_ticket_type_has_a_capacity_of_its_own(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop(capacity=None, ticket_capacity=1)
    factories.registration(event, "UCAST")
    with pytest.raises(TicketTypeFull) as refused:
        factories.registration(event, "UCAST")
    assert [each.code for each in refused.value.ticket_types] == ["UCAST"]


def test_ticket_type_the_event_does_not_offer_is_refused(academy: Event) -> None:
    with pytest.raises(UnknownTicketType):
        factories.registration(academy, "VIP")


def test_sign_up_is_refused_after_it_closed(academy: Event, travel: Callable[[datetime], None]) -> None:
    travel(datetime(2025, 3, 20, 22, 59, 58, tzinfo=UTC))  # 23:59:58 in Prague on the last day
    factories.registration(academy)
    travel(datetime(2025, 3, 20, 23, 0, 0, tzinfo=UTC))
    with pytest.raises(SignUpNotOpen) as refused:
        factories.registration(academy)
    assert refused.value.state is SignUpState.CLOSED


@pytest.mark.parametrize(
    ("slug", "state"),
    [("elektronicke-sluzby-knihoven", SignUpState.ELSEWHERE), ("long-story-short", SignUpState.INFO_ONLY)],
)
def test_sign_up_is_refused_where_there_is_none(academy: Event, slug: str, state: SignUpState) -> None:
    with pytest.raises(SignUpNotOpen) as refused:
        sign_up(get_event(slug), orderer=factories.ADAS_ORDERER, people=[ADA], language="cs")
    assert refused.value.state is state
    assert refused.value.message


def test_cancelling_frees_the_place_and_is_a_fact_with_a_time_and_an_actor(academy: Event) -> None:
    ada = factories.registration(academy)
    cancellation = cancel_registration(ada, by=factories.OLGA_EMAIL, reason="nemoc")
    assert taken(academy)[0]["AI"] == 0
    assert set(taken(academy)[1].values()) == {0}
    assert ada.status is RegistrationStatus.CANCELLED
    assert (cancellation.cancelled_by, cancellation.reason) == (factories.OLGA_EMAIL, "nemoc")
    assert cancellation.cancelled_at.tzinfo is UTC


def test_cancelling_twice_frees_one_place_only(academy: Event) -> None:
    ada, _ = factories.registration(academy), factories.registration(academy, email="other@x.example")
    cancel_registration(ada, by=factories.OLGA_EMAIL)
    with pytest.raises(AlreadyCancelled):
        cancel_registration(ada, by=factories.OLGA_EMAIL)
    assert taken(academy)[0]["AI"] == 1


def test_many_at_once_get_exactly_as_many_places_as_there_are(app: Flask, at_demo_day: None) -> None:
    """Promise I1, with threads that each have a connection of their own."""
    slug = factories.workshop(capacity=7).slug
    answers: list[str] = []

    def try_to_sign_up(number: int) -> None:
        with app.app_context():
            for attempt in range(3):
                person = Person(
                    given_name="Ada",
                    family_name="Hora",
                    email=f"p{number}.{attempt}@x.example",
                    ticket_type="UCAST",
                )
                try:
                    sign_up(get_event(slug), orderer=factories.ADAS_ORDERER, people=[person], language="cs")
                    answers.append("place")
                except TicketTypeFull:
                    answers.append("full")

    threads = [threading.Thread(target=try_to_sign_up, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (answers.count("place"), answers.count("full")) == (7, 17)
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 7
    numbers = db.session.scalars(select(Order.number).order_by(Order.number)).all()
    assert len(set(numbers)) == 7


def test_ticket_types_taken_in_different_orders_never_lock_each_other_out(academy: Event, app: Flask) -> None:
    slug, failures = academy.slug, list[BaseException]()

    def sign_up_and_cancel(codes: list[str]) -> None:
        with app.app_context():
            for code in codes:
                try:
                    person = Person(**{**ADA.__dict__, "ticket_type": code})
                    order = sign_up(get_event(slug), orderer=factories.ADAS_ORDERER, people=[person], language="cs")
                    cancel_registration(order.registrations[0], by="test")
                except BaseException as failure:
                    failures.append(failure)

    orders = [["AI", "OBOJI", "SETKANI"] * 3, ["SETKANI", "OBOJI", "AI"] * 3, ["OBOJI", "AI", "OBOJI"] * 3]
    threads = [threading.Thread(target=sign_up_and_cancel, args=(codes,)) for codes in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert set(taken(academy)[1].values()) == {0}
