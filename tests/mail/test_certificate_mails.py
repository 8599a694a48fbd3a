"""The attendee hears of a certificate, once."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from registration.certificates.mails import certificate_issued
from registration.certificates.models import Certificate, Content
from registration.certificates.queries import list_rules
from registration.core.db import db, transaction
from registration.events.models import Event, EventKind
from registration.mail.models import OutboxMessage
from registration.signups.models import Registration
from tests import factories

NO_CONTENT: Content = {}  # type: ignore[typeddict-item]  # the mail does not look into the paper


def issue(registration: Registration, minutes: int = 480) -> Certificate:
    certificate = Certificate(
        number="2025/SAI/0042",
        rule=list_rules(registration.event)[-1],
        registration=registration,
        issued_at=datetime(2025, 4, 17, 9, 0, tzinfo=UTC),
        issued_on=date(2025, 4, 17),
        issued_by=factories.OLGA_EMAIL,
        content=NO_CONTENT,
        minutes=minutes,
    )
    with transaction() as session:
        session.add(certificate)
        session.flush()
        certificate_issued(certificate)
    return certificate


def message() -> OutboxMessage:
    return db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "certificate_issued")).one()


@pytest.fixture
def ada(academy: Event) -> Registration:
    return factories.registration(academy, email="ada.zdarska@hornilhota.example")


def test_attendee_gets_the_number_the_hours_and_the_link(ada: Registration) -> None:
    certificate = issue(ada)
    assert message().recipient == "ada.zdarska@hornilhota.example"
    assert message().subject == f"Osvědčení o účasti: {certificate.rule.title}"
    for body in (message().text_body, message().html_body):
        words = " ".join(body.split())
        assert "2025/SAI/0042" in words
        assert "8 hodin" in words
        assert f"http://localhost/u/{ada.link_token}" in words


def test_attendee_hears_once(ada: Registration) -> None:
    certificate = issue(ada)
    with transaction():
        certificate_issued(certificate)
    assert message().dedupe_key == f"certificate:{certificate.id}"


def test_confirmation_without_hours_speaks_of_none(ada: Registration) -> None:
    with transaction():
        ada.event.kind = EventKind.ASSEMBLY
    issue(ada, minutes=0)
    assert message().subject.startswith("Potvrzení o účasti: ")
    assert "hodin" not in message().text_body
