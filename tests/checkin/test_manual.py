"""The door without a camera or JavaScript: a paired phone's page, and that it does the same as the scanner."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from registration.checkin import operations, queries
from registration.checkin.models import Door, EntryKind, Scan, Source
from registration.checkin.rules import Right
from registration.core import tokens
from registration.core.clock import PRAGUE
from registration.core.db import db
from registration.events.models import Event
from registration.signups.models import Registration, RegistrationStatus
from registration.signups.operations import cancel, substitute
from tests import factories
from tests.queries import count_queries
from tests.reviewing import ReviewingClient

PAGE = "/odbaveni/rucne"
BRNO = f"{PAGE}?cast=ai-brno"
EVERYTHING = tuple(Right)


@pytest.fixture
def phone(app: Flask, academy: Event) -> ReviewingClient:
    """Give the browser of a phone that may do everything."""
    return paired(app, academy, *EVERYTHING)


def secret_for(event: Event, *rights: Right, most_doors: int = 1) -> str:
    return operations.make_pairing_code(event, rights=rights, most_doors=most_doors, by=factories.OLGA_EMAIL).secret


def paired(app: Flask, event: Event, *rights: Right, label: str = "Vchod") -> ReviewingClient:
    client = app.test_client()
    assert isinstance(client, ReviewingClient)
    response = client.post(f"{PAGE}/parovani", data={"code": secret_for(event, *rights), "label": label})
    assert (response.status_code, response.location) == (303, PAGE)
    return client


def session_id(event: Event, code: str = "ai-brno") -> int:
    return next(each.id for each in event.sessions if each.code == code)


def fields(phone: ReviewingClient, address: str = BRNO) -> dict[str, str]:
    """Return what the page's forms hide: the session and a fresh nonce."""
    html = phone.get(address).get_data(as_text=True)
    return dict(re.findall(r'<input type="hidden" name="(session|nonce)" value="([^"]+)"', html))


def send(phone: ReviewingClient, noun: str = "odbaveni", address: str = BRNO, **data: object) -> str:
    response = phone.post(f"{PAGE}/{noun}", data={**fields(phone, address), **data})
    assert response.status_code == 303, response.get_data(as_text=True)
    return text_of(phone, response.location)


def text_of(phone: ReviewingClient, address: str = BRNO) -> str:
    return phone.get(address).get_data(as_text=True).replace("\u00a0", " ")


def test_phone_that_is_not_paired_is_asked_to_pair(client: ReviewingClient) -> None:
    for address in (PAGE, "/odbaveni/jmenovka/1.pdf"):
        response = client.get(address)
        assert response.status_code == 401
        assert "Spárovat tento telefon" in response.get_data(as_text=True)
    assert client.post(f"{PAGE}/odbaveni", data={"code": "x"}).status_code == 401


def test_phone_pairs_by_a_typed_code_and_by_a_pasted_link(academy: Event, client: ReviewingClient) -> None:
    for typed in (
        tokens.grouped(secret_for(academy, Right.SCAN)).lower(),
        f" http://localhost/odbaveni#p={secret_for(academy, Right.SCAN)}",
    ):
        response = client.post(f"{PAGE}/parovani", data={"code": typed, "label": "Vchod"})
        assert response.status_code == 303
        cookie = response.headers["Set-Cookie"]
        assert cookie.startswith("prezence-door=")
        assert all(part in cookie for part in ("HttpOnly", "SameSite=Strict", "Path=/odbaveni"))
    assert [door.label for door in db.session.scalars(select(Door))] == ["Vchod", "Vchod"]


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [
        ({"code": "", "label": "Vchod"}, 422, "Chybí kód."),
        ({"code": "0" * 26, "label": ""}, 422, "Chybí název telefonu."),
        ({"code": "0" * 26, "label": "Vchod"}, 404, "Kód nebo odkaz:"),
    ],
)
def test_pairing_that_fails_says_why_and_keeps_what_was_typed(
    app: Flask, client: ReviewingClient, data: dict[str, str], status: int, sentence: str
) -> None:
    response = client.post(f"{PAGE}/parovani", data=data)
    html = response.get_data(as_text=True).replace("\u00a0", " ")
    assert response.status_code == status
    assert sentence in html
    assert f'value="{data["label"]}"' in html


