import io
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from registration.certificates import operations as certificate_operations
from registration.certificates import queries as certificates
from registration.checkin.operations import mark_present
from registration.core import clock
from registration.core.db import db, transaction
from registration.events import operations, queries
from registration.events.models import Event, Picture, Question, Visibility
from registration.signups.models import Answer
from tests import factories
from tests.reviewing import ReviewingClient, csrf_token

OLGA = factories.OLGA_EMAIL
ACADEMY = "/sprava/akce/setkani-sekce-ai-v-praxi-manazera"
WORKSHOP = "/sprava/akce/workshop"
_BOX = re.compile(
    r'<(?:input|button)[^>]*?name="(?P<name>[^"]+)"[^>]*?>|'
    r'<textarea[^>]*?name="(?P<area>[^"]+)"[^>]*?>\s?(?P<text>.*?)</textarea>|'
    r'<select[^>]*?name="(?P<select>[^"]+)"[^>]*?>(?P<options>.*?)</select>',
    re.DOTALL,
)


@pytest.fixture
def workshop(app: Flask, at_demo_day: None) -> Event:
    return factories.workshop(capacity=20)


def words(response: TestResponse) -> str:
    html = response.get_data(as_text=True)
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


def filled(page: TestResponse) -> dict[str, Any]:
    """Return what the main form of a page would send untouched, as a browser would."""
    html = page.get_data(as_text=True)
    form = re.search(r'<form class="form bosec".*?</form>', html, re.DOTALL) or re.search(
        r'<form method="post" novalidate.*?</form>', html, re.DOTALL
    )
    assert form
    data: dict[str, Any] = {}
    for found in _BOX.finditer(form[0]):
        tag = found[0]
        if found["area"]:
            data[found["area"]] = found["text"]
        elif found["select"]:
            chosen = re.search(r'<option selected[^>]*value="([^"]*)"', found["options"])
            data[found["select"]] = chosen[1] if chosen else ""
        elif tag.startswith("<input"):
            value = re.search(r'value="([^"]*)"', tag)
            kind = re.search(r'type="([^"]*)"', tag)
            if kind and kind[1] in {"checkbox", "radio"}:
                if " checked" in tag:
                    data.setdefault(found["name"], []).append(value[1] if value else "y")
            elif not kind or kind[1] != "file":
                data[found["name"]] = value[1] if value else ""
    return data


def send(client: ReviewingClient, address: str, **changes: Any) -> TestResponse:
    """Open a form, change some of it, send it."""
    return client.post(address, data={**filled(client.get(address)), **changes})


def again(slug: str = "workshop") -> Event:
    db.session.expire_all()
    return queries.get_event(slug)


def photo(size: tuple[int, int] = (40, 30), kind: str = "PNG") -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", size, "green").save(file, kind)
    file.seek(0)
    return file


# A new event.


def test_new_event_begins_with_the_choice_of_its_kind(olga: ReviewingClient) -> None:
    assert "/sprava/akce/nova" in olga.get("/sprava").get_data(as_text=True)
    html = olga.get("/sprava/akce/nova").get_data(as_text=True)
    assert re.findall(r"/sprava/akce/nova/([a-z-]+)", html) == [
        "setkani", "workshop", "akademie", "konference", "valna-hromada", "online",
    ]  # fmt: skip


def test_new_event_is_a_draft_nobody_else_sees(olga: ReviewingClient, client: ReviewingClient) -> None:
    response = send(olga, "/sprava/akce/nova/konference", title="Knihovny 2027", first_on="2027-09-07", city="Jihlava")
    assert (response.status_code, response.location) == (303, "/sprava/akce/knihovny-2027")
    event = again("knihovny-2027")
    assert [each.day.day for each in event.sessions] == [7, 8, 9]
    assert [len(each.sessions) for each in event.ticket_types] == [3, 1, 1, 1]
    assert client.get("/akce/knihovny-2027").status_code == 404
    assert "Knihovny 2027" not in words(client.get("/"))
    assert olga.get("/sprava/akce/knihovny-2027/nahled").status_code == 200
    assert olga.get("/sprava/akce/knihovny-2027").status_code == 200


def test_online_event_asks_where_online(olga: ReviewingClient) -> None:
    html = olga.get("/sprava/akce/nova/online").get_data(as_text=True)
    assert 'name="platform"' in html
    assert 'name="city"' not in html


def test_form_of_a_new_event_points_out_holidays_and_other_events(academy: Event, olga: ReviewingClient) -> None:
    page = send(olga, "/sprava/akce/nova/workshop", title="Workshop", first_on="2025-05-01", preview="1")
    assert "Svátek práce" in words(page)
    page = send(olga, "/sprava/akce/nova/workshop", title="Workshop", first_on="2025-03-26", preview="1")
    assert "Setkání sekce a AI v praxi manažera" in words(page)
    assert queries.find_by_old_slug("workshop") is None
    assert len(queries.list_events()) == len(queries.list_events(None))


