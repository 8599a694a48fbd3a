"""Makes the PDFs of issued certificates in the background; each is kept by itself, so a killed worker loses little."""

import logging
import threading
from collections.abc import Sequence

from flask import Flask

from registration.certificates import queries, rendering
from registration.core import pdf, queue
from registration.core.db import db

log = logging.getLogger(__name__)
_FEW = 10  # papers that are drawn in the worker itself: to start a press takes as long
_AT_ONCE = 500  # papers whose contents are held in memory
_rendering = threading.Lock()
_asked = threading.Event()


def init_app(app: Flask) -> None:
    """Let the worker render when certificates were issued, and every minute what an earlier worker left."""
    queue.register(app, rendering.RENDERING, render_waiting, every=queue.EVERY_MINUTE)


def render_waiting() -> None:
    """Render every certificate that has no PDF yet; run twice it does nothing more.

    One thread of a process renders; a call meanwhile makes it look once more.
    """
    _asked.set()
    # Asked once more after each release: a call may have come just before it and found the lock taken.
    while _asked.is_set() and _rendering.acquire(blocking=False):
        try:
            _asked.clear()
            _render(queries.list_unrendered_ids())
        finally:
            _rendering.release()


def _render(certificate_ids: Sequence[int]) -> None:
    db.session.rollback()
    with pdf.Presses(0 if len(certificate_ids) <= _FEW else None) as presses:
        for at in range(0, len(certificate_ids), _AT_ONCE):
            for certificate_id, drawn in rendering.draw_each(certificate_ids[at : at + _AT_ONCE], presses):
                _keep(certificate_id, drawn)
                if queue.is_stopping():
                    return


def _keep(certificate_id: int, drawn: bytes | Exception) -> None:
    try:
        if isinstance(drawn, Exception):
            raise drawn
        rendering.keep(certificate_id, drawn)
    except Exception:  # one paper that cannot be drawn or stored must not hold up the others
        db.session.rollback()
        log.exception("Certificate %s could not be rendered", certificate_id)
