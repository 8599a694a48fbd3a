"""What an event's page tells machines: schema.org data as search engines document them, and the tags of Open Graph."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import html5lib
import pytest
from flask import Flask

from registration.core.db import transaction
from registration.events.models import Audience, Event, Format, Picture, SignUp
from registration.events.queries import get_event, offer
from registration.events.structured import describe_event, sharing
from tests import factories
from tests.reviewing import ReviewingClient

SCHEMA = "https://schema.org/"
ACADEMY = "/akce/setkani-sekce-ai-v-praxi-manazera"
IMAGE = "http://localhost/nahled.png"


def describe(event: Event) -> Any:
    return describe_event(offer(event), images=[IMAGE])


def data_block(html: str) -> Any:
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    (block,) = [each for each in page.iter("script") if each.get("type") == "application/ld+json"]
    return json.loads(block.text or "")


def tags(html: str) -> dict[str, str]:
    page = html5lib.parse(html, namespaceHTMLElements=False)
    metas = [(each.get("property") or each.get("name") or "", each.get("content") or "") for each in page.iter("meta")]
    return {name: content.replace("\u00a0", " ") for name, content in metas if name}


def test_page_carries_the_event_with_everything_search_engines_require(academy: Event, client: ReviewingClient) -> None:
    found = data_block(client.get(ACADEMY).get_data(as_text=True))
    assert found["@context"] == "https://schema.org"
    for required in ("@type", "name", "startDate", "location"):
        assert found[required]
    for recommended in ("description", "endDate", "eventStatus", "eventAttendanceMode", "image", "offers", "organizer"):
        assert found[recommended]
    for place in found["location"]:
        assert place["@type"] in {"Place", "VirtualLocation"}
        assert place["url"] if place["@type"] == "VirtualLocation" else place["name"] and place["address"]
    for each in found["offers"]:
        assert set(each) >= {"url", "price", "priceCurrency", "availability", "validFrom"}
    assert all(image.startswith("http://localhost/akce/") for image in found["image"])


def test_academy_is_described(academy: Event) -> None:
    found = describe(academy)
    assert (found["@type"], found["name"]) == ("EducationEvent", "Setkání sekce a AI v praxi manažera")
    assert found["url"] == f"http://localhost{ACADEMY}"
    assert (found["startDate"], found["endDate"]) == ("2025-03-25T10:00:00+01:00", "2025-04-16T11:00:00+02:00")
    assert found["eventAttendanceMode"] == f"{SCHEMA}MixedEventAttendanceMode"
    assert found["eventStatus"] == f"{SCHEMA}EventScheduled"
    assert found["location"] == [
        {
            "@type": "Place",
            "name": "Knihovna v Brně (ukázkové místo)",
            "address": {"@type": "PostalAddress", "addressLocality": "Brno", "addressCountry": "CZ"},
        },
        {"@type": "VirtualLocation", "url": f"http://localhost{ACADEMY}"},
    ]
    assert found["organizer"]["name"] == "Sekce městských knihoven SDRUK"
    assert found["isAccessibleForFree"] is True
    assert found["inLanguage"] == "cs"


def test_each_part_is_an_event_within_with_its_own_mode_and_place(academy: Event) -> None:
    live, _, online, _ = describe(academy)["subEvent"]
    assert (live["name"], live["startDate"]) == ("Setkání sekce městských knihoven", "2025-03-25T10:00:00+01:00")
    assert live["eventAttendanceMode"] == f"{SCHEMA}OfflineEventAttendanceMode"
    assert live["location"]["address"]["addressLocality"] == "Brno"
    assert online["endDate"] == "2025-04-02T11:00:00+02:00"
    assert online["eventAttendanceMode"] == f"{SCHEMA}OnlineEventAttendanceMode"
    assert online["location"] == {"@type": "VirtualLocation", "url": f"http://localhost{ACADEMY}"}


def test_event_of_one_part_is_that_part(app: Flask) -> None:
    assert "subEvent" not in describe(factories.workshop())


def test_link_to_join_is_never_told(academy: Event, client: ReviewingClient) -> None:
    assert any(session.join_url for session in academy.sessions)
    assert "meeting.example" not in client.get(ACADEMY).get_data(as_text=True)


@pytest.mark.parametrize(
    ("slug", "type_", "mode", "start"),
    [
        ("valna-hromada-sdruk", "BusinessEvent", "Offline", "2025-04-15T10:00:00+02:00"),
        ("online-setkani-sekce", "BusinessEvent", "Online", "2025-06-13T09:00:00+02:00"),
        ("elektronicke-sluzby-knihoven", "EducationEvent", "Offline", "2025-05-13"),
    ],
)
def test_kind_mode_and_start_follow_the_event(academy: Event, slug: str, type_: str, mode: str, start: str) -> None:
    found = describe(get_event(slug))
    assert (found["@type"], found["startDate"]) == (type_, start)
    assert found["eventAttendanceMode"] == f"{SCHEMA}{mode}EventAttendanceMode"


def test_event_without_times_lasts_whole_days_and_offers_nothing_here(academy: Event) -> None:
    found = describe(get_event("elektronicke-sluzby-knihoven"))
    assert (found["startDate"], found["endDate"]) == ("2025-05-13", "2025-05-14")
    assert found["location"]["name"] == "Zlín"
    assert not {"offers", "isAccessibleForFree", "subEvent"} & set(found)


def test_event_of_no_known_date_is_not_described(academy: Event, client: ReviewingClient) -> None:
    event = get_event("wellbeing-reditelu")
    assert describe(event) is None
    html = client.get(f"/akce/{event.slug}").get_data(as_text=True)
    assert "ld+json" not in html
    assert tags(html)["og:title"] == event.title


def test_cancelled_event_says_so_with_all_its_parts(academy: Event) -> None:
    with transaction():
        academy.cancelled_at = datetime(2025, 3, 11, tzinfo=UTC)
    found = describe(academy)
    statuses = {found["eventStatus"], *(each["eventStatus"] for each in found["subEvent"])}
    assert statuses == {f"{SCHEMA}EventCancelled"}
    assert found["startDate"] == "2025-03-25T10:00:00+01:00"
    assert "offers" not in found


def test_moved_part_makes_the_event_rescheduled(academy: Event) -> None:
    with transaction():
        academy.sessions[2].sequence = 1
    found = describe(academy)
    assert found["eventStatus"] == f"{SCHEMA}EventRescheduled"
    assert [each["eventStatus"].removeprefix(SCHEMA) for each in found["subEvent"]] == [
        "EventScheduled", "EventScheduled", "EventRescheduled", "EventScheduled",
    ]  # fmt: skip


def test_offer_has_price_state_and_time(app: Flask) -> None:
    event = factories.workshop(starts_at=datetime(2125, 4, 23, 9, 0), capacity=2)
    with transaction():
        event.ticket_types[0].price_member_haler = 90_000
        event.ticket_types[0].price_other_haler = 140_050
        event.sign_up_opens_at = datetime(2025, 1, 1, 7, 0, tzinfo=UTC)
        event.sign_up_closes_at = datetime(2125, 4, 20, 22, 0, tzinfo=UTC)
    assert describe(event)["isAccessibleForFree"] is False
    assert describe(event)["offers"] == [
        {
            "@type": "Offer",
            "name": "Účast",
            "url": "http://localhost/akce/workshop",
            "price": "1400.50",
            "priceCurrency": "CZK",
            "availability": f"{SCHEMA}InStock",
            "validFrom": "2025-01-01T07:00:00+00:00",
            "validThrough": "2125-04-20T22:00:00+00:00",
        }
    ]
    factories.take(event.sessions[0], 2)
    assert describe(event)["offers"][0]["availability"] == f"{SCHEMA}SoldOut"


@pytest.mark.parametrize(("opens", "closes", "word"), [(2124, None, "PreOrder"), (None, 2024, "SoldOut")])
def test_offer_knows_when_sign_up_is_not_open(app: Flask, opens: int | None, closes: int | None, word: str) -> None:
    event = factories.workshop(starts_at=datetime(2125, 4, 23, 9, 0))
    with transaction():
        event.sign_up_opens_at = datetime(opens, 1, 1, tzinfo=UTC) if opens else None
        event.sign_up_closes_at = datetime(closes, 1, 1, tzinfo=UTC) if closes else None
    assert describe(event)["offers"][0]["availability"] == SCHEMA + word


def test_members_only_costs_what_members_pay_and_invitations_are_not_offered(academy: Event) -> None:
    members, invited, _ = academy.ticket_types
    with transaction():
        members.audience, members.price_member_haler, members.price_other_haler = Audience.MEMBERS, 50_000, 90_000
        invited.audience = Audience.INVITED
    offers = describe(get_event(academy.slug))["offers"]
    assert [each["name"] for each in offers] == [members.title, "Setkání i AI akademie"]
    assert offers[0]["price"] == "500.00"


def test_several_venues_are_several_places(academy: Event) -> None:
    with transaction():
        academy.sessions[1].venue = "Aula"
    names = [each.get("name") for each in describe(academy)["location"]]
    assert names == ["Knihovna v Brně (ukázkové místo)", "Aula", None]


def test_place_nobody_has_named_is_at_least_in_a_country(app: Flask) -> None:
    event = factories.workshop()
    with transaction():
        event.city = event.sessions[0].venue = ""
    assert describe(event)["location"] == {
        "@type": "Place",
        "address": {"@type": "PostalAddress", "addressCountry": "CZ"},
    }


def test_titles_cannot_break_out_of_the_data_block(academy: Event, client: ReviewingClient) -> None:
    title = "</script><script>alert(1)</script><!-- & \u2028 ' \""
    with transaction():
        academy.title = academy.lead = title
        academy.ticket_types[0].title = academy.sessions[0].title = title
    html = client.get(ACADEMY).get_data(as_text=True)
    found = data_block(html)
    assert found["name"] == found["description"] == found["subEvent"][0]["name"] == title
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert "<" not in block


def test_open_graph_tags_say_what_a_shared_link_shows(academy: Event, client: ReviewingClient) -> None:
    found = tags(client.get(ACADEMY).get_data(as_text=True))
    assert found["og:title"] == "Setkání sekce a AI v praxi manažera"
    assert found["og:type"] == "website"
    assert found["og:url"] == f"http://localhost{ACADEMY}"
    assert (found["og:locale"], found["og:locale:alternate"]) == ("cs_CZ", "en_GB")
    assert found["og:description"] == found["description"]
    assert found["description"].startswith("25.–26. 3. 2025, Brno, živě i online. V úterý se sejde sekce")
    assert found["og:site_name"] == "Sekce městských knihoven SDRUK"
    assert (found["og:image:width"], found["og:image:height"]) == ("1200", "630")
    assert found["og:image:alt"] == "Setkání sekce a AI v praxi manažera, 25.–26. 3. 2025, Brno, živě i online"
    picture = found["og:image"].removeprefix("http://localhost")
    assert client.get(picture).mimetype == "image/png"


def test_english_page_shares_the_english_address_and_picture(academy: Event, client: ReviewingClient) -> None:
    found = tags(client.get(f"/en{ACADEMY}").get_data(as_text=True))
    assert found["og:locale"] == "en_GB"
    assert found["og:url"] == f"http://localhost/en{ACADEMY}"
    assert found["og:image"].startswith(f"http://localhost/en{ACADEMY}/nahled.png?v=")


def test_picture_has_a_new_address_when_it_says_something_else(academy: Event) -> None:
    before = sharing(offer(academy), None).card
    assert sharing(offer(academy), None).card == before
    with transaction():
        academy.city = "Olomouc"
    assert sharing(offer(academy), None).card != before


def test_chosen_picture_comes_before_the_card(academy: Event) -> None:
    picture = Picture(event_id=academy.id, alt="Sál", width=1600, height=900, sha256="0123456789ab" + "c" * 52)
    shared = sharing(offer(academy), picture)
    assert shared.description
    assert shared.description["image"] == [f"http://localhost{ACADEMY}/obrazek?v=0123456789ab", shared.card]


def test_online_event_is_nowhere_but_on_its_page(app: Flask) -> None:
    event = factories.workshop()
    with transaction():
        event.sessions[0].format = Format.ONLINE
        event.sign_up = SignUp.INFO_ONLY
    assert describe(event)["location"] == {"@type": "VirtualLocation", "url": "http://localhost/akce/workshop"}
