"""The demo: one small named world, and a clock that can travel. Exists only with DEMO=1.

The world is the real programme of 2025 with invented times and people. Travelling forward plays what the invented
people do meanwhile: most of them come.
"""

import math
import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, has_request_context, redirect, request
from sqlalchemy import select, update
from sqlalchemy.orm import Mapped
from werkzeug.wrappers import Response

from registration.accounts.errors import UserExists
from registration.accounts.models import RoleName
from registration.accounts.operations import create_account
from registration.checkin.models import AttendanceEntry, EntryKind, Source
from registration.core import clock, queue
from registration.core.clock import PRAGUE
from registration.core.db import Base, PrimaryKey, db, transaction
from registration.core.i18n import gettext
from registration.events.models import Event, Session
from registration.events.queries import get_event, list_events
from registration.mail.models import MessageState, OutboxMessage
from registration.organisations.models import Organisation
from registration.programme import PROGRAMME_2025, load_programme
from registration.signups import operations as signups
from registration.signups import queries as people
from registration.signups.models import Order, Registration
from registration.signups.operations import Orderer, Person

START = datetime(2025, 3, 10, 9, 0, tzinfo=PRAGUE)
PUBLISHED = datetime(2025, 1, 20, 9, 0, tzinfo=PRAGUE)
STAFF_EMAIL = "poradatel@demo.example"
STAFF_PASSWORD = "prezence-demo"  # noqa: S105 - known to everybody, exists only in the demo
INVENTED_DOMAIN = "ukazka.example"  # the addresses of invented people

# How many people hold each ticket type when the demo begins.
SEEDED = {
    "setkani-sekce-ai-v-praxi-manazera": {"SETKANI": 12, "OBOJI": 16, "AI": 7},
    "valna-hromada-sdruk": {"UCAST": 34},
    "library-advocacy-v-praxi": {"UCAST": 24},
    "online-setkani-sekce": {"UCAST": 19},
    "knihovny-soucasnosti": {"UCAST": 41},
}
WAITING = {"library-advocacy-v-praxi": ["UCAST"] * 3}  # who came when everything was taken
_ATTENDANCE_RATE = 0.85
_WOMEN = [
    "Alena",
    "Anna",
    "Barbora",
    "Dana",
    "Eva",
    "Hana",
    "Irena",
    "Ivana",
    "Jana",
    "Jitka",
    "Květoslava",
    "Lenka",
    "Marie",
    "Olga",
    "Petra",
    "Věra",
]
_MEN = [
    "Adam",
    "Jan",
    "Jiří",
    "Karel",
    "Martin",
    "Ondřej",
    "Pavel",
    "Petr",
    "Radek",
    "Tomáš",
    "Vít",
    "Zdeněk",
]
_SURNAMES = (
    ("Chalupa", "Chalupová"), ("Chytil", "Chytilová"), ("Cibulka", "Cibulková"), ("Čermák", "Čermáková"),
    ("Ďurica", "Ďuricová"), ("Dvořák", "Dvořáková"), ("Hora", "Horová"), ("Hrubý", "Hrubá"), ("Ivan", "Ivanová"),
    ("Novák-Horák", "Nováková-Horáková"), ("Ryba", "Rybová"), ("Řehák", "Řeháková"), ("Šimek", "Šimková"),
    ("Uher", "Uhrová"), ("Vlk", "Vlková"), ("Zapletal", "Zapletalová-Hrušková"), ("Žďárský", "Žďárská"),
)  # fmt: skip
_TITLES = (
    ("", ""),
    ("", ""),
    ("", ""),
    ("Mgr.", ""),
    ("Bc.", ""),
    ("Ing.", ""),
    ("PhDr.", "Ph.D."),
    ("Ing.", "Ph.D."),
)

blueprint = Blueprint("demo", __name__)


