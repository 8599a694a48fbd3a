"""Shared fixtures: an application on each database, an empty one for every test, clients, and the cast.

Olga organizes, Ada attends, Bob comes too late, Eve is a stranger.
"""

import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import delete, func, insert, inspect, literal, select, text, union_all, update
from sqlalchemy.exc import OperationalError, ProgrammingError

from registration.app import create_app
from registration.certificates.models import Certificate
from registration.certificates.operations import issue_certificates
from registration.certificates.queries import list_rules
from registration.checkin.operations import mark_present
from registration.checkin.queries import get_session
from registration.core import clock
from registration.core.audit import AuditEntry
from registration.core.clock import PRAGUE
from registration.core.db import Base, db, transaction
from registration.core.limits import limiter
from registration.core.settings import Settings
from registration.events.models import Event
from registration.events.queries import get_event
from registration.programme import PROGRAMME_2025, load_programme
from tests import factories
from tests.databases import MISSING, NoPostgreSQL, postgresql_database
from tests.reviewing import ReviewingClient

ACADEMY = "setkani-sekce-ai-v-praxi-manazera"
DEMO_DAY = datetime(2025, 3, 10, 9, 0, tzinfo=PRAGUE)


DATABASES = os.environ.get("TEST_DATABASES", "sqlite postgresql").split()
# What is shown and said does not depend on the database.
_SHOWN = (
    "views", "pages", "manual", "scanner", "feeds", "preview", "structured_data",
    "documents", "papers", "poster", "looks", "verification", "open_badge",
    "letters", "every_message", "calendars", "i18n", "web",
)  # fmt: skip


# Each of these draws papers, or walks through everything there is.
_SLOW = ("documents", "papers", "poster", "looks", "every_message", "access", "demo", "app", "sheet")


@pytest.hookimpl(tryfirst=True)  # before anything chooses by marker
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run the tests of one database together, so that each application is made once.

    Pages, papers and messages are tested on the first database only: what they say does not depend on it, and what they
    ask for is tested below them. Each page is opened on every one, by the walk in `accounts/test_access.py`.
    """
    for item in items:
        if item.path.stem.endswith(_SHOWN):
            item.add_marker("shown")
        if item.path.stem.endswith(_SLOW):
            item.add_marker("slow")
    spared = [item for item in items if _database(item) in DATABASES[1:] and item.get_closest_marker("shown")]
    config.hook.pytest_deselected(items=spared)
    left_out = set(spared)
    items[:] = sorted((item for item in items if item not in left_out), key=lambda item: "postgresql" in item.name)
    for item in items:
        if "postgresql" in item.name:
            item.add_marker("postgresql")


def _database(item: pytest.Item) -> str | None:
    callspec = getattr(item, "callspec", None)
    return callspec.params.get("database_url") if callspec else None


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """Give the address of an empty PostgreSQL database, or skip loudly; in CI a missing one is a failure."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(postgresql_database())
        except NoPostgreSQL:
            if os.environ.get("CI"):
                pytest.fail(MISSING)
            with warnings.catch_warnings():
                warnings.simplefilter("always")
                warnings.warn(MISSING, stacklevel=1)
            pytest.skip(MISSING)
        yield url


