"""The verbs of signing up."""

from registration.signups.operations.sign_up import Orderer, Person, cancel_registration, sign_up

__all__ = ["Orderer", "Person", "cancel_registration", "sign_up"]
