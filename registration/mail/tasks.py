"""The post office's work in the background."""

import threading

from flask import Flask

from registration.core import queue, settings
from registration.mail import mailbox, outbox
from registration.mail.delivery import post_office

# A little more than the second in which a process hints at most once, see `queue.hint_sparingly`.
_SECOND_LOOK_AFTER_S = 1.5

_delivering = threading.Lock()
_asked = threading.Event()


def init_app(app: Flask) -> None:
    """Let the worker deliver the mail every minute, and when it is told that there is some, and read what came back."""
    queue.register(app, outbox.DELIVERY, deliver, every=queue.EVERY_MINUTE)
    queue.register(app, "read_bounces", read_bounces, every=queue.EVERY_MINUTE)


def deliver() -> None:
    """Deliver until nothing is due and no hint can have been kept back, or the worker is to stop.

    One thread of a process delivers; with two of them a large mailing would leave none for other tasks. A call
    meanwhile makes it look again at once.
    """
    _asked.set()
    # Asked once more after each release: a call may have come just before it and found the lock taken.
    while _asked.is_set() and _delivering.acquire(blocking=False):
        try:
            _deliver_while_asked()
        finally:
            _delivering.release()


def read_bounces() -> None:
    """Read the messages that came back, if there is a folder for them."""
    folder = settings.current().bounce_folder
    if folder is not None:
        mailbox.read_folder(folder)


def _deliver_while_asked() -> None:
    while _asked.is_set():
        _asked.clear()
        _empty_outbox()
        if not queue.is_stopping() and not _asked.wait(_SECOND_LOOK_AFTER_S):
            _empty_outbox()


def _empty_outbox() -> None:
    while post_office.deliver_due() and not queue.is_stopping():
        pass
