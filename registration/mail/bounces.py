"""What a returned message says: whom it did not reach, why, and which message of ours it was.

Reads delivery status notifications (RFC 3464), and the two older ways that are still about: qmail's
(https://cr.yp.to/proto/qsbmf.txt) and Exim's. Anybody can send anything to a mailbox, so nothing here is believed
beyond its words; whether such a message was ever sent is for `operations.record_bounce` to find out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser, HeaderParser, Parser

from registration.mail import rules
from registration.mail.rules import Verdict

LARGEST_BYTES = 10 * 1024 * 1024  # a returned message comes back with its attachments
_LONGEST_DIAGNOSTIC = 400
_LONGEST_ADDRESS = 254
_MOST_RECIPIENTS = 20  # each of our messages has one

_REPORTS = {"message/delivery-status", "message/global-delivery-status"}
_RETURNED = {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}
_ADDRESS = re.compile(r"[^\s<>@;,]+@[^\s<>@;,]+")
_MESSAGE_ID = re.compile(r"<[^\s<>]+>")
_ENHANCED_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_SMTP_CODE = re.compile(r"(?<![\d.])([45])\d\d(?![\d.])")
_QMAIL_GREETING = "Hi. This is the "
_QMAIL_RECIPIENT = re.compile(r"^<([^\s<>]+@[^\s<>]+)>:\s*\n(.+)", re.DOTALL)
_EXIM_COPY = re.compile(r"^-{4,} This is a copy of .*-{4,}\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Bounce:
    """One recipient whom a message did not reach, or not yet."""

    recipient: str  # in small letters; what the reporting server knows, which may be where the address leads
    verdict: Verdict
    status: str  # RFC 3463: `5.1.1`
    diagnostic: str
    message_id: str | None  # of the message that came back, with its angle brackets

    @property
    def reason(self) -> str:
        """Return why, as the mail server put it."""
        return self.diagnostic if self.status in self.diagnostic else f"{self.status} {self.diagnostic}".strip()


def read(raw: bytes) -> list[Bounce]:
    """Return what a message reports of its recipients; nothing when it is no report, or reports no trouble."""
    message = BytesParser().parsebytes(raw)
    found = list(_reported(message)) or list(_told_by_qmail(message)) or list(_told_by_exim(message))
    return found[:_MOST_RECIPIENTS]


def _reported(message: Message) -> Iterator[Bounce]:
    """Yield what the machine-readable part of a report says (RFC 3464 2.3)."""
    message_id = _returned_id(message)
    for part in message.walk():
        if part.get_content_type() not in _REPORTS:
            continue
        for fields in _blocks(part):
            recipient = _address(_field(fields, "Final-Recipient") or _field(fields, "Original-Recipient"))
            action = _field(fields, "Action").lower()
            diagnostic = _without_type(_field(fields, "Diagnostic-Code")) or _field(fields, "Status")
            status = _status(_field(fields, "Status"), diagnostic)
            verdict = rules.verdict(action=action, status=status)
            if recipient and verdict:
                yield Bounce(recipient, verdict, status, diagnostic[:_LONGEST_DIAGNOSTIC], message_id)


def _told_by_qmail(message: Message) -> Iterator[Bounce]:
    text = _text(message)
    if not text.lstrip().startswith(_QMAIL_GREETING):
        return
    paragraphs = re.split(r"\n\s*\n", text)
    returned = next((place for place, words in enumerate(paragraphs) if words.startswith("-")), len(paragraphs))
    message_id = _id_of("\n\n".join(paragraphs[returned + 1 :]))
    for paragraph in paragraphs[1:returned]:
        if told := _QMAIL_RECIPIENT.match(paragraph.strip()):
            yield _failed(told[1], told[2], message_id)


def _told_by_exim(message: Message) -> Iterator[Bounce]:
    recipients = _ADDRESS.findall(_field(message, "X-Failed-Recipients"))
    if not recipients:
        return
    said, *copy = _EXIM_COPY.split(_text(message), maxsplit=1)
    for recipient in recipients:
        _, _, reason = said.partition(recipient)
        yield _failed(recipient, reason, _id_of("".join(copy)))


def _failed(recipient: str, said: str, message_id: str | None) -> Bounce:
    """Return a bounce of a server that only writes when it has given up."""
    diagnostic = _one_line(said)[:_LONGEST_DIAGNOSTIC]
    status = _status("", diagnostic)
    verdict = Verdict.REFUSED if status.startswith("5") else Verdict.EXPIRED
    return Bounce(_address(recipient), verdict, status, diagnostic, message_id)


def _blocks(part: Message) -> Sequence[Message]:
    """Return the groups of fields of a report; the parser knows only the older of the two types."""
    payload = part.get_payload()
    if isinstance(payload, list) and part.get_content_type() == "message/delivery-status":
        return [block for block in payload if isinstance(block, Message)]
    words = "\n\n".join(each.as_string() for each in payload if isinstance(each, Message))
    return [HeaderParser().parsestr(block) for block in re.split(r"\n\s*\n", words)]


def _returned_id(message: Message) -> str | None:
    """Return the Message-ID of the returned message, or of what the report says that it answers."""
    for part in message.walk():
        if part.get_content_type() in _RETURNED:
            payload = part.get_payload()
            inner = payload[0] if isinstance(payload, list) and payload else _as_message(part)
            if isinstance(inner, Message) and (found := _MESSAGE_ID.search(_field(inner, "Message-ID"))):
                return found[0]
    answered = _MESSAGE_ID.search(_field(message, "In-Reply-To"))
    return answered[0] if answered else None


def _as_message(part: Message) -> Message:
    return HeaderParser().parsestr(_text(part).lstrip())


def _id_of(copy: str) -> str | None:
    found = _MESSAGE_ID.search(_field(Parser().parsestr(copy.lstrip()), "Message-ID"))
    return found[0] if found else None


def _text(part: Message) -> str:
    """Return the words of a part, whatever its encoding claims to be."""
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace").replace("\r\n", "\n") if isinstance(payload, bytes) else ""


def _field(fields: Message, name: str) -> str:
    return _one_line(str(fields.get(name, "")))


def _one_line(words: str) -> str:
    """Return words that any database takes, on one line."""
    whole = words.encode("utf-8", "replace").decode()
    return " ".join("".join(each if each.isprintable() else " " for each in whole).split())


def _without_type(value: str) -> str:
    """Return what follows `smtp;` or `rfc822;`."""
    kind, separator, rest = value.partition(";")
    return rest.strip() if separator and " " not in kind.strip() else value


def _address(value: str) -> str:
    found = _ADDRESS.search(_without_type(value))
    return found[0].lower() if found and len(found[0]) <= _LONGEST_ADDRESS else ""


def _status(given: str, diagnostic: str) -> str:
    """Return the status of a recipient; from the words where the field is missing, and else the vaguest one."""
    for words in (given, diagnostic):
        if found := _ENHANCED_STATUS.search(words):
            return found[1]
    code = _SMTP_CODE.search(diagnostic)
    return f"{code[1]}.0.0" if code else "5.0.0"