def test_guesses_of_pairing_codes_are_limited(app: Flask, client: ReviewingClient) -> None:
    guess = {"code": "0" * 26, "label": "Vchod"}
    answers = [client.post(f"{PAGE}/parovani", data=guess).status_code for _ in range(11)]
    assert answers == [404] * 10 + [429]


def test_refusal_of_the_scanners_own_form_is_said(client: ReviewingClient) -> None:
    html = client.get(f"{PAGE}?odmitnuto=pairing_expired").get_data(as_text=True)
    assert 'id="code-error"' in html
    assert 'id="code-error"' not in client.get(f"{PAGE}?odmitnuto=nic").get_data(as_text=True)


def test_typed_beginning_of_a_code_lets_in_and_the_second_time_says_since_when(
    academy: Event, ada: Registration, phone: ReviewingClient
) -> None:
    first = send(phone, code=ada.ticket_code[:8].lower())
    assert "answer--yes" in first
    assert "Ing. Ada Žďárská, Ph.D." in first
    assert "Městská knihovna Horní Lhota" in first
    assert "<title>Vpustit – " in first
    again = send(phone, code=ada.ticket_code)
    assert "answer--again" in again
    assert "Odbaveno už v 9:00" in again
    assert "u dveří „Vchod“" in again
    (entry,) = queries.list_entries(ada)
    assert (entry.kind, entry.source, entry.recorded_by) == (EntryKind.PRESENT, Source.SCAN, "Vchod")


def test_each_reason_to_refuse_has_its_own_words(academy: Event, phone: ReviewingClient) -> None:
    stranger = factories.registration(factories.workshop(), "UCAST", given_name="Eva", email="eva@x.example")
    cancelled = factories.registration(academy, email="bob@x.example")
    cancel([cancelled], by=factories.OLGA_EMAIL)
    other_part = factories.registration(academy, "SETKANI", email="c@x.example")
    replaced = factories.registration(academy, email="d@x.example")
    old_code = replaced.ticket_code
    substitute(replaced, person=factories.BOB, by=factories.OLGA_EMAIL)
    expected = {
        "00000000": "Neznámý kód",
        stranger.ticket_code: "Kód patří k jiné akci",
        cancelled.ticket_code: "Přihláška je zrušená.",
        other_part.ticket_code[:8]: "Kód platí na: Setkání sekce",
        old_code[:8]: "Kód nahradil novější",
    }
    for code, words in expected.items():
        html = send(phone, code=code)
        assert "answer--no" in html, code
        assert words in html
        assert "Eva" not in html
    assert db.session.scalars(select(Scan.verdict).order_by(Scan.id)).all() == [
        "unknown",
        "wrong_event",
        "cancelled",
        "wrong_session",
        "replaced",
    ]


def test_whoever_waits_is_told_so_in_amber(academy: Event, phone: ReviewingClient) -> None:
    factories.take(academy.sessions[1], 30)
    (bob,) = factories.crowd(academy, 1, "AI")
    assert bob.status is RegistrationStatus.WAITING
    html = send(phone, code=bob.ticket_code)
    assert "answer--again" in html
    assert "Čeká na místo" in html


def test_form_sent_twice_counts_once_and_gets_the_same_answer(
    ada: Registration, phone: ReviewingClient, academy: Event
) -> None:
    sent = {**fields(phone), "code": ada.ticket_code}
    answers = {phone.post(f"{PAGE}/odbaveni", data=sent).location for _ in range(2)}
    assert len(answers) == 1
    assert "answer--yes" in text_of(phone, answers.pop())
    assert len(queries.list_entries(ada)) == 1
    assert len(db.session.scalars(select(Scan)).all()) == 1


def test_page_that_one_went_back_to_takes_another_code(
    academy: Event, ada: Registration, phone: ReviewingClient
) -> None:
    bob = factories.registration(academy, email="bob@x.example", given_name="Bob")
    kept = fields(phone)
    for person in (ada, bob):
        response = phone.post(f"{PAGE}/odbaveni", data={**kept, "code": person.ticket_code})
        assert person.given_name in text_of(phone, response.location)
    assert [len(queries.list_entries(person)) for person in (ada, bob)] == [1, 1]


