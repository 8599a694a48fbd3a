from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from registration.checkin import queries
from registration.checkin.errors import (
    LabelMissing,
    NoRightChosen,
    NoSessionYet,
    PairingExpired,
    PairingUnknown,
    PairingUsedUp,
)
from registration.checkin.models import PairingCode
from registration.checkin.operations import NewPairing, make_pairing_code, pair, revoke
from registration.checkin.rules import Right
from registration.core import clock, tokens
from registration.core.clock import PRAGUE
from registration.core.db import db
from registration.core.errors import NotFound
from registration.events.models import Event, EventKind, SignUp
from registration.events.queries import get_event
from registration.signups.models import TicketCode
from tests import factories
from tests.checkin.phones import Phone

OLGA = factories.OLGA_EMAIL


def new_code(event: Event, *, most_doors: int = 1, rights: tuple[Right, ...] = (Right.SCAN,)) -> NewPairing:
    return make_pairing_code(event, rights=rights, most_doors=most_doors, by=OLGA)


def test_code_makes_a_phone_a_door_until_twelve_hours_after_the_end(academy: Event) -> None:
    code = new_code(academy, rights=(Right.UNDO, Right.SCAN))
    assert len(code.secret) == 26
    door = pair(code.secret, label=" Hlavní vchod ")
    assert (door.event_id, door.label, door.granted) == (
        academy.id,
        "Hlavní vchod",
        frozenset({Right.SCAN, Right.UNDO}),
    )
    assert clock.to_local(door.expires_at) == datetime(2025, 4, 16, 23, 0, tzinfo=PRAGUE)
    assert queries.find_door(door.token) == door
    assert queries.get_door(academy, door.id) == door


@pytest.mark.parametrize(
    "typed", ["https://x.example/odbaveni#p={code}", " {lower} ", "{grouped}", "https://x.example/odbaveni#p={grouped}"]
)
def test_code_is_taken_as_people_type_and_paste_it(academy: Event, typed: str) -> None:
    secret = new_code(academy).secret
    pair(typed.format(code=secret, lower=secret.lower(), grouped=tokens.grouped(secret)), label="Vchod")


def test_code_is_good_for_as_many_phones_as_were_to_be(academy: Event) -> None:
    code = new_code(academy, most_doors=2)
    doors = [pair(code.secret, label=f"Vchod {number}") for number in (1, 2)]
    assert doors[0].token != doors[1].token
    with pytest.raises(PairingUsedUp):
        pair(code.secret, label="Vchod 3")
    revoke(doors[0], by=OLGA)
    assert [door.label for door in queries.list_doors(academy)] == ["Vchod 2", "Vchod 1"]


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (10, 10), (11, 10)])
def test_code_is_for_one_to_ten_phones(academy: Event, asked: int, given: int) -> None:
    assert new_code(academy, most_doors=asked).code.most_doors == given


def test_code_is_over_after_a_quarter_of_an_hour(academy: Event, travel: Callable[[datetime], None]) -> None:
    code = new_code(academy)
    travel(code.code.made_at + timedelta(minutes=15))
    with pytest.raises(PairingExpired):
        pair(code.secret, label="Vchod")


def test_guess_and_phone_without_a_name_are_refused(academy: Event) -> None:
    secret = new_code(academy).secret
    with pytest.raises(PairingUnknown):
        pair("0" * 26, label="Vchod")
    with pytest.raises(LabelMissing):
        pair(secret, label="  ")
    pair(secret, label="Vchod")


def test_code_needs_a_right_and_a_session(academy: Event) -> None:
    with pytest.raises(NoRightChosen):
        new_code(academy, rights=())
    planned = Event(
        slug="plan", code="PLN", series_year=2025, title="Plán", kind=EventKind.WORKSHOP, sign_up=SignUp.HERE
    )
    db.session.add(planned)
    db.session.commit()
    with pytest.raises(NoSessionYet):
        new_code(planned)


def test_database_knows_neither_code_nor_cookie(academy: Event) -> None:
    code = new_code(academy)
    door = pair(code.secret, label="Vchod")
    stored = db.session.scalars(select(PairingCode.secret_hash)).one()
    assert code.secret not in stored
    assert door.token_hash is not None
    assert door.token not in door.token_hash


def test_codes_older_than_doors_get_their_hash_with_the_first_pairing(academy: Event) -> None:
    ada = factories.registration(academy)
    other = factories.registration(factories.workshop(), "UCAST")
    db.session.execute(update(TicketCode).values(scan_hash=None))
    db.session.commit()
    new_code(academy)
    rows = db.session.execute(select(TicketCode.registration_id, TicketCode.scan_hash))
    hashes = dict(rows.all())
    assert hashes == {ada.id: tokens.scan_hash(ada.ticket_code), other.id: None}


def test_door_of_another_event_is_not_found(academy: Event) -> None:
    phone = Phone(get_event(academy.slug))
    with pytest.raises(NotFound):
        queries.get_door(factories.workshop(), phone.door.id)
    assert queries.find_door("unknown") is None
