"""Certificates for their holders, and verification for anyone."""

from datetime import date
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from registration.certificates import operations, queries
from registration.certificates.models import Certificate
from registration.core import clock, tokens
from registration.core.limits import limiter
from registration.core.page_cache import for_everybody
from registration.core.web import inline_file
from registration.signups import queries as signups

blueprint = Blueprint("certificates", __name__)
_VERIFICATION_LIMIT = "60 per minute"


@blueprint.get("/u/<token>/osvedceni/<path:number>.pdf")
def download(token: str, number: str) -> Response:
    """Send a certificate to its holder, the same bytes every time."""
    certificate = queries.get_paper(signups.get_person(token), number)
    name = f"osvedceni-{certificate.number.replace('/', '-')}.pdf"
    return inline_file(operations.render(certificate), mime_type="application/pdf", name=name)


@blueprint.get("/overeni")
@for_everybody
def verification_form() -> tuple[str, int] | BaseResponse:
    """Ask for the code printed on a certificate."""
    typed = request.args.get("kod", "").strip()[:60]
    code = "".join(letter for letter in tokens.normalise_code(typed) if letter in tokens.CROCKFORD)
    if code:
        return redirect(url_for(".verification", code=tokens.grouped(code)), HTTPStatus.SEE_OTHER)
    page = render_template("certificates/verification_form.html", code=typed, is_unknown=bool(typed))
    return page, HTTPStatus.NOT_FOUND if typed else HTTPStatus.OK


@blueprint.get("/overeni/<code>")
@limiter.limit(_VERIFICATION_LIMIT)
def verification(code: str) -> str | tuple[str, int]:
    """Say whether a certificate is valid, replaced, revoked, erased or unknown."""
    certificate = queries.find_by_code(code)
    if certificate is None:
        page = render_template("certificates/verification_form.html", code=code[:60], is_unknown=True)
        return page, HTTPStatus.NOT_FOUND
    if certificate.erased_at is not None:
        return render_template("certificates/erased.html", certificate=certificate)
    revocation = certificate.revocation
    return render_template(
        "certificates/verification.html",
        state=queries.state(certificate),
        content=_content(certificate),
        replaced_by=revocation.replaced_by.number if revocation and revocation.replaced_by else None,
        revoked_on=clock.to_local(revocation.revoked_at).date() if revocation else None,
        sha256=certificate.pdf_sha256,
    )


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
