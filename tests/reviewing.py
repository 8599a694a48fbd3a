"""A test client that reviews every page it fetches: valid HTML, one h1, a title, unique ids, labelled inputs."""

import re
from html.parser import HTMLParser
from typing import Any

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registration.core.db import db

_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_INVISIBLE = {"hidden", "submit", "button", "image", "reset"}
_reviewed: set[int] = set()  # what was met in this process


class ReviewingClient(FlaskClient):
    """Fetches like a browser and complains like an editor."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Fetch a page and review it when it is HTML."""
        # A context of its own, as in a server; else whoever signed in before would stay in Flask's `g`.
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        # The test's own session shall see what the request has changed.
        db.session.rollback()
        db.session.expire_all()
        is_page = response.mimetype == "text/html" and response.status_code not in {301, 302, 303, 308}
        is_page = is_page and response.request.method != "HEAD"
        if is_page and "frame-ancestors 'self'" not in response.headers.get("Content-Security-Policy", ""):
            self._review(response.get_data(as_text=True))
        return response

    def sign_in(self, email: str, password: str) -> TestResponse:
        """Sign in as a person of the staff."""
        page = self.get("/prihlaseni")
        return self.post(
            "/prihlaseni",
            data={"email": email, "password": password, "csrf_token": csrf_token(page)},
        )

    def submit(self, address: str, *, page: str, **data: Any) -> TestResponse:
        """Post a back-office form as it stands on `page`."""
        return self.post(address, data={**data, "csrf_token": csrf_token(self.get(page))})

    def _review(self, html: str) -> None:
        """Review a page the first time it is met: parsing it strictly takes longer than making it."""
        page = hash(_CSRF.sub("", html))
        if page not in _reviewed:
            review(html)
            _reviewed.add(page)


def csrf_token(page: TestResponse) -> str:
    """Return the token of the first form on a page."""
    found = _CSRF.search(page.get_data(as_text=True))
    assert found, "the page has no form with a token"
    return found[1]


def review(html: str) -> None:
    """Fail with a sentence about the first thing an editor would not let pass."""
    html5lib.HTMLParser(strict=True).parse(html)
    outline = _Outline()
    outline.feed(html)
    assert outline.count("h1") == 1, f"a page has one h1, not {outline.count('h1')}"
    assert outline.count("title") >= 1, "a page has a title"
    assert outline.lang in {"cs", "en"}, "a page says its language"
    assert len(outline.ids) == len(set(outline.ids)), f"ids are unique: {sorted(outline.ids)}"
    unlabelled = [name for name, id_ in outline.inputs if id_ not in outline.labels]
    assert not unlabelled, f"inputs without a label: {unlabelled}"
    assert not outline.inline, f"inline style or script: {outline.inline}"


class _Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.inputs: list[tuple[str, str]] = []
        self.inline: list[str] = []
        self.lang = ""
        self._inside_label = 0
        self._inside_svg = 0

    def count(self, tag: str) -> int:
        return self.tags.count(tag)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._inside_svg += tag == "svg"
        if not (self._inside_svg and tag == "title"):
            self.tags.append(tag)
        self._inside_label += tag == "label"
        if tag == "html":
            self.lang = given.get("lang", "")
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "label" and "for" in given:
            self.labels.add(given["for"])
        is_data = given.get("type") == "application/ld+json"  # not run, only read
        if "style" in given or tag == "style" or (tag == "script" and "src" not in given and not is_data):
            self.inline.append(tag)
        if tag in {"input", "select", "textarea"} and given.get("type") not in _INVISIBLE:
            is_named = self._inside_label or given.get("aria-label") or given.get("aria-labelledby")
            if not is_named:
                self.inputs.append((given.get("name", "?"), given.get("id", "?")))

    def handle_endtag(self, tag: str) -> None:
        self._inside_label -= tag == "label"
        self._inside_svg -= tag == "svg"
