import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from registration.core import tokens
from registration.core.db import Base, db, transaction
from registration.events.models import Audience, Event, Session, TicketType, WaitingListMode
from registration.events.queries import get_event, offer
from registration.events.rules import SignUpState
from registration.mail.models import OutboxMessage
from registration.signups import queries
from registration.signups.errors import (
    AlreadySignedUp,
    InvitationNeeded,
    LinkNotFound,
    MembersOnly,
    OrganisationLimitReached,
    SignUpNotOpen,
    TicketTypeFull,
    TwiceInOrder,
    UnknownTicketType,
)
from registration.signups.models import Order, Registration, RegistrationStatus, TicketCode
from registration.signups.operations import Orderer, Person, Receipt, Wishes, cancel, sign_up
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
    factories.crowd(academy, 30, "AI")
    states = {each.ticket_type.code: each.free for each in offer(get_event(academy.slug)).ticket_types}
    assert states == {"SETKANI": 40, "AI": 0, "OBOJI": 0}
    with pytest.raises(TicketTypeFull) as refused:
        factories.order(academy, BOB, wishes=Wishes(may_wait=False))
    assert refused.value.people == [0]
    assert factories.registration(academy, "SETKANI").is_confirmed


def test_order_that_does_not_want_to_wait_gets_all_its_places_or_none(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop(capacity=2)
    with pytest.raises(TicketTypeFull) as refused:
        factories.order(event, *map(factories.person, range(3)), wishes=Wishes(may_wait=False))
    assert refused.value.people == [0, 1, 2]
    assert taken(event) == ({"UCAST": 0}, {"den-1": 0})
    assert count(Order) == count(OutboxMessage) == 0
    assert factories.order(event, factories.person(1)).number == 1


def test_nobody_waits_where_there_is_no_waiting_list(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop(capacity=None, ticket_capacity=1, waiting_list=WaitingListMode.NONE)
    factories.registration(event, "UCAST")
    with pytest.raises(TicketTypeFull):
        factories.order(event, factories.person(1))


def test_ticket_type_the_event_does_not_offer_is_refused(academy: Event) -> None:
    with pytest.raises(UnknownTicketType):
        factories.registration(academy, "VIP")


def test_sign_up_is_refused_after_it_closed(academy: Event, travel: Callable[[datetime], None]) -> None:
    travel(datetime(2025, 3, 20, 22, 59, 58, tzinfo=UTC))  # 23:59:58 in Prague on the last day
    factories.registration(academy)
    travel(datetime(2025, 3, 20, 23, 0, 0, tzinfo=UTC))
    with pytest.raises(SignUpNotOpen) as refused:
        factories.order(academy, BOB)
    assert refused.value.state is SignUpState.CLOSED


@pytest.mark.parametrize(
    ("slug", "state"),
    [("elektronicke-sluzby-knihoven", SignUpState.ELSEWHERE), ("long-story-short", SignUpState.INFO_ONLY)],
)
def test_sign_up_is_refused_where_there_is_none(academy: Event, slug: str, state: SignUpState) -> None:
    with pytest.raises(SignUpNotOpen) as refused:
        sign_up(get_event(slug).id, orderer=factories.ADAS_ORDERER, people=[ADA], language="cs")
    assert refused.value.state is state
    assert refused.value.message


def test_same_person_is_signed_up_once(academy: Event) -> None:
    factories.order(academy, ADA, BOB)
    with pytest.raises(AlreadySignedUp) as refused:
        factories.order(academy, factories.person(1, "AI"), Person(**{**BOB.__dict__, "family_name": "REHAK"}))
    assert refused.value.people == [1]
    assert count(Registration) == 2


def test_colleagues_may_share_an_address_and_namesakes_a_name(academy: Event) -> None:
    for changes in ({}, {"given_name": "Adam"}, {"email": "adina@x.example"}):
        factories.registration(academy, **changes)
    assert count(Registration) == 3


def test_person_who_cancelled_can_sign_up_again(academy: Event) -> None:
    cancel([factories.registration(academy)], by="ada")
    assert factories.registration(academy).is_confirmed


def test_person_stands_in_an_order_once(academy: Event) -> None:
    with pytest.raises(TwiceInOrder) as refused:
        factories.order(academy, ADA, BOB, ADA)
    assert refused.value.people == [2]


def test_form_sent_twice_makes_one_order(academy: Event) -> None:
    receipts = {submit(academy, key="a-form").order_id for _ in range(2)}
    assert len(receipts) == count(Order) == 1
    assert get_event(academy.slug).order_count == 1
    assert count(OutboxMessage) == 1


def test_form_sent_again_after_everything_was_cancelled_makes_a_new_order(academy: Event) -> None:
    first = submit(academy, key="a-form")
    cancel(list(db.session.scalars(select(Registration))), by="ada")
    assert submit(academy, key="a-form").order_id != first.order_id


def submit(event: Event, *, key: str) -> Receipt:
    return sign_up(event.id, orderer=factories.ADAS_ORDERER, people=[ADA], language="cs", submission_key=key)


def test_form_sent_twice_at_once_makes_one_order(app: Flask, at_demo_day: None) -> None:
    event_id = factories.workshop().id
    both = threading.Barrier(2, timeout=10)
    receipts: list[int] = []

    def click() -> None:
        with app.app_context():
            both.wait()
            people = [factories.person(1)]
            receipt = sign_up(
                event_id, orderer=factories.ADAS_ORDERER, people=people, language="cs", submission_key="key"
            )
            receipts.append(receipt.order_id)

    run_all([click, click])
    assert len(receipts) == 2
    assert len(set(receipts)) == count(Order) == 1


def test_members_only_ticket_type_is_for_people_of_members(app: Flask, academy: Event) -> None:
    set_audience(academy, "AI", Audience.MEMBERS)
    assert factories.registration(academy).is_confirmed
    with pytest.raises(MembersOnly) as refused:
        factories.order(
            academy,
            factories.person(1, "SETKANI"),
            factories.person(2, "AI"),
            orderer=Orderer(name="Bob", email="bob@x.example", organisation="Knihovna Na Kopci"),
        )
    assert refused.value.people == [1]


def test_invitation_only_ticket_type_needs_its_own_invitation(app: Flask, academy: Event) -> None:
    ticket_type = set_audience(academy, "AI", Audience.INVITED)
    other = next(each for each in academy.ticket_types if each.code == "OBOJI")
    for wrong in ("", "řž", tokens.link_token("invitation", other.id, 1)):
        with pytest.raises(InvitationNeeded):
            factories.order(academy, wishes=Wishes(invitation=wrong))
    invitation = tokens.link_token("invitation", ticket_type.id, 1)
    assert factories.order(academy, wishes=Wishes(invitation=invitation)).registrations[0].is_confirmed


def set_audience(event: Event, code: str, audience: Audience) -> TicketType:
    with transaction() as session:
        ticket_type = session.scalars(
            select(TicketType).where(TicketType.event_id == event.id, TicketType.code == code)
        ).one()
        ticket_type.audience = audience
    return ticket_type


def test_organisation_may_send_only_so_many_people(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    with transaction() as session:
        session.get_one(Event, event.id).organisation_limit = 2
    factories.order(event, factories.person(1))
    cancelled = factories.order(event, factories.person(2)).registrations
    with pytest.raises(OrganisationLimitReached) as refused:
        factories.order(event, factories.person(3))
    assert refused.value.limit == 2
    cancel(cancelled, by="test")
    factories.order(event, factories.person(3))
    without = Orderer(name="Bob", email="bob@x.example")
    assert len(factories.order(event, *map(factories.person, range(10, 15)), orderer=without).registrations) == 5


def test_event_with_approval_takes_no_place_before_the_organizer_decides(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop(capacity=1)
    with transaction() as session:
        session.get_one(Event, event.id).needs_approval = True
    people = factories.order(event, *map(factories.person, range(3))).registrations
    assert {each.status for each in people} == {RegistrationStatus.APPLIED}
    assert taken(event) == ({"UCAST": 0}, {"den-1": 0})


def test_many_at_once_get_exactly_as_many_places_as_there_are_and_the_others_wait_in_order(
    app: Flask, at_demo_day: None
) -> None:
    """Promises I1 and I2, with threads that each have a connection of their own."""
    event_id = factories.workshop(capacity=7).id

    def try_to_sign_up(number: int) -> None:
        with app.app_context():
            for attempt in range(3):
                people = [factories.person(10 * number + attempt)]
                sign_up(event_id, orderer=factories.ADAS_ORDERER, people=people, language="cs")

    run_all([partial(try_to_sign_up, number) for number in range(8)])
    people = list(db.session.scalars(select(Registration).join(Registration.order).order_by(Order.number)))
    assert [each.status for each in people] == [*["confirmed"] * 7, *["waiting"] * 17]
    assert [each.order.number for each in people] == list(range(1, 25))
    assert queries.positions(people) == {each.id: n for n, each in enumerate(people[7:], start=1)}


def test_ticket_types_taken_in_different_orders_never_lock_each_other_out(academy: Event, app: Flask) -> None:
    event_id = academy.id

    def sign_up_and_cancel(number: int, codes: list[str]) -> None:
        with app.app_context():
            for code in codes:
                person = factories.person(number, code)
                receipt = sign_up(event_id, orderer=factories.ADAS_ORDERER, people=[person], language="cs")
                order = queries.find_order(receipt.order_id)
                assert order
                cancel(order.registrations, by="test")

    orders = [["AI", "OBOJI", "SETKANI"] * 3, ["SETKANI", "OBOJI", "AI"] * 3, ["OBOJI", "AI", "OBOJI"] * 3]
    run_all([partial(sign_up_and_cancel, number, codes) for number, codes in enumerate(orders)])
    assert set(taken(academy)[1].values()) == {0}


def run_all(functions: Sequence[Callable[[], None]]) -> None:
    """Run functions at once, each in a thread; the first failure of any is raised."""
    with ThreadPoolExecutor(len(functions)) as pool:
        for future in [pool.submit(function) for function in functions]:
            future.result()
    db.session.rollback()


def count(table: type[Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0
