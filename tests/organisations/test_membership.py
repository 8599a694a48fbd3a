"""Who is a member since when: the history, the column that sign-up reads, the pages."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from registration.core import clock
from registration.core.audit import AuditEntry
from registration.core.clock import PRAGUE
from registration.core.db import db, transaction
from registration.organisations import queries
from registration.organisations.errors import MembershipEndsTooSoon, MembershipOverlaps, NotMember
from registration.organisations.models import Membership, Organisation
from registration.organisations.operations import (
    add_organisation,
    begin_membership,
    end_membership,
    keep_membership_in_step,
)
from registration.organisations.tasks import keep_directory
from tests.queries import count_queries
from tests.reviewing import ReviewingClient

BY = "olga@sekce.example"
DIRECTORY = "/sprava/knihovny"
MEMBERS = f"{DIRECTORY}/clenove"
TODAY = date(2025, 3, 10)

Travel = Callable[[datetime], None]


@pytest.fixture
def library(app: Flask, at_demo_day: None) -> Organisation:
    return add_organisation(name="Městská knihovna Lhota", by=BY)


def is_member(organisation: Organisation) -> bool:
    db.session.rollback()
    db.session.expire_all()
    return organisation.is_member


def test_membership_begins_and_ends_with_its_days(library: Organisation) -> None:
    begin_membership(library, since_on=TODAY, by=BY)
    assert is_member(library)
    end_membership(library, until_on=TODAY, reason="Vystoupila", by=BY)
    assert is_member(library)  # the last day included
    [ended] = queries.list_memberships(library)
    assert (ended.since_on, ended.until_on, ended.reason) == (TODAY, TODAY, "Vystoupila")


def test_membership_to_come_begins_by_itself(library: Organisation, travel: Travel) -> None:
    begin_membership(library, since_on=date(2025, 3, 12), by=BY)
    assert not is_member(library)
    assert keep_membership_in_step() == 0
    travel(datetime(2025, 3, 12, 0, 30, tzinfo=PRAGUE))
    keep_directory()
    assert is_member(library)


def test_membership_that_ends_ends_by_itself(library: Organisation, travel: Travel) -> None:
    begin_membership(library, since_on=TODAY, by=BY)
    end_membership(library, until_on=date(2025, 3, 31), reason="", by=BY)
    travel(datetime(2025, 3, 31, 23, tzinfo=PRAGUE))
    assert keep_membership_in_step() == 0
    assert is_member(library)
    travel(datetime(2025, 4, 1, 1, tzinfo=PRAGUE))
    assert keep_membership_in_step() == 1
    assert keep_membership_in_step() == 0
    assert not is_member(library)


def test_member_becomes_a_member_again(library: Organisation) -> None:
    begin_membership(library, since_on=date(2010, 1, 1), by=BY)
    end_membership(library, until_on=date(2015, 12, 31), reason="", by=BY)
    assert not is_member(library)
    begin_membership(library, since_on=date(2020, 1, 1), by=BY)
    assert is_member(library)
    assert [each.since_on for each in queries.list_memberships(library)] == [date(2020, 1, 1), date(2010, 1, 1)]


def test_memberships_do_not_overlap(library: Organisation) -> None:
    begin_membership(library, since_on=TODAY, by=BY)
    with pytest.raises(MembershipOverlaps):
        begin_membership(library, since_on=date(2026, 1, 1), by=BY)


def test_membership_cannot_end_before_it_begins_nor_twice(library: Organisation) -> None:
    with pytest.raises(NotMember):
        end_membership(library, until_on=TODAY, reason="", by=BY)
    begin_membership(library, since_on=TODAY, by=BY)
    with pytest.raises(MembershipEndsTooSoon):
        end_membership(library, until_on=date(2025, 3, 9), reason="", by=BY)
    end_membership(library, until_on=TODAY, reason="", by=BY)
    with pytest.raises(NotMember):
        end_membership(library, until_on=TODAY, reason="", by=BY)


def test_membership_since_nobody_knows_when_can_end(library: Organisation) -> None:
    with transaction() as session:
        session.add(Membership(organisation_id=library.id))
    assert keep_membership_in_step() == 1
    end_membership(library, until_on=date(2024, 12, 31), reason="", by=BY)
    assert not is_member(library)


def test_member_is_added_since_a_day(app: Flask, at_demo_day: None) -> None:
    now, past, later = (
        add_organisation(name=f"Knihovna {since}", is_member=True, member_since=since, by=BY)
        for since in (None, date(2019, 5, 1), date(2026, 1, 1))
    )
    assert [each.is_member for each in (now, past, later)] == [True, True, False]
    assert queries.members_since([now, past, later]) == {now.id: TODAY, past.id: date(2019, 5, 1)}


def test_membership_is_in_the_log(library: Organisation) -> None:
    begin_membership(library, since_on=TODAY, by=BY)
    end_membership(library, until_on=TODAY, reason="Vystoupila", by=BY)
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action != "added").order_by(AuditEntry.id)).all()
    assert [(each.action, each.by, each.subject_id, each.after) for each in entries] == [
        ("membership_begun", BY, library.id, {"since_on": "2025-03-10"}),
        ("membership_ended", BY, library.id, {"until_on": "2025-03-10", "reason": "Vystoupila"}),
    ]


def test_clockwork_goes_on_when_one_part_fails(library: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction() as session:
        session.add(Membership(organisation_id=library.id))

    def fail() -> int:
        raise ZeroDivisionError

    monkeypatch.setattr("registration.organisations.tasks._WORK", (fail, keep_membership_in_step))
    keep_directory()
    assert is_member(library)


def test_membership_is_written_down_on_the_page(library: Organisation, olga: ReviewingClient) -> None:
    page = f"{DIRECTORY}/{library.id}"
    today = clock.local_now().date().isoformat()
    response = olga.submit(f"{page}/clenstvi", page=page, since_on="2020-01-01")
    assert (response.status_code, response.location) == (303, page)
    assert "2020" in olga.get(page).text
    assert olga.submit(f"{page}/clenstvi", page=page, since_on=today).status_code == 409
    assert olga.submit(f"{page}/konec-clenstvi", page=page, until_on="2019-01-01").status_code == 409
    assert olga.submit(f"{page}/konec-clenstvi", page=page, until_on="").status_code == 422
    end = olga.submit(f"{page}/konec-clenstvi", page=page, until_on="2021-12-31", reason="Zanikla <b>")
    assert end.status_code == 303
    shown = olga.get(page).text
    assert "Zanikla &lt;b&gt;" in shown
    assert f"{page}/clenstvi" in shown
    assert olga.submit(f"{page}/clenstvi", page=page, since_on="x").status_code == 422


def test_members_are_listed_with_their_number(at_demo_day: None, olga: ReviewingClient) -> None:
    for name in ("Chytrá knihovna", "Čtenářská knihovna", "Celá knihovna"):
        add_organisation(name=name, is_member=True, by=BY)
    add_organisation(name="Cizí knihovna", by=BY)
    gone = add_organisation(name="Bývalá knihovna", is_member=True, member_since=date(2001, 1, 1), by=BY)
    end_membership(gone, until_on=date(2002, 2, 2), reason="Zanikla", by=BY)
    page = olga.get(f"/en{MEMBERS}").text.replace("\u00a0", " ")
    assert "3 members" in page
    places = [page.index(name) for name in ("Celá", "Čtenářská", "Chytrá")]
    assert places == sorted(places)
    assert "Cizí" not in page
    former = olga.get(f"{MEMBERS}?byvali=1").text
    assert "Bývalá" in former
    assert "Zanikla" in former
    assert "Celá" not in former


def test_lists_of_members_say_when_they_are_empty(olga: ReviewingClient) -> None:
    for address in (MEMBERS, f"{MEMBERS}?byvali=1", f"{MEMBERS}?strana=9"):
        assert "<table" not in olga.get(address).text


def test_list_of_members_costs_the_same_whatever_its_length(olga: ReviewingClient) -> None:
    def queries_for_list() -> int:
        with count_queries() as counter:
            olga.get(MEMBERS)
        return counter.count

    add_organisation(name="Knihovna 0", is_member=True, by=BY)
    before = queries_for_list()
    for number in (1, 2):
        add_organisation(name=f"Knihovna {number}", is_member=True, by=BY)
    assert queries_for_list() == before


def test_directory_is_filtered_by_membership_and_town(olga: ReviewingClient) -> None:
    add_organisation(name="Knihovna A", town="Ústí nad Labem", is_member=True, by=BY)
    add_organisation(name="Knihovna B", town="Žďár", by=BY)
    asked = {"clen=ano": "A", "clen=ne": "B", "mesto=usti": "A", "mesto=jinde": "", "mesto=%25": "AB", "clen=x": "AB"}
    for query, found in asked.items():
        page = olga.get(f"{DIRECTORY}?{query}").text.replace("\u00a0", " ")
        assert "".join(letter for letter in "AB" if f"Knihovna {letter}" in page) == found


def test_directory_is_taken_away_as_a_table(at_demo_day: None, olga: ReviewingClient) -> None:
    add_organisation(name="=cmd", town="Lhota", ico="19", sigla="ABA001", is_member=True, by=BY)
    add_organisation(name="Knihovna", by=BY)
    csv = olga.get(f"{DIRECTORY}/adresar.csv?clen=ano")
    assert csv.headers["Content-Disposition"] == 'attachment; filename="knihovny.csv"'
    lines = csv.get_data().decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("'=cmd;Lhota;")
    assert "ABA001" in lines[1]
    assert olga.get(f"{DIRECTORY}/adresar.xlsx").get_data().startswith(b"PK")
    assert olga.get(f"{DIRECTORY}/adresar.pdf").status_code == 404
