import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

import pytest
from sqlalchemy import func, select

from registration.certificates import queries
from registration.certificates.models import Certificate, Revocation
from registration.certificates.operations import issue_certificates, replace, revoke
from registration.certificates.tasks import render_waiting
from registration.checkin.operations import mark_present, record_join
from registration.checkin.queries import get_session
from registration.core import tokens
from registration.core.clock import PRAGUE
from registration.core.db import db
from registration.events.models import Event
from registration.events.queries import get_event
from registration.signups.models import Registration
from tests import factories
from tests.papers import qr_codes_of, text_of
from tests.queries import count_queries
from tests.reviewing import ReviewingClient

PAGE = "/sprava/akce/setkani-sekce-ai-v-praxi-manazera/osvedceni"


@pytest.fixture
def ada(academy: Event) -> Registration:
    ada = factories.registration(academy)
    for code in ("ai-brno", "ai-online-1"):
        mark_present(get_session(get_event(academy.slug), code), [ada], reason="test", by=factories.OLGA_EMAIL)
    return ada


@pytest.fixture
def certificate(
    academy: Event, ada: Registration, olga: ReviewingClient, travel: Callable[[datetime], None]
) -> Certificate:
    """Olga issued Ada's certificate after the academy."""
    travel(datetime(2025, 4, 17, 9, 0, tzinfo=PRAGUE))
    olga.sign_in(factories.OLGA_EMAIL, factories.OLGA_PASSWORD)
    rule = next(rule for rule in queries.list_rules(get_event(academy.slug)) if "AI" in rule.title)
    response = olga.submit(f"{PAGE}/{rule.id}/vydani", page=PAGE)
    assert response.status_code == 303
    db.session.expire_all()
    return db.session.execute(select(Certificate)).scalar_one()


def test_organizer_sees_who_gets_a_certificate_and_why(
    academy: Event, ada: Registration, olga: ReviewingClient
) -> None:
    factories.registration(academy, given_name="Bob", email="bob@x.example")
    html = olga.get(PAGE).get_data(as_text=True).replace("\u00a0", " ")
    assert "8 hodin" in html
    assert "16. 4. 2025" in html


def test_overview_costs_the_same_number_of_queries_for_one_person_and_for_three(
    academy: Event, ada: Registration, olga: ReviewingClient
) -> None:
    with count_queries() as one:
        olga.get(PAGE)
    for number in range(2):
        factories.registration(academy, email=f"{number}@x.example")
    with count_queries() as three:
        olga.get(PAGE)
    assert one.count == three.count


def test_holder_downloads_the_same_bytes_every_time(
    certificate: Certificate, ada: Registration, client: ReviewingClient
) -> None:
    address = f"/u/{ada.link_token}/osvedceni/{certificate.number}.pdf"
    first, second = client.get(address), client.get(address)
    assert first.mimetype == "application/pdf"
    assert first.data == second.data
    db.session.expire_all()
    assert certificate.pdf_sha256 == sha256(first.data).hexdigest()
    assert "Ing. Ada Žďárská, Ph.D." in text_of(first.data)
    assert qr_codes_of(first.data) == [f"http://localhost/overeni/{certificate.code}"]


def test_others_do_not_get_it(academy: Event, certificate: Certificate, client: ReviewingClient) -> None:
    eve = factories.registration(factories.workshop(starts_at=datetime(2025, 6, 2, 9, 0)), "UCAST")
    assert client.get(f"/u/{eve.link_token}/osvedceni/{certificate.number}.pdf").status_code == 404
    assert client.get(f"/u/{eve.link_token}/osvedceni/2025/SAI/9999.pdf").status_code == 404


def test_verification_says_four_different_things(
    certificate: Certificate, ada: Registration, client: ReviewingClient
) -> None:
    address = f"/overeni/{tokens.grouped(certificate.code)}"
    valid = client.get(address)
    ada = db.session.merge(ada)
    ada.family_name = "Nová"
    db.session.commit()
    replacement = replace(db.session.merge(certificate), reason="změna jména", by=factories.OLGA_EMAIL)
    replaced = client.get(address)
    revoke(replacement, reason="omyl", by=factories.OLGA_EMAIL)
    revoked = client.get(f"/overeni/{replacement.code}")
    unknown = client.get("/overeni/0000-0000-0000-0000")
    assert [answer.status_code for answer in (valid, replaced, revoked, unknown)] == [200, 200, 200, 404]
    for answer, words in (
        (valid, "Osvědčení je platné"),
        (replaced, "Osvědčení bylo nahrazen"),
        (revoked, "Osvědčení bylo odvolán"),
        (unknown, "Takové osvědčení neznáme"),
    ):
        assert words in answer.get_data(as_text=True).replace("\u00a0", " ")
        assert answer.headers["X-Robots-Tag"] == "noindex"
    assert replacement.number in replaced.get_data(as_text=True)


