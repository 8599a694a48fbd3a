"""Reads for the association's year: events held, people who came, hours they were credited, libraries they are from.

Somebody came who is present in at least one part by the attendance ledger. The database adds everything up, in the
same number of statements for any crowd. An event belongs to the year it begins in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    and_,
    case,
    cast,
    distinct,
    exists,
    extract,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from registration.core import clock, czech
from registration.core.db import db
from registration.core.i18n import gettext
from registration.core.sheets import Cell
from registration.events.models import Event, Session
from registration.insight import rules
from registration.insight.queries import ledger
from registration.organisations.models import Membership, Organisation
from registration.organisations.rules import label
from registration.signups.models import Order, Registration, RegistrationStatus

FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True)
class Sums:
    """What an event or a whole year added up to."""

    people: int = 0  # who came, each once
    members: int = 0  # of them from libraries that were members that day
    minutes: int = 0  # credited
    libraries: int = 0
    member_libraries: int = 0

    @property
    def members_percent(self) -> int | None:
        """Return the share of people from member libraries."""
        return rules.share(self.members, self.people)

    @property
    def member_libraries_percent(self) -> int | None:
        """Return the share of member libraries."""
        return rules.share(self.member_libraries, self.libraries)


@dataclass(frozen=True)
class EventOfYear:
    """One event, who had a place in it and who came."""

    event: Event
    confirmed: int
    sums: Sums

    @property
    def is_over(self) -> bool:
        """Say whether it was held."""
        return self.event.last_on is not None and self.event.last_on < clock.local_now().date()


@dataclass(frozen=True)
class LibraryOfYear:
    """One library and its people's year."""

    name: str
    is_member: bool
    people: int
    attendances: int  # a person at an event
    minutes: int


@dataclass(frozen=True)
class Year:
    """The association's year."""

    number: int
    events: Sequence[EventOfYear]
    libraries: Sequence[LibraryOfYear]
    total: Sums
    years: Sequence[int]  # in which there are events, the latest first

    @property
    def held(self) -> int:
        """Return how many events were held."""
        return sum(each.is_over for each in self.events)

    @property
    def confirmed(self) -> int:
        """Return how many places were confirmed."""
        return sum(each.confirmed for each in self.events)

    @property
    def attendances(self) -> int:
        """Return how often somebody came to an event."""
        return sum(each.sums.people for each in self.events)


def read_year(number: int) -> Year:
    """Return everything about a year."""
    came = _came(number)
    sums = {row.event_id: _sums(row) for row in db.session.execute(_added_up(came, came.c.event_id))}
    places = _confirmed(number)
    found = db.session.scalars(select(Event).where(_is_in(number)).order_by(Event.first_on, Event.id)).all()
    total = _sums(db.session.execute(_added_up(came)).one())
    return Year(
        number=number,
        events=[EventOfYear(event, places.get(event.id, 0), sums.get(event.id, Sums())) for event in found],
        libraries=_libraries(came),
        total=total,
        years=_years(),
    )


def table_of_events(year: Year) -> tuple[list[str], list[list[Cell]]]:
    """Return the year's events as the rows of a file, with their heads."""
    header = [
        gettext("Event"), gettext("Shelf mark"), gettext("First day"), gettext("Last day"), gettext("Confirmed places"),
        gettext("People who came"), gettext("Of them members"), gettext("Hours"), gettext("Libraries"),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            each.event.title, each.event.shelf_mark, each.event.first_on, each.event.last_on, each.confirmed,
            each.sums.people, each.sums.members, _hours(each.sums.minutes), each.sums.libraries,
        ]
        for each in year.events
    ]  # fmt: skip
    return header, rows


def table_of_libraries(year: Year) -> tuple[list[str], list[list[Cell]]]:
    """Return the year's libraries as the rows of a file, with their heads."""
    header = [
        gettext("Library"),
        gettext("Member"),
        gettext("Different people"),
        gettext("Attendances"),
        gettext("Hours"),
    ]
    rows: list[list[Cell]] = [
        [each.name, gettext("yes") if each.is_member else gettext("no"), each.people, each.attendances,
         _hours(each.minutes)]
        for each in year.libraries
    ]  # fmt: skip
    return header, rows


def _hours(minutes: int) -> float:
    hours = round(minutes / 60, 2)
    return int(hours) if hours.is_integer() else hours


