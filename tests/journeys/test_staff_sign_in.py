"""Ways into the back office in a real browser: an invitation, an authenticator, a passkey."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from tests.journeys.conftest import check
from tests.server import Server

pytestmark = pytest.mark.browser

EMAIL, PASSWORD = "poradatel@demo.example", "prezence-demo"
PHONE_WIDTH = 360


@pytest.fixture
def context(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """Give a browser that calls the server by a name: passkeys belong to names, not to numbers."""
    address = server.address.replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900}, locale="cs-CZ")
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield context
    assert [text for text in complaints if "Content Security Policy" in text] == []
    context.close()


def sign_in(page: Page, email: str = EMAIL, password: str = PASSWORD) -> None:
    page.goto("/prihlaseni")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Heslo").fill(password)
    page.get_by_role("button", name="Přihlásit").click()
    page.wait_for_url("**/sprava")


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Odhlásit se").click()
    page.wait_for_url("**/")


def look(page: Page) -> None:
    """Have a page checked at the width of a desk and of a phone."""
    check(page)
    before = page.viewport_size
    assert before
    page.set_viewport_size({"width": PHONE_WIDTH, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE_WIDTH, page.url
    check(page)
    page.set_viewport_size(before)


def virtual_authenticator(page: Page) -> CDPSession:
    """Give the browser a fingerprint reader that always recognises its person."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools


def test_passkey_opens_the_back_office_until_it_is_removed(context: BrowserContext) -> None:
    page = context.new_page()
    virtual_authenticator(page)
    sign_in(page)
    page.get_by_role("link", name="Můj účet").click()
    look(page)
    page.get_by_role("link", name="Nastavit: Přístupové klíče").click()
    look(page)
    page.get_by_label("Jméno klíče").fill("pracovní notebook")
    page.get_by_role("button", name="Přidat přístupový klíč").click()
    expect(page.get_by_role("status")).to_contain_text("přidán")
    look(page)
    sign_out(page)

    page.goto("/prihlaseni?next=/sprava/ucet")
    look(page)
    page.get_by_role("button", name="Použít přístupový klíč").click()
    page.wait_for_url("**/sprava/ucet")
    expect(page.get_by_role("row").nth(1)).to_contain_text("přístupový klíč")

    page.get_by_role("link", name="Nastavit: Přístupové klíče").click()
    page.get_by_role("button", name="Odebrat").click()
    expect(page.get_by_role("status")).to_contain_text("odebrán")
    sign_out(page)
    page.goto("/prihlaseni")
    page.get_by_role("button", name="Použít přístupový klíč").click()
    expect(page.locator(".err, .flash").filter(visible=True)).to_have_count(1)
    page.goto("/sprava")
    page.wait_for_url("**/prihlaseni?**")


def test_invited_person_turns_the_second_factor_on(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page)
    page.get_by_role("link", name="Lidé").click()
    look(page)
    page.get_by_role("link", name="Pozvat člověka").click()
    look(page)
    page.get_by_label("E-mail").fill("pavel@ukazka.example")
    page.get_by_label("Jméno a příjmení").fill("Pavel Hora")
    page.get_by_label("pořadatel").check()
    page.get_by_label("Setkání sekce").first.check()
    page.get_by_role("button", name="Poslat pozvánku").click()
    expect(page.get_by_role("status")).to_contain_text("Pozvánka je na cestě")
    page.get_by_role("link", name="Pavel Hora").click()
    look(page)

    page.goto("/sprava/posta")
    page.get_by_role("link", name="Pozvánka do správy akcí").first.click()
    link = re.search(r"/pozvanka/\S+?(?=[\s<\"])", page.content())
    assert link
    sign_out(page)
    page.goto(link[0])
    look(page)
    page.get_by_label("Heslo", exact=True).fill("pavel-counts-libraries")
    page.get_by_label("Heslo ještě jednou").fill("pavel-counts-libraries")
    page.get_by_role("button", name="Vytvořit účet").click()
    expect(page.get_by_role("status")).to_contain_text("Účet je připraven")

    sign_in(page, "pavel@ukazka.example", "pavel-counts-libraries")
    expect(page.get_by_role("row")).to_have_count(2)  # the head and the one event of his
    expect(page.get_by_role("link", name="Lidé")).to_have_count(0)
    page.goto("/sprava/ucet/druhy-faktor")
    look(page)
    page.get_by_role("button", name="Zapnout druhý faktor").click()
    look(page)
    expect(page.get_by_alt_text("QR kód pro ověřovací aplikaci")).to_be_visible()
    page.goto("/sprava/ucet/zalozni-kody")
    look(page)
    page.get_by_role("button", name="Vytvořit nové kódy").click()
    expect(page.locator(".codes li")).to_have_count(10)
    look(page)
    page.goto("/sprava/ucet/heslo")
    look(page)