@pytest.fixture(scope="session", params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        # In memory where that looks like a folder: thousands of commits need not wait for a disk.
        memory = Path("/dev/shm")  # noqa: S108 - only its parent is well known
        with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
            yield f"sqlite:///{folder}/test.sqlite3"
    else:
        yield request.getfixturevalue("postgresql_url")


def make_settings(database_url: str, instance_path: Path, **overrides: Any) -> Settings:
    """Return settings for tests."""
    settings = Settings(
        secret_key="test-" + "s" * 40,
        base_url="http://localhost",
        database_url=database_url,
        instance_path=instance_path,
    )
    return replace(settings, **overrides)


@pytest.fixture(scope="session")
def migrated_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Give one application for each database, its tables made by the migrations."""
    app = create_app(make_settings(database_url, tmp_path_factory.mktemp("instance")))
    app.config["TESTING"] = True
    app.test_client_class = ReviewingClient
    # Real argon2, but at the least cost: half a second at every sign-in proves nothing more.
    app.extensions["security"].pwd_context.update(argon2__rounds=1, argon2__memory_cost=8, argon2__parallelism=1)
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(migrated_app: Flask, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """Give the application with empty tables, inside its context."""
    with migrated_app.app_context():
        yield migrated_app
        db.session.remove()
        _empty_tables(may_be_many=request.node.get_closest_marker("slow") is not None)
        limiter.reset()
    for message in (Path(migrated_app.instance_path) / "mail").glob("*"):
        message.unlink()
    clock.shift(timedelta(0))


# One statement says which tables hold anything; most hold nothing after most tests.
_FULL_TABLES = union_all(
    *[select(literal(table.name)).where(select(1).select_from(table).exists()) for table in Base.metadata.sorted_tables]
)


def _empty_tables(*, may_be_many: bool) -> None:
    try:
        full = set(db.session.scalars(_FULL_TABLES))
    except (OperationalError, ProgrammingError):  # a migration's test has taken tables away
        db.session.rollback()
        full = set(inspect(db.engine).get_table_names())
    if may_be_many and full and db.engine.dialect.name == "postgresql":
        # Costs more than to delete a few rows, and far less than to look for what refers to each of thousands.
        names = ", ".join(f'"{name}"' for name in sorted(full))
        with _audit_log_unguarded():
            db.session.execute(text(f"TRUNCATE {names} CASCADE"))
        full = set()
    for table in reversed(Base.metadata.sorted_tables):
        if table.name in full:
            with _audit_log_unguarded() if table.name == "audit_entry" else nullcontext():
                db.session.execute(delete(table))
    db.session.commit()
    db.session.remove()


@contextmanager
def _audit_log_unguarded() -> Iterator[None]:
    """Let the log be emptied, which the database refuses: take its triggers away and put them back."""
    if db.engine.dialect.name == "postgresql":
        before, after = (f"ALTER TABLE audit_entry {does} TRIGGER USER" for does in ("DISABLE", "ENABLE"))
        db.session.execute(text(before))
        yield
        db.session.execute(text(after))
        return
    of_log = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'")
    triggers = db.session.execute(of_log).all()
    for trigger in triggers:
        db.session.execute(text(f"DROP TRIGGER {trigger.name}"))
    yield
    for trigger in triggers:
        db.session.execute(text(trigger.sql))


@pytest.fixture
def travel() -> Iterator[Callable[[datetime], None]]:
    """Move the machine's clock; it runs on from there."""
    with ExitStack() as stack:

        def to(moment: datetime) -> None:
            stack.enter_context(time_machine.travel(moment, tick=True))

        yield to


@pytest.fixture
def at_demo_day(travel: Callable[[datetime], None]) -> None:
    """Make it 10 March 2025, 9:00."""
    travel(DEMO_DAY)


@pytest.fixture(scope="session")
def programme_rows() -> dict[str, list[dict[str, Any]]]:
    """Keep the rows of the programme by table, from the first test that loads it."""
    return {}


@pytest.fixture
def academy(app: Flask, at_demo_day: None, programme_rows: dict[str, list[dict[str, Any]]]) -> Event:
    """Load the programme of 2025 and give its academy; nobody has signed up yet."""
    if programme_rows:
        _put_back(programme_rows)
    else:
        is_alone = db.session.scalar(select(Event.id).limit(1)) is None
        load_programme(PROGRAMME_2025)
        # Later tests come sooner after nine o'clock than the first, which had to load.
        db.session.execute(update(Event).values(published_at=DEMO_DAY))
        with _audit_log_unguarded():  # what others have written before keeps its number, and the programme needs none
            db.session.execute(delete(AuditEntry).where(AuditEntry.by == "programme"))
        db.session.commit()
        for table in Base.metadata.sorted_tables:
            rows = [dict(row) for row in db.session.execute(select(table)).mappings()]
            if rows and is_alone and table.name != AuditEntry.__tablename__:
                programme_rows[table.name] = rows
        db.session.rollback()
    return get_event(ACADEMY)


def _put_back(rows_by_table: dict[str, list[dict[str, Any]]]) -> None:
    """Write rows with their ids, which PostgreSQL's counters are told of."""
    with transaction() as session:
        for name, rows in rows_by_table.items():
            session.execute(insert(Base.metadata.tables[name]), rows)
            if db.engine.dialect.name == "postgresql" and "id" in rows[0]:
                last = max(row["id"] for row in rows)
                session.execute(select(func.setval(func.pg_get_serial_sequence(f'"{name}"', "id"), last)))


@pytest.fixture
def client(app: Flask) -> ReviewingClient:
    """Give an anonymous visitor's browser."""
    client = app.test_client()
    assert isinstance(client, ReviewingClient)
    return client


@pytest.fixture
def olga(app: Flask) -> ReviewingClient:
    """Give the browser of Olga, who organizes and is signed in."""
    factories.olga()
    client = app.test_client()
    assert isinstance(client, ReviewingClient)
    client.sign_in(factories.OLGA_EMAIL, factories.OLGA_PASSWORD)
    return client


@pytest.fixture
def certificate(academy: Event, travel: Callable[[datetime], None]) -> Certificate:
    """Ada's certificate, issued after the academy; its PDF is not made yet."""
    ada = factories.registration(academy)
    for code in ("ai-brno", "ai-online-1"):
        mark_present(get_session(get_event(academy.slug), code), [ada], reason="test", by=factories.OLGA_EMAIL)
    travel(datetime(2025, 4, 17, 9, 0, tzinfo=PRAGUE))
    rule = next(rule for rule in list_rules(get_event(academy.slug)) if "AI" in rule.title)
    issue_certificates(rule, by=factories.OLGA_EMAIL)
    return db.session.execute(select(Certificate)).scalar_one()
