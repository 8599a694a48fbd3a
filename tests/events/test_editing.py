import io
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from registration.accounts.queries import is_on_team
from registration.certificates import queries as certificates
from registration.certificates import setting_rules
from registration.certificates.speaking import Teaching, add_speaker
from registration.core import clock
from registration.core.audit import AuditEntry
from registration.core.db import db, transaction
from registration.events import operations, queries
from registration.events.errors import (
    AddressMissing,
    AnswersGiven,
    CapacityBelowTaken,
    CertificateCountsIt,
    ChangedMeanwhile,
    CodeTaken,
    NoChoices,
    NoSessions,
    NotEnoughPlaces,
    NotReady,
    OpenToOthers,
    PartsPromised,
    PeopleSignedUp,
    QuestionLeadsToAnother,
    SessionEndsBeforeStart,
    SlugTaken,
    SomebodySignedUp,
    SpeakerTeachesIt,
)
from registration.events.facts import fingerprint, of_basics, of_session
from registration.events.models import (
    Audience,
    Event,
    EventKind,
    Format,
    Question,
    QuestionKind,
    QuestionScope,
    Session,
    SignUp,
    TicketType,
    Visibility,
)
from registration.events.operations import WantedChoice, Wording
from registration.events.templates import find_template, list_templates
from registration.signups.models import Answer
from tests import factories

OLGA = factories.OLGA_EMAIL


@pytest.fixture
def workshop(app: Flask, at_demo_day: None) -> Event:
    return factories.workshop(capacity=20)


def again(slug: str = "workshop") -> Event:
    db.session.rollback()
    db.session.expire_all()
    return queries.get_event(slug)


def basics(event: Event, **changes: object) -> dict[str, object]:
    names = (
        "title", "slug", "code", "kind", "lead", "description", "city", "platform", "sign_up", "external_url",
    )  # fmt: skip
    return {**{name: getattr(event, name) for name in names}, **changes}


def change(event: Event, **changes: object) -> None:
    operations.change_event(event, **basics(event, **changes), by=OLGA)  # type: ignore[arg-type]


def last_entry() -> AuditEntry:
    entry = db.session.scalar(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1))
    assert entry
    return entry


# Name, texts, address.


def test_event_is_described_and_the_log_says_what_was_before(workshop: Event) -> None:
    change(workshop, title="Jiný workshop", description="# Program\n\n**Káva** v devět.", lead="Krátce.")
    assert again().title == "Jiný workshop"
    entry = last_entry()
    assert (entry.by, entry.action, entry.event_id) == (OLGA, "changed", workshop.id)
    assert (entry.before["title"], entry.after["title"]) == ("Workshop WRK", "Jiný workshop")
    assert "kind" not in entry.after


def test_old_address_of_a_published_event_leads_to_it(workshop: Event) -> None:
    change(workshop, slug="dilna")
    change(again("dilna"), slug="velka-dilna")
    for old in ("workshop", "dilna"):
        assert queries.find_by_old_slug(old) == again("velka-dilna")
    change(again("velka-dilna"), slug="workshop")
    assert queries.find_by_old_slug("workshop") is None
    assert queries.find_by_old_slug("velka-dilna") == again()


def test_address_of_a_draft_leads_nowhere_afterwards(workshop: Event) -> None:
    operations.withdraw(workshop, by=OLGA)
    change(workshop, slug="dilna")
    assert queries.find_by_old_slug("workshop") is None


def test_address_that_another_event_has_or_had_is_refused(workshop: Event) -> None:
    other = factories.workshop(slug="jina", code="JIN")
    with pytest.raises(SlugTaken) as refused:
        change(workshop, slug="jina")
    assert refused.value.message
    change(other, slug="treti")
    with pytest.raises(SlugTaken):
        change(workshop, slug="jina")
    assert again().slug == "workshop"


def test_calendars_keep_their_entries_when_the_address_changes(workshop: Event) -> None:
    change(workshop, slug="dilna")
    assert again("dilna").calendar_key == "workshop"


