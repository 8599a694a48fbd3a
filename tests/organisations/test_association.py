"""What the association says of itself: how it addresses people, what stands on its papers."""

import io

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from registration.core.audit import AuditEntry
from registration.core.db import db
from registration.core.errors import PictureUnreadable
from registration.organisations.models import AddressForm, PaperPicture
from registration.organisations.operations.association import change_address_form, change_papers, store_picture
from registration.organisations.queries import get_association

OLGA = "olga@sekce.example"


def test_people_are_addressed_as_the_association_likes(app: Flask) -> None:
    for _ in range(2):  # the second time nothing changes
        change_address_form(AddressForm.TYKANI, by=OLGA)
    assert get_association().address_form is AddressForm.TYKANI
    change_address_form(AddressForm.VYKANI, by=OLGA)
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.after for entry in entries] == [{"address_form": "tykani"}, {"address_form": "vykani"}]


def test_papers_are_signed_as_was_said_last(app: Flask) -> None:
    change_papers({"signatory_name": "Mgr. Jana Řeháková"}, by=OLGA)
    change_papers({"signatory_name": "Ing. Petr Malý"}, by=OLGA)
    assert get_association().signatory_name == "Ing. Petr Malý"
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (last.before, last.after) == (
        {"signatory_name": "Mgr. Jana Řeháková"},
        {"signatory_name": "Ing. Petr Malý"},
    )


def test_same_picture_is_kept_once(app: Flask) -> None:
    file = io.BytesIO()
    Image.new("RGB", (300, 80), "navy").save(file, "PNG")
    assert store_picture(file.getvalue(), by=OLGA) == store_picture(file.getvalue(), by=OLGA)
    assert db.session.scalar(select(func.count()).select_from(PaperPicture)) == 1
    with pytest.raises(PictureUnreadable):
        store_picture(b"no picture", by=OLGA)
