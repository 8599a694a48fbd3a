"""The programme in a frame of another website, in a real browser: where it is shown, and where its links lead."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import check
from tests.server import Server, running_demo

pytestmark = pytest.mark.browser


class Website(ThreadingHTTPServer):
    """A website of somebody else with one page, which has a frame."""

    framed = ""

    @property
    def origin(self) -> str:
        """Return what the browser knows it by."""
        return f"http://localhost:{self.server_port}"


class WebsitePage(BaseHTTPRequestHandler):
    """Shows the page."""

    def do_GET(self) -> None:
        assert isinstance(self.server, Website)
        frame = f'<iframe src="{self.server.framed}" title="Program akcí" width="100%" height="640"></iframe>'
        html = f'<!DOCTYPE html><html lang="cs"><title>Knihovny</title><h1>Knihovny</h1>{frame}</html>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(html.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def websites() -> Iterator[tuple[Website, Website]]:
    """Run the association's website and a stranger's."""
    both = (Website(("127.0.0.1", 0), WebsitePage), Website(("127.0.0.1", 0), WebsitePage))
    for website in both:
        threading.Thread(target=website.serve_forever, daemon=True).start()
    yield both
    for website in both:
        website.shutdown()
        website.server_close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, websites: tuple[Website, Website]) -> Iterator[Server]:
    """Run a demo that the association's website may embed."""
    with running_demo(tmp_path_factory.mktemp("demo"), EMBED_ORIGINS=websites[0].origin) as server:
        for website in websites:
            website.framed = f"{server.address}/vlozit?pocet=3"
        yield server


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """Give a browser whose user likes it dark."""
    context = browser.new_context(color_scheme="dark")
    yield context.new_page()
    context.close()


def test_association_shows_the_programme_and_its_links_leave_the_frame(
    page: Page, server: Server, websites: tuple[Website, Website]
) -> None:
    page.goto(websites[0].origin)
    framed = page.frame_locator("iframe")
    expect(framed.get_by_role("heading", level=2)).to_have_count(3)
    assert page.context.cookies() == []
    framed.get_by_role("link", name="Valná hromada").click()
    page.wait_for_url(f"{server.address}/akce/valna-hromada-sdruk")


def test_nobody_else_can_frame_it(page: Page, websites: tuple[Website, Website]) -> None:
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(websites[1].origin)
    expect(page.frame_locator("iframe").get_by_role("heading", level=2)).to_have_count(0)


def test_list_stays_light_and_fits_a_narrow_column(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{server.address}/vlozit")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(251, 249, 243)"
    check(page)
