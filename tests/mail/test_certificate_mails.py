"""The attendee hears of a certificate, once."""

from datetime import UTC, date, datetime

import pytest

from registration.certificates.mails import certificates_issued
from registration.certificates.models import Certificate, Content, Revocation
from registration.certificates.queries import list_rules
from registration.core import clock
from registration.core.db import transaction
from registration.events.models import Event, EventKind
from registration.mail.delivery import post_office
from registration.mail.models import MessageState
from registration.signups.models import Registration
from tests import factories
from tests.mail import world
from tests.mail.world import message, said

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
        certificates_issued([certificate])
    return certificate


@pytest.fixture
def ada(academy: Event) -> Registration:
    return world.order(academy, world.ada(), orderer_email="library@hornilhota.example").registrations[0]


def test_attendee_gets_the_number_the_hours_and_the_link(ada: Registration) -> None:
    certificate = issue(ada)
    assert message("certificate_issued").recipient == world.ADA
    composed = said("certificate_issued")
    assert composed.subject == f"Osvědčení o účasti: {certificate.rule.title}"
    assert composed.reply_to == "sekce@sdruk.example"
    for body in (composed.text, composed.html):
        words = world.words(body)
        assert "2025/SAI/0042" in words
        assert "8 hodin" in words
        assert f"http://localhost/u/{ada.link_token}" in words


def test_row_carries_the_certificate_only(ada: Registration) -> None:
    certificate = issue(ada)
    assert message("certificate_issued").facts == {"certificate": certificate.id}


def test_attendee_hears_once(ada: Registration) -> None:
    certificate = issue(ada)
    with transaction():
        certificates_issued([certificate])
    assert message("certificate_issued").dedupe_key == f"certificate:{certificate.id}"


@pytest.mark.slow
def test_paper_revoked_meanwhile_is_not_written_of(ada: Registration) -> None:
    certificate = issue(ada)
    with transaction() as session:
        revoked = {"revoked_at": certificate.issued_at, "revoked_by": factories.OLGA_EMAIL, "reason": "omyl"}
        session.add(Revocation(certificate_id=certificate.id, **revoked))
    post_office.deliver_due()
    assert message("certificate_issued").state is MessageState.WITHDRAWN


def test_paper_whose_holder_was_erased_is_not_written_of(ada: Registration) -> None:
    certificate = issue(ada)
    with transaction():
        certificate.erased_at = clock.now()
    post_office.deliver_due()
    assert message("certificate_issued").state is MessageState.WITHDRAWN


def test_confirmation_without_hours_speaks_of_none(ada: Registration) -> None:
    with transaction():
        ada.event.kind = EventKind.ASSEMBLY
    issue(ada, minutes=0)
    composed = said("certificate_issued")
    assert composed.subject.startswith("Potvrzení o účasti: ")
    assert "hodin" not in composed.text