def test_mark_that_another_event_of_the_year_has_is_refused(workshop: Event) -> None:
    factories.workshop(slug="jina", code="JIN")
    with pytest.raises(CodeTaken) as refused:
        change(workshop, code="JIN")
    assert refused.value.message
    change(workshop, code="NOVY")
    assert again().shelf_mark == "2025/NOVY"


def test_sign_up_elsewhere_needs_its_address(workshop: Event) -> None:
    with pytest.raises(AddressMissing) as refused:
        change(workshop, sign_up=SignUp.ELSEWHERE)
    assert refused.value.message
    change(workshop, sign_up=SignUp.ELSEWHERE, external_url="https://knihovny.example")
    assert again().sign_up is SignUp.ELSEWHERE


def test_what_somebody_else_has_changed_is_not_overwritten_unseen(workshop: Event) -> None:
    seen = fingerprint(of_basics(workshop))
    with operations.as_seen(workshop, seen, lambda: of_basics(workshop)):
        change(workshop, title="První")
    with (
        pytest.raises(ChangedMeanwhile) as refused,
        operations.as_seen(workshop, seen, lambda: of_basics(workshop)),
    ):
        change(workshop, title="Druhá")
    assert refused.value.message
    assert again().title == "První"
    with operations.as_seen(workshop, "", lambda: of_basics(workshop)):
        change(workshop, title="Druhá")
    assert again().title == "Druhá"


# Who sees it.


def test_draft_is_published_once_and_keeps_its_day(workshop: Event, travel: Callable[[datetime], None]) -> None:
    operations.withdraw(workshop, by=OLGA)
    assert again().is_draft
    operations.publish(workshop, visibility=Visibility.LISTED, by=OLGA)
    first = again().published_at
    travel(clock.now() + timedelta(days=1))
    operations.publish(workshop, visibility=Visibility.LINK_ONLY, by=OLGA)
    assert (again().published_at, again().visibility) == (first, Visibility.LINK_ONLY)


def test_event_without_anything_to_sign_up_for_is_not_published(workshop: Event) -> None:
    operations.withdraw(workshop, by=OLGA)
    with transaction() as session:
        session.delete(workshop.ticket_types[0])
    with pytest.raises(NotReady) as refused:
        operations.publish(workshop, visibility=Visibility.LISTED, by=OLGA)
    assert refused.value.message
    change(workshop, sign_up=SignUp.INFO_ONLY)
    operations.publish(workshop, visibility=Visibility.LISTED, by=OLGA)
    assert not again().is_draft


def test_event_without_a_date_is_not_published(app: Flask, at_demo_day: None) -> None:
    event = Event(slug="x", code="X", series_year=2025, title="X", kind=EventKind.MEETING, sign_up=SignUp.INFO_ONLY)
    with transaction() as session:
        session.add(event)
    with pytest.raises(NotReady):
        operations.publish(event, visibility=Visibility.LISTED, by=OLGA)


def test_event_for_members_is_for_members_altogether(workshop: Event) -> None:
    operations.publish(workshop, visibility=Visibility.MEMBERS, by=OLGA)
    ticket_type = again().ticket_types[0]
    assert ticket_type.audience is Audience.MEMBERS
    rules = {
        "opens_at": None, "closes_at": None, "changes_close_at": None, "needs_approval": False,
        "organisation_limit": None,
    }  # fmt: skip
    with pytest.raises(OpenToOthers) as refused:
        operations.set_sign_up_rules(workshop, **rules, audiences={ticket_type.id: Audience.EVERYONE}, by=OLGA)  # type: ignore[arg-type]
    assert refused.value.message
    operations.set_sign_up_rules(workshop, **rules, audiences={ticket_type.id: Audience.INVITED}, by=OLGA)  # type: ignore[arg-type]
    operations.publish(workshop, visibility=Visibility.MEMBERS, by=OLGA)
    assert again().ticket_types[0].audience is Audience.INVITED
    with pytest.raises(OpenToOthers):
        operations.add_ticket_type(workshop, title="Všem", session_ids=[workshop.sessions[0].id], by=OLGA)