def test_people_are_found_without_diacritics_and_let_in_by_their_button(
    academy: Event, ada: Registration, phone: ReviewingClient
) -> None:
    html = text_of(phone, f"{BRNO}&hledat=zdarska+horni")
    assert "Žďárská Ada" in html
    assert f'value="{ada.id}"' in html
    assert "answer--yes" in send(phone, person=ada.id)
    assert [entry.source for entry in queries.list_entries(ada)] == [Source.MANUAL]
    assert "odbaveno v 9:00" in text_of(phone, f"{BRNO}&hledat=zdarska")
    assert "Nikdo se nenašel." in text_of(phone, f"{BRNO}&hledat=nikdo")


def test_search_tells_nothing_of_mail_addresses(ada: Registration, phone: ReviewingClient) -> None:
    html = text_of(phone, f"{BRNO}&hledat={ada.email}")
    assert "Nikdo se nenašel." in html
    assert f'value="{ada.id}"' not in html


def test_search_says_what_is_in_the_way(academy: Event, phone: ReviewingClient) -> None:
    gone = factories.registration(academy, email="bob@x.example")
    factories.registration(academy, "SETKANI", email="c@x.example")
    cancel([gone], by=factories.OLGA_EMAIL)
    html = text_of(phone, f"{BRNO}&hledat=ada")
    assert "zrušeno" in html
    assert "jiná část" in html


def test_person_leaves_and_is_in_the_room_no_more(academy: Event, ada: Registration, phone: ReviewingClient) -> None:
    assert "<b>1</b>" in send(phone, code=ada.ticket_code)
    left = send(phone, code=ada.ticket_code, kind="out")
    assert "Odchod je zapsaný." in left
    assert "<b>0</b>" in left
    assert "Není uvnitř" in send(phone, leaver=ada.id)
    assert "odchod v 9:00" in text_of(phone, f"{BRNO}&hledat=zdarska")
    assert queries.attended_session_ids(ada) == {session_id(academy)}


def test_check_in_is_taken_back_from_the_answer_and_from_the_list(
    academy: Event, ada: Registration, phone: ReviewingClient
) -> None:
    send(phone, code=ada.ticket_code)
    assert "Vráceno" in send(phone, "vraceni", person=ada.id)
    assert queries.attended_session_ids(ada) == set()
    assert 'class="plain"' not in text_of(phone).partition("door__log")[2].partition("</ol>")[0]


def test_somebody_without_a_registration_is_signed_up_and_let_in(academy: Event, phone: ReviewingClient) -> None:
    (offer,) = [each for each in academy.ticket_types if each.code == "AI"]
    walk_in = {"given_name": "Nový", "family_name": "Příchozí", "organisation": "", "ticket_type": offer.id}
    sent = {**fields(phone), **walk_in}
    for _ in range(2):
        response = phone.post(f"{PAGE}/na-miste", data=sent)
        assert "answer--yes" in text_of(phone, response.location)
    (person,) = db.session.scalars(select(Registration).where(Registration.family_name == "Příchozí"))
    assert person.status is RegistrationStatus.CONFIRMED
    assert [entry.source for entry in queries.list_entries(person)] == [Source.WALK_IN]


def test_walk_in_without_a_name_is_asked_for_it(academy: Event, phone: ReviewingClient) -> None:
    sent = {**fields(phone), "given_name": "Jan", "family_name": "", "ticket_type": academy.ticket_types[1].id}
    response = phone.post(f"{PAGE}/na-miste", data=sent)
    html = response.get_data(as_text=True)
    assert response.status_code == 422
    assert 'value="Jan"' in html
    assert "errsum" in html


