"""Who comes to the academy in Brno."""

import pytest

from registration.checkin import queries
from registration.events.models import Event, Session
from registration.events.queries import get_event
from registration.signups.models import Registration
from tests import factories


@pytest.fixture
def brno(academy: Event) -> Session:
    return queries.get_session(get_event(academy.slug), "ai-brno")


@pytest.fixture
def ada(academy: Event) -> Registration:
    return factories.registration(academy)
