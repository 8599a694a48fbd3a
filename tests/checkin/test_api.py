"""What the scanner's program asks for, as its contract says."""

import gzip
import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from registration.checkin import operations, queries
from registration.checkin.errors import WalkInRefused
from registration.checkin.models import AttendanceEntry, Door, Scan, Source
from registration.checkin.operations.reviewing import accept_held_scan, discard_held_scan
from registration.checkin.rules import Right, Verdict
from registration.core import clock
from registration.core.db import db
from registration.events.models import Event, Session
from registration.events.operations import cancel_event
from registration.mail.models import OutboxMessage
from registration.signups.models import Registration
from tests import factories
from tests.reviewing import ReviewingClient

NOBODY = "0" * 20


class PhoneBrowser:
    """A phone's browser that speaks JSON with the door."""

    def __init__(self, client: ReviewingClient) -> None:
        self.client = client

    def pair(self, event: Event, *rights: Right, label: str = "Hlavní vchod") -> TestResponse:
        code = operations.make_pairing_code(event, rights=rights or list(Right), most_doors=1, by=factories.OLGA_EMAIL)
        return self.post("pair", {"code": code.secret, "label": label})

    def post(self, path: str, message: object, language: str = "cs") -> TestResponse:
        return self.client.post(f"/odbaveni/{path}", json=message, headers={"Accept-Language": language})

    def list(self, since: str = "") -> Any:
        return self.client.get("/odbaveni/list", query_string={"since": since} if since else {}).get_json()

    def send(self, *scans: dict[str, Any], **changes: Any) -> TestResponse:
        return self.post("scans", {"now": _now(), "list_age_s": 0, "waiting": 0, "scans": list(scans), **changes})


def scan(session: Session, /, **changes: Any) -> dict[str, Any]:
    values = {"nonce": str(uuid.uuid4()), "session": session.id, "kind": "in", "source": "scan", "scanned_at": _now()}
    return {**values, **changes}


def walk_in(session: Session, /, **changes: Any) -> dict[str, Any]:
    values = {
        "nonce": str(uuid.uuid4()),
        "now": _now(),
        "given_name": "Cyril",
        "family_name": "Řehoř",
        "organisation": "Knihovna Lhota",
        "ticket_type": session.event.ticket_types[1].id,
        "session": session.id,
        "scanned_at": _now(),
    }
    return {**values, **changes}


def _now() -> str:
    return clock.now().isoformat()


def refusal(response: TestResponse) -> tuple[int, str]:
    assert response.mimetype == "application/json"
    body = response.get_json()
    assert body["message"]
    return response.status_code, body["error"]


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def phone(client: ReviewingClient) -> PhoneBrowser:
    return PhoneBrowser(client)


@pytest.fixture
def door(phone: PhoneBrowser, academy: Event) -> PhoneBrowser:
    """Give a phone that is paired and may do everything."""
    phone.pair(academy)
    return phone


def test_phone_is_paired_and_gets_a_cookie_no_other_site_can_use(phone: PhoneBrowser, academy: Event) -> None:
    response = phone.pair(academy, Right.SCAN)
    assert response.status_code == HTTPStatus.OK
    body = response.get_json()
    assert body["door"] == {
        "id": db.session.scalars(select(Door.id)).one(),
        "label": "Hlavní vchod",
        "rights": ["scan"],
        "expires_at": "2025-04-16T21:00:00.000Z",
    }
    assert body["event"] == {"slug": academy.slug, "title": academy.title}
    cookie = response.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/odbaveni"} <= set(cookie.split("; "))
    assert "Max-Age=32" in cookie  # 37 days and a half
    assert response.headers["Cache-Control"] == "no-store"


