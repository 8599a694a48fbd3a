import pytest
from flask import Flask

from registration.accounts.errors import EmailInvalid, PasswordTooShort, UserExists
from registration.accounts.operations import create_organizer


def test_password_is_kept_as_an_argon2_hash(app: Flask) -> None:
    user = create_organizer("olga@x.example", password="olga-likes-libraries")
    assert user.password is not None
    assert user.password.startswith("$argon2id$")


def test_address_has_one_account(app: Flask) -> None:
    create_organizer("olga@x.example", password="olga-likes-libraries")
    with pytest.raises(UserExists):
        create_organizer("olga@x.example", password="another-good-password")


def test_address_is_the_same_whatever_its_capitals(app: Flask) -> None:
    assert create_organizer(" Olga@X.example ", password="olga-likes-libraries").email == "olga@x.example"
    with pytest.raises(UserExists):
        create_organizer("OLGA@x.example", password="olga-likes-libraries")


def test_what_is_no_address_gets_no_account(app: Flask) -> None:
    with pytest.raises(EmailInvalid):
        create_organizer("olga", password="olga-likes-libraries")


def test_short_password_is_refused(app: Flask) -> None:
    with pytest.raises(PasswordTooShort):
        create_organizer("olga@x.example", password="eleven char")
