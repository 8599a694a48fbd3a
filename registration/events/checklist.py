"""What an event still lacks, before people see it and before it begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from registration.core import clock
from registration.events import rules
from registration.events.models import Event, Session, SignUp


class Gap(StrEnum):
    """Something that may be missing."""

    DATE = "date"
    SESSIONS = "sessions"
    TICKET_TYPES = "ticket_types"
    UNREACHABLE = "unreachable"  # a part no ticket type admits to
    EMPTY = "empty"  # a ticket type that admits to nothing
    NOTICE = "notice"  # an assembly is called too late
    LEAD = "lead"
    DESCRIPTION = "description"
    VENUE = "venue"
    LINK = "link"
    CAPACITY = "capacity"
    MINUTES = "minutes"
    CERTIFICATE = "certificate"
    OPENING = "opening"
    PUBLISHED = "published"


@dataclass(frozen=True)
class Item:
    """One line: whether it is all right, and the parts or ticket types it is about when it is not."""

    gap: Gap
    is_done: bool
    names: tuple[str, ...] = ()


def of_event(event: Event, *, has_certificate: bool) -> list[Item]:
    """Return everything that is asked of an event, what is missing first; of a cancelled one nothing is asked."""
    if event.cancelled_at is not None:
        return []
    items = _of_page(event) + (_of_sign_up(event, has_certificate) if event.sign_up is SignUp.HERE else [])
    items.append(Item(Gap.PUBLISHED, is_done=not event.is_draft))
    return sorted(items, key=lambda item: item.is_done)


def _of_page(event: Event) -> list[Item]:
    today = clock.local_now().date()
    items = [
        Item(Gap.DATE, is_done=event.first_on is not None),
        Item(Gap.LEAD, is_done=bool(event.lead)),
        Item(Gap.DESCRIPTION, is_done=bool(event.description)),
    ]
    if event.is_draft and rules.is_short_notice(event.kind, first_on=event.first_on, today=today):
        items.append(Item(Gap.NOTICE, is_done=False))
    return items


def _of_sign_up(event: Event, has_certificate: bool) -> list[Item]:
    sessions, types = event.sessions, event.ticket_types
    admitted = {each.id for ticket_type in types for each in ticket_type.sessions}
    limits = [each.capacity for each in sessions] + [each.capacity for each in types]
    is_limited = any(limit is not None for limit in limits)
    items = [
        Item(Gap.SESSIONS, is_done=bool(sessions)),
        Item(Gap.TICKET_TYPES, is_done=bool(types)),
        _naming(Gap.UNREACHABLE, [each for each in sessions if each.id not in admitted]),
        Item(Gap.EMPTY, names=(names := tuple(each.title for each in types if not each.sessions)), is_done=not names),
        _naming(Gap.VENUE, [each for each in sessions if not each.is_online and not each.venue]),
        _naming(Gap.LINK, [each for each in sessions if each.is_online and not each.join_url]),
        Item(Gap.CAPACITY, is_done=is_limited),
        Item(Gap.OPENING, is_done=event.sign_up_opens_at is not None or not event.is_draft),
    ]
    if event.kind.is_training:
        items.append(_naming(Gap.MINUTES, [each for each in sessions if not each.credited_minutes]))
        items.append(Item(Gap.CERTIFICATE, is_done=has_certificate))
    return items


def _naming(gap: Gap, lacking: Sequence[Session]) -> Item:
    return Item(gap, is_done=not lacking, names=tuple(each.title for each in lacking))
