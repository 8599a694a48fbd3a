"""Every page of the back office on a phone, on a wide desk, in the dark and on paper: axe, widths, one heading."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, url_for
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from registration.access import ACCESS, Access
from registration.demo import STAFF_EMAIL, STAFF_PASSWORD
from tests.journeys.conftest import AXE, check
from tests.journeys.desk_pages import NO_PAGES, pages
from tests.journeys.desk_world import Season, play
from tests.server import Server

pytestmark = pytest.mark.shown

PHONE: ViewportSize = {"width": 360, "height": 800}
WIDE: ViewportSize = {"width": 1920, "height": 1080}
PAPER: ViewportSize = {"width": 688, "height": 1000}  # A4 between its margins, 182 mm at 96 px to the inch
# What would be read of a page in the dark: a list, a form, figures, a table of changes, a verdict.
IN_THE_DARK = {
    "certificates_staff.overview",
    "checkin.session_page",
    "events_staff.overview",
    "history.everything",
    "imports_staff.preview",
    "organisations_staff.merging",
    "signups_staff.bulk_action",
    "signups_staff.registration",
    "signups_staff.registrations",
    "year.year",
}

_GRAVE = """async (rules) => {
  const { violations } = await axe.run({ resultTypes: ["violations"], rules });
  return violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}"""
# Colours are the same on a phone, where less is shown at once; to look at them takes as long as all else.
_BUT_COLOURS = {"color-contrast": {"enabled": False}}
_TOO_WIDE = """() => document.documentElement.scrollWidth > innerWidth
  ? [`${document.documentElement.scrollWidth} px wide`]
  : []"""
# What a box on paper would hide: its content is wider than itself, and nobody can scroll a sheet.
_CUT_OFF = """() => [...document.querySelectorAll("main *")]
  .filter((each) => each.checkVisibility() && !each.closest(".vh, svg, iframe, select, input, textarea"))
  .filter((each) => getComputedStyle(each).overflowX !== "visible" && each.scrollWidth > each.clientWidth + 1)
  .map((each) => each.outerHTML.slice(0, 120))"""
# What is of no use on paper: ways to other pages and buttons. A form shows its fields, with what is filled in.
_TO_PRESS = """() => [...document.querySelectorAll("nav, .demo, .tabs, .skip, button")]
  .filter((each) => each.checkVisibility())
  .map((each) => each.outerHTML.slice(0, 120))"""
_IS_WHITE = "getComputedStyle(document.documentElement).backgroundColor === 'rgb(255, 255, 255)'"


@pytest.fixture(scope="module")
def season(server: Server) -> Season:
    """Fill the demo's desk."""
    return play(server)


@pytest.fixture(scope="module")
def signed_in(browser: Browser, server: Server) -> Any:
    """Return what the browser of the administrator keeps once they are signed in."""
    context = browser.new_context(base_url=server.address, locale="cs-CZ")
    page = context.new_page()
    page.goto("/prihlaseni")
    page.get_by_label("E-mail").fill(STAFF_EMAIL)
    page.get_by_label("Heslo").fill(STAFF_PASSWORD)
    page.get_by_role("button", name="Přihlásit").click()
    page.wait_for_url("**/sprava")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def desk(browser: Browser, server: Server, signed_in: Any) -> Iterator[BrowserContext]:
    """Give the administrator's browser."""
    context = browser.new_context(base_url=server.address, viewport=WIDE, locale="cs-CZ", storage_state=signed_in)
    yield context
    context.close()


@pytest.fixture
def addresses(app: Flask, season: Season) -> list[tuple[str, str]]:
    """Return (endpoint, address) of every page."""
    with app.test_request_context():
        return [
            (endpoint, url_for(endpoint, **arguments))
            for endpoint, list_of_arguments in pages(season).items()
            for arguments in list_of_arguments
        ]


def test_every_page_of_the_back_office_has_its_place_in_the_walk(app: Flask) -> None:
    for_the_staff = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and ACCESS[rule.endpoint] and not ACCESS[rule.endpoint] & Access.ANYONE
    }
    walked = set(pages(Season.nowhere()))
    assert for_the_staff - walked - NO_PAGES == set()
    assert (walked | NO_PAGES) - for_the_staff == set()
    assert walked & NO_PAGES == set()


@pytest.mark.browser
def test_every_page_fits_a_phone_a_desk_and_paper(desk: BrowserContext, addresses: list[tuple[str, str]]) -> None:
    page = desk.new_page()
    axe = AXE.read_text()
    found: dict[str, list[str]] = {}
    for _, address in addresses:
        page.set_viewport_size(PHONE)
        response = page.goto(address)
        page.evaluate(axe)
        complaints = [] if response and response.ok and page.url.endswith(address) else ["not there"]
        complaints += [] if page.locator("h1").count() == 1 else ["not one h1"]
        complaints += [f"phone: {fault}" for fault in [*page.evaluate(_GRAVE, _BUT_COLOURS), *page.evaluate(_TOO_WIDE)]]
        page.set_viewport_size(WIDE)
        complaints += [f"desk: {fault}" for fault in [*page.evaluate(_GRAVE, {}), *page.evaluate(_TOO_WIDE)]]
        complaints += [f"paper: {fault}" for fault in on_paper(page)]
        if complaints:
            found[address] = complaints
    assert not found, json.dumps(found, ensure_ascii=False, indent=1)


def on_paper(page: Page) -> list[str]:
    """Return what is wrong with the page when it is printed."""
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")
    faults: list[str] = [fault for script in (_TOO_WIDE, _CUT_OFF, _TO_PRESS) for fault in page.evaluate(script)]
    page.emulate_media(media="screen")
    return faults


@pytest.mark.browser
def test_pages_are_readable_in_the_dark_and_printed_on_white(
    desk: BrowserContext, addresses: list[tuple[str, str]]
) -> None:
    page = desk.new_page()
    page.emulate_media(color_scheme="dark")
    for endpoint, address in addresses:
        if endpoint in IN_THE_DARK:
            page.goto(address)
            assert not page.evaluate(_IS_WHITE), address
            check(page)
            page.emulate_media(media="print")
            assert page.evaluate(_IS_WHITE), address
            page.emulate_media(media="screen")
