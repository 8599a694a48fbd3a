"""Sign-in of the staff, and the gate of the back office."""

from datetime import timedelta
from http import HTTPStatus

from flask import Flask, Request, abort, redirect, request, url_for
from flask_security import Security, SQLAlchemySessionUserDatastore, current_user
from werkzeug.wrappers import Response

from registration.accounts.models import ORGANIZER, Role, User
from registration.core.db import db
from registration.core.i18n import lazy_gettext
from registration.core.limits import limiter

_LONGEST_SIGN_IN = 8 * 1024
_SIGN_IN_LIMIT = "10 per minute; 60 per hour"


def init_app(app: Flask) -> None:
    """Set up sign-in at `/prihlaseni`: argon2, one message for every failure, a limited number of tries."""
    failed = (lazy_gettext("The e-mail address or password is wrong."), "error")
    app.config.update(
        SECURITY_LOGIN_URL="/prihlaseni",
        SECURITY_LOGOUT_URL="/odhlaseni",
        SECURITY_POST_LOGIN_VIEW="/sprava",
        SECURITY_POST_LOGOUT_VIEW="/",
        SECURITY_LOGIN_USER_TEMPLATE="accounts/sign_in.html",
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of the algorithm
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=True,  # argon2 salts by itself; a new SECRET_KEY must not lock everybody out
        SECURITY_FRESHNESS=timedelta(seconds=-1),  # no page that asks for the password once more
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_MSG_GENERIC_AUTHN_FAILED=failed,
        SECURITY_MSG_EMAIL_NOT_PROVIDED=failed,
        SECURITY_MSG_INVALID_EMAIL_ADDRESS=failed,
        SECURITY_MSG_PASSWORD_NOT_PROVIDED=failed,
    )
    datastore = SQLAlchemySessionUserDatastore(db.session, User, Role)
    Security(app, datastore)
    app.login_manager.request_loader(_nobody)  # type: ignore[attr-defined]  # put there by Flask-Login
    app.before_request(_refuse_oversized_sign_in)
    sign_in = app.view_functions["security.login"]
    app.view_functions["security.login"] = limiter.limit(_SIGN_IN_LIMIT, methods=["POST"])(sign_in)  # type: ignore[assignment]  # the decorator's type forgets that views are synchronous


def _nobody(_request: Request) -> None:
    """Sign in nobody by a token in a header or address: such tokens outlive signing out."""


def _refuse_oversized_sign_in() -> None:
    """Refuse passwords as long as a book, which argon2 would refuse with an exception."""
    if request.endpoint == "security.login" and (request.content_length or 0) > _LONGEST_SIGN_IN:
        abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def require_staff() -> Response | None:
    """Let only organizers into the back office: others sign in first, and a GET comes back to where it wanted."""
    if not current_user.is_authenticated:
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("security.login", next=wanted), HTTPStatus.SEE_OTHER)
    if not current_user.has_role(ORGANIZER):
        abort(HTTPStatus.FORBIDDEN)
    return None
