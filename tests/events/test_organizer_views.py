import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from registration.core.clock import PRAGUE
from registration.core.db import db, transaction
from registration.events.models import (
    Audience,
    Event,
    Question,
    QuestionChoice,
    QuestionKind,
    Session,
    WaitingListMode,
)
from registration.events.queries import get_event, list_choices
from registration.mail.models import OutboxMessage
from tests import factories
from tests.queries import count_queries
from tests.reviewing import ReviewingClient

ACADEMY = "/sprava/akce/setkani-sekce-ai-v-praxi-manazera"
CHANGES = f"{ACADEMY}/zmeny"
WORKSHOP = "/sprava/akce/workshop"


def text_of(response: TestResponse) -> str:
    html = response.get_data(as_text=True)
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


def error_beside(response: TestResponse, field: str) -> str:
    found = re.search(rf'id="{re.escape(field)}-error"[^>]*>(.*?)</p>', response.get_data(as_text=True), re.DOTALL)
    assert found, f"no error beside {field}"
    return found[1]


def session_of(event: Event, code: str) -> Session:
    return next(each for each in get_event(event.slug).sessions if each.code == code)


def capacity_of(event: Event, code: str) -> int | None:
    db.session.expire_all()
    return session_of(event, code).capacity


# Capacity.


def test_capacity_of_a_part_is_changed(academy: Event, olga: ReviewingClient) -> None:
    id_ = session_of(academy, "ai-brno").id
    address = f"{ACADEMY}/kapacita/session-{id_}"
    response = olga.submit(address, page=CHANGES, **{f"session-{id_}-capacity": "35"})
    assert (response.status_code, response.location) == (303, CHANGES)
    assert capacity_of(academy, "ai-brno") == 35
    olga.submit(address, page=CHANGES, **{f"session-{id_}-capacity": ""})
    assert capacity_of(academy, "ai-brno") is None


def test_capacity_of_a_ticket_type_and_of_a_choice_is_changed(academy: Event, olga: ReviewingClient) -> None:
    ticket_type = academy.ticket_types[0]
    key = f"ticket_type-{ticket_type.id}"
    olga.submit(f"{ACADEMY}/kapacita/{key}", page=CHANGES, **{f"{key}-capacity": "15"})
    conference = get_event("knihovny-soucasnosti")
    choice = list_choices(conference)[0]
    key = f"question_choice-{choice.id}"
    base = f"/sprava/akce/{conference.slug}"
    olga.submit(f"{base}/kapacita/{key}", page=f"{base}/zmeny", **{f"{key}-capacity": "80"})
    assert get_event(academy.slug).ticket_types[0].capacity == 15
    assert list_choices(get_event("knihovny-soucasnosti"))[0].capacity == 80


def test_added_places_serve_the_waiting_list(app: Flask, at_demo_day: None, olga: ReviewingClient) -> None:
    workshop = factories.workshop(capacity=1)
    people = factories.crowd(workshop, 2)
    key = f"session-{workshop.sessions[0].id}"
    olga.submit(f"{WORKSHOP}/kapacita/{key}", page=f"{WORKSHOP}/zmeny", **{f"{key}-capacity": "2"})
    db.session.expire_all()
    assert [each.status for each in people] == ["confirmed", "confirmed"]


def test_capacity_below_what_is_taken_is_refused_beside_its_box(academy: Event, olga: ReviewingClient) -> None:
    session = session_of(academy, "ai-brno")
    factories.take(session, 23)
    name = f"session-{session.id}-capacity"
    response = olga.submit(f"{ACADEMY}/kapacita/session-{session.id}", page=CHANGES, **{name: "22"})
    assert response.status_code == 409
    assert "23" in error_beside(response, name)
    assert 'value="22"' in response.get_data(as_text=True)
    assert capacity_of(academy, "ai-brno") == 30


@pytest.mark.slow
@pytest.mark.parametrize("typed", ["mnoho", "-1", "2,5", "100001", "9" * 10_000])
def test_capacity_that_is_no_number_is_refused(academy: Event, olga: ReviewingClient, typed: str) -> None:
    id_ = session_of(academy, "ai-brno").id
    name = f"session-{id_}-capacity"
    response = olga.submit(f"{ACADEMY}/kapacita/session-{id_}", page=CHANGES, **{name: typed})
    assert response.status_code == 422
    assert error_beside(response, name)
    assert capacity_of(academy, "ai-brno") == 30


