"""Promise I9: personal data leaves when somebody asks, everywhere, and what is counted stays counted."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from registration.certificates import operations as certificates
from registration.certificates import rendering
from registration.certificates.errors import CertificateErased
from registration.certificates.models import Certificate
from registration.certificates.queries import list_candidates, list_rules, list_unrendered_ids
from registration.checkin import operations as door
from registration.checkin.models import AttendanceEntry
from registration.checkin.rules import Verdict
from registration.core import tokens
from registration.core.clock import PRAGUE
from registration.core.db import db, transaction
from registration.events.models import Event, QuestionChoice, WaitingListMode
from registration.events.queries import get_event
from registration.mail import operations as post
from registration.mail import rules as mail_rules
from registration.mail.bounces import Bounce
from registration.mail.delivery import post_office
from registration.mail.models import InvitedAddress, MessageState, OutboxMessage, SuppressedAddress
from registration.mail.tasks import deliver
from registration.privacy import operations
from registration.signups import mails, queries
from registration.signups.errors import LinkNotFound
from registration.signups.messaging import KIND, GroupMessageKind
from registration.signups.models import (
    Answer,
    Cancellation,
    CancellationKind,
    Order,
    Registration,
    RegistrationStatus,
    Substitution,
    TicketCode,
)
from registration.signups.operations import cancel, messaging, sign_up, substitute
from tests import factories
from tests.privacy import world
from tests.privacy.world import status

pytestmark = pytest.mark.slow

Travel = Callable[[datetime], None]
OLGA = factories.OLGA_EMAIL


def erase(registration: Registration) -> None:
    operations.erase(registration, by=registration.email)
    db.session.rollback()


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def issue_all(event: Event) -> list[Certificate]:
    return [each for rule in list_rules(event) for each in certificates.issue_certificates(rule, by=OLGA)]


def attend_all(event: Event, *people: Registration) -> None:
    for session in event.sessions:
        door.mark_present(session, people, reason="Vymazalová byla u toho", by=OLGA)


def test_nothing_of_the_person_is_left_in_any_table_nor_in_any_file(app: Flask, academy: Event) -> None:
    ada = world.ada(academy)
    deliver()
    assert len(world.words_in(world.stored())) == len(world.ADAS_WORDS)
    assert world.words_in(world.written_down(app))
    erase(ada)
    deliver()
    assert world.words_in(world.stored()) == []
    assert "Zapomenutá" not in world.stored()
    assert world.written_down(app) == ""


def test_nothing_is_left_after_a_whole_life_either(app: Flask, academy: Event, travel: Travel) -> None:
    ada, bob = world.with_bob(academy)
    mails.links(world.ADA.email.upper(), language="cs")
    travel(world.AFTER_ALL)
    attend_all(academy, ada, bob)
    issued = issue_all(academy)
    for each in issued:
        rendering.render(each)
    adas = next(each for each in issued if each.registration_id == ada.id)
    certificates.replace(adas, reason="Vymazalová, ne Vymazlová", by=OLGA)
    deliver()
    erase(bob)
    assert world.words_in(world.stored())
    erase(ada)
    assert world.words_in(world.stored()) == []
    assert world.written_down(app) == ""
    assert "Zůstal" not in world.stored()


def test_colleague_loses_nothing(app: Flask, academy: Event) -> None:
    ada, bob = world.with_bob(academy)
    deliver()
    erase(ada)
    assert status(bob) is RegistrationStatus.CONFIRMED
    assert (bob.name, bob.email) == ("Bohuš Zůstal", world.BOB.email)
    assert queries.get_person(bob.link_token).id == bob.id
    order = bob.order
    assert (order.orderer_name, order.orderer_email) == (world.ADA_ORDERS.name, world.ADA.email)
    assert order.organisation_name == "Knihovna Zapomenutá Lhota"
    assert [each.is_erased for each in order.registrations] == [True, False]
    to_bob = select(OutboxMessage).where(OutboxMessage.recipient == bob.email)
    assert [message.text_body != "" for message in db.session.scalars(to_bob)] == [True]


def test_orderers_name_goes_with_the_last_person_of_the_order(app: Flask, academy: Event) -> None:
    ada, bob = world.with_bob(academy)
    number = ada.order.number
    erase(ada)
    assert db.session.get_one(Order, ada.order_id).orderer_email == world.ADA.email
    erase(bob)
    order = db.session.get_one(Order, ada.order_id)
    assert (order.orderer_name, order.orderer_email, order.organisation_name) == ("", "", "")
    assert order.submission_key is None
    assert order.number == number
    assert count(OutboxMessage) == 0


def test_message_about_several_people_forgets_one_and_can_be_shown_again(app: Flask, academy: Event) -> None:
    ada, bob = world.with_bob(academy)
    deliver()
    cancel([ada, bob], by=OLGA)
    deliver()
    erase(ada)
    to_orderer = select(OutboxMessage).where(OutboxMessage.recipient == world.ADA.email).order_by(OutboxMessage.id)
    received, news = db.session.scalars(to_orderer).all()
    assert (received.kind, received.state, received.subject, received.text_body, received.attachments) == (
        "order_received", MessageState.SENT, "", "", [],
    )  # fmt: skip
    assert (news.kind, news.state) == ("order_news", MessageState.SENT)
    assert "Zůstal" in news.text_body
    for message in (received, news):
        composed = post_office.preview(message)
        assert composed is None or world.words_in(composed.text) == []


def test_place_ahead_is_cancelled_first_and_goes_to_whoever_waits(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop(capacity=1)
    ada, bob = factories.crowd(event, 2)
    erase(ada)
    assert status(ada) is RegistrationStatus.CANCELLED
    assert ada.cancellation
    assert (ada.cancellation.kind, ada.cancellation.cancelled_by) == (CancellationKind.CANCELLED, "")
    assert status(bob) is RegistrationStatus.CONFIRMED
    kinds = select(OutboxMessage.kind).where(OutboxMessage.recipient == bob.email).order_by(OutboxMessage.id)
    assert db.session.scalars(kinds).all() == ["order_received", "place_promoted"]


def test_whoever_waits_leaves_the_line(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop(capacity=1)
    _first, ada, bob = factories.crowd(event, 3)
    erase(ada)
    db.session.refresh(event)
    assert event.waiting == 1
    assert queries.positions([db.session.get_one(Registration, bob.id)]) == {bob.id: 1}


def test_choices_of_whoever_had_a_place_are_free_again(app: Flask, academy: Event) -> None:
    ours = QuestionChoice.question.has(event_id=academy.id)
    choice = db.session.scalars(select(QuestionChoice).where(ours, QuestionChoice.code == "jina")).one()
    ada = world.ada(academy)
    db.session.refresh(choice)
    assert choice.taken == 1
    erase(ada)
    db.session.refresh(choice)
    assert (choice.taken, count(Answer)) == (0, 0)


def test_place_in_a_programme_that_has_begun_stays_counted(app: Flask, academy: Event, travel: Travel) -> None:
    ada = world.ada(academy)
    travel(world.IN_BRNO)
    [_, brno, *_] = academy.sessions
    door.admit_code(brno, ada.ticket_code, by=OLGA)
    erase(ada)
    assert status(ada) is RegistrationStatus.CONFIRMED
    assert (db.session.get_one(type(brno), brno.id).taken, count(AttendanceEntry)) == (1, 1)


def test_link_and_code_are_not_known_any_more(app: Flask, academy: Event, travel: Travel) -> None:
    ada = world.ada(academy)
    old_code = ada.ticket_code
    substitute(ada, person=world.BOB, by=OLGA)
    token, code = ada.link_token, ada.ticket_code
    travel(world.IN_BRNO)
    erase(ada)
    with pytest.raises(LinkNotFound):
        queries.get_person(token)
    for each in (code, old_code, code[: tokens.TICKET_PREFIX_LENGTH]):
        assert door.admit_code(academy.sessions[1], each, by=OLGA).verdict is Verdict.UNKNOWN
    assert count(TicketCode) == 0


def test_substitution_keeps_that_it_was_and_not_whose(app: Flask, academy: Event) -> None:
    bob = factories.order(academy, world.BOB, orderer=world.ADA_ORDERS).registrations[0]
    substitute(bob, person=world.ADA, by=world.ADA.email)
    deliver()
    erase(bob)
    substitution = db.session.scalars(select(Substitution)).one()
    assert (substitution.previous_name, substitution.previous_email, substitution.substituted_by) == ("", "", "")
    assert world.words_in(world.stored()) == []
    assert "Zůstal" not in world.stored()


def test_the_same_person_can_sign_up_again(app: Flask, academy: Event) -> None:
    erase(world.ada(academy))
    assert world.ada(academy).is_confirmed


def test_same_form_sent_again_after_erasure_is_a_new_order(app: Flask, academy: Event) -> None:
    def send() -> int:
        return sign_up(
            academy.id, orderer=world.ADA_ORDERS, people=[world.ADA], language="cs", submission_key="form"
        ).order_id

    first = send()
    assert send() == first
    erase(db.session.get_one(Order, first).registrations[0])
    assert send() != first


def test_erasing_twice_changes_nothing(app: Flask, academy: Event) -> None:
    ada = world.ada(academy)
    erase(ada)
    at, before = ada.erased_at, world.stored()
    erase(ada)
    assert (ada.erased_at, world.stored()) == (at, before)


def test_two_clicks_at_once_erase_once(app: Flask, academy: Event) -> None:
    ada = world.ada(academy)

    def click() -> None:
        with app.app_context():
            operations.erase(db.session.get_one(Registration, ada.id), by="t")

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(click) for _ in range(4)]:
            future.result()
    assert status(ada) is RegistrationStatus.CANCELLED
    assert world.words_in(world.stored()) == []


def test_certificate_keeps_number_and_hash(app: Flask, academy: Event, travel: Travel) -> None:
    ada = world.ada(academy)
    travel(world.AFTER_ALL)
    attend_all(academy, ada)
    rendered, unrendered = issue_all(academy)
    rendering.render(rendered)
    digest = db.session.get_one(Certificate, rendered.id).pdf_sha256
    numbers = [rendered.number, unrendered.number]
    erase(ada)
    kept = db.session.scalars(select(Certificate).order_by(Certificate.id)).all()
    assert [each.number for each in kept] == numbers
    assert [each.pdf_sha256 for each in kept] == [digest, None]
    assert [each.pdf for each in kept] == [None, None]
    assert list_unrendered_ids() == []


def test_erased_certificate_is_never_drawn_nor_corrected(app: Flask, academy: Event, travel: Travel) -> None:
    ada = world.ada(academy)
    travel(world.AFTER_ALL)
    attend_all(academy, ada)
    [certificate, _] = issue_all(academy)
    erase(ada)
    for act in (
        lambda: rendering.render(certificate),
        lambda: certificates.revoke(certificate, reason="x", by=OLGA),
        lambda: certificates.replace(certificate, reason="x", by=OLGA),
    ):
        db.session.refresh(certificate)
        with pytest.raises(CertificateErased):
            act()


def test_paper_that_is_being_drawn_during_the_erasure_is_not_stored(app: Flask, academy: Event, travel: Travel) -> None:
    ada = world.ada(academy)
    travel(world.AFTER_ALL)
    attend_all(academy, ada)
    [certificate, _] = issue_all(academy)
    with transaction() as session:  # as if somebody had read it just before
        session.execute(update(Certificate).where(Certificate.id == certificate.id).values(erased_at=None))
    read_before = db.session.get_one(Certificate, certificate.id)
    assert read_before.erased_at is None
    with app.app_context():
        operations.erase(db.session.get_one(Registration, ada.id), by="t")
    rendering.render(read_before)
    assert db.session.scalars(select(Certificate.pdf).where(Certificate.id == certificate.id)).one() is None


def test_nobody_erased_is_issued_a_certificate(app: Flask, academy: Event, travel: Travel) -> None:
    ada = world.ada(academy)
    travel(world.AFTER_ALL)
    attend_all(academy, ada)
    erase(ada)
    assert [list_candidates(rule) for rule in list_rules(academy)] == [[], []]
    assert issue_all(academy) == []


def test_event_that_offers_places_offers_the_freed_one(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop(capacity=1, waiting_list=WaitingListMode.OFFER)
    ada, bob = factories.crowd(event, 2)
    erase(ada)
    assert status(bob) is RegistrationStatus.OFFERED


def test_person_of_an_event_without_parts_is_erased_like_others(app: Flask, at_demo_day: None, travel: Travel) -> None:
    event = factories.workshop()
    ada, bob = factories.crowd(event, 2)
    with transaction() as session:
        event = session.get_one(Event, event.id)
        event.ticket_types[0].sessions = []
    erase(ada)
    assert status(ada) is RegistrationStatus.CANCELLED
    travel(datetime(2025, 4, 25, 9, 0, tzinfo=PRAGUE))
    erase(bob)
    assert status(bob) is RegistrationStatus.CONFIRMED
    assert bob.is_erased


def test_nobody_is_erased_and_issued_a_certificate_at_once(app: Flask, academy: Event, travel: Travel) -> None:
    people = factories.crowd(academy, 8, "SETKANI")
    ids, slug = [each.id for each in people], academy.slug
    travel(world.AFTER_ALL)
    door.mark_present(academy.sessions[0], people, reason="byli", by=OLGA)
    db.session.rollback()
    together = Barrier(2, timeout=20)

    def issue() -> None:
        with app.app_context():
            event = get_event(slug)
            together.wait()
            issue_all(event)

    def erase_all() -> None:
        with app.app_context():
            together.wait()
            for id_ in ids:
                operations.erase(db.session.get_one(Registration, id_), by="t")

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(issue), pool.submit(erase_all)]:
            future.result()
    assert "Číslo" not in world.stored()


def test_file_that_a_killed_worker_left_unfinished_goes_too(app: Flask, academy: Event) -> None:
    ada = world.ada(academy)
    [message_id] = db.session.scalars(select(OutboxMessage.id))
    folder = app.extensions["settings"].instance_path / "mail"
    folder.mkdir(exist_ok=True)
    names = [f".{message_id}-order_received.part", f"{message_id}-order_received.eml", f"{message_id}0-links.eml"]
    for name in names:
        (folder / name).write_text("Vymazalová")
    erase(ada)
    assert [path.name for path in folder.glob("*")] == names[2:]


def test_nobody_erased_is_checked_in(app: Flask, academy: Event, travel: Travel) -> None:
    ada = world.ada(academy)
    travel(world.IN_BRNO)
    erase(ada)
    assert door.admit_person(academy.sessions[1], ada, by=OLGA).verdict is Verdict.CANCELLED
    assert count(AttendanceEntry) == 0


def test_who_cancelled_is_forgotten_with_them(app: Flask, academy: Event) -> None:
    ada, bob = world.with_bob(academy)
    cancel([bob], by=world.ADA.email)
    erase(bob)
    erase(ada)
    assert db.session.scalars(select(Cancellation.cancelled_by)).all() == ["", ""]


def test_organizer_who_cancelled_is_not_forgotten(app: Flask, academy: Event) -> None:
    ada = world.ada(academy)
    cancel([ada], by=OLGA, reason="Vymazalová volala")
    erase(ada)
    cancellation = db.session.scalars(select(Cancellation)).one()
    assert (cancellation.cancelled_by, cancellation.reason) == (OLGA, "")


def test_post_office_forgets_an_address_with_the_last_who_had_it(app: Flask, academy: Event) -> None:
    ada, bob = world.with_bob(academy)
    message = messaging.write_draft(
        academy, kind=GroupMessageKind.INVITATION, subject="Pro {jmeno}", body="{jmeno}", recipients={}, by=OLGA
    )
    messaging.try_out(message, ada, to=OLGA, language="cs")
    messaging.send(message, by=OLGA)
    deliver()
    for row in db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == KIND)).all():
        reason = f"550 5.1.1 <{row.recipient}> unknown"
        post.record_bounce(Bounce(row.recipient, mail_rules.Verdict.REFUSED, "5.1.1", reason, row.message_id))
    erase(ada)
    assert count(SuppressedAddress) == 3  # Olga's own, and those of the orderer, still known, and of Bob
    erase(bob)
    assert world.words_in(world.stored()) == []
    assert [each.address for each in db.session.scalars(select(SuppressedAddress))] == [OLGA]
    assert [each.address for each in db.session.scalars(select(InvitedAddress))] == [OLGA]
