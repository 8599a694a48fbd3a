"""Many papers at once: the same bytes as one by one, whatever befalls the others, here or on presses."""

import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO

import pytest
from flask import Flask
from jinja2 import DictLoader
from PIL import Image
from pypdf import PdfReader

from registration.core import pdf, qr
from registration.core.pdf import ForbiddenAsset, Paper, Presses
from registration.core.pdf.presses import PressFailed
from registration.core.pdf.sheets import Sheet
from tests.papers import qr_codes_of, text_of, title_of

SHEET = """<!DOCTYPE html><html lang="{{ language or 'cs' }}">
  <head><title>{{ title }}</title></head>
  <body><main style="page: landscape; position: relative; height: 180mm">
    <h1>{{ title }}</h1>
    <div id="x-room" style="height: 30mm"><div id="x">
      <div style="height: {{ (height or 30) - 10 * tightness.x }}mm">tightness {{ tightness.x }}</div></div></div>
    {{ more | safe }}
  </main></body></html>"""


@pytest.fixture
def paper_app() -> Iterator[Flask]:
    app = Flask("registration")
    app.jinja_loader = DictLoader({"sheet.html": SHEET, "broken.html": "{{ nothing.at_all }}"})
    with app.app_context():
        yield app


def sheet(title: str, *, template: str = "sheet.html", picture: bytes | None = None, **context: object) -> Paper:
    def compose(tightness: Mapping[str, int]) -> str:
        return pdf.compose(template, tightness, title=title, **context)

    return Paper(compose, {"logo": picture} if picture else {})


def drawn(papers: Sequence[Paper], count: int = 0) -> list[bytes | Exception]:
    with Presses(count) as presses:
        found = dict(pdf.draw_each(papers, presses))
    return [found[number] for number in range(len(papers))]


def kinds(results: Sequence[object]) -> list[type]:
    return [type(each) for each in results]


def dot(colour: str) -> bytes:
    picture = BytesIO()
    Image.new("RGB", (4, 4), colour).save(picture, "PNG")
    return picture.getvalue()


def test_papers_set_together_are_those_set_alone(paper_app: Flask) -> None:
    code = qr.address_on_paper("https://prezence.example/overeni/7KQ2", label="Kód")
    papers = [
        sheet("Řehák & Žďárská <3", more=code),
        sheet("Příliš žluťoučký kůň", height=50),
        sheet("Bob", picture=dot("red"), more='<img src="picture:logo" alt="Logo">'),
    ]

    together = drawn(papers)

    assert together == [pdf.draw(paper) for paper in papers]
    first, second, third = (each for each in together if isinstance(each, bytes))
    assert title_of(first) == "Řehák & Žďárská <3"
    assert "tightness 2" in text_of(second)
    assert qr_codes_of(first) == ["https://prezence.example/overeni/7KQ2"]
    assert len(PdfReader(BytesIO(third)).pages[0].images) == 1


def test_none_carries_anything_of_another(paper_app: Flask) -> None:
    papers = [sheet("Ada", picture=dot("red"), more='<img src="picture:logo" alt="Logo">'), sheet("Bob")]
    _, bobs = drawn(papers)
    assert isinstance(bobs, bytes)
    assert len(PdfReader(BytesIO(bobs)).pages) == 1
    assert not PdfReader(BytesIO(bobs)).pages[0].images
    assert "Ada" not in text_of(bobs)


def test_papers_in_two_languages_and_of_many_pages_come_out_all_the_same(paper_app: Flask) -> None:
    long = "".join(f"<p>řádek {number}</p>" for number in range(100))
    papers = [sheet("Česky"), sheet("English", language="en"), sheet("Dlouze", more=long)]
    assert drawn(papers) == [pdf.draw(paper) for paper in papers]
    assert drawn([papers[0], papers[2]]) == [pdf.draw(papers[0]), pdf.draw(papers[2])]


def test_one_that_cannot_be_drawn_does_not_hold_up_the_others(paper_app: Flask) -> None:
    papers = [
        sheet("Ada"),
        sheet("Eve", more='<img src="file:///etc/passwd" alt="">'),
        sheet("Nobody", template="broken.html"),
        sheet("Missing", more='<img src="asset:img/none.png" alt="">'),
        sheet("Bob"),
    ]
    results = drawn(papers)
    assert results[0] == pdf.draw(papers[0])
    assert results[4] == pdf.draw(papers[4])
    assert kinds(results[1:2] + results[3:4]) == [ForbiddenAsset, FileNotFoundError]
    assert "nothing" in str(results[2])


def test_a_crowded_block_is_set_tighter_but_not_for_ever(paper_app: Flask) -> None:
    heights = [30, 31, 70, 200]
    results = drawn([sheet("Room", height=height) for height in heights])
    words = [text_of(each) for each in results if isinstance(each, bytes)]
    assert words == [f"Room tightness {tightness}" for tightness in (0, 1, 4, 4)]


def test_a_picture_nobody_has_given_is_refused(paper_app: Flask) -> None:
    [result] = drawn([sheet("Eve", picture=dot("red"), more='<img src="picture:other" alt="">')])
    assert isinstance(result, ForbiddenAsset)


@pytest.mark.processes
def test_presses_print_the_same_bytes_and_one_that_dies_is_replaced(paper_app: Flask) -> None:
    papers = [sheet(f"Osoba {number}", height=30 + number % 3 * 10) for number in range(30)]
    bad = sheet("Eve", more='<img src="file:///etc/passwd" alt="">')
    with Presses(1) as presses:
        found = dict(pdf.draw_each([*papers, bad], presses))
        assert [found[number] for number in range(30)] == drawn(papers)
        assert isinstance(found[30], ForbiddenAsset)

        press = presses._idle.get()
        assert press._process
        os.kill(press._process.pid, signal.SIGKILL)
        presses._idle.put(press)
        sheets = [Sheet(paper.compose({"x": 4})) for paper in papers[:2]]
        assert kinds(presses.print(sheets).result()) == [bytes, bytes]


@pytest.mark.processes
def test_a_sheet_that_kills_its_press_is_the_only_one_that_fails(paper_app: Flask) -> None:
    class Deadly(Sheet):
        """Ends the process that unpacks it."""

        def __reduce__(self) -> tuple[object, tuple[int]]:
            return os._exit, (1,)

    with Presses(1) as presses:
        sheets = [Sheet("<title>a</title><p>a"), Deadly("<title>b</title><p>b"), Sheet("<title>c</title><p>c")]
        first, second, third = presses.print(sheets).result()
    assert kinds([first, third]) == [bytes, bytes]
    assert isinstance(second, PressFailed)
