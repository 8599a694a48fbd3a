"""Papers: tagged, in their language, from our own static files only, and fitted to their rooms."""

import re
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from jinja2 import DictLoader
from pypdf import PdfReader

from registration.core import pdf
from registration.core.pdf import ForbiddenAsset, Presses, TooManyPages

TEMPLATES = {
    "letter.html": '<!DOCTYPE html><html lang="cs"><title>{{ title }}</title><h1>{{ title }}</h1><p>{{ text }}</p>',
    "part.html": '<!DOCTYPE html><html lang="cs"><title>Asset</title>{{ part|safe }}',
    "room.html": """<!DOCTYPE html><html lang="en"><title>Room</title>
      <div id="x-room" style="height: 30mm"><div id="x">
        <div style="height: {{ height - 10 * tightness.x }}mm">tightness {{ tightness.x }}</div></div></div>""",
    "nested.html": """<!DOCTYPE html><html lang="en"><title>Rooms</title>
      <div id="outer-room" style="height: 40mm"><div id="outer">
        <div id="inner-room" style="position: absolute; width: 100%; height: 10mm"></div>
        <div id="inner" style="height: {{ 30 - 10 * tightness.inner }}mm">inner {{ tightness.inner }}</div>
        outer {{ tightness.outer }}
      </div></div>""",
    "wide.html": """<!DOCTYPE html><html lang="en"><title>Wide</title>
      <div id="x-room" style="width: 50mm"><span id="x" style="display: inline-block; white-space: nowrap">
        {{ "wide " * (9 - 3 * tightness.x) }} tightness {{ tightness.x }}</span></div>""",
}


@pytest.fixture
def paper_app() -> Iterator[Flask]:
    app = Flask("registration")
    app.jinja_loader = DictLoader(TEMPLATES)
    with app.app_context():
        yield app


def text_of(paper: bytes) -> str:
    return subprocess.run(["pdftotext", "-", "-"], input=paper, capture_output=True, check=True).stdout.decode()


def catalogue_of(paper: bytes) -> Any:
    return PdfReader(BytesIO(paper)).root_object


def title_of(paper: bytes) -> str | None:
    metadata = PdfReader(BytesIO(paper)).metadata
    return metadata.title if metadata else None


def test_a_paper_is_tagged_and_says_its_language_and_title(paper_app: Flask) -> None:
    paper = pdf.render("letter.html", title="Osvědčení", text="Řehák Žďár")

    catalogue = catalogue_of(paper)
    assert catalogue["/MarkInfo"] == {"/Marked": True}
    assert catalogue["/Lang"] == "cs"
    assert catalogue["/StructTreeRoot"]["/K"][0]["/S"] == "/Document"
    assert "pdfuaid:part" in catalogue["/Metadata"].get_data().decode()
    assert title_of(paper) == "Osvědčení"


def test_czech_letters_survive(paper_app: Flask) -> None:
    assert "Řehák Žďár ťuhýk" in text_of(pdf.render("letter.html", title="Čeština", text="Řehák Žďár ťuhýk"))


def test_values_are_escaped(paper_app: Flask) -> None:
    assert "<b>Bob</b> & Eve" in text_of(pdf.render("letter.html", title="x", text="<b>Bob</b> & Eve"))


def test_the_same_input_gives_the_same_bytes_whatever_was_printed_between(paper_app: Flask) -> None:
    first = pdf.render("letter.html", title="Ada", text="Jedna")
    other = pdf.render("letter.html", title="Bob", text="Příliš žluťoučký kůň")

    assert pdf.render("letter.html", title="Ada", text="Jedna") == first
    assert other != first


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:1/eve.png",
        "https://eve.example/eve.png",
        "data:image/png;base64,AAAA",
        "/static/css/papers.css",
        "css/papers.css",
        "asset:../pyproject.toml",
        "asset:/etc/passwd",
        "asset:css/../../pyproject.toml",
    ],
)
def test_anything_but_our_static_files_is_refused(paper_app: Flask, address: str) -> None:
    with pytest.raises(ForbiddenAsset, match=re.escape(address)):
        pdf.render("part.html", part=f'<img alt="" src="{address}">')


