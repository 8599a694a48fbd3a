"""What can be said of an event and its parts in plain values: for the audit log, and to tell whether they have changed.

Only what JSON knows, under the names of the columns.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from registration.events.models import Event, Picture, Question, QuestionChoice, Session, TicketType

Facts = Mapping[str, Any]
_BASICS = (
    "title", "slug", "code", "kind", "lead", "description", "city", "platform", "sign_up",
    "external_url",
)  # fmt: skip
_SIGN_UP = ("needs_approval", "organisation_limit")
_SESSION = ("title", "format", "venue", "join_url", "capacity", "credited_minutes")
_TICKET_TYPE = ("code", "title", "position", "capacity", "audience", "price_member_haler", "price_other_haler")
_QUESTION = (
    "code", "position", "scope", "kind", "label", "help", "is_required", "delete_after_days", "shown_if_code",
    "shown_if_value",
)  # fmt: skip


def of_basics(event: Event) -> Facts:
    """Return what an event is called, where it is, what its page says."""
    return _named(event, _BASICS)


def of_publication(event: Event) -> Facts:
    """Return who sees an event."""
    return {"visibility": event.visibility.value, "published_at": _moment(event.published_at)}


def of_sign_up_rules(event: Event) -> Facts:
    """Return when sign-up is open, to whom, and who is let in."""
    return {
        "sign_up_opens_at": _moment(event.sign_up_opens_at),
        "sign_up_closes_at": _moment(event.sign_up_closes_at),
        "changes_close_at": _moment(event.changes_close_at),
        **_named(event, _SIGN_UP),
        "audiences": {each.code: each.audience.value for each in event.ticket_types},
    }


def of_waiting_list(event: Event) -> Facts:
    """Return what happens when a place becomes free."""
    return _named(event, ("waiting_list", "offer_hours"))


def of_reminders(event: Event) -> Facts:
    """Return when people are reminded."""
    return _named(event, ("reminders_in_person", "reminders_online"))


def of_capacity(counted: Session | TicketType | QuestionChoice) -> Facts:
    """Return how many places there are."""
    return {"capacity": counted.capacity}


def of_session(session: Session) -> Facts:
    """Return when and where a part is held and what it is worth."""
    times = {"starts_at": session.starts_at.isoformat(), "ends_at": session.ends_at.isoformat()}
    return {**times, **_named(session, _SESSION)}


def of_ticket_type(ticket_type: TicketType) -> Facts:
    """Return what a ticket type is and admits to."""
    return {**_named(ticket_type, _TICKET_TYPE), "sessions": sorted(each.code for each in ticket_type.sessions)}


def of_question(question: Question) -> Facts:
    """Return what is asked, and the answers to choose from."""
    choices = [{"label": each.label, "capacity": each.capacity} for each in question.choices]
    return {**_named(question, _QUESTION), "choices": choices}


def of_picture(picture: Picture | None) -> Facts:
    """Return which picture it is."""
    return {"picture": picture.sha256, "alt": picture.alt} if picture else {}


def fingerprint(facts: Facts) -> str:
    """Return a short text that differs when the facts do."""
    said = json.dumps(facts, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _named(thing: Event | Session | TicketType | Question, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}


def _moment(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
