from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from registration.core.db import db, transaction
from registration.events.models import (
    Audience,
    Event,
    Question,
    QuestionChoice,
    QuestionKind,
    QuestionScope,
    TicketType,
    WaitingListMode,
)
from registration.events.questions import Value
from registration.mail.models import OutboxMessage
from registration.signups import answers, queries
from registration.signups.errors import (
    AlreadyCancelled,
    AlreadySignedUp,
    ChangesClosed,
    ChoiceFull,
    InvitationNeeded,
    LinkNotFound,
    MembersOnly,
    OfferOver,
    TicketTypeFull,
    UnknownTicketType,
)
from registration.signups.models import Answer, Substitution
from registration.signups.operations import (
    Orderer,
    Person,
    accept_offers,
    cancel,
    change_answers,
    substitute,
    switch_ticket_type,
    withdraw,
)
from tests import factories
from tests.factories import ADA, BOB

START = datetime(2025, 4, 23, 7, 0, tzinfo=UTC)
BY = "ada@hornilhota.example"


@pytest.fixture
def dining(app: Flask, at_demo_day: None) -> Event:
    """Give a workshop with three places that asks about lunch (two of them), a diet, and parking once an order."""
    event = factories.workshop(capacity=3)
    choices = [
        QuestionChoice(code="soup", label="Polévka", position=1, capacity=2),
        QuestionChoice(code="pasta", label="Těstoviny", position=2),
    ]
    with transaction() as session:
        session.add_all(
            [
                Question(event_id=event.id, code="lunch", kind=QuestionKind.CHOICES, label="Oběd", choices=choices),
                Question(event_id=event.id, code="diet", kind=QuestionKind.TEXT, label="Strava", delete_after_days=14),
                Question(
                    event_id=event.id,
                    code="parking",
                    kind=QuestionKind.CHOICE,
                    scope=QuestionScope.ORDER,
                    label="Parkování",
                    choices=[QuestionChoice(code="yes", label="Ano", capacity=1)],
                ),
            ]
        )
    return event


def eating(number: int, **values: Value) -> Person:
    return Person(**{**factories.person(number).__dict__, "answers": values})


def taken(code: str) -> int:
    db.session.expire_all()
    return db.session.scalars(select(QuestionChoice).where(QuestionChoice.code == code)).one().taken


def kinds() -> list[tuple[str, str]]:
    messages = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [(message.kind, message.recipient) for message in messages]


def test_answers_are_kept_with_the_wording_of_that_day(dining: Event) -> None:
    (ada,) = factories.order(dining, eating(1, lunch=["soup", "pasta"], diet="bez lepku", gone="x")).registrations
    with transaction() as session:
        session.execute(select(Question)).scalars().first().label = "Něco jiného"  # type: ignore[union-attr]
    found = answers.list_by_registrations([ada])
    assert [(each.question_label, each.shown, each.value) for each in found] == [
        ("Oběd", "Polévka, Těstoviny", ["soup", "pasta"]),
        ("Strava", "bez lepku", "bez lepku"),
    ]
    assert [each.delete_on for each in found] == [None, date(2025, 5, 7)]
    assert answers.values_of(ada) == {"lunch": ["soup", "pasta"], "diet": "bez lepku"}


def test_limited_choice_is_taken_like_a_place(dining: Event) -> None:
    factories.order(dining, eating(1, lunch=["soup"]), eating(2, lunch=["soup"]))
    with pytest.raises(ChoiceFull) as refused:
        factories.order(dining, eating(3, lunch=["pasta", "soup"]))
    assert (refused.value.code, refused.value.people) == ("lunch", [0])
    assert taken("soup") == 2
    assert db.session.scalar(select(Event.order_count)) == 1


