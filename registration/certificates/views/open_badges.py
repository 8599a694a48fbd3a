"""Open badges of certificates, and what a stranger's program needs to check them."""

from http import HTTPStatus

from flask import Response, json, jsonify

from registration.certificates import open_badge, queries
from registration.certificates.views.verification import blueprint, limit_guesses, show, unknown
from registration.core import issuer
from registration.core.page_cache import for_everybody
from registration.core.web import attached_file


@blueprint.get("/overeni/<code>/odznak.<any(jwt, json):form>")
@limit_guesses
def open_badge_file(code: str, form: str) -> Response | tuple[str, int]:
    """Send the badge of a certificate that holds: as wallets take it (Open Badges 3.0, section 5.1), or as JSON."""
    certificate = queries.find_by_code(code)
    if certificate is None:
        return unknown(code)
    if queries.state(certificate) != "valid":
        return show(certificate), HTTPStatus.GONE
    token = open_badge.badge_token(certificate)
    name = f"odznak-{certificate.number.replace('/', '-')}.{form}"
    if form == "jwt":
        return attached_file(token.encode(), mime_type="text/plain; charset=us-ascii", name=name)
    return attached_file(json.dumps(open_badge.enveloped(token)).encode(), mime_type="application/json", name=name)


@blueprint.get("/overeni/stav/<int:number>")
@for_everybody
def status_list(number: int) -> Response:
    """Say which certificates no longer hold, to whoever checks a badge; nothing else is said of any."""
    first = number * open_badge.LIST_SIZE
    void_ids = queries.list_void_ids(first, first + open_badge.LIST_SIZE - 1)
    return Response(open_badge.status_list_token(number, void_ids), content_type="application/vc+jwt")


@blueprint.get("/.well-known/did.json")
@for_everybody
def did_document() -> Response:
    """Publish the key that badges are signed with."""
    return jsonify(issuer.did_document())
