"""People look after their own registrations in a real browser: with and without JavaScript, on a narrow phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.journeys.conftest import check
from tests.server import Server

pytestmark = pytest.mark.browser

ACADEMY = "/en/akce/setkani-sekce-ai-v-praxi-manazera/prihlaska"
CONFERENCE = "/en/akce/knihovny-soucasnosti/prihlaska"
NARROW: ViewportSize = {"width": 320, "height": 700}


def sign_up(context: BrowserContext, form: str, *names: str, ticket_type: str = "") -> str:
    """Send an order for these people and return the address of its page."""
    fields: dict[str, str | float | bool] = {
        "orderer_name": "Ada Hora",
        "orderer_email": "ada@hora.example",
        "organisation": "Knihovna Jinde",
    }
    for number, name in enumerate(names):
        prefix = f"people-{number}-"
        fields |= {f"{prefix}given_name": name, f"{prefix}family_name": "Hora", f"{prefix}ticket_type": ticket_type}
        fields[f"{prefix}email"] = f"{name.lower()}@hora.example"
    answer = context.request.post(form, form=fields)
    assert answer.ok, answer.text()
    return answer.url


def own_pages(page: Page) -> list[str]:
    """Return the addresses of the people of an order that is open."""
    links = page.get_by_role("link", name="Attendee’s page")
    return [str(each.get_attribute("href")) for each in links.all()]


@pytest.fixture
def plain(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """Give a browser without JavaScript."""
    context = browser.new_context(base_url=server.address, java_script_enabled=False)
    yield context
    assert context.cookies() == []
    context.close()


def test_everything_is_changed_without_javascript(plain: BrowserContext) -> None:
    page = plain.new_page()
    page.goto(sign_up(plain, CONFERENCE, "Petra", "Karel", ticket_type="UCAST"))
    order = page.url
    (_, karel) = own_pages(page)

    page.goto(karel)
    page.get_by_role("link", name="Change the answers").click()
    page.get_by_label("úterý").check()
    page.get_by_role("button", name="Save the answers").click()
    expect(page.get_by_role("status")).to_have_text("The answers are saved.")
    expect(page.locator(".answers")).to_contain_text("úterý 9.")

    page.goto(order)
    page.get_by_role("link", name="Somebody else comes").nth(1).click()
    page.get_by_label("Given name").fill("Eva")
    page.get_by_label("Surname").fill("Nová")
    page.get_by_label("E-mail").fill("eva@hora.example")
    page.get_by_role("button", name="Change the attendee").click()
    expect(page.get_by_role("heading", name="Eva Nová")).to_be_visible()
    assert page.request.get(karel).status == 404

    page.get_by_role("link", name="Cancel…").nth(1).click()
    page.get_by_role("link", name="Back without a change").click()
    page.get_by_role("link", name="Cancel for all…").click()
    page.get_by_role("button", name="Cancel for 2 people").click()
    expect(page.locator(".lead")).to_have_text("The whole registration is cancelled.")

    page.goto("/en/moje")
    page.get_by_label("E-mail").fill("ada@hora.example")
    page.get_by_role("button", name="Send the links").click()
    expect(page.get_by_role("status")).to_contain_text("the links are on their way")


def test_pages_are_accessible_and_fit_a_narrow_phone(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(sign_up(context, ACADEMY, "Adam", "Barbora", ticket_type="OBOJI"))
    order = page.url.split("?")[0]
    own_page = own_pages(page)[0]
    page.set_viewport_size(NARROW)
    actions = ("", "/odhlaseni", "/nabidka", "/zmena", "/ucastnik", "/varianta", "/pripojit/ai-online-1")
    for path in (order, f"{order}/odhlaseni", *(own_page + action for action in actions), "/moje", "/u/gone"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], path
        check(page)


def test_question_is_shown_only_when_it_is_asked(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(sign_up(context, ACADEMY, "Cyril", ticket_type="AI"))
    page.goto(f"{own_pages(page)[0]}/zmena")
    depends, decides = page.get_by_label("Jaká jiná strava"), page.get_by_label("Požadavek na stravu")
    expect(depends).to_be_hidden()
    decides.select_option("jina")
    expect(depends).to_be_visible()
    depends.fill("bez ořechů")
    page.get_by_role("button", name="Save the answers").click()
    expect(page.locator(".answers")).to_contain_text("bez ořechů")


def test_countdown_runs_out_and_asks_before_joining(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    page.clock.install()
    page.goto(sign_up(context, ACADEMY, "Dana", ticket_type="AI"))
    meeting = f"{own_pages(page)[0]}/pripojit/ai-online-1"
    server.flask("demo", "travel", "2025-04-02T07:29")
    page.goto(meeting)
    timer, join = page.get_by_role("timer"), page.get_by_role("link", name="Join the online session")
    expect(timer).to_have_text("in 1 hour and 1 minute")
    page.clock.run_for(60_000)
    expect(timer).to_have_text("in 1 hour")
    page.clock.run_for(59 * 60_000)
    expect(timer).to_have_text("in 1 minute")

    # A visitor's clock that runs ahead opens nothing; the server's does.
    page.clock.run_for(61_000)
    page.wait_for_url("**?cekani=1")
    expect(timer).to_contain_text("in 1 hour")
    server.flask("demo", "travel", "2025-04-02T08:30")
    page.clock.run_for(61 * 60_000)
    expect(join).to_be_visible()
    check(page)
    assert join.get_attribute("href") == meeting
