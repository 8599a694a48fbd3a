import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from registration.core import tokens
from registration.core.clock import PRAGUE
from registration.core.db import db, transaction
from registration.events.models import Audience, Event, QuestionKind, QuestionScope, TicketType, WaitingListMode
from registration.events.queries import get_event
from registration.signups.models import Answer, Order, Registration, RegistrationStatus
from tests import factories
from tests.conftest import DEMO_DAY
from tests.queries import count_queries
from tests.reviewing import ReviewingClient
from tests.signups.sign_up_forms import (
    ADDRESS,
    COLLEAGUE,
    FILLED_IN,
    ask,
    count_orders,
    error_beside,
    form_token,
    people,
    summary_of,
    value_of,
)

LATER = DEMO_DAY + timedelta(minutes=2)
WORKSHOP = "/akce/workshop/prihlaska"
AT_WORKSHOP = FILLED_IN | {"people-0-ticket_type": "UCAST"}


def fill(event: Event, *codes: str) -> None:
    """Let nothing be free in these ticket types, in all without any."""
    with transaction() as session:
        for ticket_type in session.scalars(select(TicketType).where(TicketType.event_id == event.id)):
            if not codes or ticket_type.code in codes:
                ticket_type.capacity = ticket_type.taken


def change(event: Event, **values: object) -> None:
    with transaction() as session:
        for name, value in values.items():
            setattr(session.get_one(Event, event.id), name, value)


def change_ticket_type(event: Event, code: str, **values: object) -> TicketType:
    with transaction() as session:
        ticket_type = session.scalars(
            select(TicketType).where(TicketType.event_id == event.id, TicketType.code == code)
        ).one()
        for name, value in values.items():
            setattr(ticket_type, name, value)
    return ticket_type


def statuses() -> list[RegistrationStatus]:
    return list(db.session.scalars(select(Registration.status).order_by(Registration.id)))


def test_good_order_leads_to_its_own_page(academy: Event, client: ReviewingClient) -> None:
    response = client.post(ADDRESS, data=FILLED_IN)
    assert response.status_code == 303
    assert re.fullmatch(r"/p/[A-Za-z0-9_-]{24}", response.location)
    page = client.get(response.location)
    html = page.get_data(as_text=True)
    assert "Květoslava Řeháková" in html
    assert "2025/SAI/P-0001" in html
    assert "Set-Cookie" not in page.headers


def test_colleagues_go_into_one_order(academy: Event, client: ReviewingClient) -> None:
    response = client.post(ADDRESS, data={**FILLED_IN, **COLLEAGUE})
    html = client.get(response.location).get_data(as_text=True).replace("\u00a0", " ")
    assert "Ing. Jan Žďárský, Ph.D." in html
    assert count_orders() == 1
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 2


def test_twenty_people_go_into_one_order_and_more_do_not(academy: Event, client: ReviewingClient) -> None:
    response = client.post(ADDRESS, data={**FILLED_IN, **people(21)})
    assert response.status_code == 422
    assert count_orders() == 0
    assert client.post(ADDRESS, data={**FILLED_IN, **people(20)}).status_code == 303
    assert len(statuses()) == 20


