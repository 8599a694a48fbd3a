"""The wish not to be photographed: the person decides, the organizer corrects, the log tells."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from registration.core.audit import AuditEntry
from registration.core.db import db, transaction
from registration.events.models import Event
from registration.signups.operations import cancel, set_no_photo
from tests import factories
from tests.badges.world import sign_up
from tests.factories import OLGA_EMAIL
from tests.reviewing import ReviewingClient


@pytest.fixture
def workshop(app: Flask, at_demo_day: None) -> Iterator[Event]:
    yield factories.workshop(capacity=None)
    db.session.rollback()


def test_person_decides_about_photos_by_themselves(workshop: Event, client: ReviewingClient) -> None:
    (ada,) = sign_up(workshop, "Chalupa")
    address = f"/u/{ada.link_token}"
    for sent, button in (("1", "Fotografovat se smím"), ("0", "Nefotit mě")):
        response = client.post(f"{address}/foceni", data={"no_photo": sent})
        assert (response.status_code, response.location) == (303, f"{address}?hotovo=foceni")
        assert button in client.get(address).get_data(as_text=True)
        db.session.rollback()
        assert ada.no_photo is (sent == "1")
    with transaction():
        cancel([ada], by=OLGA_EMAIL)
    assert client.post(f"{address}/foceni", data={"no_photo": "1"}).status_code == 409
    assert "foceni" not in client.get(address).get_data(as_text=True)


def test_organizer_corrects_the_wish_about_photos(workshop: Event, olga: ReviewingClient) -> None:
    (ada,) = sign_up(workshop, "Chalupa")
    page = f"/sprava/akce/workshop/prihlasky/{ada.id}"
    form_page = f"{page}/uprava"
    names = ("title_before", "given_name", "family_name", "title_after", "email")
    form = {name: getattr(ada, name) for name in names} | {"organisation": ada.organisation_name, "language": "cs"}
    assert olga.submit(form_page, page=form_page, **form, no_photo="y").location == page
    db.session.rollback()
    assert ada.no_photo
    assert "nechce být na fotografiích" in olga.get(page).get_data(as_text=True)
    assert 'checked id="no_photo"' in olga.get(form_page).get_data(as_text=True)
    olga.submit(form_page, page=form_page, **form)
    db.session.rollback()
    assert not ada.no_photo


def test_what_was_decided_about_photos_before_is_not_written_down_again(workshop: Event) -> None:
    (ada,) = sign_up(workshop, "Chalupa")
    set_no_photo(ada, no_photo=True, by=OLGA_EMAIL)
    set_no_photo(ada, no_photo=True, by=OLGA_EMAIL)
    assert len([each for each in db.session.scalars(select(AuditEntry)) if each.action == "photos_decided"]) == 1
