"""The back office's list of registrations, and what the desk does there."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import insert, select

from registration.core.db import db, transaction
from registration.events.models import Event, QuestionKind, QuestionScope
from registration.privacy.operations import erase
from registration.signups.annotations import BulkAction, Note, Tag
from registration.signups.answers import values_of
from registration.signups.lists import PAGE_SIZE
from registration.signups.models import Order, Registration, RegistrationStatus
from registration.signups.operations import Orderer, cancel, desk
from tests import factories
from tests.factories import OLGA_EMAIL, order, person
from tests.queries import count_queries
from tests.reviewing import ReviewingClient
from tests.signups.places import kinds, statuses, text_of
from tests.signups.sign_up_forms import ask

LIST = "/sprava/akce/workshop/prihlasky"
EN = f"/en{LIST}"
ADA = {
    "title_before": "",
    "given_name": "Ada",
    "family_name": "Žďárská",
    "title_after": "",
    "email": "ada@x.example",
    "organisation": "",
    "language": "cs",
}


@pytest.fixture
def workshop(app: Flask, at_demo_day: None) -> Event:
    """Make the workshop everything happens at."""
    return factories.workshop()


def many(event: Event, count: int) -> None:
    """Write so many registrations past everything that would look at them one by one."""
    with transaction() as session:
        first = 1000
        now = event.published_at
        orders = [
            {
                "id": first + n,
                "event_id": event.id,
                "number": first + n,
                "orderer_name": "x",
                "orderer_email": f"o{n}@x.example",
                "organisation_name": "Knihovna",
                "language": "cs",
                "created_at": now,
                "link_version": 1,
            }
            for n in range(count)
        ]
        people = [
            {
                "order_id": first + n,
                "event_id": event.id,
                "ticket_type_id": event.ticket_types[0].id,
                "position": 1,
                "status": RegistrationStatus.CONFIRMED,
                "given_name": "Osoba",
                "family_name": f"Číslo {n:05}",
                "email": f"o{n}@x.example",
                "organisation_name": "Knihovna",
                "sort_key": f"{n:05}",  # as given, since to compute thousands takes longer than the test
                "search_text": f"cislo {n:05} osoba o{n}@x.example knihovna",
                "price_haler": 0,
                "ticket_version": 1,
                "link_version": 1,
            }
            for n in range(count)
        ]
        session.execute(insert(Order), orders)
        session.execute(insert(Registration), people)


def rows(html: str) -> list[str]:
    """Return the names in the list, in order."""
    return re.findall(r'<th scope="row">\s*<a [^>]*>([^<]+)</a>', html)


def test_list_is_searched_sorted_and_narrowed_down(workshop: Event, olga: ReviewingClient) -> None:
    for number, name in enumerate(("Chalupa", "Hrubá", "Řehák")):
        order(workshop, replace(person(number), family_name=name))
    assert [each.split()[0] for each in rows(olga.get(LIST).get_data(as_text=True))] == ["Hrubá", "Chalupa", "Řehák"]
    assert rows(olga.get(f"{LIST}?q=rehak").get_data(as_text=True)) == ["Řehák Osoba"]
    nobody = olga.get(f"{EN}?q=nikdo&stav=cancelled&odpoved=1:x&sloupce=neni")
    assert "Nobody is like that." in text_of(nobody)
    assert "3 confirmed" in text_of(nobody)


def test_empty_list_says_so(workshop: Event, olga: ReviewingClient) -> None:
    assert "Nobody has signed up yet." in text_of(olga.get(EN))


def test_list_shows_the_columns_one_wants(workshop: Event, olga: ReviewingClient) -> None:
    ask(workshop.id, "diet", QuestionKind.TEXT)
    ask(workshop.id, "bus", QuestionKind.YES_NO, position=2, scope=QuestionScope.ORDER)
    orderer = Orderer(name="x", email="x@x.example", answers={"bus": True})
    ada = order(workshop, replace(person(1), answers={"diet": "bez lepku"}), orderer=orderer).registrations[0]
    desk.tag([ada], "host", by=OLGA_EMAIL)
    desk.add_note(ada, "přijde později", by=OLGA_EMAIL)
    diet, bus = sorted(workshop.questions, key=lambda each: each.position)
    wanted = f"cislo&sloupce=email&sloupce=cena&sloupce=stitky&sloupce=poznamky&sloupce=odpoved-{diet.id}"
    page = text_of(olga.get(f"{EN}?sloupce={wanted}&sloupce=odpoved-{bus.id}"))
    for words in ("2025/WRK/P-0001/1", "osoba1 @ukazka.example", "host", "přijde později", "bez lepku", "ano"):
        assert words in page
    assert "Knihovna" not in page.partition("Surname and given name")[2]


def test_long_list_has_pages_and_keeps_the_filter_on_them(workshop: Event, olga: ReviewingClient) -> None:
    many(workshop, 3 * PAGE_SIZE + 1)
    first = olga.get(f"{EN}?q=osoba&sloupce=email").get_data(as_text=True)
    assert len(rows(first)) == PAGE_SIZE
    assert 'rel="next" href="/en/sprava/akce/workshop/prihlasky?q=osoba&amp;sloupce=email&amp;strana=2"' in first
    last = olga.get(f"{EN}?strana=99")
    assert rows(last.get_data(as_text=True)) == ["Číslo 00300 Osoba"]
    assert "301 people altogether, here 301–301." in text_of(last)
    assert "Page 4 of 4 First page Previous page" in text_of(last)
    assert "Last page" in text_of(olga.get(f"{EN}?strana=2"))


@pytest.mark.parametrize("query", ["", "?q=osoba&clen=ne&ucast=ne&stitek=host&sloupce=stitky&sloupce=poznamky"])
def test_list_costs_the_same_for_one_person_three_and_two_hundred(
    workshop: Event, olga: ReviewingClient, query: str
) -> None:
    factories.crowd(workshop, 1)
    costs = []
    for count in (0, 2, 200):
        if count == 2:
            factories.crowd(workshop, 2, first=10)
        elif count:
            many(workshop, count)
        with count_queries() as counter:
            olga.get(LIST + query)
        costs.append(counter.count)
    assert costs[0] == costs[1] == costs[2]


@pytest.mark.slow
def test_list_of_twenty_thousand_opens_with_as_many_queries(workshop: Event, olga: ReviewingClient) -> None:
    factories.crowd(workshop, 1)
    with count_queries() as one:
        olga.get(LIST)
    many(workshop, 20_000)
    for query in ("", "?strana=200", "?q=cislo+osoba", "?razeni=nejnovejsi&clen=ne"):
        with count_queries() as counter:
            assert olga.get(LIST + query).status_code == 200
        assert counter.count == one.count


def test_erased_people_are_found_by_nothing_that_was_theirs(workshop: Event, olga: ReviewingClient) -> None:
    (ada,) = factories.crowd(workshop, 1)
    erase(ada, by=OLGA_EMAIL)
    assert rows(olga.get(f"{LIST}?q=osoba1").get_data(as_text=True)) == []
    assert olga.get(LIST).status_code == 200


def test_person_is_corrected(workshop: Event, olga: ReviewingClient) -> None:
    ask(workshop.id, "lunch", QuestionKind.CHOICE, ("soup", 1), ("cake", None))
    ask(workshop.id, "bus", QuestionKind.TEXT, position=2, scope=QuestionScope.ORDER)
    (ada,) = order(workshop, replace(person(1), answers={"lunch": "soup"})).registrations
    page = f"{LIST}/{ada.id}/uprava"
    html = olga.get(page).get_data(as_text=True)
    assert re.search(r'value="soup"\s+checked', html)
    response = olga.submit(page, page=page, **{**ADA, "q_lunch": "soup", "order-q_bus": "z Brna"})
    assert response.location == f"{LIST}/{ada.id}"
    assert (ada.list_name, values_of(ada), values_of(ada.order)) == (
        "Žďárská Ada",
        {"lunch": "soup"},
        {"bus": "z Brna"},
    )


def test_what_is_wrong_stands_beside_the_box(workshop: Event, olga: ReviewingClient) -> None:
    ask(workshop.id, "lunch", QuestionKind.CHOICE, ("soup", 1))
    taken = order(workshop, replace(person(5), answers={"lunch": "soup"})).registrations[0]
    (ada,) = factories.crowd(workshop, 1)
    page = f"{LIST}/{ada.id}/uprava"
    assert olga.submit(page, page=page, **{**ADA, "email": "x"}).status_code == 422
    same = {**ADA, "given_name": taken.given_name, "family_name": taken.family_name, "email": taken.email}
    assert olga.submit(page, page=page, **same).status_code == 409
    response = olga.submit(page, page=page, **{**ADA, "q_lunch": "soup"})
    assert response.status_code == 409
    assert "obsazen" in text_of(response) or "zaplněno" in text_of(response) or "plno" in text_of(response)


def test_cancelled_person_cannot_be_changed(workshop: Event, olga: ReviewingClient) -> None:
    (ada,) = factories.crowd(workshop, 1)
    cancel([ada], by=OLGA_EMAIL)
    page = f"{LIST}/{ada.id}"
    for noun, data in (
        ("uprava", ADA),
        ("varianta", {"ticket_type": "JINA"}),
        ("ucastnik", ADA),
        ("potvrzeni", {}),
    ):
        assert olga.submit(f"{page}/{noun}", page="/sprava", **data).location == page
    assert olga.get(f"{page}/uprava").status_code == 409
    assert kinds()[-1] == "place_cancelled"


def test_somebody_is_added_by_hand(workshop: Event, olga: ReviewingClient) -> None:
    page = f"{LIST}/nova"
    response = olga.submit(page, page=page, **ADA, when_full="refuse", is_told="y")
    (ada,) = db.session.scalars(select(Registration))
    assert response.location == f"{LIST}/{ada.id}"
    assert ada.is_confirmed
    assert kinds() == ["order_received"]
    assert olga.submit(page, page=page, **ADA).status_code == 409


def test_form_by_hand_says_what_is_wrong(academy: Event, olga: ReviewingClient) -> None:
    page = "/en/sprava/akce/setkani-sekce-ai-v-praxi-manazera/prihlasky/nova"
    response = olga.submit(page, page=page, **{**ADA, "given_name": ""})
    assert response.status_code == 422
    assert "Please choose what to sign up for." in text_of(response)
    for ticket_type in academy.ticket_types:
        ticket_type.capacity = 0
    db.session.commit()
    full = olga.submit(page, page=page, **ADA, ticket_type="AI")
    assert (full.status_code, "There are not enough places left here." in text_of(full)) == (409, True)
    reasonless = olga.submit(page, page=page, **ADA, ticket_type="AI", when_full="over")
    assert "Please say why more people are let in" in text_of(reasonless)
    assert olga.submit(page, page=page, **ADA, ticket_type="AI", when_full="wait").status_code == 303
    other = {**ADA, "email": "other@x.example"}
    over = olga.submit(page, page=page, **other, ticket_type="AI", when_full="over", reason="lektorka")
    assert over.status_code == 303


def test_person_is_moved(academy: Event, olga: ReviewingClient) -> None:
    ada = factories.registration(academy, "SETKANI")
    people = "/sprava/akce/setkani-sekce-ai-v-praxi-manazera/prihlasky"
    page = f"{people}/{ada.id}/varianta"
    next(each for each in academy.ticket_types if each.code == "AI").capacity = 0
    db.session.commit()
    assert olga.submit(page, page=page).status_code == 409
    assert olga.submit(page, page=page, ticket_type="AI").status_code == 409
    assert olga.submit(page, page=page, ticket_type="AI", over_capacity="1").status_code == 409
    moved = olga.submit(page, page=page, ticket_type="AI", over_capacity="1", reason="omyl")
    assert moved.location == f"{people}/{ada.id}"
    assert ada.ticket_type.code == "AI"


def test_somebody_else_comes_also_when_it_has_begun(workshop: Event, olga: ReviewingClient) -> None:
    (ada,) = factories.crowd(workshop, 1)
    bob = factories.crowd(workshop, 1, first=2)[0]
    page = f"{LIST}/{ada.id}/ucastnik"
    assert olga.submit(page, page=page, **{**ADA, "email": ""}).status_code == 422
    taken = {**ADA, "given_name": bob.given_name, "family_name": bob.family_name, "email": bob.email}
    assert olga.submit(page, page=page, **taken).status_code == 409
    workshop.sessions[0].starts_at = workshop.sessions[0].starts_at.replace(year=2024)
    db.session.commit()
    assert olga.submit(page, page=page, **ADA).location == f"{LIST}/{ada.id}"
    assert ada.list_name == "Žďárská Ada"


def test_confirmation_is_sent_again(workshop: Event, olga: ReviewingClient) -> None:
    (ada,) = order(workshop, person(1)).registrations
    page = f"{LIST}/{ada.id}"
    olga.submit(f"{page}/potvrzeni", page=page)
    olga.submit(f"{page}/potvrzeni", page=page, orderer="1")
    assert kinds()[2:] == ["place_confirmed", "place_confirmed", "order_received"]


def test_notes_and_tags_are_written_and_taken_away(workshop: Event, olga: ReviewingClient) -> None:
    (ada,) = factories.crowd(workshop, 1)
    page = f"{LIST}/{ada.id}"
    olga.submit(f"{page}/poznamky", page=page, text="volala <b>ráno</b>")
    olga.submit(f"{page}/poznamky", page=page, text="  ")
    olga.submit(f"{page}/stitky", page=page, word="host")
    olga.submit(f"{page}/stitky", page=page, word="")
    html = olga.get(page).get_data(as_text=True)
    assert "volala &lt;b&gt;ráno&lt;/b&gt;" in html
    assert "<b>host</b>" in html
    (note,) = db.session.scalars(select(Note))
    stranger = factories.crowd(workshop, 1, first=7)[0]
    assert olga.submit(f"{LIST}/{stranger.id}/poznamky/{note.id}/smazani", page=page).status_code == 404
    olga.submit(f"{page}/poznamky/{note.id}/smazani", page=page)
    olga.submit(f"{page}/stitky/odebrani", page=page, word="host")
    assert db.session.scalars(select(Note)).all() == []
    assert db.session.scalars(select(Tag)).all() == []


def test_many_are_cancelled_after_a_question_and_brought_back(workshop: Event, olga: ReviewingClient) -> None:
    people = factories.crowd(workshop, 3)
    ids = [each.id for each in people[:2]]
    asked = olga.get(f"{EN}/hromadne?akce=odhlasit&osoba={ids[0]}&osoba={ids[1]}&zpet=q%3Dosoba%26neni%3D1")
    assert "Cancel 2 registrations" in text_of(asked)
    assert statuses(*people) == [RegistrationStatus.CONFIRMED] * 3
    chosen = {"akce": "odhlasit", "osoby": f"{ids[0]},{ids[1]}", "zpet": "q=osoba&neni=1", "reason": "omyl"}
    done = olga.submit(f"{EN}/hromadne", page=EN, **chosen)
    assert done.location == f"{EN}?q=osoba"
    assert statuses(*people)[0] is RegistrationStatus.CANCELLED
    page = olga.get(done.location)
    assert "2 registrations are cancelled." in text_of(page)
    assert "It can be taken back for 15 more minutes. Letters about it wait until then." in text_of(page)
    (action,) = db.session.scalars(select(BulkAction))
    undo = f"{EN}/hromadne/{action.id}/vraceni"
    assert "It is taken back for 2 people." in text_of(olga.get(olga.submit(undo, page=EN).location))
    assert statuses(*people) == [RegistrationStatus.CONFIRMED] * 3
    assert "can no longer be taken back" in text_of(olga.get(olga.submit(undo, page=EN).location))
    assert "It can be taken back" not in text_of(olga.get(EN))


def test_all_that_the_filter_finds_are_tagged(workshop: Event, olga: ReviewingClient) -> None:
    factories.crowd(workshop, 3)
    asked = olga.get(f"{EN}/hromadne?akce=oznacit&vsichni=1&q=osoba").get_data(as_text=True)
    ids = re.search(r'name="osoby" value="([0-9,]+)"', asked)
    assert ids
    wrong = olga.submit(f"{EN}/hromadne", page=EN, akce="oznacit", osoby=ids[1], tag="")
    assert (wrong.status_code, "A tag is a word or a few" in text_of(wrong)) == (422, True)
    olga.submit(f"{EN}/hromadne", page=EN, akce="oznacit", osoby=ids[1], tag="host")
    assert len(db.session.scalars(select(Tag)).all()) == 3
    assert "tag “host” on 3 registrations" in text_of(olga.get(EN))
    olga.submit(f"{EN}/hromadne", page=EN, akce="odznacit", osoby=ids[1], tag="host")
    assert "tag “host” off 3 registrations" in text_of(olga.get(EN))
    assert olga.get(f"{EN}/hromadne?akce=odznacit&vsichni=1").status_code == 200


def test_those_it_could_not_be_done_to_are_named(academy: Event, olga: ReviewingClient) -> None:
    people = factories.crowd(academy, 7, "AI")
    next(each for each in academy.ticket_types if each.code == "SETKANI").capacity = 0
    db.session.commit()
    page = "/en/sprava/akce/setkani-sekce-ai-v-praxi-manazera/prihlasky"
    osoby = ",".join(str(each.id) for each in people)
    nothing = olga.submit(f"{page}/hromadne", page=page, akce="presunout", osoby=osoby)
    assert nothing.status_code == 422
    done = olga.submit(f"{page}/hromadne", page=page, akce="presunout", osoby=osoby, ticket_type="SETKANI")
    words = text_of(olga.get(done.location))
    assert "Not for 7 people. Číslo 1 Osoba: There are not enough places left here." in words
    assert "And for 2 more." in words


def test_applicants_are_approved_and_letters_sent_again_in_bulk(workshop: Event, olga: ReviewingClient) -> None:
    workshop.needs_approval = True
    db.session.commit()
    people = factories.crowd(workshop, 2)
    osoby = ",".join(str(each.id) for each in people)
    for word, sentence in (("schvalit", "2 registrations are approved."), ("poslat", "to 2 people.")):
        assert olga.get(f"{EN}/hromadne?akce={word}&vsichni=1").status_code == 200
        done = olga.submit(f"{EN}/hromadne", page=EN, akce=word, osoby=osoby)
        assert sentence in text_of(olga.get(done.location))
    assert statuses(*people) == [RegistrationStatus.CONFIRMED] * 2


def test_nobody_and_nonsense_are_refused(workshop: Event, olga: ReviewingClient) -> None:
    assert olga.get(f"{LIST}/hromadne?akce=oznacit").location == LIST
    assert olga.get(f"{LIST}/hromadne?akce=oznacit&osoba={'9' * 30}").location == LIST
    assert olga.get(f"{LIST}/hromadne?akce=smazat&osoba=1").status_code == 404
    assert olga.submit(f"{LIST}/hromadne", page=LIST, akce="oznacit", osoby="x,1e5,", tag="x").location == LIST
    assert olga.submit(f"{LIST}/hromadne/99/vraceni", page=LIST).status_code == 404
    many(workshop, 5001)
    assert olga.get(f"{LIST}/hromadne?akce=oznacit&vsichni=1").location == LIST


@pytest.mark.slow
def test_accountant_reads_and_changes_nothing(workshop: Event, client: ReviewingClient) -> None:
    (ada,) = factories.crowd(workshop, 1)
    client.sign_in(factories.accountant().email, factories.OLGA_PASSWORD)
    html = client.get(LIST).get_data(as_text=True)
    assert "hromadne" not in html
    page = client.get(f"{LIST}/{ada.id}").get_data(as_text=True)
    assert "/uprava" not in page
    assert f"{ada.id}/odhlaseni" not in page
    for noun in ("nova", f"{ada.id}/uprava", f"{ada.id}/varianta", f"{ada.id}/ucastnik", "hromadne"):
        assert client.get(f"{LIST}/{noun}").status_code == 403
