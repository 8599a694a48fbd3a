"""Who carries messages away: a connection to the mail server, or a folder where there is none."""

import smtplib
import ssl
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

import flask_mail
from flask import current_app

from registration.core import settings
from registration.core.settings import Settings

_SMTP_TIMEOUT_S = 20
_IMPLICIT_TLS_PORT = 465  # RFC 8314 3.3


def flask_mail_config(settings: Settings) -> dict[str, object]:
    """Return our settings by Flask-Mail's names."""
    is_tls_from_the_start = settings.mail_port == _IMPLICIT_TLS_PORT
    return {
        "MAIL_SERVER": settings.mail_server,
        "MAIL_PORT": settings.mail_port,
        "MAIL_USERNAME": settings.mail_username,
        "MAIL_PASSWORD": settings.mail_password,
        "MAIL_USE_SSL": is_tls_from_the_start,
        "MAIL_USE_TLS": settings.mail_use_tls and not is_tls_from_the_start,
        "MAIL_DEFAULT_SENDER": settings.mail_default_sender,
        "MAIL_SUPPRESS_SEND": False,  # tests send too, to a server of their own
    }


def carrier() -> "Line | Folder":
    """Return what carries a batch; to be entered before, which is when a dead mail server shows."""
    if settings.current().mail_server:
        return Line(current_app.extensions["mail"])
    return folder()


def folder() -> "Folder":
    """Return where messages are written down while there is no mail server."""
    return Folder(settings.current().instance_path / "mail")


class Line(flask_mail.Connection):
    """A connection to the mail server, with the timeout and the certificate check that Flask-Mail has not."""

    def configure_host(self) -> smtplib.SMTP:
        """Connect, encrypt, sign in."""
        with ExitStack() as stack:
            host = self._connect()
            stack.callback(host.close)
            if self.mail.use_tls:
                host.starttls(context=ssl.create_default_context())
            if self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
            stack.pop_all()
            return host

    def _connect(self) -> smtplib.SMTP:
        place = (self.mail.server, self.mail.port or 0, settings.current().host_name)
        if self.mail.use_ssl:
            return smtplib.SMTP_SSL(*place, timeout=_SMTP_TIMEOUT_S, context=ssl.create_default_context())
        return smtplib.SMTP(*place, timeout=_SMTP_TIMEOUT_S)

    @property
    def is_lost(self) -> bool:
        """Say whether the server has hung up."""
        return self.host is None or self.host.sock is None

    def carry(self, envelope: flask_mail.Message, name: str) -> None:
        """Hand a message over."""
        self.send(envelope)

    def __exit__(self, *exception: Any) -> None:
        # A server that has hung up, or does now, need not be told good-bye.
        with suppress(OSError, smtplib.SMTPException):
            super().__exit__(*exception)


class Folder:
    """Where messages go when there is no mail server: to be read as files or in the back office."""

    is_lost = False

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Self:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def carry(self, envelope: flask_mail.Message, name: str) -> None:
        """Write a message down, whole or not at all."""
        unfinished = self.path / f".{name}.part"
        unfinished.write_bytes(envelope.as_bytes())
        unfinished.replace(self.path / f"{name}.eml")

    def discard(self, message_ids: Iterable[int]) -> None:
        """Remove the files of messages, also one that a killed worker has left unfinished."""
        gone = {str(message_id) for message_id in message_ids}
        for path in self.path.glob("*-*"):
            if path.name.removeprefix(".").partition("-")[0] in gone:
                path.unlink(missing_ok=True)
