"""An order for letters to be written about, and a mail server to take them."""

from collections.abc import Iterator

import pytest
from flask import Flask

from registration.events.models import Event
from registration.signups.models import Order, Registration
from tests.mail import mail_server, world
from tests.mail.mail_server import MailServer


@pytest.fixture
def order(academy: Event) -> Order:
    """Ada orders for herself and Bob, in English; both have places."""
    return world.order(academy, world.ada(), world.bob(), language="en")


@pytest.fixture
def bob(order: Order) -> Registration:
    """Give Bob's place in Ada's order."""
    return order.registrations[1]


@pytest.fixture
def smtp(app: Flask) -> Iterator[MailServer]:
    """Run a mail server that the application sends through."""
    with mail_server.running() as server, mail_server.used_by(app, **mail_server.address_of(server)):
        yield server
