"""A workshop with a crowd at its door, phones that are paired with it, and pictures for their cameras."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import qrcode
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, expect
from qrcode.constants import ERROR_CORRECT_H
from sqlalchemy import func, select, update

from registration.checkin.models import AttendanceEntry, Door, PairingCode, Scan
from registration.checkin.operations import make_pairing_code, revoke
from registration.checkin.rules import Right
from registration.core import tokens
from registration.core.db import db, transaction
from registration.events.models import Event, Format, Session, TicketType
from registration.signups.models import Registration
from tests import factories
from tests.journeys.desk_world import BY, beside
from tests.server import Server

OPENS_AT = datetime(2025, 3, 11, 8, 30)  # tomorrow in the demo: sign-up ends when an event begins
CROWD = 90
CZECH_DIGITS = dict(zip("1234567890", "+ěščřžýáíé", strict=True))
_FRAME = (640, 480)
_FRAMES_A_SECOND = 5


@dataclass
class DoorWorld:
    """The event whose door it is; each test takes people of its own."""

    app: Flask
    event: Event
    people: Iterator[Registration]
    stranger: Registration  # of another event

    @cached_property
    def session_id(self) -> int:
        """Return the session in the morning, which everybody comes to."""
        return self.event.sessions[0].id

    def take(self, count: int = 1) -> list[Registration]:
        """Return people whom no other test has."""
        return [next(self.people) for _ in range(count)]

    def pairing_code(self, *, rights: Iterable[Right] = tuple(Right), most_doors: int = 10) -> str:
        """Return a fresh pairing code."""
        return make_pairing_code(self.event, rights=frozenset(rights), most_doors=most_doors, by=BY).secret

    def revoke(self, label: str) -> None:
        """Take a phone's access away."""
        revoke(db.session.scalars(select(Door).where(Door.label == label)).one(), by=BY)

    def expire(self, code: str) -> None:
        """Let the time of a pairing code be over."""
        with transaction() as database:
            is_it = PairingCode.secret_hash == tokens.stored_hash("pairing", code)
            database.execute(update(PairingCode).where(is_it).values(expires_at=PairingCode.made_at))

    def find(self, family_name: str) -> Registration:
        """Return somebody of the workshop by name."""
        db.session.rollback()
        is_called = Registration.family_name == family_name
        return db.session.scalars(select(Registration).where(is_called, Registration.event_id == self.event.id)).one()

    def entries(self, *people: Registration) -> list[str]:
        """Return what the ledger says of these people, in the order it was written."""
        db.session.rollback()
        ids = [each.id for each in people]
        entries = select(AttendanceEntry).where(AttendanceEntry.registration_id.in_(ids)).order_by(AttendanceEntry.id)
        return [f"{each.kind} {each.recorded_by}" for each in db.session.scalars(entries)]

    def scans(self, label: str) -> int:
        """Return how many scans of a door have been kept."""
        db.session.rollback()
        return db.session.scalar(select(func.count(Scan.id)).join(Scan.door).where(Door.label == label)) or 0


@contextmanager
def door_world(server: Server) -> Iterator[DoorWorld]:
    """Make the workshop beside a running demo."""
    with beside(server) as app:
        event = factories.workshop(slug="u-dveri", code="UDV", capacity=None, starts_at=OPENS_AT)
        with transaction() as database:
            afternoon = Session(
                code="odpoledne",
                title="Odpoledne",
                format=Format.IN_PERSON,
                starts_at=OPENS_AT.replace(hour=17),
                ends_at=OPENS_AT.replace(hour=18),
                venue="Malý sál",
                credited_minutes=60,
            )
            event.sessions.append(afternoon)
            event.ticket_types.append(TicketType(code="VECER", title="Jen odpoledne", sessions=[afternoon]))
            database.flush()
        crowd = factories.crowd(event, CROWD)
        other = db.session.scalars(select(Registration).where(Registration.event_id != event.id).limit(1)).one()
        yield DoorWorld(app, event, iter(crowd), other)


def code_of(registration: Registration) -> str:
    """Return what the QR code of a person says."""
    return tokens.ticket_code(registration.id, registration.ticket_version)


