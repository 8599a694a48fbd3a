"""The work of an organizer from a new event to a message to its people: by keyboard alone, and without JavaScript."""

import re
from datetime import date

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from registration.demo import STAFF_EMAIL, STAFF_PASSWORD
from tests.server import Server

pytestmark = pytest.mark.browser

DAY = date(2025, 10, 10)  # the tenth of the tenth, whichever of the two a browser asks for first
_MOST_STEPS = 150
# Where one is must be seen: the element has a ring and is on the screen.
_IS_SEEN = """(each) => {
  const style = getComputedStyle(each), box = each.getBoundingClientRect();
  const hasRing = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const isOnScreen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return hasRing && isOnScreen;
}"""


class Keyboard:
    """A person without a mouse, who sees at each step where they are."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def go_to(self, wanted: Locator) -> None:
        """Press Tab until it has the focus."""
        expect(wanted).to_have_count(1)
        for _ in range(_MOST_STEPS):
            if wanted.evaluate("each => each === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
            here = self.page.locator("*:focus")
            if here.count():  # between the last element and the first the browser itself has it
                assert here.evaluate(_IS_SEEN), here.evaluate("each => each.outerHTML.slice(0, 200)")
        raise AssertionError(f"the keyboard does not reach {wanted}")

    def type(self, wanted: Locator, text: str) -> None:
        """Write into a box."""
        self.go_to(wanted)
        self.page.keyboard.type(text)

    def press(self, wanted: Locator, key: str = "Enter") -> None:
        """Press a button, follow a link."""
        self.go_to(wanted)
        self.page.keyboard.press(key)

    def tick(self, wanted: Locator) -> None:
        """Tick a box."""
        self.press(wanted, "Space")

    def choose(self, wanted: Locator, text: str) -> None:
        """Choose from a list by typing what it says."""
        self.type(wanted, text)

    def date(self, wanted: Locator, day: date) -> None:
        """Write a day digit by digit."""
        self.type(wanted, f"{day:%d%m%Y}")


class Mouse:
    """A person with a mouse, whose browser runs no scripts."""

    def type(self, wanted: Locator, text: str) -> None:
        """Write into a box."""
        wanted.fill(text)

    def press(self, wanted: Locator) -> None:
        """Press a button, follow a link."""
        wanted.click()

    def tick(self, wanted: Locator) -> None:
        """Tick a box."""
        wanted.check()

    def choose(self, wanted: Locator, text: str) -> None:
        """Choose from a list."""
        wanted.select_option(label=text)

    def date(self, wanted: Locator, day: date) -> None:
        """Choose a day."""
        wanted.fill(day.isoformat())


def test_organizer_works_by_keyboard_alone(context: BrowserContext) -> None:
    page = context.new_page()
    work(page, Keyboard(page), title="Dílna bez myši", slug="dilna-bez-mysi")


def test_organizer_works_without_javascript(browser: Browser, server: Server) -> None:
    context = browser.new_context(base_url=server.address, java_script_enabled=False, locale="cs-CZ")
    work(context.new_page(), Mouse(), title="Dílna bez skriptů", slug="dilna-bez-skriptu")
    context.close()


def work(page: Page, hand: Keyboard | Mouse, *, title: str, slug: str) -> None:
    """Make an event, publish it, sign people up by hand, cancel one and take it back, write to everybody."""
    page.goto("/prihlaseni")
    hand.type(page.get_by_label("E-mail"), STAFF_EMAIL)
    hand.type(page.get_by_label("Heslo"), STAFF_PASSWORD)
    hand.press(page.get_by_role("button", name="Přihlásit"))
    page.wait_for_url("**/sprava")

    # An event from a template, published.
    hand.press(page.get_by_role("link", name="Nová akce"))
    page.wait_for_url("**/nova")
    hand.press(page.get_by_role("link", name="Workshop"))
    page.wait_for_url("**/nova/workshop")
    hand.type(page.get_by_label("Název akce"), title)
    hand.date(page.get_by_label("První den"), DAY)
    hand.type(page.get_by_label("Obec"), "Olomouc")
    hand.press(page.get_by_role("button", name="Vytvořit koncept"))
    page.wait_for_url(f"**/{slug}")
    hand.press(page.get_by_role("link", name="Zveřejnit akci"))
    page.wait_for_url("**/zverejneni")
    hand.press(page.get_by_role("button", name="Zveřejnit akci"))
    expect(page.get_by_role("status")).to_be_visible()

    # Two people by hand.
    for given_name in ("Ada", "Bob"):
        page.goto(f"/sprava/akce/{slug}/prihlasky")
        hand.press(page.get_by_role("link", name="Přidat účastníka"))
        page.wait_for_url("**/prihlasky/nova")
        hand.type(page.get_by_label("Jméno", exact=True), given_name)
        hand.type(page.get_by_label("Příjmení"), "Hora")
        hand.type(page.get_by_label("E-mail"), f"{given_name.lower()}@hora.example")
        hand.press(page.get_by_role("button", name="Přidat účastníka"))
        page.wait_for_url(re.compile(r"/prihlasky/\d+$"))

    # The list narrowed down to one of them, who is cancelled and comes back.
    hand.press(page.get_by_role("navigation").get_by_role("link", name="Přihlášky"))
    hand.type(page.get_by_label("Hledat"), "bob")
    hand.press(page.get_by_role("button", name="Zobrazit", exact=True))
    page.wait_for_url("**q=bob**")
    expect(page.get_by_role("row")).to_have_count(2)  # the head and Bob
    hand.tick(page.get_by_label("Vybrat: Hora Bob"))
    hand.choose(page.get_by_label("Co udělat"), "odhlásit")
    hand.press(page.get_by_role("button", name="Pokračovat"))
    page.wait_for_url("**/hromadne**")
    hand.press(page.get_by_role("button", name="Zrušit 1 přihlášku"))
    expect(page.get_by_role("row").nth(1)).to_contain_text("Zrušeno")
    hand.press(page.get_by_role("button", name="Vrátit"))
    expect(page.get_by_role("row").nth(1)).to_contain_text("Potvrzeno")

    # A message to everybody who has a place.
    hand.press(page.get_by_role("link", name="Zprávy", exact=True))
    hand.press(page.get_by_role("link", name="Napsat zprávu"))
    page.wait_for_url("**/zpravy/nova")
    hand.tick(page.get_by_label("Potvrzeno"))
    hand.type(page.get_by_label("Předmět"), "Kudy k nám")
    hand.type(page.get_by_label("Text", exact=True), "Přijďte hlavním vchodem.")
    hand.press(page.get_by_role("button", name="Uložit koncept"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Kudy k nám")
    hand.press(page.get_by_role("link", name="Pokračovat k odeslání"))
    page.wait_for_url("**/odeslani")
    hand.press(page.get_by_role("button", name="Odeslat 2 zprávy"))
    expect(page.get_by_role("status")).to_be_visible()
    expect(page.get_by_text("odesláno").first).to_be_visible()
