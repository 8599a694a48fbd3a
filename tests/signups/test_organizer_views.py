import re
from dataclasses import replace

from flask import Flask
from sqlalchemy import update

from registration.core.db import db, transaction
from registration.events.models import Event, Question, QuestionKind, QuestionScope
from registration.privacy.operations import erase
from registration.signups.models import Cancellation
from registration.signups.operations import change_answers, substitute
from tests import factories
from tests.queries import count_queries
from tests.reviewing import ReviewingClient
from tests.signups.places import text_of
from tests.signups.sign_up_forms import ask

PEOPLE = "/sprava/akce/setkani-sekce-ai-v-praxi-manazera/prihlasky"
OVERVIEW = "/sprava/akce/setkani-sekce-ai-v-praxi-manazera"


def test_people_are_listed_the_czech_way(academy: Event, olga: ReviewingClient) -> None:
    for name in ("Ivan", "Chalupa", "Hrubá", "Čermák", "Cibulka"):
        factories.registration(academy, family_name=name, email=f"{len(name)}@x.example")
    html = olga.get(PEOPLE).get_data(as_text=True)
    found = re.findall(r"(Ivan|Chalupa|Hrubá|Čermák|Cibulka) Ada", html)
    assert list(dict.fromkeys(found)) == ["Cibulka", "Čermák", "Hrubá", "Chalupa", "Ivan"]


def test_overview_shows_people_and_free_places(academy: Event, olga: ReviewingClient) -> None:
    factories.crowd(academy, 29, "AI")
    html = olga.get(OVERVIEW).get_data(as_text=True).replace("\u00a0", " ")
    assert "Zbývá 1 místo" in html
    assert olga.get("/sprava").status_code == 200


def test_organizer_cancels_a_place(academy: Event, olga: ReviewingClient) -> None:
    ada = factories.registration(academy)
    page = f"{PEOPLE}/{ada.id}"
    response = olga.submit(f"{page}/odhlaseni", page=page, reason="onemocněla")
    assert response.status_code == 303
    html = olga.get(response.location).get_data(as_text=True)
    assert "onemocněla" in html
    assert olga.submit(f"{page}/odhlaseni", page="/sprava", reason="znovu").status_code == 409
    assert len(db.session.query(Cancellation).all()) == 1


def section(html: str, heading: str) -> str:
    """Return the words between a heading and the next."""
    found = re.search(rf"<h2>{heading}</h2>(.*?)<h2", html, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).replace("\u00a0", " ").split()) if found else ""


def test_answers_stand_as_they_were_asked_and_sensitive_ones_with_their_last_day(
    app: Flask, at_demo_day: None, olga: ReviewingClient
) -> None:
    workshop = factories.workshop()
    ask(workshop.id, "lunch", QuestionKind.CHOICE, ("soup", None), position=1)
    ask(workshop.id, "diet", QuestionKind.TEXT, position=2, delete_after_days=14)
    ask(workshop.id, "parking", QuestionKind.TEXT, position=3, scope=QuestionScope.ORDER)
    answering = replace(factories.person(1), answers={"lunch": "soup", "diet": "<b>bez</b> lepku"})
    orderer = replace(factories.ADAS_ORDERER, answers={"parking": "1A2 3456"})
    (ada,) = factories.order(workshop, answering, orderer=orderer).registrations
    with transaction() as session:
        session.execute(update(Question).values(label="Něco jiného"))
    html = olga.get(f"/en/sprava/akce/workshop/prihlasky/{ada.id}").get_data(as_text=True)
    assert section(html, "Answers to questions") == (
        "Question Answer Otázka lunch SOUP Otázka diet &lt;b&gt;bez&lt;/b&gt; lepku will be deleted on 7 May 2025"
    )
    assert section(html, "Answers for the whole registration") == "Question Answer Otázka parking 1A2 3456"
    assert "Who was to come before" not in html


def test_page_says_who_was_to_come_before(academy: Event, olga: ReviewingClient) -> None:
    ada = factories.registration(academy)
    for number, by in ((1, ada.email), (2, factories.OLGA_EMAIL)):
        substitute(ada, person=factories.person(number), by=by)
    page = f"/en{PEOPLE}/{ada.id}"
    before = section(olga.get(page).get_data(as_text=True), "Who was to come before")
    assert re.sub("Until when.*?Changed by ", "", before) == (
        "10 March 2025 9:00 Osoba Číslo 1 osoba1 @ukazka.example changed by olga @sekce.example olga @sekce.example "
        "10 March 2025 9:00 Ing. Ada Žďárská, Ph.D. ada @hornilhota.example "
        "changed by ada @hornilhota.example ada @hornilhota.example"
    )


def test_page_of_an_erased_person_does_not_tell_who_was_to_come_before(academy: Event, olga: ReviewingClient) -> None:
    ada = factories.registration(academy)
    substitute(ada, person=factories.BOB, by=ada.email)
    erase(ada, by=factories.OLGA_EMAIL)
    response = olga.get(f"/en{PEOPLE}/{ada.id}")
    assert section(response.get_data(as_text=True), "Who was to come before").endswith("10 March 2025 9:00 erased")
    assert "hornilhota" not in text_of(response).partition("Parts")[2].partition("Registration and contact")[0]


def test_page_of_a_person_costs_the_same_however_much_is_known(academy: Event, olga: ReviewingClient) -> None:
    ada = factories.registration(academy)
    page = f"{PEOPLE}/{ada.id}"
    with count_queries() as little:
        olga.get(page)
    for number in (1, 2, 3):
        ask(academy.id, f"more-{number}", QuestionKind.TEXT, position=10 + number)
        substitute(ada, person=factories.person(number), by=factories.OLGA_EMAIL)
    change_answers(ada, {f"more-{number}": "x" for number in (1, 2, 3)}, by=factories.OLGA_EMAIL)
    with count_queries() as much:
        assert olga.get(page).get_data(as_text=True).count("Otázka more-") == 3
    assert little.count == much.count


def test_person_of_another_event_is_not_found(academy: Event, olga: ReviewingClient) -> None:
    other = factories.registration(factories.workshop(), "UCAST")
    assert olga.get(f"{PEOPLE}/{other.id}").status_code == 404
    assert olga.get("/sprava/akce/neni").status_code == 404


def test_list_costs_the_same_number_of_queries_for_one_person_and_for_three(
    academy: Event, olga: ReviewingClient
) -> None:
    factories.registration(academy)
    for number, page in enumerate((PEOPLE, OVERVIEW)):
        with count_queries() as few:
            olga.get(page)
        factories.crowd(academy, 2, "AI", first=10 * number)
        with count_queries() as more:
            olga.get(page)
        assert few.count == more.count
