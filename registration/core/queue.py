"""Work in the background: tasks by name, a clock that starts them, and a hint that one should run soon.

What must not be lost is a row in the database. The queue carries names of tasks only; losing it loses
nothing, as every task looks for its work itself and runs by the clock anyway.
"""

import logging
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from flask import Flask, current_app
from huey import Huey, RedisHuey, SqliteHuey, crontab
from huey.serializer import SignedSerializer
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from registration.core.settings import Settings

Task = Callable[[], object]
Schedule = Callable[[datetime], bool]  # is asked once a minute, in UTC; made by huey's `crontab`

EVERY_MINUTE: Schedule = crontab(minute="*")

_WORKER_THREADS = 2
_LONGEST_NAP_S = 1.0  # between looks into a SQLite queue; Redis wakes its reader
_HEALTH_CHECK_S = 10
_LOCK_TIMEOUT_S = 2  # a request must not wait long for a hint
_SPARING_S = 1.0
_REDIS_TIMEOUT_S = 5

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Give the application its queue: in Redis where there is one, else in a SQLite file of its own."""
    app.extensions["queue"] = _Queue(app)


def register(app: Flask, name: str, task: Task, *, every: Schedule | None = None) -> None:
    """Let `task` run under this name when it is hinted at, and by the clock where it has a schedule.

    It runs inside an application context of its own, and so in a database session of its own. Every worker
    has a clock, so a task must be harmless when it runs twice, even at once.
    """
    _queue_of(app).register(name, task, every)


def before_task(app: Flask, function: Task) -> None:
    """Call `function` before each of the application's tasks, inside the task's application context."""
    _queue_of(app).before_tasks.append(function)


def hint(name: str) -> None:
    """Ask the worker to run a task soon.

    Never fails: what the hint is about has already happened, and the clock will come to it too.
    """
    _queue_of(current_app).hint(name)


def hint_sparingly(name: str) -> None:
    """Ask like `hint`, but at most once a second from each process, for what happens many times a second.

    A hint is a write to one file that all processes share, so many of them at once wait for each other. The task must
    bear with it: work that was committed within a second after a hint comes without one, so before it ends it looks
    once more, later than that.
    """
    _queue_of(current_app).hint_sparingly(name)


def is_stopping() -> bool:
    """Say whether the worker was asked to stop, so that a long task can end early."""
    return _queue_of(current_app).stopping.is_set()


def run_worker(app: Flask) -> None:
    """Run tasks until SIGTERM, SIGINT or SIGHUP, then finish those begun; a second signal ends at once."""
    queue = _queue_of(app)
    consumer = queue.huey.create_consumer(workers=_WORKER_THREADS, max_delay=_LONGEST_NAP_S)
    consumer.start()
    # Huey's own handlers finish begun tasks on one of these signals only.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        while True:
            time.sleep(_HEALTH_CHECK_S)
            consumer.check_worker_health()
    except KeyboardInterrupt:
        queue.stopping.set()
        consumer.stop(graceful=True)


class _Queue:
    """Huey and the tasks it knows, for one application."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.huey = _make_huey(app.extensions["settings"])
        self.tasks: dict[str, Any] = {}
        self.before_tasks: list[Task] = []
        self.stopping = threading.Event()
        self.sparing_until: dict[str, float] = {}  # by task, on the monotonic clock

    def register(self, name: str, task: Task, every: Schedule | None) -> None:
        wrap = self.huey.periodic_task(every, name=name) if every else self.huey.task(name=name)
        self.tasks[name] = wrap(self._in_context(task))

    def hint(self, name: str) -> None:
        task = self.tasks[name]
        try:
            task()
        except (sqlite3.Error, RedisError, OSError) as error:
            log.warning("The queue did not take a hint about %s: %s", name, error)

    def hint_sparingly(self, name: str) -> None:
        now = time.monotonic()
        if now >= self.sparing_until.get(name, now):
            self.sparing_until[name] = now + _SPARING_S
            self.hint(name)

    def _in_context(self, task: Task) -> Callable[[], None]:
        def run() -> None:
            with self.app.app_context():
                for function in self.before_tasks:
                    function()
                task()

        return run


def _queue_of(app: Flask) -> _Queue:
    return cast(_Queue, app.extensions["queue"])


def _make_huey(settings: Settings) -> Huey:
    # Huey's messages are pickles: unsigned ones would let whoever reaches the Redis run code here.
    options = {"results": False, "serializer": SignedSerializer(secret=settings.secret_key)}
    if settings.redis_url:
        return RedisHuey("prezence", connection_pool=_redis_pool(settings.redis_url), **options)
    path = settings.instance_path / "queue.sqlite3"
    try:
        return _sqlite_huey(path, options)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode not in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
            raise
        log.warning("The queue file %s is damaged; it holds nothing of value and is made anew.", path)
        for part in path.parent.glob(f"{path.name}*"):
            part.unlink(missing_ok=True)
        return _sqlite_huey(path, options)


def _sqlite_huey(path: Path, options: dict[str, Any]) -> Huey:
    # No fsync: nothing in the queue has to survive a power cut.
    return SqliteHuey("prezence", filename=str(path), timeout=_LOCK_TIMEOUT_S, fsync=False, **options)


def _redis_pool(url: str) -> ConnectionPool:
    # A Redis that is down must not hold a request up by retries, nor one behind a broken line by silence.
    return ConnectionPool.from_url(
        url,
        socket_connect_timeout=_LOCK_TIMEOUT_S,
        socket_timeout=_REDIS_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
    )
