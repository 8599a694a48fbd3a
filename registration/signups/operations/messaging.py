"""The verbs of messages to groups: write a draft, try it, send it, throw it away."""

from typing import Any

from registration.core import audit, clock
from registration.core.db import transaction
from registration.events.models import Event
from registration.mail import operations as mail
from registration.signups import mails, placeholders
from registration.signups.errors import GroupMessageSent, NobodyToWriteTo, UnknownPlaceholder
from registration.signups.letters.to_group import said_to
from registration.signups.messaging import (
    GroupMessage,
    GroupMessageKind,
    list_group,
    people_by_address,
)
from registration.signups.models import Registration


def write_draft(
    event: Event, *, kind: GroupMessageKind, subject: str, body: str, recipients: dict[str, Any], by: str
) -> GroupMessage:
    """Keep a message to a group that is not sent yet. Raises UnknownPlaceholder."""
    _refuse_unknown(subject, body)
    with transaction() as session:
        message = GroupMessage(
            event_id=event.id,
            kind=kind,
            subject=subject,
            body=body,
            recipients=recipients,
            created_at=clock.now(),
            created_by=by,
        )
        session.add(message)
        session.flush()
        audit.record(message, "drafted", by=by, event_id=event.id, after=_values(message))
    return message


def change_draft(
    message: GroupMessage, *, kind: GroupMessageKind, subject: str, body: str, recipients: dict[str, Any], by: str
) -> None:
    """Rewrite a message that is not sent yet. Raises GroupMessageSent, UnknownPlaceholder. Locks the message."""
    _refuse_unknown(subject, body)
    with transaction() as session:
        session.refresh(message, with_for_update=True)
        _refuse_sent(message)
        before = _values(message)
        message.kind, message.subject, message.body, message.recipients = kind, subject, body, recipients
        audit.record(message, "changed", by=by, event_id=message.event_id, before=before, after=_values(message))


def delete_draft(message: GroupMessage, *, by: str) -> None:
    """Throw a message away that is not sent yet. Raises GroupMessageSent. Locks the message."""
    with transaction() as session:
        session.refresh(message, with_for_update=True)
        _refuse_sent(message)
        audit.record(message, "deleted", by=by, event_id=message.event_id, before=_values(message))
        session.delete(message)


def try_out(message: GroupMessage, person: Registration, *, to: str, language: str) -> None:
    """Send a message as one person would get it, without their link, to whoever writes it."""
    with transaction():
        invited = mail.invite(to) if message.is_invitation else None
        mails.group_message_tried_out(message, person, to=to, language=language, invited=invited)


def send(message: GroupMessage, *, by: str) -> int:
    """Write to everybody in the group, once, however often it is asked for; return how many messages that are.

    Colleagues with one address get one message if it says the same to all of them. Raises NobodyToWriteTo. Locks the
    message.
    """
    with transaction() as session:
        session.refresh(message, with_for_update=True)
        if message.is_sent:
            return message.sent_count
        people = one_of_each(message)
        if not people:
            raise NobodyToWriteTo
        invited = [mail.invite(person.email) for person in people] if message.is_invitation else None
        mails.group_message(message, people, invited=invited)
        message.sent_at, message.sent_by, message.sent_count = clock.now(), by, len(people)
        audit.record(message, "sent", by=by, event_id=message.event_id, after={"sent_count": len(people)})
    return message.sent_count


def one_of_each(message: GroupMessage) -> list[Registration]:
    """Return who gets a message of their own, by id: of people with one address those whom it tells something else."""
    chosen: list[Registration] = []
    group = list_group(message.event, message.recipients, message.kind)
    for people in people_by_address(group).values():
        if len(people) == 1:
            chosen += people
        else:
            chosen += {said_to(person, message): person for person in reversed(people)}.values()
    return sorted(chosen, key=lambda person: person.id)


def _refuse_unknown(*texts: str) -> None:
    for text in texts:
        for name in placeholders.unknown(text):
            raise UnknownPlaceholder(name)


def _refuse_sent(message: GroupMessage) -> None:
    if message.is_sent:
        raise GroupMessageSent


def _values(message: GroupMessage) -> dict[str, Any]:
    return {
        "kind": message.kind.value,
        "subject": message.subject,
        "body": message.body,
        "recipients": message.recipients,
    }
