"""Some of the registrations of an event: what a list is narrowed to, in an address and in the database."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, column, exists, func, not_, or_, select, table
from sqlalchemy.orm import aliased

from registration.core import czech
from registration.core.db import db
from registration.events.models import Event, ticket_type_session
from registration.organisations.models import Organisation
from registration.signups.annotations import LONGEST_TAG, Tag
from registration.signups.models import Answer, Order, Registration, RegistrationStatus

_LONGEST_SEARCH = 100
_MOST_WORDS = 8
_SHELF_MARK = re.compile(r"(?:[0-9]{4}/\w+/)?p-?([0-9]{1,9})(?:/([0-9]{1,3}))?", re.IGNORECASE)
_ANY, _NONE = "*", "!"  # an answer, whatever it is; no answer
_NAMES = ("q", "stav", "varianta", "cast", "odpoved", "clen", "stitek", "ucast", "razeni")
_YES_NO = {"ano": True, "ne": False}
# The ledger belongs to a room above this one, so only its columns are named.
_ledger = table("attendance_entry", *map(column, ("registration_id", "session_id", "ordinal", "kind")))


class Sorting(StrEnum):
    """What a list is sorted by; the values stand in addresses."""

    NAME = "jmeno"
    NEWEST = "nejnovejsi"
    OLDEST = "nejstarsi"
    TICKET_TYPE = "varianta"
    STATUS = "stav"


@dataclass(frozen=True)
class AnswerFilter:
    """People who have answered a question so; `value` is a choice's code, `yes`, `no`, `*` anything or `!` nothing."""

    question_id: int
    value: str

    def __str__(self) -> str:
        return f"{self.question_id}:{self.value}"


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What a list of registrations is narrowed to; empty it leaves everybody in."""

    search: str = ""  # words of a name, an address or a library, or a shelf mark; without diacritics
    statuses: frozenset[RegistrationStatus] = frozenset()
    ticket_type_ids: frozenset[int] = frozenset()
    session_id: int | None = None  # whose ticket type admits to it
    answer: AnswerFilter | None = None
    is_member: bool | None = None
    tag: str = ""
    attended: bool | None = None  # the session, or any of them where none is chosen
    sorting: Sorting = Sorting.NAME

    @classmethod
    def from_args(cls, args: Mapping[str, Any]) -> "Filter":
        """Read it from the query of an address, or from what `to_args` has given; what cannot be read is left out."""
        words = {name: _words(args, name) for name in _NAMES}
        first = {name: next(iter(values), "") for name, values in words.items()}
        return cls(
            search=" ".join(first["q"].split())[:_LONGEST_SEARCH],
            statuses=frozenset(RegistrationStatus(each) for each in words["stav"] if each in _STATUSES),
            ticket_type_ids=frozenset(_numbers(words["varianta"])),
            session_id=next(iter(_numbers(words["cast"])), None),
            answer=_read_answer(first["odpoved"]),
            is_member=_YES_NO.get(first["clen"]),
            tag=first["stitek"].strip()[:LONGEST_TAG],
            attended=_YES_NO.get(first["ucast"]),
            sorting=next((each for each in Sorting if each == first["razeni"]), Sorting.NAME),
        )

    def to_args(self) -> dict[str, Any]:
        """Return the query of an address it can be read from again, without what narrows nothing."""
        args = {
            "q": self.search,
            "stav": sorted(status.value for status in self.statuses),
            "varianta": sorted(self.ticket_type_ids),
            "cast": self.session_id,
            "odpoved": str(self.answer) if self.answer else "",
            "clen": _yes_no(self.is_member),
            "stitek": self.tag,
            "ucast": _yes_no(self.attended),
            "razeni": "" if self.sorting is Sorting.NAME else self.sorting.value,
        }
        return {name: value for name, value in args.items() if value}

    @property
    def is_empty(self) -> bool:
        """Say whether it leaves everybody in."""
        return replace(self, sorting=Sorting.NAME) == Filter()

    @property
    def count(self) -> int:
        """Return how many things the list is narrowed by."""
        return sum(bool(getattr(self, each.name) not in (None, each.default)) for each in fields(self)) - (
            self.sorting is not Sorting.NAME
        )


def select_registrations(event: Event, chosen: Filter) -> Select[Registration]:
    """Return the statement that finds these registrations of an event in their order; what is loaded is up to you."""
    order_by = _ORDER_BY[chosen.sorting]
    return matching(select(Registration), event, chosen).order_by(*order_by, Registration.id)


def matching(statement: Select[Any], event: Event, chosen: Filter) -> Select[Any]:
    """Narrow any statement about registrations down to these; it joins their orders."""
    return statement.join(Order, Order.id == Registration.order_id).where(
        Registration.event_id == event.id, *_conditions(event, chosen)
    )


def count_matching(event: Event, chosen: Filter) -> int:
    """Count these registrations."""
    statement = matching(select(func.count()).select_from(Registration), event, chosen)
    return db.session.scalar(statement) or 0


def list_ids(event: Event, chosen: Filter) -> list[int]:
    """Return the ids of these registrations in their order."""
    return list(db.session.scalars(select_registrations(event, chosen).with_only_columns(Registration.id)))


_STATUSES = frozenset(each.value for each in RegistrationStatus)
_STATUS_ORDER = {
    RegistrationStatus.APPLIED: 1,
    RegistrationStatus.CONFIRMED: 2,
    RegistrationStatus.OFFERED: 3,
    RegistrationStatus.WAITING: 4,
    RegistrationStatus.CANCELLED: 5,
}
_ORDER_BY: dict[Sorting, list[Any]] = {
    Sorting.NAME: [Registration.sort_key],
    Sorting.NEWEST: [Order.created_at.desc(), Order.id.desc(), Registration.position],
    Sorting.OLDEST: [Order.created_at, Order.id, Registration.position],
    Sorting.TICKET_TYPE: [Registration.ticket_type_id, Registration.sort_key],
    Sorting.STATUS: [case(_STATUS_ORDER, value=Registration.status), Registration.sort_key],
}


def _conditions(event: Event, chosen: Filter) -> Iterable[ColumnElement[bool]]:
    for word in chosen.search.split()[:_MOST_WORDS]:
        yield _has_word(word)
    if chosen.statuses:
        yield Registration.status.in_(chosen.statuses)
    if chosen.ticket_type_ids:
        yield Registration.ticket_type_id.in_(chosen.ticket_type_ids)
    if chosen.session_id is not None:
        admitting = select(ticket_type_session.c.ticket_type_id).where(
            ticket_type_session.c.session_id == chosen.session_id
        )
        yield Registration.ticket_type_id.in_(admitting)
    if chosen.answer is not None:
        yield _has_answered(chosen.answer)
    if chosen.is_member is not None:
        is_member = exists().where(Organisation.id == Order.organisation_id, Organisation.is_member)
        yield is_member if chosen.is_member else not_(is_member)
    if chosen.tag:
        yield exists().where(Tag.registration_id == Registration.id, Tag.word == chosen.tag)
    if chosen.attended is not None:
        attended = _has_attended(chosen.session_id)
        yield attended if chosen.attended else not_(attended)


def _has_word(word: str) -> ColumnElement[bool]:
    mark = _SHELF_MARK.fullmatch(word)
    if mark:
        position = [Registration.position == int(mark[2])] if mark[2] else []
        return and_(Order.number == int(mark[1]), *position)
    folded = czech.fold(word)
    return or_(
        Registration.search_text.contains(folded, autoescape=True),
        func.lower(Order.orderer_email).contains(folded, autoescape=True),
    )


def _has_answered(wanted: AnswerFilter) -> ColumnElement[bool]:
    """Look at the answers of the person, and at those the orderer gave for all."""
    is_theirs = or_(
        Answer.registration_id == Registration.id,
        and_(Answer.registration_id.is_(None), Answer.order_id == Registration.order_id),
    )
    answered = exists().where(Answer.question_id == wanted.question_id, is_theirs)
    if wanted.value == _NONE:
        return not_(answered)
    if wanted.value == _ANY:
        return answered
    stored = cast(Answer.value, Text)  # `"soup"`, `["soup", "cake"]`, `true`
    words = {"yes": stored == "true", "no": stored == "false"}
    is_code = stored.contains(f'"{wanted.value}"', autoescape=True)
    return answered.where(or_(is_code, words.get(wanted.value, is_code)))


def _has_attended(session_id: int | None) -> ColumnElement[bool]:
    """Say whether the last entry of somebody in the ledger, of a session or of any, says that they were there."""
    later = aliased(_ledger)
    is_last = not_(
        exists().where(
            later.c.registration_id == _ledger.c.registration_id,
            later.c.session_id == _ledger.c.session_id,
            later.c.ordinal > _ledger.c.ordinal,
        )
    )
    of_session = [_ledger.c.session_id == session_id] if session_id is not None else []
    return exists().where(_ledger.c.registration_id == Registration.id, _ledger.c.kind != "undo", is_last, *of_session)


def _read_answer(words: str) -> AnswerFilter | None:
    question, colon, value = words.partition(":")
    numbers = _numbers([question])
    return AnswerFilter(numbers[0], value) if colon and value and numbers else None


def _words(args: Mapping[str, Any], name: str) -> list[str]:
    """Return all values of a name, be they of an address or of a dictionary."""
    values = args.getlist(name) if hasattr(args, "getlist") else args.get(name, [])
    return [str(each) for each in (values if isinstance(values, list) else [values])]


def _numbers(words: Iterable[str]) -> list[int]:
    """Return what are row ids among these words."""
    return [int(word) for word in words if re.fullmatch(r"[0-9]{1,18}", word, re.ASCII)]


def _yes_no(value: bool | None) -> str:
    return "" if value is None else "ano" if value else "ne"
