"""The post office's work in the background."""

import threading

from flask import Flask

from registration.core import queue
from registration.mail import outbox
from registration.mail.delivery import post_office

_delivering = threading.Lock()


def init_app(app: Flask) -> None:
    """Let the worker deliver the mail every minute, and whenever it is told that there is some."""
    queue.register(app, outbox.DELIVERY, deliver, every=queue.EVERY_MINUTE)


def deliver() -> None:
    """Deliver batch after batch until nothing is due, the mail server is gone, or the worker is to stop.

    One thread of a process delivers; with two of them a large mailing would leave none for other tasks.
    """
    if not _delivering.acquire(blocking=False):
        return
    try:
        while post_office.deliver_due() and not queue.is_stopping():
            pass
    finally:
        _delivering.release()
