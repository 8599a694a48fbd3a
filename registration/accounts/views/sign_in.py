"""Sign-in of the staff: Flask-Security with our addresses, pages and limits."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from flask import Flask, Request, abort, request, session
from flask_limiter.util import get_remote_address
from flask_security import MailUtil, Security, SQLAlchemySessionUserDatastore, UserMixin, WebauthnUtil, views, webauthn
from flask_security import recovery_codes as codes
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from registration.accounts import mails
from registration.accounts.forms import PasskeyForm, RescueForm, SecondFactorForm
from registration.accounts.models import Role, User, WebAuthn
from registration.accounts.operations.making import SHORTEST_PASSWORD
from registration.accounts.views import library_words, noting
from registration.core import i18n
from registration.core.db import db
from registration.core.limits import limiter
from registration.core.settings import Settings

_LONGEST_FORM = 4 * 1024  # argon2 refuses longer passwords with an exception
_LONGEST_PASSKEY = 32 * 1024
_RESET_WITHIN = timedelta(hours=2)
_FRESH_FOR = timedelta(minutes=30)


def _who_guesses() -> str:
    """Return whose second factor is guessed: whoever knows a password may not try codes from many addresses."""
    return str(session.get("tf_user_id") or get_remote_address())


_TRIES = "10 per minute; 60 per hour"
_CODES = limiter.limit("6 per minute; 20 per hour", key_func=_who_guesses, methods=["POST"])
_SOME = limiter.limit(_TRIES, methods=["POST"])
# Wrapped once, not for every application made: each wrapping would count every try once more.
_LIMITED: dict[str, Callable[..., Any]] = {
    "security.login": _SOME(views.login),
    "security.verify": _SOME(views.verify),
    "security.change_password": _SOME(views.change_password),
    "security.forgot_password": limiter.limit("3 per minute; 12 per hour", methods=["POST"])(views.forgot_password),
    "security.reset_password": _SOME(views.reset_password),
    "security.two_factor_token_validation": _CODES(views.two_factor_token_validation),
    "security.two_factor_setup_validate": _CODES(views.two_factor_setup_validate),
    "security.mf_recovery": _CODES(codes.mf_recovery),
    "security.wan_signin_response": _SOME(webauthn.webauthn_signin_response),
}


def init_app(app: Flask) -> None:
    """Set up sign-in at `/prihlaseni`, and everything people do to their own ways in."""
    app.config.update(library_words.messages())
    app.config.update(_addresses())
    app.config.update(_pages())
    app.config.update(_rules(app.extensions["settings"]))
    datastore = SQLAlchemySessionUserDatastore(db.session, User, Role, WebAuthn)
    Security(
        app,
        datastore,
        mail_util_cls=_PostOffice,
        webauthn_util_cls=_Passkeys,
        two_factor_setup_form=SecondFactorForm,
        two_factor_rescue_form=RescueForm,
        wan_register_form=PasskeyForm,
    )
    app.login_manager.request_loader(_nobody)  # type: ignore[attr-defined]  # put there by Flask-Login
    app.before_request(_refuse_oversized_forms)
    app.before_request(noting.begin_writing)
    app.view_functions.update(_LIMITED)
    noting.init_app(app)


def _addresses() -> dict[str, object]:
    return {
        "SECURITY_LOGIN_URL": "/prihlaseni",
        "SECURITY_LOGOUT_URL": "/odhlaseni",
        "SECURITY_VERIFY_URL": "/prihlaseni/heslo",
        "SECURITY_RESET_URL": "/zapomenute-heslo",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/prihlaseni/kod",
        "SECURITY_TWO_FACTOR_RESCUE_URL": "/prihlaseni/bez-kodu",
        "SECURITY_TWO_FACTOR_SELECT_URL": "/prihlaseni/volba",
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/prihlaseni/zalozni-kod",
        "SECURITY_WAN_SIGNIN_URL": "/prihlaseni/klic",
        "SECURITY_CHANGE_URL": "/sprava/ucet/heslo",
        "SECURITY_TWO_FACTOR_SETUP_URL": "/sprava/ucet/druhy-faktor",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/sprava/ucet/zalozni-kody",
        "SECURITY_WAN_REGISTER_URL": "/sprava/ucet/klice",
        "SECURITY_WAN_DELETE_URL": "/sprava/ucet/klice/odebrani",
        "SECURITY_POST_LOGIN_VIEW": "/sprava",
        "SECURITY_POST_LOGOUT_VIEW": "/",
        "SECURITY_POST_RESET_VIEW": "security.login",
        "SECURITY_POST_CHANGE_VIEW": "account.page",
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "account.page",
        "SECURITY_WAN_POST_REGISTER_VIEW": "security.wan_register",
    }


def _pages() -> dict[str, object]:
    return {
        "SECURITY_LOGIN_USER_TEMPLATE": "accounts/sign_in.html",
        "SECURITY_VERIFY_TEMPLATE": "accounts/password_again.html",
        "SECURITY_FORGOT_PASSWORD_TEMPLATE": "accounts/forgotten_password.html",
        "SECURITY_RESET_PASSWORD_TEMPLATE": "accounts/new_password.html",
        "SECURITY_CHANGE_PASSWORD_TEMPLATE": "accounts/change_password.html",
        "SECURITY_TWO_FACTOR_SETUP_TEMPLATE": "accounts/second_factor.html",
        "SECURITY_TWO_FACTOR_VERIFY_CODE_TEMPLATE": "accounts/code.html",
        "SECURITY_MULTI_FACTOR_RECOVERY_TEMPLATE": "accounts/recovery_code.html",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_TEMPLATE": "accounts/recovery_codes.html",
        "SECURITY_WAN_REGISTER_TEMPLATE": "accounts/add_passkey.html",
        "SECURITY_WAN_SIGNIN_TEMPLATE": "accounts/passkey.html",
    }


def _rules(settings: Settings) -> dict[str, object]:
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SINGLE_HASH": True,  # argon2 salts by itself; a new SECRET_KEY must not lock everybody out
        "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_FRESHNESS": _FRESH_FOR,  # after which changing a way in asks for the password once more
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(0),
        "SECURITY_CHANGEABLE": True,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_RESET_PASSWORD_WITHIN": _RESET_WITHIN,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},  # asks nobody else's name server
        "SECURITY_EMAIL_PLAINTEXT": False,  # `_PostOffice` has words of its own
        "SECURITY_EMAIL_HTML": False,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,  # a mailbox is what the second factor is there to back up
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 60,
        "SECURITY_TOTP_ISSUER": "Prezence",
        "SECURITY_TOTP_SECRETS": {"1": _derived(settings, "totp")},
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 10,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [_derived(settings, "recovery")],
        "SECURITY_WEBAUTHN": True,
        "SECURITY_INPUT_NORMALIZE_FORM": "NFC",  # the default takes letters apart and then refuses their diacritics
        "SECURITY_WAN_RP_NAME": "Prezence",
        "SECURITY_WAN_ALLOW_USER_HINTS": False,  # who has an account here is nobody's business
        "SECURITY_WAN_ALLOW_AS_VERIFY": [],
    }


def _derived(settings: Settings, purpose: str) -> bytes:
    """Return a key that what is stored is encrypted with; whoever has the database alone can do nothing with it."""
    return urlsafe_b64encode(sha256(f"{purpose}:{settings.secret_key}".encode()).digest())


class _PostOffice(MailUtil):
    """Sends what Flask-Security wants to say through our outbox, in our words."""

    def send_mail(self, template: str, *_: object, **context: Any) -> None:
        name, user = template.rpartition("/")[2], context["user"]
        if name == "reset_instructions":
            mails.password_reset(user, language=i18n.language())
            db.session.commit()  # the library itself writes nothing here and therefore commits nothing
        elif name in {"reset_notice", "change_notice"}:
            mails.password_changed(user, language=i18n.language())


class _Passkeys(WebauthnUtil):
    """Asks for passkeys that are found without an e-mail address, and that make sure who holds them."""

    def authenticator_selection(self, _user: UserMixin, _usage: str) -> AuthenticatorSelectionCriteria:
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        )

    def user_verification(self, _user: UserMixin | None, _usage: list[str]) -> UserVerificationRequirement:
        return UserVerificationRequirement.REQUIRED


def _nobody(_request: Request) -> None:
    """Sign in nobody by a token in a header or address: such tokens outlive signing out."""


def _refuse_oversized_forms() -> None:
    """Refuse passwords as long as a book."""
    if request.blueprint != "security" and request.endpoint != "invitations.accept":
        return
    longest = _LONGEST_PASSKEY if "wan_" in (request.endpoint or "") else _LONGEST_FORM
    if (request.content_length or 0) > longest:
        abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