@pytest.mark.parametrize("key", ["session-0", "event-1", "x", "session-99999999999999999999"])
def test_capacity_of_nothing_is_not_found(academy: Event, olga: ReviewingClient, key: str) -> None:
    assert olga.submit(f"{ACADEMY}/kapacita/{key}", page=CHANGES).status_code == 404


def test_capacity_of_another_event_is_not_found(academy: Event, olga: ReviewingClient) -> None:
    elsewhere = get_event("knihovny-soucasnosti").sessions[0]
    key = f"session-{elsewhere.id}"
    response = olga.submit(f"{ACADEMY}/kapacita/{key}", page=CHANGES, **{f"{key}-capacity": "1"})
    assert response.status_code == 404


# Time and place.

TIMES = {"day": "2025-03-27", "start": "09:30", "end": "16:00", "venue": "  Jiný   sál "}


def test_part_is_moved_and_people_are_told(academy: Event, olga: ReviewingClient) -> None:
    ada = factories.registration(academy)
    address = f"{ACADEMY}/casti/ai-brno"
    response = olga.submit(address, page=address, **TIMES)
    assert (response.status_code, response.location) == (303, CHANGES)
    session = session_of(academy, "ai-brno")
    assert (session.starts_at, session.ends_at) == (datetime(2025, 3, 27, 9, 30), datetime(2025, 3, 27, 16, 0))
    assert (session.venue, session.sequence) == ("Jiný sál", 1)
    told = select(func.count()).where(OutboxMessage.recipient == ada.email, OutboxMessage.kind == "session_changed")
    assert db.session.scalar(told) == 1


def test_form_of_a_part_shows_what_holds_now(academy: Event, olga: ReviewingClient) -> None:
    factories.registration(academy)
    html = olga.get(f"{ACADEMY}/casti/ai-brno").get_data(as_text=True)
    for value in ("2025-03-26", "09:00", "16:00", "Knihovna v Brně (ukázkové místo)"):
        assert f'value="{value}"' in html
    assert 'name="join_url"' not in html
    online = olga.get(f"{ACADEMY}/casti/ai-online-1").get_data(as_text=True)
    assert 'value="https://meeting.example/ai-1"' in online
    assert 'name="venue"' not in online


def test_link_of_an_online_part_is_changed_and_can_be_taken_away(academy: Event, olga: ReviewingClient) -> None:
    address = f"{ACADEMY}/casti/ai-online-1"
    times = {"day": "2. 4. 2025", "start": "9:00", "end": "11:00"}
    olga.submit(address, page=address, **times, join_url="https://meeting.example/new", venue="nikde")
    session = session_of(academy, "ai-online-1")
    assert (session.join_url, session.venue, session.sequence) == ("https://meeting.example/new", "", 0)
    olga.submit(address, page=address, **times)
    assert session_of(academy, "ai-online-1").join_url is None


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("day", "", 422),
        ("day", "zítra", 422),
        ("day", "2025-02-30", 422),
        ("day", "0001-01-01", 422),
        ("day", "9999-12-31", 422),
        ("start", "", 422),
        ("start", "dopoledne", 422),
        ("end", "25:00", 422),
        ("end", "09:30", 409),
        ("end", "08:00", 409),
        ("venue", "a" * 201, 422),
    ],
)
def test_bad_time_or_place_is_said_beside_its_box_and_changes_nothing(
    academy: Event, olga: ReviewingClient, field: str, value: str, status: int
) -> None:
    address = f"{ACADEMY}/casti/ai-brno"
    response = olga.submit(address, page=address, **{**TIMES, field: value})
    assert response.status_code == status
    assert error_beside(response, field)
    session = session_of(academy, "ai-brno")
    assert (session.starts_at, session.sequence) == (datetime(2025, 3, 26, 9, 0), 0)


@pytest.mark.parametrize("typed", ["meeting.example", "javascript:alert(1)", "https://", "http://[", "x" * 501])
def test_address_one_cannot_be_led_to_is_refused(academy: Event, olga: ReviewingClient, typed: str) -> None:
    address = f"{ACADEMY}/casti/ai-online-1"
    response = olga.submit(address, page=address, day="2025-04-02", start="09:00", end="11:00", join_url=typed)
    assert response.status_code == 422
    assert error_beside(response, "join_url")


