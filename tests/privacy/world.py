"""What tests of personal data look at: everything that is stored, and everything people can see."""

import json
from datetime import date, datetime

from flask import Flask
from sqlalchemy import select

from registration.core.clock import PRAGUE
from registration.core.db import Base, db
from registration.events.models import Event
from registration.signups.models import Registration, RegistrationStatus
from registration.signups.operations import Orderer, Person
from tests import factories

# Names, addresses and answers that stand nowhere else.
ADA = Person(
    title_before="PhDr.",
    given_name="Adéla",
    family_name="Vymazalová",
    title_after="CSc.",
    email="adela.vymazalova@hornilhota.example",
    ticket_type="OBOJI",
    answers={"strava": "jina", "strava_jina": "bez oříšků", "ocekavani": "Hlavně příklady z praxe."},
)
BOB = Person(given_name="Bohuš", family_name="Zůstal", email="bohus.zustal@hornilhota.example", ticket_type="AI")
ADA_ORDERS = Orderer(name="Adéla Vymazalová", email=ADA.email, organisation="Knihovna Zapomenutá Lhota")
ADAS_WORDS = ("Vymazalov", "adela.vymazalova", "Adéla", "oříšků", "Hlavně příklady", "PhDr.")
IN_BRNO = datetime(2025, 3, 26, 8, 30, tzinfo=PRAGUE)
AFTER_ALL = datetime(2025, 4, 17, 9, 0, tzinfo=PRAGUE)
LAST_DAY = date(2025, 4, 16)  # of the academy


def ada(event: Event) -> Registration:
    """Sign Ada up by herself."""
    return factories.order(event, ADA, orderer=ADA_ORDERS).registrations[0]


def with_bob(event: Event) -> tuple[Registration, Registration]:
    """Sign Ada and her colleague up in one order of hers."""
    first, second = factories.order(event, ADA, BOB, orderer=ADA_ORDERS).registrations
    return first, second


def stored() -> str:
    """Return every value of every table as one text."""
    db.session.rollback()
    rows = [list(db.session.execute(select(table)).mappings()) for table in Base.metadata.sorted_tables]
    # JSON is dumped twice by this, so letters with diacritics must not be escaped.
    return json.dumps([[dict(row) for row in table] for table in rows], ensure_ascii=False, default=_as_text)


def written_down(app: Flask) -> str:
    """Return all messages that were written to files."""
    paths = sorted((app.extensions["settings"].instance_path / "mail").glob("*"))
    return "\n".join(path.read_text() for path in paths)


def words_in(text: str) -> list[str]:
    """Return those of Ada's words that are in a text."""
    return [word for word in ADAS_WORDS if word in text]


def status(registration: Registration) -> RegistrationStatus:
    """Return where a place stands now."""
    db.session.rollback()
    db.session.refresh(registration)
    return registration.status


def _as_text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
