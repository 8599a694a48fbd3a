"""Papers: tagged, in their language, from our own static files only, and fitted to their rooms."""

import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask
from jinja2 import DictLoader
from pypdf import PdfReader

from registration.core import pdf
from registration.core.pdf import ForbiddenAsset

TEMPLATES = {
    "letter.html": '<!DOCTYPE html><html lang="cs"><title>{{ title }}</title><h1>{{ title }}</h1><p>{{ text }}</p>',
    "part.html": '<!DOCTYPE html><html lang="cs"><title>Asset</title>{{ part|safe }}',
    "rooms.html": """<!DOCTYPE html><html lang="en"><title>Rooms</title>
      <style>.room { height: {{ room }}mm; width: {{ room }}mm } .name { height: 10mm }</style>
      <div class="room" id="text-room"><div id="text">
        <div class="name" id="name-room"><div id="name">name {{ tightness.name }}</div></div>
        {% for line in range(0, lines - 2 * (tightness.name + tightness.text)) %}<br>{% endfor %}
        text {{ tightness.text }}
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


def test_a_paper_is_tagged_and_says_its_language_and_title(paper_app: Flask) -> None:
    paper = PdfReader(BytesIO(pdf.render("letter.html", title="Osvědčení", text="Řehák Žďár")))

    catalogue = paper.root_object
    assert catalogue["/MarkInfo"] == {"/Marked": True}
    assert catalogue["/Lang"] == "cs"
    assert catalogue["/StructTreeRoot"]["/K"][0]["/S"] == "/Document"
    assert paper.metadata is not None
    assert paper.metadata.title == "Osvědčení"
    assert "pdfuaid:part" in catalogue["/Metadata"].get_data().decode()


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
@pytest.mark.parametrize(
    "part",
    [
        '<img alt="" src="{address}">',
        '<link rel="stylesheet" href="{address}">',
        "<style>@import url('{address}');</style>",
        "<style>p {{ background: url('{address}') }}</style><p>text",
        "<style>@font-face {{ font-family: Eve; src: url('{address}') }} p {{ font-family: Eve }}</style><p>text",
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>x</title>'
        '<image width="9" height="9" href="{address}"/></svg>',
    ],
    ids=["image", "stylesheet", "import", "background", "font", "image-in-svg"],
)
def test_anything_but_our_static_files_is_refused(paper_app: Flask, part: str, address: str) -> None:
    with pytest.raises(ForbiddenAsset):
        pdf.render("part.html", part=part.format(address=address))


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


def test_what_fits_its_room_is_set_once(paper_app: Flask) -> None:
    assert text_of(pdf.render("rooms.html", room=100, lines=1)).split() == ["name", "0", "text", "0"]


def test_a_crowded_block_is_set_tighter_until_it_fits(paper_app: Flask) -> None:
    assert text_of(pdf.render("rooms.html", room=30, lines=7)).split() == ["name", "0", "text", "2"]


def test_a_block_that_never_fits_is_printed_at_its_tightest(paper_app: Flask) -> None:
    assert text_of(pdf.render("rooms.html", room=20, lines=30)).split()[-2:] == ["text", "4"]


def test_a_block_wider_than_its_room_is_crowded_too(paper_app: Flask) -> None:
    assert "tightness 2" in text_of(pdf.render("wide.html"))


def test_nothing_is_missing_here() -> None:
    assert pdf.missing_libraries() is None


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "find_library", lambda name: None if name == "harfbuzz-subset" else name)

    assert pdf.missing_libraries() == "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


def test_weasyprint_is_imported_only_to_print() -> None:
    script = "import sys, registration.core.pdf; sys.exit('weasyprint' in sys.modules)"

    subprocess.run([sys.executable, "-c", script], check=True)
