"""The form that asks for membership, and the link that confirms it; whoever sends it needs no account."""

from http import HTTPStatus

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from registration.core import i18n, tokens
from registration.core.i18n import gettext
from registration.core.limits import limiter
from registration.organisations import operations, queries
from registration.organisations.errors import ApplicationNotFound
from registration.organisations.forms import ApplicationForm
from registration.organisations.models import MembershipApplication
from registration.organisations.views.suggestions import blueprint
from registration.signups.forms import guards

_PER_VISITOR = "20 per hour"
_PER_ADDRESS = "3 per hour"


@blueprint.get("/clenstvi")
def membership_form() -> Response:
    """Show the form, or say that the message with the link is on its way."""
    if request.args.get("hotovo") == "odeslano":
        return _page("organisations/applied.html", done="sent")
    return _form_page(ApplicationForm())


def _typed_address() -> str:
    return request.form.get("applicant_email", "").strip().lower()


def _address_key() -> str:
    """Return what tells an address from others where limits are counted, and nothing else about it."""
    return tokens.stored_hash("membership", _typed_address())


def _say_too_often(_limit: object) -> Response:
    form = ApplicationForm(request.form)
    form.applicant_email.errors = [
        gettext("Messages can be sent to one address three times an hour. Please try later.")
    ]
    return _form_page(form, HTTPStatus.TOO_MANY_REQUESTS)


@blueprint.post("/clenstvi")
@limiter.limit(_PER_VISITOR)
@limiter.limit(
    _PER_ADDRESS, key_func=_address_key, exempt_when=lambda: "@" not in _typed_address(), on_breach=_say_too_often
)
def apply() -> BaseResponse:
    """Take an application and send the link that confirms it; the answer is the same whether we know the address."""
    form = ApplicationForm(request.form)
    if not form.validate():
        return _form_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    key = guards.submission_key(0, request.form)
    operations.send_application(form.applicant(), language=i18n.language(), submission_key=key)
    return redirect(url_for(".membership_form", hotovo="odeslano"), HTTPStatus.SEE_OTHER)


@blueprint.get("/clenstvi/<token>")
def application(token: str) -> Response:
    """Show an application and the button that confirms it; opening the link alone changes nothing."""
    found = _found(token)
    if found.confirmed_at:
        return _page("organisations/applied.html", done="confirmed")
    return _page("organisations/confirmation.html", application=found)


@blueprint.post("/clenstvi/<token>")
@limiter.limit(_PER_VISITOR)
def confirm(token: str) -> BaseResponse:
    """Let an application count."""
    operations.confirm_application(_found(token))
    return redirect(url_for(".application", token=token), HTTPStatus.SEE_OTHER)


def _found(token: str) -> MembershipApplication:
    found = queries.find_application(token)
    if found is None:
        raise ApplicationNotFound
    return found


def _form_page(form: ApplicationForm, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return _page("organisations/membership_form.html", status, form=form, error_list=form.error_list())


def _page(template: str, status: HTTPStatus = HTTPStatus.OK, **context: object) -> Response:
    response = make_response(render_template(template, **context), status)
    response.headers["Cache-Control"] = "no-store"
    if request.endpoint != "organisations.membership_form":
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Referrer-Policy"] = "no-referrer"
    return response
