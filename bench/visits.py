"""What a client does: a visit asks for one thing after another and goes on with what it got.

A visit is a generator: it gives requests and is given the answers. Each is measured as one.
"""

import json
import re
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from functools import partial
from html import unescape
from itertools import count, cycle, islice
from urllib.parse import quote_plus, urlencode, urlsplit

from bench.errors import BadAnswer
from bench.http import Answer, Request, get, post

Visit = Generator[Request, Answer, None]

ORGANISATION = "Městská knihovna Horní Lhota"  # it is in the directory, and a member
_UNIQUE = b"000000000000"  # what a template holds where each order has letters of its own
_LETTERS = bytes.maketrans(b"0123456789abcdef", b"abcdefghijklmnop")  # a name has no digits
_HIDDEN = re.compile(rb"<input\b[^>]*\btype=[\"']?hidden\b[^>]*>")
_NAME = re.compile(rb"\bname=[\"']([^\"']+)")
_VALUE = re.compile(rb"\bvalue=[\"']([^\"']*)")


def pages(paths: list[str]) -> Callable[[], Visit]:
    """Return visits that each fetch one page, of several in turn."""
    requests = cycle([get(path) for path in paths])

    def visit() -> Visit:
        (yield next(requests)).expect(200)

    return visit


def orders(
    slug: str, *, people: int, ticket_type: str, marker: int, found: list[str] | None = None
) -> Callable[[], Visit]:
    """Return visits that each send an order; where it can be read is added to `found`."""
    path = _form_path(slug)
    body = _body(people, ticket_type)
    names = _unique_names(marker)

    def visit() -> Visit:
        answer = (yield post(path, body.replace(_UNIQUE, next(names)))).expect(303)
        if found is not None:
            found.append(_target(answer))

    return visit


def registrations(slug: str, *, people: int, ticket_type: str, marker: int) -> Callable[[], Visit]:
    """Return visits that each fetch the form, send it with whatever it hides, and read the result."""
    path = _form_path(slug)
    fetch = get(path)
    body = _body(people, ticket_type)
    names = _unique_names(marker)

    def visit() -> Visit:
        form = (yield fetch).expect(200)
        filled = body.replace(_UNIQUE, next(names)) + _sent_back(form.body)
        sent = (yield post(path, filled)).expect(303)
        (yield get(_target(sent))).expect(200)

    return visit


def scans(
    doors: list[str], session: int, hashes: list[str], *, batch: int, rounds: int, marker: int
) -> Callable[[], Visit]:
    """Return visits that each send some scans of people who are not in yet, of several doors in turn.

    `doors` are cookies, `hashes` what phones know of ticket codes; each of the rounds has people of its own.
    """
    cookies = cycle(doors)
    first = marker % rounds * (len(hashes) // rounds)
    people = iter(hashes[first : first + len(hashes) // rounds])
    numbers = count()

    def visit() -> Visit:
        body = _scans(session, list(islice(people, batch)), marker, numbers)
        request = Request("POST", "/odbaveni/scans", body, "application/json", next(cookies))
        answer = (yield request).expect(200)
        if answer.body.count(b'"admitted"') != batch:
            raise BadAnswer(f"not everybody was admitted: {answer.body[:300]!r}")

    return visit


def hidden_fields(page: bytes) -> list[tuple[str, str]]:
    """Return names and values of the hidden inputs of a page."""
    return [(_attribute(_NAME, tag), _attribute(_VALUE, tag)) for tag in _HIDDEN.findall(page) if _NAME.search(tag)]


def _scans(session: int, hashes: list[str], marker: int, numbers: Iterator[int]) -> bytes:
    """Return what a phone sends; a nonce is a UUID that no other driver with another marker has."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    sent = [
        {
            "nonce": f"{marker:08x}-0000-4000-8000-{next(numbers):012x}",
            "hash": each,
            "session": session,
            "kind": "in",
            "source": "scan",
            "scanned_at": now,
        }
        for each in hashes
    ]
    return json.dumps({"now": now, "list_age_s": 0, "waiting": 0, "scans": sent}).encode()


def _target(answer: Answer) -> str:
    if answer.location is None:
        raise BadAnswer("a redirect that leads nowhere")
    return urlsplit(answer.location).path


def _sent_back(page: bytes) -> bytes:
    return b"".join(f"&{quote_plus(name)}={quote_plus(value)}".encode() for name, value in hidden_fields(page))


def _attribute(pattern: re.Pattern[bytes], tag: bytes) -> str:
    found = pattern.search(tag)
    return unescape(found[1].decode()) if found else ""


def _form_path(slug: str) -> str:
    return f"/akce/{slug}/prihlaska"


def _body(people: int, ticket_type: str) -> bytes:
    """Return a filled-in form: the orderer goes herself, colleagues have addresses of their own."""
    unique = _UNIQUE.decode()
    fields = {
        "orderer_name": f"Ada Horova{unique}",
        "orderer_email": f"{unique}.0@lhota.example",
        "organisation": ORGANISATION,
    }
    for index in range(people):
        fields |= {
            f"people-{index}-given_name": "Ada",
            f"people-{index}-family_name": f"Horova{unique}",
            f"people-{index}-email": f"{unique}.{index}@lhota.example",
            f"people-{index}-ticket_type": ticket_type,
        }
    return urlencode(fields).encode()


def _unique_names(marker: int) -> Iterator[bytes]:
    """Return twelve letters each that no other driver with another marker has; threads may share them."""
    return map(partial(_unique_name, marker), count())


def _unique_name(marker: int, number: int) -> bytes:
    return (b"%05x%07x" % (marker, number)).translate(_LETTERS)
