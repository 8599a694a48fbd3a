"""What the post office does with messages, against a real mail server: sends, retries, gives up, waits."""

import socket
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from registration.core import clock
from registration.core.db import db, transaction
from registration.core.settings import Settings
from registration.mail.delivery import Attachment, post_office
from registration.mail.models import MessageState, OutboxMessage
from registration.mail.tasks import deliver
from tests.mail import mail_server, notes
from tests.mail.mail_server import MailServer, address_of
from tests.mail.notes import ADA, BOB, EVE

Travel = Callable[[datetime], None]


def states() -> list[MessageState]:
    return list(db.session.scalars(select(OutboxMessage.state).order_by(OutboxMessage.id)))


def wait_of(message: OutboxMessage) -> timedelta:
    """Return how long it is till the next attempt, in whole seconds."""
    db.session.refresh(message)
    return timedelta(seconds=round((message.next_attempt_at - clock.system_now()).total_seconds()))


def test_message_arrives_as_it_was_written(smtp: MailServer) -> None:
    message = notes.write()
    assert post_office.deliver_due() == 1
    [(recipient, received)] = smtp.received
    assert recipient == ADA
    assert received["To"] == ADA
    assert received["From"] == "Sekce městských knihoven <sekce@sdruk.example>"
    assert received["Subject"] == "Přihláška"
    assert received["Reply-To"] == "olga@sekce.example"
    assert received["Message-ID"] == message.message_id
    assert received["Auto-Submitted"] == "auto-generated"
    assert received["Date"].datetime == message.created_at.replace(microsecond=0)
    plain, html = received.get_body(("plain",)), received.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content() == "Dobrý den,\r\n"
    assert '<p class="mark" style="' in html.get_content()


def test_sent_message_is_marked_and_not_sent_again(smtp: MailServer) -> None:
    message = notes.write()
    post_office.deliver_due()
    assert post_office.deliver_due() == 0
    db.session.refresh(message)
    assert message.state is MessageState.SENT
    assert message.attempts == 1
    assert message.sent_at is not None
    assert message.leased_until is None
    assert len(smtp.received) == 1


def test_messages_go_in_order_over_one_connection_a_batch(smtp: MailServer) -> None:
    messages = [notes.write() for _ in range(5)]
    assert post_office.deliver_due(limit=3) == 3
    assert smtp.connections == 1
    assert post_office.deliver_due(limit=3) == 2
    assert smtp.message_ids == [message.message_id for message in messages]


def test_long_lines_survive(smtp: MailServer) -> None:
    title = "Setkání městských knihoven, " * 100
    notes.write(html_body=f"<p>{title}</p>")
    post_office.deliver_due()
    html = smtp.received[0][1].get_body(("html",))
    assert html is not None
    assert title in html.get_content()


def test_attachments_are_rendered_at_delivery(smtp: MailServer) -> None:
    post_office.register_attachment("paper", lambda number: Attachment(f"{number}.txt", "text/plain", b"Ahoj"))
    notes.write(attachments=[{"kind": "paper", "id": 17}])
    post_office.deliver_due()
    [attachment] = smtp.received[0][1].iter_attachments()
    assert attachment.get_filename() == "17.txt"
    assert attachment.get_content() == "Ahoj"


def test_attachment_that_is_no_more_is_left_out(smtp: MailServer) -> None:
    post_office.register_attachment("paper", lambda number: None)
    notes.write(attachments=[{"kind": "paper", "id": 17}])
    post_office.deliver_due()
    assert list(smtp.received[0][1].iter_attachments()) == []
    assert states() == [MessageState.SENT]


def test_attachment_that_cannot_be_rendered_delays_its_message_only(smtp: MailServer) -> None:
    def fail(number: int) -> Attachment:
        raise LookupError(f"no paper {number}")

    post_office.register_attachment("paper", fail)
    broken = notes.write(attachments=[{"kind": "paper", "id": 17}])
    notes.write(BOB)
    assert post_office.deliver_due() == 2
    assert states() == [MessageState.QUEUED, MessageState.SENT]
    assert wait_of(broken) == timedelta(minutes=1)
    assert broken.last_error == "LookupError: no paper 17"


def test_refused_recipient_fails_at_once(smtp: MailServer) -> None:
    smtp.recipient_answers[EVE] = "550 5.1.1 no such person"
    message = notes.write(EVE)
    notes.write(BOB)
    post_office.deliver_due()
    assert states() == [MessageState.FAILED, MessageState.SENT]
    db.session.refresh(message)
    assert message.last_error == "550 5.1.1 no such person"


