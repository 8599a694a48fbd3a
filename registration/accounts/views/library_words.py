"""What Flask-Security says, in our words and both our languages; it brings no Czech of its own."""

from typing import Any

from registration.core.i18n import lazy_gettext

_FAILED = lazy_gettext("The e-mail address or password is wrong.")
_OVER = lazy_gettext("This took too long. Please start again.")
_BROKEN = lazy_gettext("This link no longer works. Please ask for a new one.")
_NO_PASSKEY = lazy_gettext("The passkey did not work.")
_NEEDED = lazy_gettext("Please enter the password.")
_WRONG_CODE = lazy_gettext("The code is wrong.")
_UNREADABLE = lazy_gettext("This could not be read. Please start again.")

_ERRORS = {
    "API_ERROR": _UNREADABLE,
    "INVALID_INPUT": _UNREADABLE,
    "GENERIC_AUTHN_FAILED": _FAILED,
    "EMAIL_NOT_PROVIDED": _FAILED,
    "INVALID_EMAIL_ADDRESS": _FAILED,
    "PASSWORD_NOT_PROVIDED": _NEEDED,
    "INVALID_PASSWORD": lazy_gettext("The password is wrong."),
    "DISABLED_ACCOUNT": _FAILED,
    "RETYPE_PASSWORD_MISMATCH": lazy_gettext("The two passwords differ."),
    "PASSWORD_INVALID_LENGTH": lazy_gettext("The password must have at least 12 characters."),
    "PASSWORD_IS_THE_SAME": lazy_gettext("This is the password you already have."),
    "PASSWORD_RESET_EXPIRED": _BROKEN,
    "INVALID_RESET_PASSWORD_TOKEN": _BROKEN,
    "REAUTHENTICATION_REQUIRED": lazy_gettext("Please enter your password once more."),
    "INVALID_RECOVERY_CODE": _WRONG_CODE,
    "TWO_FACTOR_INVALID_TOKEN": _WRONG_CODE,
    "TWO_FACTOR_PERMISSION_DENIED": lazy_gettext("Please sign in again."),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": _UNREADABLE,
    "TWO_FACTOR_SETUP_EXPIRED": _OVER,
    "WEBAUTHN_EXPIRED": _OVER,
    "WEBAUTHN_NAME_REQUIRED": lazy_gettext("Please give the passkey a name."),
    "WEBAUTHN_NAME_INUSE": lazy_gettext("You have a passkey of this name already."),
    "WEBAUTHN_NAME_NOT_FOUND": lazy_gettext("There is no such passkey."),
    "WEBAUTHN_NAME_DISALLOWED_CHARACTERS": lazy_gettext("A name may have letters, digits, spaces and hyphens."),
    "WEBAUTHN_CREDENTIAL_ID_INUSE": lazy_gettext("This passkey is added already."),
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": _NO_PASSKEY,
    "WEBAUTHN_ORPHAN_CREDENTIAL_ID": _NO_PASSKEY,
    "WEBAUTHN_NO_VERIFY": _NO_PASSKEY,
    "WEBAUTHN_CREDENTIAL_WRONG_USAGE": _NO_PASSKEY,
    "WEBAUTHN_MISMATCH_USER_HANDLE": _NO_PASSKEY,
}
_NEWS = {
    "PASSWORD_RESET_REQUEST": lazy_gettext(
        "If there is an account with this address, a message with a link is on its way to it."
    ),
    "PASSWORD_RESET_NO_LOGIN": lazy_gettext("The password is changed. Please sign in with it."),
    "PASSWORD_CHANGE": lazy_gettext("The password is changed. You are signed out everywhere else."),
    "REAUTHENTICATION_SUCCESSFUL": lazy_gettext("Thank you. You can go on."),
    "NO_RECOVERY_CODES_SETUP": lazy_gettext("There are no recovery codes yet."),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": lazy_gettext("You are signed in."),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": lazy_gettext("The second factor is on. Now save the recovery codes."),
    "TWO_FACTOR_DISABLED": lazy_gettext("The second factor is off."),
    "WEBAUTHN_CREDENTIAL_DELETED": lazy_gettext("The passkey %(name)s is removed."),
    "WEBAUTHN_REGISTER_SUCCESSFUL": lazy_gettext("The passkey %(name)s is added."),
}


def messages() -> dict[str, Any]:
    """Return the settings that replace the library's messages."""
    return {
        **{f"SECURITY_MSG_{name}": (words, "error") for name, words in _ERRORS.items()},
        **{f"SECURITY_MSG_{name}": (words, "ok") for name, words in _NEWS.items()},
    }
