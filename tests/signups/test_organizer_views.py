import re

from registration.core.db import db
from registration.events.models import Event
from registration.signups.models import Cancellation
from tests import factories
from tests.queries import count_queries
from tests.reviewing import ReviewingClient

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
