from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from registration.core import audit, i18n
from registration.core.audit import ERASED
from registration.core.clock import PRAGUE
from registration.core.db import Base, db, transaction
from registration.events.models import Event
from registration.insight import wording
from registration.insight.queries import history
from registration.insight.queries.history import Line, Wanted
from registration.organisations.models import Organisation
from registration.privacy import operations as privacy
from registration.signups.models import Registration
from tests import factories
from tests.queries import count_queries
from tests.reviewing import ReviewingClient

OLGA = factories.OLGA_EMAIL


@pytest.fixture
def ada(app: Flask, at_demo_day: None) -> Registration:
    """Ada has a place in a workshop."""
    return factories.registration(factories.workshop(), ticket_type="UCAST")


def note(thing: Base, action: str = "changed", *, by: str = OLGA, event_id: int | None = None, **change: Any) -> None:
    """Write that `change`, pairs of before and after by field, happened to a thing."""
    before, after = ({name: pair[index] for name, pair in change.items()} for index in (0, 1))
    with transaction():
        audit.record(thing, action, by=by, event_id=event_id, before=before, after=after)


def lines(**wanted: Any) -> list[Line]:
    with i18n.in_language("en"):
        return list(history.list_entries(Wanted(**wanted), page=1, page_size=50).lines)


def said(line: Line) -> str:
    """Return a line as a person would read it out."""
    changes = "; ".join(f"{change.field} {change.before} → {change.after}" for change in line.changes)
    return f"{line.who} | {line.kind} {line.subject}: {line.action} | {changes}"


def test_entry_reads_like_a_sentence_with_names_as_they_are_now(ada: Registration) -> None:
    with transaction():
        factories.olga().name = "Olga Nováková"
    note(ada, "corrected", event_id=ada.event_id, email=("a@x.example", "b@x.example"))
    (line,) = lines(event_id=ada.event_id)
    assert said(line) == (
        "Olga Nováková | Attendee Žďárská Ada, Ing., Ph.D.: details corrected | e-mail a@x.example → b@x.example"
    )
    assert line.event == ada.event


def test_staff_without_a_name_is_called_by_their_address_and_the_worker_the_system(ada: Registration) -> None:
    factories.olga()
    for by in (OLGA, "somebody@else.example", "worker", "", ERASED):
        note(ada.event, by=by, event_id=ada.event_id)
    assert [line.who for line in reversed(lines(event_id=ada.event_id))] == [
        OLGA, "somebody@else.example", "the system", "the system", "erased person",
    ]  # fmt: skip


def test_things_are_called_by_what_names_them(ada: Registration) -> None:
    library = Organisation(name="Knihovna Lhota", folded_name="knihovna lhota")
    user = factories.olga()
    with transaction() as session:
        session.add(library)
    event = ada.event
    things = [ada.order, event, event.sessions[0], event.ticket_types[0], library, user]
    for thing in things:
        note(thing, event_id=event.id)
    assert [f"{line.kind}: {line.subject}" for line in reversed(lines(event_id=event.id))] == [
        "Order: 2025/WRK/P-0001",
        "Event: Workshop WRK",
        "Part of the event: Workshop",
        "Ticket type: Účast",
        "Library: Knihovna Lhota",
        f"Staff: {OLGA}",
    ]


def test_thing_that_is_no_more_keeps_the_name_its_entry_has(ada: Registration) -> None:
    gone = Organisation(id=999, name="", folded_name="")
    note(gone, "removed", name=("Knihovna Lhota", None))
    note(gone, "removed", town=("Lhota", None))
    assert [line.subject for line in lines()] == ["No. 999", "Knihovna Lhota"]


