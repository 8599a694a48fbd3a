"""Every page of certificates without signing in; reading their files puts them on the blueprint."""

from flask import Response

from registration.certificates import queries, rendering
from registration.certificates.views import open_badges, verification
from registration.certificates.views.verification import blueprint
from registration.core.web import inline_file
from registration.signups import queries as signups

__all__ = ["blueprint", "download", "open_badges", "verification"]


@blueprint.get("/u/<token>/osvedceni/<path:number>.pdf")
def download(token: str, number: str) -> Response:
    """Send a certificate to its holder, the same bytes every time."""
    certificate = queries.get_paper(signups.get_person(token), number)
    name = f"osvedceni-{certificate.number.replace('/', '-')}.pdf"
    return inline_file(rendering.render(certificate), mime_type="application/pdf", name=name)