def pair(page: Page, code: str, *, label: str) -> None:
    """Open the scanner by a pairing link and wait for the list."""
    page.goto(f"/odbaveni#p={code}")
    page.get_by_label("Název těchto dveří").fill(label)
    page.get_by_role("button", name="Spárovat telefon").click()
    expect(page.locator("#count")).to_be_visible()
    expect(page.get_by_text("Vše odesláno")).to_be_visible()


def scan(page: Page, code: str) -> None:
    """Read a code as a hand-held reader does: keys that follow one another fast, without a field, then Enter."""
    _press(page, [(each, each) for each in code])


def scan_on_czech_keyboard(page: Page, code: str) -> None:
    """Read a code with a reader that presses English keys while the phone writes Czech: digits become letters."""
    _press(page, [(CZECH_DIGITS.get(each, each), each) for each in code])


def _press(page: Page, keys: Sequence[tuple[str, str]]) -> None:
    """Press keys, each as it is written here and as it is on an English keyboard; Playwright would take its time."""
    pressed = [(key, f"Digit{english}" if english.isdigit() else f"Key{english}") for key, english in keys]
    page.evaluate(
        """(keys) => keys.forEach(([key, code]) =>
            (document.activeElement ?? document.body).dispatchEvent(
                new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true })))""",
        [*pressed, ("Enter", "Enter")],
    )


class Front(ThreadingHTTPServer):
    """Stands before the demo and can serve another version of everything, as after an update."""

    daemon_threads = True

    def __init__(self, server: Server) -> None:
        super().__init__(("127.0.0.1", 0), _Forwarding)
        self.behind = urlsplit(server.address)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.versions: tuple[str, str] | None = None  # the old one and the new one
        self.held = ""  # what is answered only when it goes on
        self.goes_on = threading.Event()

    def update(self, old: str, new: str) -> None:
        """Call the version otherwise from now on."""
        self.versions = old, new


@contextmanager
def front_of(server: Server) -> Iterator[Front]:
    """Give an address at which the server can be updated."""
    with Front(server) as front:
        thread = threading.Thread(target=front.serve_forever, daemon=True)
        thread.start()
        try:
            yield front
        finally:
            front.goes_on.set()
            front.shutdown()
            thread.join()


class _Forwarding(BaseHTTPRequestHandler):
    server: Front

    def do_GET(self) -> None:
        old, new = self.server.versions or ("", "")
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = {name: value for name, value in self.headers.items() if name.lower() != "accept-encoding"}
        behind = self.server.behind
        if self.path == self.server.held:
            self.server.goes_on.wait()
        with closing(HTTPConnection(behind.hostname or "", behind.port)) as connection:
            connection.request(self.command, self.path.replace(new, old) if new else self.path, sent, request)
            answer = connection.getresponse()
            content = answer.read()
        with suppress(ConnectionError):  # the page may be gone
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in {"date", "server", "content-length", "transfer-encoding", "connection"}:
                    self.send_header(name, value)
            content = content.replace(old.encode(), new.encode()) if new else content
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def film(path: Path, codes: Iterable[str | None], *, seconds: float = 1) -> Path:
    """Write a video for the fake camera that shows each code, or nothing, for so long; it is played again and again."""
    width, height = _FRAME
    with path.open("wb") as video:
        video.write(f"YUV4MPEG2 W{width} H{height} F{_FRAMES_A_SECOND}:1 Ip A1:1 C420\n".encode())
        for code in codes:
            picture = _picture(code).tobytes() + bytes([128]) * (width * height // 2)
            for _ in range(int(seconds * _FRAMES_A_SECOND)):
                video.write(b"FRAME\n" + picture)
    return path


def _picture(code: str | None) -> Image.Image:
    """Return one frame: a code held a little askew before a grey wall."""
    frame = Image.new("L", _FRAME, 110)
    if code:
        drawn = qrcode.QRCode(error_correction=ERROR_CORRECT_H, box_size=8, border=4)
        drawn.add_data(code)
        picture = drawn.make_image().get_image().convert("L").rotate(7, expand=True, fillcolor=110)
        frame.paste(picture, ((_FRAME[0] - picture.width) // 2, (_FRAME[1] - picture.height) // 2))
    return frame
