import threading
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

import pytest
from flask import Flask
from sqlalchemy import select

from registration.certificates import queries
from registration.certificates.errors import AlreadyRevoked, HoursImpossible, NotEarned, NotOverYet, ReasonMissing
from registration.certificates.models import Certificate, CertificateRule, PaperLanguage, PaperName
from registration.certificates.operations import issue_certificates, replace, revoke
from registration.certificates.rendering import render
from registration.certificates.setting_rules import Terms, add_rule
from registration.certificates.tasks import render_waiting
from registration.checkin.operations import mark_present, record_join, undo
from registration.checkin.queries import get_session, list_entries, minutes_by_registration
from registration.checkin.rules import Verdict
from registration.core.audit import AuditEntry
from registration.core.clock import PRAGUE
from registration.core.db import db
from registration.events.models import Event, EventKind
from registration.events.queries import get_event
from registration.mail.models import OutboxMessage
from registration.signups.models import Registration
from registration.signups.operations import cancel
from tests import factories
from tests.queries import count_queries

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


def test_online_minutes_below_the_share_do_not_count(academy: Event, travel: Callable[[datetime], None]) -> None:
    ada = factories.registration(academy)
    attend(academy, ada, "ai-brno")
    online = get_session(get_event(academy.slug), "ai-online-1")
    mark_present(online, [ada], reason="Zoom", by=OLGA, minutes=89)
    travel(AFTER_ACADEMY)
    (candidate,) = queries.list_candidates(rule(academy))
    assert (candidate.decision.is_earned, set(candidate.decision.cut_short)) == (False, {online.id})
    assert "75\u00a0%" in candidate.explanation
    undo(list_entries(ada)[-1], by=OLGA)
    mark_present(online, [ada], reason="Zoom", by=OLGA, minutes=90)
    (certificate,) = issue_certificates(rule(academy), by=OLGA)
    assert certificate.minutes == 480


def test_minutes_are_added_to_whoever_has_joined_by_the_link(
    academy: Event, travel: Callable[[datetime], None]
) -> None:
    ada = factories.registration(academy)
    attend(academy, ada, "ai-brno")
    online = get_session(get_event(academy.slug), "ai-online-1")
    joined = record_join(online, ada).entry
    assert joined
    (answer,) = mark_present(online, [ada], reason="Zoom", by=OLGA, minutes=90)
    assert answer.verdict is Verdict.ADMITTED
    assert answer.entry
    assert (answer.entry.ordinal, answer.entry.occurred_at) == (2, joined.occurred_at)
    for minutes in (90, None):  # nothing new
        (answer,) = mark_present(online, [ada], reason="Zoom", by=OLGA, minutes=minutes)
        assert answer.verdict is Verdict.ALREADY_IN
    assert minutes_by_registration(get_event(academy.slug))[ada.id][online.id] == 90


def test_hours_that_are_missing_are_said(academy: Event, travel: Callable[[datetime], None]) -> None:
    ada = factories.registration(academy)
    attend(academy, ada, "ai-brno")
    sessions = [each.id for each in get_event(academy.slug).sessions if each.code.startswith("ai-")]
    terms = Terms(minimum_minutes=480)
    new = add_rule(academy, title="Aspoň osm", counting=sessions, required=(), minimum=1, by=OLGA, terms=terms)
    (candidate,) = queries.list_candidates(queries.get_rule(academy, new.id))
    assert (candidate.decision.is_earned, candidate.decision.missing_minutes) == (False, 120)
    assert "2\u00a0hodiny" in candidate.explanation
    assert "8\u00a0hodin" in queries.describe_rule(queries.get_rule(academy, new.id)).sentence
    required = add_rule(
        academy, title="Brno a osm", counting=sessions, required=sessions[:1], minimum=1, by=OLGA, terms=terms
    )
    assert "8\u00a0hodin" in queries.describe_rule(required).sentence
    with pytest.raises(HoursImpossible) as refused:
        add_rule(
            academy,
            title="Moc",
            counting=sessions,
            required=(),
            minimum=1,
            by=OLGA,
            terms=Terms(minimum_minutes=601),
        )
    assert "10\u00a0hodin" in refused.value.message


def test_each_further_certificate_costs_two_statements(academy: Event, travel: Callable[[datetime], None]) -> None:
    crowd = factories.crowd(academy, 7, "SETKANI")
    meeting = get_event(academy.slug).sessions[0]
    travel(meeting.ends_at_utc)
    counts = []
    for people in (crowd[:2], crowd[2:]):
        mark_present(meeting, people, reason="test", by=OLGA)
        of_meeting = rule(academy, "Setkání sekce městských knihoven")
        with count_queries() as counted:
            issued = issue_certificates(of_meeting, by=OLGA)
        assert len(issued) == len(people)
        counts.append(counted.count)
    assert counts[1] - counts[0] <= 2 * (5 - 2)  # its row and its line in the log; PostgreSQL takes these at once
    letters = select(OutboxMessage.id).where(OutboxMessage.kind == "certificate_issued")
    assert len(db.session.scalars(letters).all()) == 7


