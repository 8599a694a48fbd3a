"""The Atom feed: what RFC 4287 demands, one entry for each event of the programme, and news when there is some."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element

import html5lib
import pytest
from defusedxml import ElementTree

from registration.core import clock
from registration.core.audit import record
from registration.core.clock import PRAGUE
from registration.core.db import transaction
from registration.core.page_cache import forget_everything
from registration.events.feeds import latest_news
from registration.events.models import Event, Visibility
from registration.events.queries import get_event, list_programme
from tests import factories
from tests.queries import count_queries
from tests.reviewing import ReviewingClient

ATOM = "{http://www.w3.org/2005/Atom}"
NBSP = "\u00a0"
PUBLISHED = datetime(2025, 3, 10, 8, 0, tzinfo=UTC)


def read(client: ReviewingClient, address: str = "/kanal.xml") -> Element:
    response = client.get(address)
    assert (response.status_code, response.mimetype) == (200, "application/atom+xml")
    feed: Element = ElementTree.fromstring(response.data)
    return feed


def words(element: Element, name: str) -> str:
    (found,) = element.findall(ATOM + name)
    return (found.text or "").replace(NBSP, " ")


def link(element: Element, rel: str) -> str:
    (found,) = [each for each in element.findall(f"{ATOM}link") if each.get("rel") == rel]
    return found.get("href") or ""


def entries(feed: Element) -> list[Element]:
    return feed.findall(f"{ATOM}entry")


def entry_of(feed: Element, title: str) -> Element:
    (found,) = [each for each in entries(feed) if words(each, "title").endswith(title)]
    return found


def content_of(entry: Element) -> str:
    """Return the words of an entry's content, which must be HTML."""
    (content,) = entry.findall(f"{ATOM}content")
    assert content.get("type") == "html"
    fragment = html5lib.HTMLParser(strict=True).parseFragment(content.text or "")
    return " ".join("".join(fragment.itertext()).replace(NBSP, " ").split())


def test_feed_has_what_the_standard_demands(academy: Event, client: ReviewingClient) -> None:
    feed = read(client)
    assert feed.tag == f"{ATOM}feed"
    assert words(feed, "id") == "tag:localhost,2025:programme/cs"
    assert words(feed, "title") == "Program: Sekce městských knihoven SDRUK"
    assert words(feed.findall(f"{ATOM}author")[0], "name") == "Sekce městských knihoven SDRUK"
    assert (link(feed, "self"), link(feed, "alternate")) == ("http://localhost/kanal.xml", "http://localhost/")
    for thing in (feed, *entries(feed)):
        assert words(thing, "id").startswith("tag:localhost,2025:")
        assert words(thing, "title")
        assert datetime.fromisoformat(words(thing, "updated")).tzinfo is not None
        assert link(thing, "alternate").startswith("http://localhost/")
    ids = [words(entry, "id") for entry in entries(feed)]
    assert len(ids) == len(set(ids))


def test_feed_has_an_entry_for_each_event_of_the_programme(academy: Event, client: ReviewingClient) -> None:
    listed = {offer.event.title for offer in list_programme()}
    feed = read(client)
    assert {words(entry, "title") for entry in entries(feed)} == listed
    assert len(entries(feed)) == len(listed) == 7


def test_draft_and_event_for_those_who_have_the_link_are_not_in_the_feed(
    academy: Event, client: ReviewingClient
) -> None:
    draft, listed = get_event("valna-hromada-sdruk"), len(list_programme())
    with transaction():
        draft.published_at = None
        academy.visibility = Visibility.LINK_ONLY
    titles = [words(entry, "title") for entry in entries(read(client))]
    assert len(titles) == listed - 2
    assert not {academy.title, draft.title} & set(titles)
    assert academy.title not in client.get("/vlozit").get_data(as_text=True)


def test_event_for_members_is_in_the_feed(academy: Event, client: ReviewingClient) -> None:
    with transaction():
        academy.visibility = Visibility.MEMBERS
    assert academy.title in [words(entry, "title") for entry in entries(read(client))]


def test_entry_says_when_where_and_how_sign_up_stands(academy: Event, client: ReviewingClient) -> None:
    entry = entry_of(read(client), academy.title)
    assert words(entry, "summary") == "25.–26. 3. 2025, Brno. Zbývá 30 míst."
    assert content_of(entry) == (
        "út–st 25.–26. 3. 2025 + dva online workshopy 2. a 16. 4. 2025 "
        "Brno, živě i online, vzdělávací program "
        "V úterý se sejde sekce, ve středu začíná AI akademie pro vedení knihoven. "
        "V dubnu na ni navážou dva online workshopy. "
        "út 25. 3., 10:00–16:30: Setkání sekce městských knihoven "
        "st 26. 3., 9:00–16:00: AI akademie pro vedení knihoven – živě "
        "st 2. 4., 9:00–11:00: AI akademie – 1. online workshop "
        "st 16. 4., 9:00–11:00: AI akademie – 2. online workshop "
        "Zbývá 30 míst"
    )
    categories = [(each.get("term"), each.get("label")) for each in entry.findall(f"{ATOM}category")]
    assert categories == [("programme", "vzdělávací program"), ("hybrid", f"živě i{NBSP}online"), ("Brno", None)]


@pytest.mark.parametrize(
    ("title", "state"),
    [
        ("Valná hromada SDRUK", "Zbývá 120 míst"),
        ("Elektronické služby knihoven", "Přihlášky jinde"),
        ("Long story short", "Jen pro informaci"),
    ],
)
def test_state_of_sign_up_is_told_in_words(academy: Event, client: ReviewingClient, title: str, state: str) -> None:
    assert content_of(entry_of(read(client), title)).endswith(state)


