"""Writes down what people do through Flask-Security: signing in, and changes to their own ways in."""

from functools import partial

import flask_security
from flask import Flask, Response, after_this_request, request

from registration.accounts.models import User
from registration.accounts.operations import note_sign_in, note_use
from registration.core.db import db

# What is posted there is read first and written later, which SQLite allows only to who said so at the beginning.
_WRITING = frozenset(
    f"security.{name}"
    for name in (
        "change_password", "forgot_password", "mf_recovery", "mf_recovery_codes", "reset_password", "two_factor_setup",
        "two_factor_setup_validate", "wan_delete", "wan_register", "wan_register_response", "wan_signin_response",
    )
)  # fmt: skip


def init_app(app: Flask) -> None:
    """Listen to what the library tells."""
    flask_security.user_authenticated.connect(_signed_in, app)
    flask_security.password_changed.connect(_changed_password, app)
    flask_security.password_reset.connect(_reset_password, app)
    flask_security.tf_profile_changed.connect(_turned_on, app)
    flask_security.tf_disabled.connect(_turned_off, app)
    flask_security.wan_registered.connect(_added_passkey, app)
    flask_security.wan_deleted.connect(_removed_passkey, app)


def begin_writing() -> None:
    """Take the lock of a writer before the library reads what it is going to change."""
    if request.method == "POST" and request.endpoint in _WRITING:
        db.session.rollback()
        db.session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})


def _signed_in(_app: Flask, user: User, authn_via: list[str] | None, **_: object) -> None:
    if authn_via == ["change"]:
        return  # whoever changes their password stays signed in
    means = ",".join(authn_via or ["second_factor"])
    after_this_request(partial(_write_down, user, request.remote_addr or "", means))


def _write_down(user: User, address: str, means: str, response: Response) -> Response:
    db.session.commit()  # what the library has changed, a code that is used up for instance
    note_sign_in(user, address=address, means=means)
    return response


def _changed_password(_app: Flask, user: User, **_: object) -> None:
    note_use(user, "password_changed")


def _reset_password(_app: Flask, user: User, **_: object) -> None:
    note_use(user, "password_reset")


def _turned_on(_app: Flask, user: User, **_: object) -> None:
    note_use(user, "second_factor_on")


def _turned_off(_app: Flask, user: User, **_: object) -> None:
    note_use(user, "second_factor_off")


def _added_passkey(_app: Flask, user: User, name: str, **_: object) -> None:
    note_use(user, "passkey_added", passkey=name)


def _removed_passkey(_app: Flask, user: User, name: str, **_: object) -> None:
    note_use(user, "passkey_removed", passkey=name)
