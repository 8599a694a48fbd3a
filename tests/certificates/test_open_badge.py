"""Open badges: taken by an independent library, void when the certificate is, and silent about the person."""

import base64
import gzip
import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import jwt
import pytest
from openbadgeslib.ob3 import OB3VerificationError, OB3Verifier, OpenBadgeCredential

from registration.certificates import open_badge
from registration.certificates.models import Certificate
from registration.certificates.operations import (
    erase_certificates,
    issue_to_speakers,
    lock_rules,
    replace,
    revoke,
)
from registration.certificates.speaking import Teaching, add_speaker
from registration.checkin.queries import get_session
from registration.core import issuer
from registration.core.clock import PRAGUE
from registration.core.db import transaction
from registration.events.models import Event
from registration.events.queries import get_event
from tests import factories
from tests.reviewing import ReviewingClient

ISSUER = "did:web:localhost"


@pytest.fixture
def check(client: ReviewingClient) -> Callable[[str], OpenBadgeCredential]:
    """Give a stranger who checks a badge with what the installation publishes, and asks whether it still holds."""

    def download(address: str) -> bytes:
        response = client.get(address.replace("https://localhost", "").replace("http://localhost", ""))
        assert response.status_code == 200
        return bytes(response.data)

    def check(token: str) -> OpenBadgeCredential:
        verifier = OB3Verifier.for_issuer_did(ISSUER, download=download)
        return verifier.verify(token, check_status=True, download=download)

    return check


def badge_of(certificate: Certificate, client: ReviewingClient) -> str:
    response = client.get(f"/overeni/{certificate.code}/odznak.jwt")
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_badge_is_valid_for_a_stranger(
    certificate: Certificate, client: ReviewingClient, check: Callable[[str], OpenBadgeCredential]
) -> None:
    badge = check(badge_of(certificate, client))
    assert badge.issuer.id == ISSUER
    assert badge.issuer.name == certificate.content["issuer"]
    assert badge.achievement.name == "AI akademie pro vedení knihoven"
    assert badge.achievement.achievement_type == "ext:CertificateOfAttendance"
    assert badge.achievement.criteria_narrative.startswith("Účast:")
    assert [result.value for result in badge.results] == ["8"]
    assert badge.issuance_date == certificate.issued_at.replace(microsecond=0)
    assert badge.evidence[0].id == f"http://localhost/overeni/{certificate.code}"


def test_badge_knows_the_person_only_by_a_salted_hash(certificate: Certificate, client: ReviewingClient) -> None:
    ada = certificate.registration
    badge = jwt.decode(badge_of(certificate, client), options={"verify_signature": False})
    written = json.dumps(badge, ensure_ascii=False)
    for known in (ada.email, ada.family_name, ada.given_name):
        assert known not in written
    (identity,) = badge["credentialSubject"]["identifier"]
    expected = hashlib.sha256((ada.email + identity["salt"]).encode()).hexdigest()
    assert identity == {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": f"sha256${expected}",
        "identityType": "emailAddress",
        "salt": identity["salt"],
    }
    assert len(identity["salt"]) == 64


def test_badge_is_the_same_file_each_time_and_is_saved(certificate: Certificate, client: ReviewingClient) -> None:
    response = client.get(f"/overeni/{certificate.code}/odznak.jwt")
    assert response.mimetype == "text/plain"  # Open Badges 3.0, section 5.2
    assert response.headers["Content-Disposition"] == 'attachment; filename="odznak-2025-SAI-0001.jwt"'
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert badge_of(certificate, client) == response.text


def test_badge_as_json_holds_the_same_token(certificate: Certificate, client: ReviewingClient) -> None:
    response = client.get(f"/overeni/{certificate.code}/odznak.json")
    assert response.get_json() == {
        "@context": "https://www.w3.org/ns/credentials/v2",
        "id": f"data:application/vc+jwt,{badge_of(certificate, client)}",
        "type": "EnvelopedVerifiableCredential",
    }


def test_changed_badge_is_refused(
    certificate: Certificate, client: ReviewingClient, check: Callable[[str], OpenBadgeCredential]
) -> None:
    head, body, signature = badge_of(certificate, client).split(".")
    badge: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=="))
    badge["credentialSubject"]["result"][0]["value"] = "80"
    forged = base64.urlsafe_b64encode(json.dumps(badge).encode()).decode().rstrip("=")
    with pytest.raises(OB3VerificationError, match="Invalid signature"):
        check(f"{head}.{forged}.{signature}")


