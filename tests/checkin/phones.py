"""Phones at the door, as tests hold them."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from registration.checkin.models import Door, Source
from registration.checkin.operations import Answers, Contact, Result, SentScan, make_pairing_code, pair, take_scans
from registration.checkin.rules import Right, ScanKind
from registration.core import clock
from registration.events.models import Event, Session
from tests import factories


class Phone:
    """A paired phone whose clock goes wrong by `ahead`."""

    def __init__(
        self,
        event: Event,
        label: str = "Hlavní vchod",
        *,
        rights: Collection[Right] = tuple(Right),
        ahead: timedelta = timedelta(0),
    ) -> None:
        secret = make_pairing_code(event, rights=rights, most_doors=1, by=factories.OLGA_EMAIL).secret
        self.door: Door = pair(secret, label=label)
        self.token = self.door.token
        self.ahead = ahead

    def now(self) -> datetime:
        """Return what the phone takes for the present."""
        return clock.now() + self.ahead

    def sees(
        self,
        session: Session,
        *,
        at: datetime | None = None,
        kind: ScanKind = ScanKind.IN,
        source: Source | None = None,
        token: str | None = None,
        hash: str | None = None,
        person: int | None = None,
    ) -> SentScan:
        """Return a scan of this moment, or of `at` by the true clock, that is not sent yet."""
        return SentScan(
            nonce=str(uuid.uuid4()),
            session_id=session.id,
            kind=kind,
            source=source or (Source.MANUAL if person else Source.SCAN),
            scanned_at=(at or clock.now()) + self.ahead,
            token=token,
            hash=hash,
            person_id=person,
        )

    def sends(self, *scans: SentScan, waiting: int = 0, list_age_s: int | None = None) -> Answers:
        """Send scans and return the whole answer."""
        contact = Contact(now=self.now(), list_age_s=list_age_s, waiting=waiting)
        return take_scans(self.token, contact, scans)

    def send(self, scan: SentScan) -> Result:
        """Send one scan and return the answer to it."""
        (result,) = self.sends(scan).results
        return result
