"""A message that comes back: what is written down, what is sent no more, and how an address is released."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from registration.core import clock
from registration.core.audit import AuditEntry
from registration.core.db import db, transaction
from registration.mail import bounces, mailbox, operations, queries, tasks
from registration.mail.delivery import post_office
from registration.mail.errors import AddressIsSuppressed, NotFailed
from registration.mail.models import MessageState, OutboxMessage, SuppressedAddress
from tests.mail import mail_server, notes
from tests.mail.mail_server import MailServer
from tests.mail.notes import ADA, BOB
from tests.mail.returned import PERMANENT, sample


def again(message: OutboxMessage) -> OutboxMessage:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(OutboxMessage, message.id)


def sent(to: str = BOB) -> OutboxMessage:
    note = notes.write(to)
    post_office.deliver_due()
    assert again(note).state is MessageState.SENT
    return note


def come_back(message: OutboxMessage, name: str = "postfix-unknown-user") -> bool:
    return mailbox.read_message(sample(name, message.message_id), name)


def suppressed() -> list[str]:
    db.session.rollback()
    return [each.address for each in queries.list_suppressed()]


@pytest.mark.parametrize("name", PERMANENT)
def test_message_is_marked_and_its_address_gets_no_more(app: Flask, name: str) -> None:
    note = sent()
    assert come_back(note, name)
    assert again(note).state is MessageState.BOUNCED
    assert again(note).bounced_at is not None
    [row] = queries.list_suppressed()
    assert (row.address, row.message_id, row.reason) == (BOB, note.id, again(note).last_error)


def test_nothing_goes_to_a_suppressed_address_and_the_reason_is_kept(app: Flask, smtp: MailServer) -> None:
    come_back(sent())
    smtp.received.clear()
    to_bob, to_ada = notes.write(BOB.upper()), notes.write(ADA)
    post_office.deliver_due()
    assert [recipient for recipient, _ in smtp.received] == [ADA]
    assert again(to_bob).state is MessageState.SUPPRESSED
    assert "User unknown" in (again(to_bob).last_error or "")
    assert again(to_bob).attempts == 0
    assert again(to_ada).state is MessageState.SENT


def test_released_address_gets_what_was_held_back_and_everything_after(app: Flask) -> None:
    come_back(sent())
    held_back = notes.write(BOB)
    post_office.deliver_due()
    [row] = queries.list_suppressed()
    assert operations.release(row, by="olga@sekce.example") == 1
    assert suppressed() == []
    later = notes.write(BOB)
    post_office.deliver_due()
    assert again(held_back).state is MessageState.SENT
    assert again(later).state is MessageState.SENT
    [entry] = db.session.scalars(select(AuditEntry))
    assert (entry.subject_kind, entry.action, entry.by) == ("suppressed_address", "released", "olga@sekce.example")


def test_address_that_comes_back_again_is_suppressed_again(app: Flask) -> None:
    come_back(sent())
    operations.release(queries.list_suppressed()[0], by="olga")
    come_back(sent())
    assert suppressed() == [BOB]


def test_returned_message_is_sent_again_once_its_address_is_released(app: Flask) -> None:
    note = sent()
    come_back(note)
    with pytest.raises(AddressIsSuppressed) as refused:
        operations.send_again(again(note), by="olga")
    assert "uvoln" in refused.value.message or "elease" in refused.value.message
    operations.release(queries.list_suppressed()[0], by="olga")
    operations.send_again(again(note), by="olga")
    post_office.deliver_due()
    assert again(note).state is MessageState.SENT
    with pytest.raises(NotFailed):
        operations.send_again(again(note), by="olga")


def test_late_message_is_noted_and_nothing_else(app: Flask) -> None:
    note = sent()
    assert come_back(note, "postfix-delayed")
    assert again(note).state is MessageState.SENT
    assert again(note).last_error == "4.4.1 connect to mx.dolnilhota.example[192.0.2.25]:25: Connection timed out"
    assert suppressed() == []


def test_message_given_up_after_days_is_marked_but_its_address_stays_good(app: Flask) -> None:
    note = sent()
    assert come_back(note, "postfix-expired")
    assert again(note).state is MessageState.BOUNCED
    assert suppressed() == []


def test_second_report_of_the_same_changes_nothing(app: Flask) -> None:
    note = sent()
    come_back(note)
    operations.release(queries.list_suppressed()[0], by="olga")
    assert come_back(note)
    assert suppressed() == []


def test_two_messages_that_come_back_are_one_address(app: Flask) -> None:
    first, second = sent(), sent()
    come_back(first)
    come_back(second, "gmail")
    [row] = queries.list_suppressed()
    assert row.message_id == second.id
    assert row.reason.startswith("550-5.1.1")


def test_report_of_a_forwarded_message_is_about_the_address_we_wrote_to(app: Flask) -> None:
    come_back(sent(ADA))  # whose mail goes on to Bob
    assert suppressed() == [ADA]


def test_made_up_report_is_not_believed(app: Flask) -> None:
    note = sent()
    assert not mailbox.read_message(sample("postfix-unknown-user", "<guessed@localhost>"), "made up")
    assert again(note).state is MessageState.SENT
    assert suppressed() == []


def test_report_without_a_message_id_is_believed_only_of_a_recent_message(app: Flask) -> None:
    note = sent()
    with transaction():
        again(note).sent_at = clock.now() - timedelta(days=15)
    assert not come_back(note, "forwarded-without-original")
    with transaction():
        again(note).sent_at = clock.now() - timedelta(days=13)
    assert come_back(note, "forwarded-without-original")


def test_message_that_was_never_sent_cannot_come_back(app: Flask) -> None:
    note = notes.write(BOB)
    come_back(note)
    assert again(note).state is MessageState.QUEUED
    assert suppressed() == []


def test_report_that_overtakes_the_worker_is_kept(app: Flask, smtp: MailServer) -> None:
    note = notes.write(BOB)
    smtp.seconds_per_message = 0
    with transaction() as session:
        session.refresh(note)
        note.leased_until = clock.system_now() + timedelta(minutes=5)  # the worker is handing it over
    come_back(note)
    assert again(note).state is MessageState.BOUNCED
    assert again(note).leased_until is None


def test_reason_outlives_the_message(app: Flask) -> None:
    note = sent()
    come_back(note)
    operations.discard([note.id])
    [row] = queries.list_suppressed()
    assert row.message_id is None
    assert "User unknown" in row.reason


def test_address_of_somebody_forgotten_is_forgotten(app: Flask) -> None:
    come_back(sent())
    for _ in range(2):
        operations.opt_out(operations.invite(BOB))
    operations.forget_address(BOB.upper())
    assert suppressed() == []
    assert queries.find_invited(BOB) is None


def folder_with(tmp_path: Path, **files: bytes) -> Path:
    for name, raw in files.items():
        (tmp_path / f"{name}.eml").write_bytes(raw)
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*")) if folder.is_dir() else []


def test_folder_is_read_and_tidied(app: Flask, tmp_path: Path) -> None:
    note = sent()
    folder = folder_with(
        tmp_path,
        returned=sample("qmail", note.message_id),
        stranger=sample("gmail"),
        garbage=b"\xff\x00" * 100,
        large=b"a" * (bounces.LARGEST_BYTES + 1),
    )
    (folder / "notes.txt").write_text("not ours")
    (folder / ".half.eml").write_text("being written")
    (folder / "link.eml").symlink_to("/etc/hostname")
    assert mailbox.read_folder(folder) == mailbox.Found(read=1, unread=3)
    assert names(folder / "done") == ["returned.eml"]
    assert names(folder / "unread") == ["garbage.eml", "large.eml", "stranger.eml"]
    assert names(folder) == [".half.eml", "done", "link.eml", "notes.txt", "unread"]
    assert again(note).state is MessageState.BOUNCED
    assert mailbox.read_folder(folder) == mailbox.Found()


def test_maildir_is_read_too(app: Flask, tmp_path: Path) -> None:
    first, second = sent(), sent(ADA)
    for place in ("new", "cur", "tmp"):
        (tmp_path / place).mkdir()
    (tmp_path / "new/1741593607.V1.mail").write_bytes(sample("qmail", first.message_id))
    (tmp_path / "cur/1741593608.V1.mail:2,S").write_bytes(sample("gmail", second.message_id))
    (tmp_path / "tmp/1741593609.V1.mail").write_bytes(b"half")
    assert mailbox.read_folder(tmp_path).read == 2
    assert names(tmp_path / "tmp") == ["1741593609.V1.mail"]
    assert sorted(suppressed()) == [ADA, BOB]


def test_worker_reads_the_folder_of_the_settings(app: Flask, tmp_path: Path) -> None:
    tasks.read_bounces()  # none is set
    note = sent()
    folder_with(tmp_path, returned=sample("exim-plain", note.message_id))
    with mail_server.used_by(app, bounce_folder=tmp_path):
        tasks.read_bounces()
    assert again(note).state is MessageState.BOUNCED


def test_command_reads_standard_input(app: Flask) -> None:
    note = sent()
    run = app.test_cli_runner().invoke
    answer = run(args=["mail", "read-bounces"], input=sample("outlook-365", note.message_id))
    assert (answer.exit_code, answer.output) == (0, "Written down.\n")
    assert again(note).state is MessageState.BOUNCED
    answer = run(args=["mail", "read-bounces"], input=b"hello")
    assert (answer.exit_code, answer.output) == (0, "This tells of no message of ours.\n")


def test_command_reads_a_folder(app: Flask, tmp_path: Path) -> None:
    folder_with(tmp_path, returned=sample("gmail", sent().message_id), stranger=b"hello")
    answer = app.test_cli_runner().invoke(args=["mail", "read-bounces", "--folder", str(tmp_path)])
    assert (answer.exit_code, answer.output) == (0, "Read: 1. Moved to unread/: 1.\n")


def test_list_of_suppressed_addresses_is_one_query_for_many(app: Flask) -> None:
    come_back(sent())
    found = queries.list_suppressed_among([BOB.upper(), ADA])
    assert list(found) == [BOB]
    assert queries.list_suppressed_among([]) == {}
    assert isinstance(found[BOB], SuppressedAddress)


def test_address_invited_twice_has_one_way_to_say_no(app: Flask) -> None:
    first = operations.invite("Ada@X.example")
    assert operations.invite("ada@x.example").id == first.id