def test_limited_choice_of_an_order_is_free_again_once_nobody_of_it_comes(dining: Event) -> None:
    orderer = Orderer(name="Ada", email=BY, answers={"parking": "yes"})
    order = factories.order(dining, eating(1, lunch=["soup"]), eating(2), orderer=orderer)
    with pytest.raises(ChoiceFull) as refused:
        factories.order(dining, eating(3), orderer=orderer)
    assert refused.value.people == [None]
    cancel([order.registrations[0]], by=BY)
    assert (taken("soup"), taken("yes")) == (0, 1)
    cancel([order.registrations[1]], by=BY)
    assert taken("yes") == 0


def test_whoever_waits_takes_their_choices_when_they_get_a_place(dining: Event) -> None:
    crowd = factories.crowd(dining, 3)
    bob, eve = factories.order(dining, eating(10, lunch=["soup"]), eating(11, lunch=["soup", "pasta"])).registrations
    assert taken("soup") == 0
    (other,) = factories.order(dining, eating(12, lunch=["soup"])).registrations
    cancel(crowd, by="ada")
    assert taken("soup") == 2
    assert answers.values_of(bob) == {"lunch": ["soup"]}
    assert answers.values_of(eve) == {"lunch": ["soup", "pasta"]}
    assert answers.values_of(other) == {}
    lost = [each.facts["lost"] for each in db.session.scalars(select(OutboxMessage)) if "lost" in each.facts]
    assert lost == [["Polévka"]]


def test_choice_that_is_full_on_promotion_leaves_the_other_choices(dining: Event) -> None:
    factories.order(dining, eating(1, lunch=["soup"]), eating(2, lunch=["soup"]))
    (last,) = factories.crowd(dining, 1, first=3)
    (bob,) = factories.order(dining, eating(10, lunch=["soup", "pasta"])).registrations
    cancel([last], by="ada")
    assert answers.values_of(bob) == {"lunch": ["pasta"]}
    assert answers.list_by_registrations([bob])[0].shown == "Těstoviny"


def test_answers_change_until_their_date(dining: Event, travel: Callable[[datetime], None]) -> None:
    ada, bob = factories.order(dining, eating(1, lunch=["soup"]), eating(2, lunch=["soup"])).registrations
    change_answers(ada, {"lunch": ["pasta"], "diet": "vegan"}, by=BY)
    assert (taken("soup"), taken("pasta")) == (1, 1)
    assert answers.values_of(ada) == {"lunch": ["pasta"], "diet": "vegan"}
    change_answers(bob, {"lunch": ["soup"]}, by=BY)
    assert taken("soup") == 1
    change_answers(bob.order, {"parking": "yes"}, by=BY)
    assert answers.values_of(bob.order) == {"parking": "yes"}
    with transaction() as session:
        session.get_one(Event, dining.id).changes_close_at = datetime(2025, 4, 20, tzinfo=UTC)
    travel(datetime(2025, 4, 20, tzinfo=UTC))
    with pytest.raises(ChangesClosed):
        change_answers(ada, {}, by=BY)
    assert answers.values_of(ada) != {}


def test_answer_that_is_full_changes_nothing(dining: Event) -> None:
    factories.order(dining, eating(1, lunch=["soup"]), eating(2, lunch=["soup"]))
    (eve,) = factories.order(dining, eating(3, lunch=["pasta"])).registrations
    with pytest.raises(ChoiceFull):
        change_answers(eve, {"lunch": ["soup"]}, by=BY)
    db.session.rollback()
    assert answers.values_of(eve) == {"lunch": ["pasta"]}
    cancel([eve], by=BY)
    with pytest.raises(AlreadyCancelled):
        change_answers(eve, {}, by=BY)


