"""The picture of a shared event: its size, its cache, and titles that never leave the card."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image

from registration.core import i18n
from registration.core.db import transaction
from registration.events import preview
from registration.events.models import Event
from registration.events.preview import Card, card, draw
from registration.events.queries import get_event, offer
from tests.reviewing import ReviewingClient

PICTURE = "/akce/setkani-sekce-ai-v-praxi-manazera/nahled.png"
PAPER = (251, 249, 243)
INK = 120  # a pixel darker than this is printed on
SHORT = Card(
    association="Sekce městských knihoven SDRUK",
    shelf_mark="2025/LSS",
    days="21.",
    month="května 2025",
    title="Long story short",
    place="Hradec Králové, živě",
    stamp="",
    host="prezence.example",
)
TITLES = [
    "X",
    "Long story short",
    "Příliš žluťoučký kůň úpěl ďábelské ódy",
    "Konsolidace elektronických služeb knihoven a otevřené vzdělávání dospělých v malých obcích: příklady žďárských, "
    "řevnických a třineckých knihoven, které se nebojí změn a rády o nich vyprávějí",
    "Nejneobhospodařovávatelnějšíchžluťoučkých",
    "W" * 200,
    "Łódź, Ελλάδα и Україна",
    "Slovo " * 33,
]


def picture(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def printed(image: Image.Image, box: tuple[int, int, int, int]) -> bool:
    """Say whether anything dark is within left, top, right and bottom."""
    lowest, _ = image.convert("L").crop(box).getextrema()
    assert isinstance(lowest, int)
    return lowest < INK


def test_picture_has_the_size_social_networks_want(academy: Event, client: ReviewingClient) -> None:
    response = client.get(PICTURE)
    assert (response.status_code, response.mimetype) == (200, "image/png")
    image = picture(response.data)
    assert (image.size, image.format, image.mode) == ((1200, 630), "PNG", "RGB")
    assert image.getpixel((5, 5)) == PAPER
    assert len(response.data) < 200_000


def test_picture_is_shared_and_not_sent_twice(academy: Event, client: ReviewingClient) -> None:
    response = client.get(PICTURE)
    assert response.headers["Cache-Control"] == "public, no-cache"
    again = client.get(PICTURE, headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_picture_follows_the_event_and_the_language(academy: Event, client: ReviewingClient) -> None:
    czech = client.get(PICTURE).headers["ETag"]
    assert client.get(f"/en{PICTURE}").headers["ETag"] != czech
    with transaction():
        academy.title = "Jiný název"
    assert client.get(PICTURE).headers["ETag"] != czech


def test_nobody_sees_the_picture_of_a_draft(academy: Event, client: ReviewingClient) -> None:
    with transaction():
        academy.published_at = None
    assert client.get(PICTURE).status_code == 404
    assert client.get("/akce/nic/nahled.png").status_code == 404


def test_card_says_what_the_programme_says(academy: Event) -> None:
    said = card(offer(academy))
    assert said == replace(
        SHORT,
        shelf_mark="2025/SAI",
        days="25.–26.",
        month="března 2025",
        title="Setkání sekce a\u00a0AI v\u00a0praxi manažera",
        place="Brno, živě i\u00a0online",
        host="localhost",
    )
    with i18n.in_language("en"):
        assert card(offer(academy)).month == "March 2025"


@pytest.mark.parametrize(
    ("slug", "place", "month"),
    [("online-setkani-sekce", "Zoom, online", "června 2025"), ("wellbeing-reditelu", "Třinec, živě", "")],
)
def test_card_of_an_online_and_of_an_undated_event(academy: Event, slug: str, place: str, month: str) -> None:
    said = card(offer(get_event(slug)))
    assert (said.place, said.month) == (place, month)


def test_cancelled_event_is_stamped(academy: Event) -> None:
    with transaction():
        academy.cancelled_at = datetime(2025, 3, 11, tzinfo=UTC)
    said = card(offer(academy))
    assert said.stamp == "Zrušeno"
    image = picture(draw(said))
    reds = sum(count for count, pixel in image.getcolors(1 << 20) or [] if pixel == (149, 27, 22))
    assert reds > 500


@pytest.mark.parametrize("title", TITLES, ids=lambda title: title[:12])
def test_title_stays_in_its_room(title: str) -> None:
    image = picture(draw(replace(SHORT, title=title)))
    assert printed(image, (464, 160, 1128, 460))
    assert not printed(image, (1130, 130, 1200, 560))  # right of the sheet's edge
    assert not printed(image, (430, 130, 460, 560))  # between the margin line and the title
    assert not printed(image, (464, 130, 1128, 160))  # below the double rule
    assert not printed(image, (464, 466, 1128, 478))  # above the place


@pytest.mark.parametrize(
    "changes",
    [
        {"association": "Sekce městských knihoven Sdružení knihoven České republiky a přátel čtení"},
        {"place": "Frenštát pod Radhoštěm a Rožnov pod Radhoštěm, živě i online"},
        {"days": "28.–30.", "month": "listopadu 2025"},
        {"days": "", "month": "30. 12. 2025 – 2. 1. 2026"},
        {"days": "", "month": "28 November 2025 – 2 December 2026"},
    ],
    ids=["association", "place", "days", "range", "english"],
)
def test_nothing_else_leaves_its_room_either(changes: dict[str, str]) -> None:
    image = picture(draw(replace(SHORT, **changes)))
    assert not printed(image, (1130, 30, 1200, 560))
    assert not printed(image, (405, 130, 422, 560))  # before the margin line
    assert not printed(image, (0, 20, 68, 560))


@pytest.mark.slow
def test_letters_of_both_slices_are_drawn() -> None:
    """A letter that a face does not have would be an empty box, the same for each."""
    drawn = {draw(replace(SHORT, title=letter)) for letter in "ěščřžýáíéúůďťňĚŠČŘŽЖΩ"}
    assert len(drawn) == len("ěščřžýáíéúůďťňĚŠČŘŽЖΩ")


def test_same_card_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = replace(SHORT, title="Nakreslí se jednou")
    misses: Callable[[], int] = lambda: preview.draw.cache_info().misses  # noqa: E731
    before = misses()
    assert draw(fresh) is draw(replace(fresh))
    assert misses() == before + 1
