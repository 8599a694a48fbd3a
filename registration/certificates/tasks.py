"""Makes the PDFs of issued certificates in the background, one by one; a killed worker goes on where it was."""

import logging

from flask import Flask

from registration.certificates import operations, queries
from registration.core import queue
from registration.core.db import db

log = logging.getLogger(__name__)
RENDERING = operations.RENDERING


def init_app(app: Flask) -> None:
    """Let the worker render when certificates were issued, and every minute what an earlier worker left."""
    queue.register(app, RENDERING, render_waiting, every=queue.EVERY_MINUTE)


def render_waiting() -> None:
    """Render every certificate that has no PDF yet; run twice it does nothing more."""
    for certificate_id in queries.list_unrendered_ids():
        if queue.is_stopping():
            return
        try:
            certificate = queries.find_certificate(certificate_id)
            if certificate is not None:
                operations.render(certificate)
        except Exception:  # one paper that cannot be drawn must not hold up the others
            db.session.rollback()
            log.exception("Certificate %s could not be rendered", certificate_id)
