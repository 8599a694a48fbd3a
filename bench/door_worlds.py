"""A world with people at the door: their codes as phones know them, and phones that are paired."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import func, select

from bench.crowding import crowd
from bench.scenarios import ONE_SESSION
from bench.worlds import ACADEMY, World, world
from registration.app import create_app
from registration.checkin import operations
from registration.checkin.models import AttendanceEntry
from registration.checkin.rules import Right
from registration.core import tokens
from registration.core.settings import from_environment
from registration.events.queries import get_event
from registration.signups.models import TicketCode

COOKIE = "prezence-door"


@dataclass(frozen=True)
class Door:
    """The door of the academy's first session, and the application it can be looked after with."""

    home: World
    app: Flask
    session_id: int

    def codes(self) -> list[str]:
        """Return the ticket codes of everybody."""
        with self.app.app_context(), self.home.engine.connect() as connection:
            found = connection.execute(select(TicketCode.registration_id, TicketCode.version).order_by(TicketCode.id))
            return [tokens.ticket_code(*each) for each in found]

    def pairing_code(self, most_doors: int = 1) -> str:
        """Return the secret that makes phones doors."""
        with self.app.app_context():
            event = get_event(ACADEMY)
            return operations.make_pairing_code(event, rights=list(Right), most_doors=most_doors, by="bench").secret

    def cookies(self, count: int) -> list[str]:
        """Pair so many phones and return what they send to be known by."""
        secret = self.pairing_code(count)
        with self.app.app_context():
            doors = [operations.pair(secret, label=f"Vchod {number}") for number in range(1, count + 1)]
            return [f"{COOKIE}={door.token}" for door in doors]

    def count_admitted(self) -> int:
        """Count the people who are in."""
        with self.home.engine.connect() as connection:
            counting = select(func.count(AttendanceEntry.registration_id.distinct()))
            return connection.scalar(counting) or 0


@contextlib.contextmanager
def door(database: str, people: int) -> Iterator[Door]:
    """Make a world on `sqlite` or `postgresql` where so many come to one session. Raises NoPostgreSQL."""
    with world(database) as home:
        crowd(home.engine, ACADEMY, ONE_SESSION, people)
        app = _application(home.settings())
        with app.app_context():
            (ticket_type,) = [each for each in get_event(ACADEMY).ticket_types if each.code == ONE_SESSION]
            session_id = ticket_type.sessions[0].id
        yield Door(home, app, session_id)


def _application(environment: Mapping[str, str]) -> Flask:
    return create_app(from_environment(environment))
