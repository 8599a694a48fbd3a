"""Every page of those who sign up; reading their files puts them on the blueprint."""

from registration.signups.views import (
    answers,
    joining,
    links,
    offers,
    order,
    person,
    sign_up,
    substitution,
    switching,
    withdrawal,
)
from registration.signups.views.sign_up import blueprint

__all__ = [
    "answers", "blueprint", "joining", "links", "offers", "order", "person", "sign_up", "substitution", "switching",
    "withdrawal",
]  # fmt: skip
