"""What clients ask for and what they make of the answers, whichever driver carries them."""

import json
from urllib.parse import parse_qs

import pytest

from bench import visits
from bench.errors import BadAnswer
from bench.http import Answer, Request

FORM = b"""<form><input type="hidden" name="token" value="a&amp;b="><input value="1" name='people-0-key' type=hidden>
<input type="text" name="orderer_name" value="Ada"><input type="hidden"></form>"""


def sent_fields(request: Request) -> dict[str, list[str]]:
    assert (request.method, request.path) == ("POST", "/akce/akademie/prihlaska")
    return parse_qs((request.body or b"").decode(), strict_parsing=True)


def end(visit: visits.Visit, last: Answer) -> None:
    with pytest.raises(StopIteration):
        visit.send(last)


def test_hidden_fields_are_found_however_they_are_written() -> None:
    assert visits.hidden_fields(FORM) == [("token", "a&b="), ("people-0-key", "1")]


def test_page_visits_ask_for_the_pages_in_turn() -> None:
    next_visit = visits.pages(["/p/1", "/p/2"])
    assert [next(next_visit()) for _ in range(3)] == [Request("GET", path) for path in ("/p/1", "/p/2", "/p/1")]


def test_order_has_the_fields_of_the_contract_and_names_of_its_own() -> None:
    next_visit = visits.orders("akademie", people=2, ticket_type="OBOJI", marker=7)
    first, second = (sent_fields(next(next_visit())) for _ in range(2))
    people = {f"people-{n}-{field}" for n in (0, 1) for field in ("given_name", "family_name", "email", "ticket_type")}
    assert set(first) == {"orderer_name", "orderer_email", "organisation"} | people
    assert first["people-0-email"] == first["orderer_email"]
    emails = [fields[f"people-{n}-email"][0] for fields in (first, second) for n in (0, 1)]
    assert len(set(emails)) == 4


def test_orders_of_another_driver_have_other_names() -> None:
    first, second = (visits.orders("a", people=1, ticket_type="A", marker=marker)() for marker in (1, 2))
    assert next(first) != next(second)


def test_order_keeps_where_it_can_be_read() -> None:
    found: list[str] = []
    visit = visits.orders("akademie", people=1, ticket_type="OBOJI", marker=7, found=found)()
    next(visit)
    end(visit, Answer(303, b"", "http://127.0.0.1:1/p/abc"))
    assert found == ["/p/abc"]


def test_registration_sends_hidden_fields_back_and_follows_to_the_result() -> None:
    visit = visits.registrations("akademie", people=1, ticket_type="OBOJI", marker=7)()
    assert next(visit) == Request("GET", "/akce/akademie/prihlaska")
    fields = sent_fields(visit.send(Answer(200, FORM)))
    assert (fields["token"], fields["people-0-key"]) == (["a&b="], ["1"])
    assert visit.send(Answer(303, b"", "/p/abc")) == Request("GET", "/p/abc")
    end(visit, Answer(200, b""))


def test_scans_are_sent_by_the_doors_in_turn_each_of_somebody_else() -> None:
    next_visit = visits.scans(["a=1", "b=2"], 7, ["h1", "h2", "h3", "h4"], batch=2, rounds=1, marker=3)
    first, second = (next(next_visit()) for _ in range(2))
    assert (first.path, first.content_type, first.cookie) == ("/odbaveni/scans", "application/json", "a=1")
    sent = [json.loads(each.body or b"")["scans"] for each in (first, second)]
    assert [[scan["hash"] for scan in scans] for scans in sent] == [["h1", "h2"], ["h3", "h4"]]
    assert second.cookie == "b=2"
    assert len({scan["nonce"] for scans in sent for scan in scans}) == 4
    assert {scan["session"] for scans in sent for scan in scans} == {7}


def test_scans_of_other_rounds_are_of_other_people() -> None:
    bodies = [
        next(visits.scans(["a=1"], 7, ["h1", "h2"], batch=1, rounds=2, marker=marker)()).body for marker in (1, 2)
    ]
    assert b"h2" in (bodies[0] or b"")
    assert b"h1" in (bodies[1] or b"")


def test_scan_of_somebody_who_is_not_admitted_is_an_error() -> None:
    visit = visits.scans(["a=1"], 7, ["h1"], batch=1, rounds=1, marker=1)()
    next(visit)
    with pytest.raises(BadAnswer, match="admitted"):
        visit.send(Answer(200, b'{"results": [{"verdict": "already_in"}]}'))


@pytest.mark.parametrize("status", [200, 409, 422, 429, 500])
def test_order_that_is_not_taken_is_an_error(status: int) -> None:
    visit = visits.orders("akademie", people=1, ticket_type="OBOJI", marker=7)()
    next(visit)
    with pytest.raises(BadAnswer, match=str(status)):
        visit.send(Answer(status, b""))


def test_redirect_that_leads_nowhere_is_an_error() -> None:
    visit = visits.registrations("akademie", people=1, ticket_type="OBOJI", marker=7)()
    next(visit)
    visit.send(Answer(200, FORM))
    with pytest.raises(BadAnswer, match="nowhere"):
        visit.send(Answer(303, b""))