def test_full_event_says_so_and_that_one_can_wait(academy: Event, client: ReviewingClient) -> None:
    for session in academy.sessions:
        factories.take(session, session.capacity or 0)
    content = content_of(entry_of(read(client), academy.title))
    assert content.endswith("Obsazeno, lze se zapsat do pořadníku")


def test_english_feed_is_a_feed_of_its_own(academy: Event, client: ReviewingClient) -> None:
    czech, english = read(client), read(client, "/en/kanal.xml")
    assert english.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert words(english, "title") == "Programme of Sekce městských knihoven SDRUK"
    entry = entry_of(english, academy.title)
    assert link(entry, "alternate") == f"http://localhost/en/akce/{academy.slug}"
    assert content_of(entry).endswith("30 places left")
    ids = {words(entry, "id") for entry in entries(czech)} | {words(entry, "id") for entry in entries(english)}
    assert len(ids) == 14


def test_id_stays_when_the_address_changes(academy: Event, client: ReviewingClient) -> None:
    before = words(entry_of(read(client), academy.title), "id")
    with transaction():
        academy.slug = "nova-adresa"
    entry = entry_of(read(client), academy.title)
    assert words(entry, "id") == before
    assert link(entry, "alternate") == "http://localhost/akce/nova-adresa"


def test_entry_is_new_when_the_organizer_changes_a_part_of_the_event(
    academy: Event, client: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    travel(datetime(2025, 3, 12, 10, 0, tzinfo=PRAGUE))
    with transaction():
        record(academy.sessions[1], "moved", by="olga@sekce.example", event_id=academy.id, after={"venue": "Aula"})
    feed = read(client)
    first = entries(feed)[0]
    assert words(first, "title") == academy.title
    assert words(first, "updated").startswith("2025-03-12T09:00:0")
    assert words(first, "published") == "2025-03-10T08:00:00+00:00"
    assert words(feed, "updated") == words(first, "updated")


def test_cancelled_event_stays_and_says_so_first(academy: Event, client: ReviewingClient) -> None:
    with transaction():
        academy.cancelled_at = clock.now()
    entry = entry_of(read(client), academy.title)
    assert words(entry, "title") == f"Zrušeno: {academy.title}"
    assert content_of(entry).endswith("Zrušeno")


def test_opening_of_sign_up_is_news_once_it_has_come(
    academy: Event, client: ReviewingClient, travel: Callable[[datetime], None]
) -> None:
    with transaction():
        academy.sign_up_opens_at = PUBLISHED + timedelta(days=2)
    entry = entry_of(read(client), academy.title)
    assert words(entry, "updated") == "2025-03-10T08:00:00+00:00"
    assert content_of(entry).endswith("Přihlášky od 12. 3. 2025")
    travel(datetime(2025, 3, 12, 10, 0, tzinfo=PRAGUE))
    forget_everything()
    assert words(entry_of(read(client), academy.title), "updated") == "2025-03-12T08:00:00+00:00"


@pytest.mark.parametrize(
    ("facts", "latest"),
    [
        ([], 0),
        ([None, None], 0),
        ([timedelta(hours=1)], 1),
        ([timedelta(hours=2)], 2),
        ([timedelta(hours=2, seconds=1)], 0),
        ([timedelta(hours=1), timedelta(hours=2), None], 2),
        ([timedelta(hours=-1)], 0),
    ],
)
def test_latest_news_is_the_last_fact_that_has_come(facts: list[timedelta | None], latest: int) -> None:
    happened = [None if fact is None else PUBLISHED + fact for fact in facts]
    news = latest_news(PUBLISHED, happened, now=PUBLISHED + timedelta(hours=2))
    assert news == PUBLISHED + timedelta(hours=latest)


def test_what_xml_cannot_say_is_left_out(academy: Event, client: ReviewingClient) -> None:
    with transaction():
        academy.title = "AI <b>\x0bv\x1f & praxi</b> ]]>"
        academy.lead = "<script>alert(1)</script>"
    entry = entry_of(read(client), "praxi</b> ]]>")
    assert words(entry, "title") == "AI <b>v & praxi</b> ]]>"
    assert "<script>alert(1)</script>" in content_of(entry)


def test_feed_without_events_is_still_a_feed(app: object, client: ReviewingClient) -> None:
    feed = read(client)
    assert entries(feed) == []
    assert words(feed, "title") == "Program: Prezence"
    assert datetime.fromisoformat(words(feed, "updated")) <= clock.now()


def test_feed_is_shared_and_not_sent_twice(academy: Event, client: ReviewingClient) -> None:
    response = client.get("/kanal.xml")
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in response.headers
    again = client.get("/kanal.xml", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_feed_costs_the_same_number_of_queries_whatever_its_length(app: object, client: ReviewingClient) -> None:
    counts = []
    for number in (1, 2, 3):
        factories.workshop(slug=f"workshop-{number}", code=f"W{number}", starts_at=datetime(2125, 4, 23, 9, 0))
        with count_queries() as counter:
            assert len(entries(read(client))) == number
        counts.append(counter.count)
    assert counts[0] == counts[2]


@pytest.mark.parametrize("address", ["/", "/archiv", "/soukromi", "/akce/valna-hromada-sdruk"])
def test_public_pages_name_the_feed(academy: Event, client: ReviewingClient, address: str) -> None:
    head = html5lib.parse(client.get(address).data, namespaceHTMLElements=False)
    (found,) = [each for each in head.iter("link") if each.get("type") == "application/atom+xml"]
    assert (found.get("rel"), found.get("href")) == ("alternate", "/kanal.xml")
