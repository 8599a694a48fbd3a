"""The installation as one who signs statements that others keep and check: its name, its key, its signature.

The key is derived from the installation's secret, so it needs no keeping of its own. Its public half is published under
the installation's address, which makes that its name: did:web (https://w3c-ccg.github.io/did-method-web/).
"""

import json
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from jwt.algorithms import OKPAlgorithm

from registration.core import settings

# Never changes: another one would be another key.
_PURPOSE = b"prezence/open-badges/ed25519/1"


def did() -> str:
    """Return the installation's name as an issuer: `did:web:prezence.example`."""
    return "did:web:" + quote(urlsplit(settings.current().base_url).netloc, safe="")


def did_document() -> dict[str, Any]:
    """Return what `/.well-known/did.json` says: the public key that signatures are checked with."""
    name = did()
    method = f"{name}#key-1"
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"],
        "id": name,
        "verificationMethod": [
            {"id": method, "type": "JsonWebKey2020", "controller": name, "publicKeyJwk": _public_key()}
        ],
        "assertionMethod": [method],
    }


def sign(credential: dict[str, Any]) -> str:
    """Return a credential with `id`, `issuer` and `nbf` as a signed token (VC-JWT, Open Badges 3.0 section 8.2)."""
    payload = {**credential, "iss": did(), "jti": credential["id"]}
    return jwt.encode(payload, _key(settings.current().secret_key), algorithm="EdDSA", headers={"jwk": _public_key()})


def _public_key() -> dict[str, Any]:
    public: dict[str, Any] = json.loads(OKPAlgorithm.to_jwk(_key(settings.current().secret_key).public_key()))
    return public


@lru_cache(maxsize=1)
def _key(secret: str) -> Ed25519PrivateKey:
    seed = HKDF(SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)
