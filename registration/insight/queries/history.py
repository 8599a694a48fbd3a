"""Reads of the audit log: what was done to what by whom, with the names of things and people as they are now."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import joinedload

from registration.accounts.models import User
from registration.certificates.models import Certificate
from registration.core import clock
from registration.core.audit import ERASED, AuditEntry
from registration.core.db import Base, db
from registration.core.i18n import gettext
from registration.events.models import Event
from registration.insight import wording
from registration.signups.models import Order, Registration

# What names a row of a table; the first of these columns that says anything.
_NAMING = ("title", "label", "subject", "name", "number", "address", "email")


@dataclass(frozen=True)
class Wanted:
    """Which entries somebody wants to see; what is empty does not matter."""

    event_id: int | None = None
    kind: str = ""
    subject_id: int | None = None
    by: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Change:
    """A value before and after, as people read it."""

    field: str
    before: str
    after: str

    @property
    def has_before(self) -> bool:
        """Say whether there was a value."""
        return self.before != wording.NOTHING

    @property
    def has_after(self) -> bool:
        """Say whether there is a value."""
        return self.after != wording.NOTHING


@dataclass(frozen=True)
class Line:
    """One entry in words."""

    at: datetime
    who: str
    kind: str
    subject: str
    subject_kind: str
    subject_id: int
    action: str
    changes: Sequence[Change]
    event: Event | None
    is_erased: bool = False


@dataclass(frozen=True)
class Page:
    """Some entries, the newest first, and whether there are older ones."""

    lines: Sequence[Line]
    has_more: bool


def list_entries(wanted: Wanted, *, page: int, page_size: int) -> Page:
    """Return one page of the log."""
    newest_first = _select(wanted).order_by(AuditEntry.id.desc())
    entries = db.session.scalars(newest_first.limit(page_size + 1).offset((page - 1) * page_size)).all()
    return Page(_in_words(entries[:page_size]), has_more=len(entries) > page_size)


def list_of_registration(registration: Registration) -> list[Line]:
    """Return all that happened to a person's place, their order and their certificates, the newest first.

    Signing up writes nothing into the log, so that it stays quick: the order itself tells of it.
    """
    certificates = select(Certificate.id).where(Certificate.registration_id == registration.id)
    theirs = or_(
        _is_about("registration", [registration.id]),
        _is_about("order", [registration.order_id]),
        and_(AuditEntry.subject_kind == "certificate", AuditEntry.subject_id.in_(certificates)),
    )
    entries = db.session.scalars(select(AuditEntry).where(theirs).order_by(AuditEntry.id.desc())).all()
    lines = _in_words(entries)
    was_added_by_hand = any(entry.action == "added_by_hand" for entry in entries)
    return lines if was_added_by_hand else [*lines, _sign_up(registration)]


def list_actors(event_id: int | None) -> list[tuple[str, str]]:
    """Return who did something, as (what the log has, what to call them)."""
    statement = select(AuditEntry.by).distinct()
    if event_id is not None:
        statement = statement.where(AuditEntry.event_id == event_id)
    written = db.session.scalars(statement).all()
    names = _names_of_staff(written)
    return sorted(((by, _who(by, names)) for by in written if by), key=lambda each: each[1].casefold())


def list_kinds(event_id: int | None) -> list[tuple[str, str]]:
    """Return what sorts of things the log tells of, as (table, word)."""
    statement = select(AuditEntry.subject_kind).distinct()
    if event_id is not None:
        statement = statement.where(AuditEntry.event_id == event_id)
    return sorted(((kind, wording.kind_word(kind)) for kind in db.session.scalars(statement)), key=lambda each: each[1])


def _select(wanted: Wanted) -> Select[AuditEntry]:
    statement = select(AuditEntry)
    if wanted.event_id is not None:
        statement = statement.where(AuditEntry.event_id == wanted.event_id)
    if wanted.kind:
        statement = statement.where(AuditEntry.subject_kind == wanted.kind)
    if wanted.subject_id is not None:
        statement = statement.where(AuditEntry.subject_id == wanted.subject_id)
    if wanted.by:
        statement = statement.where(AuditEntry.by == wanted.by)
    if wanted.day is not None:
        begin, end = (clock.to_utc(datetime.combine(day, time())) for day in (wanted.day, _next(wanted.day)))
        statement = statement.where(AuditEntry.at >= begin, AuditEntry.at < end)
    return statement


def _next(day: date) -> date:
    return day + timedelta(days=1)


def _is_about(kind: str, ids: Collection[int]) -> ColumnElement[bool]:
    return and_(AuditEntry.subject_kind == kind, AuditEntry.subject_id.in_(ids))


def _in_words(entries: Sequence[AuditEntry]) -> list[Line]:
    """Return entries in words; one statement for the staff, one for the events, one for each kind of thing."""
    staff = _names_of_staff(entry.by for entry in entries)
    event_ids = {entry.event_id for entry in entries if entry.event_id is not None}
    events = {event.id: event for event in db.session.scalars(select(Event).where(Event.id.in_(event_ids)))}
    kinds = {entry.subject_kind for entry in entries}
    names = {kind: _names(kind, {each.subject_id for each in entries if each.subject_kind == kind}) for kind in kinds}
    return [
        Line(
            at=entry.at,
            who=_who(entry.by, staff),
            kind=wording.kind_word(entry.subject_kind),
            subject=names[entry.subject_kind].get(entry.subject_id) or _last_name(entry),
            subject_kind=entry.subject_kind,
            subject_id=entry.subject_id,
            action=wording.action_word(entry.action, kind=entry.subject_kind),
            changes=_changes(entry),
            event=events.get(entry.event_id or 0),
            is_erased=entry.erased_at is not None,
        )
        for entry in entries
    ]


def _sign_up(registration: Registration) -> Line:
    order = registration.order
    return Line(
        at=order.created_at,
        who=order.orderer_email or wording.show_value("", ERASED),
        kind=wording.kind_word("order"),
        subject=order.shelf_mark,
        subject_kind="order",
        subject_id=order.id,
        action=wording.action_word("signed_up"),
        changes=[],
        event=registration.event,
    )


def _who(by: str, staff: Mapping[str, str]) -> str:
    return staff.get(by) or wording.actor_word(by)


def _names_of_staff(emails: Iterable[str]) -> dict[str, str]:
    addresses = {email for email in emails if "@" in email}
    people = db.session.execute(select(User.email, User.name).where(User.email.in_(addresses)))
    return {email: name or email for email, name in people}


def _names(kind: str, ids: Collection[int]) -> dict[int, str]:
    """Return what things of a table are called, by id."""
    if kind == "registration":
        people = db.session.scalars(select(Registration).where(Registration.id.in_(ids)))
        return {person.id: person.list_name for person in people}
    if kind == "order":
        orders = select(Order).where(Order.id.in_(ids)).options(joinedload(Order.event))
        return {order.id: order.shelf_mark for order in db.session.scalars(orders)}
    table = Base.metadata.tables.get(kind)
    if table is None:
        return {}
    naming = [table.c[name] for name in _NAMING if name in table.c]
    rows = db.session.execute(select(table.c.id, *naming).where(table.c.id.in_(ids))).all()
    return {id_: next((str(name) for name in names if name), "") for id_, *names in rows}


def _last_name(entry: AuditEntry) -> str:
    """Return what a thing was called that is no more, as far as the entry says so; else its number."""
    values: dict[str, Any] = {**entry.after, **entry.before}
    name = next((values[each] for each in _NAMING if values.get(each)), None)
    return wording.show_value("", name) if name else gettext("No. %(number)d", number=entry.subject_id)


def _changes(entry: AuditEntry) -> list[Change]:
    """Return what differs to people: nothing and an empty text are the same to them."""
    changes = [
        Change(
            field=wording.field_word(name),
            before=wording.show_value(name, entry.before.get(name)),
            after=wording.show_value(name, entry.after.get(name)),
        )
        for name in {**entry.before, **entry.after}
    ]
    return [change for change in changes if change.has_before or change.has_after]
