"""Where the tests find their databases: SQLite always, PostgreSQL wherever there is one."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError

MISSING = "NO POSTGRESQL: set TEST_DATABASE_URL, run a server on 127.0.0.1:5432 or install its binaries"


@dataclass(frozen=True)
class NoPostgreSQL(Exception):  # noqa: N818 - named for the fact
    """There is no server, and none could be started."""


@contextlib.contextmanager
def postgresql_database() -> Iterator[str]:
    """Give the address of an empty database of our own, dropped afterwards. Raises NoPostgreSQL."""
    with _server() as server:
        name = f"prezence_test_{uuid.uuid4().hex[:12]}"
        engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
            # No test pulls the server's plug, so thousands of commits need not wait for a disk.
            connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
        try:
            yield server.set(database=name).render_as_string(hide_password=False)
        finally:
            with engine.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
            engine.dispose()


@contextlib.contextmanager
def _server() -> Iterator[URL]:
    chosen = os.environ.get("TEST_DATABASE_URL")
    if chosen:
        yield make_url(chosen.replace("postgres://", "postgresql://")).set(drivername="postgresql+psycopg")
        return
    for user in ("postgres", os.environ.get("USER", "postgres")):
        url = URL.create("postgresql+psycopg", user, host="127.0.0.1", port=5432, database="postgres")
        if _answers(url):
            yield url
            return
    with _throwaway_cluster() as url:
        yield url


def _answers(url: URL) -> bool:
    engine = create_engine(url, connect_args={"connect_timeout": 3})
    try:
        with engine.connect():
            return True
    except OperationalError:
        return False
    finally:
        engine.dispose()


@contextlib.contextmanager
def _throwaway_cluster() -> Iterator[URL]:
    """Start a server of our own from installed binaries, in a folder that is removed afterwards."""
    binaries = _binaries()
    if binaries is None:
        raise NoPostgreSQL
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        prefix: list[str] = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(folder, "postgres")
            prefix = ["runuser", "-u", "postgres", "--"]
        port = free_port()
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder}"
        initdb = [f"{binaries}/initdb", "-D", f"{data}", "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        subprocess.run([*prefix, *initdb], check=True, capture_output=True)
        control = [*prefix, f"{binaries}/pg_ctl", "-D", f"{data}", "-w"]
        subprocess.run([*control, "-l", f"{folder}/log", "-o", options, "start"], check=True, capture_output=True)
        try:
            yield URL.create("postgresql+psycopg", "postgres", host="127.0.0.1", port=port, database="postgres")
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True)


def _binaries() -> Path | None:
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: float(path.parent.name))


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
