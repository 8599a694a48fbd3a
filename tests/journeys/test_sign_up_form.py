"""The sign-up form in a real browser: colleagues, questions that depend on others, a second click, a narrow phone."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.journeys.conftest import check
from tests.server import Server

pytestmark = pytest.mark.browser

FORM = "/akce/knihovny-soucasnosti/prihlaska"
FULL = "/akce/library-advocacy-v-praxi/prihlaska"


def person(page: Page, number: int) -> Locator:
    return page.get_by_role("group", name=f"{number}. osoba", exact=True)


def fill_in(page: Page, name: str, *, number: int = 1) -> None:
    """Fill in one person."""
    boxes = person(page, number)
    boxes.get_by_label("Jméno").fill(name)
    boxes.get_by_label("Příjmení").fill("Hora")
    boxes.get_by_label("E-mail").fill(f"{name.lower()}@hora.example")


def fill_in_orderer(page: Page) -> None:
    page.get_by_label("Kdo přihlášku posílá").fill("Ada Hora")
    page.get_by_label("E-mail pro potvrzení").fill("ada@hora.example")
    page.get_by_label("Knihovna nebo jiná organizace").fill("Knihovna Jinde")


def test_colleagues_come_and_go_without_a_new_page(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(FORM)
    fill_in_orderer(page)
    fill_in(page, "Ada")
    for number in (2, 3):
        page.get_by_role("button", name="Přidat další osobu").press("Enter")
        expect(person(page, number).get_by_label("Jméno")).to_be_focused()
        page.keyboard.type(f"Osoba{number}")
    expect(page.get_by_role("status").filter(has_text="3 osoby")).to_have_count(1)
    check(page)
    person(page, 2).get_by_role("button", name="Odebrat").press("Enter")
    expect(person(page, 3)).to_have_count(0)
    expect(person(page, 1).get_by_label("Jméno")).to_be_focused()
    expect(person(page, 2).get_by_label("Jméno")).to_have_value("Osoba3")
    expect(page.get_by_label("Kdo přihlášku posílá")).to_have_value("Ada Hora")
    assert page.url.endswith(FORM)


def test_colleagues_come_and_go_without_javascript(browser: Browser, server: Server) -> None:
    context = browser.new_context(base_url=server.address, java_script_enabled=False)
    page = context.new_page()
    page.goto(FORM)
    fill_in(page, "Ada")
    page.get_by_role("button", name="Přidat další osobu").click()
    page.wait_for_url("**#people-1-given_name")
    expect(person(page, 2).get_by_label("Jméno")).to_be_in_viewport()
    fill_in(page, "Bob", number=2)
    page.get_by_role("button", name="Odebrat 1. osobu").click()
    expect(person(page, 1).get_by_label("Jméno")).to_have_value("Bob")
    expect(person(page, 2)).to_have_count(0)
    context.close()


def test_form_sent_at_once_and_clicked_twice_makes_one_order(context: BrowserContext) -> None:
    page = context.new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto(FORM)
    fill_in_orderer(page)
    fill_in(page, "Eva")
    page.get_by_role("button", name="Odeslat přihlášku").dblclick()
    page.wait_for_url("**/p/*")
    assert len(sent) == 1


def test_mistyped_address_is_corrected_by_one_click(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(FORM)
    fill_in_orderer(page)
    fill_in(page, "Ivan")
    person(page, 1).get_by_label("E-mail").fill("ivan@gmial.com")
    page.get_by_role("button", name="Odeslat přihlášku").click()
    expect(page.locator(".errsum")).to_be_visible()
    check(page)
    page.locator('button[name="correct"]').click()
    expect(person(page, 1).get_by_label("E-mail")).to_have_value("ivan@gmail.com")
    expect(page.locator(".errsum")).to_have_count(0)
    check(page)
    page.get_by_role("button", name="Odeslat přihlášku").click()
    page.wait_for_url("**/p/*")


def test_question_shows_only_while_it_is_asked(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(FORM)
    other = page.get_by_label("Jaká jiná strava")
    expect(other).to_be_hidden()
    page.get_by_label("Požadavek na stravu").select_option("jina")
    expect(other).to_be_visible()
    page.get_by_label("Požadavek na stravu").select_option("bezna")
    expect(other).to_be_hidden()


def test_full_event_offers_its_waiting_list_on_a_narrow_phone_in_the_dark(browser: Browser, server: Server) -> None:
    context = browser.new_context(
        base_url=server.address, viewport={"width": 320, "height": 700}, color_scheme="dark", locale="cs-CZ"
    )
    page = context.new_page()
    page.goto(FULL)
    page.get_by_role("button", name="Přidat další osobu").click()
    expect(person(page, 2)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    check(page)
    fill_in_orderer(page)
    fill_in(page, "Ada")
    fill_in(page, "Bob", number=2)
    page.locator('[name="takes_fewer"]').check()
    page.get_by_role("button", name="Odeslat přihlášku").click()
    page.wait_for_url("**/p/*")
    context.close()
