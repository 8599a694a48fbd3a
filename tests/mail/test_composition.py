"""Words are made from facts: in the reader's language, as plain text and as HTML, with whole addresses."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from registration.core import i18n
from registration.mail.composition import Composed, Content, address, compose
from registration.organisations.models import Association

Greet = Callable[..., Composed]


@pytest.fixture
def greet(app: Flask) -> Greet:
    """Compose something short: the refusal of an application, which needs nothing from the database."""

    def greet(*, name: str = "Knihovny <současnosti>", reason: str = "", **content: Any) -> Composed:
        context = {
            "association": Association(name="Sekce & spol.", contact_email=""),
            "registration": {"shelf_mark": "2025/KS/P-0001/1"},
            "event": {"title": name, "platform": ""},
            "itinerary": {"first_on": None, "last_on": None, "sessions": [], "online_days": [], "place": "Brno"},
            "people": [],
            "reason": reason,
            "programme_page": "http://localhost/",
        }
        return compose("place_refused", Content(context, **content))

    return greet


@pytest.mark.parametrize(("language", "whole"), [("cs", "http://localhost/p/abc"), ("en", "http://localhost/en/p/abc")])
def test_address_leads_to_the_page_in_the_readers_language(app: Flask, language: str, whole: str) -> None:
    with i18n.in_language(language):
        assert address("/p/abc") == whole


@pytest.mark.parametrize("language", ["cs", "en"])
def test_both_bodies_speak_the_language_one_is_in(greet: Greet, language: str) -> None:
    with i18n.in_language(language):
        composed = greet()
        greeting = i18n.gettext("Hello,")
    assert f'<html lang="{language}">' in composed.html
    assert greeting in composed.text
    assert greeting in composed.html


def test_plain_text_is_wrapped_and_nothing_in_it_is_escaped(greet: Greet) -> None:
    composed = greet(reason="mezi slovy " * 30)
    assert "Knihovny <současnosti>" in composed.text
    assert "Knihovny &lt;současnosti&gt;" in composed.html
    assert "Sekce & spol." in composed.text
    assert max(map(len, composed.text.splitlines())) <= 72
    assert "\n\n\n" not in composed.text


def test_subject_is_one_plain_line_that_fits(greet: Greet) -> None:
    composed = greet(name="Setkání\u00a0knihoven\r\nBcc: eve@jinde.example " * 20)
    assert "Setkání knihoven Bcc: eve@jinde.example Setkání" in composed.subject
    assert len(composed.subject) == 250
    assert composed.subject.isprintable()


def test_what_goes_along_is_kept(greet: Greet) -> None:
    composed = greet(reply_to="sekce@sdruk.example", attachments=[{"kind": "ticket", "id": 17}])
    assert composed.reply_to == "sekce@sdruk.example"
    assert composed.attachments == [{"kind": "ticket", "id": 17}]
