"""Open badges: a certificate as a credential that a person keeps in a wallet of badges (Open Badges 3.0)."""

import base64
import gzip
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from registration.certificates.models import Certificate
from registration.certificates.queries import describe_rule
from registration.certificates.queries.rules import names_of
from registration.core import clock, issuer, settings
from registration.core.i18n import gettext, in_language, show_hours

LIST_SIZE = 131_072  # places in one list of what no longer holds; the standard asks for that many at least
_LIST_LASTS = timedelta(days=1)  # so that an old copy hides no revocation for long

_CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0"


def badge_token(certificate: Certificate) -> str:
    """Return a certificate that holds as a signed badge."""
    address = f"{settings.current().base_url}/overeni/{certificate.code}"
    content = certificate.content
    with in_language(content["language"]):
        hours = show_hours(certificate.minutes)
        demo = " " + gettext("(demo data)") if content["is_invented"] else ""
        return issuer.sign(
            {
                "@context": [_CREDENTIALS, f"{_BADGES}/context-3.0.3.json", f"{_BADGES}/extensions.json"],
                "id": f"{address}/odznak.jwt",
                "type": ["VerifiableCredential", "OpenBadgeCredential"],
                "name": content["programme"],
                "description": f"{content['heading']} {certificate.number}, {hours}{demo}",
                "issuer": {
                    "id": issuer.did(),
                    "type": ["Profile"],
                    "name": content["issuer"],
                    "url": settings.current().base_url,
                },
                **_from(certificate.issued_at),
                "credentialSubject": _subject(certificate),
                "sub": _subject_id(certificate),
                "evidence": [{"id": address, "type": ["Evidence"], "name": certificate.number}],
                "credentialStatus": _status_entry(certificate),
                "credentialSchema": [
                    {
                        "id": f"{_BADGES}/schema/json/ob_v3p0_achievementcredential_schema.json",
                        "type": "1EdTechJsonSchemaValidator2019",
                    }
                ],
            }
        )


def enveloped(token: str) -> dict[str, str]:
    """Return a signed badge as JSON (Verifiable Credentials Data Model 2.0, section 4.13)."""
    return {
        "@context": _CREDENTIALS,
        "id": f"data:application/vc+jwt,{token}",
        "type": "EnvelopedVerifiableCredential",
    }


def status_list_token(number: int, void_ids: Iterable[int]) -> str:
    """Return the signed list that says which certificates, of those whose place is in it, no longer hold.

    See Bitstring Status List 1.0 (https://www.w3.org/TR/vc-bitstring-status-list/).
    """
    bits = bytearray(LIST_SIZE // 8)
    for id_ in void_ids:
        place = id_ % LIST_SIZE
        bits[place // 8] |= 0x80 >> place % 8
    encoded = base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")
    now = clock.now()
    until = now + _LIST_LASTS
    return issuer.sign(
        {
            "@context": [_CREDENTIALS],
            "id": _status_list(number),
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": issuer.did(),
            **_from(now),
            "validUntil": _instant(until),
            "exp": int(until.timestamp()),
            "credentialSubject": {
                "id": f"{_status_list(number)}#list",
                "type": "BitstringStatusList",
                "statusPurpose": "revocation",
                "encodedList": f"u{encoded}",
            },
        }
    )


def _subject(certificate: Certificate) -> dict[str, Any]:
    achievement = _achievement_id(certificate)
    email, salt = certificate.holder.email.strip().lower(), _secret_of("salt", certificate).hex()
    identity = {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": f"sha256${hashlib.sha256((email + salt).encode()).hexdigest()}",
        "identityType": "emailAddress",
        "salt": salt,
    }
    content = certificate.content
    return {
        "id": _subject_id(certificate),
        "type": ["AchievementSubject"],
        **({"identifier": [identity]} if email else {}),
        "achievement": {
            "id": achievement,
            "type": ["Achievement"],
            "achievementType": "ext:CertificateOfAttendance",
            "name": content["programme"],
            "description": content.get("outcomes") or f"{content['heading']}: {content['programme']}",
            "criteria": {"narrative": _criteria(certificate)},
            "inLanguage": content["language"],
            "resultDescription": [
                {
                    "id": f"{achievement}#hours",
                    "type": ["ResultDescription"],
                    "name": gettext("Duration in hours of 60 minutes"),
                    "resultType": "ext:Hours",
                }
            ],
        },
        "result": [
            {
                "type": ["Result"],
                "resultDescription": f"{achievement}#hours",
                "value": f"{certificate.minutes / 60:g}",
            }
        ],
    }


def _criteria(certificate: Certificate) -> str:
    if certificate.speaker is None:
        return describe_rule(certificate.rule).sentence
    taught = sorted((each.session for each in certificate.speaker.sessions), key=lambda each: each.starts_at)
    return gettext("Taught: %(sessions)s.", sessions=names_of(taught))


def _achievement_id(certificate: Certificate) -> str:
    """Return an id that all who have earned the same share, and that outlives a new address of the event."""
    what = f"event/{certificate.event.id}/speaker" if certificate.speaker else f"rule/{certificate.rule_id}"
    return uuid5(NAMESPACE_URL, f"{settings.current().base_url}/{what}").urn


def _subject_id(certificate: Certificate) -> str:
    """Return a name for the holder that tells nobody who it is, and that no two badges share."""
    return UUID(bytes=_secret_of("subject", certificate)[:16], version=4).urn


def _secret_of(kind: str, certificate: Certificate) -> bytes:
    key = settings.current().secret_key.encode()
    return hmac.digest(key, f"badge:{kind}:{certificate.id}".encode(), "sha256")


def _status_entry(certificate: Certificate) -> dict[str, str]:
    number, place = divmod(certificate.id, LIST_SIZE)
    return {
        "id": f"{_status_list(number)}#{place}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(place),
        "statusListCredential": _status_list(number),
    }


def _status_list(number: int) -> str:
    return f"{settings.current().base_url}/overeni/stav/{number}"


def _from(moment: datetime) -> dict[str, Any]:
    """Return since when a credential holds, for people and as the token's claim; the two must agree."""
    return {"validFrom": _instant(moment), "nbf": int(moment.timestamp())}


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
