"""What the organizer's desk does for one person."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from registration.core.audit import AuditEntry
from registration.core.db import db
from registration.events.models import Event, QuestionKind, QuestionScope, WaitingListMode
from registration.mail.models import OutboxMessage
from registration.privacy.operations import erase
from registration.signups.annotations import LONGEST_TAG, Note, Tag
from registration.signups.answers import values_of
from registration.signups.errors import (
    AlreadyCancelled,
    AlreadySignedUp,
    ReasonNeeded,
    SignUpNotOpen,
    TagNotAWord,
    TicketTypeFull,
    UnknownTicketType,
)
from registration.signups.models import Registration, RegistrationStatus
from registration.signups.operations import Orderer, Person, by_hand, cancel, desk
from registration.signups.operations.announcements import cancel_event
from registration.signups.operations.by_hand import WhenFull
from registration.signups.operations.desk import Details
from registration.signups.queries import get_person
from tests import factories
from tests.factories import OLGA_EMAIL, person
from tests.signups.places import kinds, statuses
from tests.signups.sign_up_forms import ask

PHONED = Orderer(name="Bob Řehák", email="bob@dolnilhota.example", organisation="Knihovna Dolní Lhota")


def details(registration: Registration, **changes: str) -> Details:
    names = ("title_before", "given_name", "family_name", "title_after", "email")
    values = {name: getattr(registration, name) for name in names}
    who = Person(**{**values, **changes}, ticket_type="")
    return Details(person=who, organisation=registration.organisation_name, language="cs")


def add(event: Event, number: int = 90, when_full: WhenFull | None = None, **changes: bool) -> Registration:
    return by_hand.add_by_hand(
        event.id,
        orderer=PHONED,
        person=person(number),
        language="cs",
        by=OLGA_EMAIL,
        when_full=when_full,
        **changes,
    )


def actions(*about: Registration) -> list[str]:
    """Return what the records say was done to these people, in order."""
    db.session.rollback()
    ids = [each.id for each in about]
    mine = select(AuditEntry.action).where(AuditEntry.subject_kind == "registration", AuditEntry.subject_id.in_(ids))
    return list(db.session.scalars(mine.order_by(AuditEntry.id)))


def test_corrected_name_sorts_and_is_found_anew_and_keeps_the_link(academy: Event) -> None:
    ada = factories.registration(academy)
    token, key = ada.link_token, ada.sort_key
    desk.correct(ada, details(ada, family_name="Čápová"), by=OLGA_EMAIL)
    assert ada.list_name == "Čápová Ada, Ing., Ph.D."
    assert ada.sort_key < key
    assert "capova" in ada.search_text
    assert get_person(token).id == ada.id
    assert kinds() == ["order_received"]
    assert actions(ada) == ["corrected"]


def test_corrected_address_kills_links_in_the_wrong_mailbox(academy: Event) -> None:
    ada = factories.registration(academy)
    link, code, order_link = ada.link_token, ada.ticket_code, ada.order.link_token
    desk.correct(ada, details(ada, email="ada@right.example"), by=OLGA_EMAIL)
    assert (ada.link_token, ada.ticket_code, ada.order.link_token) != (link, code, order_link)
    assert ada.order.orderer_email == "ada@right.example"
    assert kinds() == ["order_received", "place_confirmed"]


def test_corrected_address_of_a_colleague_leaves_the_orderer_alone(academy: Event) -> None:
    bob = factories.registration(academy, email="bob@wrong.example")
    desk.correct(bob, details(bob, email="bob@right.example"), by=OLGA_EMAIL)
    assert bob.order.orderer_email == factories.ADAS_ORDERER.email


def test_nobody_is_corrected_into_somebody_who_comes_already(academy: Event) -> None:
    ada = factories.registration(academy)
    bob = factories.order(academy, factories.BOB).registrations[0]
    who = {name: getattr(bob, name) for name in ("given_name", "family_name", "email")}
    with pytest.raises(AlreadySignedUp):
        desk.correct(ada, details(ada, **who), by=OLGA_EMAIL)


def test_answers_are_corrected_also_after_the_deadline(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    ask(event.id, "lunch", QuestionKind.CHOICE, ("soup", 1), ("cake", None))
    ask(event.id, "parking", QuestionKind.TEXT, position=2, scope=QuestionScope.ORDER)
    (ada,) = factories.order(event, replace(person(1), answers={"lunch": "soup"})).registrations
    wanted = details(ada)
    wanted = replace(wanted, person=replace(wanted.person, answers={"lunch": "cake"}), order_answers={"parking": "1A"})
    desk.correct(ada, wanted, by=OLGA_EMAIL)
    assert values_of(ada) == {"lunch": "cake"}
    assert values_of(ada.order) == {"parking": "1A"}


def test_new_library_takes_along_an_order_of_one_only(academy: Event) -> None:
    ada = factories.registration(academy)
    desk.correct(ada, replace(details(ada), organisation="Knihovna Kdesi", language="en"), by=OLGA_EMAIL)
    assert (ada.organisation_name, ada.order.organisation_name) == ("Knihovna Kdesi", "Knihovna Kdesi")
    assert ada.order.language == "en"
    two = factories.order(academy, person(1, "AI"), person(2, "AI")).registrations
    desk.correct(two[0], replace(details(two[0]), organisation=""), by=OLGA_EMAIL)
    assert (two[0].organisation_name, two[0].order.organisation_name) == ("", "Městská knihovna Horní Lhota")


def test_cancelled_person_is_not_corrected(academy: Event) -> None:
    ada = factories.registration(academy)
    cancel([ada], by=OLGA_EMAIL)
    with pytest.raises(AlreadyCancelled):
        desk.correct(ada, details(ada), by=OLGA_EMAIL)
    with pytest.raises(AlreadyCancelled):
        desk.resend([ada], by=OLGA_EMAIL)


def test_somebody_is_added_by_hand_after_sign_up_is_closed(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop(capacity=1)
    event.sign_up_closes_at = event.published_at
    db.session.commit()
    bob = add(event)
    assert bob.is_confirmed
    assert bob.order.organisation_name == "Knihovna Dolní Lhota"
    assert kinds() == ["order_received", "place_confirmed"]
    assert actions(bob) == ["added_by_hand"]
    assert bob.shelf_mark == "2025/WRK/P-0001/1"


def test_somebody_is_added_by_hand_without_a_letter(app: Flask, at_demo_day: None) -> None:
    add(factories.workshop(), is_told=False)
    assert kinds() == []


def test_full_workshop_takes_nobody_by_hand_but_into_line_or_over_capacity(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop(capacity=1, ticket_capacity=1)
    factories.crowd(event, 1)
    with pytest.raises(TicketTypeFull):
        add(event)
    with pytest.raises(ReasonNeeded):
        add(event, when_full=WhenFull(over_capacity=True))
    assert add(event, 91, WhenFull(may_wait=True)).status is RegistrationStatus.WAITING
    assert add(event, 92, WhenFull(over_capacity=True, reason="lektorka")).is_confirmed
    db.session.expire_all()
    counted = (event.sessions[0], event.ticket_types[0])
    assert [(each.capacity, each.taken) for each in counted] == [(2, 2), (2, 2)]
    assert event.waiting == 1
    (entry,) = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "let_in_over_capacity", AuditEntry.subject_kind == "session")
    )
    assert entry.before == {"capacity": 1}
    assert entry.after == {"capacity": 2, "reason": "lektorka"}


def test_workshop_without_a_line_takes_nobody_into_it(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop(capacity=1, waiting_list=WaitingListMode.NONE)
    factories.crowd(event, 1)
    with pytest.raises(TicketTypeFull):
        add(event, when_full=WhenFull(may_wait=True))


def test_over_capacity_leaves_those_who_wait_what_they_wait_for(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop(capacity=2)
    factories.crowd(event, 1)
    group = factories.order(event, person(50), person(51)).registrations  # wait for two places, one is free
    add(event, when_full=WhenFull(over_capacity=True, reason="lektorka"))
    db.session.expire_all()
    assert (event.sessions[0].capacity, event.sessions[0].taken) == (3, 2)
    assert statuses(*group) == [RegistrationStatus.WAITING] * 2


def test_by_hand_refuses_what_cannot_be(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    factories.crowd(event, 1)
    with pytest.raises(AlreadySignedUp):
        add(event, 1)
    with pytest.raises(UnknownTicketType):
        by_hand.add_by_hand(event.id, orderer=PHONED, person=person(9, "NENI"), language="cs", by=OLGA_EMAIL)
    cancel_event(event, by=OLGA_EMAIL)
    with pytest.raises(SignUpNotOpen):
        add(event)


def test_answers_given_by_phone_are_kept(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    ask(event.id, "diet", QuestionKind.TEXT)
    bob = by_hand.add_by_hand(
        event.id, orderer=PHONED, person=replace(person(1), answers={"diet": "bez lepku"}), language="cs", by=OLGA_EMAIL
    )
    assert values_of(bob) == {"diet": "bez lepku"}


def test_move_takes_a_place_and_tells(academy: Event) -> None:
    ada = factories.registration(academy)
    desk.move(ada, code="SETKANI", by=OLGA_EMAIL)
    assert ada.ticket_type.code == "SETKANI"
    assert kinds() == ["order_received", "place_changed"]
    assert actions(ada) == ["moved"]
    with pytest.raises(UnknownTicketType):
        desk.move(ada, code="SETKANI", by=OLGA_EMAIL)


def test_move_into_a_full_type_needs_a_reason(academy: Event) -> None:
    ada = factories.registration(academy, "SETKANI")
    wanted = next(each for each in academy.ticket_types if each.code == "AI")
    wanted.capacity = 0
    db.session.commit()
    with pytest.raises(TicketTypeFull):
        desk.move(ada, code="AI", by=OLGA_EMAIL)
    desk.move(ada, code="AI", by=OLGA_EMAIL, over_capacity_reason="omyl v přihlášce")
    db.session.expire_all()
    assert (wanted.capacity, wanted.taken) == (1, 1)


def test_applicant_is_moved_without_a_place(academy: Event) -> None:
    academy.needs_approval = True
    db.session.commit()
    ada = factories.registration(academy)
    desk.move(ada, code="SETKANI", by=OLGA_EMAIL)
    assert ada.status is RegistrationStatus.APPLIED
    db.session.expire_all()
    assert [each.taken for each in academy.ticket_types] == [0] * len(academy.ticket_types)


def test_letters_are_sent_again(academy: Event) -> None:
    colleague = factories.registration(academy, email="colleague@x.example")
    desk.resend([colleague], by=OLGA_EMAIL)
    desk.resend([colleague], by=OLGA_EMAIL, to_orderer=True)
    sent = db.session.execute(select(OutboxMessage.kind, OutboxMessage.recipient).order_by(OutboxMessage.id)).all()
    assert [tuple(row) for row in sent[2:]] == [
        ("place_confirmed", "colleague@x.example"),
        ("place_confirmed", "colleague@x.example"),
        ("order_received", "ada@hornilhota.example"),
    ]


def test_notes_say_who_wrote_them_and_when(academy: Event) -> None:
    ada = factories.registration(academy)
    note = desk.add_note(ada, "  volala, přijde později ", by=OLGA_EMAIL)
    assert (note.text, note.written_by) == ("volala, přijde později", OLGA_EMAIL)
    desk.delete_note(ada, note, by=OLGA_EMAIL)
    assert db.session.scalars(select(Note)).all() == []
    assert actions(ada) == ["note_added", "note_deleted"]


def test_tags_are_one_word_whatever_their_capitals(academy: Event) -> None:
    ada = factories.registration(academy)
    bob = factories.order(academy, factories.BOB).registrations[0]
    assert desk.tag([ada], " Host ", by=OLGA_EMAIL) == [ada.id]
    assert desk.tag([ada, bob], "host", by=OLGA_EMAIL) == [bob.id]
    assert set(db.session.scalars(select(Tag.word))) == {"Host"}
    assert desk.untag([bob], "Host", by=OLGA_EMAIL) == [bob.id]
    assert desk.untag([ada, bob], "Host", by=OLGA_EMAIL) == [ada.id]
    for word in (" ", "x" * (LONGEST_TAG + 1)):
        with pytest.raises(TagNotAWord):
            desk.tag([ada], word, by=OLGA_EMAIL)


def test_erasure_takes_notes_tags_and_what_lists_find_people_by(academy: Event) -> None:
    ada = factories.registration(academy)
    desk.add_note(ada, "volala", by=OLGA_EMAIL)
    desk.tag([ada], "host", by=OLGA_EMAIL)
    erase(ada, by=OLGA_EMAIL)
    assert db.session.scalars(select(Note)).all() == []
    assert db.session.scalars(select(Tag)).all() == []
    assert (ada.search_text.strip(), ada.sort_key) == ("", "00")