class DemoClock(Base):
    """How far the demo's present is ahead of the machine's, shared by all processes. Empty in production."""

    __tablename__ = "demo_clock"

    id: Mapped[PrimaryKey]
    offset_seconds: Mapped[int]


@dataclass(frozen=True)
class Stop:
    """A moment the banner can jump to."""

    key: str
    label: str
    moment: datetime

    @property
    def is_current(self) -> bool:
        """Say whether it is that day now."""
        return clock.local_now().date() == self.moment.date()


@dataclass(frozen=True)
class Banner:
    """What the demo strip shows."""

    now: datetime
    stops: list[Stop]
    email: str = STAFF_EMAIL
    password: str = STAFF_PASSWORD


def init_app(app: Flask) -> None:
    """Make every request and background task read the shared clock, and show the banner."""
    app.register_blueprint(blueprint)
    app.before_request(refresh_clock)
    queue.before_task(app, refresh_clock)
    app.context_processor(lambda: {"demo": Banner(clock.local_now(), stops())})


def stops() -> list[Stop]:
    """Return the moments of the banner in order."""
    return [
        Stop("dnes", gettext("today"), START),
        Stop("brno", gettext("on the day in Brno"), datetime(2025, 3, 26, 8, 30, tzinfo=PRAGUE)),
        Stop("workshopy", gettext("between the workshops"), datetime(2025, 4, 9, 9, 0, tzinfo=PRAGUE)),
        Stop("po-akademii", gettext("after the academy"), datetime(2025, 4, 17, 9, 0, tzinfo=PRAGUE)),
    ]


@blueprint.post("/ukazka/cas")
def travel_to_stop() -> Response:
    """Jump to one of the moments and come back to the page one was on."""
    moment = next((stop.moment for stop in stops() if stop.key == request.form.get("stop")), None)
    if moment is None:
        abort(HTTPStatus.BAD_REQUEST)
    travel(moment)
    return redirect(_page_before(), HTTPStatus.SEE_OTHER)


def refresh_clock() -> None:
    """Take over the offset other processes may have changed."""
    if has_request_context() and request.endpoint == "static":
        return
    row = db.session.get(DemoClock, 1, populate_existing=True)
    if row is not None:
        clock.shift(timedelta(seconds=row.offset_seconds))


def travel(moment: datetime) -> None:
    """Set the demo's present for all processes, and let invented people attend what has begun meanwhile.

    Locks the clock, so that two who travel at once play one after the other.
    """
    offset = moment.astimezone(UTC) - clock.system_now()
    with transaction() as session:
        row = session.get(DemoClock, 1, with_for_update=True) or DemoClock(id=1)
        row.offset_seconds = math.ceil(offset.total_seconds())  # never a second before the moment asked for
        session.add(row)
        session.flush()
        clock.shift(offset)
        for event in list_events():
            for each in event.sessions:
                if each.starts_at_utc <= clock.now():
                    _play_attendance(each)


def load() -> None:
    """Make the demo world; what exists already stays, so it can be run at every start."""
    if db.session.get(DemoClock, 1) is not None:
        refresh_clock()
        return
    clock.shift(PUBLISHED - clock.system_now())
    load_programme(PROGRAMME_2025)
    with suppress(UserExists):
        roles = (RoleName.ADMINISTRATOR, RoleName.ORGANIZER)
        create_account(STAFF_EMAIL, password=STAFF_PASSWORD, roles=roles, by="demo")
    for slug, wanted in SEEDED.items():
        _sign_up_invented_people(get_event(slug), wanted)
    _tidy_outbox()
    travel(START)


