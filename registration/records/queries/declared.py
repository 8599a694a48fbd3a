"""What people declare themselves."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select

from registration.core.db import db
from registration.records.errors import LineNotFound
from registration.records.models import DeclaredTraining
from registration.records.queries.attended import in_year
from registration.signups.models import Registration


def list_declared(registration: Registration, year: int | None = None) -> Sequence[DeclaredTraining]:
    """Return what a person declares, in a year or ever, by its day."""
    wanted = select(DeclaredTraining).where(DeclaredTraining.person_key == registration.person_key)
    if year is not None:
        wanted = wanted.where(in_year(DeclaredTraining.held_on, year))
    return db.session.scalars(wanted.order_by(DeclaredTraining.held_on, DeclaredTraining.id)).all()


def get_declared(registration: Registration, declared_id: int) -> DeclaredTraining:
    """Return what a person declared. Raises LineNotFound."""
    declared = db.session.get(DeclaredTraining, declared_id)
    if declared is None or declared.person_key != registration.person_key:
        raise LineNotFound
    return declared


def declared_by_person(*conditions: ColumnElement[bool]) -> dict[str, list[DeclaredTraining]]:
    """Return what people declare by their keys, by its day."""
    statement = select(DeclaredTraining).where(*conditions)
    by_person: dict[str, list[DeclaredTraining]] = defaultdict(list)
    for each in db.session.scalars(statement.order_by(DeclaredTraining.held_on, DeclaredTraining.id)):
        by_person[each.person_key].append(each)
    return by_person


def has_other_registrations(registration: Registration) -> bool:
    """Say whether the same person has signed up for something else too."""
    is_same = Registration.person_key == registration.person_key
    others = select(Registration.id).where(is_same, Registration.id != registration.id)
    return db.session.scalar(others.limit(1)) is not None


def is_orphan() -> ColumnElement[bool]:
    """Return the condition that nobody is left whom a declared training could belong to."""
    return ~exists().where(Registration.person_key == DeclaredTraining.person_key)
