import pytest
from flask import Flask
from sqlalchemy import select

from registration.core.db import db, transaction
from registration.events.models import Event, WaitingListMode
from registration.events.queries import get_event
from registration.mail.models import OutboxMessage
from registration.signups.models import CancellationKind, Registration
from tests import factories
from tests.reviewing import ReviewingClient


@pytest.fixture
def applicant(app: Flask, at_demo_day: None) -> Registration:
    """Give somebody who waits for the organizer's decision about the only place."""
    workshop = factories.workshop(capacity=1)
    change(workshop, needs_approval=True)
    return factories.crowd(workshop, 1)[0]


def change(event: Event, **changes: object) -> None:
    with transaction():
        found = get_event(event.slug)
        for name, value in changes.items():
            setattr(found, name, value)


def page_of(registration: Registration) -> str:
    return f"/sprava/akce/workshop/prihlasky/{registration.id}"


def kinds_to(registration: Registration) -> list[str]:
    statement = select(OutboxMessage.kind).where(OutboxMessage.recipient == registration.email)
    return list(db.session.scalars(statement.order_by(OutboxMessage.id)))


def decide(olga: ReviewingClient, registration: Registration, noun: str, **data: str) -> None:
    page = page_of(registration)
    response = olga.submit(f"{page}/{noun}", page=page, **data)
    assert (response.status_code, response.location) == (303, page)
    assert olga.get(page).status_code == 200
    db.session.refresh(registration)


def test_applicant_is_approved(applicant: Registration, olga: ReviewingClient) -> None:
    decide(olga, applicant, "schvaleni")
    assert applicant.is_confirmed
    assert kinds_to(applicant)[-1] == "place_confirmed"


def test_applicant_without_a_place_goes_to_the_waiting_list(applicant: Registration, olga: ReviewingClient) -> None:
    factories.take(get_event("workshop").sessions[0], 1)
    decide(olga, applicant, "schvaleni")
    assert applicant.status == "waiting"


def test_applicant_stays_one_where_there_is_neither(applicant: Registration, olga: ReviewingClient) -> None:
    factories.take(get_event("workshop").sessions[0], 1)
    change(applicant.event, waiting_list=WaitingListMode.NONE)
    decide(olga, applicant, "schvaleni")
    assert applicant.status == "applied"


def test_applicant_is_refused_with_a_reason(applicant: Registration, olga: ReviewingClient) -> None:
    decide(olga, applicant, "odmitnuti", reason=" Kurz je pro vedoucí. ")
    assert applicant.cancellation
    assert applicant.cancellation.kind is CancellationKind.REFUSED
    assert (applicant.cancellation.reason, applicant.cancellation.cancelled_by) == (
        "Kurz je pro vedoucí.",
        factories.OLGA_EMAIL,
    )
    assert kinds_to(applicant)[-1] == "place_refused"


def test_decision_is_made_once(applicant: Registration, olga: ReviewingClient) -> None:
    decide(olga, applicant, "schvaleni")
    for noun in ("schvaleni", "odmitnuti"):
        decide(olga, applicant, noun)
    assert applicant.is_confirmed
    assert kinds_to(applicant).count("place_confirmed") == 1


def test_lists_say_who_waits_for_what(applicant: Registration, olga: ReviewingClient) -> None:
    page = olga.get("/sprava/akce/workshop/prihlasky").get_data(as_text=True)
    assert "Zrušeno" not in page.partition("<tbody>")[2]
    assert f"{page_of(applicant)}/odhlaseni" not in olga.get(page_of(applicant)).get_data(as_text=True)