def test_kind_action_and_field_without_words_stand_as_they_were_written(ada: Registration) -> None:
    with transaction() as session:
        session.add(
            audit.AuditEntry(
                at=ada.order.created_at, by="x", subject_kind="flying_carpet", subject_id=7, action="waxed",
                before={"shine": 1}, after={"shine": [2, "three"]},
            )
        )  # fmt: skip
    (line,) = lines()
    assert said(line) == "x | flying_carpet No. 7: waxed | shine 1 → 2, three"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("town", None, "–"),
        ("town", "", "–"),
        ("sessions", [], "–"),
        ("email", ERASED, "erased"),
        ("is_member", True, "yes"),
        ("is_member", False, "no"),
        ("capacity", 0, "0"),
        ("status", "waiting", "in the waiting list"),
        ("waiting_list", "none", "none"),
        ("venue", "none", "none"),
        ("roles", ["door", "organizer"], "door, organizer"),
        ("audiences", {"email": "x", "AI": True}, "e-mail: x; AI: yes"),
        ("price_other_haler", 195000, "1\u00a0950\u00a0Kč"),
        ("since_on", "2025-03-10", "10 March 2025"),
        ("starts_at", "2025-03-26T09:00:00", "26 March 2025 9:00"),
        ("sign_up_opens_at", "2025-03-26T09:00:00+00:00", "26 March 2025 10:00"),
        ("since_on", "2025-13-99", "2025-13-99"),
        ("note", "2025-03-26 and more", "2025-03-26 and more"),
    ],
    ids=lambda value: str(value),
)
def test_values_are_shown_as_people_read_them(app: Flask, name: str, value: object, shown: str) -> None:
    with i18n.in_language("en"):
        assert wording.show_value(name, value) == shown


def test_entries_are_narrowed_down_by_kind_by_person_and_by_day(
    ada: Registration, travel: Callable[[datetime], None]
) -> None:
    event = ada.event
    note(event, event_id=event.id)
    travel(datetime(2025, 3, 11, 0, 30, tzinfo=PRAGUE))  # still the 10th in UTC
    note(ada, by="bob@sekce.example", event_id=event.id)
    note(event, event_id=event.id + 1)
    assert len(lines()) == 3
    assert len(lines(event_id=event.id)) == 2
    assert [line.subject_kind for line in lines(event_id=event.id, kind="registration")] == ["registration"]
    assert [line.who for line in lines(by="bob@sekce.example")] == ["bob@sekce.example"]
    assert len(lines(day=date(2025, 3, 10))) == 1
    assert len(lines(day=date(2025, 3, 11))) == 2
    assert lines(kind="event", subject_id=event.id + 1) == []


def test_filter_offers_only_what_is_there(ada: Registration) -> None:
    factories.olga()
    note(ada, event_id=ada.event_id)
    note(ada.event, by="", event_id=ada.event_id)
    note(ada.event, by="b@x.example", event_id=999)
    with i18n.in_language("en"):
        assert history.list_kinds(ada.event_id) == [("registration", "Attendee"), ("event", "Event")]
        assert history.list_actors(ada.event_id) == [(OLGA, OLGA)]
        assert history.list_actors(None) == [("b@x.example", "b@x.example"), (OLGA, OLGA), ("test", "test")]
        assert len(history.list_kinds(None)) == 3


def test_person_has_a_history_from_the_order_on(ada: Registration) -> None:
    bob = factories.order(ada.event, factories.person(2)).registrations[0]
    note(ada, "corrected", event_id=ada.event_id, email=("a", "b"))
    note(ada.order, event_id=ada.event_id, language=("cs", "en"))
    note(bob, event_id=ada.event_id)
    with i18n.in_language("en"):
        found = history.list_of_registration(ada)
    assert [f"{line.kind}: {line.action}" for line in found] == [
        "Order: changed",
        "Attendee: details corrected",
        "Order: order received",
    ]
    assert found[-1].who == ada.order.orderer_email
    assert found[-1].at == ada.order.created_at


def test_person_added_by_hand_was_not_received_with_an_order(ada: Registration) -> None:
    note(ada, "added_by_hand", event_id=ada.event_id)
    assert [line.subject_kind for line in history.list_of_registration(ada)] == ["registration"]


def test_history_of_an_erased_person_tells_what_happened_and_to_nobody_whom(
    ada: Registration, olga: ReviewingClient
) -> None:
    event, address = ada.event, f"/en/sprava/akce/{ada.event.slug}"
    note(ada, "corrected", by=ada.email, event_id=event.id, email=("older@x.example", ada.email), status=("a", "b"))
    note(ada.order, event_id=event.id, orderer_email=("older@x.example", ada.email))
    note(event, event_id=event.id, contact=("Žďárská Ada", "Eva"))
    person, words = ada.id, ("Žďárská", "Ada ", ada.email, "older@x.example")
    privacy.erase(ada, by=ada.email)
    for page in ("historie", f"prihlasky/{person}/historie"):
        shown = olga.get(f"{address}/{page}").get_data(as_text=True)
        assert "personal data erased" in shown
        assert [word for word in words if word in shown] == []
        assert "erased person" in shown
    stored = " ".join(str(row) for row in db.session.execute(text("SELECT * FROM audit_entry")))
    assert [word for word in words if word in stored or word.encode("unicode_escape").decode() in stored] == []


