"""Lost links: an e-mail address is enough, the links go to it and to nobody else."""

from http import HTTPStatus

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from registration.core import i18n, tokens
from registration.core.i18n import gettext
from registration.core.limits import limiter
from registration.signups import operations
from registration.signups.errors import LinkNotFound
from registration.signups.forms.links import AddressForm
from registration.signups.views.party import done_sentence
from registration.signups.views.sign_up import blueprint

_PER_VISITOR = "10 per hour"
_PER_ADDRESS = "3 per hour"


@blueprint.get("/moje")
def links() -> Response:
    """Ask for an e-mail address, or say what has just happened."""
    return _page(AddressForm())


def _typed_address() -> str:
    return request.form.get("email", "").strip().lower()


def _address_key() -> str:
    """Return what tells an address from others where limits are counted, and nothing else about it."""
    return tokens.stored_hash("links", _typed_address())


def _say_too_often(_limit: object) -> Response:
    form = AddressForm(request.form)
    form.email.errors = [gettext("The links can be sent to one address three times an hour. Please try later.")]
    return _page(form, HTTPStatus.TOO_MANY_REQUESTS)


@blueprint.post("/moje")
@limiter.limit(_PER_VISITOR)
@limiter.limit(
    _PER_ADDRESS, key_func=_address_key, exempt_when=lambda: "@" not in _typed_address(), on_breach=_say_too_often
)
def send_links() -> BaseResponse:
    """Send the links of an address to it; the answer is the same whether we know it or not."""
    form = AddressForm(request.form)
    if not form.validate():
        return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    operations.send_links(form.email.data, language=i18n.language())
    return redirect(url_for("signups.links", hotovo="odeslano"), HTTPStatus.SEE_OTHER)


@blueprint.app_errorhandler(LinkNotFound)
def link_not_found(refusal: LinkNotFound) -> Response:
    """Say that a link leads nowhere, and offer to send the right one."""
    return _page(AddressForm(), refusal.status, refusal=refusal)


def _page(form: AddressForm, status: HTTPStatus = HTTPStatus.OK, *, refusal: LinkNotFound | None = None) -> Response:
    page = render_template("signups/links.html", form=form, refusal=refusal, done=None if refusal else done_sentence())
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
