"""Messages to groups of people: what the organizer writes, whom it goes to, and the reads of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ColumnElement, ForeignKey, Text, exists, func, select
from sqlalchemy.orm import Mapped, contains_eager, joinedload, mapped_column, relationship

from registration.core.db import Base, Instant, PrimaryKey, db, text, words
from registration.events.models import Event
from registration.mail import queries as mail
from registration.mail.models import InvitedAddress, MessageState
from registration.signups.errors import GroupMessageNotFound
from registration.signups.filtering import Filter, matching, select_registrations
from registration.signups.models import Registration, RegistrationStatus

KIND = "group_message"  # of the messages in the outbox
_LIVE = frozenset(RegistrationStatus) - {RegistrationStatus.CANCELLED}


class GroupMessageKind(StrEnum):
    """Why people get it: whoever has signed up needs to know about the event, an invitation can be declined."""

    INFORMATION = "information"
    INVITATION = "invitation"


class GroupMessage(Base):
    """What the organizer writes to some of the people of an event: a draft until it is sent, then a fact."""

    __tablename__ = "group_message"

    id: Mapped[PrimaryKey]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    kind: Mapped[GroupMessageKind] = mapped_column(words(GroupMessageKind))
    subject: Mapped[str] = mapped_column(text(200))
    body: Mapped[str] = mapped_column(Text)  # Markdown with placeholders
    recipients: Mapped[dict[str, Any]] = mapped_column(JSON)  # the filter of the list of people, as in its address
    created_at: Mapped[Instant]
    created_by: Mapped[str] = mapped_column(text(254))
    sent_at: Mapped[Instant | None]
    sent_by: Mapped[str] = mapped_column(text(254), default="")
    sent_count: Mapped[int] = mapped_column(default=0)  # messages written; their fate is in the outbox

    event: Mapped[Event] = relationship()

    @property
    def is_sent(self) -> bool:
        """Say whether it is on its way, so that nothing about it can be changed."""
        return self.sent_at is not None

    @property
    def is_invitation(self) -> bool:
        """Say whether people can decline it."""
        return self.kind is GroupMessageKind.INVITATION


def group_filter(args: Mapping[str, Any]) -> Filter:
    """Return the filter of a group; whoever has cancelled is in it only when asked for by name."""
    chosen = Filter.from_args(args)
    return chosen if chosen.statuses else replace(chosen, statuses=_LIVE)


def kept_filter(chosen: Filter) -> dict[str, Any]:
    """Return a filter as it is kept with a message, all words, as they stand in an address."""
    args = chosen.to_args()
    return {name: list(map(str, value)) if isinstance(value, list) else str(value) for name, value in args.items()}


def list_group(
    event: Event, args: Mapping[str, Any], kind: GroupMessageKind, *, limit: int | None = None
) -> Sequence[Registration]:
    """Return who would get a message now, by surname; their orders and ticket types are loaded."""
    statement = (
        select_registrations(event, group_filter(args))
        .where(*_can_be_written_to(kind))
        .options(contains_eager(Registration.order), joinedload(Registration.ticket_type))
    )
    return db.session.scalars(statement.limit(limit)).all()


def count_group(event: Event, args: Mapping[str, Any], kind: GroupMessageKind) -> int:
    """Return how many people would get a message now."""
    counted = matching(select(func.count()).select_from(Registration), event, group_filter(args))
    return db.session.scalar(counted.where(*_can_be_written_to(kind))) or 0


def get_group_message(event: Event, message_id: int) -> GroupMessage:
    """Return a message of this event. Raises GroupMessageNotFound."""
    found = db.session.get(GroupMessage, message_id)
    if found is None or found.event_id != event.id:
        raise GroupMessageNotFound
    return found


def find_group_message(message_id: int) -> GroupMessage | None:
    """Return a message by id, or None."""
    return db.session.get(GroupMessage, message_id)


def list_group_messages(event: Event) -> Sequence[GroupMessage]:
    """Return all messages to groups of an event, drafts first, then the latest."""
    newest_first = (GroupMessage.sent_at.is_not(None), GroupMessage.id.desc())
    return db.session.scalars(
        select(GroupMessage).where(GroupMessage.event_id == event.id).order_by(*newest_first)
    ).all()


def fates(event: Event) -> dict[int, dict[MessageState, int]]:
    """Return how many of each message to a group are in which state, by its id."""
    return mail.count_by_fact(event.id, kind=KIND, fact="message")


def people_by_address(people: Iterable[Registration]) -> dict[str, list[Registration]]:
    """Return people by their address in small letters; colleagues may share one."""
    found: dict[str, list[Registration]] = {}
    for person in people:
        found.setdefault(person.email.lower(), []).append(person)
    return found


def _can_be_written_to(kind: GroupMessageKind) -> list[ColumnElement[bool]]:
    conditions = [Registration.erased_at.is_(None), Registration.email != ""]
    if kind is GroupMessageKind.INVITATION:
        declined = InvitedAddress.opted_out_at.is_not(None) & (InvitedAddress.address == func.lower(Registration.email))
        conditions.append(~exists().where(declined))
    return conditions
