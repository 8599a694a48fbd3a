"""One's own account: name, password, second factor, passkeys, where one has signed in."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from registration.accounts import operations, queries
from registration.accounts.forms import NameForm
from registration.accounts.models import User
from registration.core.i18n import gettext

blueprint = Blueprint("account", __name__, url_prefix="/sprava/ucet")
_LATEST = 10


@blueprint.get("")
def page() -> str:
    """Show what there is to one's own account."""
    return _page(NameForm(formdata=None, name=current_user.name))


@blueprint.post("/jmeno")
def rename() -> Response | tuple[str, int]:
    """Change one's name."""
    form = NameForm()
    if not form.validate():
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    operations.rename(_me(), form.name.data, by=current_user.email)
    flash(gettext("The name is changed."), "ok")
    return redirect(url_for(".page"), HTTPStatus.SEE_OTHER)


@blueprint.post("/odhlaseni")
def sign_out_everywhere() -> Response:
    """Sign out on every device, this one too."""
    operations.sign_out_everywhere(_me(), by=current_user.email)
    flash(gettext("You are signed out everywhere."), "ok")
    return redirect(url_for("security.login"), HTTPStatus.SEE_OTHER)


def _me() -> User:
    return queries.get_person(current_user.id)


def _page(form: NameForm) -> str:
    me = _me()
    return render_template(
        "accounts/account.html",
        me=me,
        form=form,
        error_list=form.error_list(),
        sign_ins=queries.list_sign_ins(me, limit=_LATEST),
    )
