"""A new event: from the template of its kind, or as it was last time."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select

from registration.accounts.operations import join_team
from registration.core import audit, clock
from registration.core.db import db, transaction
from registration.events import facts, queries, rules
from registration.events.models import (
    Audience,
    Event,
    EventKind,
    Picture,
    Question,
    QuestionChoice,
    Session,
    SignUp,
    TicketType,
    Visibility,
)
from registration.events.operations.editing import is_slug_free
from registration.events.templates import Template, TicketTypeDraft

_RESERVED = {"nova"}  # `/sprava/akce/nova` makes a new one
_COPIED = (
    "title", "kind", "lead", "description", "city", "platform", "sign_up", "external_url", "is_invented",
    "waiting_list", "offer_hours", "needs_approval", "organisation_limit", "reminders_in_person",
    "reminders_online", "visibility",
)  # fmt: skip
_COPIED_OF_SESSION = ("code", "title", "format", "zone", "venue", "capacity", "credited_minutes")
_COPIED_OF_TICKET_TYPE = (
    "code", "title", "position", "capacity", "audience", "price_member_haler", "price_other_haler",
)  # fmt: skip
_COPIED_OF_QUESTION = (
    "code", "position", "scope", "kind", "label", "help", "is_required", "delete_after_days", "shown_if_code",
    "shown_if_value",
)  # fmt: skip
_COPIED_OF_CHOICE = ("code", "position", "label", "capacity")
_COPIED_OF_PICTURE = ("alt", "width", "height", "sha256", "content")


def create_event(
    template: Template, *, title: str, first_on: date, city: str = "", platform: str = "", by: str
) -> Event:
    """Make a draft with the parts, ticket types and questions that events of its kind have."""
    with transaction() as session:
        event = Event(
            slug=_free_slug(rules.slug_of(title), first_on.year),
            code=_free_code(rules.initials_of(title), first_on.year),
            series_year=first_on.year,
            title=title,
            kind=EventKind(template.kind),
            city=city,
            platform=platform,
            first_on=first_on,
            last_on=first_on,
            sign_up=SignUp.HERE,
            visibility=Visibility(template.visibility),
        )
        event.sessions = [draft.session(first_on, title=title) for draft in template.sessions]
        event.ticket_types = [
            _ticket_type(draft, position, event.sessions)
            for position, draft in enumerate(template.ticket_types, start=1)
        ]
        event.questions = [draft.question(position) for position, draft in enumerate(template.questions, start=1)]
        days = [each.day for each in event.sessions]
        event.first_on, event.last_on = min(days), max(days)
        session.add(event)
        session.flush()
        join_team(by, event_id=event.id, by=by)
        audit.record(event, "created", by=by, event_id=event.id, after=facts.of_basics(event))
    return event


def copy_event(event: Event, *, weeks: int, title: str, by: str) -> Event:
    """Make a draft of the same event so many weeks later: everything but its people, its orders and its links.

    Addresses of online meetings are not copied, since every meeting has its own.
    """
    with transaction() as session:
        moved = timedelta(weeks=weeks)
        first_on = event.first_on + moved if event.first_on else None
        year = first_on.year if first_on else event.series_year
        copy = Event(
            slug=_free_slug(_slug_again(event) if title == event.title else rules.slug_of(title), year),
            code=_free_code(event.code, year),
            series_year=year,
            first_on=first_on,
            last_on=event.last_on + moved if event.last_on else None,
            sign_up_opens_at=_later(event.sign_up_opens_at, moved),
            sign_up_closes_at=_later(event.sign_up_closes_at, moved),
            changes_close_at=_later(event.changes_close_at, moved),
            **{**_values(event, _COPIED), "title": title},
        )
        sessions = {each.id: _moved_session(each, moved) for each in event.sessions}
        copy.sessions = list(sessions.values())
        copy.ticket_types = [
            TicketType(**_values(each, _COPIED_OF_TICKET_TYPE), sessions=[sessions[part.id] for part in each.sessions])
            for each in event.ticket_types
        ]
        copy.questions = [_copied_question(each) for each in event.questions]
        session.add(copy)
        session.flush()
        _copy_picture(event, copy, by=by)
        after = {**facts.of_basics(copy), "copied_from": event.slug}
        join_team(by, event_id=copy.id, by=by)
        audit.record(copy, "created", by=by, event_id=copy.id, after=after)
    return copy


def _ticket_type(draft: TicketTypeDraft, position: int, sessions: list[Session]) -> TicketType:
    return TicketType(
        code=draft.code,
        title=draft.title,
        position=position,
        audience=Audience(draft.audience),
        sessions=[each for each in sessions if draft.sessions is None or each.code in draft.sessions],
    )


def _slug_again(event: Event) -> str:
    """Return an event's address without the year it may end with."""
    return event.slug.removesuffix(f"-{event.series_year}")


def _free_slug(slug: str, year: int) -> str:
    dated = slug if slug.endswith(str(year)) else f"{slug}-{year}"
    numbered = (f"{dated}-{number}" for number in range(2, 1000))
    candidates: Iterable[str] = (slug, dated, *numbered)
    return next(each for each in candidates if each not in _RESERVED and is_slug_free(each))


def _free_code(wanted: str, year: int) -> str:
    taken = set(db.session.scalars(select(Event.code).where(Event.series_year == year)))
    return rules.unused(wanted, taken, joint="") if len(wanted) < 7 else rules.unused(wanted[:6], taken, joint="")


def _later(instant: datetime | None, by: timedelta) -> datetime | None:
    """Return the same wall time so much later, whatever summer time does between."""
    return clock.to_utc(clock.to_local(instant).replace(tzinfo=None) + by) if instant else None


def _moved_session(session: Session, by: timedelta) -> Session:
    return Session(
        **_values(session, _COPIED_OF_SESSION), starts_at=session.starts_at + by, ends_at=session.ends_at + by
    )


def _copied_question(question: Question) -> Question:
    choices = [QuestionChoice(**_values(each, _COPIED_OF_CHOICE)) for each in question.choices]
    return Question(**_values(question, _COPIED_OF_QUESTION), choices=choices)


def _copy_picture(event: Event, copy: Event, *, by: str) -> None:
    picture = queries.find_picture(event)
    if picture is not None:
        values = _values(picture, _COPIED_OF_PICTURE)
        db.session.add(Picture(event_id=copy.id, uploaded_at=clock.now(), uploaded_by=by, **values))


def _values(row: object, names: Iterable[str]) -> dict[str, object]:
    return {name: getattr(row, name) for name in names}