def test_each_reason_not_to_pair_has_its_word(
    phone: PhoneBrowser, academy: Event, travel: Callable[[datetime], None]
) -> None:
    code = operations.make_pairing_code(academy, rights=[Right.SCAN], most_doors=1, by="olga")
    assert refusal(phone.post("pair", {"code": NOBODY, "label": "x"})) == (404, "pairing_unknown")
    assert refusal(phone.post("pair", {"code": code.secret, "label": " "})) == (422, "label_missing")
    assert phone.post("pair", {"code": code.secret, "label": "x"}).status_code == HTTPStatus.OK
    assert refusal(phone.post("pair", {"code": code.secret, "label": "x"})) == (409, "pairing_used_up")
    travel(code.code.expires_at)
    assert refusal(phone.post("pair", {"code": code.secret, "label": "x"})) == (410, "pairing_expired")
    assert refusal(phone.post("pair", {"code": 7})) == (422, "malformed")


def test_guessing_is_limited_and_pairing_is_not(phone: PhoneBrowser, academy: Event) -> None:
    code = operations.make_pairing_code(academy, rights=[Right.SCAN], most_doors=10, by="olga")
    for number in range(10):
        assert phone.post("pair", {"code": code.secret, "label": f"Vchod {number}"}).status_code == HTTPStatus.OK
    answers = [refusal(phone.post("pair", {"code": NOBODY, "label": "x"})) for _ in range(11)]
    assert answers == [*[(404, "pairing_unknown")] * 10, (429, "too_many")]


def test_plain_form_pairs_too_and_is_led_on(phone: PhoneBrowser, academy: Event) -> None:
    code = operations.make_pairing_code(academy, rights=[Right.SCAN], most_doors=1, by="olga")
    refused = phone.client.post("/odbaveni/pair", data={"code": NOBODY, "label": "x"})
    assert (refused.status_code, refused.location) == (303, "/odbaveni/rucne?odmitnuto=pairing_unknown")
    response = phone.client.post("/odbaveni/pair", data={"code": code.secret, "label": "Vchod"})
    assert (response.status_code, response.location) == (303, "/odbaveni/rucne")
    assert "prezence-door=" in response.headers["Set-Cookie"]


@pytest.mark.parametrize("path", ["list", "scans", "walk-ins", "leave"])
def test_phone_that_is_not_paired_is_told_so(phone: PhoneBrowser, brno: Session, path: str) -> None:
    messages = {"scans": {"now": _now(), "scans": []}, "walk-ins": walk_in(brno)}

    def ask() -> TestResponse:
        return phone.client.get("/odbaveni/list") if path == "list" else phone.post(path, messages.get(path, {}))

    assert refusal(ask()) == (401, "not_paired")
    phone.client.set_cookie("prezence-door", "guess", path="/odbaveni")
    assert refusal(ask()) == (401, "not_paired") if path != "leave" else ask().status_code == HTTPStatus.OK


def test_list_says_all_a_phone_needs_and_nothing_else(door: PhoneBrowser, brno: Session, ada: Registration) -> None:
    body = door.list()
    assert body["is_full"]
    assert body["event"]["city"] == "Brno"
    assert [session["code"] for session in body["sessions"]] == ["setkani", "ai-brno", "ai-online-1", "ai-online-2"]
    assert body["sessions"][1] == {
        "id": brno.id,
        "code": "ai-brno",
        "title": brno.title,
        "day": "2025-03-26",
        "start": "09:00",
        "end": "16:00",
        "place": brno.venue,
        "expected": 1,
        "is_online": False,
    }
    assert [len(each["sessions"]) for each in body["ticket_types"]] == [1, 3, 4]
    (person,) = body["people"]
    assert set(person) == {
        "id", "codes", "old_codes", "prefixes", "name", "list_name", "organisation", "ticket_type", "state", "in",
    }  # fmt: skip
    assert ada.email not in json.dumps(body)
    assert ada.ticket_code not in json.dumps(body)


