"""The years there are records of."""

from datetime import date

from sqlalchemy import ColumnElement, extract

from registration.core.db import db
from registration.events.models import Session
from registration.records import rules
from registration.records.queries.attended import is_of_library, ledger_of
from registration.signups.models import Registration


def list_years(today: date, *conditions: ColumnElement[bool]) -> list[int]:
    """Return this year and those in which people attended something, the latest first."""
    year = extract("year", Session.starts_at)
    found = db.session.scalars(ledger_of(*conditions).with_only_columns(year).order_by(None).distinct())
    return sorted({today.year, *(int(each) for each in found)}, reverse=True)


def years_of_person(registration: Registration, today: date) -> list[int]:
    """Return the years a person has a record of, those they could declare something in among them."""
    kept = range(rules.first_day_kept(today).year, today.year + 1)
    return sorted({*kept, *list_years(today, Registration.person_key == registration.person_key)}, reverse=True)


def years_of_library(library_id: int, today: date) -> list[int]:
    """Return the years a library has a record of."""
    return list_years(today, is_of_library(library_id))