def test_part_that_does_not_exist_is_not_found(academy: Event, olga: ReviewingClient) -> None:
    assert olga.get(f"{ACADEMY}/casti/nic").status_code == 404
    assert olga.submit(f"{ACADEMY}/casti/nic", page=CHANGES, **TIMES).status_code == 404


# Signing up.


def rules_sent(event: Event, **changes: str) -> dict[str, str]:
    """Return what the browser sends while nothing is set but the audiences."""
    boxes = {f"audience-{each.id}": "everyone" for each in event.ticket_types}
    return {"opens_at": "", "closes_at": "", "changes_close_at": "", "organisation_limit": "", **boxes, **changes}


def prague(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=PRAGUE)  # type: ignore[misc, arg-type]  # year to minute


@pytest.mark.parametrize(
    ("field", "typed", "attribute", "value"),
    [
        ("opens_at", "2025-03-12T09:00", "sign_up_opens_at", prague(2025, 3, 12, 9, 0)),
        ("closes_at", "2025-03-20T23:59:00", "sign_up_closes_at", prague(2025, 3, 20, 23, 59)),
        ("changes_close_at", "31. 3. 2025 9:30", "changes_close_at", prague(2025, 3, 31, 9, 30)),  # in summer time
        ("needs_approval", "y", "needs_approval", True),
        ("organisation_limit", "1000", "organisation_limit", 1000),
    ],
)
def test_rule_of_signing_up_is_set_shown_and_taken_back(
    academy: Event, olga: ReviewingClient, field: str, typed: str, attribute: str, value: object
) -> None:
    address = f"{ACADEMY}/prihlasovani"
    response = olga.submit(address, page=CHANGES, **rules_sent(academy, **{field: typed}))
    assert (response.status_code, response.location) == (303, CHANGES)
    assert getattr(get_event(academy.slug), attribute) == value
    shown = re.search(rf'<input[^>]*id="{field}"[^>]*>', olga.get(CHANGES).get_data(as_text=True))
    assert shown
    if isinstance(value, datetime):
        assert f'value="{value:%Y-%m-%dT%H:%M}"' in shown[0]
    else:
        assert ("checked" if value is True else f'value="{value}"') in shown[0]
    olga.submit(address, page=CHANGES, **rules_sent(academy))
    assert not getattr(get_event(academy.slug), attribute)


@pytest.mark.parametrize("audience", list(Audience))
def test_ticket_type_is_for_whom_it_is_set_to(academy: Event, olga: ReviewingClient, audience: Audience) -> None:
    first, *others = academy.ticket_types
    sent = rules_sent(academy, **{f"audience-{first.id}": audience.value})
    olga.submit(f"{ACADEMY}/prihlasovani", page=CHANGES, **sent)
    found = get_event(academy.slug).ticket_types
    assert [each.audience for each in found] == [audience, *(Audience.EVERYONE for _ in others)]
    html = olga.get(CHANGES).get_data(as_text=True)
    assert html.count(f'<option selected value="{audience.value}">') == (1 if others and audience != "everyone" else 3)


@pytest.mark.parametrize(
    ("field", "typed", "status"),
    [
        ("opens_at", "zítra", 422),
        ("opens_at", "0001-01-01T00:00", 422),
        ("opens_at", "2025-03-25T10:00", 409),  # when the event starts
        ("closes_at", "2025-02-30T09:00", 422),
        ("closes_at", "9999-12-31T23:59", 422),
        ("changes_close_at", "9:00", 422),
        ("organisation_limit", "0", 422),
        ("organisation_limit", "1001", 422),
        ("organisation_limit", "dva", 422),
    ],
)
def test_bad_rule_of_signing_up_is_said_beside_its_box_and_all_is_kept(
    academy: Event, olga: ReviewingClient, field: str, typed: str, status: int
) -> None:
    before = get_event(academy.slug).sign_up_closes_at
    invited = f"audience-{academy.ticket_types[0].id}"
    sent = rules_sent(academy, needs_approval="y", **{invited: "invited", field: typed})
    response = olga.submit(f"{ACADEMY}/prihlasovani", page=CHANGES, **sent)
    assert response.status_code == status
    assert error_beside(response, "closes_at" if status == 409 else field)
    html = response.get_data(as_text=True)
    assert f'value="{typed}"' in html
    assert '<option selected value="invited">' in html
    assert re.search(r'<input[^>]*checked[^>]*id="needs_approval"', html)
    found = get_event(academy.slug)
    assert (found.sign_up_opens_at, found.sign_up_closes_at, found.needs_approval) == (None, before, False)


