from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from registration.core import clock
from registration.events.questions import Asked, Choice
from registration.signups.forms import (
    Questionnaire,
    SignUpForm,
    count_people,
    guards,
    read_sent,
    with_likely_email,
    without_person,
)
from registration.signups.forms.fields import tidy
from tests.signups.sign_up_forms import COLLEAGUE, FILLED_IN, people

EXTRA = Asked(1, "pomoc", "person", "yes_no", "Potřebujete pomoc?")
WHICH = Asked(2, "jaka", "person", "text", "Jakou?", shown_if_code="pomoc", shown_if_value="yes", is_required=True)
LUNCH = Asked(3, "obed", "person", "choice", "Oběd", choices=(Choice(1, "a", "guláš", None, 0),))
WHY = Asked(4, "proc", "person", "text", "Proč?", shown_if_code="obed", shown_if_value="a")


def sent(**changes: str) -> MultiDict[str, str]:
    return read_sent(MultiDict({**FILLED_IN, **COLLEAGUE, **changes}))


@pytest.mark.parametrize(
    ("typed", "tidied"),
    [
        (None, None),
        ("", ""),
        ("  Ada \t Hora\u00a0", "Ada Hora"),
        ("Ada Hora\r\n", "Ada Hora"),
        ("Ada\r\nBcc: eve", "Ada\r\nBcc: eve"),
        ("A\u0301da", "Áda"),
    ],
)
def test_spaces_are_tidied_and_line_ends_inside_stay_to_be_refused(typed: str | None, tidied: str | None) -> None:
    assert tidy(typed) == tidied


def test_people_are_numbered_without_gaps_and_strange_fields_are_left_out() -> None:
    form = MultiDict(
        [
            ("people-7-email", "b@x.example"),
            ("people-02-email", "a@x.example"),
            ("people-2-q_a-b", "1"),
            ("people--1-email", "c@x.example"),
            ("people-0-id", "5"),
            ("people-x-email", ""),
            ("csrf_token", "x"),
            ("q_a", "2"),
            ("q_a", "3"),
        ]
    )
    assert read_sent(form).to_dict(flat=False) == {
        "people-1-email": ["b@x.example"],
        "people-0-email": ["a@x.example"],
        "people-0-q_a-b": ["1"],
        "q_a": ["2", "3"],
    }


def test_people_are_counted_at_least_one() -> None:
    assert count_people(MultiDict()) == 1
    assert count_people(MultiDict(people(7))) == 7
    assert count_people(MultiDict({"people-0-email": "", "people-000-email": ""})) == 1


def test_of_too_many_people_one_more_than_may_be_is_kept() -> None:
    assert count_people(read_sent(MultiDict(people(300)))) == 21


def test_what_is_no_character_is_made_to_be_seen() -> None:
    assert read_sent(MultiDict({"organisation": "A\x1f\ufffe\ud800Z"}))["organisation"] == "A\ufffd\ufffd\ufffdZ"


def test_person_taken_out_lets_the_others_move_up() -> None:
    left = without_person(sent(), 0)
    assert left["people-0-given_name"] == "Jan"
    assert "people-1-given_name" not in left
    assert left["orderer_name"] == FILLED_IN["orderer_name"]


def test_only_addresses_are_corrected() -> None:
    form = MultiDict({"orderer_name": "a@gmial.com", "orderer_email": "a@gmial.com", "people-0-email": "b@gmial.com"})
    assert with_likely_email(form, "a@gmial.com").to_dict() == {
        "orderer_name": "a@gmial.com", "orderer_email": "a@gmail.com", "people-0-email": "b@gmial.com",
    }  # fmt: skip
    assert with_likely_email(form, "b@x.example") == form


def test_form_gives_what_was_filled_in(app: Flask) -> None:
    with app.test_request_context():
        form = SignUpForm(sent(takes_fewer="y", pozvanka="abc"), questions=[EXTRA, WHICH])
        assert form.validate(), form.error_list()
        assert (form.orderer().name, form.orderer().organisation) == (
            "Květoslava Řeháková",
            "Městská knihovna Horní Lhota",
        )
        assert [(each.given_name, each.ticket_type) for each in form.all_people()] == [
            ("Květoslava", "AI"),
            ("Jan", "OBOJI"),
        ]
        assert (form.wishes().takes_fewer, form.wishes().may_wait, form.wishes().invitation) == (True, True, "abc")


def test_form_says_everything_that_is_wrong_in_the_order_of_the_page(app: Flask) -> None:
    last = Asked(9, "doprava", "order", "text", "Doprava", is_required=True)
    changes = {"orderer_name": "", "people-0-ticket_type": "", "people-1-email": "x", "people-1-q_pomoc": "yes"}
    with app.test_request_context():
        form = SignUpForm(sent(**changes, website="x"), questions=[EXTRA, WHICH, last])
        assert not form.validate()
        assert [field for field, _ in form.error_list()] == [
            "odeslat", "orderer_name", "people-0-ticket_type", "people-1-email", "people-1-q_jaka", "q_doprava",
        ]  # fmt: skip


def test_ticket_type_need_not_be_chosen_where_there_is_one(app: Flask) -> None:
    with app.test_request_context():
        assert SignUpForm(sent(**{"people-0-ticket_type": ""}), must_choose=False).validate()
        assert not SignUpForm(sent(**{"people-0-ticket_type": ""})).validate()


def test_question_says_in_words_when_it_is_asked(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}, environ_base={"prezence.language": "en"}):
        asked = Questionnaire([EXTRA, WHICH, LUNCH, WHY])
        conditions = [asked.condition(field) for field in asked if field.is_conditional]
        assert conditions == [
            "Only if the answer to “Potřebujete pomoc?” is “yes”.",
            "Only if the answer to “Oběd” is “guláš”.",
        ]
        assert [field.shown_if_name for field in asked if field.is_conditional] == ["q_pomoc", "q_obed"]
        alone = Questionnaire([WHICH])
        assert alone.condition(alone.fields[0]) == "Only if you have answered “”."


def test_token_is_too_young_for_two_seconds(app: Flask) -> None:
    with app.test_request_context():
        token = guards.make_token()
        assert guards.read_token(token.text) is not None
        assert token.is_too_young
        assert not guards.FormToken("", clock.system_now() - timedelta(seconds=2)).is_too_young
        assert not guards.FormToken("", clock.system_now() + timedelta(seconds=9)).is_too_young
        changed = token.text[:20] + ("0" if token.text[20] != "0" else "1") + token.text[21:]
        assert guards.read_token(changed) is None


def test_same_form_sent_again_is_known_whatever_the_order_of_its_fields(app: Flask) -> None:
    with app.test_request_context():
        first = guards.submission_key(1, sent())
        assert first == guards.submission_key(1, MultiDict(reversed(list(sent().items(multi=True)))))
        assert len({first, guards.submission_key(2, sent()), guards.submission_key(1, sent(q_a="1"))}) == 3
        assert len(first) == 64
