"""What was entered twice becomes one, and its history stays."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from registration.core.audit import AuditEntry
from registration.core.db import db, transaction
from registration.events.models import Event
from registration.organisations import queries
from registration.organisations.errors import MergedAlready, MergedIntoItself, OrganisationExists
from registration.organisations.models import Membership, Organisation
from registration.organisations.operations import (
    add_organisation,
    begin_membership,
    change_organisation,
    end_membership,
    follow_merges,
    merge,
)
from registration.organisations.queries import find_organisation, list_duplicates, suggest
from registration.signups.models import Order
from registration.signups.operations import Orderer
from tests import factories
from tests.queries import count_queries
from tests.reviewing import ReviewingClient

BY = "olga@sekce.example"
DIRECTORY = "/sprava/knihovny"


def library(name: str, **entry: str) -> Organisation:
    return add_organisation(name=name, by=BY, **entry)  # type: ignore[arg-type]  # texts only


@pytest.fixture
def pair(app: Flask) -> tuple[Organisation, Organisation]:
    """Give a duplicate and the library that is kept."""
    return library("Knihovna Lhota", ico="89605", founder="Město Lhota"), library("Městská knihovna", town="Lhota")


def fresh(organisation: Organisation) -> Organisation:
    db.session.rollback()
    db.session.expire_all()
    return queries.get_organisation(organisation.id)


def test_orders_move_and_keep_the_name_of_their_day(academy: Event) -> None:
    duplicate, kept = library("Knihovna Hora"), library("Městská knihovna Hora")
    order = factories.order(academy, orderer=Orderer(name="Ada", email="ada@x.example", organisation="Knihovna Hora"))
    merge(duplicate, into=kept, by=BY)
    db.session.expire_all()
    moved = db.session.get_one(Order, order.id)
    assert (moved.organisation_id, moved.organisation_name) == (kept.id, "Knihovna Hora")
    assert moved.registrations[0].organisation_name == "Knihovna Hora"


def test_duplicate_stays_and_leads_to_the_kept_one(pair: tuple[Organisation, Organisation]) -> None:
    duplicate, kept = pair
    merge(duplicate, into=kept, by=BY)
    row = fresh(duplicate)
    assert (row.name, row.merged_into_id, row.merged_by) == ("Knihovna Lhota", kept.id, BY)
    assert row.merged_at is not None
    assert [each.id for each in queries.list_merged_into(kept)] == [duplicate.id]


def test_kept_one_takes_over_what_it_does_not_say(pair: tuple[Organisation, Organisation]) -> None:
    duplicate, kept = pair
    merge(duplicate, into=kept, by=BY)
    row = fresh(kept)
    assert (row.name, row.town, row.ico, row.founder) == ("Městská knihovna", "Lhota", "00089605", "Město Lhota")


def test_duplicate_is_neither_offered_nor_listed_but_found_by_its_old_name(
    pair: tuple[Organisation, Organisation],
) -> None:
    duplicate, kept = pair
    merge(duplicate, into=kept, by=BY)
    assert [each.id for each in suggest("lhota")] == [kept.id]
    assert [each.id for each in queries.list_organisations(page=1, page_size=50)] == [kept.id]
    with count_queries() as counter:
        assert find_organisation("Knihovna Lhota") == kept
    assert counter.count == 1
    assert find_organisation("89605") == kept


def test_old_name_that_others_have_means_them(app: Flask) -> None:
    """A duplicate without a town must not draw all its namesakes to the one it was merged into."""
    duplicate, kept = library("Městská knihovna"), library("Městská knihovna", town="Horní Lhota")
    library("Městská knihovna", town="Dolní Lhota")
    merge(duplicate, into=kept, by=BY)
    assert find_organisation("Městská knihovna") is None


def test_name_of_a_duplicate_is_free_again(pair: tuple[Organisation, Organisation]) -> None:
    duplicate, kept = pair
    merge(duplicate, into=kept, by=BY)
    change_organisation(kept, name="Knihovna Lhota", by=BY)
    with pytest.raises(OrganisationExists):
        library("Knihovna Lhota")


def test_merged_twice_all_lead_to_the_last(app: Flask) -> None:
    first, second, third = (library(f"Knihovna {number}", ico="") for number in "123")
    merge(first, into=second, by=BY)
    merge(second, into=third, by=BY)
    assert fresh(first).merged_into_id == fresh(second).merged_into_id == third.id


def test_history_of_both_memberships_stays(app: Flask) -> None:
    duplicate, kept = library("Knihovna A"), library("Knihovna B")
    begin_membership(duplicate, since_on=date(2010, 1, 1), by=BY)
    end_membership(duplicate, until_on=date(2012, 12, 31), reason="Nezaplatila", by=BY)
    begin_membership(duplicate, since_on=date(2020, 1, 1), by=BY)
    begin_membership(kept, since_on=date(2022, 1, 1), by=BY)
    merge(duplicate, into=kept, by=BY)
    assert [(each.since_on, each.until_on) for each in queries.list_memberships(kept)] == [
        (date(2020, 1, 1), None),
        (date(2010, 1, 1), date(2012, 12, 31)),
    ]
    assert (fresh(kept).is_member, fresh(duplicate).is_member) == (True, False)


def test_member_merged_into_a_stranger_makes_it_a_member(app: Flask) -> None:
    duplicate, kept = add_organisation(name="Knihovna A", is_member=True, by=BY), library("Knihovna B")
    merge(duplicate, into=kept, by=BY)
    assert fresh(kept).is_member


def test_merge_is_refused_with_itself_and_twice(pair: tuple[Organisation, Organisation]) -> None:
    duplicate, kept = pair
    with pytest.raises(MergedIntoItself):
        merge(kept, into=kept, by=BY)
    merge(duplicate, into=kept, by=BY)
    with pytest.raises(MergedAlready):
        merge(duplicate, into=kept, by=BY)
    with pytest.raises(MergedAlready):
        merge(kept, into=duplicate, by=BY)


def test_merge_is_in_the_log(pair: tuple[Organisation, Organisation]) -> None:
    duplicate, kept = pair
    merge(duplicate, into=kept, by=BY)
    merged = select(AuditEntry).where(AuditEntry.action.in_(["merged", "merged_with"])).order_by(AuditEntry.id)
    gone, stays = db.session.scalars(merged)
    assert (gone.subject_id, gone.by, gone.after["merged_into_id"]) == (duplicate.id, BY, kept.id)
    assert gone.before["name"] == "Knihovna Lhota"
    assert stays.after["duplicate_id"] == duplicate.id


def test_what_was_written_meanwhile_follows(pair: tuple[Organisation, Organisation]) -> None:
    duplicate, kept = pair
    merge(duplicate, into=kept, by=BY)
    assert follow_merges() == 0
    with transaction() as session:
        session.add(Membership(organisation_id=duplicate.id))  # by a process that had read before
    assert follow_merges() == 1
    assert [each.organisation_id for each in db.session.scalars(select(Membership))] == [kept.id]


def test_pairs_are_proposed_the_surest_first(app: Flask) -> None:
    one, other = library("Knihovna Lhota", town="Lhota"), library("Knihovna Lhota")
    third = library("Knihovna Lhotta")
    fourth = library("Studovna", ico="19", sigla="ABA001")
    with transaction():
        third.ico = "00000019"  # as an import of two lists could bring
    pairs = [(pair.one.id, pair.other.id, pair.likeness.value) for pair in list_duplicates()]
    assert pairs == [
        (third.id, fourth.id, "same_ico"),
        (one.id, other.id, "same_name"),
        (one.id, third.id, "similar_name"),
        (other.id, third.id, "similar_name"),
    ]


def test_pairs_cost_the_same_whatever_their_number(app: Flask) -> None:
    def queries_for_pairs() -> int:
        with count_queries() as counter:
            list_duplicates()
        return counter.count

    library("Knihovna Lhota"), library("Knihovna Lhotta")
    before = queries_for_pairs()
    library("Knihovna Hora"), library("Knihovna Horra")
    assert queries_for_pairs() == before == 2


def test_duplicates_are_merged_on_their_page(olga: ReviewingClient) -> None:
    duplicate, kept = library("Knihovna Lhota", ico="19"), library("Knihovna Lhotta")
    page = olga.get(f"{DIRECTORY}/duplicity").text
    assert f"{DIRECTORY}/{kept.id}/slouceni?do={duplicate.id}" in page
    address = f"{DIRECTORY}/{duplicate.id}/slouceni"
    comparison = olga.get(f"/en{address}?do={kept.id}").text
    assert "00000019" in comparison
    assert "taken over from the duplicate" in comparison
    response = olga.submit(address, page=f"{address}?do={kept.id}", do=str(kept.id))
    assert (response.status_code, response.location) == (303, f"{DIRECTORY}/{kept.id}")
    assert "Knihovna Lhota" in olga.get(response.location).text
    assert olga.get(f"{DIRECTORY}/duplicity").text.count("/slouceni") == 0


def test_old_address_leads_to_the_kept_one(olga: ReviewingClient, pair: tuple[Organisation, Organisation]) -> None:
    duplicate, kept = pair
    merge(duplicate, into=kept, by=BY)
    response = olga.get(f"{DIRECTORY}/{duplicate.id}")
    assert (response.status_code, response.location) == (301, f"{DIRECTORY}/{kept.id}")
    assert olga.get(f"{DIRECTORY}/{duplicate.id}/slouceni").location == f"{DIRECTORY}/{kept.id}"
    address = f"{DIRECTORY}/{duplicate.id}/zmena"
    assert olga.submit(address, page=address, name="Knihovna nová").location == f"{DIRECTORY}/{kept.id}"


def test_the_other_library_is_asked_for(olga: ReviewingClient, pair: tuple[Organisation, Organisation]) -> None:
    duplicate, kept = pair
    address = f"{DIRECTORY}/{duplicate.id}/slouceni"
    assert 'name="do"' not in olga.get(address).text
    assert 'id="q-error"' in olga.get(f"{address}?q=Knihovna+Lhota").text  # itself
    assert f'name="do" value="{kept.id}"' in olga.get(f"{address}?q=Městská+knihovna,+Lhota").text
    assert olga.submit(address, page=address).status_code == 400
    assert olga.submit(address, page=address, do=str(duplicate.id)).status_code == 409
    assert olga.submit(address, page=address, do="999").status_code == 404


@pytest.mark.parametrize("address", [f"{DIRECTORY}/duplicity", f"{DIRECTORY}/1/slouceni"])
def test_strangers_are_sent_to_sign_in(client: ReviewingClient, address: str) -> None:
    assert client.get(address).location.startswith("/prihlaseni")
