"""Papers for those who hold a link: the orderer the ones of their people, a speaker their own."""

from flask import Blueprint, Response, render_template

from registration.certificates import queries, rendering
from registration.certificates.models import Certificate
from registration.core.web import inline_file
from registration.organisations.queries import get_association
from registration.signups import queries as signups

blueprint = Blueprint("papers", __name__)


@blueprint.get("/p/<token>/osvedceni/<path:number>.pdf")
def of_order(token: str, number: str) -> Response:
    """Send the certificate of somebody in an order to whoever sent it."""
    return _pdf(queries.get_paper_of_order(signups.get_order(token), number))


@blueprint.get("/lektor/<token>")
def speaker(token: str) -> str:
    """Show a speaker their confirmations, and all that is stored about them."""
    found = queries.get_speaker_by_link(token)
    return render_template(
        "certificates/speaker.html",
        speaker=found,
        papers=queries.list_papers_of_speaker(found),
        association=get_association(),
    )


@blueprint.get("/lektor/<token>/osvedceni/<path:number>.pdf")
def of_speaker(token: str, number: str) -> Response:
    """Send a speaker their confirmation."""
    return _pdf(queries.get_paper_of_speaker(queries.get_speaker_by_link(token), number))


@blueprint.after_request
def _keep_out_of_search(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _pdf(certificate: Certificate) -> Response:
    name = f"osvedceni-{certificate.number.replace('/', '-')}.pdf"
    return inline_file(rendering.render(certificate), mime_type="application/pdf", name=name)