def _sign_up_invented_people(event: Event, wanted: dict[str, int]) -> None:
    """Fill an event with orders of one to three colleagues, spread over the weeks before the demo begins."""
    if db.session.scalar(select(Order.id).where(Order.event_id == event.id).limit(1)):
        return
    chance = random.Random(event.slug)  # noqa: S311 - the same invented people at every start
    codes = [code for code, count in wanted.items() for _ in range(count)]
    chance.shuffle(codes)
    libraries = db.session.scalars(select(Organisation.name).order_by(Organisation.id)).all()
    groups = [*_groups(codes, chance), *([code] for code in WAITING.get(event.slug, []))]
    names = _names(chance)
    moments = sorted(PUBLISHED + (START - PUBLISHED) * chance.random() for _ in groups)
    for group, moment in zip(groups, moments, strict=True):
        clock.shift(moment.astimezone(UTC) - clock.system_now())
        colleagues = [_invented_person(code, chance, names) for code in group]
        first = colleagues[0]
        orderer = Orderer(
            name=f"{first.given_name} {first.family_name}",
            email=first.email,
            organisation=chance.choice(libraries),
        )
        signups.sign_up(event.id, orderer=orderer, people=colleagues, language="cs")


def _groups(codes: list[str], chance: random.Random) -> Iterator[list[str]]:
    while codes:
        size = min(chance.choice([1, 1, 2, 3]), len(codes))
        yield codes[:size]
        codes = codes[size:]


def _names(chance: random.Random) -> Iterator[tuple[str, str]]:
    """Give names that do not repeat, seven of ten of them women's as in the profession."""
    women = [(given, family[1]) for given in _WOMEN for family in _SURNAMES]
    men = [(given, family[0]) for given in _MEN for family in _SURNAMES]
    chance.shuffle(women)
    chance.shuffle(men)
    while women and men:
        yield (women if chance.random() < 0.7 else men).pop()


def _invented_person(ticket_type: str, chance: random.Random, names: Iterator[tuple[str, str]]) -> Person:
    given, family = next(names)
    before, after = chance.choice(_TITLES)
    return Person(
        title_before=before,
        given_name=given,
        family_name=family,
        title_after=after,
        email=f"osoba{chance.randrange(10**6):06}@{INVENTED_DOMAIN}",
        ticket_type=ticket_type,
    )


def _tidy_outbox() -> None:
    """Take the confirmations of invented people as sent long ago, so that the post shows the newcomer's own."""
    with transaction() as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.recipient.endswith(f"@{INVENTED_DOMAIN}"))
            .values(state=MessageState.SENT, sent_at=OutboxMessage.created_at)
            .execution_options(synchronize_session=False)
        )


def _play_attendance(session: Session) -> None:
    """Let most of the invented people expected at a session come shortly before it starts."""
    with transaction() as transaction_session:
        written = select(AttendanceEntry.registration_id).where(AttendanceEntry.session_id == session.id)
        known = set(transaction_session.scalars(written))
        for registration in people.list_expected(session):
            chance = random.Random(f"{session.code} {registration.email}")  # noqa: S311 - always the same people
            comes = chance.random() < _ATTENDANCE_RATE
            minutes_early = chance.randrange(3, 40)
            if comes and registration.id not in known and _is_invented(registration):
                arrived_at = session.starts_at_utc - timedelta(minutes=minutes_early)
                transaction_session.add(_scan(registration, session, arrived_at))


def _scan(registration: Registration, session: Session, arrived_at: datetime) -> AttendanceEntry:
    return AttendanceEntry(
        registration=registration,
        session=session,
        ordinal=1,
        kind=EntryKind.PRESENT,
        source=Source.JOIN if session.is_online else Source.SCAN,
        occurred_at=arrived_at,
        recorded_at=arrived_at,
        recorded_by=STAFF_EMAIL,
    )


def _is_invented(registration: Registration) -> bool:
    return registration.email.endswith(f"@{INVENTED_DOMAIN}")


def _page_before() -> str:
    """Return the path the visitor came from, on this site only."""
    referrer = urlsplit(request.referrer or "")
    is_ours = referrer.netloc == request.host and referrer.path.startswith("/")
    return referrer.path if is_ours and not referrer.path.startswith("//") else "/"
