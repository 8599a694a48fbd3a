"""The doors of an event at the desk: pairing codes, the list, revoking, what is held for review."""

import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from registration.checkin import operations, queries
from registration.checkin.models import Door, PairingCode, Source
from registration.checkin.operations import Contact, SentScan
from registration.checkin.operations.walking_in import WalkIn
from registration.checkin.rules import Right, ScanKind
from registration.core import clock
from registration.core.audit import AuditEntry
from registration.core.clock import PRAGUE
from registration.core.db import db
from registration.events.models import Event
from registration.events.operations import cancel_event
from registration.signups.models import Registration
from tests import factories
from tests.conftest import ACADEMY
from tests.queries import count_queries
from tests.reviewing import ReviewingClient

CHECK_IN = f"/sprava/akce/{ACADEMY}/prezence"
DOORS = f"{CHECK_IN}/dvere"
MORNING = datetime(2025, 3, 26, 8, 30, tzinfo=PRAGUE)


def pair(event: Event, label: str = "Hlavní vchod", *rights: Right) -> Door:
    made = operations.make_pairing_code(event, rights=rights or [Right.SCAN], most_doors=1, by=factories.OLGA_EMAIL)
    return operations.pair(made.secret, label=label)


def send(door: Door, person: Registration, *, waiting: int = 0) -> None:
    now = clock.now()
    session = next(each for each in person.event.sessions if each.code == "ai-brno")
    scan = SentScan(
        nonce=str(uuid.uuid4()),
        session_id=session.id,
        kind=ScanKind.IN,
        source=Source.SCAN,
        scanned_at=now,
        token=person.ticket_code,
    )
    operations.take_scans(door.token, Contact(now=now, list_age_s=60, waiting=waiting), [scan])


def text_of(olga: ReviewingClient, address: str = DOORS) -> str:
    html = olga.get(address).get_data(as_text=True)
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


def test_check_in_of_an_event_leads_to_its_doors(academy: Event, olga: ReviewingClient) -> None:
    assert f'href="{DOORS}"' in olga.get(CHECK_IN).get_data(as_text=True)


def test_code_is_shown_once_as_picture_link_and_in_groups_of_four(academy: Event, olga: ReviewingClient) -> None:
    response = olga.submit(f"{DOORS}/parovani", page=DOORS, rights=["scan", "walk_in"], most_doors=3)
    assert response.status_code == 303
    html = olga.get(response.location).get_data(as_text=True)
    found = re.search(r'href="http://localhost/odbaveni#p=([0-9A-Z]{26})"', html)
    assert found
    assert "-".join(re.findall(".{1,4}", found[1])) in html
    assert "<title>Kód pro spárování telefonu</title>" in html
    assert "načítat kódy, přihlásit člověka na místě" in html
    assert found[1] not in olga.get(DOORS).get_data(as_text=True)
    code = db.session.scalars(select(PairingCode)).one()
    assert (code.rights, code.most_doors, code.made_by) == ("scan walk_in", 3, factories.OLGA_EMAIL)


@pytest.mark.parametrize("wrong", [{"rights": []}, {"rights": ["scan"], "most_doors": 0}, {"rights": ["everything"]}])
def test_code_is_not_made_when_something_is_wrong(
    academy: Event, olga: ReviewingClient, wrong: dict[str, object]
) -> None:
    response = olga.submit(f"{DOORS}/parovani", page=DOORS, **{"most_doors": 1, **wrong})
    assert response.status_code == 422
    assert "errsum" in response.get_data(as_text=True)
    assert db.session.scalars(select(PairingCode)).all() == []