def test_phone_shows_and_does_only_what_it_was_paired_for(app: Flask, academy: Event, ada: Registration) -> None:
    phone = paired(app, academy, Right.SCAN)
    html = text_of(phone, f"{BRNO}&hledat=zdarska")
    assert "Žďárská" not in html
    assert all(noun not in html for noun in ("na-miste", "vraceni", 'value="out"', "hledat"))
    sent = fields(phone)
    assert phone.post(f"{PAGE}/odbaveni", data={**sent, "person": ada.id}).status_code == 403
    assert phone.post(f"{PAGE}/odbaveni", data={**sent, "code": ada.ticket_code, "kind": "out"}).status_code == 403
    assert phone.post(f"{PAGE}/vraceni", data={**sent, "person": ada.id}).status_code == 403
    walk_in = {**sent, "given_name": "J", "family_name": "N", "ticket_type": academy.ticket_types[1].id}
    assert phone.post(f"{PAGE}/na-miste", data=walk_in).status_code == 403
    assert queries.list_entries(ada) == []


def test_revoked_phone_sees_nobody_and_what_it_sends_is_held(
    academy: Event, ada: Registration, phone: ReviewingClient
) -> None:
    sent = {**fields(phone), "code": ada.ticket_code}
    operations.revoke(db.session.scalars(select(Door)).one(), by=factories.OLGA_EMAIL)
    response = phone.post(f"{PAGE}/odbaveni", data=sent)
    closed = phone.get(response.location)
    assert closed.status_code == 403
    assert "Dveře zavřené" in closed.get_data(as_text=True).replace("\u00a0", " ")
    assert phone.get(f"/odbaveni/jmenovka/{ada.id}.pdf").status_code == 403
    assert len(queries.list_held_scans(academy)) == 1
    assert queries.list_entries(ada) == []


def test_phone_ends_its_work(phone: ReviewingClient) -> None:
    assert phone.post(f"{PAGE}/konec").status_code == 303
    assert phone.get(PAGE).status_code == 401


def test_part_that_is_on_or_comes_next_is_chosen_and_another_can_be(
    app: Flask, academy: Event, travel: Callable[[datetime], None]
) -> None:
    phone = paired(app, academy, Right.SCAN)
    assert fields(phone, PAGE)["session"] == str(session_id(academy, "setkani"))
    assert fields(phone, f"{PAGE}?cast=ai-online-1")["session"] == str(session_id(academy, "ai-online-1"))
    assert phone.get(f"{PAGE}?cast=neni").status_code == 404
    travel(datetime(2025, 3, 26, 8, 0, tzinfo=PRAGUE))
    assert fields(phone, PAGE)["session"] == str(session_id(academy, "ai-brno"))


def test_english_page_speaks_english_all_the_way(academy: Event, ada: Registration, client: ReviewingClient) -> None:
    page = "/odbaveni/en/rucne"
    assert "Pair this phone" in client.get(page).get_data(as_text=True)
    data = {"code": secret_for(academy, Right.SCAN), "label": "Door"}
    assert client.post(f"{page}/parovani", data=data).location == page
    sent = {**fields(client, f"{page}?cast=ai-brno"), "code": ada.ticket_code}
    response = client.post(f"{page}/odbaveni", data=sent)
    assert response.location.startswith(page)
    html = client.get(response.location).get_data(as_text=True)
    assert '<html lang="en">' in html
    assert "Let in" in html


def test_badge_of_whoever_was_let_in_can_be_printed(academy: Event, ada: Registration, phone: ReviewingClient) -> None:
    address = f"/odbaveni/jmenovka/{ada.id}.pdf"
    assert phone.get(address).status_code == 409
    assert f'href="{address}"' in send(phone, code=ada.ticket_code)
    response = phone.get(address)
    assert response.data.startswith(b"%PDF")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    stranger = factories.registration(factories.workshop(), "UCAST", email="eva@x.example")
    assert phone.get(f"/odbaveni/jmenovka/{stranger.id}.pdf").status_code == 404


def test_page_costs_as_many_queries_for_three_people_as_for_one(academy: Event, phone: ReviewingClient) -> None:
    def let_in(number: int) -> str:
        person = factories.registration(academy, email=f"{number}@x.example")
        return phone.post(f"{PAGE}/odbaveni", data={**fields(phone), "code": person.ticket_code}).location

    address = f"{let_in(0)}&hledat=ada".replace("#answer", "")
    with count_queries() as one:
        phone.get(address)
    let_in(1), let_in(2)
    with count_queries() as three:
        phone.get(address)
    assert one.count == three.count
