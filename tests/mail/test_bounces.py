"""What returned messages say, as real mail servers put it, and what they cannot make us believe."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from registration.mail import bounces
from registration.mail.bounces import Bounce
from registration.mail.rules import Verdict, verdict
from tests.mail.returned import PERMANENT, THEIR_ID, sample

BOB = "bob@dolnilhota.example"


def only(raw: bytes) -> Bounce:
    [bounce] = bounces.read(raw)
    return bounce


@pytest.mark.parametrize("name", PERMANENT)
def test_address_that_is_refused_for_good_is_found_in_every_dialect(name: str) -> None:
    bounce = only(sample(name))
    assert (bounce.recipient, bounce.verdict) == (BOB, Verdict.REFUSED)
    assert bounce.message_id == (None if name == "forwarded-without-original" else THEIR_ID)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (
            "postfix-unknown-user",
            "550 5.1.1 <bob@dolnilhota.example>: Recipient address rejected: User unknown in virtual mailbox table",
        ),
        ("outlook-365", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
        ("exim-report", "5.0.0"),
        ("qmail", "Sorry, no mailbox here by that name. (#5.1.1)"),
        ("internationalised", "550 5.1.1 User unknown"),
        ("forwarded-without-original", "5.2.2"),
        (
            "exim-plain",
            "5.0.0 SMTP error from remote mail server after RCPT TO:<bob@dolnilhota.example>: "
            "host mailstore.dolnilhota.example [192.0.2.26]: 550 No such user here",
        ),
    ],
)
def test_reason_is_what_the_server_said(name: str, reason: str) -> None:
    assert only(sample(name)).reason == reason


def test_late_message_is_only_late() -> None:
    bounce = only(sample("postfix-delayed"))
    assert (bounce.verdict, bounce.status) == (Verdict.DELAYED, "4.4.1")
    assert bounce.reason == "4.4.1 connect to mx.dolnilhota.example[192.0.2.25]:25: Connection timed out"


def test_message_that_was_tried_for_days_says_nothing_against_its_address() -> None:
    assert only(sample("postfix-expired")).verdict is Verdict.EXPIRED


@pytest.mark.parametrize("name", ["delivered", "out-of-office"])
def test_what_reports_no_trouble_is_no_bounce(name: str) -> None:
    assert bounces.read(sample(name)) == []


@pytest.mark.parametrize(
    ("action", "status", "expected"),
    [
        ("failed", "5.1.1", Verdict.REFUSED),
        ("failed", "4.4.7", Verdict.EXPIRED),
        ("delayed", "4.2.2", Verdict.DELAYED),
        ("delayed", "5.0.0", Verdict.DELAYED),
        ("delivered", "2.0.0", None),
        ("expanded", "2.0.0", None),
        ("", "5.1.1", None),
    ],
)
def test_action_and_status_decide(action: str, status: str, expected: Verdict | None) -> None:
    assert verdict(action=action, status=status) is expected


REPORT = (
    b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n"
    b"Reporting-MTA: dns; a\n\n%s\n--x--\n"
)


def test_status_is_looked_for_where_the_field_is_missing() -> None:
    fields = b"Final-Recipient: rfc822; <bob@dolnilhota.example>\nAction: Failed\nDiagnostic-Code: smtp; %s\n"
    assert only(REPORT % (fields % b"554 5.7.1 no")).status == "5.7.1"
    assert only(REPORT % (fields % b"450 later")).verdict is Verdict.EXPIRED
    assert only(REPORT % (fields % b"no")).status == "5.0.0"


def test_recipient_as_we_know_it_will_do() -> None:
    assert only(REPORT % b"Original-Recipient: rfc822;BOB@x.example\nAction: failed\n").recipient == "bob@x.example"


@pytest.mark.parametrize(
    "fields",
    [
        b"Final-Recipient: rfc822; nobody\nAction: failed\n",
        b"Final-Recipient: rfc822; " + b"a" * 300 + b"@x.example\nAction: failed\n",
        b"Action: failed\nStatus: 5.1.1\n",
    ],
)
def test_report_about_nobody_is_none(fields: bytes) -> None:
    assert bounces.read(REPORT % fields) == []


def test_words_are_made_fit_for_any_database() -> None:
    fields = b"Final-Recipient: rfc822; bob@x.example\nAction: failed\nDiagnostic-Code: smtp; 550 \xff\x00\x1b[31m no\n"
    bounce = only(REPORT % fields)
    assert bounce.diagnostic.isprintable()
    assert bounce.diagnostic.endswith("[31m no")


def test_novel_is_cut_and_crowd_too() -> None:
    one = b"Final-Recipient: rfc822; bob@x.example\nAction: failed\nDiagnostic-Code: smtp; " + b"a" * 5000 + b"\n\n"
    found = bounces.read(REPORT % (one * 50))
    assert len(found) == 20
    assert len(found[0].diagnostic) == 400


def test_qmail_that_returns_no_copy_is_understood() -> None:
    text = b"\n\nHi. This is the qmail-send program at x.\nSorry.\n\n<bob@x.example>:\nMailbox full (#4.2.2)\n"
    bounce = only(text)
    assert (bounce.recipient, bounce.verdict, bounce.message_id) == ("bob@x.example", Verdict.EXPIRED, None)


@given(some.binary(max_size=400))
def test_garbage_is_read_without_a_stumble(raw: bytes) -> None:
    bounces.read(raw)
    bounces.read(REPORT.replace(b"%s", raw))