def test_refused_content_fails_at_once(smtp: MailServer) -> None:
    smtp.content_answer = "554 5.6.0 too big"
    message = notes.write()
    post_office.deliver_due()
    assert states() == [MessageState.FAILED]
    db.session.refresh(message)
    assert message.last_error == "554 5.6.0 too big"


def test_recipient_refused_for_now_is_tried_again(smtp: MailServer, travel: Travel) -> None:
    smtp.recipient_answers[ADA] = "450 4.2.1 greylisted"
    message = notes.write()
    post_office.deliver_due()
    assert wait_of(message) == timedelta(minutes=1)
    del smtp.recipient_answers[ADA]
    assert post_office.deliver_due() == 0
    travel(clock.system_now() + timedelta(minutes=1, seconds=1))
    assert post_office.deliver_due() == 1
    assert states() == [MessageState.SENT]


def test_message_is_given_up_after_the_last_attempt(smtp: MailServer) -> None:
    smtp.recipient_answers[ADA] = "450 4.2.1 greylisted"
    message = notes.write()
    with transaction() as session:
        session.execute(update(OutboxMessage).values(attempts=22))
    post_office.deliver_due()
    assert states() == [MessageState.FAILED]
    db.session.refresh(message)
    assert message.attempts == 23


@pytest.mark.slow
def test_server_that_is_dead_for_an_hour_only_delays(app: Flask, travel: Travel) -> None:
    messages = notes.write_many(30)
    with mail_server.used_by(app, mail_server="127.0.0.1", mail_port=free_port()):
        for _ in range(12):
            assert post_office.deliver_due() == 0
            travel(clock.system_now() + timedelta(minutes=5, seconds=1))
        post_office.deliver_due()
        assert {wait_of(message) for message in messages[:20]} == {timedelta(minutes=5)}
    assert {message.attempts for message in messages} == {0}
    assert messages[0].last_error == "ConnectionRefusedError: [Errno 111] Connection refused"
    with mail_server.running() as server, mail_server.used_by(app, **address_of(server)):
        travel(clock.system_now() + timedelta(minutes=5, seconds=1))
        deliver()
        assert server.message_ids == [message.message_id for message in messages]
    assert set(states()) == {MessageState.SENT}


@pytest.mark.slow
def test_server_that_hangs_up_gets_the_rest_over_a_new_connection(smtp: MailServer) -> None:
    smtp.hangs_up_after = 2
    messages = [notes.write() for _ in range(6)]
    deliver()
    assert smtp.connections == 2
    # The third and the sixth met the end of a connection; they come again in a minute.
    assert smtp.message_ids == [messages[number].message_id for number in (0, 1, 3, 4)]
    assert [message.leased_until for message in messages] == [None] * 6


def test_messages_leased_to_another_worker_are_left_to_it(smtp: MailServer, travel: Travel) -> None:
    notes.write()
    with transaction() as session:
        session.execute(update(OutboxMessage).values(leased_until=clock.system_now() + timedelta(minutes=5)))
    assert post_office.deliver_due() == 0
    travel(clock.system_now() + timedelta(minutes=5, seconds=1))
    assert post_office.deliver_due() == 1


def test_slow_batch_gives_back_what_it_cannot_begin_in_time(smtp: MailServer, travel: Travel) -> None:
    def take_four_minutes(number: int) -> None:
        travel(clock.system_now() + timedelta(minutes=4))

    post_office.register_attachment("paper", take_four_minutes)
    notes.write(attachments=[{"kind": "paper", "id": 1}])
    rest = notes.write(BOB)
    assert post_office.deliver_due() == 1
    db.session.refresh(rest)
    assert rest.leased_until is None
    assert post_office.deliver_due() == 1
    assert states() == [MessageState.SENT] * 2


def test_message_whose_lease_has_passed_on_is_skipped(smtp: MailServer) -> None:
    """Another worker has taken the second message over while the first was rendered."""

    def pass_leases_on(number: int) -> None:
        with transaction() as session:
            others = update(OutboxMessage).where(OutboxMessage.recipient == BOB)
            session.execute(others.values(leased_until=clock.system_now() + timedelta(minutes=9)))

    post_office.register_attachment("paper", pass_leases_on)
    notes.write(attachments=[{"kind": "paper", "id": 1}])
    notes.write(BOB)
    post_office.deliver_due()
    assert [recipient for recipient, _ in smtp.received] == [ADA]


def test_message_erased_meanwhile_is_nobodys_trouble(smtp: MailServer) -> None:
    def erase(number: int) -> None:
        with transaction() as session:
            session.delete(session.get_one(OutboxMessage, number))

    post_office.register_attachment("erase", erase)
    first = notes.write()
    with transaction() as session:
        session.execute(update(OutboxMessage).values(attachments=[{"kind": "erase", "id": first.id}]))
    assert post_office.deliver_due() == 1
    assert states() == []