def test_sign_up_that_would_close_before_it_opens_is_refused(academy: Event, olga: ReviewingClient) -> None:
    sent = rules_sent(academy, opens_at="2025-03-12T09:00", closes_at="2025-03-12T09:00")
    response = olga.submit(f"{ACADEMY}/prihlasovani", page=CHANGES, **sent)
    assert response.status_code == 409
    assert error_beside(response, "closes_at")
    assert response.get_data(as_text=True).count('value="2025-03-12T09:00"') == 2
    assert get_event(academy.slug).sign_up_opens_at is None


@pytest.mark.parametrize("typed", ["", "nobody"])
def test_ticket_type_is_not_for_anybody_else(academy: Event, olga: ReviewingClient, typed: str) -> None:
    box = f"audience-{academy.ticket_types[0].id}"
    response = olga.submit(f"{ACADEMY}/prihlasovani", page=CHANGES, **rules_sent(academy, **{box: typed}))
    assert response.status_code == 422
    assert error_beside(response, box)
    assert get_event(academy.slug).ticket_types[0].audience is Audience.EVERYONE


def test_event_without_sign_up_has_no_rules_of_it(academy: Event, olga: ReviewingClient) -> None:
    html = olga.get("/sprava/akce/long-story-short/zmeny").get_data(as_text=True)
    assert "/prihlasovani" not in html
    assert olga.submit("/sprava/akce/nic/prihlasovani", page=CHANGES).status_code == 404


# The waiting list and reminders.


def test_waiting_list_is_set(academy: Event, olga: ReviewingClient) -> None:
    response = olga.submit(f"{ACADEMY}/poradnik", page=CHANGES, mode="offer", offer_hours="24")
    assert response.status_code == 303
    found = get_event(academy.slug)
    assert (found.waiting_list, found.offer_hours) == (WaitingListMode.OFFER, 24)


@pytest.mark.parametrize(
    ("field", "value"),
    [("mode", ""), ("mode", "maybe"), ("offer_hours", "0"), ("offer_hours", "337"), ("offer_hours", "")],
)
def test_waiting_list_is_not_set_to_anything(academy: Event, olga: ReviewingClient, field: str, value: str) -> None:
    response = olga.submit(f"{ACADEMY}/poradnik", page=CHANGES, **{"mode": "offer", "offer_hours": "24", field: value})
    assert response.status_code == 422
    assert error_beside(response, field)
    assert get_event(academy.slug).waiting_list is WaitingListMode.CONFIRM


def test_waiting_list_is_not_closed_over_peoples_heads(app: Flask, at_demo_day: None, olga: ReviewingClient) -> None:
    workshop = factories.workshop(capacity=0)
    factories.crowd(workshop, 2)
    response = olga.submit(f"{WORKSHOP}/poradnik", page=f"{WORKSHOP}/zmeny", mode="none", offer_hours="48")
    assert response.status_code == 409
    assert "2" in error_beside(response, "mode")


def test_reminders_are_set_and_may_be_none(academy: Event, olga: ReviewingClient) -> None:
    address = f"{ACADEMY}/pripominky"
    olga.submit(address, page=CHANGES, in_person=["10080", "180"], online=["15", "77", "x"])
    found = get_event(academy.slug)
    assert (found.reminders_in_person, found.reminders_online) == ([10080, 180], [15])
    olga.submit(address, page=CHANGES)
    found = get_event(academy.slug)
    assert (found.reminders_in_person, found.reminders_online) == ([], [])


def test_unusual_reminder_in_force_can_be_kept(academy: Event, olga: ReviewingClient) -> None:
    with transaction():
        get_event(academy.slug).reminders_online = [77]
    assert 'value="77"' in olga.get(CHANGES).get_data(as_text=True)
    olga.submit(f"{ACADEMY}/pripominky", page=CHANGES, online=["77"])
    assert get_event(academy.slug).reminders_online == [77]


# Cancelling.


