"""A worker's delivery in a process of its own, which can be killed without a last word."""

import multiprocessing
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerProcess

import time_machine

from registration.app import create_app
from registration.core.settings import Settings
from registration.mail.tasks import deliver

# Imports take seconds; this way one process does them for all workers.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["registration.app"])


def start(settings: Settings, *, ahead: timedelta = timedelta(0)) -> ForkServerProcess:
    """Start a worker that delivers until nothing is due; its clock may be ahead of ours."""
    process = _processes.Process(target=_deliver, args=(settings, ahead))
    process.start()
    return process


def _deliver(settings: Settings, ahead: timedelta) -> None:
    app = create_app(settings)
    with app.app_context(), time_machine.travel(datetime.now(UTC) + ahead, tick=True):
        deliver()
