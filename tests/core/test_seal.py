"""Seals: as pyHanko and poppler see them, what breaks them, and which key files are refused at start."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from flask import Flask
from pyhanko.pdf_utils.generic import TextStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pypdf import PdfReader

from registration.core import seal
from registration.core.settings import PROJECT, SettingsError, from_environment
from tests.conftest import make_settings
from tests.papers import text_of
from tests.sealing import MADE_AT, PASSWORD, key_file, verdict_of_poppler, verdict_of_pyhanko

GOOD = {"SECRET_KEY": "s" * 32, "BASE_URL": "https://prezence.example"}


@pytest.fixture(scope="module")
def key_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a key of the kind authorities mostly issue."""
    return key_file(tmp_path_factory.mktemp("key") / "seal.p12", rsa.generate_private_key(65537, 2048))


@pytest.fixture(scope="module")
def paper() -> bytes:
    """Give a paper as WeasyPrint makes them."""
    from weasyprint import HTML  # noqa: PLC0415 - takes half a second

    html = '<!DOCTYPE html><html lang="cs"><title>Osvědčení</title><h1>Řehák Žďár</h1>'
    drawn = HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")
    assert isinstance(drawn, bytes)
    return drawn


@pytest.fixture(scope="module")
def sealed(key_path: Path, paper: bytes) -> bytes:
    with installation(seal_file=key_path, seal_password=PASSWORD):
        return seal.seal(paper)


@contextmanager
def installation(**chosen: Any) -> Iterator[None]:
    """Stand in an installation with these settings."""
    app = Flask("registration")
    app.extensions["settings"] = make_settings("sqlite://", Path(), **chosen)
    with app.app_context():
        yield


def test_without_a_key_a_paper_stays_as_it_is(paper: bytes) -> None:
    with installation():
        assert seal.seal(paper) == paper


def test_seal_is_appended_to_the_paper_and_not_seen(paper: bytes, sealed: bytes) -> None:
    assert sealed.startswith(paper)
    page = PdfReader(BytesIO(sealed)).pages[0]
    (widget,) = (each.get_object() for each in page["/Annots"])  # type: ignore[attr-defined]  # an array, says the PDF
    assert [float(side) for side in widget["/Rect"]] == [0, 0, 0, 0]
    assert widget["/F"] & 0b10  # hidden, which PDF/UA-1 7.18.1 asks of what is not tagged
    assert str(page["/Tabs"]) == "/S"  # PDF/UA-1 7.18.3
    assert text_of(sealed) == text_of(paper) == "Řehák Žďár"


def test_seal_is_valid_for_pyhanko(sealed: bytes, key_path: Path) -> None:
    status = verdict_of_pyhanko(sealed, key_path.with_suffix(".pem"))
    assert (status.intact, status.valid, status.trusted, status.bottom_line) == (True, True, True, True)
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert status.pkcs7_signature_mechanism == "sha256_rsa"


def test_seal_is_valid_for_poppler(sealed: bytes, tmp_path: Path) -> None:
    said = verdict_of_poppler(sealed, tmp_path)
    for words in ("ETSI.CAdES.detached", "SHA-256", "Total document signed", "Signature is Valid"):
        assert words in said


def test_seal_of_an_elliptic_key_is_valid_too(paper: bytes, tmp_path: Path) -> None:
    path = key_file(tmp_path / "seal.p12", ec.generate_private_key(ec.SECP256R1()))
    with installation(seal_file=path, seal_password=PASSWORD):
        sealed = seal.seal(paper)
    assert verdict_of_pyhanko(sealed, path.with_suffix(".pem")).bottom_line
    assert "Signature is Valid" in verdict_of_poppler(sealed, tmp_path)


def test_one_changed_byte_breaks_the_seal(paper: bytes, sealed: bytes, key_path: Path, tmp_path: Path) -> None:
    place = paper.index(b"%", 20)  # a comment, so that the PDF itself stays readable
    changed = bytearray(sealed)
    changed[place + 1] ^= 1
    status = verdict_of_pyhanko(bytes(changed), key_path.with_suffix(".pem"))
    assert (status.intact, status.bottom_line) == (False, False)
    assert "Signature is Valid" not in verdict_of_poppler(bytes(changed), tmp_path)


def test_what_is_added_later_breaks_the_seal(sealed: bytes, key_path: Path) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(sealed))
    writer.root["/Lang"] = TextStringObject("en")
    writer.update_root()  # type: ignore[no-untyped-call]  # ships half its types
    added = BytesIO()
    writer.write(added)  # type: ignore[no-untyped-call]  # ships half its types
    assert not verdict_of_pyhanko(added.getvalue(), key_path.with_suffix(".pem")).bottom_line


def test_key_is_opened_once(paper: bytes, tmp_path: Path) -> None:
    path = key_file(tmp_path / "seal.p12", ec.generate_private_key(ec.SECP256R1()))
    with installation(seal_file=path, seal_password=PASSWORD):
        first = seal.seal(paper)
        path.unlink()
        assert seal.seal(paper)[: len(paper)] == first[: len(paper)]


def test_nobody_without_a_key_waits_for_pyhanko() -> None:
    code = "import sys, registration.core.seal; sys.exit('pyhanko' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PROJECT)


def test_expired_certificate_leaves_papers_unsealed_and_says_so(
    paper: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = key_file(tmp_path / "seal.p12", ec.generate_private_key(ec.SECP256R1()), valid_until=MADE_AT)
    settings = from_environment({**GOOD, "SEAL_FILE": str(path), "SEAL_PASSWORD": PASSWORD})
    assert f"valid until {MADE_AT:%Y-%m-%d}" in caplog.text
    caplog.clear()
    with installation(seal_file=settings.seal_file, seal_password=settings.seal_password):
        assert seal.seal(paper) == paper
    assert "has expired" in caplog.text


def test_certificate_that_holds_is_not_spoken_of(key_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings = from_environment({**GOOD, "SEAL_FILE": str(key_path), "SEAL_PASSWORD": PASSWORD})
    assert (settings.seal_file, settings.seal_password) == (key_path, PASSWORD)
    assert caplog.text == ""


def test_unusable_key_file_is_named_at_start(key_path: Path, tmp_path: Path) -> None:
    def complaint(path: Path, password: str = PASSWORD) -> str:
        with pytest.raises(SettingsError) as refused:
            from_environment({**GOOD, "SEAL_FILE": str(path), "SEAL_PASSWORD": password})
        return str(refused.value)

    (tmp_path / "text.p12").write_text("no key")
    odd = key_file(tmp_path / "odd.p12", ed25519.Ed25519PrivateKey.generate())
    assert "SEAL_FILE cannot be read: No such file" in complaint(tmp_path / "none.p12")
    assert "SEAL_FILE cannot be opened" in complaint(tmp_path / "text.p12")
    assert "SEAL_PASSWORD is not its password" in complaint(key_path, "wrong")
    assert "SEAL_PASSWORD is not its password" in complaint(key_path, "")
    assert "SEAL_FILE holds no RSA or elliptic-curve key" in complaint(odd)
