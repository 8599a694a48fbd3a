"""A world to measure in: a database of its own, the programme moved into the future, people already registered."""

import contextlib
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Engine, create_engine, func, select, text

from bench import servers
from bench.errors import BadRun
from registration.core import clock
from registration.core.db import engine_options
from registration.core.settings import PROJECT
from registration.mail.models import MessageState, OutboxMessage
from registration.programme import PROGRAMME_2025
from tests.databases import free_port, postgresql_database

ACADEMY = "setkani-sekce-ai-v-praxi-manazera"
_AHEAD = timedelta(weeks=8)
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_DESCRIPTIONS = {
    "sqlite": (["SELECT sqlite_version()", "PRAGMA synchronous"], "SQLite {}, synchronous {}"),
    "postgresql": (["SHOW server_version", "SHOW fsync"], "PostgreSQL {}, fsync {}"),
}
_CAPACITY = re.compile(r"\bcapacity = \d+")


@dataclass(frozen=True)
class World:
    """A database with the programme in it, and the settings that lead there."""

    database: str
    environment: dict[str, str]
    engine: Engine

    def settings(self, **changes: str) -> dict[str, str]:
        """Return the environment of one more server of this world, on a port of its own."""
        port = str(free_port())
        return {**self.environment, "PORT": port, "BASE_URL": f"http://127.0.0.1:{port}", **changes}

    def database_pids(self) -> list[int]:
        """Return the processes that work for this database; none for SQLite, which has none, nor for another host."""
        if self.database != "postgresql" or self.engine.url.host not in {"127.0.0.1", "localhost"}:
            return []
        with self.engine.connect() as connection:
            backends = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
            return list(connection.scalars(backends))

    def count_messages(self, state: str) -> int:
        """Count the messages of the outbox in one state."""
        with self.engine.connect() as connection:
            counting = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state == MessageState(state))
            return connection.scalar(counting) or 0


def describe(database: str) -> str:
    """Return what a database is, and whether it takes the trouble to keep what is committed. Raises NoPostgreSQL."""
    with tempfile.TemporaryDirectory() as folder, _database(database, Path(folder)) as url, _engine(url) as engine:
        statements, words = _DESCRIPTIONS[database]
        with engine.connect() as connection:
            return words.format(*(connection.scalar(text(statement)) for statement in statements))


@contextlib.contextmanager
def world(database: str) -> Iterator[World]:
    """Make a world on `sqlite` or `postgresql` that is gone after the block. Raises NoPostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="prezence-bench-") as folder, _database(database, Path(folder)) as url:
        environment = {
            "PATH": f"{servers.BINARIES}:/usr/bin:/bin",
            "SECRET_KEY": "bench-" + "s" * 40,
            "BASE_URL": "http://127.0.0.1:1",
            "DATABASE_URL": url,
            "INSTANCE_PATH": folder,
            "RATE_LIMITS": "off",
        }
        programme = Path(folder) / "programme.toml"
        programme.write_text(moved_programme(PROGRAMME_2025.read_text(), today=clock.local_now().date()))
        _flask(environment, "db", "upgrade")
        _flask(environment, "import-programme", str(programme))
        with _engine(url) as engine:
            yield World(database, environment, engine)


def moved_programme(toml: str, *, today: date) -> str:
    """Return a programme moved by whole weeks so that its first day is weeks ahead, with room for everybody."""
    first = min(map(date.fromisoformat, _DATE.findall(toml)))
    weeks = -(-(today + _AHEAD - first) // timedelta(weeks=1))
    moved = _DATE.sub(lambda found: str(date.fromisoformat(found[0]) + timedelta(weeks=weeks)), toml)
    return _CAPACITY.sub("capacity = 10000000", moved)


@contextlib.contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'prezence.sqlite3'}"
        return
    with postgresql_database() as url:
        yield url


@contextlib.contextmanager
def _engine(url: str) -> Iterator[Engine]:
    engine = create_engine(url, **engine_options(url))
    try:
        yield engine
    finally:
        engine.dispose()


def _flask(environment: dict[str, str], *arguments: str) -> None:
    command = [f"{servers.BINARIES}/flask", "--app", "wsgi", *arguments]
    done = subprocess.run(  # noqa: S603 - our own commands
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BadRun(f"{' '.join(arguments)}: {done.stderr}")