def test_event_with_people_does_not_become_a_draft(workshop: Event) -> None:
    factories.crowd(workshop, 1)
    with pytest.raises(PeopleSignedUp) as refused:
        operations.withdraw(workshop, by=OLGA)
    assert refused.value.message
    assert not again().is_draft


# Parts.


def add_part(event: Event, **changes: object) -> Session:
    values: dict[str, object] = {
        "title": "Druhý den",
        "format": Format.IN_PERSON,
        "starts_at": datetime(2025, 4, 24, 9, 0),
        "ends_at": datetime(2025, 4, 24, 12, 0),
        **changes,
    }
    return operations.add_session(event, **values, by=OLGA)  # type: ignore[arg-type]


def test_added_part_takes_the_days_of_its_event_along(workshop: Event) -> None:
    session = add_part(workshop, capacity=5, credited_minutes=120, venue="Sál")
    event = again()
    assert (session.code, event.first_on, event.last_on) == ("cast-1", date(2025, 4, 23), date(2025, 4, 24))
    assert last_entry().action == "added"
    with pytest.raises(SessionEndsBeforeStart):
        add_part(workshop, ends_at=datetime(2025, 4, 24, 9, 0))
    assert add_part(workshop).code == "cast-2"


def test_part_gets_another_name_and_worth(workshop: Event) -> None:
    (session,) = workshop.sessions
    now = {"starts_at": session.starts_at, "ends_at": session.ends_at, "venue": session.venue, "join_url": None}
    operations.move_session(session, **now, title="Dílna", credited_minutes=90, by=OLGA)  # type: ignore[arg-type]
    session = again().sessions[0]
    assert (session.title, session.credited_minutes, session.sequence) == ("Dílna", 90, 1)
    assert last_entry().action == "changed"


def test_part_goes_while_nobody_has_signed_up_for_it(workshop: Event) -> None:
    second = add_part(workshop)
    operations.remove_session(second, by=OLGA)
    assert [each.code for each in again().sessions] == ["den-1"]
    assert again().last_on == date(2025, 4, 23)
    operations.remove_session(again().sessions[0], by=OLGA)
    event = again()
    assert (event.sessions, event.ticket_types[0].sessions, event.first_on) == ([], [], date(2025, 4, 23))


def test_part_somebody_signed_up_for_stays_even_after_they_cancel(workshop: Event) -> None:
    factories.crowd(workshop, 1)
    with pytest.raises(SomebodySignedUp) as refused:
        operations.remove_session(workshop.sessions[0], by=OLGA)
    assert refused.value.message
    assert again().sessions


def test_part_a_speaker_teaches_in_stays(workshop: Event) -> None:
    second = add_part(workshop)
    add_speaker(workshop, Teaching("Eva Nováková", {second.id: 90}), by=OLGA)
    with pytest.raises(SpeakerTeachesIt) as refused:
        operations.remove_session(second, by=OLGA)
    assert refused.value.message


def test_part_a_certificate_counts_stays(workshop: Event) -> None:
    second = add_part(workshop)
    rule = setting_rules.add_rule(workshop, title="X", counting=[second.id], required=[], minimum=1, by=OLGA)
    with pytest.raises(CertificateCountsIt) as refused:
        operations.remove_session(second, by=OLGA)
    assert refused.value.message
    setting_rules.remove_rule(rule, by=OLGA)
    operations.remove_session(second, by=OLGA)


# Ticket types.


def type_values(ticket_type: TicketType, **changes: object) -> dict[str, object]:
    return {
        "title": ticket_type.title,
        "session_ids": [each.id for each in ticket_type.sessions],
        "audience": ticket_type.audience,
        "capacity": ticket_type.capacity,
        "price_member_haler": ticket_type.price_member_haler,
        "price_other_haler": ticket_type.price_other_haler,
        **changes,
    }