@pytest.mark.parametrize("field", list(FILLED_IN))
def test_missing_field_gets_a_message_beside_it_and_keeps_the_rest(
    academy: Event, client: ReviewingClient, field: str
) -> None:
    given = {name: value for name, value in FILLED_IN.items() if name != field}
    response = client.post(ADDRESS, data=given)
    html = response.get_data(as_text=True)
    assert response.status_code == 422
    assert error_beside(html, field)
    assert f'href="#{field}"' in html
    for name, value in given.items():
        assert f'value="{value}"' in html, name
    assert count_orders() == 0


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("people-0-email", "rehakova.hornilhota.example", "Chybí zavináč"),
        ("orderer_email", "a@b", "není e-mailová adresa"),
        ("orderer_email", "a b@c.example", "není e-mailová adresa"),
        ("people-0-family_name", "x" * 101, "dlouh"),
        ("people-0-given_name", "Buy https://spam.example", "jen jméno"),
        ("people-0-title_before", "<b>", "jen jméno"),
        ("people-0-given_name", "\u200b", "jen jméno"),
        ("people-0-given_name", "Ada\r\nBcc: eve@x.example", "jen jméno"),
        ("people-0-given_name", "Ada 🎉", "jen jméno"),
        ("people-0-family_name", "a\u202eb", "jen jméno"),
        ("people-0-email", "jiří@knihovna.example", "není e-mailová adresa"),
    ],
)
def test_bad_value_is_named(academy: Event, client: ReviewingClient, field: str, value: str, words: str) -> None:
    response = client.post(ADDRESS, data={**FILLED_IN, field: value})
    assert response.status_code == 422
    assert words in error_beside(response.get_data(as_text=True), field)
    assert count_orders() == 0


def test_person_without_a_library_says_so(academy: Event, client: ReviewingClient) -> None:
    given = FILLED_IN | {"organisation": "", "without_organisation": "y"}
    assert client.post(ADDRESS, data=given).status_code == 303
    assert db.session.scalars(select(Order.organisation_name)).one() == ""


def test_said_to_be_without_a_library_holds_even_when_one_is_written(academy: Event, client: ReviewingClient) -> None:
    client.post(ADDRESS, data=FILLED_IN | {"without_organisation": "y"})
    assert db.session.scalars(select(Order.organisation_name)).one() == ""


def test_unknown_ticket_type_is_refused_beside_the_choice(academy: Event, client: ReviewingClient) -> None:
    response = client.post(ADDRESS, data={**FILLED_IN, "people-0-ticket_type": "VIP"})
    assert response.status_code == 409
    assert error_beside(response.get_data(as_text=True), "people-0-ticket_type")


def test_event_with_one_ticket_type_need_not_be_told_which(academy: Event, client: ReviewingClient) -> None:
    given = {name: value for name, value in FILLED_IN.items() if not name.endswith("ticket_type")}
    assert client.post("/akce/library-advocacy-v-praxi/prihlaska", data=given).status_code == 303


def test_order_of_an_english_visitor_is_english(academy: Event, client: ReviewingClient) -> None:
    response = client.post(f"/en{ADDRESS}", data=FILLED_IN)
    assert response.location.startswith("/en/p/")
    assert db.session.scalars(select(Order.language)).all() == ["en"]


def test_event_that_does_not_exist_or_is_not_published_has_no_form(academy: Event, client: ReviewingClient) -> None:
    change(academy, published_at=LATER)
    for address in (ADDRESS, "/akce/neni/prihlaska"):
        assert client.get(address).status_code == 404
        assert client.post(address, data=FILLED_IN).status_code == 404
        assert client.post(address, data=FILLED_IN | {"add": "1"}).status_code == 404


# People added and removed.


def test_person_is_added_and_removed_without_losing_a_letter(academy: Event, client: ReviewingClient) -> None:
    html = client.post(ADDRESS, data={**FILLED_IN, "add": "1"}).get_data(as_text=True)
    assert 'name="people-1-given_name"' in html
    assert 'value="Květoslava"' in html
    html = client.post(ADDRESS, data={**FILLED_IN, **COLLEAGUE, "remove": "0"}).get_data(as_text=True)
    assert 'name="people-1-given_name"' not in html
    assert 'value="Žďárský"' in html
    assert count_orders() == 0


def test_last_person_cannot_be_removed_for_good(academy: Event, client: ReviewingClient) -> None:
    html = client.post(ADDRESS, data={**FILLED_IN, "remove": "0"}).get_data(as_text=True)
    assert 'name="people-0-given_name"' in html