def test_worker_greets_by_the_name_of_the_installation_and_signs_in(app: Flask) -> None:
    signed_in = []

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        signed_in.append((session.host_name, data.login, data.password))
        return mail_server.ACCEPTED

    with (
        mail_server.running(authenticator=check, auth_require_tls=False) as server,
        mail_server.used_by(app, **address_of(server), mail_username="prezence", mail_password="tajne-heslo"),
    ):
        notes.write()
        assert post_office.deliver_due() == 1
    assert signed_in == [("localhost", b"prezence", b"tajne-heslo")]


def test_password_that_smtp_cannot_carry_only_delays(app: Flask) -> None:
    with (
        mail_server.running(auth_require_tls=False) as server,
        mail_server.used_by(app, **address_of(server), mail_username="prezence", mail_password="tajné"),
    ):
        message = notes.write()
        assert post_office.deliver_due() == 0
    assert wait_of(message) == timedelta(minutes=5)


class TestEncryption:
    """With STARTTLS and with TLS from the first byte, a server must show a certificate somebody trusts."""

    @pytest.fixture
    def trusted(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
        file, context = mail_server.certificate(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        return context

    @pytest.fixture
    def unknown(self, tmp_path: Path) -> ssl.SSLContext:
        return mail_server.certificate(tmp_path)[1]

    def test_starttls_with_a_trusted_certificate_delivers(self, app: Flask, trusted: ssl.SSLContext) -> None:
        with (
            mail_server.running(starttls=trusted) as server,
            mail_server.used_by(app, **address_of(server), mail_use_tls=True),
        ):
            notes.write()
            assert post_office.deliver_due() == 1
            assert len(server.received) == 1

    def test_starttls_with_an_unknown_certificate_delivers_nothing(self, app: Flask, unknown: ssl.SSLContext) -> None:
        with (
            mail_server.running(starttls=unknown) as server,
            mail_server.used_by(app, **address_of(server), mail_use_tls=True),
        ):
            message = notes.write()
            assert post_office.deliver_due() == 0
            assert server.received == []
        db.session.refresh(message)
        assert message.last_error is not None
        assert "CERTIFICATE_VERIFY_FAILED" in message.last_error

    def test_server_without_starttls_gets_nothing(self, smtp: MailServer, app: Flask) -> None:
        with mail_server.used_by(app, **address_of(smtp), mail_use_tls=True):
            notes.write()
            assert post_office.deliver_due() == 0
        assert smtp.received == []

    @pytest.mark.parametrize("trust", ["trusted", "unknown"])
    def test_tls_from_the_first_byte_checks_too(self, app: Flask, trust: str, request: pytest.FixtureRequest) -> None:
        context = request.getfixturevalue(trust)
        with (
            mail_server.running(tls=context) as server,
            mail_server.used_by(app, **address_of(server)),
        ):
            app.extensions["mail"].use_ssl = True  # as port 465 says, which only root may listen on
            notes.write()
            assert post_office.deliver_due() == (1 if trust == "trusted" else 0)
            assert len(server.received) == (1 if trust == "trusted" else 0)

    @pytest.mark.parametrize("use_tls", [False, True])
    def test_port_465_means_tls_from_the_first_byte(self, app: Flask, *, use_tls: bool) -> None:
        with mail_server.used_by(app, mail_server="127.0.0.1", mail_port=465, mail_use_tls=use_tls):
            mail = app.extensions["mail"]
            assert (mail.use_ssl, mail.use_tls) == (True, False)


class TestWithoutMailServer:
    """Messages become files."""

    def test_message_becomes_a_file(self, app: Flask) -> None:
        message = notes.write()
        assert post_office.deliver_due() == 1
        assert states() == [MessageState.SENT]
        folder = settings_of(app).instance_path / "mail"
        assert [path.name for path in folder.iterdir()] == [f"{message.id}-note.eml"]
        assert f"Message-ID: {message.message_id}\r\n".encode() in (folder / f"{message.id}-note.eml").read_bytes()

    def test_folder_that_cannot_be_made_only_delays(self, app: Flask, tmp_path: Path) -> None:
        (tmp_path / "mail").write_text("a file stands in the way")
        with mail_server.used_by(app, instance_path=tmp_path):
            message = notes.write()
            assert post_office.deliver_due() == 0
        assert wait_of(message) == timedelta(minutes=5)


def settings_of(app: Flask) -> Settings:
    settings: Settings = app.extensions["settings"]
    return settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