@pytest.mark.parametrize(
    "wrong", [{"title": ""}, {"first_on": "31. 2. 2025"}, {"first_on": "0001-01-01"}, {"first_on": ""}]
)
def test_new_event_that_lacks_something_is_not_made(olga: ReviewingClient, wrong: dict[str, str]) -> None:
    response = send(olga, "/sprava/akce/nova/setkani", **{"title": "X", "first_on": "2027-01-11", **wrong})
    assert response.status_code == 422
    assert queries.list_events() == []


def test_unknown_kind_is_not_found(olga: ReviewingClient) -> None:
    assert olga.get("/sprava/akce/nova/svatba").status_code == 404


# Once more.


def test_copy_is_proposed_for_the_same_week_of_next_year(academy: Event, olga: ReviewingClient) -> None:
    page = olga.get(f"{ACADEMY}/kopie")
    assert filled(page)["weeks"] == "52"
    assert "út 24. 3. 2026" in words(page).replace("úterý", "út")
    response = send(olga, f"{ACADEMY}/kopie")
    assert response.location == f"{ACADEMY}-2026"
    copy = again("setkani-sekce-ai-v-praxi-manazera-2026")
    assert [each.day for each in copy.sessions] == [
        date(2026, 3, 24), date(2026, 3, 25), date(2026, 4, 1), date(2026, 4, 15),
    ]  # fmt: skip
    assert len(certificates.list_rules(copy)) == 2


def test_copy_warns_of_a_holiday(academy: Event, olga: ReviewingClient) -> None:
    page = send(olga, f"{ACADEMY}/kopie", weeks="4", preview="1")
    assert "Den vítězství" not in words(page)
    page = send(olga, "/sprava/akce/valna-hromada-sdruk/kopie", weeks="133", preview="1")
    assert "státnosti" not in words(page)
    page = send(olga, "/sprava/akce/valna-hromada-sdruk/kopie", weeks="28", preview="1")
    assert "vzniku samostatného československého státu" in words(page)
    assert len([each for each in queries.list_events() if each.is_draft]) == 0


@pytest.mark.parametrize("weeks", ["0", "521", "rok", ""])
def test_copy_by_no_sensible_number_of_weeks_is_refused(academy: Event, olga: ReviewingClient, weeks: str) -> None:
    assert send(olga, f"{ACADEMY}/kopie", weeks=weeks).status_code == 422


def test_event_of_the_archive_without_a_date_can_be_copied(academy: Event, olga: ReviewingClient) -> None:
    page = olga.get("/sprava/akce/wellbeing-reditelu/kopie")
    assert page.status_code == 200
    assert send(olga, "/sprava/akce/wellbeing-reditelu/kopie").status_code == 303


# Name, texts, address.


def test_texts_are_shown_on_the_page_at_once_and_do_no_harm(
    workshop: Event, olga: ReviewingClient, client: ReviewingClient
) -> None:
    assert client.get("/akce/workshop").status_code == 200
    text = "## Program\n\n- káva\n\n<script>alert(1)</script> [zlo](javascript:alert(1))"
    response = send(olga, f"{WORKSHOP}/udaje", description=text, lead="Jedna věta.")
    assert (response.status_code, response.location) == (303, f"{WORKSHOP}/udaje")
    html = client.get("/akce/workshop").get_data(as_text=True)
    assert "<li>káva</li>" in html
    assert "<script>alert" not in html
    assert 'href="javascript' not in html
    assert "Jedna věta." in html


def test_preview_shows_the_text_and_stores_nothing(workshop: Event, olga: ReviewingClient) -> None:
    page = send(olga, f"{WORKSHOP}/udaje", description="**tučně**", title="Neuloženo", preview="1")
    html = page.get_data(as_text=True)
    assert "<strong>tučně</strong>" in html
    assert 'value="Neuloženo"' in html
    assert again().title == "Workshop WRK"


