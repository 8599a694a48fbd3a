from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, inspect

from registration.core.db import Base, db
from registration.core.settings import PROJECT


@pytest.mark.slow
def test_migrations_make_exactly_the_tables_of_the_models(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_make_every_check_of_the_models(app: Flask) -> None:
    """Alembic compares no checks, and SQLite drops them silently when it copies a table."""
    made = inspect(db.engine)
    for table in Base.metadata.sorted_tables:
        wanted = {each.name for each in table.constraints if isinstance(each, CheckConstraint)}
        found = {each["name"] for each in made.get_check_constraints(table.name)}
        assert found == wanted, table.name


@pytest.mark.slow
def test_migrations_go_down_to_nothing_and_up_again(app: Flask) -> None:
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert set(Base.metadata.tables) <= set(inspect(db.engine).get_table_names())


def test_there_is_one_head() -> None:
    script = ScriptDirectory(str(PROJECT / "migrations"))
    assert len(script.get_heads()) == 1


def test_migrations_import_nothing_of_the_application() -> None:
    for path in Path(PROJECT / "migrations/versions").glob("*.py"):
        assert "registration." not in path.read_text().replace('"registration.id"', ""), path.name