def test_substitution_keeps_the_order_and_kills_the_old_code_and_link(academy: Event) -> None:
    """Promise I7."""
    order = factories.order(academy, ADA, BOB)
    bob = order.registrations[1]
    before = (bob.ticket_code, bob.link_token, bob.price_haler, bob.shelf_mark)
    eve = Person(given_name="Eva", family_name="Nová", email="eva@x.example", ticket_type="")
    fact = substitute(bob, person=eve, by=BY)
    assert (fact.previous_name, fact.previous_email, fact.substituted_by) == ("Bob Řehák", BOB.email, BY)
    assert (bob.name, bob.email, bob.price_haler, bob.shelf_mark) == ("Eva Nová", eve.email, *before[2:])
    assert bob.ticket_code != before[0]
    assert [code.version for code in queries.list_by_code(before[0])] == [1]
    assert [code.version for code in queries.list_by_code(bob.ticket_code)] == [2]
    assert queries.get_person(bob.link_token).id == bob.id
    with pytest.raises(LinkNotFound):
        queries.get_person(before[1])
    assert kinds()[-3:] == [
        ("place_confirmed", eve.email),
        ("place_passed_on", BOB.email),
        ("order_news", ADA.email),
    ]


def test_person_before_takes_their_diet_along(dining: Event) -> None:
    (ada,) = factories.order(dining, eating(1, lunch=["soup"], diet="vegan")).registrations
    substitute(ada, person=BOB, by=BY)
    assert answers.values_of(ada) == {"lunch": ["soup"]}
    assert taken("soup") == 1
    assert db.session.scalars(select(Answer.shown)).all() == ["Polévka"]


def test_nobody_is_substituted_by_somebody_who_is_there_already(academy: Event) -> None:
    ada, bob = factories.order(academy, ADA, BOB).registrations
    with pytest.raises(AlreadySignedUp):
        substitute(bob, person=ADA, by=BY)
    substitute(ada, person=Person(**{**ADA.__dict__, "title_before": "Mgr."}), by=BY)
    assert ada.name == "Mgr. Ada Žďárská, Ph.D.".replace(". A", ".\N{NO-BREAK SPACE}A")
    cancel([bob], by=BY)
    with pytest.raises(AlreadyCancelled):
        substitute(bob, person=factories.person(1), by=BY)
    assert len(db.session.scalars(select(Substitution)).all()) == 1


def test_nothing_is_changed_after_the_programme_has_begun(
    app: Flask, at_demo_day: None, travel: Callable[[datetime], None]
) -> None:
    event = factories.workshop()
    (ada,) = factories.crowd(event, 1)
    travel(START)
    for change in (
        lambda: withdraw([ada], by=BY),
        lambda: substitute(ada, person=BOB, by=BY),
        lambda: switch_ticket_type(ada, code="UCAST", by=BY),
    ):
        with pytest.raises(ChangesClosed) as refused:
            change()
    assert refused.value.message
    assert ada.is_confirmed
    substitute(ada, person=BOB, by=BY, is_late_allowed=True)  # by the organizer, who stands at the door
    assert ada.email == BOB.email


def test_ticket_type_is_switched_when_there_is_room(academy: Event) -> None:
    set_prices(academy, "OBOJI", 150000, 220000)
    ada = factories.registration(academy, "SETKANI")
    switch_ticket_type(ada, code="OBOJI", by=BY)
    assert (ada.ticket_type.code, ada.price_haler, ada.is_confirmed) == ("OBOJI", 150000, True)
    assert sessions_taken(academy) == {"setkani": 1, "ai-brno": 1, "ai-online-1": 1, "ai-online-2": 1}
    switch_ticket_type(ada, code="AI", by=BY)
    assert sessions_taken(academy) == {"setkani": 0, "ai-brno": 1, "ai-online-1": 1, "ai-online-2": 1}
    with pytest.raises(UnknownTicketType):
        switch_ticket_type(ada, code="AI", by=BY)
    with pytest.raises(UnknownTicketType):
        switch_ticket_type(ada, code="VIP", by=BY)


def test_ticket_type_is_not_switched_to_a_full_one(academy: Event) -> None:
    factories.crowd(academy, 30, "AI")
    ada = factories.registration(academy, "SETKANI")
    with pytest.raises(TicketTypeFull):
        switch_ticket_type(ada, code="OBOJI", by=BY)
    db.session.rollback()
    assert (ada.ticket_type.code, sessions_taken(academy)["setkani"]) == ("SETKANI", 1)


