"""The queue carries hints and a clock; it may break without anybody noticing but the log."""

import multiprocessing
import os
import pickle
import signal
import sqlite3
import time
from collections.abc import Iterator
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app
from redis import Redis
from redis.exceptions import RedisError

from registration.core import queue
from registration.core.db import db
from registration.core.settings import Settings

REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
# Imports take seconds; this way one process does them for all workers.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["registration.app"])

NO_REDIS = "NO REDIS: set TEST_REDIS_URL or run a server on 127.0.0.1:6379"


def make_app(instance_path: Path, redis_url: str | None = None) -> Flask:
    app = Flask("registration", instance_path=str(instance_path))
    app.extensions["settings"] = Settings(
        secret_key="k" * 40,
        base_url="http://localhost",
        database_url="sqlite://",
        instance_path=instance_path,
        redis_url=redis_url,
    )
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(app)
    queue.init_app(app)
    return app


@pytest.fixture
def redis_url() -> Iterator[str]:
    server = Redis.from_url(REDIS_URL)
    try:
        server.delete("huey.redis.prezence")
    except RedisError:
        if os.environ.get("CI"):
            pytest.fail(NO_REDIS)
        pytest.skip(NO_REDIS)
    yield REDIS_URL
    server.delete("huey.redis.prezence")
    server.close()


