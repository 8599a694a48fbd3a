from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

import pytest
from sqlalchemy import func, select

from registration.certificates import queries
from registration.certificates.models import Certificate, Revocation
from registration.certificates.operations import replace, revoke
from registration.checkin.operations import mark_present
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
