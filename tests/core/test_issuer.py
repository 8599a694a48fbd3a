"""The installation's name and key as an issuer."""

from pathlib import Path

import jwt
import pytest
from flask import Flask

from registration.core import issuer
from tests.conftest import make_settings


def installation(**chosen: str) -> Flask:
    app = Flask("registration")
    app.extensions["settings"] = make_settings("sqlite://", Path(), **chosen)
    return app


@pytest.mark.parametrize(
    ("base_url", "did"),
    [
        ("https://prezence.example", "did:web:prezence.example"),
        ("https://prezence.example:8443", "did:web:prezence.example%3A8443"),
    ],
)
def test_issuer_is_named_by_the_address_of_the_installation(base_url: str, did: str) -> None:
    with installation(base_url=base_url).app_context():
        assert issuer.did() == issuer.did_document()["id"] == did


def test_key_never_changes_while_the_secret_stays() -> None:
    with installation(secret_key="s" * 32).app_context():
        (method,) = issuer.did_document()["verificationMethod"]
    # Whoever changes how it is derived makes every badge worthless that was ever given out.
    assert method["publicKeyJwk"] == {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "YkioHtD6vDVCvKIe9XSuNk62Svk4rVu5DvIzfdubI7A",
    }
    with installation(secret_key="t" * 32).app_context():
        (other,) = issuer.did_document()["verificationMethod"]
    assert other["publicKeyJwk"] != method["publicKeyJwk"]


def test_signature_is_checked_with_the_published_key() -> None:
    with installation().app_context():
        token = issuer.sign({"id": "urn:x:1", "nbf": 0})
        (method,) = issuer.did_document()["verificationMethod"]
    assert jwt.get_unverified_header(token) == {"alg": "EdDSA", "typ": "JWT", "jwk": method["publicKeyJwk"]}
    key = jwt.PyJWK(method["publicKeyJwk"], algorithm="EdDSA")
    assert jwt.decode(token, key) == {"id": "urn:x:1", "nbf": 0, "iss": "did:web:localhost", "jti": "urn:x:1"}
