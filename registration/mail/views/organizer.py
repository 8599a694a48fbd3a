"""The mail log of the back office: what was sent to whom, and what was not."""

from http import HTTPStatus

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as AnyResponse

from registration.core.i18n import gettext
from registration.core.web import row_id
from registration.mail import operations, queries
from registration.mail.composition import PREVIEW_POLICY, Composed, styled
from registration.mail.delivery import post_office
from registration.mail.models import OutboxMessage

blueprint = Blueprint("mail", __name__, url_prefix="/sprava/posta")

_PAGE_SIZE = 50
_LAST_PAGE = 1_000_000


@blueprint.get("")
def log() -> str:
    """List messages, the newest first."""
    page = min(max(request.args.get("strana", 1, type=row_id), 1), _LAST_PAGE)
    return render_template(
        "mail/log.html",
        messages=queries.list_messages(page=page, page_size=_PAGE_SIZE),
        count=queries.count_messages(),
        page=page,
        page_size=_PAGE_SIZE,
    )


@blueprint.get("/<int:message_id>")
def message(message_id: int) -> str:
    """Show one message: its way, its text, and how it looks."""
    found = _message(message_id)
    return render_template("mail/message.html", message=found, composed=post_office.preview(found))


@blueprint.get("/<int:message_id>/html")
def preview(message_id: int) -> Response:
    """Show the HTML of a message, for the frame on its page."""
    response = Response(styled(_composed(_message(message_id)).html))
    response.headers["Content-Security-Policy"] = PREVIEW_POLICY
    return response


@blueprint.get("/<int:message_id>.eml")
def download(message_id: int) -> Response:
    """Send the message as it is sent by mail, with its attachments."""
    found = _message(message_id)
    response = Response(post_office.as_bytes(found, _composed(found)), mimetype="message/rfc822")
    response.headers.set("Content-Disposition", "attachment", filename=f"{found.id}-{found.kind}.eml")
    return response


@blueprint.post("/<int:message_id>/odeslani")
def send_again(message_id: int) -> AnyResponse:
    """Put a message that was not delivered back into the queue."""
    operations.send_again(_message(message_id), by=current_user.email)
    flash(gettext("The message is on its way again."), "ok")
    return redirect(url_for(".message", message_id=message_id), HTTPStatus.SEE_OTHER)


@blueprint.get("/adresy")
def addresses() -> str:
    """List the addresses that nothing goes to."""
    return render_template("mail/addresses.html", suppressed=queries.list_suppressed())


@blueprint.post("/adresy/<int:suppressed_id>/uvolneni")
def release(suppressed_id: int) -> AnyResponse:
    """Let messages go to an address again; a second click finds it done."""
    suppressed = queries.find_suppressed(suppressed_id)
    if suppressed is not None:
        operations.release(suppressed, by=current_user.email)
        flash(
            gettext("Messages go to %(address)s again, also those that were held back.", address=suppressed.address),
            "ok",
        )
    return redirect(url_for(".addresses"), HTTPStatus.SEE_OTHER)


def _message(message_id: int) -> OutboxMessage:
    found = queries.find_message(message_id)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _composed(found: OutboxMessage) -> Composed:
    composed = post_office.preview(found)
    if composed is None:
        abort(HTTPStatus.NOT_FOUND)
    return composed