@pytest.mark.parametrize("which", ["", "-1", "7", "x", "99999999999999999999"])
def test_nobody_is_removed_by_a_number_nobody_has(academy: Event, client: ReviewingClient, which: str) -> None:
    html = client.post(ADDRESS, data={**FILLED_IN, "remove": which}).get_data(as_text=True)
    assert value_of(html, "people-0-given_name") == "Květoslava"


def test_twenty_first_person_is_not_offered(academy: Event, client: ReviewingClient) -> None:
    html = client.post(ADDRESS, data={**FILLED_IN, **people(20), "add": "1"}).get_data(as_text=True)
    assert 'name="people-19-given_name"' in html
    assert 'name="people-20-given_name"' not in html
    assert 'name="add"' not in html


def test_answers_go_along_when_people_move_up(academy: Event, client: ReviewingClient) -> None:
    ask(academy.id, "jidlo", QuestionKind.TEXT)
    given = {**FILLED_IN, **COLLEAGUE, "people-0-q_jidlo": "vše", "people-1-q_jidlo": "bez lepku", "remove": "0"}
    html = client.post(ADDRESS, data=given).get_data(as_text=True)
    assert value_of(html, "people-0-q_jidlo") == "bez lepku"


@pytest.mark.slow
def test_adding_people_does_not_use_up_the_limit_of_sign_ups(academy: Event, client: ReviewingClient) -> None:
    for _ in range(13):
        assert client.post(ADDRESS, data={**FILLED_IN, **people(19), "add": "1"}).status_code == 200
    assert client.post(ADDRESS, data=FILLED_IN).status_code == 303


# Guards.


def test_form_sent_twice_makes_one_order(
    academy: Event, client: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    given = FILLED_IN | {"form_token": form_token(client)}
    travel(LATER)
    first, second = client.post(ADDRESS, data=given), client.post(ADDRESS, data=given)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert count_orders() == 1


def test_bare_fields_sent_twice_make_one_order(academy: Event, client: ReviewingClient) -> None:
    first, second = client.post(ADDRESS, data=FILLED_IN), client.post(ADDRESS, data=FILLED_IN)
    assert first.location == second.location
    assert count_orders() == 1


def test_form_sent_eight_times_at_once_makes_one_order(app: Flask, academy: Event) -> None:
    def send(_number: int) -> str:
        with app.app_context():
            response = app.test_client().post(ADDRESS, data=FILLED_IN)
        assert response.status_code == 303
        return response.location

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(send, range(8)))) == 1
    assert count_orders() == 1


def test_two_forms_have_different_tokens_and_a_form_shown_again_keeps_its_own(
    academy: Event, client: ReviewingClient
) -> None:
    token = form_token(client)
    assert form_token(client) != token
    for more in ({"add": "1"}, {"orderer_name": ""}):
        html = client.post(ADDRESS, data=FILLED_IN | {"form_token": token} | more).get_data(as_text=True)
        assert value_of(html, "form_token") == token


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "00.1741593600000." + "0" * 32, "ž", "FORM-TOKEN-BELONGS-HERE"])
def test_token_that_is_none_of_ours_counts_for_nothing(academy: Event, client: ReviewingClient, token: str) -> None:
    assert client.post(ADDRESS, data=FILLED_IN | {"form_token": token}).status_code == 303