@pytest.mark.slow
def test_cancelling_says_first_how_many_hear_of_it_and_then_does_it(academy: Event, olga: ReviewingClient) -> None:
    ada = factories.registration(academy)
    address = f"{ACADEMY}/zruseni"
    assert "1" in text_of(olga.get(address)).partition("2025/SAI")[2]
    assert get_event(academy.slug).cancelled_at is None
    response = olga.submit(address, page=address, reason=" Lektorka   onemocněla. ")
    assert (response.status_code, response.location) == (303, CHANGES)
    db.session.refresh(ada)
    assert ada.cancellation
    assert ada.cancellation.reason == "Lektorka onemocněla."
    assert ada.cancellation.cancelled_by == factories.OLGA_EMAIL
    assert olga.get(CHANGES).status_code == 200
    assert "Zrušeno" in text_of(olga.get(ACADEMY))


def test_event_is_cancelled_once(academy: Event, olga: ReviewingClient) -> None:
    address = f"{ACADEMY}/zruseni"
    assert olga.submit(address, page=address, reason="a" * 501).status_code == 422
    for _ in range(2):
        assert olga.submit(address, page=address).location == CHANGES
    assert get_event(academy.slug).sessions[0].sequence == 1


def test_event_that_has_begun_is_not_cancelled(
    academy: Event, client: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    factories.olga()
    travel(datetime(2025, 3, 26, 8, 0, tzinfo=PRAGUE))
    client.sign_in(factories.OLGA_EMAIL, factories.OLGA_PASSWORD)
    assert client.submit(f"{ACADEMY}/zruseni", page=f"{ACADEMY}/zruseni").location == CHANGES
    assert client.get(CHANGES).status_code == 200
    assert get_event(academy.slug).cancelled_at is None


# Pages.


@pytest.mark.parametrize("slug", ["elektronicke-sluzby-knihoven", "long-story-short", "wellbeing-reditelu"])
@pytest.mark.parametrize("page", ["", "/zmeny", "/odpovedi", "/zruseni"])
def test_event_without_sign_up_has_its_pages_too(academy: Event, olga: ReviewingClient, slug: str, page: str) -> None:
    assert olga.get(f"/sprava/akce/{slug}{page}").status_code == 200


def test_invitation_is_shown_for_ticket_types_that_need_one(academy: Event, olga: ReviewingClient) -> None:
    invited = get_event(academy.slug).ticket_types[0]
    address = f"/prihlaska?pozvanka={invited.invitation_token}"
    assert address not in olga.get(CHANGES).get_data(as_text=True)
    with transaction():
        get_event(academy.slug).ticket_types[0].audience = Audience.INVITED
    assert address in olga.get(CHANGES).get_data(as_text=True)


def test_answers_are_shown_counted(app: Flask, at_demo_day: None, olga: ReviewingClient) -> None:
    workshop = factories.workshop()
    with transaction() as session:
        soup = QuestionChoice(code="soup", label="Polévka", capacity=60)
        session.add_all(
            [
                Question(
                    event_id=workshop.id,
                    code="lunch",
                    kind=QuestionKind.CHOICE,
                    label="Oběd",
                    choices=[soup],
                    delete_after_days=14,
                ),
                Question(event_id=workshop.id, code="note", kind=QuestionKind.LONG_TEXT, label="Vzkaz", position=2),
                Question(event_id=workshop.id, code="late", kind=QuestionKind.DATE, label="Příjezd", position=3),
            ]
        )
    for number in (1, 2):
        values = {"lunch": "soup", "note": f"<b>{number}</b>"}
        factories.order(workshop, replace(factories.person(number), answers=values))
    response = olga.get(f"{WORKSHOP}/odpovedi")
    shown = text_of(response)
    assert "Polévka 2 ze 60" in shown
    assert "&lt;b&gt;1&lt;/b&gt;" in response.get_data(as_text=True)


def test_pages_cost_the_same_however_much_there_is(academy: Event, olga: ReviewingClient) -> None:
    def cost(address: str) -> int:
        with count_queries() as counter:
            assert olga.get(address).status_code == 200
        return counter.count

    conference = "/sprava/akce/knihovny-soucasnosti"
    for page in ("/zmeny", "/odpovedi", "/zruseni"):
        before = cost(conference + page)
        factories.crowd(get_event("knihovny-soucasnosti"), 3, first=len(page) * 10)
        assert cost(conference + page) <= before + 1, page
    assert cost(f"{ACADEMY}/zmeny") == cost(f"{conference}/zmeny")
