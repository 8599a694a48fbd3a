"""Messages about accounts, in both languages."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from registration.accounts import mails
from registration.accounts.models import Invitation, RoleName
from registration.accounts.operations import deactivate, invite
from registration.accounts.queries import find_person
from registration.core.db import db, transaction
from registration.mail.composition import Composed
from registration.mail.delivery import post_office
from registration.mail.models import OutboxMessage
from tests import factories


def composed(language: str) -> dict[str, Composed | None]:
    """Write one of each kind."""
    olga = factories.olga()
    factories.staff("ema@sekce.example", RoleName.ADMINISTRATOR)
    invite("pavel@sekce.example", name="", roles={RoleName.DOOR}, event_ids=[], language=language, by=olga.email)
    with transaction():
        mails.password_reset(olga, language=language)
        mails.password_changed(olga, language=language)
    return {row.kind: post_office.compose(row) for row in db.session.scalars(select(OutboxMessage))}


@pytest.mark.parametrize(("language", "start"), [("cs", "http://localhost/"), ("en", "http://localhost/en/")])
def test_each_message_is_whole_and_leads_to_a_page_in_its_language(app: Flask, language: str, start: str) -> None:
    written = composed(language)
    assert set(written) == {"staff_invitation", "password_reset", "password_changed"}
    for letter in written.values():
        assert letter
        assert letter.subject
        addresses = re.findall(r"http\S+", letter.text)
        assert addresses
        assert all(each.startswith(start) for each in addresses)
        assert not re.search(r"%\(|None|Undefined", letter.text)
    reset = written["password_reset"]
    assert reset
    assert reset.is_secret


def test_what_is_no_longer_true_is_not_sent(app: Flask) -> None:
    composed("cs")
    invitation = db.session.scalars(select(Invitation)).one()
    with transaction():
        invitation.expires_at = invitation.invited_at
    olga = find_person(factories.OLGA_EMAIL)
    assert olga
    deactivate(olga, by="ema")
    rows = {row.kind: row for row in db.session.scalars(select(OutboxMessage))}
    assert post_office.compose(rows["staff_invitation"]) is None
    assert post_office.compose(rows["password_reset"]) is None


def test_message_to_somebody_who_is_gone_is_not_sent(app: Flask) -> None:
    row = OutboxMessage(kind="password_changed", language="cs", facts={"user": 4711})
    assert post_office.compose(row) is None
