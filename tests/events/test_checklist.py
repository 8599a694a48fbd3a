from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask import Flask

from registration.core import i18n
from registration.core.clock import PRAGUE
from registration.core.db import transaction
from registration.events import checklist, operations
from registration.events.checklist import Gap
from registration.events.models import Event, EventKind, Format, SignUp
from registration.events.notes import list_holidays, notes_on
from registration.events.queries import days_of
from tests import factories

OLGA = factories.OLGA_EMAIL


@pytest.fixture
def workshop(app: Flask, at_demo_day: None) -> Event:
    return factories.workshop(capacity=20)


def missing(event: Event, *, has_certificate: bool = True) -> dict[Gap, tuple[str, ...]]:
    items = checklist.of_event(event, has_certificate=has_certificate)
    assert [each.is_done for each in items] == sorted(each.is_done for each in items)
    return {each.gap: each.names for each in items if not each.is_done}


def test_complete_event_lacks_nothing(workshop: Event) -> None:
    workshop.lead, workshop.description = "Věta.", "Text."
    assert missing(workshop) == {}


def test_bare_event_lacks_nearly_everything(workshop: Event) -> None:
    (session,) = workshop.sessions
    session.venue, session.capacity, session.credited_minutes = "", None, 0
    workshop.ticket_types[0].sessions = []
    workshop.published_at = workshop.first_on = None
    named = {Gap.UNREACHABLE, Gap.VENUE, Gap.MINUTES}
    found = missing(workshop, has_certificate=False)
    assert {gap for gap, names in found.items() if names == ("Workshop",)} == named
    assert found[Gap.EMPTY] == ("Účast",)
    assert set(found) - named == {
        Gap.DATE, Gap.LEAD, Gap.DESCRIPTION, Gap.EMPTY, Gap.CAPACITY, Gap.CERTIFICATE, Gap.OPENING, Gap.PUBLISHED,
    }  # fmt: skip
    workshop.sessions, workshop.ticket_types = [], []
    assert {Gap.SESSIONS, Gap.TICKET_TYPES} <= set(missing(workshop))


def test_online_part_lacks_its_link(workshop: Event) -> None:
    workshop.sessions[0].format = Format.ONLINE
    assert missing(workshop)[Gap.LINK] == ("Workshop",)
    workshop.sessions[0].join_url = "https://meeting.example/1"
    assert Gap.LINK not in missing(workshop)


def test_meeting_needs_neither_minutes_nor_a_certificate(workshop: Event) -> None:
    workshop.kind = EventKind.MEETING
    workshop.sessions[0].credited_minutes = 0
    assert not {Gap.MINUTES, Gap.CERTIFICATE} & set(missing(workshop, has_certificate=False))


def test_event_for_information_needs_no_parts(workshop: Event) -> None:
    workshop.sign_up = SignUp.INFO_ONLY
    assert set(missing(workshop, has_certificate=False)) == {Gap.LEAD, Gap.DESCRIPTION}


def test_cancelled_event_is_asked_for_nothing(workshop: Event) -> None:
    operations.cancel_event(workshop, by=OLGA)
    assert checklist.of_event(workshop, has_certificate=False) == []


@pytest.mark.parametrize(("day", "is_late"), [(24, False), (25, True)])
def test_draft_of_an_assembly_is_late_less_than_thirty_days_before(
    workshop: Event, travel: Callable[[datetime], None], day: int, is_late: bool
) -> None:
    workshop.kind, workshop.published_at = EventKind.ASSEMBLY, None
    travel(datetime(2025, 3, day, 12, tzinfo=PRAGUE))
    assert (Gap.NOTICE in missing(workshop)) == is_late


# What else happens.


def test_holidays_have_their_names_in_both_languages(app: Flask) -> None:
    days = [date(2025, 4, 17), date(2025, 4, 18), date(2026, 5, 1)]
    assert list_holidays(days) == [(date(2025, 4, 18), "Velký pátek"), (date(2026, 5, 1), "Svátek práce")]
    with i18n.in_language("en"):
        assert list_holidays(days[1:2]) == [(date(2025, 4, 18), "Good Friday")]


def test_events_are_compared_day_by_day(academy: Event) -> None:
    # The academy lasts three weeks, but only four days of them.
    assert days_of(academy) == {date(2025, 3, 25), date(2025, 3, 26), date(2025, 4, 2), date(2025, 4, 16)}
    assert not notes_on({date(2025, 3, 27)})
    (found,) = notes_on({date(2025, 3, 26), date(2025, 3, 27)}).events
    assert found == (date(2025, 3, 26), academy)
    assert not notes_on({date(2025, 3, 26)}, besides=academy.id)
    assert not notes_on(())


def test_cancelled_events_are_in_nobodys_way(academy: Event) -> None:
    operations.cancel_event(academy, by=OLGA)
    assert not notes_on({date(2025, 3, 26)})


def test_event_without_parts_takes_all_its_days(app: Flask, at_demo_day: None) -> None:
    event = Event(
        slug="x", code="X", series_year=2025, title="X", kind=EventKind.CONFERENCE, sign_up=SignUp.ELSEWHERE,
        external_url="https://x.example", first_on=date(2025, 5, 13), last_on=date(2025, 5, 14),
    )  # fmt: skip
    with transaction() as session:
        session.add(event)
    assert [day for day, _event in notes_on({date(2025, 5, n) for n in range(12, 17)}).events] == [
        date(2025, 5, 13), date(2025, 5, 14),
    ]  # fmt: skip
