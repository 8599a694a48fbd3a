"""Verification for anyone: by the code on the paper, or by the fingerprint of the PDF."""

import re
from datetime import date
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from registration.certificates import queries
from registration.certificates.models import Certificate
from registration.core import clock, tokens
from registration.core.limits import limiter
from registration.core.page_cache import for_everybody

blueprint = Blueprint("certificates", __name__)
# However a certificate is asked for, guesses count together.
limit_guesses = limiter.shared_limit("60 per minute", scope="verification")

_LONGEST_TYPED = 100  # a fingerprint with its spaces has 79
_FINGERPRINT = re.compile("[0-9a-f]{64}")


@blueprint.get("/overeni")
@for_everybody
def verification_form() -> tuple[str, int] | BaseResponse:
    """Ask for the code printed on a certificate; the fingerprint of its PDF will do too."""
    typed = request.args.get("kod", "").strip()[:_LONGEST_TYPED]
    fingerprint = "".join(typed.split()).lower()
    if _FINGERPRINT.fullmatch(fingerprint):
        return redirect(url_for(".fingerprint", sha256=fingerprint), HTTPStatus.SEE_OTHER)
    code = "".join(letter for letter in tokens.normalise_code(typed) if letter in tokens.CROCKFORD)
    if code:
        return redirect(url_for(".verification", code=tokens.grouped(code)), HTTPStatus.SEE_OTHER)
    if typed:
        return unknown(typed)
    return render_template("certificates/verification_form.html", code=""), HTTPStatus.OK


@blueprint.get("/overeni/<code>")
@limit_guesses
def verification(code: str) -> str | tuple[str, int]:
    """Say whether a certificate is valid, replaced, revoked, erased or unknown."""
    certificate = queries.find_by_code(code)
    return unknown(code) if certificate is None else show(certificate)


@blueprint.get("/overeni/otisk/<sha256>")
@limit_guesses
def fingerprint(sha256: str) -> str | tuple[str, int]:
    """Say the same of the certificate whose PDF has this SHA-256; whoever knows it has the file, and so the code."""
    certificate = queries.find_by_fingerprint(sha256.lower())
    return unknown(unknown_by="file") if certificate is None else show(certificate, is_by_file=True)


def show(certificate: Certificate, *, is_by_file: bool = False) -> str:
    """Return the page of a certificate, which says no more than the paper and whether it holds."""
    if certificate.erased_at is not None:
        return render_template("certificates/erased.html", certificate=certificate, is_by_file=is_by_file)
    revocation = certificate.revocation
    return render_template(
        "certificates/verification.html",
        state=queries.state(certificate),
        code=certificate.code,
        content=_content(certificate),
        replaced_by=revocation.replaced_by.number if revocation and revocation.replaced_by else None,
        revoked_on=clock.to_local(revocation.revoked_at).date() if revocation else None,
        sha256=certificate.pdf_sha256,
        is_by_file=is_by_file,
    )


def unknown(code: str = "", *, unknown_by: str = "code") -> tuple[str, int]:
    """Return the page that says so and asks again."""
    page = render_template("certificates/verification_form.html", code=code[:60], unknown_by=unknown_by)
    return page, HTTPStatus.NOT_FOUND


@blueprint.after_request
def _keep_out_of_search(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _content(certificate: Certificate) -> dict[str, Any]:
    """Return what the paper says with its days as dates."""
    content: dict[str, Any] = {**certificate.content, "issued_on": certificate.issued_on}
    content["sessions"] = [
        {**session, "day": date.fromisoformat(session["day"])} for session in certificate.content["sessions"]
    ]
    return content
