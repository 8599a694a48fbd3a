"""Settings of the installation in the back office: how the association addresses people."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from registration.core.i18n import gettext
from registration.organisations import operations, queries
from registration.organisations.forms import SettingsForm
from registration.organisations.models import AddressForm

blueprint = Blueprint("settings_staff", __name__, url_prefix="/sprava/nastaveni")


@blueprint.get("")
def form() -> str:
    """Show how people are addressed, with the other way to choose."""
    return _page(SettingsForm(address_form=queries.get_association().address_form.value))


@blueprint.post("")
def change() -> BaseResponse | tuple[str, int]:
    """Address people politely or familiarly."""
    settings = SettingsForm()
    if not settings.validate():
        return _page(settings), HTTPStatus.UNPROCESSABLE_ENTITY
    operations.change_address_form(AddressForm(settings.address_form.data), by=current_user.email)
    flash(gettext("The settings are saved."), "ok")
    return redirect(url_for(".form"), HTTPStatus.SEE_OTHER)


def _page(settings: SettingsForm) -> str:
    return render_template("organisations/settings.html", form=settings, error_list=settings.error_list())
