"""What phones and this server say to each other: the shapes of the door's messages, read and described in one place."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from registration.checkin.errors import Malformed
from registration.checkin.models import Source
from registration.checkin.operations.judging import Result, SentScan
from registration.checkin.operations.scanning import Answers, Contact
from registration.checkin.operations.walking_in import WalkIn
from registration.checkin.queries.roster import instant
from registration.checkin.rules import ScanKind
from registration.core import i18n

PATH = "/odbaveni"
COOKIE = "prezence-door"
LANGUAGES = i18n.LANGUAGES
MOST_SCANS = 200
MOST_KILOBYTES = 256  # of one message
LONGEST_NAME = 100
LONGEST_ORGANISATION = 200
LONGEST_TOKEN = 100
MOST_SECONDS = 30 * 24 * 3600
MOST_WAITING = 1_000_000
LARGEST_ID = 2**53 - 1  # that JavaScript knows exactly
NONCE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
HASH = re.compile(r"[0-9a-f]{32}")
_WHOSE = ("token", "hash", "person")
SOURCES = {each.value: each for each in (Source.SCAN, Source.MANUAL, Source.WALK_IN)}
_KINDS = {each.value: each for each in ScanKind}


def read_scans(body: object) -> tuple[Contact, list[SentScan]]:
    """Return what a phone has sent. Raises Malformed."""
    message = _Fields(body, "")
    contact = Contact(
        now=message.instant("now"),
        list_age_s=message.number("list_age_s", most=MOST_SECONDS, is_required=False),
        waiting=message.number("waiting", most=MOST_WAITING, is_required=False) or 0,
    )
    scans = message.value("scans")
    if not isinstance(scans, list) or len(scans) > MOST_SCANS:
        raise Malformed("scans")
    return contact, [_read_scan(_Fields(each, f"scans[{number}].")) for number, each in enumerate(scans)]


def read_walk_in(body: object) -> WalkIn:
    """Return whom a phone lets in. Raises Malformed."""
    message = _Fields(body, "")
    return WalkIn(
        nonce=message.matching("nonce", NONCE),
        now=message.instant("now"),
        given_name=message.words("given_name", most=LONGEST_NAME),
        family_name=message.words("family_name", most=LONGEST_NAME),
        organisation=message.words("organisation", most=LONGEST_ORGANISATION, is_required=False),
        ticket_type_id=message.id("ticket_type"),
        session_id=message.id("session"),
        scanned_at=message.instant("scanned_at"),
    )


def read_pairing(body: object) -> tuple[str, str]:
    """Return the code and the label a phone gives. Raises Malformed."""
    message = _Fields(body, "")
    return message.words("code", most=500), message.words("label", most=500, is_required=False)


def show_answers(answers: Answers) -> dict[str, Any]:
    """Return the answer to scans."""
    return {
        "now": instant(answers.now),
        "results": [show_result(result) for result in answers.results],
        "corrections": answers.corrections,
    }


def show_result(result: Result) -> dict[str, Any]:
    """Return the answer to one scan."""
    shown: dict[str, Any] = {"nonce": result.nonce, "verdict": result.verdict}
    if result.person_id is not None:
        shown["person"] = result.person_id
    if result.since is not None:
        shown |= {"since": instant(result.since), "door": result.door}
    return shown


def _read_scan(fields: "_Fields") -> SentScan:
    whose = [name for name in _WHOSE if fields.has(name)]
    if len(whose) != 1:
        raise Malformed(f"{fields.where}token")
    return SentScan(
        nonce=fields.matching("nonce", NONCE),
        session_id=fields.id("session"),
        kind=fields.one_of("kind", _KINDS),
        source=fields.one_of("source", SOURCES),
        scanned_at=fields.instant("scanned_at"),
        token=fields.words("token", most=LONGEST_TOKEN) if whose == ["token"] else None,
        hash=fields.matching("hash", HASH) if whose == ["hash"] else None,
        person_id=fields.id("person") if whose == ["person"] else None,
    )


class _Fields:
    """The fields of a JSON object; what is not as agreed is named by where it stands."""

    def __init__(self, body: object, where: str) -> None:
        if not isinstance(body, dict):
            raise Malformed(where.rstrip(".") or "body")
        self.where = where
        self._values: Mapping[str, object] = body

    def has(self, name: str) -> bool:
        return self._values.get(name) is not None

    def value(self, name: str) -> object:
        return self._values.get(name)

    def words(self, name: str, *, most: int, is_required: bool = True) -> str:
        value = self._values.get(name)
        if value is None and not is_required:
            return ""
        if not isinstance(value, str) or len(value) > most or "\0" in value or not _is_text(value):
            raise Malformed(self.where + name)
        if is_required and not value.strip():
            raise Malformed(self.where + name)
        return value.strip()

    def matching(self, name: str, pattern: re.Pattern[str]) -> str:
        value = self._values.get(name)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise Malformed(self.where + name)
        return value

    def one_of(self, name: str, words: Mapping[str, Any]) -> Any:
        value = self._values.get(name)
        if not isinstance(value, str) or value not in words:
            raise Malformed(self.where + name)
        return words[value]

    def id(self, name: str) -> int:
        return self._whole(name, self._values.get(name), most=LARGEST_ID)

    def number(self, name: str, *, most: int, is_required: bool) -> int | None:
        value = self._values.get(name)
        return None if value is None and not is_required else self._whole(name, value, most=most)

    def instant(self, name: str) -> datetime:
        value = self._values.get(name)
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None or not 2000 <= moment.year < 3000:
            raise Malformed(self.where + name)
        return moment

    def _whole(self, name: str, value: object, *, most: int) -> int:
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= most:
            raise Malformed(self.where + name)
        return int(value)


def _is_text(value: str) -> bool:
    """Say whether it can be stored: JSON may hold half of a surrogate pair."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
