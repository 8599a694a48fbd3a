"""The way into the post: a message is composed from its templates and written beside the fact it tells of."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import current_app
from jinja2 import Environment
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from registration.core import clock, i18n, queue, settings
from registration.core.db import db
from registration.mail.models import OutboxMessage

DELIVERY = "deliver"  # the task that empties the outbox

_HAS_NEWS = "outbox.has_news"  # in Session.info until the transaction ends
_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True)
class Composed:
    """What a message says, ready to be enqueued."""

    subject: str
    text: str
    html: str


def compose(kind: str, *, language: str, **context: Any) -> Composed:
    """Say one thing twice: `mails/<kind>/body.jinja` with the macros for plain text and for HTML."""
    context["language"] = language
    with i18n.in_language(language):
        plain, rich = (_templates(current_app.jinja_env, html=html) for html in (False, True))
        # split() also turns no-break spaces into plain ones: a subject is one line of plain words.
        subject = " ".join(plain.get_template(f"mails/{kind}/subject.txt").render(context).split())
        return Composed(
            subject=subject,
            text=_tidy(_render_body(plain, "mails/_text.jinja", kind, context)),
            html=_render_body(rich, "mails/_html.jinja", kind, {**context, "subject": subject}),
        )


def post(
    kind: str,
    *,
    to: str,
    language: str,
    reply_to: str | None = None,
    attachments: Sequence[dict[str, Any]] = (),
    dedupe_key: str | None = None,
    **context: Any,
) -> OutboxMessage | None:
    """Compose a message and write it into the current transaction; see `enqueue`."""
    message = compose(kind, language=language, **context)
    return enqueue(
        kind,
        to=to,
        subject=message.subject,
        text=message.text,
        html=message.html,
        attachments=attachments,
        reply_to=reply_to,
        dedupe_key=dedupe_key,
    )


def address(path: str, *, language: str) -> str:
    """Return the full address of a page as messages print it, in the reader's language."""
    prefix = "/en" if language == "en" else ""
    return f"{settings.current().base_url}{prefix}{path}"


def enqueue(
    kind: str,
    *,
    to: str,
    subject: str,
    text: str,
    html: str,
    attachments: Sequence[dict[str, Any]] = (),
    reply_to: str | None = None,
    dedupe_key: str | None = None,
) -> OutboxMessage | None:
    """Write a message into the current transaction, to be sent once that is committed.

    `attachments` name what to render at delivery: `{"kind": "ticket", "id": 17}`. Returns None when there is
    a message with this `dedupe_key` already.
    """
    message = _insert(
        kind=kind,
        recipient=to,
        reply_to=reply_to,
        subject=subject,
        text_body=text,
        html_body=html,
        attachments=list(attachments),
        message_id=f"<{uuid.uuid4().hex}@{settings.current().host_name}>",
        dedupe_key=dedupe_key,
        created_at=clock.now(),
        next_attempt_at=clock.system_now(),
    )
    if message is not None:
        hint_after_commit(db.session())
    return message


def hint_after_commit(session: Session) -> None:
    """Let the worker know about new mail once, and only if, the current transaction is committed."""
    session.info[_HAS_NEWS] = True


def _insert(**values: Any) -> OutboxMessage | None:
    # The database itself decides about the key. A second writer of the same key waits for the first one's
    # transaction, and its own goes on unharmed.
    insert = (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert(OutboxMessage)
    unless_there = insert.values(**values).on_conflict_do_nothing(index_elements=["dedupe_key"])
    return db.session.scalars(unless_there.returning(OutboxMessage)).one_or_none()


@event.listens_for(db.session, "after_commit")
def _hint(session: Session) -> None:
    if not session.in_nested_transaction() and session.info.pop(_HAS_NEWS, False):
        queue.hint(DELIVERY)


@event.listens_for(db.session, "after_rollback")
def _forget(session: Session) -> None:
    # A savepoint takes back its own messages only; those before it still need their hint.
    if not session.in_nested_transaction():
        session.info.pop(_HAS_NEWS, None)


@lru_cache(maxsize=8)
def _templates(application: Environment, *, html: bool) -> Environment:
    """Return the application's templates for one of the two bodies: HTML escapes, plain text does not."""
    return application.overlay(autoescape=html, trim_blocks=True, lstrip_blocks=True)


def _render_body(templates: Environment, macros: str, kind: str, context: dict[str, Any]) -> str:
    body = templates.get_template(f"mails/{kind}/body.jinja")
    return body.render({**context, "m": templates.get_template(macros).module})


def _tidy(text: str) -> str:
    return _BLANK_LINES.sub("\n\n", text).strip() + "\n"
