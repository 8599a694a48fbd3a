"""The door without a camera and without JavaScript, in a real browser: paired at the desk, worked by keyboard alone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from registration.checkin.rules import Right
from registration.demo import STAFF_EMAIL, STAFF_PASSWORD
from tests.journeys.conftest import check
from tests.journeys.door_world import DoorWorld, code_of, door_world
from tests.server import Server

pytestmark = pytest.mark.browser

NARROW: ViewportSize = {"width": 320, "height": 568}
_TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"
_AS_LARGE_AS_30_MM = 30 / 25.4 * 96  # CSS pixels


@pytest.fixture(scope="module")
def world(server: Server) -> Iterator[DoorWorld]:
    """Open the door of the workshop."""
    with door_world(server) as world:
        yield world


@pytest.fixture
def phone(browser: Browser, server: Server) -> Iterator[Page]:
    """Give a narrow phone that runs no program of ours."""
    context = browser.new_context(
        base_url=server.address, viewport=NARROW, locale="cs-CZ", java_script_enabled=False, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def test_phone_paired_at_the_desk_lets_in_finds_and_takes_back_by_keyboard(
    context: BrowserContext, phone: Page, world: DoorWorld
) -> None:
    ada, bob = world.take(2)
    desk = context.new_page()
    desk.goto("/prihlaseni")
    desk.get_by_label("E-mail").fill(STAFF_EMAIL)
    desk.get_by_label("Heslo").fill(STAFF_PASSWORD)
    desk.get_by_role("button", name="Přihlásit").click()
    desk.wait_for_url("**/sprava")
    desk.goto(f"/sprava/akce/{world.event.slug}/prezence")
    desk.get_by_role("link", name="Spárovat telefon").click()
    desk.get_by_role("button", name="Zobrazit kód").click()
    picture = desk.locator(".pairing__qr svg").bounding_box()
    assert picture
    assert picture["width"] >= _AS_LARGE_AS_30_MM
    check(desk)
    typed = desk.locator(".pairing__code").inner_text()

    phone.goto("/odbaveni/rucne")
    phone.keyboard.press("Tab")  # past the link to the content
    phone.keyboard.press("Tab")
    phone.keyboard.type(typed.lower())
    phone.keyboard.press("Tab")
    phone.keyboard.type("Boční vchod")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Workshop")

    phone.keyboard.type(code_of(ada)[:8].lower())  # the box has the focus, as a reader needs it
    phone.keyboard.press("Enter")
    answer = phone.get_by_role("status")
    expect(answer).to_contain_text("Vpustit")
    expect(answer).to_contain_text(ada.name)

    phone.get_by_label("Jméno nebo knihovna").focus()
    phone.keyboard.type(bob.family_name.replace("í", "i").lower())
    phone.keyboard.press("Enter")
    phone.get_by_role("button", name=re.compile(rf"^Odbavit ?: {bob.list_name}$")).focus()
    phone.keyboard.press("Enter")
    expect(answer).to_contain_text(bob.name)
    answer.get_by_role("button", name="Vrátit zpět").focus()
    phone.keyboard.press("Enter")
    expect(answer).to_contain_text("Vráceno")
    assert world.entries(ada, bob) == ["present Boční vchod", "present Boční vchod", "undo Boční vchod"]

    desk.goto(f"/sprava/akce/{world.event.slug}/prezence/dvere")
    expect(desk.get_by_role("row", name=re.compile("Boční vchod"))).to_contain_text("funguje")


def test_pages_of_a_narrow_phone_are_accessible_and_never_too_wide(context: BrowserContext, world: DoorWorld) -> None:
    (ada,) = world.take()
    page = context.new_page()
    page.set_viewport_size(NARROW)
    for label in ("Ve dne", "Ve tmě"):
        page.emulate_media(color_scheme="light" if label == "Ve dne" else "dark")
        context.clear_cookies()
        page.goto("/odbaveni/rucne")
        review(page)
        page.get_by_label("Kód nebo odkaz").fill("špatně")
        page.get_by_label("Název tohoto telefonu").fill(label)
        page.get_by_role("button", name="Spárovat").click()
        review(page)
        page.get_by_label("Kód nebo odkaz").fill(world.pairing_code(rights=list(Right)))
        page.get_by_role("button", name="Spárovat").click()
        review(page)
        for code in (code_of(ada), code_of(ada), code_of(world.stranger)):
            page.get_by_label("Kód ze vstupenky").fill(code)
            page.get_by_role("button", name="Odbavit", exact=True).click()
            review(page)
        page.goto("/odbaveni/en/rucne?hledat=osoba")
        review(page)
        page.get_by_text("Somebody without a registration").click()
        page.get_by_role("button", name="Sign up and check in").click()
        review(page)
        world.revoke(label)
        page.goto("/odbaveni/rucne")
        review(page)


def review(page: Page) -> None:
    """Look at the page as somebody who sees badly, and as a narrow screen."""
    page.wait_for_load_state()
    assert not page.evaluate(_TOO_WIDE), page.url
    check(page)
