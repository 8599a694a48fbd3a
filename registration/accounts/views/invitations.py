"""The page behind an invitation: whoever holds its link makes their account."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from registration.accounts import operations, queries
from registration.accounts.errors import InvitationOver
from registration.accounts.forms import AcceptanceForm
from registration.accounts.models import Invitation
from registration.core.i18n import gettext
from registration.core.limits import limiter

blueprint = Blueprint("invitations", __name__, url_prefix="/pozvanka")


@blueprint.get("/<token>")
def invitation(token: str) -> str:
    """Ask for a name and a password."""
    found = _found(token)
    return _page(found, AcceptanceForm(formdata=None, name=found.user.name))


@blueprint.post("/<token>")
@limiter.limit("10 per minute; 60 per hour")
def accept(token: str) -> Response | tuple[str, int]:
    """Make the account; one signs in with it as always."""
    found = _found(token)
    form = AcceptanceForm()
    if not form.validate():
        return _page(found, form), HTTPStatus.UNPROCESSABLE_ENTITY
    operations.accept_invitation(token, name=form.name.data, password=form.password.data)
    flash(gettext("The account is ready. Please sign in."), "ok")
    return redirect(url_for("security.login"), HTTPStatus.SEE_OTHER)


def _found(token: str) -> Invitation:
    found = queries.find_invitation(token)
    if found is None:
        raise InvitationOver
    return found


def _page(found: Invitation, form: AcceptanceForm) -> str:
    return render_template("accounts/invitation.html", user=found.user, form=form, error_list=form.error_list())
