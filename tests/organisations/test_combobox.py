"""The box for the library in a real browser: keyboard, mouse, finger, late answers, no connection."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect, sync_playwright

from registration.core.settings import PROJECT
from tests.server import Server, running_demo

pytestmark = pytest.mark.browser

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
AXE = PROJECT / "node_modules/axe-core/axe.min.js"
FORM = "/akce/knihovny-soucasnosti/prihlaska"
LOWER, UPPER = "Městská knihovna Dolní Lhota", "Městská knihovna Horní Lhota"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_demo(tmp_path_factory.mktemp("demo")) as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI"):
            pytest.fail(f"NO BROWSER: install Debian's chromium ({CHROMIUM})")
        pytest.skip(f"NO BROWSER: install Debian's chromium ({CHROMIUM})")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=server.address, has_touch=True)
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text))
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context
    assert context.cookies() == []
    assert [text for text in complaints if "Failed to load resource" not in text] == []
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto(FORM)
    return page


def box_of(page: Page) -> Locator:
    return page.locator("#organisation")


def suggestions(page: Page) -> list[str]:
    page.get_by_role("option").first.wait_for()
    return page.get_by_role("option").locator("span").all_inner_texts()


def expect_closed(page: Page) -> None:
    expect(box_of(page)).not_to_have_attribute("aria-expanded", "true")


def chosen_option(page: Page) -> str:
    active = box_of(page).get_attribute("aria-activedescendant")
    assert active
    option = page.locator(f"#{active}")
    expect(option).to_have_attribute("aria-selected", "true")
    assert page.locator("[role=option][aria-selected=true]").count() == 1
    return option.locator("span").inner_text()


def test_library_is_chosen_by_keyboard(page: Page) -> None:
    box_of(page).press_sequentially("knih lhot")
    assert suggestions(page) == [LOWER, UPPER]
    expect(page.locator("#organisation-list + [role=status]")).to_contain_text("2")
    assert box_of(page).get_attribute("aria-activedescendant") is None
    for key, chosen in (("ArrowDown", LOWER), ("ArrowDown", UPPER), ("ArrowDown", LOWER), ("ArrowUp", UPPER)):
        page.keyboard.press(key)
        assert chosen_option(page) == chosen
    page.evaluate(AXE.read_text())
    assert page.evaluate("axe.run({resultTypes: ['violations']})")["violations"] == []
    page.keyboard.press("Enter")
    expect(box_of(page)).to_have_value(UPPER)
    expect_closed(page)
    assert page.url.endswith(FORM)
    expect(page.locator(".errsum")).to_have_count(0)  # Enter has not sent the form


def test_list_goes_away_and_comes_back_by_keyboard(page: Page) -> None:
    box_of(page).press_sequentially("lhot")
    suggestions(page)
    page.keyboard.press("Escape")
    expect_closed(page)
    expect(box_of(page)).to_have_value("lhot")
    page.keyboard.press("ArrowDown")
    assert suggestions(page) == [LOWER, UPPER]
    page.keyboard.press("ArrowUp")
    assert chosen_option(page) == UPPER
    page.keyboard.press("Home")
    assert box_of(page).get_attribute("aria-activedescendant") is None
    page.keyboard.press("Tab")
    expect_closed(page)
    expect(box_of(page)).to_have_value("lhot")


@pytest.mark.parametrize("press", ["click", "tap"])
def test_library_is_chosen_by_mouse_or_finger(page: Page, press: str) -> None:
    box_of(page).press_sequentially("zdar")
    getattr(page.locator("#organisation-list").get_by_role("option").first, press)()
    expect(box_of(page)).to_have_value("Knihovna Žďár u Lesa")
    expect(box_of(page)).to_be_focused()
    expect_closed(page)


def test_beginnings_of_words_are_marked(page: Page) -> None:
    box_of(page).press_sequentially("ZDAR knih")
    suggestions(page)
    assert page.locator("mark").all_inner_texts() == ["Knih", "Žďár"]


def test_new_name_stays_as_typed(page: Page) -> None:
    box_of(page).press_sequentially("Knihovna Jinde")
    status = page.locator("#organisation-list + [role=status]")
    expect(status).not_to_be_empty()
    expect_closed(page)
    page.keyboard.press("Tab")
    expect(box_of(page)).to_have_value("Knihovna Jinde")


def test_late_answer_is_ignored(page: Page) -> None:
    late: list[Route] = []
    page.route("**/knihovny?q=lhot", lambda route: late.append(route))
    with page.expect_request("**/knihovny?q=lhot"):
        box_of(page).fill("lhot")
    box_of(page).fill("zdar")
    assert suggestions(page) == ["Knihovna Žďár u Lesa"]
    late[0].continue_()
    page.wait_for_timeout(300)
    assert suggestions(page) == ["Knihovna Žďár u Lesa"]


@pytest.mark.parametrize("status", [429, 500, None])
def test_box_takes_a_name_when_there_are_no_suggestions(page: Page, status: int | None) -> None:
    page.route("**/knihovny?*", lambda route: route.fulfill(status=status) if status else route.abort())
    with page.expect_request("**/knihovny?q=lhot"):
        box_of(page).fill("lhot")
    page.wait_for_timeout(200)
    expect_closed(page)
    expect(box_of(page)).to_have_value("lhot")


def test_box_is_plain_without_javascript(browser: Browser, server: Server) -> None:
    context = browser.new_context(base_url=server.address, java_script_enabled=False)
    page = context.new_page()
    page.goto(FORM)
    expect(page.get_by_role("textbox", name="Knihovna nebo jiná organizace")).to_be_editable()
    assert page.locator("#organisation").get_attribute("role") is None
    context.close()