def change_type(ticket_type: TicketType, **changes: object) -> None:
    operations.change_ticket_type(ticket_type, **type_values(ticket_type, **changes), by=OLGA)  # type: ignore[arg-type]


def test_ticket_type_is_added_behind_the_others(workshop: Event) -> None:
    added = operations.add_ticket_type(
        workshop, title="Student", session_ids=[workshop.sessions[0].id], audience=Audience.STUDENTS, by=OLGA
    )
    assert [each.title for each in again().ticket_types] == ["Účast", "Student"]
    assert (added.code, added.position) == ("V1", 1)
    with pytest.raises(NoSessions) as refused:
        operations.add_ticket_type(workshop, title="Nic", session_ids=[0], by=OLGA)
    assert refused.value.message


def test_ticket_type_changes_its_price_for_those_who_come_later(workshop: Event) -> None:
    ada = factories.crowd(workshop, 1)[0]
    change_type(workshop.ticket_types[0], title="Celý den", price_other_haler=90000, price_member_haler=50000)
    assert again().ticket_types[0].price_other_haler == 90000
    assert ada.price_haler == 0
    with pytest.raises(CapacityBelowTaken):
        change_type(workshop.ticket_types[0], capacity=0)
    change_type(workshop.ticket_types[0], capacity=1)
    assert again().ticket_types[0].capacity == 1


def test_part_added_to_a_ticket_type_takes_a_place_for_everybody_in_it(workshop: Event) -> None:
    factories.crowd(workshop, 3)
    second = add_part(workshop, capacity=2)
    both = [workshop.sessions[0].id, second.id]
    with pytest.raises(NotEnoughPlaces) as refused:
        change_type(workshop.ticket_types[0], session_ids=both)
    assert "3" in refused.value.message
    assert [each.taken for each in again().sessions] == [3, 0]
    operations.set_capacity(second, 3, by=OLGA)
    change_type(workshop.ticket_types[0], session_ids=both)
    assert [each.taken for each in again().sessions] == [3, 3]
    third = add_part(workshop)
    change_type(again().ticket_types[0], session_ids=[*both, third.id])
    assert [each.taken for each in again().sessions] == [3, 3, 3]


def test_part_promised_to_somebody_is_not_taken_from_their_ticket_type(workshop: Event) -> None:
    second = add_part(workshop)
    first = workshop.sessions[0].id
    change_type(workshop.ticket_types[0], session_ids=[first, second.id])
    change_type(again().ticket_types[0], session_ids=[second.id])
    change_type(again().ticket_types[0], session_ids=[first, second.id])
    factories.crowd(workshop, 1)
    with pytest.raises(PartsPromised) as refused:
        change_type(again().ticket_types[0], session_ids=[first])
    assert refused.value.message
    assert [each.taken for each in again().sessions] == [1, 1]


def test_ticket_type_goes_while_nobody_has_it(workshop: Event) -> None:
    spare = operations.add_ticket_type(workshop, title="Navíc", session_ids=[workshop.sessions[0].id], by=OLGA)
    operations.remove_ticket_type(spare, by=OLGA)
    assert [each.code for each in again().ticket_types] == ["UCAST"]
    factories.crowd(workshop, 1)
    with pytest.raises(SomebodySignedUp):
        operations.remove_ticket_type(again().ticket_types[0], by=OLGA)


# Questions.

FOOD = Wording("Jídlo", QuestionKind.CHOICE, choices=[WantedChoice("maso", 10), WantedChoice("bez masa")])


def asked(event: Event) -> list[str]:
    return [each.label for each in again(event.slug).questions]


