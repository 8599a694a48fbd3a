"""Runs migrations on the application's own database connection."""

from alembic import context
from flask import current_app
from flask_security.datastore import AsaList
from sqlalchemy import Connection

from registration.core.db import Base, UtcDateTime, db


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our own column types as plain ones, so that a migration never imports the application."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AsaList):
        return "sa.Text()"
    return False


def run(connection: Connection) -> None:
    """Run the migrations in one transaction."""
    options = current_app.extensions["migrate"].configure_args
    context.configure(connection=connection, target_metadata=Base.metadata, render_item=render_item, **options)
    with context.begin_transaction():
        context.run_migrations()


with db.engine.connect() as connection:
    run(connection)
    connection.commit()