def test_second_organizer_sees_what_the_first_has_stored_and_loses_nothing(
    workshop: Event, olga: ReviewingClient
) -> None:
    first = filled(olga.get(f"{WORKSHOP}/udaje"))
    second = {**first, "title": "Druhý název", "lead": "Moje dlouhá věta."}
    assert olga.post(f"{WORKSHOP}/udaje", data={**first, "title": "První název", "city": "Zlín"}).status_code == 303
    page = olga.post(f"{WORKSHOP}/udaje", data=second)
    html = page.get_data(as_text=True)
    assert page.status_code == 409
    assert 'value="Druhý název"' in html
    assert "Moje dlouhá věta." in html
    beside = dict(re.findall(r'id="([a-z_]+)-meanwhile">.*?<b>(.*?)</b>', html))
    assert beside == {"title": "První název", "city": "Zlín"}
    assert filled(page)["city"] == "Zlín"  # untouched here, so it is taken over
    assert again().title == "První název"
    assert olga.post(f"{WORKSHOP}/udaje", data=filled(page)).status_code == 303
    event = again()
    assert (event.title, event.lead, event.city) == ("Druhý název", "Moje dlouhá věta.", "Zlín")


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"slug": "Velká písmena"},
        {"slug": "nova"},
        {"slug": "-"},
        {"slug": ""},
        {"code": "SAI/1"},
        {"code": ""},
        {"lead": "x" * 1001},
        {"description": "x" * 20_001},
        {"kind": "wedding"},
        {"sign_up": "nowhere"},
        {"external_url": "javascript:alert(1)"},
    ],
)
def test_what_an_event_cannot_be_is_refused(workshop: Event, olga: ReviewingClient, wrong: dict[str, str]) -> None:
    assert send(olga, f"{WORKSHOP}/udaje", **wrong).status_code == 422
    assert again().title == "Workshop WRK"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"slug": "jina"}, "slug"), ({"code": "JIN"}, "code"), ({"sign_up": "elsewhere"}, "external_url")],
)
def test_refusal_stands_beside_its_field(
    workshop: Event, olga: ReviewingClient, wrong: dict[str, str], field: str
) -> None:
    factories.workshop(slug="jina", code="JIN")
    page = send(olga, f"{WORKSHOP}/udaje", **wrong)
    assert page.status_code == 409
    assert f'id="{field}-error"' in page.get_data(as_text=True)


def test_old_addresses_lead_to_the_new_ones(workshop: Event, olga: ReviewingClient, client: ReviewingClient) -> None:
    assert send(olga, f"{WORKSHOP}/udaje", slug="dilna").location == "/sprava/akce/dilna/udaje"
    for old, new in (
        ("/akce/workshop", "/akce/dilna"),
        ("/akce/workshop.ics", "/akce/dilna.ics"),
        ("/akce/workshop/prihlaska?pozvanka=x", "/akce/dilna/prihlaska?pozvanka=x"),
        ("/en/akce/workshop", "/en/akce/dilna"),
    ):
        response = client.get(old)
        assert (response.status_code, response.location) == (308, new)
    response = olga.get(f"{WORKSHOP}/zmeny")
    assert (response.status_code, response.location) == (308, "/sprava/akce/dilna/zmeny")
    assert client.get("/akce/nikdy-nebyla").status_code == 404


def test_organizer_of_the_event_follows_its_old_address(workshop: Event, app: Flask) -> None:
    factories.organizer("petr@sekce.example", workshop)
    change = {name: getattr(workshop, name) for name in (
        "title", "code", "kind", "lead", "description", "city", "platform", "sign_up", "external_url",
    )}  # fmt: skip
    operations.change_event(workshop, **change, slug="dilna", by=OLGA)
    petr = app.test_client()
    assert isinstance(petr, ReviewingClient)
    petr.sign_in("petr@sekce.example", factories.OLGA_PASSWORD)
    assert petr.get(WORKSHOP).location == "/sprava/akce/dilna"
    assert petr.get("/sprava/akce/dilna").status_code == 200
    assert "/sprava/akce/dilna" in petr.get("/sprava").get_data(as_text=True)


def test_old_address_does_not_give_a_draft_away(
    workshop: Event, olga: ReviewingClient, client: ReviewingClient
) -> None:
    send(olga, f"{WORKSHOP}/udaje", slug="dilna")
    operations.withdraw(again("dilna"), by=OLGA)
    assert client.get("/akce/workshop").status_code == 404
    assert olga.get(WORKSHOP).status_code == 308


# Who sees it.


def test_event_is_published_by_its_button(workshop: Event, olga: ReviewingClient, client: ReviewingClient) -> None:
    page = f"{WORKSHOP}/zverejneni"
    assert olga.submit(f"{WORKSHOP}/koncept", page=page).status_code == 303
    assert client.get("/akce/workshop").status_code == 404
    assert client.get("/akce/workshop/prihlaska").status_code == 404
    response = send(olga, page, visibility="listed")
    assert (response.status_code, response.location) == (303, WORKSHOP)
    assert client.get("/akce/workshop").status_code == 200
    assert "Workshop WRK" in words(client.get("/"))