def answered(event: Event, wording: Wording, value: str) -> Question:
    """Ask something and let one person answer it."""
    question = operations.add_question(event, wording, by=OLGA)
    person = factories.crowd(event, 1)[0]
    with transaction() as session:
        session.add(
            Answer(
                order_id=person.order_id,
                registration_id=person.id,
                question_id=question.id,
                question_label=question.label,
                value=value,
                shown=value,
            )
        )
    return question


def test_question_is_asked_and_reworded(workshop: Event) -> None:
    question = operations.add_question(workshop, FOOD, by=OLGA)
    assert (question.code, [each.code for each in question.choices]) == ("otazka_1", ["volba_1", "volba_2"])
    first, second = question.choices
    wording = Wording(
        "Oběd",
        QuestionKind.CHOICES,
        QuestionScope.ORDER,
        help="Nepovinné.",
        is_required=True,
        delete_after_days=14,
        choices=[WantedChoice("bez masa", id=second.id), WantedChoice("polévka", 5)],
    )
    operations.change_question(question, wording, by=OLGA)
    question = again().questions[0]
    assert [(each.code, each.label, each.capacity) for each in question.choices] == [
        ("volba_2", "bez masa", None),
        ("volba_3", "polévka", 5),
    ]
    assert (question.label, question.scope, question.delete_after_days) == ("Oběd", QuestionScope.ORDER, 14)
    operations.change_question(question, Wording("Oběd", QuestionKind.TEXT), by=OLGA)
    assert again().questions[0].choices == []
    assert first is not None


def test_choice_needs_something_to_choose_from(workshop: Event) -> None:
    with pytest.raises(NoChoices) as refused:
        operations.add_question(workshop, Wording("Jídlo", QuestionKind.CHOICE), by=OLGA)
    assert refused.value.message
    assert asked(workshop) == []


def test_answers_that_were_given_keep_their_meaning(workshop: Event) -> None:
    question = answered(workshop, FOOD, "volba_1")
    meat, none = question.choices
    stays = [WantedChoice("s masem", 10, id=meat.id), WantedChoice("bez", id=none.id)]
    operations.change_question(question, Wording("Strava", QuestionKind.CHOICE, choices=stays), by=OLGA)
    operations.change_question(
        question, Wording("Strava", QuestionKind.CHOICE, choices=[*stays, WantedChoice("veganské")]), by=OLGA
    )
    assert [each.label for each in again().questions[0].choices] == ["s masem", "bez", "veganské"]
    for wording in (
        Wording("Strava", QuestionKind.TEXT),
        Wording("Strava", QuestionKind.CHOICE, QuestionScope.ORDER, choices=stays),
        Wording("Strava", QuestionKind.CHOICE, choices=stays[:1]),
        Wording("Strava", QuestionKind.CHOICE, choices=[WantedChoice("s masem", 9, id=meat.id), *stays[1:]]),
    ):
        with pytest.raises(AnswersGiven) as refused:
            operations.change_question(question, wording, by=OLGA)
        assert refused.value.message
    with pytest.raises(AnswersGiven):
        operations.remove_question(question, by=OLGA)


def test_question_another_depends_on_stays_before_it(workshop: Event) -> None:
    food = operations.add_question(workshop, FOOD, by=OLGA)
    which = Wording("Jaké maso", QuestionKind.TEXT, shown_if_code=food.code, shown_if_value="volba_1")
    meat = operations.add_question(workshop, which, by=OLGA)
    other = operations.add_question(workshop, Wording("Poznámka", QuestionKind.LONG_TEXT), by=OLGA)
    operations.move_question(other, by_places=-1, by=OLGA)
    operations.move_question(other, by_places=-1, by=OLGA)
    operations.move_question(other, by_places=-1, by=OLGA)
    assert asked(workshop) == ["Poznámka", "Jídlo", "Jaké maso"]
    operations.move_question(other, by_places=1, by=OLGA)
    assert asked(workshop) == ["Jídlo", "Poznámka", "Jaké maso"]
    operations.move_question(meat, by_places=-1, by=OLGA)
    with pytest.raises(QuestionLeadsToAnother) as refused:
        operations.move_question(meat, by_places=-1, by=OLGA)
    assert refused.value.message
    with pytest.raises(QuestionLeadsToAnother):
        operations.remove_question(food, by=OLGA)
    none = food.choices[1]
    with pytest.raises(QuestionLeadsToAnother):
        operations.change_question(
            food, Wording("Jídlo", QuestionKind.CHOICE, choices=[WantedChoice("bez", id=none.id)]), by=OLGA
        )
    operations.remove_question(meat, by=OLGA)
    operations.remove_question(food, by=OLGA)
    assert asked(workshop) == ["Poznámka"]


