"""A PDF is dropped on the verification pages in a real browser, which tells no server what is in it."""

import base64
import hashlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect
from werkzeug.serving import make_server

from registration.certificates.models import Certificate
from registration.certificates.operations import revoke
from registration.certificates.rendering import render
from registration.core.db import db
from tests import factories
from tests.journeys.conftest import check

pytestmark = [
    pytest.mark.browser,
    # A browser that hangs up in the middle of a file leaves it open to the development server's threads.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),  # browsers do not see which one it is
]

# Playwright cannot drag a file from outside; the events are those of a browser, and the file is a real one.
DROP = """([name, content]) => {
  const files = new DataTransfer();
  files.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    const event = new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true });
    document.querySelector("h1").dispatchEvent(event);
  }
}"""


@pytest.fixture
def paper(certificate: Certificate, tmp_path: Path) -> Path:
    """Give the file that Ada has downloaded."""
    path = tmp_path / "osvedceni.pdf"
    path.write_bytes(render(certificate))
    return path


@pytest.fixture
def changed_paper(paper: Path) -> Path:
    """Give a copy in which one byte is another."""
    content = bytearray(paper.read_bytes())
    content[len(content) // 2] ^= 1
    path = paper.with_name("zmenene.pdf")
    path.write_bytes(content)
    return path


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Serve the application from this process."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def requests(context: BrowserContext) -> list[Request]:
    """Collect what the browser asks for."""
    asked: list[Request] = []
    context.on("request", lambda request: asked.append(request))  # Playwright takes no built-in function
    return asked


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """Give a Czech visitor's browser that must break no content policy."""
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900}, locale="cs-CZ")
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text))
    yield context
    assert [text for text in complaints if "Content Security Policy" in text] == []
    context.close()


def drop(page: Page, path: Path) -> None:
    page.evaluate(DROP, [path.name, base64.b64encode(path.read_bytes()).decode()])


def choose(page: Page, path: Path) -> None:
    page.get_by_label("PDF osvědčení").set_input_files(path)


def assert_nothing_sent(requests: list[Request]) -> None:
    assert {request.method for request in requests} == {"GET"}
    assert [request.url for request in requests if request.post_data_buffer] == []


@pytest.mark.parametrize("give", [drop, choose])
def test_file_is_compared_with_the_certificate_on_the_page(
    give: Callable[[Page, Path], None],
    certificate: Certificate,
    paper: Path,
    changed_paper: Path,
    context: BrowserContext,
    requests: list[Request],
) -> None:
    page = context.new_page()
    page.goto(f"/overeni/{certificate.code}")
    verdict = page.get_by_role("status")
    asked = len(requests)
    give(page, paper)
    expect(verdict).to_contain_text("Soubor je pravý a osvědčení platí")
    expect(verdict).to_contain_text("osvedceni.pdf se do posledního bajtu shoduje")
    check(page)
    give(page, changed_paper)
    expect(verdict).to_contain_text("Soubor neplatí")
    expect(verdict).to_contain_text("zmenene.pdf")
    check(page)
    icons = [request for request in requests[asked:] if "/img/" not in request.url]
    assert icons == []  # nothing at all was asked of the server, not even for the fingerprint
    page.get_by_role("link", name="Najít osvědčení k tomuto souboru").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tento soubor neznáme")
    assert_nothing_sent(requests)


@pytest.mark.parametrize("give", [drop, choose])
def test_file_alone_finds_its_certificate(
    give: Callable[[Page, Path], None],
    paper: Path,
    changed_paper: Path,
    context: BrowserContext,
    requests: list[Request],
) -> None:
    page = context.new_page()
    page.goto("/overeni")
    check(page)
    give(page, changed_paper)
    expect(page.get_by_role("heading", level=1)).to_have_text("Tento soubor neznáme")
    check(page)
    give(page, paper)
    expect(page.get_by_role("heading", level=1)).to_have_text("Osvědčení je platné")
    expect(page.get_by_text("Soubor se do posledního bajtu shoduje s vydaným PDF")).to_be_visible()
    assert page.url.endswith(f"/overeni/otisk/{hashlib.sha256(paper.read_bytes()).hexdigest()}")
    check(page)
    assert_nothing_sent(requests)


def test_genuine_file_of_a_revoked_certificate_is_not_called_valid(
    certificate: Certificate, paper: Path, context: BrowserContext
) -> None:
    revoke(db.session.merge(certificate), reason="omyl", by=factories.OLGA_EMAIL)
    page = context.new_page()
    page.goto(f"/overeni/{certificate.code}")
    choose(page, paper)
    expect(page.get_by_role("status")).to_contain_text("Soubor je pravý, ale osvědčení už neplatí")
    page.set_viewport_size({"width": 320, "height": 700})
    page.get_by_text("Jak otisk spočítat ručně").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_file_is_reached_by_keyboard_and_two_at_once_are_refused(
    certificate: Certificate, paper: Path, changed_paper: Path, context: BrowserContext
) -> None:
    page = context.new_page()
    page.on("filechooser", lambda _: None)  # from now on, and not while the key is pressed already
    page.goto(f"/overeni/{certificate.code}")
    page.get_by_role("link", name="Otevřený odznak").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("PDF osvědčení")).to_be_focused()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(paper)
    expect(page.get_by_role("status")).to_contain_text("Soubor je pravý")
    both = {path.name: base64.b64encode(path.read_bytes()).decode() for path in (paper, changed_paper)}
    page.evaluate(DROP.replace("([name, content])", "(all)").replace(
        "files.items.add(", "for (const [name, content] of Object.entries(all)) files.items.add("), both)  # fmt: skip
    expect(page.get_by_role("status")).to_contain_text("Soubor nelze přečíst")


def test_without_javascript_the_page_says_how_to_check_by_hand(
    certificate: Certificate, paper: Path, browser: Browser, address: str
) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False, viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(f"/overeni/{certificate.code}")
    expect(page.get_by_label("PDF osvědčení")).to_be_hidden()
    page.get_by_text("Jak otisk spočítat ručně").click()
    expect(page.get_by_text("certutil -hashfile")).to_be_visible()
    fingerprint = hashlib.sha256(paper.read_bytes()).hexdigest()
    shown = " ".join(fingerprint[place : place + 4] for place in range(0, 64, 4))
    expect(page.get_by_text(shown)).to_be_visible()
    context.close()
