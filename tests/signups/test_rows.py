import re
from typing import Any

from flask import Flask

from registration.core.db import db, transaction
from registration.signups import rows
from tests.queries import count_queries


def plan_of(statement: str, values: Any) -> str:
    """Return how the database would run a statement of its driver for any values, not just for these."""
    if db.engine.dialect.name == "sqlite":
        return str(db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple(values)).all())
    numbers = {name: f"${number}" for number, name in enumerate(values, start=1)}
    numbered = re.sub(r"%\((\w+)\)s(::\w+)?", lambda found: numbers[found[1]], statement)
    given = ", ".join(f"'{value}'" for value in values.values())
    db.session.execute(db.text("SET LOCAL plan_cache_mode = force_generic_plan"))
    db.session.execute(db.text("SET LOCAL enable_seqscan = off"))  # for the few rows of a test it would be right
    connection: Any = db.session.connection().connection.dbapi_connection
    connection.execute(f"PREPARE asked AS {numbered}")
    plan = str(connection.execute(f"EXPLAIN EXECUTE asked({given})").fetchall())
    connection.execute("DEALLOCATE asked")
    return plan


def test_known_person_is_found_by_the_index_of_people(app: Flask) -> None:
    with transaction():
        with count_queries() as counter:
            rows.known_people(1, ["x"])
        ((statement, values),) = counter.asked
        assert "uq_registration_person" in plan_of(statement, values)
