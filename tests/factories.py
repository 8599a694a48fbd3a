"""Small makers of the world tests happen in."""

from datetime import datetime

from registration.accounts.models import RoleName, User
from registration.accounts.operations import create_account, join_team
from registration.core import clock
from registration.core.db import transaction
from registration.events import offered
from registration.events.models import Event, EventKind, Format, Session, SignUp, TicketType, WaitingListMode
from registration.signups.models import Order, Registration
from registration.signups.operations import Orderer, Person, Wishes, sign_up
from registration.signups.queries import find_order

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
    """Make the organizer, who is the administrator too."""
    return staff(OLGA_EMAIL, RoleName.ADMINISTRATOR, RoleName.ORGANIZER)


def staff(email: str, *roles: RoleName) -> User:
    """Make a person of the staff, whose password is Olga's."""
    return create_account(email, password=OLGA_PASSWORD, roles=roles, by="test")


def organizer(email: str, *events: Event) -> User:
    """Make an organizer of these events and no others."""
    user = staff(email, RoleName.ORGANIZER)
    put_on_team(email, *events)
    return user


def accountant(email: str = "ucetni@sekce.example") -> User:
    """Make somebody who reads everything and changes nothing."""
    return staff(email, RoleName.ACCOUNTANT)


def doorkeeper(*events: Event, email: str = "dvere@sekce.example") -> User:
    """Make somebody who lets people in at these events."""
    user = staff(email, RoleName.DOOR)
    put_on_team(email, *events)
    return user


def put_on_team(email: str, *events: Event) -> None:
    """Let a person of the staff work with these events."""
    for event in events:
        join_team(email, event_id=event.id, by="test")


def workshop(
    *,
    slug: str = "workshop",
    code: str = "WRK",
    capacity: int | None = 20,
    ticket_capacity: int | None = None,
    starts_at: datetime = datetime(2025, 4, 23, 9, 0),
    waiting_list: WaitingListMode = WaitingListMode.CONFIRM,
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
        waiting_list=waiting_list,
        sessions=[session],
        ticket_types=[TicketType(code="UCAST", title="Účast", capacity=ticket_capacity, sessions=[session])],
    )
    with transaction() as database:
        database.add(event)
    return event


def order(
    event: Event,
    *people: Person,
    orderer: Orderer = ADAS_ORDERER,
    language: str = "cs",
    wishes: Wishes | None = None,
) -> Order:
    """Sign people up; without any, Ada alone."""
    receipt = sign_up(event.id, orderer=orderer, people=people or [ADA], language=language, wishes=wishes)
    found = find_order(receipt.order_id)
    assert found
    return found


def person(number: int, ticket_type: str = "UCAST") -> Person:
    """Return somebody who is nobody else: Osoba 17."""
    return Person(
        given_name="Osoba",
        family_name=f"Číslo {number}",
        email=f"osoba{number}@ukazka.example",
        ticket_type=ticket_type,
    )


def crowd(event: Event, count: int, ticket_type: str = "UCAST", *, first: int = 1) -> list[Registration]:
    """Sign up so many different people, each with an order of their own."""
    people = [person(number, ticket_type) for number in range(first, first + count)]
    return [order(event, each, orderer=Orderer(name="Osoba", email=each.email)).registrations[0] for each in people]


def take(counted: TicketType | Session, count: int) -> None:
    """Let places be taken by people who need not exist."""
    with transaction():
        offered.book({(counted.__tablename__, counted.id): count})


def registration(event: Event, ticket_type: str = "AI", **changes: str) -> Registration:
    """Sign one person up and return their registration; `changes` to Ada's details."""
    values = {**ADA.__dict__, "ticket_type": ticket_type, **changes}
    return order(event, Person(**values)).registrations[0]
