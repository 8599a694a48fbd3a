"""The same walk in a real browser: axe on every page, a phone's width and a desk's, keyboard alone, no JavaScript."""

import os
import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from registration.core.settings import PROJECT
from tests.journeys.conftest import check
from tests.papers import qr_codes_of
from tests.server import Server

pytestmark = pytest.mark.browser

ACADEMY = "/akce/setkani-sekce-ai-v-praxi-manazera"
PUBLIC_PAGES = ["/", "/archiv", ACADEMY, f"{ACADEMY}/prihlaska", "/akce/elektronicke-sluzby-knihoven",
                "/akce/library-advocacy-v-praxi", "/overeni", "/overeni/0000", "/soukromi", "/pristupnost", "/vlozit",
                "/prihlaseni", "/en/", f"/en{ACADEMY}"]  # fmt: skip
NARROW: ViewportSize = {"width": 320, "height": 700}
PHONE: ViewportSize = {"width": 360, "height": 800}
DESK: ViewportSize = {"width": 1280, "height": 900}


def visit(page: Page, path: str) -> None:
    page.goto(path)
    check(page)


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_public_page_is_accessible_and_fits_a_narrow_phone(context: BrowserContext, path: str) -> None:
    page = context.new_page()
    visit(page, path)
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    check(page)


def test_walk_from_the_programme_to_a_verified_certificate(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    page.set_viewport_size(PHONE)
    visit(page, "/")
    page.get_by_role("link", name="Setkání sekce a").click()
    check(page)
    page.get_by_role("link", name="Přihlásit se").first.click()
    check(page)

    # A form with a mistake comes back with everything kept.
    page.get_by_label("Kdo přihlášku posílá").fill("Květoslava Řeháková")
    page.get_by_label("E-mail pro potvrzení").fill("rehakova.hornilhota.example")
    page.get_by_label("Knihovna nebo jiná organizace").fill("Městská knihovna Horní Lhota")
    person = page.get_by_role("group", name="1. osoba")
    person.get_by_label("Jméno").fill("Květoslava")
    person.get_by_label("Příjmení").fill("Řeháková")
    person.get_by_label("E-mail").fill("rehakova@hornilhota.example")
    person.get_by_label("AI akademie").first.check()
    page.get_by_role("button", name="Odeslat přihlášku").click()
    expect(page).to_have_title(re.compile("^Chyba"))
    check(page)
    expect(page.get_by_text("Chybí zavináč").first).to_be_visible()
    page.get_by_label("E-mail pro potvrzení").fill("rehakova@hornilhota.example")
    page.get_by_role("button", name="Odeslat přihlášku").click()
    page.wait_for_url("**/p/*")
    check(page)
    order_page = page.url
    person_page = page.locator('a[href^="/u/"]:not([href$=".pdf"])').first.get_attribute("href")
    assert person_page
    visit(page, person_page)
    code = page.locator(".pass__code").inner_text()
    assert context.cookies() == []

    # The organizer reads the mail, scans the code on the day, writes down a workshop, issues the certificates.
    page.set_viewport_size(DESK)
    visit(page, "/prihlaseni?next=/sprava")
    page.get_by_label("E-mail").fill("poradatel@demo.example")
    page.get_by_label("Heslo").fill("prezence-demo")
    page.get_by_role("button", name="Přihlásit").click()
    for path in ("/sprava", f"/sprava{ACADEMY}", f"/sprava{ACADEMY}/prihlasky", f"/sprava{ACADEMY}/prezence",
                 f"/sprava{ACADEMY}/prezence/ai-online-1", f"/sprava{ACADEMY}/osvedceni", "/sprava/posta"):  # fmt: skip
        visit(page, path)
        page.set_viewport_size(NARROW)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], path
        page.set_viewport_size(DESK)
    page.get_by_role("link", name="Potvrzení přihlášky").first.click()
    check(page)

    page.get_by_role("button", name="v den akce v Brně").click()
    visit(page, f"/sprava{ACADEMY}/prezence/ai-brno")
    for words in ("vpustit", "už odbaven v"):
        page.keyboard.type(code)  # the box has the focus, as a keyboard scanner needs it
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text(words)
        check(page)

    page.get_by_role("button", name="po akademii").click()
    visit(page, f"/sprava{ACADEMY}/prezence/ai-online-1")
    page.get_by_label("Řeháková Květoslava").first.check()
    page.get_by_label("Důvod").fill("seznam ze Zoomu")
    page.get_by_role("button", name="Zapsat účast").click()
    visit(page, f"/sprava{ACADEMY}/osvedceni")
    page.locator("section", has_text="AI akademie pro vedení knihoven").get_by_role("button", name="Vydat").click()
    check(page)

    # Květa finds her certificate on her page, and anyone can verify it.
    visit(page, person_page)
    pdf_link = page.locator('a[href*="/osvedceni/"]').first.get_attribute("href")
    assert pdf_link
    pdf = context.request.get(server.address + pdf_link)
    assert pdf.body().startswith(b"%PDF-")
    (from_paper,) = qr_codes_of(pdf.body())
    visit(page, from_paper.removeprefix(server.address))
    expect(page.get_by_role("heading", level=1)).to_have_text("Osvědčení je platné")
    visit(page, order_page.removeprefix(server.address))


def test_form_is_filled_in_by_keyboard_alone(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/akce/knihovny-soucasnosti/prihlaska")
    page.get_by_label("Kdo přihlášku posílá").focus()
    for words in ("Ada Hora", "ada@x.example", "Knihovna Jinde"):
        page.keyboard.type(words)
        page.keyboard.press("Tab")
    page.get_by_role("group", name="1. osoba").get_by_label("Jméno").focus()
    page.keyboard.type("Ada")
    page.keyboard.press("Tab")
    page.keyboard.type("Hora")
    page.get_by_role("group", name="1. osoba").get_by_label("E-mail").focus()
    page.keyboard.type("ada@x.example")
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/*")


def test_everything_works_without_javascript(browser: Browser, server: Server) -> None:
    context = browser.new_context(base_url=server.address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/akce/knihovny-soucasnosti/prihlaska")
    page.get_by_role("button", name="Přidat další osobu").click()
    expect(page.get_by_role("group", name="2. osoba")).to_be_visible()
    page.get_by_role("button", name="mezi workshopy").click()
    expect(page.locator(".demo")).to_contain_text("9. dubna 2025")
    page.get_by_role("button", name="dnes").click()
    context.close()


@pytest.mark.skipif("PICTURES" not in os.environ, reason="draws the picture of the README only when asked to")
def test_picture_of_the_programme(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/")
    page.screenshot(path=PROJECT / "docs/programme.png")
