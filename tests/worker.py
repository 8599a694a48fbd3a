"""A task of the worker in a process of its own, which can be killed without a last word."""

import multiprocessing
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerProcess

import time_machine

from registration.app import create_app
from registration.core.settings import Settings

# Imports take seconds; this way one process does them for all workers.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["registration.app"])


def start(settings: Settings, task: Callable[[], None], *, ahead: timedelta = timedelta(0)) -> ForkServerProcess:
    """Start a worker that runs one task to its end; its clock may be ahead of ours."""
    process = _processes.Process(target=_work, args=(settings, task, ahead))
    process.start()
    return process


def _work(settings: Settings, task: Callable[[], None], ahead: timedelta) -> None:
    app = create_app(settings)
    with app.app_context(), time_machine.travel(datetime.now(UTC) + ahead, tick=True):
        task()