def test_late_correction_is_offered_for_replacement_and_never_made_silently(
    academy: Event, ada: Registration, over: None
) -> None:
    (certificate,) = issue_certificates(rule(academy), by=OLGA)
    assert queries.list_differences(get_event(academy.slug)) == []
    attend(academy, ada, "ai-online-1")
    (difference,) = queries.list_differences(get_event(academy.slug))
    assert (difference.certificate, difference.is_earned) == (certificate, True)
    assert difference.reason == "Podle knihy účasti: 10\u00a0hodin, v\u00a0dokumentu: 8\u00a0hodin."
    assert certificate.minutes == 480
    replacement = replace(certificate, reason=difference.reason, by=OLGA)
    assert replacement.minutes == 600
    assert queries.list_differences(get_event(academy.slug)) == []


def test_other_parts_of_the_same_length_are_noticed(academy: Event, ada: Registration, over: None) -> None:
    issue_certificates(rule(academy), by=OLGA)
    undo(list_entries(ada)[-1], by=OLGA)
    attend(academy, ada, "ai-online-1")
    (difference,) = queries.list_differences(get_event(academy.slug))
    assert (difference.is_earned, len(difference.sentences)) == (True, 1)


def test_name_and_library_that_were_corrected_are_noticed(academy: Event, ada: Registration, over: None) -> None:
    issue_certificates(rule(academy), by=OLGA)
    ada = db.session.merge(ada)
    ada.family_name, ada.organisation_name = "Nová", ""
    db.session.commit()
    (difference,) = queries.list_differences(get_event(academy.slug))
    assert difference.is_earned
    assert [word in difference.reason for word in ("Nová", "–")] == [True, True]


def test_certificate_that_is_not_earned_any_more_can_only_be_revoked(
    academy: Event, ada: Registration, over: None
) -> None:
    (certificate,) = issue_certificates(rule(academy), by=OLGA)
    undo(list_entries(ada)[0], by=OLGA)
    (difference,) = queries.list_differences(get_event(academy.slug))
    assert not difference.is_earned
    with pytest.raises(NotEarned):
        replace(certificate, reason=difference.reason, by=OLGA)
    revoke(certificate, reason=difference.reason, by=OLGA)
    assert queries.list_differences(get_event(academy.slug)) == []


def test_certificate_of_a_place_that_was_cancelled_is_noticed(academy: Event, ada: Registration, over: None) -> None:
    (certificate,) = issue_certificates(rule(academy), by=OLGA)
    cancel([ada], by=OLGA)
    (difference,) = queries.list_differences(get_event(academy.slug))
    assert not difference.is_earned
    with pytest.raises(NotEarned):
        replace(certificate, reason="x", by=OLGA)


def test_paper_is_worded_as_its_rule_says(academy: Event, ada: Registration, over: None) -> None:
    wanted = rule(academy)
    wanted.paper_name, wanted.language = PaperName.CONFIRMATION, PaperLanguage.BOTH
    wanted.title_english, wanted.outcomes = "AI Academy", "Umí se ptát."
    db.session.commit()
    (certificate,) = issue_certificates(rule(academy), by=OLGA)
    content = certificate.content
    assert (content["heading"], content["second_heading"]) == ("Potvrzení o\u00a0účasti", "Confirmation of attendance")
    assert (content["second_language"], content["second_programme"]) == ("en", "AI Academy")
    assert (content["outcomes"], content["second_note"][:12]) == ("Umí se ptát.", "The training")
    wanted = rule(academy)
    wanted.paper_name, wanted.language = PaperName.CERTIFICATE, PaperLanguage.ENGLISH
    db.session.commit()
    english = replace(certificate, reason="anglicky", by=OLGA).content
    assert (english["language"], english["heading"]) == ("en", "Certificate of attendance")
    assert (english["programme"], english["second_heading"]) == ("AI Academy", "")


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


def test_every_paper_leaves_its_traces_in_the_audit_log(academy: Event, ada: Registration, over: None) -> None:
    (old,) = issue_certificates(rule(academy), by=OLGA)
    new = replace(old, reason="oprava jména", by=OLGA)
    revoke(new, reason="omyl", by=OLGA)
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.subject_kind == "certificate").order_by(AuditEntry.id)
    ).all()
    assert [(entry.subject_id, entry.action) for entry in entries] == [
        (old.id, "issued"),
        (new.id, "issued"),
        (old.id, "replaced"),
        (new.id, "revoked"),
    ]
    assert entries[0].after == {"number": old.number, "holder": old.content["holder"], "minutes": 480}
    assert entries[2].after == {"reason": "oprava jména", "replaced_by": new.number}
    assert {(entry.by, entry.event_id) for entry in entries} == {(OLGA, academy.id)}
