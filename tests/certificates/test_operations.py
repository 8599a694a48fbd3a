import threading
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

import pytest
from flask import Flask
from sqlalchemy import select

from registration.certificates import queries
from registration.certificates.errors import AlreadyRevoked, NotEarned, NotOverYet, ReasonMissing
from registration.certificates.models import Certificate, CertificateRule
from registration.certificates.operations import issue_certificates, render, replace, revoke
from registration.certificates.tasks import render_waiting
from registration.checkin.operations import mark_present, undo
from registration.checkin.queries import get_session, list_entries
from registration.core.clock import PRAGUE
from registration.core.db import db
from registration.events.models import Event, EventKind
from registration.events.queries import get_event
from registration.mail.models import OutboxMessage
from registration.signups.models import Registration
from registration.signups.operations import cancel
from tests import factories

OLGA = factories.OLGA_EMAIL
AFTER_ACADEMY = datetime(2025, 4, 17, 9, 0, tzinfo=PRAGUE)


def attend(event: Event, registration: Registration, *codes: str) -> None:
    for code in codes:
        mark_present(get_session(get_event(event.slug), code), [registration], reason="test", by=OLGA)


def rule(event: Event, title: str = "AI akademie pro vedení knihoven") -> CertificateRule:
    return next(each for each in queries.list_rules(get_event(event.slug)) if each.title == title)


@pytest.fixture
def ada(academy: Event) -> Registration:
    """Ada attended Brno and the second workshop."""
    ada = factories.registration(academy)
    attend(academy, ada, "ai-brno", "ai-online-2")
    return ada


@pytest.fixture
def over(academy: Event, travel: Callable[[datetime], None]) -> None:
    travel(AFTER_ACADEMY)


def test_brno_and_one_workshop_give_eight_hours(academy: Event, ada: Registration, over: None) -> None:
    (certificate,) = issue_certificates(rule(academy), by=OLGA)
    assert (certificate.number, certificate.minutes) == ("2025/SAI/0001", 480)
    content = certificate.content
    assert content["holder"].replace("\u00a0", " ") == "Ing. Ada Žďárská, Ph.D."
    assert content["organisation"] == "Městská knihovna Horní Lhota"
    assert [(session["day"], session["minutes"]) for session in content["sessions"]] == [
        ("2025-03-26", 360),
        ("2025-04-16", 120),
    ]
    assert (content["heading"], content["issued_on"]) == ("Osvědčení o\u00a0účasti", "2025-04-17")


def test_workshops_alone_give_none_and_the_organizer_sees_why(
    academy: Event, travel: Callable[[datetime], None]
) -> None:
    bob = factories.registration(academy, email="bob@x.example")
    attend(academy, bob, "ai-online-1", "ai-online-2")
    travel(AFTER_ACADEMY)
    (candidate,) = queries.list_candidates(rule(academy))
    assert not candidate.decision.is_earned
    assert "26.\u00a03." in candidate.explanation
    assert issue_certificates(rule(academy), by=OLGA) == []


def test_issuing_again_adds_only_those_who_are_new(academy: Event, ada: Registration, over: None) -> None:
    assert len(issue_certificates(rule(academy), by=OLGA)) == 1
    assert issue_certificates(rule(academy), by=OLGA) == []


def test_nothing_is_issued_before_the_last_session_ends(
    academy: Event, ada: Registration, travel: Callable[[datetime], None]
) -> None:
    travel(datetime(2025, 4, 16, 10, 59, 58, tzinfo=PRAGUE))
    with pytest.raises(NotOverYet) as refused:
        issue_certificates(rule(academy), by=OLGA)
    assert "16.\u00a04.\u00a02025" in refused.value.message
    travel(datetime(2025, 4, 16, 11, 0, tzinfo=PRAGUE))
    assert len(issue_certificates(rule(academy), by=OLGA)) == 1


def test_undone_attendance_does_not_count(academy: Event, ada: Registration, over: None) -> None:
    undo(list_entries(ada)[0], by=OLGA)
    assert issue_certificates(rule(academy), by=OLGA) == []


def test_cancelled_people_are_no_candidates(academy: Event, ada: Registration, over: None) -> None:
    cancel([ada], by=OLGA)
    assert queries.list_candidates(rule(academy)) == []


def test_each_certificate_is_announced_to_its_holder_once(academy: Event, ada: Registration, over: None) -> None:
    issue_certificates(rule(academy), by=OLGA)
    sent = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "certificate_issued")).all()
    assert [message.recipient for message in sent] == [ada.email]


