"""Reads about organisations that may have been entered twice."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Column, func, select

from registration.core.db import Base, db
from registration.organisations import rules
from registration.organisations.models import Organisation
from registration.organisations.rules import Likeness, Listed

_MOST_PAIRS = 200


class Pair(NamedTuple):
    """Two organisations that may be one."""

    one: Organisation
    other: Organisation
    likeness: Likeness


def list_duplicates() -> list[Pair]:
    """Return pairs of organisations that may be one, the surest first; two queries, and no more than can be read."""
    columns = (
        Organisation.id,
        Organisation.folded_name,
        Organisation.folded_town,
        Organisation.ico,
        Organisation.sigla,
    )
    listed = db.session.execute(select(*columns).where(Organisation.merged_into_id.is_(None)))
    found = rules.likely_duplicates(Listed(*row) for row in listed)
    order = list(Likeness)
    pairs = sorted(found.items(), key=lambda item: (order.index(item[1]), item[0]))[:_MOST_PAIRS]
    ids = {id_ for pair, _ in pairs for id_ in pair}
    by_id = {each.id: each for each in db.session.scalars(select(Organisation).where(Organisation.id.in_(ids)))}
    return [Pair(by_id[one], by_id[other], likeness) for (one, other), likeness in pairs]


def count_holders(organisation: Organisation) -> dict[str, int]:
    """Return how many rows of other tables refer to an organisation, by table, where there are any."""
    counts = {}
    for column in holding_columns():
        counted = select(func.count()).select_from(column.table).where(column == organisation.id)
        if count := db.session.scalar(counted):
            counts[column.table.name] = count
    return counts


def holding_columns() -> Iterator[Column[int]]:
    """Give every column of every room that refers to an organisation."""
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == Organisation.__tablename__:
                yield key.parent