def test_verification_shows_what_the_paper_shows_and_no_address_of_the_holder(
    certificate: Certificate, ada: Registration, client: ReviewingClient
) -> None:
    html = client.get(f"/overeni/{certificate.code}").get_data(as_text=True).replace("\u00a0", " ")
    for words in ("AI akademie pro vedení knihoven", "26. 3. 2025", "2. 4. 2025", "8 hodin", "2025/SAI/0001"):
        assert words in html
    assert ada.email not in html


def test_code_is_typed_into_the_form(certificate: Certificate, client: ReviewingClient) -> None:
    response = client.get("/overeni", query_string={"kod": f" {certificate.code.lower()} "})
    assert response.status_code == 303
    assert client.get(response.location).status_code == 200
    assert client.get("/overeni").status_code == 200
    assert client.get("/overeni", query_string={"kod": "../../etc"}).location == "/overeni/ETC"


@pytest.mark.slow
def test_guessing_is_limited(academy: Event, client: ReviewingClient) -> None:
    answers = [client.get(f"/overeni/{number:016}").status_code for number in range(100)]
    assert set(answers) == {404, 429}
    assert answers[-1] == 429


def test_organizer_revokes_and_replaces_with_a_reason(certificate: Certificate, olga: ReviewingClient) -> None:
    olga.submit(f"{PAGE}/{certificate.id}/nahrada", page=PAGE, reason="")
    assert db.session.scalars(select(Certificate.number)).all() == ["2025/SAI/0001"]
    olga.submit(f"{PAGE}/{certificate.id}/nahrada", page=PAGE, reason="změna jména")
    numbers = db.session.scalars(select(Certificate.number).order_by(Certificate.id)).all()
    assert numbers == ["2025/SAI/0001", "2025/SAI/0002"]
    response = olga.submit(f"{PAGE}/{certificate.id}/odvolani", page=PAGE, reason="znovu")
    assert "už neplatí" in olga.get(response.location).get_data(as_text=True).replace("\u00a0", " ")
    assert db.session.scalar(select(func.count()).select_from(Revocation)) == 1


def test_certificate_of_another_event_is_not_found(certificate: Certificate, olga: ReviewingClient) -> None:
    other = factories.workshop(starts_at=datetime(2025, 6, 2, 9, 0))
    address = f"/sprava/akce/{other.slug}/osvedceni"
    assert olga.submit(f"{address}/{certificate.id}/odvolani", page=PAGE, reason="x").status_code == 404
    assert olga.submit(f"{address}/{certificate.rule_id}/vydani", page=PAGE).status_code == 404


def test_issuing_leads_to_its_progress_and_the_papers_to_one_archive(
    certificate: Certificate, ada: Registration, olga: ReviewingClient
) -> None:
    progress = f"{PAGE}/{certificate.rule_id}/vydani"
    archive = f"{PAGE}/{certificate.rule_id}/osvedceni.zip"
    waiting = olga.get(progress)
    assert waiting.headers["Refresh"] == "3"
    assert "0 z 1" in waiting.get_data(as_text=True).replace("\u00a0", " ")
    assert "ještě vytváří" in olga.get(PAGE).get_data(as_text=True)
    assert olga.get(archive).status_code == 303  # nothing is drawn in the web process
    render_waiting()
    assert "Refresh" not in olga.get(progress).headers
    response = olga.get(archive)
    assert (response.status_code, response.mimetype) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(response.data)) as zipped:
        assert zipped.namelist() == ["2025-SAI-0001 Ing. Ada Žďárská, Ph.D..pdf"]
        assert sha256(zipped.read(zipped.namelist()[0])).hexdigest() == db.session.scalar(
            select(Certificate.pdf_sha256)
        )


@pytest.fixture
def bob(academy: Event) -> Registration:
    """Bob has signed up; nobody has written yet that he came."""
    return factories.registration(academy, **factories.BOB.__dict__)