@pytest.mark.parametrize(
    "part",
    [
        '<link rel="stylesheet" href="file:///etc/passwd">',
        "<style>@import url('file:///etc/passwd');</style>",
        "<style>p { background: url('file:///etc/passwd') }</style><p>text",
        "<style>@font-face { font-family: Eve; src: url('file:///etc/passwd') }</style><p>text",
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>x</title>'
        '<image width="9" height="9" href="file:///etc/passwd"/></svg>',
    ],
    ids=["stylesheet", "import", "background", "font", "image-in-svg"],
)
def test_it_is_refused_wherever_it_is_asked_for(paper_app: Flask, part: str) -> None:
    with pytest.raises(ForbiddenAsset):
        pdf.render("part.html", part=part)


@pytest.mark.parametrize(
    "part",
    [
        '<img alt="" src="asset:img/none.png">',
        "<style>@font-face { font-family: None; src: url('asset:none.ttf') } p { font-family: None }</style><p>text",
        '<link rel="stylesheet" href="asset:css/none.css">',
    ],
    ids=["image", "font", "stylesheet"],
)
def test_a_missing_asset_is_an_error(paper_app: Flask, part: str) -> None:
    with pytest.raises(FileNotFoundError):
        pdf.render("part.html", part=part)


def test_a_static_file_is_served(paper_app: Flask) -> None:
    plain = pdf.render("part.html", part='<p class="mark">text')

    assert (
        pdf.render("part.html", part='<link rel="stylesheet" href="asset:css/papers.css"><p class="mark">text') == plain
    )


def test_a_refusal_does_not_spoil_the_next_paper(paper_app: Flask) -> None:
    with pytest.raises(ForbiddenAsset):
        pdf.render("part.html", part='<img alt="" src="file:///etc/passwd">')

    assert "text" in text_of(pdf.render("part.html", part="<p>text"))


@pytest.mark.parametrize(("height", "tightness"), [(30, 0), (31, 1), (50, 2), (70, 4), (200, 4)])
def test_a_crowded_block_is_set_tighter_until_it_fits_or_is_at_its_tightest(
    paper_app: Flask, height: int, tightness: int
) -> None:
    assert text_of(pdf.render("room.html", height=height)).split() == ["tightness", str(tightness)]


def test_an_inner_block_makes_room_before_the_one_around_it_is_set_tighter(paper_app: Flask) -> None:
    assert text_of(pdf.render("nested.html")).split() == ["inner", "2", "outer", "0"]


def test_a_block_wider_than_its_room_is_crowded_too(paper_app: Flask) -> None:
    assert "tightness 2" in text_of(pdf.render("wide.html"))


def test_many_pages_are_not_drawn_while_somebody_waits(paper_app: Flask) -> None:
    lines = "".join(f"<p>{number}" for number in range(100))
    with paper_app.test_request_context():
        assert pdf.render("part.html", part="<p>text")
        with pytest.raises(TooManyPages):
            pdf.render("part.html", part=lines)
    assert len(PdfReader(BytesIO(pdf.render("part.html", part=lines))).pages) > 1


def test_what_is_drawn_on_a_press_is_the_same(paper_app: Flask) -> None:
    here = pdf.render("part.html", part="<p>text")
    with Presses(0) as presses, pdf.drawing_on(presses):
        assert pdf.render("part.html", part="<p>text") == here
        with pytest.raises(ForbiddenAsset):
            pdf.render("part.html", part='<img alt="" src="file:///etc/passwd">')


def test_nothing_is_missing_here() -> None:
    assert pdf.missing_libraries() is None


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "find_library", lambda name: None if name == "harfbuzz-subset" else name)

    assert pdf.missing_libraries() == "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


def test_weasyprint_is_imported_only_to_print() -> None:
    script = "import sys, registration.core.pdf; sys.exit('weasyprint' in sys.modules)"

    subprocess.run([sys.executable, "-c", script], check=True)