def test_form_that_comes_back_at_once_is_to_be_sent_again(
    academy: Event, client: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    given = FILLED_IN | {"form_token": form_token(client)}
    response = client.post(ADDRESS, data=given)
    html = response.get_data(as_text=True)
    assert response.status_code == 422
    assert summary_of(html)
    assert all(value_of(html, name) == value for name, value in given.items() if "ticket_type" not in name)
    assert count_orders() == 0
    travel(DEMO_DAY + timedelta(seconds=5))
    assert client.post(ADDRESS, data=given).status_code == 303


def test_demo_that_has_travelled_back_takes_the_form(
    academy: Event, client: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    travel(LATER)
    token = form_token(client)
    travel(LATER - timedelta(minutes=1))
    assert client.post(ADDRESS, data=FILLED_IN | {"form_token": token}).status_code == 303


def test_what_fills_in_the_hidden_box_is_told_and_may_send_again(academy: Event, client: ReviewingClient) -> None:
    response = client.post(ADDRESS, data=FILLED_IN | {"website": "https://spam.example"})
    html = response.get_data(as_text=True)
    assert response.status_code == 422
    assert summary_of(html)
    assert value_of(html, "website") == ""
    assert count_orders() == 0


def test_mistyped_provider_is_asked_about_once(academy: Event, client: ReviewingClient) -> None:
    given = FILLED_IN | {"people-0-email": "ada@gmial.com"}
    response = client.post(ADDRESS, data=given)
    html = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "ada@gmail.com" in error_beside(html, "people-0-email")
    assert error_beside(html, "orderer_email") == ""
    assert value_of(html, "checked_email") == "ada@gmial.com"
    assert client.post(ADDRESS, data=given | {"checked_email": "ada@gmial.com"}).status_code == 303


def test_another_mistyped_address_is_asked_about_too(academy: Event, client: ReviewingClient) -> None:
    given = FILLED_IN | {"people-0-email": "ada@senzam.cz", "checked_email": "ada@gmial.com"}
    html = client.post(ADDRESS, data=given).get_data(as_text=True)
    assert "ada@seznam.cz" in error_beside(html, "people-0-email")


def test_mistyped_address_is_corrected_by_a_button_wherever_it_stands(academy: Event, client: ReviewingClient) -> None:
    given = FILLED_IN | {"orderer_email": "ada@gmial.com", "people-0-email": " ada@gmial.com "}
    html = client.post(ADDRESS, data=given | {"correct": "ada@gmial.com"}).get_data(as_text=True)
    assert value_of(html, "orderer_email") == "ada@gmail.com"
    assert value_of(html, "people-0-email") == "ada@gmail.com"
    assert summary_of(html) == ""
    assert count_orders() == 0


def test_sign_ups_of_one_address_are_limited(academy: Event, client: ReviewingClient) -> None:
    fields = people(20)
    answers = []
    for number in range(7):
        given = {name: value.replace("ada", f"ada{number}-") for name, value in fields.items()}
        answers.append(client.post(ADDRESS, data=FILLED_IN | given).status_code)
    assert answers == [303] * 6 + [429]


def test_same_person_twice_in_the_form_is_told(academy: Event, client: ReviewingClient) -> None:
    twin = {name.replace("-0-", "-1-"): value for name, value in FILLED_IN.items()}
    response = client.post(ADDRESS, data=FILLED_IN | twin)
    html = response.get_data(as_text=True)
    assert response.status_code == 409
    assert error_beside(html, "people-1-given_name")
    assert error_beside(html, "people-0-given_name") == ""


def test_who_is_signed_up_already_can_have_the_link_sent(academy: Event, client: ReviewingClient) -> None:
    client.post(ADDRESS, data=FILLED_IN)
    response = client.post(ADDRESS, data=COLLEAGUE | FILLED_IN)
    html = response.get_data(as_text=True)
    assert response.status_code == 409
    assert error_beside(html, "people-0-email")
    assert re.search(r'<form id="odkaz-people-0-email"[^>]*action="/moje"', html, re.DOTALL)
    assert value_of(html, "email") == FILLED_IN["people-0-email"]
    assert count_orders() == 1


def test_too_many_of_one_library_are_told_beside_it(academy: Event, client: ReviewingClient) -> None:
    change(academy, organisation_limit=1)
    response = client.post(ADDRESS, data=FILLED_IN | COLLEAGUE)
    assert response.status_code == 409
    assert error_beside(response.get_data(as_text=True), "organisation")


# Who may have which ticket type.


def test_ticket_type_for_members_is_marked_and_refused_to_others(academy: Event, client: ReviewingClient) -> None:
    change_ticket_type(academy, "AI", audience=Audience.MEMBERS)
    assert "for member libraries only" in client.get(f"/en{ADDRESS}").get_data(as_text=True)
    response = client.post(ADDRESS, data=FILLED_IN | {"organisation": "Knihovna Jinde"})
    assert response.status_code == 409
    assert error_beside(response.get_data(as_text=True), "people-0-ticket_type")
    assert client.post(ADDRESS, data=FILLED_IN).status_code == 303


def test_ticket_type_by_invitation_shows_to_whoever_holds_it(academy: Event, client: ReviewingClient) -> None:
    speakers = change_ticket_type(academy, "AI", audience=Audience.INVITED)
    invitation = tokens.link_token("invitation", speakers.id, 1)
    assert 'value="AI"' not in client.get(ADDRESS).get_data(as_text=True)
    assert client.post(ADDRESS, data=FILLED_IN).status_code == 409
    html = client.get(f"{ADDRESS}?pozvanka={invitation}").get_data(as_text=True)
    assert 'value="AI"' in html
    assert value_of(html, "pozvanka") == invitation
    again = client.post(ADDRESS, data=FILLED_IN | {"pozvanka": invitation, "orderer_name": ""}).get_data(as_text=True)
    assert 'value="AI"' in again
    assert value_of(again, "pozvanka") == invitation
    assert client.post(ADDRESS, data=FILLED_IN | {"pozvanka": invitation}).status_code == 303


def test_invitation_opens_only_what_it_is_for(academy: Event, client: ReviewingClient) -> None:
    speakers = change_ticket_type(academy, "AI", audience=Audience.INVITED)
    change_ticket_type(academy, "OBOJI", audience=Audience.INVITED)
    invitation = tokens.link_token("invitation", speakers.id, 1)
    html = client.get(f"{ADDRESS}?pozvanka={invitation}").get_data(as_text=True)
    assert 'value="AI"' in html
    assert 'value="OBOJI"' not in html
    given = FILLED_IN | {"people-0-ticket_type": "OBOJI", "pozvanka": invitation}
    assert client.post(ADDRESS, data=given).status_code == 409


@pytest.mark.parametrize("invitation", ["x", "ž", "0" * 24])
def test_invitation_that_does_not_hold_is_told_and_forgotten(
    academy: Event, client: ReviewingClient, invitation: str
) -> None:
    response = client.get(f"/en{ADDRESS}?pozvanka={invitation}")
    html = response.get_data(as_text=True)
    assert response.status_code == 200
    assert "does not hold here" in html
    assert value_of(html, "pozvanka") is None


# The waiting list.


def test_full_ticket_type_leads_to_the_waiting_list(academy: Event, client: ReviewingClient) -> None:
    fill(academy, "AI")
    assert "nobody is waiting yet" in client.get(f"/en{ADDRESS}").get_data(as_text=True)
    assert client.post(ADDRESS, data=FILLED_IN).status_code == 303
    assert statuses() == [RegistrationStatus.WAITING]
    assert "1 person is waiting" in client.get(f"/en{ADDRESS}").get_data(as_text=True)


def test_event_that_is_full_still_has_its_form_while_one_can_wait(academy: Event, client: ReviewingClient) -> None:
    fill(academy)
    response = client.get(f"/en{ADDRESS}")
    assert response.status_code == 200
    assert "joins the waiting list" in response.get_data(as_text=True)


def test_who_does_not_want_to_wait_is_told_and_nothing_is_stored(academy: Event, client: ReviewingClient) -> None:
    fill(academy, "OBOJI")
    response = client.post(ADDRESS, data=FILLED_IN | COLLEAGUE | {"no_waiting": "y"})
    html = response.get_data(as_text=True)
    assert response.status_code == 409
    assert "není dost volných míst" in error_beside(html, "people-1-ticket_type")
    assert error_beside(html, "people-0-ticket_type") == ""
    assert value_of(html, "people-1-email") == COLLEAGUE["people-1-email"]
    assert re.search(r'<input[^>]*checked[^>]*name="no_waiting"', html)
    assert count_orders() == 0


def test_group_that_takes_fewer_gets_what_there_is(app: Flask, at_demo_day: None, client: ReviewingClient) -> None:
    factories.workshop(capacity=1)
    given = FILLED_IN | people(2, ticket_type="UCAST") | {"takes_fewer": "y"}
    assert client.post(WORKSHOP, data=given).status_code == 303
    assert statuses() == [RegistrationStatus.CONFIRMED, RegistrationStatus.WAITING]


def test_wishes_are_asked_only_where_places_may_run_short(
    app: Flask, at_demo_day: None, client: ReviewingClient
) -> None:
    event = factories.workshop(capacity=1)
    alone = client.get(WORKSHOP).get_data(as_text=True)
    assert value_of(alone, "no_waiting") is None
    together = client.post(WORKSHOP, data=AT_WORKSHOP | {"add": "1"}).get_data(as_text=True)
    assert value_of(together, "takes_fewer") == "y"
    assert value_of(together, "no_waiting") == "y"
    fill(event)
    full = client.get(WORKSHOP).get_data(as_text=True)
    assert value_of(full, "takes_fewer") is None
    assert value_of(full, "no_waiting") == "y"


def test_full_ticket_type_is_closed_where_nobody_waits(academy: Event, client: ReviewingClient) -> None:
    change(academy, waiting_list=WaitingListMode.NONE)
    fill(academy, "AI")
    html = client.get(ADDRESS).get_data(as_text=True)
    assert re.search(r'value="AI"\s+disabled', html)
    assert value_of(html, "no_waiting") is None
    response = client.post(ADDRESS, data=FILLED_IN)
    assert response.status_code == 409
    assert "není dost volných míst" in error_beside(response.get_data(as_text=True), "people-0-ticket_type")


# Where there is no form.


def test_full_event_without_a_waiting_list_shows_a_kind_page(academy: Event, client: ReviewingClient) -> None:
    change(academy, waiting_list=WaitingListMode.NONE)
    fill(academy)
    response = client.get(ADDRESS)
    assert response.status_code == 409
    assert "Všechna místa jsou obsazená" in response.get_data(as_text=True).replace("\u00a0", " ")
    assert client.post(ADDRESS, data=FILLED_IN).status_code == 409
    assert count_orders() == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sign_up_opens_at": LATER}, "Sign-up has not opened yet"),
        ({"sign_up_closes_at": DEMO_DAY}, "Sign-up is closed"),
        ({"cancelled_at": DEMO_DAY}, "This event is cancelled"),
        ({"sign_up": "info_only"}, "There is no sign-up for this event"),
        ({"sign_up": "elsewhere", "external_url": "https://other.example/"}, "Sign-up is on another website"),
    ],
)
def test_event_one_cannot_sign_up_for_says_why(
    academy: Event, client: ReviewingClient, changes: dict[str, object], words: str
) -> None:
    change(academy, **changes)
    for more in ({}, {"orderer_name": ""}, {"add": "1"}):
        response = client.post(f"/en{ADDRESS}", data=FILLED_IN | more)
        assert response.status_code == 409
        assert f"<h1>{words}</h1>" in response.get_data(as_text=True)
    assert client.get(f"/en{ADDRESS}").status_code == 409
    assert count_orders() == 0