def test_event_by_its_address_only_is_listed_nowhere(
    workshop: Event, olga: ReviewingClient, client: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    send(olga, f"{WORKSHOP}/zverejneni", visibility="link_only")
    page = client.get("/akce/workshop")
    assert page.status_code == 200
    assert 'name="robots" content="noindex"' in page.get_data(as_text=True)
    assert client.get("/akce/workshop/prihlaska").status_code == 200
    for address in ("/", "/kalendar.ics", "/kanal.xml", "/vlozit"):
        assert "Workshop WRK" not in client.get(address).get_data(as_text=True), address
    travel(datetime(2025, 12, 1, tzinfo=clock.PRAGUE))
    assert "Workshop WRK" not in words(client.get("/archiv"))


def test_event_for_members_says_so_everywhere(workshop: Event, olga: ReviewingClient, client: ReviewingClient) -> None:
    send(olga, f"{WORKSHOP}/zverejneni", visibility="members")
    assert again().visibility is Visibility.MEMBERS
    for address in ("/", "/akce/workshop"):
        assert 'class="tags"' in client.get(address).get_data(as_text=True)
    type_id = again().ticket_types[0].id
    page = olga.submit(
        f"{WORKSHOP}/prihlasovani", page=f"{WORKSHOP}/zmeny", **{f"audience-{type_id}": "everyone", "seen": ""}
    )
    assert page.status_code == 409
    assert f'id="audience-{type_id}-error"' in page.get_data(as_text=True)
    assert send(olga, f"{WORKSHOP}/varianty/nova", title="Všem", audience="everyone").status_code == 409


def test_event_without_parts_is_not_published(workshop: Event, olga: ReviewingClient) -> None:
    operations.withdraw(workshop, by=OLGA)
    operations.remove_session(workshop.sessions[0], by=OLGA)
    page = send(olga, f"{WORKSHOP}/zverejneni", visibility="listed")
    assert page.status_code == 409
    assert again().is_draft
    assert send(olga, f"{WORKSHOP}/zverejneni", visibility="secret").status_code == 422


def test_event_with_people_stays_published(workshop: Event, olga: ReviewingClient) -> None:
    factories.crowd(workshop, 1)
    response = olga.submit(f"{WORKSHOP}/koncept", page=f"{WORKSHOP}/zverejneni")
    assert response.location == f"{WORKSHOP}/zverejneni"
    assert not again().is_draft


def test_assembly_called_late_is_pointed_out(academy: Event, olga: ReviewingClient, travel: Any) -> None:
    page = "/sprava/akce/valna-hromada-sdruk/zverejneni"
    assert "§ 249" not in words(olga.get(page))
    travel(datetime(2025, 3, 17, tzinfo=clock.PRAGUE))
    olga.sign_in(OLGA, factories.OLGA_PASSWORD)
    assert "§ 249" in words(olga.get(page))


def test_publication_that_somebody_changed_meanwhile_is_shown(workshop: Event, olga: ReviewingClient) -> None:
    data = filled(olga.get(f"{WORKSHOP}/zverejneni"))
    operations.publish(workshop, visibility=Visibility.LINK_ONLY, by=OLGA)
    page = olga.post(f"{WORKSHOP}/zverejneni", data={**data, "visibility": "members"})
    assert page.status_code == 409
    assert 'id="visibility-meanwhile"' in page.get_data(as_text=True)


# What is still missing.


def test_overview_says_what_is_missing_and_where_to_put_it_right(workshop: Event, olga: ReviewingClient) -> None:
    with transaction():
        workshop.sessions[0].venue = ""
    html = olga.get(WORKSHOP).get_data(as_text=True)
    for page in ("udaje", "zmeny", "osvedceni/pravidla/nove"):
        assert f'href="{WORKSHOP}/{page}"' in html
    cancelled = factories.workshop(slug="zrusena", code="ZRU")
    operations.cancel_event(cancelled, by=OLGA)
    assert 'id="missing"' not in olga.get("/sprava/akce/zrusena").get_data(as_text=True)


def test_overview_points_out_other_events_of_the_day(workshop: Event, olga: ReviewingClient) -> None:
    factories.workshop(slug="jina", code="JIN")
    assert "/sprava/akce/jina" in olga.get(WORKSHOP).get_data(as_text=True)
    assert 'class="notes"' not in olga.get("/sprava/akce/jina/casti/nova").get_data(as_text=True)


# The picture.


def upload(client: ReviewingClient, file: io.BytesIO | None, **changes: str) -> TestResponse:
    token = csrf_token(client.get(f"{WORKSHOP}/obrazek"))
    data: dict[str, Any] = {"csrf_token": token, "alt": "Lidé u stolů", **changes}
    if file is not None:
        data["picture"] = (file, "foto.png")
    return client.post(f"{WORKSHOP}/obrazek", data=data, content_type="multipart/form-data")


def upload_raw(client: ReviewingClient, file: bytes) -> TestResponse:
    """Send a large file, as the test client itself would leave it open."""
    token = csrf_token(client.get(f"{WORKSHOP}/obrazek")).encode()
    parts = [
        b'Content-Disposition: form-data; name="csrf_token"\r\n\r\n' + token,
        b'Content-Disposition: form-data; name="alt"\r\n\r\nx',
        b'Content-Disposition: form-data; name="picture"; filename="x.jpg"\r\n\r\n' + file,
    ]
    body = b"".join(b"--cut\r\n" + part + b"\r\n" for part in parts) + b"--cut--\r\n"
    return client.post(f"{WORKSHOP}/obrazek", data=body, content_type="multipart/form-data; boundary=cut")


def test_picture_is_shown_on_the_page(workshop: Event, olga: ReviewingClient, client: ReviewingClient) -> None:
    assert client.get("/akce/workshop/obrazek").status_code == 404
    assert olga.get(f"{WORKSHOP}/obrazek.jpg").status_code == 404
    assert upload(olga, photo()).status_code == 303
    html = client.get("/akce/workshop").get_data(as_text=True)
    found = re.search(r'src="(/akce/workshop/obrazek\?v=[0-9a-f]{12})"', html)
    assert found
    assert 'alt="Lidé u stolů"' in html
    file = client.get(found[1])
    assert (file.status_code, file.mimetype) == (200, "image/jpeg")
    assert "immutable" in file.headers["Cache-Control"]
    assert Image.open(io.BytesIO(file.data)).size == (40, 30)
    plain = client.get("/akce/workshop/obrazek")
    assert plain.headers["Cache-Control"] == "public, no-cache"
    again_ = client.get("/akce/workshop/obrazek", headers={"If-None-Match": plain.headers["ETag"]})
    assert again_.status_code == 304
    assert olga.get(f"{WORKSHOP}/nahled").get_data(as_text=True).count("obrazek.jpg") == 1
    assert olga.get(f"{WORKSHOP}/obrazek.jpg").status_code == 200


def test_words_of_a_picture_change_without_another_upload(workshop: Event, olga: ReviewingClient) -> None:
    upload(olga, photo())
    before = db.session.get(Picture, workshop.id)
    assert before
    number = before.sha256
    assert upload(olga, None, alt="Sál plný lidí").status_code == 303
    db.session.expire_all()
    after = db.session.get(Picture, workshop.id)
    assert after
    assert (after.alt, after.sha256) == ("Sál plný lidí", number)
    assert upload(olga, photo((50, 50))).status_code == 303
    assert olga.submit(f"{WORKSHOP}/obrazek/odebrani", page=f"{WORKSHOP}/obrazek").status_code == 303
    db.session.expire_all()
    assert db.session.get(Picture, workshop.id) is None
    assert olga.submit(f"{WORKSHOP}/obrazek/odebrani", page=f"{WORKSHOP}/obrazek").status_code == 303


def test_picture_without_words_or_file_is_refused(workshop: Event, olga: ReviewingClient) -> None:
    assert upload(olga, photo(), alt=" ").status_code == 422
    assert upload(olga, None).status_code == 422
    assert upload(olga, io.BytesIO(b"<svg onload=alert(1)>")).status_code == 422
    assert db.session.get(Picture, workshop.id) is None


def test_picture_of_more_than_ten_megabytes_is_refused_with_a_page(workshop: Event, olga: ReviewingClient) -> None:
    for size in (10 * 1024 * 1024 + 1, 13 * 1024 * 1024):
        assert upload_raw(olga, b"\xff" * size).status_code == 413


# Parts.


def test_part_is_added_and_taken_away_again(workshop: Event, olga: ReviewingClient) -> None:
    page = f"{WORKSHOP}/casti/nova"
    response = send(olga, page, title="Online", day="2025-05-01", start="9:00", end="10:30", format="online")
    assert response.location == f"{WORKSHOP}/zmeny"
    assert "Svátek práce" in words(olga.get(f"{WORKSHOP}/zmeny"))
    session = again().sessions[-1]
    assert (session.title, session.is_online, session.venue) == ("Online", True, "")
    response = olga.submit(f"{WORKSHOP}/casti/{session.code}/odebrani", page=f"{WORKSHOP}/zmeny")
    assert len(again().sessions) == 1


@pytest.mark.parametrize(
    ("wrong", "status"), [({"title": ""}, 422), ({"end": "8:00"}, 409), ({"format": "x"}, 422), ({"nights": "31"}, 422)]
)
def test_part_that_cannot_be_is_not_added(
    workshop: Event, olga: ReviewingClient, wrong: dict[str, str], status: int
) -> None:
    values = {"title": "X", "day": "2025-05-02", "start": "9:00", "end": "10:30", **wrong}
    assert send(olga, f"{WORKSHOP}/casti/nova", **values).status_code == status
    assert len(again().sessions) == 1


def test_part_with_people_stays_with_a_reason(workshop: Event, olga: ReviewingClient) -> None:
    factories.crowd(workshop, 1)
    olga.submit(f"{WORKSHOP}/casti/den-1/odebrani", page=f"{WORKSHOP}/zmeny")
    assert 'role="status"' in olga.get(f"{WORKSHOP}/zmeny").get_data(as_text=True) or again().sessions
    assert len(again().sessions) == 1


def test_part_somebody_moved_meanwhile_is_not_moved_back_unseen(workshop: Event, olga: ReviewingClient) -> None:
    page = f"{WORKSHOP}/casti/den-1"
    data = filled(olga.get(page))
    assert olga.post(page, data={**data, "start": "10:00"}).status_code == 303
    response = olga.post(page, data={**data, "venue": "Jiný sál"})
    assert response.status_code == 409
    html = response.get_data(as_text=True)
    assert 'id="start-meanwhile"' in html
    assert 'value="Jiný sál"' in html
    assert again().sessions[0].venue == "Sál"
    assert send(olga, page, title="").status_code == 422
    assert send(olga, page, title="Dílna", credited_minutes="90").status_code == 303
    assert (again().sessions[0].title, again().sessions[0].credited_minutes) == ("Dílna", 90)


def test_numbers_of_places_that_somebody_changed_meanwhile_are_compared(workshop: Event, olga: ReviewingClient) -> None:
    key = f"session-{workshop.sessions[0].id}"
    html = olga.get(f"{WORKSHOP}/zmeny").get_data(as_text=True)
    seen = re.search(rf'name="{key}-seen"\s+value="([0-9a-f]+)"', html)
    assert seen
    operations.set_capacity(workshop.sessions[0], 25, by=OLGA)
    data = {f"{key}-capacity": "30", f"{key}-seen": seen[1]}
    page = olga.submit(f"{WORKSHOP}/kapacita/{key}", page=f"{WORKSHOP}/zmeny", **data)
    assert page.status_code == 409
    assert f'id="{key}-capacity-meanwhile">' in page.get_data(as_text=True)
    assert again().sessions[0].capacity == 25


def test_rules_that_somebody_changed_meanwhile_are_compared(workshop: Event, olga: ReviewingClient) -> None:
    html = olga.get(f"{WORKSHOP}/zmeny").get_data(as_text=True)
    form = rf'action="{WORKSHOP}/(prihlasovani|poradnik|pripominky)".*?name="seen"\s+value="([0-9a-f]+)"'
    seen = dict(re.findall(form, html, re.DOTALL))
    ticket_type = workshop.ticket_types[0]
    operations.set_reminders(workshop, in_person=[60], online=[], by=OLGA)
    operations.set_waiting_list(workshop, mode=queries.get_event("workshop").waiting_list, offer_hours=7, by=OLGA)
    operations.set_sign_up_rules(
        workshop, opens_at=None, closes_at=clock.to_utc(datetime(2025, 4, 1)), changes_close_at=None,
        needs_approval=True, organisation_limit=3, audiences={}, by=OLGA,
    )  # fmt: skip
    sent: dict[str, dict[str, Any]] = {
        "prihlasovani": {f"audience-{ticket_type.id}": "students"},
        "poradnik": {"mode": "offer", "offer_hours": "48"},
        "pripominky": {"in_person": ["1440"]},
    }
    for action, data in sent.items():
        page = olga.submit(f"{WORKSHOP}/{action}", page=f"{WORKSHOP}/zmeny", **data, seen=seen[action])
        assert page.status_code == 409, action
        assert "-meanwhile" in page.get_data(as_text=True), action
    assert again().organisation_limit == 3
    assert again().reminders_in_person == [60]


# Ticket types.


def test_ticket_type_is_added_changed_and_taken_away(workshop: Event, olga: ReviewingClient) -> None:
    page = f"{WORKSHOP}/varianty/nova"
    assert send(olga, page, title="Student", audience="students", price_other_haler="1 200,50").status_code == 303
    added = again().ticket_types[-1]
    assert (added.price_other_haler, [each.code for each in added.sessions]) == (120050, ["den-1"])
    address = f"{WORKSHOP}/varianty/{added.id}"
    assert filled(olga.get(address))["price_other_haler"] == "1200,50"
    assert send(olga, address, title="Studentka", capacity="3").status_code == 303
    assert send(olga, address, sessions=[]).status_code == 409
    assert send(olga, address, price_member_haler="mnoho").status_code == 422
    assert olga.submit(f"{address}/odebrani", page=f"{WORKSHOP}/zmeny").status_code == 303
    assert [each.code for each in again().ticket_types] == ["UCAST"]
    assert olga.get(address).status_code == 404


def test_ticket_type_with_people_is_not_taken_away(workshop: Event, olga: ReviewingClient) -> None:
    factories.crowd(workshop, 2)
    address = f"{WORKSHOP}/varianty/{workshop.ticket_types[0].id}"
    olga.submit(f"{address}/odebrani", page=address)
    assert len(again().ticket_types) == 1
    page = send(olga, address, capacity="1")
    assert page.status_code == 409
    assert 'id="capacity-error"' in page.get_data(as_text=True)
    assert "odebrani" not in olga.get(address).get_data(as_text=True)


def test_ticket_type_with_more_places_serves_its_waiting_list(app: Flask, at_demo_day: None, olga: Any) -> None:
    workshop = factories.workshop(capacity=None, ticket_capacity=1)
    people = factories.crowd(workshop, 2)
    send(olga, f"{WORKSHOP}/varianty/{workshop.ticket_types[0].id}", capacity="2")
    db.session.expire_all()
    assert [each.status for each in people] == ["confirmed", "confirmed"]


def test_ticket_type_somebody_changed_meanwhile_is_compared(workshop: Event, olga: ReviewingClient) -> None:
    address = f"{WORKSHOP}/varianty/{workshop.ticket_types[0].id}"
    data = filled(olga.get(address))
    assert olga.post(address, data={**data, "price_other_haler": "500"}).status_code == 303
    page = olga.post(address, data={**data, "title": "Jinak"})
    assert page.status_code == 409
    assert 'id="price_other_haler-meanwhile"' in page.get_data(as_text=True)


# Questions.


def test_questions_are_added_ordered_and_taken_away(workshop: Event, olga: ReviewingClient) -> None:
    page = f"{WORKSHOP}/otazky/nova"
    assert "Tato akce" in words(olga.get(f"{WORKSHOP}/otazky"))
    lines = "maso\r\n\r\n bez  masa \r\n"
    assert send(olga, page, label="Jídlo", kind="choice", scope="person", further=lines).status_code == 303
    (food,) = again().questions
    assert [each.label for each in food.choices] == ["maso", "bez masa"]
    condition = f"{food.code}={food.choices[0].code}"
    response = send(olga, page, label="Jaké maso", kind="text", scope="person", condition=condition)
    assert response.status_code == 303
    second = again().questions[1]
    assert (second.shown_if_code, second.shown_if_value) == (food.code, food.choices[0].code)
    yes_no = send(olga, page, label="Parkování", kind="yes_no", scope="order", condition="nonsense=1")
    assert yes_no.status_code == 303
    parking = again().questions[2]
    assert (parking.shown_if_code, parking.kind) == (None, "yes_no")
    food_id, second_id = food.id, second.id
    olga.submit(f"{WORKSHOP}/otazky/{parking.id}/poradi", page=f"{WORKSHOP}/otazky", kam="vys")
    assert [each.label for each in again().questions] == ["Jídlo", "Parkování", "Jaké maso"]
    olga.submit(f"{WORKSHOP}/otazky/{food_id}/poradi", page=f"{WORKSHOP}/otazky", kam="niz")
    olga.submit(f"{WORKSHOP}/otazky/{food_id}/poradi", page=f"{WORKSHOP}/otazky", kam="niz")
    assert [each.label for each in again().questions] == ["Parkování", "Jídlo", "Jaké maso"]
    olga.submit(f"{WORKSHOP}/otazky/{food_id}/odebrani", page=f"{WORKSHOP}/otazky")
    assert len(again().questions) == 3
    olga.submit(f"{WORKSHOP}/otazky/{second_id}/odebrani", page=f"{WORKSHOP}/otazky")
    olga.submit(f"{WORKSHOP}/otazky/{food_id}/odebrani", page=f"{WORKSHOP}/otazky")
    assert [each.label for each in again().questions] == ["Parkování"]
    assert olga.get(f"{WORKSHOP}/otazky/{food_id}").status_code == 404


def test_question_is_reworded_its_answers_too(workshop: Event, olga: ReviewingClient) -> None:
    page = f"{WORKSHOP}/otazky/nova"
    send(olga, page, label="Jídlo", kind="choice", scope="person", further="maso\nryba")
    (food,) = again().questions
    meat, fish = food.choices
    address = f"{WORKSHOP}/otazky/{food.id}"
    response = send(
        olga, address, **{f"choice-{meat.id}": "s masem", f"choice-{fish.id}": "", f"places-{meat.id}": "5"}
    )
    assert response.status_code == 303
    (food,) = again().questions
    assert [(each.id, each.label, each.capacity) for each in food.choices] == [(meat.id, "s masem", 5)]
    assert send(olga, address, label="").status_code == 422
    assert send(olga, address, further="x" * 201).status_code == 422
    assert send(olga, address, further="x\n" * 51).status_code == 422
    assert send(olga, address, **{f"choice-{meat.id}": ""}).status_code == 409
    assert send(olga, page, label="Nic", kind="choice", scope="person").status_code == 409


def test_question_with_answers_keeps_them(workshop: Event, olga: ReviewingClient) -> None:
    with transaction() as session:
        question = Question(event_id=workshop.id, code="strava", kind="text", label="Strava")
        session.add(question)
    person = factories.crowd(workshop, 1)[0]
    with transaction() as session:
        session.add(
            Answer(
                order_id=person.order_id, registration_id=person.id, question_id=question.id,
                question_label="Strava", value="vše", shown="vše",
            )
        )  # fmt: skip
    address = f"{WORKSHOP}/otazky/{question.id}"
    assert "odebrani" not in olga.get(address).get_data(as_text=True)
    assert send(olga, address, kind="number").status_code == 409
    olga.submit(f"{address}/odebrani", page=f"{WORKSHOP}/otazky")
    assert send(olga, address, label="Jídlo").status_code == 303
    assert [each.label for each in again().questions] == ["Jídlo"]
    assert db.session.scalar(select(Answer.shown)) == "vše"


def test_question_somebody_changed_meanwhile_is_compared(workshop: Event, olga: ReviewingClient) -> None:
    send(olga, f"{WORKSHOP}/otazky/nova", label="Jídlo", kind="yes_no", scope="person")
    address = f"{WORKSHOP}/otazky/{again().questions[0].id}"
    data = filled(olga.get(address))
    assert olga.post(address, data={**data, "kind": "text", "is_required": "y"}).status_code == 303
    page = olga.post(address, data={**data, "label": "Strava"})
    assert page.status_code == 409
    assert filled(page)["kind"] == "text"
    for field in ("kind", "is_required"):
        assert f'href="#{field}"' in page.get_data(as_text=True)


# Certificates.


@pytest.mark.slow
def test_certificate_is_set_changed_and_taken_away(academy: Event, olga: ReviewingClient) -> None:
    page = f"{ACADEMY}/osvedceni/pravidla/nove"
    first, *others = [str(each.id) for each in academy.sessions]
    sent = {"title": "Vše", "counting": [first, *others], "required": [first], "enough": "parts", "minimum": "2"}
    response = send(olga, page, **sent)
    assert (response.status_code, response.location) == (303, f"{ACADEMY}/osvedceni")
    rule = certificates.list_rules(academy)[-1]
    assert (rule.title, rule.minimum_sessions, len(rule.sessions)) == ("Vše", 2, 4)
    address = f"{ACADEMY}/osvedceni/pravidla/{rule.id}"
    data = filled(olga.get(address))
    assert olga.post(address, data={**data, "minimum": "3"}).status_code == 303
    assert olga.post(address, data={**data, "minimum": "4"}).status_code == 409
    assert send(olga, address, minimum="5").status_code == 409
    assert send(olga, address, counting=[], required=[]).status_code == 409
    assert send(olga, address, minimum="x").status_code == 422
    assert send(olga, address, minimum="").status_code == 422
    assert send(olga, page, title="").status_code == 422
    assert send(olga, page, counting=["0"], required=[]).status_code == 409
    db.session.expire_all()
    assert certificates.get_rule(academy, rule.id).minimum_sessions == 3
    olga.submit(f"{address}/odebrani", page=f"{ACADEMY}/osvedceni")
    assert len(certificates.list_rules(academy)) == 2


def test_certificate_asks_for_everything_or_for_hours(academy: Event, olga: ReviewingClient) -> None:
    page = f"{ACADEMY}/osvedceni/pravidla/nove"
    assert send(olga, page, title="Celé", language="both", paper_name="confirmation").status_code == 303
    whole = certificates.list_rules(academy)[-1]
    assert (whole.minimum_sessions, whole.minimum_minutes, whole.online_share) == (4, 0, 75)
    assert (whole.language, whole.paper_name) == ("both", "confirmation")
    for wrong in ("", "0", "osm", "8,01", "NaN", "-1"):
        assert send(olga, page, title="Část", enough="hours", minimum_minutes=wrong).status_code == 422
    assert send(olga, page, title="Část", enough="hours", minimum_minutes="100").status_code == 409
    assert send(olga, page, title="Část", enough="hours", minimum_minutes="7,5", online_share="90").status_code == 303
    part = certificates.list_rules(academy)[-1]
    assert (part.minimum_sessions, part.minimum_minutes, part.online_share) == (1, 450, 90)
    html = olga.get(f"{ACADEMY}/osvedceni/pravidla/{part.id}").get_data(as_text=True)
    assert 'value="7,5"' in html
    public = olga.get(f"/en/akce/{academy.slug}").get_data(as_text=True).replace("\u00a0", " ")
    assert "Attendance of at least 7.5 hours altogether. An online part counts from 90 % of its length." in public


def test_certificate_somebody_has_stays_as_it_is(
    academy: Event, olga: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    registration = factories.registration(academy, "SETKANI")
    rule = certificates.list_rules(academy)[0]
    session = academy.sessions[0]
    travel(session.ends_at_utc - timedelta(hours=1))
    mark_present(session, [registration], reason="test", by=OLGA)
    travel(session.ends_at_utc + timedelta(hours=1))
    assert len(certificate_operations.issue_certificates(rule, by=OLGA)) == 1
    olga.sign_in(OLGA, factories.OLGA_PASSWORD)
    address = f"{ACADEMY}/osvedceni/pravidla/{rule.id}"
    assert "odebrani" not in olga.get(address).get_data(as_text=True)
    token = csrf_token(olga.get(address))
    data = {
        "title": "Jiné",
        "counting": [str(session.id)],
        "enough": "all",
        "online_share": "75",
        "paper_name": "automatic",
        "language": "cs",
        "csrf_token": token,
    }
    assert olga.post(address, data=data).status_code == 409
    assert olga.post(f"{address}/odebrani", data={"csrf_token": token}).status_code == 303
    db.session.expire_all()
    assert certificates.list_rules(academy)[0].title == "Setkání sekce městských knihoven"