def _is_in(number: int) -> ColumnElement[bool]:
    return and_(
        Event.first_on.between(date(number, 1, 1), date(number, 12, 31)),
        Event.published_at.is_not(None),
        Event.cancelled_at.is_(None),
    )


def _came(number: int) -> CTE:
    """Return one row for each person at each event: who, from where, how many minutes."""
    here = ledger.present().subquery()
    is_of_library = and_(Order.organisation_id.is_not(None), Registration.organisation_name == Order.organisation_name)
    library_id = case((is_of_library, Order.organisation_id), else_=None)
    return (
        select(
            Registration.id,
            Registration.event_id,
            func.coalesce(Registration.person_key, _keyed("r", Registration.id)).label("person"),
            library_id.label("library_id"),
            case(
                (is_of_library, _keyed("o", Order.organisation_id)),
                (Registration.organisation_name != "", literal("n") + Registration.organisation_name),
                else_=None,
            ).label("library"),
            Registration.organisation_name.label("library_name"),
            case((_was_member(), 1), else_=0).label("is_member"),
            func.sum(Session.credited_minutes).label("minutes"),
        )
        .join(here, here.c.registration_id == Registration.id)
        .join(Session, Session.id == here.c.session_id)
        .join(Order, Order.id == Registration.order_id)
        .join(Event, Event.id == Registration.event_id)
        .where(_is_in(number), Registration.status == RegistrationStatus.CONFIRMED)
        .group_by(Registration.id, Order.id, Event.id)
        .cte("came")
    )


def _keyed(letter: str, id_: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    return literal(letter) + cast(id_, String)


def _was_member() -> ColumnElement[bool]:
    """Say whether the person's library was a member when the event began."""
    return exists().where(
        Membership.organisation_id == Order.organisation_id,
        Registration.organisation_name == Order.organisation_name,
        or_(Membership.since_on.is_(None), Membership.since_on <= Event.first_on),
        or_(Membership.until_on.is_(None), Membership.until_on >= Event.first_on),
    )


def _added_up(came: CTE, *by: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    of_member = came.c.is_member == 1
    return select(
        *by,
        func.count(distinct(came.c.person)).label("people"),
        func.count(distinct(case((of_member, came.c.person)))).label("members"),
        cast(func.coalesce(func.sum(came.c.minutes), 0), Integer).label("minutes"),
        func.count(distinct(came.c.library)).label("libraries"),
        func.count(distinct(case((of_member, came.c.library)))).label("member_libraries"),
    ).group_by(*by)


def _sums(row: Row[Any]) -> Sums:
    return Sums(row.people, row.members, row.minutes, row.libraries, row.member_libraries)


def _confirmed(number: int) -> dict[int, int]:
    """Return how many places are confirmed, by event id."""
    statement = (
        select(Registration.event_id, func.count().label("places"))
        .join(Registration.event)
        .where(_is_in(number), Registration.status == RegistrationStatus.CONFIRMED)
        .group_by(Registration.event_id)
    )
    return {row.event_id: row.places for row in db.session.execute(statement)}


def _libraries(came: CTE) -> list[LibraryOfYear]:
    """Return the libraries by name, the Czech way; what nobody named, or is erased, is none."""
    statement = (
        select(
            came.c.library,
            func.max(came.c.library_name).label("name"),
            func.max(Organisation.name).label("listed_name"),
            func.max(Organisation.town).label("town"),
            func.max(came.c.is_member).label("is_member"),
            func.count(distinct(came.c.person)).label("people"),
            func.count().label("attendances"),
            cast(func.sum(came.c.minutes), Integer).label("minutes"),
        )
        .outerjoin(Organisation, Organisation.id == came.c.library_id)
        .where(came.c.library.is_not(None))
        .group_by(came.c.library)
    )
    libraries = [
        LibraryOfYear(
            name=label(row.listed_name, row.town) if row.listed_name else row.name,
            is_member=bool(row.is_member),
            people=row.people,
            attendances=row.attendances,
            minutes=row.minutes,
        )
        for row in db.session.execute(statement)
    ]
    return sorted(libraries, key=lambda library: czech.sort_key(library.name))


def _years() -> list[int]:
    statement = select(extract("year", Event.first_on).label("year")).where(
        Event.first_on.is_not(None), Event.published_at.is_not(None)
    )
    return sorted({int(year) for year in db.session.scalars(statement.distinct())}, reverse=True)
