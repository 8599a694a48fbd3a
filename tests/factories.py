"""Small makers of the world tests happen in."""

from datetime import datetime

from registration.accounts.models import User
from registration.accounts.operations import create_organizer
from registration.core import clock
from registration.core.db import transaction
from registration.events.models import Event, EventKind, Format, Session, SignUp, TicketType
from registration.signups.models import Order, Registration
from registration.signups.operations import Orderer, Person, sign_up

OLGA_EMAIL = "olga@sekce.example"
OLGA_PASSWORD = "olga-likes-libraries"
ADA = Person(
    title_before="Ing.",
    given_name="Ada",
    family_name="Žďárská",
    title_after="Ph.D.",
    email="ada@hornilhota.example",
    ticket_type="AI",
)
BOB = Person(given_name="Bob", family_name="Řehák", email="bob@dolnilhota.example", ticket_type="AI")
ADAS_ORDERER = Orderer(name="Ada Žďárská", email="ada@hornilhota.example", organisation="Městská knihovna Horní Lhota")


def olga() -> User:
    """Make the organizer."""
    return create_organizer(OLGA_EMAIL, password=OLGA_PASSWORD)


def workshop(
    *,
    slug: str = "workshop",
    code: str = "WRK",
    capacity: int | None = 20,
    ticket_capacity: int | None = None,
    starts_at: datetime = datetime(2025, 4, 23, 9, 0),
) -> Event:
    """Make a published one-day event with one session and the ticket type UCAST."""
    session = Session(
        code="den-1",
        title="Workshop",
        format=Format.IN_PERSON,
        starts_at=starts_at,
        ends_at=starts_at.replace(hour=16),
        venue="Sál",
        capacity=capacity,
        credited_minutes=360,
    )
    event = Event(
        slug=slug,
        code=code,
        series_year=starts_at.year,
        title=f"Workshop {code}",
        kind=EventKind.WORKSHOP,
        city="Brno",
        first_on=starts_at.date(),
        last_on=starts_at.date(),
        sign_up=SignUp.HERE,
        published_at=clock.now(),
        sessions=[session],
        ticket_types=[TicketType(code="UCAST", title="Účast", capacity=ticket_capacity, sessions=[session])],
    )
    with transaction() as database:
        database.add(event)
    return event


def order(event: Event, *people: Person, orderer: Orderer = ADAS_ORDERER, language: str = "cs") -> Order:
    """Sign people up; without any, Ada alone."""
    return sign_up(event, orderer=orderer, people=people or [ADA], language=language)


def registration(event: Event, ticket_type: str = "AI", **changes: str) -> Registration:
    """Sign one person up and return their registration; `changes` to Ada's details."""
    values = {**ADA.__dict__, "ticket_type": ticket_type, **changes}
    return order(event, Person(**values)).registrations[0]
