"""Declining invitations: whoever got one has a link, in its text and in its headers."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from registration.core.limits import limiter
from registration.mail import operations, queries

blueprint = Blueprint("invitations_declined", __name__, url_prefix="/odhlaseni-zprav")


@blueprint.get("/<token>")
def unsubscribing(token: str) -> str:
    """Ask whether there shall be no more invitations, or say that there are none."""
    return render_template("mail/unsubscribing.html", invited=queries.get_invited(token))


@blueprint.post("/<token>")
@limiter.limit("60 per hour")
def unsubscribe(token: str) -> Response:
    """Send no more invitations; a mail program says so by itself (RFC 8058) and does not look at the answer."""
    operations.opt_out(queries.get_invited(token))
    return redirect(url_for(".unsubscribing", token=token), HTTPStatus.SEE_OTHER)