def test_event_that_is_over_says_so(
    academy: Event, client: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    travel(datetime(2025, 5, 1, tzinfo=PRAGUE))
    response = client.get(f"/en{ADDRESS}")
    assert response.status_code == 409
    assert "<h1>This event is over</h1>" in response.get_data(as_text=True)


def test_event_for_the_invited_only_says_so(app: Flask, at_demo_day: None, client: ReviewingClient) -> None:
    event = factories.workshop()
    invited = change_ticket_type(event, "UCAST", audience=Audience.INVITED)
    response = client.get(f"/en{WORKSHOP}")
    assert response.status_code == 409
    assert "<h1>By invitation only</h1>" in response.get_data(as_text=True)
    invitation = tokens.link_token("invitation", invited.id, 1)
    assert client.get(f"{WORKSHOP}?pozvanka={invitation}").status_code == 200


# Questions.


def test_answers_are_stored_with_the_person_and_with_the_order(academy: Event, client: ReviewingClient) -> None:
    ask(academy.id, "jidlo", QuestionKind.CHOICE, ("vse", None), ("vege", 5))
    ask(academy.id, "vlakem", QuestionKind.YES_NO, scope=QuestionScope.ORDER)
    given = FILLED_IN | COLLEAGUE | {"people-1-q_jidlo": "vege", "q_vlakem": "yes"}
    assert client.post(ADDRESS, data=given).status_code == 303
    second = db.session.scalars(select(Registration.id).where(Registration.position == 2)).one()
    stored = {(answer.registration_id, answer.value) for answer in db.session.scalars(select(Answer))}
    assert stored == {(second, "vege"), (None, True)}


@pytest.mark.parametrize("kind", list(QuestionKind))
def test_required_question_gets_a_message_beside_it_and_in_the_summary(
    academy: Event, client: ReviewingClient, kind: QuestionKind
) -> None:
    ask(academy.id, "a", kind, ("x", None), ("y", 0), is_required=True, help="Jak?", delete_after_days=14)
    ask(academy.id, "b", kind, ("x", None), is_required=True, scope=QuestionScope.ORDER)
    response = client.post(ADDRESS, data=FILLED_IN)
    html = response.get_data(as_text=True)
    assert response.status_code == 422
    for field in ("people-0-q_a", "q_b"):
        assert error_beside(html, field)
        assert f'href="#{field}"' in html
    assert "1. osoba: Otázka a" in summary_of(html)
    assert count_orders() == 0


@pytest.mark.parametrize(
    ("kind", "bad", "good"),
    [
        (QuestionKind.TEXT, "x" * 1001, "x"),
        (QuestionKind.LONG_TEXT, "x" * 5001, "dva\nřádky"),
        (QuestionKind.CHOICE, "z", "x"),
        (QuestionKind.CHOICES, "z", "x"),
        (QuestionKind.YES_NO, "možná", "no"),
        (QuestionKind.NUMBER, "mnoho", "2,5"),
        (QuestionKind.DATE, "31. 2. 2025", "2. 4. 2025"),
        (QuestionKind.TEXT, "%FF", "x"),
    ],
)
def test_answer_is_checked_and_comes_back_with_what_was_typed(
    academy: Event, client: ReviewingClient, kind: QuestionKind, bad: str, good: str
) -> None:
    ask(academy.id, "a", kind, ("x", None))
    response = client.post(ADDRESS, data=FILLED_IN | {"people-0-q_a": bad})
    html = response.get_data(as_text=True)
    assert response.status_code == 422
    assert error_beside(html, "people-0-q_a")
    if kind in {QuestionKind.TEXT, QuestionKind.NUMBER, QuestionKind.DATE, QuestionKind.LONG_TEXT}:
        assert bad in html
    again = client.post(ADDRESS, data=FILLED_IN | {"people-0-q_a": good, "orderer_name": ""}).get_data(as_text=True)
    assert error_beside(again, "people-0-q_a") == ""
    assert client.post(ADDRESS, data=FILLED_IN | {"people-0-q_a": good}).status_code == 303


def test_choice_that_is_full_cannot_be_taken(academy: Event, client: ReviewingClient) -> None:
    ask(academy.id, "obed", QuestionKind.CHOICES, ("gulas", 1), ("salat", None))
    ask(academy.id, "parkoviste", QuestionKind.CHOICE, ("ano", 1), ("ne", None), scope=QuestionScope.ORDER)
    assert "1 place left" in client.get(f"/en{ADDRESS}").get_data(as_text=True)
    given = FILLED_IN | {"people-0-q_obed": ["salat", "gulas"], "q_parkoviste": "ano"}
    assert client.post(ADDRESS, data=given).status_code == 303
    bob = FILLED_IN | {"people-0-given_name": "Bob"}
    response = client.post(ADDRESS, data=bob | {"people-0-q_obed": "gulas"})
    html = response.get_data(as_text=True)
    assert response.status_code == 409
    assert error_beside(html, "people-0-q_obed")
    assert re.search(r'value="gulas"\s+disabled', html)
    response = client.post(ADDRESS, data=bob | {"q_parkoviste": "ano"})
    assert response.status_code == 409
    assert error_beside(response.get_data(as_text=True), "q_parkoviste")


def test_many_choices_stand_in_a_list(academy: Event, client: ReviewingClient) -> None:
    choices = [("a", None), ("b", 0), ("c", 7), ("d", None), ("e", None)]
    ask(academy.id, "kraj", QuestionKind.CHOICE, *choices, is_required=True)
    html = client.get(f"/en{ADDRESS}").get_data(as_text=True)
    assert re.search(r'<select[^>]*name="people-0-q_kraj"', html)
    assert re.search(r'<option value="b"\s+disabled\s+lang="cs">B – full</option>', html)
    assert "C – 7 places left" in html
    again = client.post(ADDRESS, data=FILLED_IN | {"people-0-q_kraj": "c", "orderer_name": ""}).get_data(as_text=True)
    assert re.search(r'<option value="c"\s+selected', again)


def test_question_that_depends_on_another_says_when_and_is_required_only_then(
    academy: Event, client: ReviewingClient
) -> None:
    ask(academy.id, "obed", QuestionKind.YES_NO, position=1)
    ask(academy.id, "jaky", QuestionKind.TEXT, position=2, is_required=True, shown_if_code="obed", shown_if_value="yes")
    ask(academy.id, "proc", QuestionKind.TEXT, position=3, shown_if_code="jaky")
    html = client.get(f"/en{ADDRESS}").get_data(as_text=True)
    assert "Only if the answer to “Otázka obed” is “yes”." in html
    assert "Only if you have answered “Otázka jaky”." in html
    assert 'data-shown-if="people-0-q_obed" data-shown-value="yes"' in html
    assert client.post(ADDRESS, data=FILLED_IN | {"people-0-q_obed": "yes"}).status_code == 422
    assert client.post(ADDRESS, data=FILLED_IN | {"people-0-q_obed": "no"}).status_code == 303


def test_answer_to_a_question_that_is_gone_is_told(academy: Event, client: ReviewingClient) -> None:
    for field in ("people-0-q_byla", "q_byla"):
        response = client.post(f"/en{ADDRESS}", data=FILLED_IN | {field: "něco"})
        assert response.status_code == 422
        assert "The questions have changed" in summary_of(response.get_data(as_text=True))
        assert count_orders() == 0
    assert client.post(ADDRESS, data=FILLED_IN | {"people-0-q_byla": ""}).status_code == 303


# What it costs.


def test_form_costs_the_same_for_one_person_and_for_three(academy: Event, client: ReviewingClient) -> None:
    client.get(ADDRESS)  # remembers whose pages these are
    counts = []
    for number in (1, 3):
        with count_queries() as counter:
            client.post(ADDRESS, data={**FILLED_IN, **people(number), "add": "1"})
        counts.append(counter.count)
    assert counts[0] == counts[1]


def test_event_changed_by_the_organizer_shows_in_the_form(academy: Event, client: ReviewingClient) -> None:
    assert "Obsazeno" not in client.get(ADDRESS).get_data(as_text=True)
    fill(get_event(academy.slug), "AI")
    assert "Obsazeno" in client.get(ADDRESS).get_data(as_text=True)
