"""A year of training: the library of Horní Lhota, its people, and a library next door."""

from datetime import date, datetime

from sqlalchemy import select

from registration.checkin.models import AttendanceEntry, EntryKind, Source
from registration.core import clock
from registration.core.clock import PRAGUE
from registration.core.db import db, transaction
from registration.events.models import Event
from registration.events.queries import get_event
from registration.organisations.models import Organisation
from registration.organisations.operations import add_organisation
from registration.records import operations
from registration.signups.models import Registration
from registration.signups.operations import Orderer, Person
from tests import factories

BY = factories.OLGA_EMAIL
YEAR = 2025
NEXT_JANUARY = datetime(2026, 1, 12, 9, 0, tzinfo=PRAGUE)
ADA = factories.person(1)
BOB = factories.person(2)
EVA = factories.person(3)


def library(name: str = "Knihovna Horní Lhota", email: str = "knihovna@hornilhota.example") -> Organisation:
    """Add a library to the directory."""
    return add_organisation(name=name, contact_email=email, by=BY)


def event(slug: str, hours: float, *, starts_at: datetime = datetime(2025, 4, 23, 9, 0), city: str = "Brno") -> Event:
    """Make an event of one session with so many credited hours."""
    made = factories.workshop(slug=slug, code=slug.replace("-", "")[-6:].upper(), starts_at=starts_at, capacity=None)
    with transaction():
        made.sessions[0].credited_minutes = round(hours * 60)
        made.title, made.city = f"Akce {slug}", city
    return made


def put_off(event: Event, starts_at: datetime) -> None:
    """Let an event have been at another time."""
    with transaction():
        [part] = get_event(event.slug).sessions
        part.starts_at, part.ends_at = starts_at, starts_at.replace(hour=16)


def sign_up(event: Event, *people: Person, of: Organisation | str) -> list[Registration]:
    """Sign people of a library up in one order."""
    name = of if isinstance(of, str) else of.label
    orderer = Orderer(name="Kdo", email=people[0].email, organisation=name)
    return list(factories.order(event, *people, orderer=orderer).registrations)


def attend(event: Event, *people: Person, of: Organisation | str) -> list[Registration]:
    """Sign people up in one order and let them attend all parts."""
    registrations = sign_up(event, *people, of=of)
    for each in registrations:
        write(each, EntryKind.PRESENT)
    return registrations


def write(registration: Registration, kind: EntryKind) -> None:
    """Write into the ledger that somebody was at all parts of the event, or was not after all."""
    with transaction() as session:
        for part in get_event(registration.event.slug).sessions:
            of_both = (AttendanceEntry.registration_id == registration.id, AttendanceEntry.session_id == part.id)
            ordinal = len(session.scalars(select(AttendanceEntry.id).where(*of_both)).all()) + 1
            session.add(
                AttendanceEntry(
                    registration_id=registration.id,
                    session_id=part.id,
                    ordinal=ordinal,
                    kind=kind,
                    source=Source.ORGANIZER,
                    occurred_at=clock.now(),
                    recorded_at=clock.now(),
                    recorded_by=BY,
                    reason="byli tam",
                )
            )


def declare(registration: Registration, *, hours: float = 4, held_on: date = date(2025, 2, 3)) -> int:
    """Add training elsewhere to a person's record; return its id."""
    declared = operations.declare(
        registration, held_on=held_on, title="Kurz katalogizace", organizer="Krajská knihovna", minutes=int(hours * 60)
    )
    return declared.id


def fresh() -> None:
    """Forget what was read."""
    db.session.rollback()
    db.session.expire_all()
