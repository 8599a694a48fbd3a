"""A real mail server for tests, on a port of its own, that can be told to refuse, to dawdle and to hang up."""

import asyncio
import contextlib
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult
from flask import Flask

from registration.mail.delivery import post_office

ACCEPTED = AuthResult(success=True)


@dataclass
class MailServer:
    """What it got, and how it is to behave; the attributes may be changed while it runs."""

    port: int = 0
    received: list[tuple[str, EmailMessage]] = field(default_factory=list)  # (envelope recipient, message)
    connections: int = 0
    recipient_answers: dict[str, str] = field(default_factory=dict)
    content_answer: str = "250 OK"
    hangs_up_after: int | None = None  # messages on one connection
    seconds_per_message: float = 0

    @property
    def message_ids(self) -> list[str]:
        """Return the Message-ID of everything received, in order."""
        return [message["Message-ID"] for _, message in self.received]

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, lines: Any) -> Any:  # noqa: N802 - aiosmtpd's name
        """Note the greeting."""
        self.connections += 1
        session.host_name = hostname
        session.count = 0
        return lines

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a recipient, or refuse as told; 421 says that the connection ends."""
        if self.hangs_up_after is not None and session.count >= self.hangs_up_after:
            return "421 4.7.0 too many messages on one connection"
        answer = self.recipient_answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep a message."""
        await asyncio.sleep(self.seconds_per_message)
        if self.content_answer.startswith("250"):
            message = BytesParser(policy=default).parsebytes(envelope.original_content)
            self.received.append((envelope.rcpt_tos[0], message))
            session.count += 1
        return self.content_answer


def plain_text(message: EmailMessage) -> str:
    """Return the plain text of a message as it was received."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@contextlib.contextmanager
def running(
    *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, **options: Any
) -> Iterator[MailServer]:
    """Run a server in a thread of its own until the end of the block."""
    mail_server = MailServer()
    loop = asyncio.new_event_loop()
    options = {"tls_context": starttls, "require_starttls": starttls is not None, "loop": loop, **options}
    listening = loop.run_until_complete(
        loop.create_server(lambda: SMTP(mail_server, **options), "127.0.0.1", 0, ssl=tls)
    )
    mail_server.port = listening.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield mail_server
    finally:
        asyncio.run_coroutine_threadsafe(_close(listening), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _close(listening: asyncio.Server) -> None:
    listening.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)


def address_of(server: MailServer) -> dict[str, Any]:
    """Return the settings with which an application sends through a server."""
    return {
        "mail_server": "127.0.0.1",
        "mail_port": server.port,
        "mail_default_sender": "Sekce městských knihoven <sekce@sdruk.example>",
    }


@contextlib.contextmanager
def used_by(app: Flask, **changes: Any) -> Iterator[None]:
    """Let the application use other mail settings until the end of the block."""
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, **changes)
    post_office.init_app(app)
    try:
        yield
    finally:
        app.extensions["settings"] = before
        post_office.init_app(app)


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Make a certificate for 127.0.0.1 that nobody trusts yet; return its file and a server's context with it."""
    key, file = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(file)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file, key)
    return file, context
