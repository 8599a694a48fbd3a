"""What the organizers noted down about a person is theirs to read, and so is the wish not to be photographed."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from registration.core import clock
from registration.core.db import db
from registration.events.models import Event
from registration.privacy.operations import erase
from registration.privacy.queries import personal_data
from registration.signups.operations import desk, set_no_photo, substitute
from tests.factories import BOB, OLGA_EMAIL
from tests.privacy import world
from tests.reviewing import ReviewingClient

NOTE = "Volala, přijede až na oběd."


def test_notes_tags_and_wish_about_photos_are_among_the_data(academy: Event, client: ReviewingClient) -> None:
    ada = world.ada(academy)
    empty = client.get(f"/u/{ada.link_token}/udaje").get_data(as_text=True)
    assert "Co si organizátor poznamenal" not in empty
    note = desk.add_note(ada, NOTE, by=OLGA_EMAIL)
    for word in ("host", "čeká na fakturu"):
        desk.tag([ada], word, by=OLGA_EMAIL)
    set_no_photo(ada, no_photo=True, by=ada.email)
    html = client.get(f"/u/{ada.link_token}/udaje").get_data(as_text=True)
    for shown in ("Co si organizátor poznamenal", NOTE, "host", "čeká na fakturu", "nechce být na fotografiích"):
        assert shown in html, shown
    assert OLGA_EMAIL not in html
    data = json.loads(client.get(f"/u/{ada.link_token}/udaje.json").get_data(as_text=True))
    assert data["notes"] == [{"written_at": note.written_at.isoformat(), "text": NOTE}]
    assert sorted(data["tags"]) == ["host", "čeká na fakturu"]
    assert data["registration"]["no_photo"] is True


def test_notes_and_wish_are_not_those_of_whoever_was_to_come_before(
    academy: Event, travel: Callable[..., None]
) -> None:
    registration = world.ada(academy)
    desk.add_note(registration, NOTE, by=OLGA_EMAIL)
    set_no_photo(registration, no_photo=True, by=OLGA_EMAIL)
    travel(clock.now() + timedelta(hours=1))
    substitute(registration, person=replace(BOB, ticket_type=""), by=OLGA_EMAIL)
    later = desk.add_note(registration, "Bob jí všechno.", by=OLGA_EMAIL)
    assert [each.id for each in personal_data(registration).notes] == [later.id]
    assert not registration.no_photo


@pytest.mark.slow
def test_erasure_takes_notes_tags_and_the_wish(app: Flask, academy: Event) -> None:
    ada = world.ada(academy)
    desk.add_note(ada, NOTE, by=OLGA_EMAIL)
    desk.tag([ada], "host", by=OLGA_EMAIL)
    set_no_photo(ada, no_photo=True, by=OLGA_EMAIL)
    erase(ada, by=ada.email)
    db.session.rollback()
    data = personal_data(ada)
    assert (list(data.notes), list(data.tags), ada.no_photo) == ([], [], False)
