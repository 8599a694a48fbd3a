"""The programme as an Atom feed (RFC 4287): ids that never change, and when there was something new to say."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import and_, func, or_, select

from registration.core import clock, i18n, settings
from registration.core.audit import AuditEntry
from registration.core.db import db
from registration.events import addresses
from registration.events.models import Event
from registration.events.queries import EventOffer

MIME_TYPE = "application/atom+xml; charset=utf-8"

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


@dataclass(frozen=True)
class Entry:
    """One event of the feed."""

    id: str
    address: str
    published_at: datetime
    updated_at: datetime
    offer: EventOffer


@dataclass(frozen=True)
class Feed:
    """The programme at one moment."""

    id: str
    address: str
    programme: str  # the address of the page it follows
    updated_at: datetime
    entries: list[Entry]


def programme_feed(offers: Sequence[EventOffer]) -> Feed:
    """Return the programme for feed readers, the latest news first."""
    changes = _last_changes([offer.event for offer in offers])
    entries = sorted((_entry(offer, changes) for offer in offers), key=lambda each: each.updated_at, reverse=True)
    midnight = clock.to_utc(datetime.combine(clock.local_now().date(), time()))
    return Feed(
        id=_tag("programme"),
        address=addresses.feed_address(),
        programme=addresses.programme_address(),
        updated_at=entries[0].updated_at if entries else midnight,
        entries=entries,
    )


def latest_news(published_at: datetime, facts: Iterable[datetime | None], *, now: datetime) -> datetime:
    """Return when there was last something new: what is still to come, such as the opening of sign-up, is not yet."""
    return max([published_at, *(fact for fact in facts if fact is not None and published_at <= fact <= now)])


def well_formed(xml: str) -> str:
    """Return XML without the control characters that it knows no way to write, but a title may hold."""
    return _NOT_XML.sub("", xml)


def _entry(offer: EventOffer, changes: dict[int, datetime]) -> Entry:
    event = offer.event
    published_at = event.published_at or clock.now()
    facts = [event.sign_up_opens_at, event.sign_up_closes_at, event.cancelled_at, changes.get(event.id)]
    return Entry(
        id=_tag(f"event/{event.id}"),
        address=addresses.event_address(event),
        published_at=published_at,
        # To the second, as it is written: what was published together stays in the order of the programme.
        updated_at=latest_news(published_at, facts, now=clock.now()).replace(microsecond=0),
        offer=offer,
    )


def _last_changes(events: Sequence[Event]) -> dict[int, datetime]:
    """Return when each event, its sessions and ticket types were last changed by the organizers."""
    event_ids: dict[tuple[str, int], int] = {}  # by what may have changed
    for event in events:
        event_ids["event", event.id] = event.id
        event_ids.update({("session", session.id): event.id for session in event.sessions})
        event_ids.update({("ticket_type", ticket_type.id): event.id for ticket_type in event.ticket_types})
    is_of = [
        and_(
            AuditEntry.subject_kind == kind, AuditEntry.subject_id.in_([id_ for each, id_ in event_ids if each == kind])
        )
        for kind in ("event", "session", "ticket_type")
    ]
    entries = db.session.execute(
        select(AuditEntry.subject_kind, AuditEntry.subject_id, func.max(AuditEntry.at))
        .where(or_(*is_of))
        .group_by(AuditEntry.subject_kind, AuditEntry.subject_id)
    )
    changes: dict[int, datetime] = {}
    for kind, subject_id, at in entries:
        event_id = event_ids[kind, subject_id]
        changes[event_id] = max(at, changes.get(event_id, at))
    return changes


def _tag(path: str) -> str:
    """Return a name that outlives the address: a slug may change (RFC 4151). Each language is a text of its own."""
    return f"tag:{settings.current().host_name},2025:{path}/{i18n.language()}"
