"""The .p12 file that an authority gives an association for its seal: private key, certificate, and the chain above."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import Certificate


class KeyFileUnusable(Exception):  # noqa: N818 - named for the fact
    """Nothing can be sealed with the file; says why, to follow its name."""


@dataclass(frozen=True)
class KeyFile:
    """What seals: a private key and the certificates that say whose it is."""

    key: RSAPrivateKey | EllipticCurvePrivateKey
    certificate: Certificate
    chain: tuple[Certificate, ...]

    @property
    def valid_until(self) -> datetime:
        """Return the UTC instant its certificate expires."""
        return self.certificate.not_valid_after_utc


def open_key_file(path: Path, password: str) -> KeyFile:
    """Read a .p12 file. Raises KeyFileUnusable."""
    try:
        found = pkcs12.load_pkcs12(path.read_bytes(), password.encode() or None)
    except OSError as error:
        raise KeyFileUnusable(f"cannot be read: {error.strerror}") from error
    except (ValueError, UnsupportedAlgorithm) as error:  # the same for both, in many words
        raise KeyFileUnusable("cannot be opened: it is no .p12 file, or SEAL_PASSWORD is not its password") from error
    if not isinstance(found.key, RSAPrivateKey | EllipticCurvePrivateKey) or found.cert is None:
        raise KeyFileUnusable("holds no RSA or elliptic-curve key with its certificate")
    return KeyFile(found.key, found.cert.certificate, tuple(each.certificate for each in found.additional_certs))
