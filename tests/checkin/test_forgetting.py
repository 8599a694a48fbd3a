"""Promise I9: which phone has seen whom is forgotten ninety days after the event; that people came is not."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from registration.checkin import queries
from registration.checkin.models import Door, PairingCode, Scan
from registration.checkin.operations import forget_doors
from registration.core.db import db
from registration.events.models import Event
from registration.events.queries import get_event
from registration.privacy import tasks
from registration.privacy.documents import personal_data_file
from registration.privacy.queries import personal_data
from tests import factories
from tests.checkin.phones import Phone


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_phones_are_forgotten_ninety_days_after_the_event_and_attendance_is_not(
    academy: Event, travel: Callable[[datetime], None]
) -> None:
    ada = factories.registration(academy)
    brno = queries.get_session(get_event(academy.slug), "ai-brno")
    phone = Phone(academy, "Jana Nováková")
    phone.send(phone.sees(brno, token=ada.ticket_code))
    last_moment = phone.door.expires_at + timedelta(days=90)
    travel(last_moment - timedelta(minutes=1))
    assert forget_doors() == 0
    assert count(Scan) == 1
    travel(last_moment)
    tasks.clear_away()
    assert (count(Scan), count(Door), count(PairingCode)) == (0, 0, 0)
    (entry,) = queries.list_entries(ada)
    assert (entry.door_id, entry.recorded_by) == (None, "")
    assert queries.attended_session_ids(ada) == {brno.id}
    assert forget_doors() == 0


def test_what_phones_have_read_is_among_somebody_s_data(academy: Event) -> None:
    ada = factories.registration(academy)
    brno = queries.get_session(get_event(academy.slug), "ai-brno")
    phone = Phone(academy)
    phone.send(phone.sees(brno, token=ada.ticket_code))
    assert [each.verdict for each in personal_data(ada).scans] == ["admitted"]
    assert '"answer": "admitted"' in personal_data_file(personal_data(ada)).decode()
