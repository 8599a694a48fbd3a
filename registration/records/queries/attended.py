"""What the ledger says of training: attended sessions with credited minutes, and the certificates of them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, select

from registration.certificates.models import Certificate
from registration.core.db import db
from registration.events.models import Event, Session
from registration.insight.queries import ledger
from registration.signups.models import Order, Registration, RegistrationStatus

AttendedRow = Row[Any]


def attended_in(year: int, *conditions: ColumnElement[bool]) -> Sequence[AttendedRow]:
    """Return the attended sessions of a year, the earliest first."""
    return db.session.execute(ledger_of(_starts_in(year), *conditions)).all()


def attended_keys(year: int, *conditions: ColumnElement[bool]) -> Select[str | None]:
    """Return the keys of the people who attended something in a year."""
    statement = ledger_of(_starts_in(year), *conditions).order_by(None)
    return statement.with_only_columns(Registration.person_key).distinct()


def numbers_of(year: int, *conditions: ColumnElement[bool]) -> dict[int | None, list[str]]:
    """Return the numbers of certificates that hold, by registration."""
    attended = ledger_of(_starts_in(year), *conditions).order_by(None).with_only_columns(Registration.id)
    statement = (
        select(Certificate.registration_id, Certificate.number)
        .where(
            Certificate.registration_id.in_(attended),
            Certificate.erased_at.is_(None),
            ~Certificate.revocation.has(),
        )
        .order_by(Certificate.number)
    )
    numbers: dict[int | None, list[str]] = defaultdict(list)
    for registration_id, number in db.session.execute(statement):
        numbers[registration_id].append(number)
    return numbers


def ledger_of(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the attended sessions that count as training, the earliest first."""
    here = ledger.present().subquery()
    own_library = case((_is_of_orders_library(), Order.organisation_id), else_=None)
    return (
        select(
            Registration.id.label("registration_id"),
            Registration.person_key,
            Registration.title_before,
            Registration.given_name,
            Registration.family_name,
            Registration.title_after,
            Registration.sort_key,
            own_library.label("library_id"),
            Event.title,
            Event.city,
            Session.starts_at,
            Session.format,
            Session.credited_minutes,
        )
        .select_from(Registration)
        .join(here, here.c.registration_id == Registration.id)
        .join(Session, Session.id == here.c.session_id)
        .join(Order, Order.id == Registration.order_id)
        .join(Event, Event.id == Registration.event_id)
        .where(
            Session.credited_minutes > 0,
            Registration.status == RegistrationStatus.CONFIRMED,
            Registration.person_key.is_not(None),  # whoever is erased has none
            *conditions,
        )
        .order_by(Session.starts_at, Registration.id, Session.id)
    )


def is_of_library(library_id: int) -> ColumnElement[bool]:
    """Say whether a person is of this library."""
    return and_(Order.organisation_id == library_id, _is_of_orders_library())


def in_year(day: Any, year: int) -> ColumnElement[bool]:
    """Say whether a day is in a year."""
    is_in: ColumnElement[bool] = day.between(date(year, 1, 1), date(year, 12, 31))
    return is_in


def _is_of_orders_library() -> ColumnElement[bool]:
    """Say whether a person is of the library that sent the order; one may bring somebody from elsewhere."""
    return and_(Order.organisation_id.is_not(None), Registration.organisation_name == Order.organisation_name)


def _starts_in(year: int) -> ColumnElement[bool]:
    return and_(Session.starts_at >= datetime(year, 1, 1), Session.starts_at < datetime(year + 1, 1, 1))  # noqa: DTZ001 - wall time
