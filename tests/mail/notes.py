"""Notes: messages whose words are there already, as after a first attempt; no room has a writer for them."""

import uuid
from typing import Any

from sqlalchemy import select

from registration.core import clock
from registration.core.db import db, transaction
from registration.mail import outbox
from registration.mail.models import OutboxMessage

ADA, BOB, EVE = "ada@hornilhota.example", "bob@dolnilhota.example", "eve@jinde.example"


def write(to: str = ADA, **changes: Any) -> OutboxMessage:
    """Put a note into the outbox, as `outbox.post` would."""
    values = {
        "kind": "note",
        "recipient": to,
        "subject": "Přihláška",
        "text_body": "Dobrý den,\n",
        "html_body": '<!doctype html><title>Zpráva</title><p class="mark">Dobrý den,</p>',
        "reply_to": "olga@sekce.example",
        "message_id": f"<{uuid.uuid4().hex}@localhost>",
        "created_at": clock.now(),
        "next_attempt_at": clock.system_now(),
        **changes,
    }
    with transaction() as session:
        note = OutboxMessage(**values)
        session.add(note)
        outbox.hint_after_commit(session)
    return note


def write_many(count: int) -> list[OutboxMessage]:
    """Put notes to so many people into the outbox."""
    with transaction():
        return [write(f"person-{number}@ukazka.example") for number in range(count)]


def all_ids() -> list[str]:
    """Return the Message-IDs of the whole outbox, the oldest first."""
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMessage.message_id).order_by(OutboxMessage.id)))
