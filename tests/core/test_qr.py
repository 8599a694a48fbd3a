"""QR codes, read back from the SVG that is sent and printed."""

import re

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from registration.core import qr
from registration.core.tokens import CROCKFORD

CODE = "4Q7M2XKD9RTB5WHC0123"
ADDRESS = "https://prezence.example/overeni/7KQ2M9XD4RTB5WHC"
PIXELS = 4  # to a module


def side_of(svg: str) -> int:
    found = re.search(r'viewBox="0 0 (\d+) \1"', svg)
    assert found
    return int(found[1])


def read(svg: str) -> zxingcpp.Barcode:
    side = side_of(svg) * PIXELS
    picture = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(picture)
    for x, y, length in re.findall(r"M(\d+) (\d+)\.5h(\d+)", svg):
        left, top = int(x) * PIXELS, int(y) * PIXELS
        draw.rectangle((left, top, left + int(length) * PIXELS - 1, top + PIXELS - 1), fill=0)
    [code] = zxingcpp.read_barcodes(picture)
    return code


@given(st.text(CROCKFORD, min_size=20, max_size=20))
def test_every_ticket_code_reads_back_at_level_h_from_25_modules(code: str) -> None:
    svg = qr.ticket_svg(code, label="Check-in code")

    read_back = read(svg)
    assert (read_back.text, read_back.ec_level) == (code, "H")
    assert side_of(svg) == 25 + 2 * 4


def test_an_address_reads_back_at_level_m() -> None:
    read_back = read(qr.address_svg(ADDRESS, label="Address"))

    assert (read_back.text, read_back.ec_level) == (ADDRESS, "M")


@pytest.mark.parametrize("make", [qr.ticket_svg, qr.address_svg])
def test_the_dark_modules_are_one_path(make: object) -> None:
    assert callable(make)
    assert make(CODE, label="x").count('stroke="#000"') == 1


def test_the_label_names_the_picture_and_is_escaped() -> None:
    assert "<title>Ada &amp; &lt;b&gt;Bob&lt;/b&gt;</title>" in qr.ticket_svg(CODE, label="Ada & <b>Bob</b>")


def test_the_same_code_gives_the_same_picture() -> None:
    assert qr.ticket_svg(CODE, label="x") == qr.ticket_svg(CODE, label="x")
