"""Links and codes that can be printed again and yet are worthless to whoever steals the database.

A token is derived, never stored: HMAC-SHA256 with the installation's secret over (kind, id, version). The
database keeps only `stored_hash`, keyed with the same secret, to find the row again. Raising the version kills the
old token.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256

from registration.core import settings

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TICKET_CODE_LENGTH = 20  # 100 bits
TICKET_PREFIX_LENGTH = 8  # what a person types at the door; enough within one event
CERTIFICATE_CODE_LENGTH = 16  # 80 bits
PAIRING_CODE_LENGTH = 26  # 130 bits
_LINK_BYTES = 18  # 144 bits, 24 characters

# What people type instead: https://www.crockford.com/base32.html
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\u00a0": None})


def link_token(kind: str, subject_id: int, version: int) -> str:
    """Return the secret part of a link, 24 characters of the URL alphabet (144 bits)."""
    return urlsafe_b64encode(_digest(f"link:{kind}", subject_id, version)[:_LINK_BYTES]).decode()


def ticket_code(registration_id: int, version: int) -> str:
    """Return a person's ticket code, 20 Crockford characters (100 bits)."""
    return _crockford(_digest("ticket", registration_id, version), TICKET_CODE_LENGTH)


def certificate_code(certificate_id: int) -> str:
    """Return the verification code of a certificate, 16 Crockford characters (80 bits)."""
    return _crockford(_digest("certificate", certificate_id, 1), CERTIFICATE_CODE_LENGTH)


def stored_hash(kind: str, token: str) -> str:
    """Return what the database keeps of a token; keyed, so that short prefixes cannot be guessed from it."""
    return hmac.digest(_key(), f"stored:{kind}:{token}".encode(), "sha256").hex()


def scan_hash(code: str) -> str:
    """Return by what a door without a signal knows a ticket code: 128 bits of a hash that needs no key."""
    return sha256(code.encode()).hexdigest()[:32]


def scan_prefix(code: str) -> str:
    """Return by what a door finds somebody who types the first eight characters; 24 bits tell a stranger little."""
    return sha256(f"prefix:{code[:TICKET_PREFIX_LENGTH]}".encode()).hexdigest()[:6]


def new_pairing_code() -> str:
    """Return a fresh secret to type or scan, 26 Crockford characters (130 bits)."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(PAIRING_CODE_LENGTH))


def invitation_token(ticket_type_id: int) -> str:
    """Return the secret part of the link that invites to a ticket type."""
    return link_token("invitation", ticket_type_id, 1)


def is_same(given: str, expected: str) -> bool:
    """Compare a given token with the right one, in a time that tells nothing about it."""
    return hmac.compare_digest(given.encode(), expected.encode())


def normalise_code(typed: str) -> str:
    """Return a typed or scanned code in the Crockford alphabet: upper case, look-alikes mapped, separators dropped."""
    return typed.strip().upper().translate(_LOOKALIKES)


def grouped(code: str) -> str:
    """Return a code in groups of four for people to read: `4Q7M-2XKD`."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _key() -> bytes:
    return settings.current().secret_key.encode()


def _digest(kind: str, subject_id: int, version: int) -> bytes:
    return hmac.digest(_key(), f"{kind}:{subject_id}:{version}".encode(), "sha256")


def _crockford(digest: bytes, length: int) -> str:
    bits = int.from_bytes(digest, "big") >> (len(digest) * 8 - length * 5)
    return "".join(CROCKFORD[bits >> shift & 31] for shift in range((length - 1) * 5, -1, -5))