def test_badge_of_another_installation_is_refused(
    certificate: Certificate, client: ReviewingClient, check: Callable[[str], OpenBadgeCredential]
) -> None:
    body = jwt.decode(badge_of(certificate, client), options={"verify_signature": False})
    with pytest.raises(OB3VerificationError, match="Invalid signature"):
        check(jwt.encode(body, issuer._key("another secret"), algorithm="EdDSA"))


@pytest.mark.parametrize("becomes", ["revoked", "replaced", "erased"])
def test_badge_is_gone_with_its_certificate_and_known_to_be(
    becomes: str, certificate: Certificate, client: ReviewingClient, check: Callable[[str], OpenBadgeCredential]
) -> None:
    kept, address = badge_of(certificate, client), f"/overeni/{certificate.code}/odznak"
    with transaction():
        if becomes == "revoked":
            revoke(certificate, reason="omyl", by=factories.OLGA_EMAIL)
        elif becomes == "replaced":
            replace(certificate, reason="změna jména", by=factories.OLGA_EMAIL)
        else:
            lock_rules(certificate.event.id)
            erase_certificates(certificate.registration)
    for form in ("jwt", "json"):
        answer = client.get(f"{address}.{form}")
        assert answer.status_code == 410
        assert {"revoked": "odvolán", "replaced": "nahrazen", "erased": "vymazán"}[becomes] in answer.text
    with pytest.raises(OB3VerificationError, match="revocation"):
        check(kept)


@pytest.mark.parametrize("email", ["lektor@x.example", ""])
def test_speaker_gets_a_badge_too_even_without_an_address(
    email: str, academy: Event, client: ReviewingClient, check: Callable[[str], OpenBadgeCredential],
    travel: Callable[[datetime], None],
) -> None:  # fmt: skip
    taught = get_session(academy, "ai-brno")
    teaching = Teaching("Mgr. Eva Tichá", {taught.id: 90}, email=email)
    add_speaker(academy, teaching, by=factories.OLGA_EMAIL)
    travel(datetime(2025, 4, 17, 9, 0, tzinfo=PRAGUE))
    (certificate,) = issue_to_speakers(get_event(academy.slug), by=factories.OLGA_EMAIL)
    badge = check(badge_of(certificate, client))
    assert badge.achievement.criteria_narrative.startswith("Lektorství: ")
    assert [result.value for result in badge.results] == ["1.5"]
    assert len(badge.identifiers) == bool(email)


def test_unknown_code_has_no_badge(academy: Event, client: ReviewingClient) -> None:
    assert client.get("/overeni/0000-0000-0000-0000/odznak.jwt").status_code == 404
    assert client.get("/overeni/0000-0000-0000-0000/odznak.svg").status_code == 404


def test_list_of_what_no_longer_holds_is_good_for_a_day(client: ReviewingClient) -> None:
    response = client.get("/overeni/stav/1")
    assert response.mimetype == "application/vc+jwt"
    body = jwt.decode(response.text, options={"verify_signature": False})
    assert body["exp"] - body["nbf"] == 24 * 60 * 60
    first, last = open_badge.LIST_SIZE, 2 * open_badge.LIST_SIZE - 1
    body = jwt.decode(open_badge.status_list_token(1, [first, first + 9, last]), options={"verify_signature": False})
    bits = gzip.decompress(base64.urlsafe_b64decode(body["credentialSubject"]["encodedList"][1:] + "=="))
    assert (bits[:2], bits[-1], sum(bits)) == (b"\x80\x40", 1, 0x80 + 0x40 + 1)


def test_page_of_a_valid_certificate_offers_the_badge(certificate: Certificate, client: ReviewingClient) -> None:
    address = f"/overeni/{certificate.code}"
    assert f"{address}/odznak.jwt" in client.get(address).text
    assert f"{address}/odznak.jwt" in client.get(f"/u/{certificate.registration.link_token}").text
    revoke(certificate, reason="omyl", by=factories.OLGA_EMAIL)
    assert "odznak" not in client.get(address).text
