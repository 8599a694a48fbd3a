"""Keys for seals as an authority gives them, and what those who check seals say."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

PASSWORD = "tajné-heslo"
NAME = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Sekce městských knihoven")])
MADE_AT = datetime.now(UTC)

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def certificate_of(key: Key, *, valid_until: datetime) -> x509.Certificate:
    """Return a certificate such as an authority gives for a seal, but signed by itself."""
    usage = {"digital_signature": True, "content_commitment": True} | dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only"), False
    )
    builder = x509.CertificateBuilder(NAME, NAME, key.public_key(), 7, MADE_AT - timedelta(days=3650), valid_until)
    builder = builder.add_extension(x509.KeyUsage(**usage, decipher_only=False), critical=True)
    return builder.sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else SHA256())


def key_file(path: Path, key: Key, *, valid_until: datetime = MADE_AT + timedelta(days=365)) -> Path:
    """Write a key with its certificate to `path`, and beside it the certificate alone as *.pem."""
    certificate = certificate_of(key, valid_until=valid_until)
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"seal", key, certificate, None, BestAvailableEncryption(PASSWORD.encode())
        )
    )
    path.with_suffix(".pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    return path


def verdict_of_poppler(paper: bytes, folder: Path) -> str:
    """Return what `pdfsig` says; it trusts nobody, since there are no certificates at its home."""
    (folder / "paper.pdf").write_bytes(paper)
    command = ["pdfsig", str(folder / "paper.pdf")]
    environment = {**os.environ, "HOME": str(folder)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment).stdout


def verdict_of_pyhanko(paper: bytes, trusted: Path) -> PdfSignatureStatus:
    """Return what pyHanko's validator says to somebody who trusts one certificate."""
    (signature,) = PdfFileReader(BytesIO(paper)).embedded_signatures
    root = load_cert_from_pemder(str(trusted))  # type: ignore[no-untyped-call]  # ships half its types
    context = ValidationContext(trust_roots=[root], allow_fetching=False)
    return validate_pdf_signature(signature, context)