def test_archive_says_how_many_papers_are_missing(
    bob: Registration, certificate: Certificate, academy: Event, olga: ReviewingClient
) -> None:
    render_waiting()
    for code in ("ai-brno", "ai-online-1"):
        mark_present(get_session(get_event(academy.slug), code), [bob], reason="test", by=factories.OLGA_EMAIL)
    issue_certificates(queries.get_rule(academy, certificate.rule.id), by=factories.OLGA_EMAIL)
    response = olga.get(f"{PAGE}/{certificate.rule_id}/osvedceni.zip")
    with zipfile.ZipFile(io.BytesIO(response.data)) as zipped:
        note, paper = zipped.namelist()
        assert (note, paper[:13]) == ("CHYBI.txt", "2025-SAI-0001")
        assert zipped.read(note).decode().replace("\u00a0", " ") == "1 osvědčení ještě nebylo hotové.\n"


def test_nobody_new_is_said_and_no_progress_shown(certificate: Certificate, olga: ReviewingClient) -> None:
    response = olga.submit(f"{PAGE}/{certificate.rule_id}/vydani", page=PAGE)
    assert response.location == PAGE


def test_issuing_too_early_is_refused(academy: Event, ada: Registration, olga: ReviewingClient) -> None:
    rule = queries.list_rules(get_event(academy.slug))[-1]
    response = olga.submit(f"{PAGE}/{rule.id}/vydani", page=f"{PAGE}/pravidla/nove")
    assert response.location == PAGE
    assert db.session.scalar(select(func.count()).select_from(Certificate)) == 0


def test_orderer_downloads_the_papers_of_her_people(
    certificate: Certificate, ada: Registration, client: ReviewingClient
) -> None:
    order = f"/p/{ada.order.link_token}"
    address = f"{order}/osvedceni/{certificate.number}.pdf"
    assert address in client.get(order).get_data(as_text=True)
    response = client.get(address)
    assert (response.mimetype, response.headers["X-Robots-Tag"]) == ("application/pdf", "noindex")
    assert "Ada Žďárská" in text_of(response.data)
    revoke(db.session.merge(certificate), reason="omyl", by=factories.OLGA_EMAIL)
    assert client.get(address).status_code == 404
    assert address not in client.get(order).get_data(as_text=True)
    assert client.get("/p/nic/osvedceni/2025/SAI/0001.pdf").status_code == 404


def test_what_changed_since_is_shown_with_a_reason_to_send(
    certificate: Certificate, academy: Event, ada: Registration, olga: ReviewingClient
) -> None:
    assert "K opravě" not in olga.get(PAGE).get_data(as_text=True)
    second = get_session(get_event(academy.slug), "ai-online-2")
    mark_present(second, [db.session.merge(ada)], reason="x", by=factories.OLGA_EMAIL)
    html = olga.get(PAGE).get_data(as_text=True).replace("\u00a0", " ")
    reason = "Podle knihy účasti: 10 hodin, v dokumentu: 8 hodin."
    assert f'value="{reason}"' in html
    olga.submit(f"{PAGE}/{certificate.id}/nahrada", page=PAGE, reason=reason)
    assert "K opravě" not in olga.get(PAGE).get_data(as_text=True)


def test_organizer_takes_one_paper(certificate: Certificate, olga: ReviewingClient) -> None:
    assert "Ada Žďárská" in text_of(olga.get(f"{PAGE}/{certificate.id}.pdf").data)
    assert olga.get(f"{PAGE}/99999.pdf").status_code == 404


def test_issued_papers_come_in_pages(certificate: Certificate, olga: ReviewingClient) -> None:
    html = olga.get(PAGE, query_string={"strana": 2}).get_data(as_text=True)
    assert "strana=1" in html
    assert certificate.number not in html.partition("Vydaná osvědčení")[2]


def test_minutes_online_are_written_with_the_attendance(
    academy: Event, ada: Registration, olga: ReviewingClient
) -> None:
    door = "/sprava/akce/setkani-sekce-ai-v-praxi-manazera/prezence/ai-online-2"
    sent = {"registration": str(ada.id), "reason": "Zoom"}
    for wrong in ("hodina", "1441", "-1"):
        olga.submit(f"{door}/ucast", page=door, **sent, minutes=wrong)
        assert "celé číslo" in olga.get(door).get_data(as_text=True).replace("\u00a0", " ")
    record_join(get_session(get_event(academy.slug), "ai-online-2"), ada)
    assert "Připojili se, jak dlouho, se neví" in olga.get(door).get_data(as_text=True).replace("\u00a0", " ")
    olga.submit(f"{door}/ucast", page=door, **sent, minutes="89")
    assert "Připojili se" not in olga.get(door).get_data(as_text=True)
    rule = next(each for each in queries.list_rules(get_event(academy.slug)) if "AI" in each.title)
    (candidate,) = queries.list_candidates(rule)
    assert len(candidate.decision.cut_short) == 1