# Making and copying.


@pytest.mark.parametrize("key", ["setkani", "workshop", "akademie", "konference", "valna-hromada", "online"])
def test_template_makes_a_draft_that_could_be_published(app: Flask, at_demo_day: None, key: str) -> None:
    template = find_template(key)
    assert template
    event = setting_rules.create_event(
        template, title="Něco nového", first_on=date(2025, 9, 9), city="Brno", platform="", by=OLGA
    )
    event = again(event.slug)
    assert (event.slug, event.shelf_mark, event.is_draft) == ("neco-noveho", "2025/NN", True)
    assert event.first_on == date(2025, 9, 9)
    assert bool(certificates.list_rules(event)) == event.kind.is_training
    operations.publish(event, visibility=event.visibility, by=OLGA)
    assert queries.get_published_event("neco-noveho") == event


def test_templates_are_offered_in_order_and_no_other_is_known(app: Flask) -> None:
    assert next(each.key for each in list_templates()) == "setkani"
    assert find_template("svatba") is None


def test_academy_is_live_and_twice_online_with_one_certificate(app: Flask, at_demo_day: None) -> None:
    template = find_template("akademie")
    assert template
    event = setting_rules.create_event(
        template, title="Akademie", first_on=date(2025, 9, 9), city="Brno", platform="", by=OLGA
    )
    assert [(each.day, each.format) for each in again(event.slug).sessions] == [
        (date(2025, 9, 9), "in_person"),
        (date(2025, 9, 16), "online"),
        (date(2025, 9, 30), "online"),
    ]
    (rule,) = certificates.list_rules(event)
    assert (rule.minimum_sessions, [each.is_required for each in rule.sessions]) == (2, [True, False, False])


def test_whoever_makes_an_event_is_on_its_team(app: Flask, at_demo_day: None) -> None:
    user = factories.organizer("petr@sekce.example")
    template = find_template("setkani")
    assert template
    event = operations.create_event(template, title="Setkání", first_on=date(2025, 9, 9), by="petr@sekce.example")
    copy = operations.copy_event(event, weeks=52, title="Setkání", by="petr@sekce.example")
    assert is_on_team(user, event.slug)
    assert is_on_team(user, copy.slug)


def test_copy_has_everything_but_people(academy: Event) -> None:
    factories.order(academy)
    with transaction():
        academy.sign_up_opens_at = clock.to_utc(datetime(2025, 3, 1, 9, 0))
        academy.description = "Text"
    copy = setting_rules.copy_event(academy, weeks=52, title=academy.title, by=OLGA)
    copy = again(copy.slug)
    academy = again(academy.slug)
    assert copy.slug == f"{academy.slug}-2026"
    assert copy.shelf_mark == "2026/SAI"
    assert (copy.is_draft, copy.order_count, copy.description) == (True, 0, "Text")
    assert [each.starts_at - timedelta(weeks=52) for each in copy.sessions] == [
        each.starts_at for each in academy.sessions
    ]
    assert [each.join_url for each in copy.sessions] == [None] * 4
    assert [(each.capacity, each.taken, each.credited_minutes) for each in copy.sessions] == [
        (each.capacity, 0, each.credited_minutes) for each in academy.sessions
    ]
    assert [[part.code for part in each.sessions] for each in copy.ticket_types] == [
        [part.code for part in each.sessions] for each in academy.ticket_types
    ]
    assert [[choice.label for choice in each.choices] for each in copy.questions] == [
        [choice.label for choice in each.choices] for each in academy.questions
    ]
    assert [certificates.describe_rule(each).sentence for each in certificates.list_rules(copy)] != []
    assert [each.minimum_sessions for each in certificates.list_rules(copy)] == [
        each.minimum_sessions for each in certificates.list_rules(academy)
    ]
    assert copy.reminders_in_person == academy.reminders_in_person
    # 9:00 stays 9:00 although summer time begins on another day.
    assert copy.sign_up_opens_at == clock.to_utc(datetime(2026, 2, 28, 9, 0))
    assert academy.order_count == 1


