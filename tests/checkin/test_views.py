import re
from collections.abc import Callable
from datetime import datetime

from registration.checkin import operations, queries
from registration.checkin.models import Source
from registration.checkin.rules import Right, ScanKind
from registration.core import clock
from registration.core.clock import PRAGUE
from registration.core.db import db
from registration.events.models import Event
from registration.signups.models import Registration
from registration.signups.operations import cancel
from tests import factories
from tests.queries import count_queries
from tests.reviewing import ReviewingClient

DOORS = "/sprava/akce/setkani-sekce-ai-v-praxi-manazera/prezence"
BRNO = f"{DOORS}/ai-brno"
WORKSHOP = f"{DOORS}/ai-online-1"


def scan(olga: ReviewingClient, code: str, page: str = BRNO) -> str:
    response = olga.submit(f"{page}/odbaveni", page=page, code=code)
    assert response.status_code == 303
    return olga.get(response.location).get_data(as_text=True).replace("\u00a0", " ")


def test_code_is_admitted_once_and_then_the_time_is_said(
    ada: Registration, olga: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    travel(datetime(2025, 3, 26, 8, 47, tzinfo=PRAGUE))
    olga.sign_in(factories.OLGA_EMAIL, factories.OLGA_PASSWORD)
    first = scan(olga, ada.ticket_code[:8])
    assert "answer--yes" in first
    assert "Ing. Ada Žďárská, Ph.D." in first
    again = scan(olga, ada.ticket_code)
    assert "answer--again" in again
    assert "už odbaven v 8:47" in again


def test_each_reason_to_refuse_has_its_own_words(academy: Event, ada: Registration, olga: ReviewingClient) -> None:
    other = factories.registration(factories.workshop(), "UCAST")
    cancelled = factories.registration(academy, email="bob@x.example")
    cancel([cancelled], by=factories.OLGA_EMAIL)
    answers = [
        scan(olga, "00000000"),
        scan(olga, other.ticket_code),
        scan(olga, cancelled.ticket_code),
        scan(olga, ada.ticket_code, f"{DOORS}/setkani"),
    ]
    words = ["neznámý kód", "kód patří k jiné akci", "přihláška je zrušená", "kód neplatí na tuto část"]
    for html, sentence in zip(answers, words, strict=True):
        assert "answer--no" in html
        assert sentence in html


def test_whoever_waits_for_a_place_is_told_so_in_amber(academy: Event, olga: ReviewingClient) -> None:
    factories.take(academy.sessions[1], 30)
    (bob,) = factories.crowd(academy, 1, "AI")
    html = scan(olga, bob.ticket_code)
    assert "answer--again" in html
    assert bob.name in html
    assert "přihláška je zrušená" not in html


def test_answer_is_shown_once(ada: Registration, olga: ReviewingClient) -> None:
    assert "answer--yes" in scan(olga, ada.ticket_code)
    assert "answer--yes" not in olga.get(BRNO).get_data(as_text=True)


def test_person_is_admitted_by_name_from_the_list(ada: Registration, olga: ReviewingClient) -> None:
    response = olga.submit(f"{BRNO}/odbaveni", page=BRNO, registration=ada.id)
    assert "answer--yes" in olga.get(response.location).get_data(as_text=True)
    assert [entry.source for entry in queries.list_entries(ada)] == [Source.MANUAL]


def test_check_in_is_undone(ada: Registration, olga: ReviewingClient) -> None:
    scan(olga, ada.ticket_code)
    (entry,) = queries.list_entries(ada)
    olga.submit(f"{BRNO}/{entry.id}/vraceni", page=BRNO)
    assert queries.attended_session_ids(ada) == set()
    response = olga.submit(f"{BRNO}/{entry.id}/vraceni", page=BRNO)
    assert response.status_code == 303
    assert len(queries.list_entries(ada)) == 2


def test_online_attendance_is_written_by_hand_with_a_reason(ada: Registration, olga: ReviewingClient) -> None:
    olga.submit(f"{WORKSHOP}/ucast", page=WORKSHOP, registration=ada.id, reason="")
    assert queries.list_entries(ada) == []
    olga.submit(f"{WORKSHOP}/ucast", page=WORKSHOP, registration=ada.id, reason="seznam ze Zoomu")
    (entry,) = queries.list_entries(ada)
    assert (entry.source, entry.reason, entry.recorded_by) == (
        Source.ORGANIZER,
        "seznam ze Zoomu",
        factories.OLGA_EMAIL,
    )
    assert "seznam ze Zoomu" in olga.get(_person(ada)).get_data(as_text=True)


def test_people_and_entries_of_another_event_are_not_found(ada: Registration, olga: ReviewingClient) -> None:
    scan(olga, ada.ticket_code)
    (entry,) = queries.list_entries(ada)
    other = factories.workshop()
    page = f"/sprava/akce/{other.slug}/prezence/den-1"
    assert olga.submit(f"{page}/odbaveni", page=page, registration=ada.id).status_code == 404
    assert olga.submit(f"{page}/ucast", page=page, registration=ada.id, reason="x").status_code == 404
    assert olga.submit(f"{page}/{entry.id}/vraceni", page=page).status_code == 404
    assert olga.get(f"{DOORS}/neni").status_code == 404


def test_counts_are_shown_with_as_many_queries_for_one_person_as_for_three(
    academy: Event, ada: Registration, olga: ReviewingClient
) -> None:
    scan(olga, ada.ticket_code)
    with count_queries() as one:
        html = olga.get(DOORS).get_data(as_text=True)
    assert re.search(r"\b1\b", re.sub(r"<[^>]+>", " ", html[html.index("26.") :]))
    for number in range(2):
        factories.registration(academy, email=f"{number}@x.example")
    with count_queries() as three:
        olga.get(DOORS)
    assert one.count == three.count


def test_whoever_has_left_stays_among_those_who_came_and_can_come_again(
    academy: Event, ada: Registration, olga: ReviewingClient
) -> None:
    session = next(each for each in academy.sessions if each.code == "ai-brno")
    code = operations.make_pairing_code(academy, rights=list(Right), most_doors=1, by=factories.OLGA_EMAIL)
    door = operations.pair(code.secret, label="Vchod")
    for number, kind in enumerate((ScanKind.IN, ScanKind.OUT)):
        sent = operations.SentScan(
            nonce=f"{number}",
            session_id=session.id,
            kind=kind,
            source=Source.SCAN,
            scanned_at=clock.now(),
            token=ada.ticket_code,
        )
        operations.take_scans(door.token, operations.Contact(now=clock.now(), list_age_s=0, waiting=0), [sent])
    html = olga.get(BRNO).get_data(as_text=True).replace("\u00a0", " ")
    assert "odchod v 9:00" in html
    assert "<b>1</b>" in html
    assert "/vraceni" not in html
    assert "answer--yes" in scan(olga, ada.ticket_code)


def test_person_whose_place_does_not_admit_is_named_when_left_out(
    academy: Event, ada: Registration, olga: ReviewingClient
) -> None:
    bob = factories.registration(academy, "SETKANI", given_name="Bob", email="bob@x.example")
    response = olga.submit(f"{WORKSHOP}/ucast", page=WORKSHOP, registration=[ada.id, bob.id], reason="seznam")
    html = olga.get(response.location).get_data(as_text=True).replace("\u00a0", " ")
    assert "Účast je zapsaná u 1 osoby." in html
    assert "Nezapsáno, místo sem neplatí: Ing. Bob Žďárská, Ph.D." in html


def test_list_costs_the_same_number_of_queries_for_one_person_and_for_three(
    academy: Event, ada: Registration, olga: ReviewingClient
) -> None:
    olga.get(BRNO)
    db.session.expire_all()
    with count_queries() as one:
        olga.get(BRNO)
    for number in range(2):
        factories.registration(academy, email=f"{number}@x.example")
    with count_queries() as three:
        olga.get(BRNO)
    assert one.count == three.count


def _person(registration: Registration) -> str:
    return f"/sprava/akce/setkani-sekce-ai-v-praxi-manazera/prihlasky/{registration.id}"