def test_list_says_of_each_door_how_it_stands(
    academy: Event, ada: Registration, olga: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    travel(MORNING)
    olga.sign_in(factories.OLGA_EMAIL, factories.OLGA_PASSWORD)
    pair(academy, "Vrátnice")
    send(pair(academy, "Hlavní vchod"), ada, waiting=4)
    left = pair(academy, "Kolegův telefon")
    operations.leave(left)
    travel(MORNING + timedelta(minutes=2, seconds=30))
    shown = text_of(olga)
    assert "Hlavní vchod načítat kódy" in shown
    assert "čekají záznamy" in shown
    assert "před 2 minutami" in shown
    assert "před 3 minutami" in shown  # the list was a minute old
    assert "Vrátnice načítat kódy" in shown
    assert shown.index("Kolegův telefon") > shown.index("Vrátnice")
    assert "ukončeno" in shown
    assert "se naposledy ozval" not in shown


def test_door_that_is_silent_during_a_part_is_pointed_out(
    academy: Event, olga: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    travel(MORNING)
    pair(academy)
    travel(MORNING + timedelta(minutes=14))
    olga.sign_in(factories.OLGA_EMAIL, factories.OLGA_PASSWORD)
    assert "Telefon Hlavní vchod se naposledy ozval před 14 minutami." in text_of(olga)
    travel(MORNING + timedelta(days=1))
    olga.sign_in(factories.OLGA_EMAIL, factories.OLGA_PASSWORD)
    assert "se naposledy ozval" not in text_of(olga)


def test_revoked_door_stays_in_the_list_and_cannot_be_revoked_again(academy: Event, olga: ReviewingClient) -> None:
    door = pair(academy)
    olga.submit(f"{DOORS}/{door.id}/odvolani", page=DOORS)
    assert db.session.get_one(Door, door.id).revoked_by == factories.OLGA_EMAIL
    html = olga.get(DOORS).get_data(as_text=True)
    assert "odvoláno" in html
    assert "/odvolani" not in html


def test_what_a_revoked_door_sent_counts_once_it_is_accepted(
    academy: Event, ada: Registration, olga: ReviewingClient
) -> None:
    door = pair(academy)
    operations.revoke(door, by=factories.OLGA_EMAIL)
    send(door, ada)
    assert "Žďárská Ada" in text_of(olga)
    assert queries.list_entries(ada) == []
    (scan,) = queries.list_held_scans(academy)
    olga.submit(f"{DOORS}/zadrzene/prijeti", page=DOORS, scan=scan.id)
    assert len(queries.list_entries(ada)) == 1
    assert queries.list_held_scans(academy) == []
    response = olga.submit(f"{DOORS}/zadrzene/prijeti", page=DOORS, scan=scan.id)
    assert response.status_code == 303
    assert len(queries.list_entries(ada)) == 1


def test_what_a_revoked_door_sent_can_be_discarded(academy: Event, ada: Registration, olga: ReviewingClient) -> None:
    door = pair(academy)
    operations.revoke(door, by=factories.OLGA_EMAIL)
    send(door, ada)
    (scan,) = queries.list_held_scans(academy)
    olga.submit(f"{DOORS}/zadrzene/zahozeni", page=DOORS, scan=scan.id)
    assert queries.list_held_scans(academy) == []
    assert queries.list_entries(ada) == []


def test_whom_a_revoked_door_let_in_is_shown_and_stays_while_they_cannot_be_signed_up(
    academy: Event, olga: ReviewingClient
) -> None:
    door = pair(academy, "Vrátnice", Right.WALK_IN)
    operations.revoke(door, by=factories.OLGA_EMAIL)
    session = next(each for each in academy.sessions if each.code == "ai-brno")
    guest = WalkIn(
        nonce=str(uuid.uuid4()),
        now=clock.now(),
        given_name="Iva",
        family_name="Příchozí",
        organisation="",
        ticket_type_id=next(each.id for each in academy.ticket_types if each.code == "AI"),
        session_id=session.id,
        scanned_at=clock.now(),
    )
    assert operations.let_walk_in(door.token, guest).person_id is None
    assert "Příchozí Iva, bez přihlášky" in text_of(olga)
    (scan,) = queries.list_held_scans(academy)
    cancel_event(academy, by=factories.OLGA_EMAIL)
    olga.submit(f"{DOORS}/zadrzene/prijeti", page=DOORS, scan=scan.id)
    assert "Příchozí Iva, bez přihlášky" in text_of(olga)
    assert len(queries.list_held_scans(academy)) == 1


def test_history_says_in_words_who_paired_and_revoked(academy: Event, olga: ReviewingClient) -> None:
    door = pair(academy)
    operations.revoke(door, by=factories.OLGA_EMAIL)
    actions = {(entry.subject_kind, entry.action) for entry in db.session.scalars(select(AuditEntry))}
    assert {("pairing_code", "created"), ("door", "paired"), ("door", "revoked")} <= actions
    shown = text_of(olga, f"/sprava/akce/{ACADEMY}/historie")
    assert "Kód pro spárování" in shown
    assert "Dveře" in shown
    assert "telefon spárován" in shown
    assert "pairing_code" not in shown
    assert "most_doors" not in shown


def test_doors_of_another_event_are_not_found(academy: Event, olga: ReviewingClient) -> None:
    door = pair(factories.workshop())
    assert olga.submit(f"{DOORS}/{door.id}/odvolani", page=DOORS).status_code == 404


def test_doors_are_the_organizers(app: Flask, academy: Event) -> None:
    factories.doorkeeper(academy)
    client = app.test_client()
    assert isinstance(client, ReviewingClient)
    assert client.get(DOORS).status_code == 303
    client.sign_in("dvere@sekce.example", factories.OLGA_PASSWORD)
    assert client.get(DOORS).status_code == 403
    assert DOORS not in client.get(CHECK_IN).get_data(as_text=True)


def test_three_doors_cost_as_many_queries_as_one(academy: Event, olga: ReviewingClient) -> None:
    pair(academy)
    olga.get(DOORS)
    with count_queries() as one:
        olga.get(DOORS)
    pair(academy, "Vrátnice")
    pair(academy, "Sál")
    with count_queries() as three:
        olga.get(DOORS)
    assert one.count == three.count