@pytest.fixture(params=["sqlite", "redis"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    app = make_app(tmp_path, request.getfixturevalue("redis_url") if request.param == "redis" else None)
    with app.app_context():
        yield app
    close(app)


@pytest.fixture
def sqlite_app(tmp_path: Path) -> Iterator[Flask]:
    app = make_app(tmp_path)
    with app.app_context():
        yield app
    close(app)


def close(app: Flask) -> None:
    storage = app.extensions["queue"].huey.storage
    if app.extensions["settings"].redis_url:
        storage.pool.disconnect()
    storage.close()


def run_waiting_tasks(app: Flask) -> int:
    """Do what a worker does, here and now."""
    huey: Any = app.extensions["queue"].huey
    count: int = huey.pending_count()
    for _ in range(count):
        huey.execute(huey.dequeue())
    return count


def test_hinted_task_runs_in_its_application(app: Flask) -> None:
    runs: list[Flask] = []
    queue.register(app, "tidy", lambda: runs.append(current_app._get_current_object()))  # type: ignore[attr-defined]
    queue.hint("tidy")
    assert runs == []
    assert run_waiting_tasks(app) == 1
    assert runs == [app]


def test_each_task_has_a_database_session_of_its_own(app: Flask) -> None:
    sessions = [db.session()]
    queue.register(app, "tidy", lambda: sessions.append(db.session()))
    for _ in range(2):
        queue.hint("tidy")
    run_waiting_tasks(app)
    assert len(set(map(id, sessions))) == 3


def test_hooks_run_before_each_task_of_their_application(app: Flask) -> None:
    calls: list[str] = []

    def hook() -> None:
        calls.append(f"hook in {current_app.name}")

    queue.before_task(app, hook)
    queue.register(app, "tidy", lambda: calls.append("task"))
    queue.hint("tidy")
    run_waiting_tasks(app)
    assert calls == ["hook in registration", "task"]


def test_scheduled_task_is_due_every_minute_and_can_be_hinted_too(app: Flask) -> None:
    runs: list[None] = []
    queue.register(app, "tidy", lambda: runs.append(None), every=queue.EVERY_MINUTE)
    huey = app.extensions["queue"].huey
    assert [task.name for task in huey.read_periodic(None)] == ["tidy"]
    queue.hint("tidy")
    run_waiting_tasks(app)
    assert len(runs) == 1


def test_failing_task_is_logged_and_the_next_one_runs(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    runs: list[None] = []
    queue.register(app, "fail", lambda: 1 / 0)
    queue.register(app, "tidy", lambda: runs.append(None))
    queue.hint("fail")
    queue.hint("tidy")
    run_waiting_tasks(app)
    assert len(runs) == 1
    assert "Unhandled exception in task" in caplog.text


def test_hint_about_an_unknown_task_is_a_mistake(app: Flask) -> None:
    with pytest.raises(KeyError):
        queue.hint("tidy")


@pytest.mark.slow
def test_sparing_hints_of_one_second_are_one(app: Flask) -> None:
    huey: Any = app.extensions["queue"].huey
    queue.register(app, "deliver", list)
    queue.register(app, "tidy", list)
    for _ in range(5):  # few enough for a slow machine's second
        queue.hint_sparingly("deliver")
        queue.hint_sparingly("tidy")
    assert huey.pending_count() == 2
    time.sleep(1.1)
    queue.hint_sparingly("deliver")
    assert huey.pending_count() == 3


def test_sparing_hint_that_is_kept_back_costs_nothing(sqlite_app: Flask) -> None:
    queue.register(sqlite_app, "tidy", list)
    queue.hint_sparingly("tidy")
    other = sqlite3.connect(Path(sqlite_app.instance_path) / "queue.sqlite3", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    started = time.monotonic()
    queue.hint_sparingly("tidy")
    assert time.monotonic() - started < 0.1  # the locked file is not even opened
    other.rollback()
    other.close()


def test_hint_into_a_damaged_queue_is_logged_only(sqlite_app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    queue.register(sqlite_app, "tidy", list)
    (Path(sqlite_app.instance_path) / "queue.sqlite3").write_bytes(b"no database" * 1000)
    queue.hint("tidy")
    assert "The queue did not take a hint about tidy: file is not a database" in caplog.text


@pytest.mark.slow
def test_hint_into_a_locked_queue_is_logged_only(sqlite_app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    queue.register(sqlite_app, "tidy", list)
    other = sqlite3.connect(Path(sqlite_app.instance_path) / "queue.sqlite3", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    started = time.monotonic()
    queue.hint("tidy")
    assert time.monotonic() - started < 5
    other.rollback()
    other.close()
    assert "database is locked" in caplog.text


def test_hint_without_redis_is_logged_only_and_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = make_app(tmp_path, "redis://127.0.0.1:1/0")
    queue.register(app, "tidy", list)
    started = time.monotonic()
    with app.app_context():
        queue.hint("tidy")
    assert time.monotonic() - started < 10  # Redis's own retries would take far longer
    assert "The queue did not take a hint about tidy" in caplog.text


def test_damaged_queue_is_made_anew_at_start(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "queue.sqlite3").write_bytes(b"no database" * 1000)
    app = make_app(tmp_path)
    queue.register(app, "tidy", list)
    with app.app_context():
        queue.hint("tidy")
    assert run_waiting_tasks(app) == 1
    assert "is damaged" in caplog.text
    close(app)


def test_queue_that_cannot_be_opened_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "queue.sqlite3").mkdir()
    with pytest.raises(sqlite3.OperationalError):
        make_app(tmp_path)


def test_message_somebody_else_put_into_the_queue_is_not_even_read(app: Flask) -> None:
    huey: Any = app.extensions["queue"].huey
    huey.storage.enqueue(pickle.dumps(("evil",)))
    with pytest.raises(ValueError, match=r"Separator|mismatch"):
        huey.dequeue()


def run_worker(folder: Path, redis_url: str | None, is_stubborn: bool) -> None:
    """Be a worker whose tasks leave traces in a folder; a stubborn one goes on though it is told to stop."""
    app = make_app(folder, redis_url)

    def work() -> None:
        (folder / "begun").touch()
        until = time.monotonic() + 60
        while time.monotonic() < until and (is_stubborn or not queue.is_stopping()):
            time.sleep(0.05)
        (folder / "done").write_text("told to stop" if queue.is_stopping() else "")

    queue.register(app, "work", work)
    queue.register(app, "tick", (folder / "ticked").touch, every=queue.EVERY_MINUTE)
    queue.run_worker(app)


def start_worker(app: Flask, *, is_stubborn: bool = False) -> ForkServerProcess:
    settings: Settings = app.extensions["settings"]
    worker = processes.Process(target=run_worker, args=(settings.instance_path, settings.redis_url, is_stubborn))
    worker.start()
    return worker


def signal_worker(worker: ForkServerProcess, number: signal.Signals) -> None:
    assert worker.pid is not None
    os.kill(worker.pid, number)


@pytest.mark.processes
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_worker_takes_hints_keeps_time_and_finishes_what_it_has_begun(
    app: Flask, tmp_path: Path, number: signal.Signals
) -> None:
    queue.register(app, "work", list)
    worker = start_worker(app)
    wait_for(tmp_path / "ticked")
    queue.hint("work")
    wait_for(tmp_path / "begun")
    signal_worker(worker, number)
    worker.join(timeout=20)
    assert worker.exitcode == 0
    assert (tmp_path / "done").read_text() == "told to stop"


@pytest.mark.processes
def test_second_signal_ends_the_worker_at_once(sqlite_app: Flask, tmp_path: Path) -> None:
    queue.register(sqlite_app, "work", list)
    worker = start_worker(sqlite_app, is_stubborn=True)
    wait_for(tmp_path / "ticked")
    queue.hint("work")
    wait_for(tmp_path / "begun")
    signal_worker(worker, signal.SIGTERM)
    time.sleep(0.2)
    signal_worker(worker, signal.SIGTERM)
    worker.join(timeout=20)
    assert worker.exitcode is not None
    assert not (tmp_path / "done").exists()


def wait_for(path: Path) -> None:
    until = time.monotonic() + 60
    while not path.exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert path.exists(), f"{path.name} did not come"