def test_list_brings_only_what_has_changed(door: PhoneBrowser, brno: Session, ada: Registration) -> None:
    factories.registration(brno.event, email="bob@x.example")
    cursor = door.list()["cursor"]
    door.send(scan(brno, token=ada.ticket_code))
    body = door.list(cursor)
    assert not body["is_full"]
    # Others may be among them while somebody else's transaction on the same server is running.
    assert [list(each["in"]) for each in body["people"] if each["id"] == ada.id] == [[str(brno.id)]]


def test_long_list_is_packed_for_phones_that_can_unpack_it(door: PhoneBrowser, academy: Event) -> None:
    factories.crowd(academy, 5, "AI")
    response = door.client.get("/odbaveni/list", headers={"Accept-Encoding": "gzip, br"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(response.data))["people"]) == 5


def test_scans_are_answered_in_their_order(door: PhoneBrowser, brno: Session, ada: Registration) -> None:
    bob = factories.registration(brno.event, email="bob@x.example")
    scans = [scan(brno, token=NOBODY), scan(brno, person=bob.id, source="manual"), scan(brno, token=ada.ticket_code)]
    body = door.send(*scans).get_json()
    assert [each["nonce"] for each in body["results"]] == [each["nonce"] for each in scans]
    assert [each["verdict"] for each in body["results"]] == ["unknown", "admitted", "admitted"]
    assert [each.get("person") for each in body["results"]] == [None, bob.id, ada.id]
    again = door.send(scan(brno, token=ada.ticket_code)).get_json()["results"][0]
    assert (again["verdict"], again["door"]) == ("already_in", "Hlavní vchod")
    assert again["since"].endswith("Z")


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"nonce": "1"}, "scans[0].nonce"),
        ({"nonce": None}, "scans[0].nonce"),
        ({"session": "2"}, "scans[0].session"),
        ({"session": -1}, "scans[0].session"),
        ({"session": True}, "scans[0].session"),
        ({"session": 2**60}, "scans[0].session"),
        ({"kind": "IN"}, "scans[0].kind"),
        ({"source": "organizer"}, "scans[0].source"),
        ({"source": ["scan"]}, "scans[0].source"),
        ({"scanned_at": "today"}, "scans[0].scanned_at"),
        ({"scanned_at": "2025-03-26T08:00:00"}, "scans[0].scanned_at"),
        ({"scanned_at": "1025-03-26T08:00:00Z"}, "scans[0].scanned_at"),
        ({"scanned_at": 7}, "scans[0].scanned_at"),
        ({"token": None}, "scans[0].token"),
        ({"token": " "}, "scans[0].token"),
        ({"token": "\0"}, "scans[0].token"),
        ({"token": "\ud800"}, "scans[0].token"),
        ({"token": "x" * 101}, "scans[0].token"),
        ({"person": 1}, "scans[0].token"),
        ({"token": None, "hash": "0"}, "scans[0].hash"),
    ],
)
def test_malformed_scan_is_named_and_nothing_of_the_batch_stored(
    door: PhoneBrowser, brno: Session, changes: dict[str, Any], where: str
) -> None:
    response = door.send({**scan(brno, token=NOBODY), **changes}, scan(brno, token=NOBODY))
    assert refusal(response) == (422, "malformed")
    assert where in response.get_json()["message"]
    assert count(Scan) == 0


@pytest.mark.parametrize(
    "message",
    [
        [],
        "scans",
        {},
        {"now": "2025-03-26T08:00:00Z"},
        {"now": "2025-03-26T08:00:00Z", "scans": {}},
        {"now": "2025-03-26T08:00:00Z", "scans": [7]},
        {"now": "2025-03-26T08:00:00Z", "scans": [], "waiting": -1},
        {"now": "2025-03-26T08:00:00Z", "scans": [], "list_age_s": "long"},
        {"now": "2025-03-26T08:00:00Z", "scans": [], "list_age_s": float("nan")},
    ],
)
def test_malformed_message_is_refused(door: PhoneBrowser, message: object) -> None:
    assert refusal(door.post("scans", message)) == (422, "malformed")


