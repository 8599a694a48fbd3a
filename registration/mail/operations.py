"""The verbs of the mail log, and of addresses that messages do not reach or must not go to."""

import logging
from collections.abc import Collection

from sqlalchemy import delete, func, update

from registration.core import audit, clock, tokens
from registration.core.db import transaction
from registration.mail import carriers, outbox, queries
from registration.mail.bounces import Bounce
from registration.mail.errors import AddressIsSuppressed, NotFailed
from registration.mail.models import InvitedAddress, MessageState, OutboxMessage, SuppressedAddress
from registration.mail.rules import Verdict

_LONGEST_REASON = 500
_NOT_DELIVERED = {MessageState.FAILED, MessageState.BOUNCED, MessageState.SUPPRESSED}

log = logging.getLogger(__name__)


def send_again(message: OutboxMessage, *, by: str) -> OutboxMessage:
    """Put a message that was not delivered back into the queue, with all its attempts before it.

    Raises NotFailed, AddressIsSuppressed. Locks the message.
    """
    with transaction() as session:
        session.refresh(message, with_for_update=True)
        if message.state not in _NOT_DELIVERED:
            raise NotFailed
        if queries.find_suppression(message.recipient):
            raise AddressIsSuppressed
        message.state = MessageState.QUEUED
        message.attempts = 0
        message.next_attempt_at = clock.system_now()
        outbox.hint_after_commit(session)
    log.info("Message %s is sent again, says %s.", message.id, by)
    return message


def discard(message_ids: Collection[int]) -> None:
    """Delete messages for good, and the files they were written to where there was no mail server."""
    with transaction() as session:
        session.execute(delete(OutboxMessage).where(OutboxMessage.id.in_(message_ids)))
    carriers.folder().discard(message_ids)


def forget_words(message: OutboxMessage) -> None:
    """Take back what a message says; whoever looks at it, or sends it again, gets what it would say now."""
    with transaction():
        message.subject = message.text_body = message.html_body = ""
        message.attachments = []
    carriers.folder().discard([message.id])


def record_bounce(bounce: Bounce) -> OutboxMessage | None:
    """Write down that a message came back, once; if it always would, nothing goes to its address any more.

    Returns the message, None when no such message of ours is on its way. Locks it.
    """
    with transaction() as session:
        message = queries.find_returned(bounce.recipient, message_id=bounce.message_id)
        if message is None:
            return None
        session.refresh(message, with_for_update=True)
        if not _may_come_back(message):
            return message
        message.last_error = bounce.reason[:_LONGEST_REASON]
        if bounce.verdict is not Verdict.DELAYED:
            message.state = MessageState.BOUNCED
            message.bounced_at = clock.now()
            message.leased_until = None
        if bounce.verdict is Verdict.REFUSED:
            _suppress(message)
    return message


def release(suppressed: SuppressedAddress, *, by: str) -> int:
    """Let messages go to an address again, also those that were held back; return how many these are."""
    with transaction() as session:
        audit.record(suppressed, "released", by=by)
        held_back = (
            update(OutboxMessage)
            .where(
                func.lower(OutboxMessage.recipient) == suppressed.address,
                OutboxMessage.state == MessageState.SUPPRESSED,
            )
            .values(state=MessageState.QUEUED, attempts=0, next_attempt_at=clock.system_now(), last_error=None)
            .returning(OutboxMessage.id)
        )
        count = len(session.scalars(held_back, execution_options={"synchronize_session": False}).all())
        session.delete(suppressed)
        outbox.hint_after_commit(session)
    return count


def invite(address: str) -> InvitedAddress:
    """Return how an address can say no to further invitations, made at the first one."""
    with transaction() as session:
        invited = queries.find_invited(address)
        if invited is None:
            invited = InvitedAddress(address=address.lower())
            session.add(invited)
            session.flush()
            invited.link_hash = tokens.stored_hash("invited_address", invited.link_token)
    return invited


def opt_out(invited: InvitedAddress) -> None:
    """Send no more invitations to an address; said twice it is said."""
    with transaction():
        if invited.opted_out_at is None:
            invited.opted_out_at = clock.now()


def forget_address(address: str) -> None:
    """Forget an address that nobody we know has any more: that messages came back, that it wants no invitations."""
    with transaction() as session:
        for table in (SuppressedAddress, InvitedAddress):
            session.execute(delete(table).where(table.address == address.lower()))


def _may_come_back(message: OutboxMessage) -> bool:
    """Say whether a message is out: sent, or just being handed over; a report that is read twice changes nothing."""
    is_out = message.state is MessageState.SENT
    return is_out or (message.state is MessageState.QUEUED and message.leased_until is not None)


def _suppress(message: OutboxMessage) -> None:
    with transaction() as session:
        suppressed = queries.find_suppression(message.recipient)
        if suppressed is None:
            suppressed = SuppressedAddress(address=message.recipient.lower(), suppressed_at=clock.now())
            session.add(suppressed)
        suppressed.reason = message.last_error or ""
        suppressed.message_id = message.id