def test_whoever_holds_a_place_in_a_full_session_keeps_it_when_switching(academy: Event) -> None:
    both = factories.registration(academy, "OBOJI")
    factories.crowd(academy, 29, "AI")
    (waiting,) = factories.crowd(academy, 1, "AI", first=40)
    switch_ticket_type(both, code="AI", by=BY)
    db.session.expire_all()
    assert (both.is_confirmed, waiting.is_confirmed) == (True, False)
    assert sessions_taken(academy)["ai-brno"] == 30


def test_whoever_switches_away_makes_room_for_the_waiting_list(academy: Event) -> None:
    both, *_ = factories.crowd(academy, 30, "OBOJI")
    (waiting,) = factories.crowd(academy, 1, "AI", first=40)
    switch_ticket_type(both, code="SETKANI", by=BY)
    db.session.expire_all()
    assert waiting.is_confirmed


def test_whoever_waits_can_switch_to_what_has_room_and_leaves_the_line(academy: Event) -> None:
    factories.crowd(academy, 30, "AI")
    (waiting,) = factories.crowd(academy, 1, "AI", first=40)
    switch_ticket_type(waiting, code="SETKANI", by=BY)
    db.session.expire_all()
    assert waiting.is_confirmed
    assert db.session.scalar(select(Event.waiting).where(Event.id == academy.id)) == 0


def test_offered_place_is_accepted_by_switching(app: Flask, academy: Event) -> None:
    with transaction() as session:
        session.get_one(Event, academy.id).waiting_list = WaitingListMode.OFFER
    holders = factories.crowd(academy, 30, "AI")
    (waiting,) = factories.crowd(academy, 1, "AI", first=40)
    cancel([holders[0]], by="ada")
    switch_ticket_type(waiting, code="OBOJI", by=BY)
    assert waiting.is_confirmed
    with pytest.raises(OfferOver):
        accept_offers([waiting], by=BY)


def test_applicant_switches_without_taking_a_place(app: Flask, academy: Event) -> None:
    with transaction() as session:
        session.get_one(Event, academy.id).needs_approval = True
    ada = factories.registration(academy)
    switch_ticket_type(ada, code="OBOJI", by=BY)
    assert set(sessions_taken(academy).values()) == {0}


def test_switching_asks_for_membership_and_invitation_too(academy: Event) -> None:
    ada = factories.order(
        academy, factories.person(1, "SETKANI"), orderer=Orderer(name="Eve", email="eve@x.example")
    ).registrations[0]
    for code, audience, refusal in (
        ("AI", Audience.MEMBERS, MembersOnly),
        ("OBOJI", Audience.INVITED, InvitationNeeded),
    ):
        with transaction():
            ticket_type(academy, code).audience = audience
        with pytest.raises(refusal):
            switch_ticket_type(ada, code=code, by=BY)


def test_withdrawing_cancels_one_or_all(academy: Event) -> None:
    order = factories.order(academy, ADA, BOB)
    withdraw([order.registrations[0]], by=BY)
    assert [each.is_confirmed for each in order.registrations] == [False, True]
    withdraw(order.registrations, by=BY)
    assert not any(each.is_confirmed for each in order.registrations)
    with pytest.raises(AlreadyCancelled):
        withdraw(order.registrations, by=BY)


def ticket_type(event: Event, code: str) -> TicketType:
    statement = select(TicketType).where(TicketType.event_id == event.id, TicketType.code == code)
    return db.session.scalars(statement).one()


def set_prices(event: Event, code: str, member: int, other: int) -> None:
    with transaction():
        found = ticket_type(event, code)
        found.price_member_haler, found.price_other_haler = member, other


def sessions_taken(event: Event) -> dict[str, int]:
    db.session.expire_all()
    return {each.code: each.taken for each in db.session.get_one(Event, event.id).sessions}