def test_more_than_two_hundred_scans_are_refused_and_two_hundred_taken(door: PhoneBrowser, brno: Session) -> None:
    assert refusal(door.send(*[scan(brno, token=NOBODY) for _ in range(201)])) == (422, "malformed")
    assert count(Scan) == 0
    assert door.send(*[scan(brno, token=NOBODY) for _ in range(200)]).status_code == HTTPStatus.OK
    assert count(Scan) == 200


def test_only_json_is_read_and_not_too_much_of_it(door: PhoneBrowser) -> None:
    post = door.client.post
    assert refusal(post("/odbaveni/scans", data="{", content_type="application/json")) == (422, "malformed")
    assert refusal(post("/odbaveni/scans", data="[" * 9999, content_type="application/json")) == (422, "malformed")
    assert refusal(post("/odbaveni/scans", data={"now": "x"})) == (422, "malformed")
    large = json.dumps({"now": "x" * 256 * 1024})
    assert refusal(post("/odbaveni/scans", data=large, content_type="application/json")) == (413, "too_large")
    assert refusal(post("/odbaveni/scans", json={}, headers={"Sec-Fetch-Site": "cross-site"})) == (403, "refused")


def test_json_is_still_refused_where_none_is_taken(client: ReviewingClient, academy: Event) -> None:
    assert client.post(f"/akce/{academy.slug}/prihlaska", json={}).status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE


def test_phone_without_the_right_is_refused(phone: PhoneBrowser, brno: Session, ada: Registration) -> None:
    phone.pair(brno.event, Right.SCAN)
    refused = [
        phone.send(scan(brno, token=ada.ticket_code), scan(brno, person=ada.id, source="manual")),
        phone.send(scan(brno, person=ada.id, kind="undo")),
        phone.send(scan(brno, person=ada.id, kind="out")),
        phone.post("walk-ins", walk_in(brno)),
    ]
    assert [refusal(each) for each in refused] == [(403, "right_missing")] * 4
    assert count(Scan) == count(AttendanceEntry) == 0


def test_revoked_phone_sees_nobody_and_its_scans_are_held(door: PhoneBrowser, brno: Session, ada: Registration) -> None:
    operations.revoke(db.session.scalars(select(Door)).one(), by=factories.OLGA_EMAIL)
    response = door.send(scan(brno, token=ada.ticket_code))
    assert [each["verdict"] for each in response.get_json()["results"]] == ["revoked_door"]
    assert refusal(door.client.get("/odbaveni/list")) == (403, "revoked")
    assert (count(Scan), count(AttendanceEntry)) == (1, 0)


def test_whom_a_revoked_phone_let_in_is_signed_up_once_that_is_accepted(door: PhoneBrowser, brno: Session) -> None:
    operations.revoke(db.session.scalars(select(Door)).one(), by=factories.OLGA_EMAIL)
    sent = walk_in(brno)
    for _ in range(2):
        answer = door.post("walk-ins", sent).get_json()
        assert answer == {"nonce": sent["nonce"], "verdict": "revoked_door"}
    assert (count(Registration), count(AttendanceEntry)) == (0, 0)
    (held,) = queries.list_held_scans(brno.event)
    assert accept_held_scan(held, by=factories.OLGA_EMAIL).verdict is Verdict.ADMITTED
    person = held.registration
    assert person
    assert (person.name, person.organisation_name, held.walk_in) == ("Cyril Řehoř", "Knihovna Lhota", None)
    assert queries.attended_session_ids(person) == {brno.id}


