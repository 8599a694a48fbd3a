"""Somebody has lost their links."""

from registration.core.db import transaction
from registration.signups import mails, self_service


def send_links(email: str, *, language: str) -> None:
    """Send all links that belong to an address to it, in the spelling we know; to an unknown one nothing."""
    known = self_service.find_address(email)
    if known is not None:
        with transaction():
            mails.links(known, language=language)