def test_second_copy_of_a_year_gets_another_address_and_mark(academy: Event) -> None:
    first = operations.copy_event(academy, weeks=52, title=academy.title, by=OLGA)
    second = operations.copy_event(academy, weeks=53, title=academy.title, by=OLGA)
    assert (second.slug, second.shelf_mark) == (f"{academy.slug}-2026-2", "2026/SAI2")
    dated = operations.copy_event(first, weeks=52, title="Setkání 2027", by=OLGA)
    again_dated = operations.copy_event(first, weeks=52, title="Setkání 2027", by=OLGA)
    assert (dated.slug, again_dated.slug) == ("setkani-2027", "setkani-2027-2")


def test_copy_has_the_picture_too(workshop: Event) -> None:
    operations.describe_picture(workshop, alt="nic", by=OLGA)
    assert queries.find_picture(workshop) is None
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(file, "PNG")
    picture = operations.set_picture(workshop, file.getvalue(), alt="Lidé", by=OLGA)
    copy = operations.copy_event(workshop, weeks=52, title="Jindy", by=OLGA)
    copied = queries.find_picture(again(copy.slug))
    assert copied
    assert (copied.alt, copied.content) == ("Lidé", picture.content)


def test_picture_is_described_anew_replaced_and_taken_away(workshop: Event) -> None:
    def drawn(colour: str) -> bytes:
        file = io.BytesIO()
        Image.new("RGB", (40, 30), colour).save(file, "PNG")
        return file.getvalue()

    first = operations.set_picture(workshop, drawn("green"), alt="Lidé", by=OLGA).sha256
    operations.describe_picture(workshop, alt="Lidé v sále", by=OLGA)
    shown = queries.find_picture(workshop)
    assert shown
    assert (shown.alt, shown.sha256) == ("Lidé v sále", first)
    assert operations.set_picture(workshop, drawn("red"), alt="Sál", by=OLGA).sha256 != first
    for _ in range(2):
        operations.remove_picture(workshop, by=OLGA)
    assert queries.find_picture(workshop) is None


def test_event_called_new_gets_another_address(app: Flask, at_demo_day: None) -> None:
    template = find_template("setkani")
    assert template
    event = operations.create_event(template, title="Nová", first_on=date(2025, 9, 9), by=OLGA)
    assert event.slug == "nova-2025"


def test_event_without_a_date_is_copied_without_one(app: Flask, at_demo_day: None) -> None:
    event = Event(slug="x", code="X" * 8, series_year=2025, title="X", kind=EventKind.MEETING, sign_up=SignUp.INFO_ONLY)
    with transaction() as session:
        session.add(event)
    copy = operations.copy_event(event, weeks=52, title="X", by=OLGA)
    assert (copy.first_on, copy.series_year, copy.code) == (None, 2025, "XXXXXX")
    assert db.session.scalar(select(func.count()).select_from(Event)) == 2


def test_facts_differ_when_a_part_does(workshop: Event) -> None:
    (session,) = workshop.sessions
    before = fingerprint(of_session(session))
    session.venue = "Jiný sál"
    assert fingerprint(of_session(session)) != before
    db.session.rollback()