def test_whom_a_revoked_phone_let_in_is_forgotten_when_that_is_discarded_and_kept_while_it_cannot_be(
    door: PhoneBrowser, brno: Session
) -> None:
    operations.revoke(db.session.scalars(select(Door)).one(), by=factories.OLGA_EMAIL)
    door.post("walk-ins", walk_in(brno))
    cancel_event(brno.event, by=factories.OLGA_EMAIL)
    (held,) = queries.list_held_scans(brno.event)
    with pytest.raises(WalkInRefused):
        accept_held_scan(held, by=factories.OLGA_EMAIL)
    (held,) = queries.list_held_scans(brno.event)
    discard_held_scan(held, by=factories.OLGA_EMAIL)
    assert (held.walk_in, count(Registration), count(Scan)) == (None, 0, 1)


def test_phone_that_leaves_is_forgotten(door: PhoneBrowser, academy: Event) -> None:
    response = door.post("leave", {})
    assert response.status_code == HTTPStatus.OK
    assert "prezence-door=;" in response.headers["Set-Cookie"]
    assert db.session.scalars(select(Door.token_hash)).one() is None


def test_no_get_changes_anything(door: PhoneBrowser, academy: Event, travel: Callable[[datetime], None]) -> None:
    before = db.session.execute(select(Door.__table__)).all()
    travel(clock.now() + timedelta(hours=1))
    door.list()
    assert db.session.execute(select(Door.__table__)).all() == before


def test_whoever_walks_in_ends_as_a_full_registration(door: PhoneBrowser, brno: Session) -> None:
    messages = count(OutboxMessage)
    sent = walk_in(brno)
    body = door.post("walk-ins", sent).get_json()
    person = body["person"]
    assert (body["nonce"], body["verdict"]) == (sent["nonce"], "admitted")
    assert (person["name"], person["organisation"], person["state"]) == ("Cyril Řehoř", "Knihovna Lhota", "confirmed")
    registration = db.session.get_one(Registration, person["id"])
    assert (registration.email, registration.is_confirmed) == ("", True)
    (entry,) = queries.list_entries(registration)
    assert (entry.source, entry.recorded_by) == (Source.WALK_IN, "Hlavní vchod")
    assert count(OutboxMessage) == messages
    again = door.post("walk-ins", sent).get_json()
    assert (again["verdict"], again["person"]["id"]) == ("admitted", registration.id)
    assert count(Registration) == 1
    assert door.post("walk-ins", walk_in(brno)).get_json()["person"]["id"] != registration.id  # called the same


def test_walk_in_comes_in_over_the_capacity_knowingly(door: PhoneBrowser, brno: Session) -> None:
    factories.take(brno, 30)
    assert door.post("walk-ins", walk_in(brno)).get_json()["verdict"] == "admitted"
    db.session.refresh(brno)
    assert (brno.capacity, brno.taken) == (31, 31)


def test_walk_in_that_cannot_be_is_refused_with_a_reason(door: PhoneBrowser, brno: Session) -> None:
    other = factories.workshop()
    wrong: list[dict[str, Any]] = [
        {"given_name": " "},
        {"family_name": "x" * 101},
        {"ticket_type": other.ticket_types[0].id},
        {"ticket_type": 99},
        {"session": brno.event.sessions[0].id},
    ]
    for changes in wrong:
        assert refusal(door.post("walk-ins", walk_in(brno, **changes))) == (422, "malformed")
    cancel_event(brno.event, by=factories.OLGA_EMAIL)
    assert refusal(door.post("walk-ins", walk_in(brno))) == (409, "walk_in_refused")
    assert count(Registration) == count(Scan) == 0


def test_refusal_is_said_in_the_language_of_the_page(phone: PhoneBrowser, app: Flask) -> None:
    sentences = {
        language: phone.post("leave", {}, language).get_json()["message"] for language in ("cs", "en", "de", "en-GB")
    }
    assert sentences["en"] == sentences["en-GB"] == "This phone is not paired with an event."
    assert sentences["de"] == sentences["cs"] != sentences["en"]
    asked = phone.client.post("/odbaveni/leave?lang=en", json={}, headers={"Accept-Language": "cs"})
    assert asked.get_json()["message"] == sentences["en"]
