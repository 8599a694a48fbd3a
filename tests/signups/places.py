"""People whose places stand in every way, and ways to read the pages about them."""

import html as entities
import re

from sqlalchemy import select
from werkzeug.test import TestResponse

from registration.core.db import db, transaction
from registration.events.models import Event, TicketType, WaitingListMode
from registration.mail.models import OutboxMessage
from registration.signups.models import Registration, RegistrationStatus
from registration.signups.operations import cancel
from tests import factories


def text_of(response: TestResponse) -> str:
    """Return the words of a page, with plain spaces."""
    words = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return " ".join(entities.unescape(words).replace("\u00a0", " ").split())


def offered(count: int = 1) -> list[Registration]:
    """Return people of one order who were offered places in a full workshop a moment ago."""
    event = factories.workshop(capacity=count, waiting_list=WaitingListMode.OFFER)
    before = factories.crowd(event, count)
    waiting = factories.order(event, *map(factories.person, range(50, 50 + count))).registrations
    cancel(before, by=factories.OLGA_EMAIL)
    return list(waiting)


def set_prices(event: Event, *, member_haler: int, other_haler: int) -> None:
    """Let every ticket type of an event cost this much."""
    with transaction() as session:
        for ticket_type in session.query(TicketType).filter_by(event_id=event.id):
            ticket_type.price_member_haler, ticket_type.price_other_haler = member_haler, other_haler


def statuses(*people: Registration) -> list[RegistrationStatus]:
    """Return how places stand now."""
    db.session.rollback()
    db.session.expire_all()
    return [each.status for each in people]


def kinds() -> list[str]:
    """Return the kinds of all messages in the outbox, in order."""
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)))
