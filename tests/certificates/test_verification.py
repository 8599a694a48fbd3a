"""Verification by the file: what its fingerprint finds, and that the page mirrors the paper."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask

from registration.certificates.models import Certificate
from registration.certificates.operations import erase_certificates, lock_rules, replace, revoke
from registration.certificates.rendering import render
from registration.core.db import db, transaction
from registration.events.models import Event
from tests import factories
from tests.reviewing import ReviewingClient
from tests.sealing import PASSWORD, key_file, verdict_of_pyhanko


@contextmanager
def sealing(app: Flask, **chosen: Any) -> Iterator[None]:
    """Let the installation have a key for its seal for a while."""
    plain = app.extensions["settings"]
    app.extensions["settings"] = dataclasses.replace(plain, **chosen)
    yield
    app.extensions["settings"] = plain


def words_of(client: ReviewingClient, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    assert response.headers["X-Robots-Tag"] == "noindex"
    return response.get_data(as_text=True).replace("\u00a0", " ")


def test_fingerprint_of_the_pdf_finds_its_certificate(certificate: Certificate, client: ReviewingClient) -> None:
    fingerprint = sha256(render(certificate)).hexdigest()
    for typed in (fingerprint, fingerprint.upper()):
        html = words_of(client, f"/overeni/otisk/{typed}")
        assert "Osvědčení je platné" in html
        assert "Soubor se do posledního bajtu shoduje s vydaným PDF" in html
        assert "2025/SAI/0001" in html


def test_sealed_paper_is_made_once_and_its_fingerprint_is_of_the_sealed_bytes(
    certificate: Certificate, client: ReviewingClient, app: Flask, tmp_path: Path
) -> None:
    key = key_file(tmp_path / "seal.p12", ec.generate_private_key(ec.SECP256R1()))
    with sealing(app, seal_file=key, seal_password=PASSWORD):
        paper = render(certificate)
        assert render(db.session.merge(certificate)) == paper
    assert verdict_of_pyhanko(paper, key.with_suffix(".pem")).bottom_line
    assert "Osvědčení je platné" in words_of(client, f"/overeni/otisk/{sha256(paper).hexdigest()}")


def test_unknown_fingerprint_says_that_the_file_is_unknown(certificate: Certificate, client: ReviewingClient) -> None:
    changed = render(certificate)[:-1]
    for fingerprint in (sha256(changed).hexdigest(), "0000"):
        html = words_of(client, f"/overeni/otisk/{fingerprint}", 404)
        assert "Tento soubor neznáme" in html
        assert "Takové osvědčení neznáme" not in html


def test_file_of_a_certificate_that_no_longer_holds_is_genuine_and_void(
    certificate: Certificate, client: ReviewingClient
) -> None:
    address = f"/overeni/otisk/{sha256(render(certificate)).hexdigest()}"
    replacement = replace(db.session.merge(certificate), reason="změna jména", by=factories.OLGA_EMAIL)
    assert "Osvědčení bylo nahrazeno" in words_of(client, address)
    later = f"/overeni/otisk/{sha256(render(replacement)).hexdigest()}"
    revoke(db.session.merge(replacement), reason="omyl", by=factories.OLGA_EMAIL)
    html = words_of(client, later)
    assert "Osvědčení bylo odvoláno" in html
    assert "Soubor se do posledního bajtu shoduje" in html


def test_file_of_an_erased_certificate_names_nobody(certificate: Certificate, client: ReviewingClient) -> None:
    address = f"/overeni/otisk/{sha256(render(certificate)).hexdigest()}"
    certificate = db.session.merge(certificate)
    with transaction():
        lock_rules(certificate.event.id)
        erase_certificates(certificate.registration)
    html = words_of(client, address)
    assert "vymazán" in html
    assert "Ada" not in html


def test_fingerprint_is_typed_in_place_of_the_code(certificate: Certificate, client: ReviewingClient) -> None:
    fingerprint = sha256(render(certificate)).hexdigest()
    grouped = " ".join(fingerprint[place : place + 4] for place in range(0, 64, 4))
    for typed in (fingerprint, grouped, grouped.upper()):
        response = client.get("/overeni", query_string={"kod": typed})
        assert (response.status_code, response.location) == (303, f"/overeni/otisk/{fingerprint}")


def test_guesses_count_together_however_they_are_made(academy: Event, client: ReviewingClient) -> None:
    answers = [client.head(f"/overeni/{number:016}").status_code for number in range(30)]
    answers += [client.head(f"/overeni/{number:016}/odznak.jwt").status_code for number in range(30)]
    assert set(answers) == {404}
    assert client.get(f"/overeni/otisk/{0:064}").status_code == 429
    assert client.get("/overeni/0000").status_code == 429


def test_page_offers_the_check_of_the_file_once_there_is_one(certificate: Certificate, client: ReviewingClient) -> None:
    address = f"/overeni/{certificate.code}"
    assert "data-file-check" not in words_of(client, address)
    fingerprint = sha256(render(certificate)).hexdigest()
    html = words_of(client, address)
    assert f'data-sha256="{fingerprint}"' in html
    assert " ".join(fingerprint[place : place + 4] for place in range(0, 64, 4)) in html
    assert "certutil -hashfile" in html  # by hand, where the browser cannot
    assert "data-file-check" in words_of(client, "/overeni")


def test_page_mirrors_the_paper(certificate: Certificate, client: ReviewingClient) -> None:
    html = words_of(client, f"/overeni/{certificate.code}")
    for shown in ("Ing. Ada Žďárská, Ph.D.", "Městská knihovna", "IČO", "Osvědčení o účasti", "není akreditována"):
        assert shown in html


def test_page_shows_a_paper_in_two_languages_and_one_from_before_that_was_possible(
    certificate: Certificate, client: ReviewingClient
) -> None:
    today = dict(certificate.content)
    address = f"/overeni/{certificate.code}"

    def say(**content: object) -> str:
        certificate.content = content  # type: ignore[assignment]  # such as an older version has stored
        db.session.commit()
        return words_of(client, address)

    both = say(**today | {"second_language": "en", "second_heading": "Certificate of attendance",
                          "second_programme": "AI academy", "second_note": "Not accredited.", "outcomes": "umí <b>",
                          "remark": "Podpořilo MK ČR.", "shows_lessons": False})  # fmt: skip
    for shown in ('lang="en">Certificate of attendance', 'lang="en">AI academy', "umí &lt;b&gt;", "Podpořilo MK ČR."):
        assert shown in both
    assert "45 min" not in both
    assert "Vedené části" in say(**today | {"is_of_speaker": True})
    later = ("is_of_speaker", "second_language", "second_heading", "second_programme", "second_note", "outcomes",
             "remark", "shows_lessons", "signature", "logo")  # fmt: skip
    old = say(**{name: value for name, value in today.items() if name not in later})
    assert "45 min" in old
    assert "Výstupy" not in old
