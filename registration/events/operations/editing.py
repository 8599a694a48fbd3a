"""What an event is called, where it is, what its page says, and who sees it."""

from typing import Any

from sqlalchemy import delete, select

from registration.core import audit, clock
from registration.core.db import db, transaction
from registration.events import facts, queries, references
from registration.events.errors import (
    AddressMissing,
    CodeTaken,
    EventAlreadyCancelled,
    EventHasBegun,
    NotReady,
    PeopleSignedUp,
    SlugTaken,
)
from registration.events.models import Audience, Event, EventKind, OldSlug, SignUp, Visibility
from registration.events.operations.locking import lock_event
from registration.events.operations.sign_up_rules import FOR_MEMBERS


def change_event(
    event: Event,
    *,
    title: str,
    slug: str,
    code: str,
    kind: EventKind,
    lead: str,
    description: str,
    city: str,
    platform: str,
    sign_up: SignUp,
    external_url: str | None,
    by: str,
) -> None:
    """Change what an event is called, where it is and what its page says; an old address leads to the new one.

    Raises SlugTaken, CodeTaken, AddressMissing. Locks the event.
    """
    with transaction() as session:
        lock_event(event.id)
        session.refresh(event)
        before = facts.of_basics(event)
        if sign_up is SignUp.ELSEWHERE and not external_url:
            raise AddressMissing
        _rename(event, slug)
        _mark(event, code)
        event.title, event.kind = title, kind
        event.lead, event.description = lead, description
        event.city, event.platform = city, platform
        event.sign_up, event.external_url = sign_up, external_url
        after = facts.of_basics(event)
        audit.record(event, "changed", by=by, event_id=event.id, before=before, after=after)


def publish(event: Event, *, visibility: Visibility, by: str) -> None:
    """Let people see an event, in the programme, by its address only, or with a mark that it is for members.

    An event for members has all its ticket types for members, but those by invitation. Raises NotReady without what
    one could sign up for. Locks the event.
    """
    with transaction() as session:
        lock_event(event.id)
        session.refresh(event)
        if event.first_on is None or (event.sign_up is SignUp.HERE and not _is_offered(event)):
            raise NotReady
        before = facts.of_publication(event)
        event.visibility = visibility
        event.published_at = event.published_at or clock.now()
        if visibility is Visibility.MEMBERS:
            for each in event.ticket_types:
                each.audience = each.audience if each.audience in FOR_MEMBERS else Audience.MEMBERS
        after = facts.of_publication(event)
        audit.record(event, "published", by=by, event_id=event.id, before=before, after=after)


def withdraw(event: Event, *, by: str) -> None:
    """Make a draft of an event again. Raises PeopleSignedUp. Locks the event."""
    with transaction() as session:
        lock_event(event.id)
        session.refresh(event)
        if any(map(references.is_signed_up_for, event.ticket_types)):
            raise PeopleSignedUp
        before = facts.of_publication(event)
        event.published_at = None
        after = facts.of_publication(event)
        audit.record(event, "withdrawn", by=by, event_id=event.id, before=before, after=after)


def cancel_event(event: Event, *, by: str) -> None:
    """Call an event off; it keeps its page, and calendars strike it out.

    Raises EventAlreadyCancelled, EventHasBegun. Locks the event.
    """
    with transaction() as session:
        lock_event(event.id)
        session.refresh(event)
        if event.cancelled_at is not None:
            raise EventAlreadyCancelled
        starts_at = queries.starts_at(event)
        if starts_at is not None and clock.now() >= starts_at:
            raise EventHasBegun
        event.cancelled_at = clock.now()
        for each in event.sessions:
            each.sequence += 1
        after: dict[str, Any] = {"cancelled_at": event.cancelled_at.isoformat()}
        audit.record(event, "cancelled", by=by, event_id=event.id, before={"cancelled_at": None}, after=after)


def is_slug_free(slug: str, *, besides: int | None = None) -> bool:
    """Say whether no other event has an address, or had it before."""
    own = besides or 0
    has = select(Event.id).where(Event.slug == slug, Event.id != own)
    had = select(OldSlug.id).where(OldSlug.slug == slug, OldSlug.event_id != own)
    return db.session.scalar(has) is None and db.session.scalar(had) is None


def _rename(event: Event, slug: str) -> None:
    if slug == event.slug:
        return
    if not is_slug_free(slug, besides=event.id):
        raise SlugTaken
    db.session.execute(delete(OldSlug).where(OldSlug.slug == slug))  # it may come back to an address of its own
    if event.published_at is not None:
        db.session.add(OldSlug(slug=event.slug, event_id=event.id))
    event.slug = slug


def _mark(event: Event, code: str) -> None:
    if code == event.code:
        return
    same = select(Event.id).where(Event.series_year == event.series_year, Event.code == code)
    if db.session.scalar(same) is not None:
        raise CodeTaken
    event.code = code


def _is_offered(event: Event) -> bool:
    return bool(event.sessions) and any(each.sessions for each in event.ticket_types)