def test_pages_of_the_log_follow_one_another(ada: Registration, olga: ReviewingClient) -> None:
    for number in range(52):
        note(ada.event, event_id=ada.event_id, capacity=(number, number + 1))
    address = f"/en/sprava/akce/{ada.event.slug}/historie?druh=event"
    first = olga.get(address).get_data(as_text=True)
    assert "Older changes" in first
    assert "Newer changes" not in first
    second = olga.get(f"{address}&strana=2").get_data(as_text=True)
    assert second.count("<time") == 2
    assert 'href="/en/sprava/akce/workshop/historie?druh=event&amp;strana=1' in second
    assert "Older changes" not in second


def test_page_shows_one_change_in_a_sentence_and_several_in_a_table(ada: Registration, olga: ReviewingClient) -> None:
    note(ada, event_id=ada.event_id, email=("a@x.example", "<b>@x.example"))
    note(ada, event_id=ada.event_id, email=("a@x.example", "b@x.example"), family_name=("Žďárská", "Nová"))
    page = olga.get(f"/en/sprava/akce/{ada.event.slug}/historie").get_data(as_text=True)
    assert page.count("<table") == 1
    assert "&lt;b&gt;@x.example" in page
    assert ">Nová</td>" in page


@pytest.mark.parametrize(
    "query", ["den=31.2.", "strana=0", "strana=x", "cislo=-1", "druh=nic&kdo=nikdo&den=2025-01-01"]
)
def test_whatever_stands_in_the_address_the_page_is_there(ada: Registration, olga: ReviewingClient, query: str) -> None:
    assert olga.get(f"/sprava/akce/{ada.event.slug}/historie?{query}").status_code == 200
    assert olga.get(f"/sprava/historie?{query}").status_code == 200


def test_library_has_its_history(ada: Registration, olga: ReviewingClient) -> None:
    library = Organisation(name="Knihovna Lhota", folded_name="knihovna lhota")
    with transaction() as session:
        session.add(library)
    note(library, town=("", "Lhota"))
    note(ada.event, event_id=ada.event_id)
    page = olga.get(f"/en/sprava/knihovny/{library.id}/historie").get_data(as_text=True)
    assert page.count("<time") == 1
    assert olga.get("/sprava/knihovny/999999/historie").status_code == 404


@pytest.mark.parametrize("address", ["/sprava/akce/nic/historie", "/sprava/akce/workshop/prihlasky/999/historie"])
def test_history_of_what_is_not_there_is_not_found(ada: Registration, olga: ReviewingClient, address: str) -> None:
    assert olga.get(address).status_code == 404


def test_log_costs_the_same_for_one_entry_and_for_many(ada: Registration, olga: ReviewingClient) -> None:
    counts = []
    for number in (1, 4):
        for each in range(number):
            person = factories.order(ada.event, factories.person(10 * number + each)).registrations[0]
            note(person, event_id=ada.event_id, email=("a", "b"))
            note(person.order, event_id=ada.event_id, language=("cs", "en"))
        with count_queries() as counter:
            olga.get(f"/sprava/akce/{ada.event.slug}/historie")
            olga.get("/sprava/historie")
        counts.append(counter.count)
    assert counts[0] == counts[1]


def test_only_the_team_reads_an_event_and_only_administrators_everything(app: Flask, ada: Registration) -> None:
    factories.organizer("eva@sekce.example")
    factories.accountant()
    client = app.test_client()
    assert isinstance(client, ReviewingClient)
    client.sign_in("ucetni@sekce.example", factories.OLGA_PASSWORD)
    event: Event = ada.event
    assert client.get(f"/sprava/akce/{event.slug}/historie").status_code == 200
    assert client.get("/sprava/historie").status_code == 403
    stranger = app.test_client()
    assert isinstance(stranger, ReviewingClient)
    stranger.sign_in("eva@sekce.example", factories.OLGA_PASSWORD)
    assert stranger.get(f"/sprava/akce/{event.slug}/historie").status_code in {403, 404}