def test_paper_is_rendered_once_and_never_changes(academy: Event, ada: Registration, over: None) -> None:
    (certificate,) = issue_certificates(rule(academy), by=OLGA)
    pdf = render(certificate)
    ada.given_name = "Jiná"
    db.session.commit()
    assert render(certificate) == pdf
    assert queries.get_certificate(academy, certificate.id).pdf_sha256 == sha256(pdf).hexdigest()


def test_worker_renders_what_waits_and_then_has_nothing_to_do(academy: Event, ada: Registration, over: None) -> None:
    (certificate,) = issue_certificates(rule(academy), by=OLGA)
    assert queries.list_unrendered_ids() == [certificate.id]
    render_waiting()
    assert queries.list_unrendered_ids() == []
    render_waiting()


def test_two_who_render_at_once_get_the_same_bytes(app: Flask, academy: Event, ada: Registration, over: None) -> None:
    (certificate,) = issue_certificates(rule(academy), by=OLGA)
    id_, papers = certificate.id, list[bytes]()

    def download() -> None:
        with app.app_context():
            papers.append(render(db.session.get_one(Certificate, id_)))

    threads = [threading.Thread(target=download) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(papers) == 2
    assert len(set(papers)) == 1


def test_paper_that_cannot_be_drawn_does_not_hold_up_the_others(
    academy: Event, ada: Registration, travel: Callable[[datetime], None], caplog: pytest.LogCaptureFixture
) -> None:
    bob = factories.registration(academy, email="bob@x.example")
    attend(academy, bob, "ai-brno", "ai-online-1")
    travel(AFTER_ACADEMY)
    first, second = issue_certificates(rule(academy), by=OLGA)
    first.content = {**first.content, "issued_on": "not a day"}
    db.session.commit()
    render_waiting()
    assert queries.list_unrendered_ids() == [first.id]
    assert f"Certificate {first.id} could not be rendered" in caplog.text
    assert second.id != first.id


def test_replaced_certificate_names_its_successor(academy: Event, ada: Registration, over: None) -> None:
    (old,) = issue_certificates(rule(academy), by=OLGA)
    ada.family_name = "Nováková"
    db.session.commit()
    new = replace(old, reason="změna příjmení", by=OLGA)
    assert "Nováková" in new.content["holder"]
    assert "Žďárská" in old.content["holder"]
    assert (queries.state(old), queries.state(new)) == ("replaced", "valid")
    found = queries.find_by_code(old.code)
    assert found is not None
    assert found.revocation is not None
    assert found.revocation.replaced_by == new
    assert issue_certificates(rule(academy), by=OLGA) == []


def test_revoked_certificate_stays_revoked(academy: Event, ada: Registration, over: None) -> None:
    (certificate,) = issue_certificates(rule(academy), by=OLGA)
    revoke(certificate, reason="omyl", by=OLGA)
    assert queries.state(certificate) == "revoked"
    for act in (revoke, replace):
        with pytest.raises(AlreadyRevoked):
            act(certificate, reason="znovu", by=OLGA)


def test_revoking_and_replacing_need_a_reason(academy: Event, ada: Registration, over: None) -> None:
    (certificate,) = issue_certificates(rule(academy), by=OLGA)
    for act in (revoke, replace):
        with pytest.raises(ReasonMissing):
            act(certificate, reason=" ", by=OLGA)
    assert queries.state(certificate) == "valid"


def test_replacing_needs_attendance_that_still_earns_it(academy: Event, ada: Registration, over: None) -> None:
    (certificate,) = issue_certificates(rule(academy), by=OLGA)
    undo(list_entries(ada)[0], by=OLGA)
    with pytest.raises(NotEarned):
        replace(certificate, reason="oprava docházky", by=OLGA)
    assert len(db.session.scalars(select(Certificate)).all()) == 1


def test_meeting_gets_a_confirmation_without_the_note_on_accreditation(
    academy: Event, ada: Registration, over: None
) -> None:
    event = get_event(academy.slug)
    event.kind = EventKind.MEETING
    db.session.commit()
    (certificate,) = issue_certificates(rule(academy), by=OLGA)
    assert certificate.content["heading"] == "Potvrzení o\u00a0účasti"
    assert certificate.content["note"] == ""


def test_code_is_found_as_people_type_it(academy: Event, ada: Registration, over: None) -> None:
    (certificate,) = issue_certificates(rule(academy), by=OLGA)
    assert queries.find_by_code(certificate.code.lower()) == certificate
    assert queries.find_by_code("0" * 16) is None
