"""Reads of the mail log, of one event's mail, and of addresses that messages do not reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import load_only

from registration.core import clock, tokens
from registration.core.db import db
from registration.mail.errors import AddressNotFound
from registration.mail.models import InvitedAddress, MessageState, OutboxMessage, SuppressedAddress

_RETURNS_WITHIN = timedelta(days=14)  # mail servers give up after five days, most of them

_LOG_COLUMNS = (
    OutboxMessage.kind,
    OutboxMessage.recipient,
    OutboxMessage.subject,
    OutboxMessage.created_at,
    OutboxMessage.state,
    OutboxMessage.last_error,
)


@dataclass(frozen=True)
class KindCount:
    """How many messages of a kind are in a state."""

    kind: str
    state: MessageState
    count: int


@dataclass(frozen=True)
class Choice:
    """Which messages of an event to show; empty means all."""

    event_id: int
    kind: str = ""
    state: MessageState | None = None


def find_message(message_id: int) -> OutboxMessage | None:
    """Return the message of this id."""
    return db.session.get(OutboxMessage, message_id)


def find_message_of_event(event_id: int, message_id: int) -> OutboxMessage | None:
    """Return the message of this id if it is about the event."""
    found = find_message(message_id)
    return found if found is not None and found.event_id == event_id else None


def list_messages(*, page: int, page_size: int) -> Sequence[OutboxMessage]:
    """Return one page of the log, newest first; the texts of the messages stay in the database."""
    return _page(select(OutboxMessage), page, page_size)


def count_messages() -> int:
    """Return how many messages the log has."""
    return db.session.scalar(select(func.count()).select_from(OutboxMessage)) or 0


def list_messages_of_event(choice: Choice, *, page: int, page_size: int) -> Sequence[OutboxMessage]:
    """Return one page of the chosen messages about an event, newest first."""
    chosen = select(OutboxMessage).where(OutboxMessage.event_id == choice.event_id)
    if choice.kind:
        chosen = chosen.where(OutboxMessage.kind == choice.kind)
    if choice.state is not None:
        chosen = chosen.where(OutboxMessage.state == choice.state)
    return _page(chosen, page, page_size)


def count_by_kind(event_id: int) -> list[KindCount]:
    """Return how many messages about an event there are of each kind in each state."""
    statement = (
        select(OutboxMessage.kind, OutboxMessage.state, func.count())
        .where(OutboxMessage.event_id == event_id)
        .group_by(OutboxMessage.kind, OutboxMessage.state)
        .order_by(OutboxMessage.kind)
    )
    return [KindCount(*row) for row in db.session.execute(statement)]


def count_by_fact(event_id: int, *, kind: str, fact: str) -> dict[int, dict[MessageState, int]]:
    """Return how many messages of a kind are in each state, by a number that is among their facts."""
    facts = (
        select(OutboxMessage.facts[fact].as_integer().label("fact"), OutboxMessage.state)
        .where(OutboxMessage.event_id == event_id, OutboxMessage.kind == kind)
        .subquery()
    )
    counts: dict[int, dict[MessageState, int]] = {}
    grouped = select(facts.c.fact, facts.c.state, func.count()).group_by(facts.c.fact, facts.c.state)
    for value, state, count in db.session.execute(grouped):
        counts.setdefault(value, {})[state] = count
    return counts


def find_returned(recipient: str, *, message_id: str | None) -> OutboxMessage | None:
    """Return the message that a report is about.

    Its Message-ID, which nobody else knows, decides; a report without one is believed if a message has gone to the
    recipient lately, and is taken to be about the last one.
    """
    if message_id:
        return db.session.scalar(select(OutboxMessage).where(OutboxMessage.message_id == message_id))
    latest = (
        select(OutboxMessage)
        .where(
            func.lower(OutboxMessage.recipient) == recipient.lower(),
            OutboxMessage.state == MessageState.SENT,
            OutboxMessage.sent_at > clock.now() - _RETURNS_WITHIN,
        )
        .order_by(OutboxMessage.id.desc())
    )
    return db.session.scalar(latest.limit(1))


def find_suppression(address: str) -> SuppressedAddress | None:
    """Return the fact that nothing goes to an address, None when messages do."""
    return db.session.scalar(select(SuppressedAddress).where(SuppressedAddress.address == address.lower()))


def find_suppressed(suppressed_id: int) -> SuppressedAddress | None:
    """Return a suppressed address by id."""
    return db.session.get(SuppressedAddress, suppressed_id)


def list_suppressed() -> Sequence[SuppressedAddress]:
    """Return all addresses that nothing goes to, the latest first."""
    return db.session.scalars(select(SuppressedAddress).order_by(SuppressedAddress.id.desc())).all()


def list_suppressed_among(addresses: Sequence[str]) -> dict[str, SuppressedAddress]:
    """Return which of some addresses nothing goes to, by the address in small letters."""
    if not addresses:
        return {}
    small = {address.lower() for address in addresses}
    found = db.session.scalars(select(SuppressedAddress).where(SuppressedAddress.address.in_(small)))
    return {each.address: each for each in found}


def find_invited(address: str) -> InvitedAddress | None:
    """Return what is known of an address as one that gets invitations."""
    return db.session.scalar(select(InvitedAddress).where(InvitedAddress.address == address.lower()))


def get_invited(token: str) -> InvitedAddress:
    """Return the address behind `/odhlaseni-zprav/<token>`. Raises AddressNotFound."""
    link_hash = tokens.stored_hash("invited_address", token)
    found = db.session.scalar(select(InvitedAddress).where(InvitedAddress.link_hash == link_hash))
    if found is None:
        raise AddressNotFound
    return found


def _page(chosen: Select[OutboxMessage], page: int, page_size: int) -> Sequence[OutboxMessage]:
    newest_first = chosen.options(load_only(*_LOG_COLUMNS)).order_by(OutboxMessage.id.desc())
    return db.session.scalars(newest_first.limit(page_size).offset((page - 1) * page_size)).all()
