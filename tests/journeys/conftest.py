"""A running demo and a real browser for the tests that walk through it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from registration.core.settings import PROJECT
from tests.server import Server, running_demo

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
expect.set_options(timeout=20_000)  # on a machine that does much else; what is there at once is not waited for
AXE = PROJECT / "node_modules/axe-core/axe.min.js"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run the demo for the tests of one file."""
    with running_demo(tmp_path_factory.mktemp("demo"), WEB_WORKERS="1") as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium, or skip loudly; in CI a missing one is a failure."""
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI"):
            pytest.fail(f"NO BROWSER: install Debian's chromium ({CHROMIUM})")
        pytest.skip(f"NO BROWSER: install Debian's chromium ({CHROMIUM})")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """Give a Czech visitor's browser that must ask nobody else and break no content policy."""
    context = browser.new_context(base_url=server.address, viewport={"width": 1280, "height": 900}, locale="cs-CZ")
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield context
    assert [url for url in asked if not url.startswith((server.address, "data:"))] == []
    refused = [text for text in complaints if "Content Security Policy" in text]
    assert refused == []
    context.close()


def check(page: Page) -> None:
    """Run axe on the page; nothing serious or critical may be found."""
    try:
        found = _run_axe(page)
    except Error as error:
        if "context was destroyed" not in str(error):
            raise
        page.wait_for_load_state()  # a click was still leading here
        found = _run_axe(page)
    grave = [each for each in found if each["impact"] in {"serious", "critical"}]
    assert grave == [], [(each["id"], [node["html"] for node in each["nodes"]]) for each in grave]


def _run_axe(page: Page) -> list[dict[str, Any]]:
    page.evaluate(AXE.read_text())
    violations: list[dict[str, Any]] = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return violations
