"""What the list of registrations is narrowed down to, in an address and in the database."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import literal, select, union_all
from werkzeug.datastructures import MultiDict

from registration.checkin.operations import mark_present, undo
from registration.checkin.queries import find_last_entry
from registration.core import czech
from registration.core.db import db
from registration.events.models import Event, QuestionKind, QuestionScope
from registration.events.questions import Value
from registration.organisations.models import Organisation
from registration.signups.filtering import (
    AnswerFilter,
    Filter,
    Sorting,
    count_matching,
    list_ids,
    select_registrations,
)
from registration.signups.models import Registration, RegistrationStatus
from registration.signups.operations import Orderer, cancel, desk
from tests import factories
from tests.factories import OLGA_EMAIL, order, person
from tests.signups.sign_up_forms import ask


def names(event: Event, **chosen: object) -> list[str]:
    found = db.session.scalars(select_registrations(event, Filter(**chosen)))  # type: ignore[arg-type]  # as given
    return [each.family_name for each in found]


def sign_up(event: Event, *family_names: str) -> list[Registration]:
    people = [replace(person(n), family_name=name, given_name="Jan") for n, name in enumerate(family_names)]
    return [order(event, each, orderer=Orderer(name="x", email=each.email)).registrations[0] for each in people]


def test_database_sorts_the_czech_way(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    sign_up(event, "Ivan", "Chalupa", "Řehák", "Hrubá", "Rehak", "Čermák", "Cibulka", "Novák-Malý", "Nováková", "Novák")
    assert names(event) == [
        "Cibulka", "Čermák", "Hrubá", "Chalupa", "Ivan", "Novák", "Novák-Malý", "Nováková", "Rehak", "Řehák",
    ]  # fmt: skip


NAMES = st.text(alphabet="aábcčdďeéěfghiíjklmnňoóprřsštťuúůvxyýzž -'Č", max_size=6).map(
    lambda words: " ".join(words.split())
)


@given(NAMES, NAMES)
def test_stored_key_sorts_like_the_alphabet(one: str, other: str) -> None:
    first, second = czech.sort_key(one)[:2], czech.sort_key(other)[:2]
    stored, other_stored = czech.stored_sort_key(one), czech.stored_sort_key(other)
    assert (first < second) == (stored < other_stored)
    assert (first == second) == (stored == other_stored)


def test_stored_keys_keep_their_order_in_the_database(app: Flask) -> None:
    words = ["Яков", "Číslo 10", "Číslo 9", "de la Cruz", "D'Arc", "Łukasz", "Müller", "Ⅷ", "", "Hora Č", "Hořa C"]
    keys = sorted(map(czech.stored_sort_key, words))
    rows = union_all(*(select(literal(key).label("key")) for key in reversed(keys))).subquery()
    assert list(db.session.scalars(select(rows.c.key).order_by(rows.c.key))) == keys
    assert all(one <= other for one, other in pairwise(keys))
    assert len(czech.stored_sort_key("ž" * 500)) == 1000


def test_search_needs_no_diacritics_and_finds_every_word(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    rehak, novak, _ = sign_up(event, "Řehák", "Novák", "100_%")
    desk.correct(
        novak,
        desk.Details(
            person=replace(person(1), family_name="Novák", given_name="Jan"),
            organisation="Knihovna Lhota",
            language="cs",
        ),
        by=OLGA_EMAIL,
    )
    assert names(event, search="rehak") == ["Řehák"]
    assert names(event, search="ŘEH jan") == ["Řehák"]
    assert names(event, search="jan lhot") == ["Novák"]
    assert names(event, search=rehak.email) == ["Řehák"]
    assert names(event, search="%") == ["100_%"]
    assert names(event, search=f"P-{rehak.order.number:04}") == ["Řehák"]
    assert names(event, search=f"2025/WRK/p-{rehak.order.number}/1") == ["Řehák"]
    assert names(event, search=f"P-{rehak.order.number}/2") == []
    assert names(event, search="nikdo") == []


def test_search_finds_people_by_whoever_has_signed_them_up(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    order(event, person(1), orderer=Orderer(name="Sekretariát", email="Sekretariat@lhota.example"))
    assert names(event, search="sekretariat@lhota") == ["Číslo 1"]


def test_states_types_and_sessions(academy: Event) -> None:
    ai = factories.crowd(academy, 2, "AI")
    factories.crowd(academy, 1, "SETKANI", first=10)
    cancel([ai[0]], by=OLGA_EMAIL)
    types = {each.code: each for each in academy.ticket_types}
    assert names(academy, statuses=frozenset({RegistrationStatus.CANCELLED})) == ["Číslo 1"]
    assert names(academy, ticket_type_ids=frozenset({types["SETKANI"].id})) == ["Číslo 10"]
    only_ai = next(each for each in types["AI"].sessions if each not in types["SETKANI"].sessions)
    assert sorted(names(academy, session_id=only_ai.id)) == ["Číslo 1", "Číslo 2"]
    assert count_matching(academy, Filter()) == 3
    assert len(list_ids(academy, Filter())) == 3


def test_answers_of_people_and_of_their_orders(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    ask(event.id, "lunch", QuestionKind.CHOICES, ("soup", None), ("soup_2", None))
    ask(event.id, "bus", QuestionKind.YES_NO, position=2)
    ask(event.id, "note", QuestionKind.TEXT, position=3, scope=QuestionScope.ORDER)
    lunch, bus, note = (each.id for each in sorted(event.questions, key=lambda each: each.position))
    all_answers: list[dict[str, Value]] = [{"lunch": ["soup"], "bus": True}, {"lunch": ["soup_2"], "bus": False}, {}]
    for number, given_answers in enumerate(all_answers):
        orderer = Orderer(name="x", email="x@x.example", answers={"note": "nic"} if number == 2 else {})
        order(event, replace(person(number), answers=given_answers), orderer=orderer)

    def answered(question_id: int, value: str) -> list[str]:
        return names(event, answer=AnswerFilter(question_id, value))

    assert answered(lunch, "soup") == ["Číslo 0"]
    assert answered(lunch, "soup_2") == ["Číslo 1"]
    assert answered(lunch, "*") == ["Číslo 0", "Číslo 1"]
    assert answered(lunch, "!") == ["Číslo 2"]
    assert answered(bus, "yes") == ["Číslo 0"]
    assert answered(bus, "no") == ["Číslo 1"]
    assert answered(note, "*") == ["Číslo 2"]


def test_members_tags_and_attendance(app: Flask, at_demo_day: None) -> None:
    event = factories.workshop()
    db.session.add(Organisation(name="Členská", folded_name="clenska", is_member=True))
    db.session.commit()
    member = order(event, person(1), orderer=Orderer(name="x", email="x@x.example", organisation="Členská"))
    ada, bob = member.registrations[0], factories.crowd(event, 1, first=2)[0]
    assert names(event, is_member=True) == ["Číslo 1"]
    assert names(event, is_member=False) == ["Číslo 2"]
    desk.tag([ada], "host", by=OLGA_EMAIL)
    assert names(event, tag="host") == ["Číslo 1"]
    (session,) = event.sessions
    mark_present(session, [ada, bob], reason="papír", by=OLGA_EMAIL)
    entry = find_last_entry(ada.id, session.id)
    assert entry
    undo(entry, by=OLGA_EMAIL, reason="omyl")
    assert names(event, attended=True) == ["Číslo 2"]
    assert names(event, attended=False) == ["Číslo 1"]
    assert names(event, attended=True, session_id=session.id) == ["Číslo 2"]


def test_sortings(academy: Event) -> None:
    factories.crowd(academy, 1, "SETKANI", first=3)
    ada, _ = factories.crowd(academy, 2, "AI", first=1)
    cancel([ada], by=OLGA_EMAIL)
    assert names(academy, sorting=Sorting.OLDEST) == ["Číslo 3", "Číslo 1", "Číslo 2"]
    assert names(academy, sorting=Sorting.NEWEST) == ["Číslo 2", "Číslo 1", "Číslo 3"]
    assert names(academy, sorting=Sorting.STATUS) == ["Číslo 2", "Číslo 3", "Číslo 1"]
    assert len(names(academy, sorting=Sorting.TICKET_TYPE)) == 3


FULL = Filter(
    search="novák",
    statuses=frozenset({RegistrationStatus.WAITING, RegistrationStatus.CONFIRMED}),
    ticket_type_ids=frozenset({1, 2}),
    session_id=3,
    answer=AnswerFilter(4, "soup"),
    is_member=False,
    tag="host",
    attended=True,
    sorting=Sorting.NEWEST,
)


@pytest.mark.parametrize("through", [lambda args: args, MultiDict])
def test_filter_survives_an_address_and_a_dictionary(through: Callable[[object], MultiDict[str, str]]) -> None:
    assert Filter.from_args(through(FULL.to_args())) == FULL
    assert Filter.from_args(through(Filter().to_args())) == Filter()
    assert (FULL.is_empty, Filter().is_empty, Filter(sorting=Sorting.NEWEST).is_empty) == (False, True, True)
    assert (FULL.count, Filter(search="x").count, Filter().count) == (8, 1, 0)


@pytest.mark.parametrize(
    "query",
    [
        [("stav", "neni"), ("varianta", "x"), ("cast", "-1"), ("razeni", "x")],
        [("odpoved", "x"), ("clen", "mozna"), ("ucast", "")],
        [("odpoved", "4:"), ("odpoved", ":soup"), ("varianta", "9" * 30), ("varianta", "٣")],
    ],
)
def test_what_cannot_be_read_is_left_out(query: Sequence[tuple[str, str]]) -> None:
    assert Filter.from_args(MultiDict(query)) == Filter()
